"""The closed vocabulary of things that happen, and the one place that records them.

An `event` row is the audit log and, when `in_thread`, a line in the conversation. A trigger on the
table announces it; nothing else announces anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from supportdesk.domain.actor import Actor
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience, Event


class EventKind(StrEnum):
    SIGNED_UP = "signed_up"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    SIGN_IN_FAILED = "sign_in_failed"
    PREFERENCES_CHANGED = "preferences_changed"
    PERSON_DEACTIVATED = "person_deactivated"
    PERSON_REACTIVATED = "person_reactivated"
    TICKET_FILED = "ticket_filed"
    MESSAGE_POSTED = "message_posted"
    MESSAGE_EDITED = "message_edited"
    MESSAGE_DELETED = "message_deleted"
    REACTION_CHANGED = "reaction_changed"
    VIEW_SAVED = "view_saved"
    VIEW_CHANGED = "view_changed"
    VIEW_DELETED = "view_deleted"
    TICKET_CHANGED = "ticket_changed"
    TAGS_CHANGED = "tags_changed"
    FIELDS_CHANGED = "fields_changed"
    NOTES_CHANGED = "notes_changed"
    TEAM_CHANGED = "team_changed"
    TEMPLATE_CREATED = "template_created"
    TEMPLATE_CHANGED = "template_changed"
    REPLY_CREATED = "reply_created"
    REPLY_CHANGED = "reply_changed"
    REPLY_DELETED = "reply_deleted"
    FIELD_CREATED = "field_created"
    FIELD_CHANGED = "field_changed"
    CATEGORY_CREATED = "category_created"
    CATEGORY_CHANGED = "category_changed"
    TAG_CREATED = "tag_created"
    TAG_CHANGED = "tag_changed"
    # People.
    PERSON_RENAMED = "person_renamed"
    PERSON_ROLE_CHANGED = "person_role_changed"
    PERSON_NOTE_ADDED = "person_note_added"
    PERSON_NOTE_DELETED = "person_note_deleted"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - that it has, not what to
    PASSWORD_RESET = "password_reset"  # noqa: S105
    RESET_LINK_MADE = "reset_link_made"
    RESET_LINK_WITHDRAWN = "reset_link_withdrawn"
    SESSION_ENDED = "session_ended"
    SESSIONS_ENDED = "sessions_ended"
    PERSON_INVITED = "person_invited"
    INVITATION_REVOKED = "invitation_revoked"
    INVITATION_ACCEPTED = "invitation_accepted"
    TAG_MERGED = "tag_merged"
    TAG_DELETED = "tag_deleted"
    TEAM_CREATED = "team_created"
    TEAM_DELETED = "team_deleted"
    SETTING_CHANGED = "setting_changed"
    LOG_EXPORTED = "log_exported"
    JOIN_REQUESTED = "join_requested"
    JOIN_ACCEPTED = "join_accepted"
    JOIN_REFUSED = "join_refused"
    PERSON_ADDED = "person_added"
    PERSON_REMOVED = "person_removed"
    READS_CHANGED = "reads_changed"
    ABUSE_REPORTED = "abuse_reported"
    REPORT_DECIDED = "report_decided"
    CHAT_DELETED = "chat_deleted"
    CHAT_EMPTIED = "chat_emptied"
    TICKET_DELETED = "ticket_deleted"
    PERSON_BLOCKED = "person_blocked"
    PERSON_UNBLOCKED = "person_unblocked"
    PERSON_EXPORTED = "person_exported"
    PERSON_ERASED = "person_erased"


# What admins have on the settings page.
SETTINGS = {
    EventKind.TEMPLATE_CREATED,
    EventKind.TEMPLATE_CHANGED,
    EventKind.REPLY_CREATED,
    EventKind.REPLY_CHANGED,
    EventKind.REPLY_DELETED,
    EventKind.FIELD_CREATED,
    EventKind.FIELD_CHANGED,
    EventKind.CATEGORY_CREATED,
    EventKind.CATEGORY_CHANGED,
    EventKind.TAG_CREATED,
    EventKind.TAG_CHANGED,
    EventKind.TAG_MERGED,
    EventKind.TAG_DELETED,
    EventKind.TEAM_CREATED,
    EventKind.TEAM_CHANGED,
    EventKind.TEAM_DELETED,
    EventKind.SETTING_CHANGED,
}

# What can be chosen, and what it is called: in filters, in the details, in the rows of a list.
CHOICES = {
    EventKind.TAG_CREATED,
    EventKind.TAG_CHANGED,
    EventKind.TAG_MERGED,
    EventKind.TAG_DELETED,
    EventKind.TEAM_CREATED,
    EventKind.TEAM_CHANGED,
    EventKind.TEAM_DELETED,
    EventKind.CATEGORY_CREATED,
    EventKind.CATEGORY_CHANGED,
    EventKind.FIELD_CREATED,
    EventKind.FIELD_CHANGED,
    EventKind.PERSON_DEACTIVATED,
    EventKind.PERSON_REACTIVATED,
    EventKind.PERSON_RENAMED,
    EventKind.PERSON_ROLE_CHANGED,
    EventKind.PERSON_ERASED,
    EventKind.INVITATION_ACCEPTED,
}

# What the form for a new ticket offers: besides those, what it can begin with.
OFFERED = CHOICES | {EventKind.TEMPLATE_CREATED, EventKind.TEMPLATE_CHANGED}
# What the staff has at hand while it writes.
SHARED_REPLIES = {EventKind.REPLY_CREATED, EventKind.REPLY_CHANGED, EventKind.REPLY_DELETED}

# After these, all tabs of whom it happened to prove their session: some are over, or all.
SESSIONS = {
    EventKind.SIGNED_OUT,
    EventKind.SESSION_ENDED,
    EventKind.SESSIONS_ENDED,
    EventKind.PERSON_DEACTIVATED,
    EventKind.PERSON_ROLE_CHANGED,
    EventKind.PERSON_ERASED,
    EventKind.PASSWORD_CHANGED,
    EventKind.PASSWORD_RESET,
}

# What the admins' lists of people, and the page of one, are made of.
PEOPLE = {
    EventKind.SIGNED_UP,
    EventKind.SIGNED_IN,
    EventKind.PERSON_REACTIVATED,
    EventKind.PERSON_RENAMED,
    EventKind.PERSON_NOTE_ADDED,
    EventKind.PERSON_NOTE_DELETED,
    EventKind.RESET_LINK_MADE,
    EventKind.RESET_LINK_WITHDRAWN,
    EventKind.PERSON_INVITED,
    EventKind.INVITATION_REVOKED,
    EventKind.INVITATION_ACCEPTED,
    EventKind.PERSON_EXPORTED,
    EventKind.TICKET_FILED,
    EventKind.TICKET_CHANGED,
    EventKind.TICKET_DELETED,
    EventKind.PERSON_BLOCKED,
    EventKind.PERSON_UNBLOCKED,
    EventKind.PERSON_ADDED,
    EventKind.PERSON_REMOVED,
    *SESSIONS,
}

# What may change the numbers on the tabs of the dashboard, but for those of today.
COUNTED = {
    EventKind.TICKET_FILED,
    EventKind.TICKET_CHANGED,
    EventKind.TICKET_DELETED,
    EventKind.JOIN_REQUESTED,
    EventKind.JOIN_ACCEPTED,
    EventKind.JOIN_REFUSED,
    EventKind.ABUSE_REPORTED,
    EventKind.REPORT_DECIDED,
    EventKind.SIGNED_UP,
    EventKind.INVITATION_ACCEPTED,
    EventKind.PERSON_ROLE_CHANGED,
    EventKind.PERSON_DEACTIVATED,
    EventKind.PERSON_REACTIVATED,
    EventKind.PERSON_ERASED,
    EventKind.TEAM_CREATED,
    EventKind.TEAM_DELETED,
    EventKind.SETTING_CHANGED,
}
# Which teams there are, who is in them and who could be.
TEAMS = {
    EventKind.TEAM_CREATED,
    EventKind.TEAM_CHANGED,
    EventKind.TEAM_DELETED,
    EventKind.PERSON_DEACTIVATED,
    EventKind.PERSON_REACTIVATED,
    EventKind.PERSON_RENAMED,
    EventKind.PERSON_ROLE_CHANGED,
    EventKind.PERSON_ERASED,
    EventKind.INVITATION_ACCEPTED,
}
# After these, tickets may be in a list that were not in it, or the other way about.
REGROUPED = {EventKind.TAG_MERGED, EventKind.TAG_DELETED, EventKind.TEAM_DELETED}

# Asking to join; their subject is who asked.
REQUESTS = {EventKind.JOIN_REQUESTED, EventKind.JOIN_ACCEPTED, EventKind.JOIN_REFUSED}
# What is told of a ticket by its number, for it may be gone or never have been there.
NUMBERED = (
    EventKind.JOIN_REQUESTED,
    EventKind.JOIN_ACCEPTED,
    EventKind.JOIN_REFUSED,
    EventKind.CHAT_DELETED,
    EventKind.TICKET_DELETED,
)
# What admins have on the page of chat requests and reports.
MODERATED = REQUESTS | {
    EventKind.ABUSE_REPORTED,
    EventKind.REPORT_DECIDED,
    EventKind.MESSAGE_EDITED,
    EventKind.MESSAGE_DELETED,
    EventKind.CHAT_EMPTIED,
    EventKind.TICKET_DELETED,
    EventKind.PERSON_ADDED,
    EventKind.PERSON_REMOVED,
    EventKind.PERSON_BLOCKED,
    EventKind.PERSON_UNBLOCKED,
    EventKind.PERSON_RENAMED,
    EventKind.PERSON_ROLE_CHANGED,
    EventKind.PERSON_ERASED,
}

# What changes the figures of reports, or what their rows are called.
REPORTED = {
    EventKind.TICKET_FILED,
    EventKind.TICKET_CHANGED,
    EventKind.TAGS_CHANGED,
    EventKind.MESSAGE_POSTED,
    EventKind.TICKET_DELETED,
    EventKind.TAG_CHANGED,
    EventKind.TAG_MERGED,
    EventKind.TAG_DELETED,
    EventKind.TEAM_CHANGED,
    EventKind.TEAM_DELETED,
    EventKind.PERSON_RENAMED,
    EventKind.PERSON_ERASED,
}

# What the conversation shows as a line between its messages.
_LINES = {
    EventKind.TICKET_CHANGED,
    EventKind.TAGS_CHANGED,
    EventKind.FIELDS_CHANGED,
    EventKind.NOTES_CHANGED,
    EventKind.PERSON_ADDED,
    EventKind.PERSON_REMOVED,
    EventKind.READS_CHANGED,
    EventKind.CHAT_EMPTIED,
}


async def record(
    tx: AsyncConnection,
    actor: Actor,
    kind: EventKind,
    *,
    conversation_id: UUID | None = None,
    subject_id: UUID | None = None,
    audience: Audience = Audience.EVERYONE,
    data: dict[str, Any] | None = None,
) -> UUID:
    """Write the event in the transaction of the change it tells of; return its id."""
    event_id = new_id()
    told = told_of(
        actor,
        kind,
        event_id=event_id,
        conversation_id=conversation_id,
        subject_id=subject_id,
        audience=audience,
        data=data,
    )
    await tx.execute(told)
    return event_id


def told_of(
    actor: Actor,
    kind: EventKind,
    *,
    event_id: UUID | None = None,
    conversation_id: UUID | None = None,
    subject_id: UUID | None = None,
    audience: Audience = Audience.EVERYONE,
    data: dict[str, Any] | None = None,
) -> Insert:
    """The statement of `record`, for where it goes together with others."""
    row = _row(actor, kind, conversation_id, audience, data)
    return insert(Event).values({**row, "id": event_id or row["id"], "subject_id": subject_id})


async def record_each(
    tx: AsyncConnection,
    actor: Actor,
    kind: EventKind,
    data: Mapping[UUID, dict[str, Any]],
    audience: Audience,
) -> None:
    """`record` for each of these conversations, with what is told there."""
    rows = [_row(actor, kind, id_, audience, told) for id_, told in data.items()]
    await tx.execute(insert(Event), rows)


def _row(
    actor: Actor,
    kind: EventKind,
    conversation_id: UUID | None,
    audience: Audience,
    data: dict[str, Any] | None,
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": kind,
        "actor_id": actor.user_id,
        "conversation_id": conversation_id,
        "audience": audience,
        "in_thread": kind in _LINES,
        "data": data or {},
    }
