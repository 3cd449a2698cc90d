"""Four tickets with everything private that a desk can hold, and names for all its rows.

t1  bea to sol. bea's description, sol's staff note, which sol edited, ada's note for admins, a
    status line, a star of abe's, reactions of sol's to the first two. Tagged, with notes and
    a custom field.
t2  ben to the platform. ben's description, ada's answer. Tagged, with notes of ada's.
t3  sia to the platform. sia's description, ada's staff note. A custom field.
t4  bea to sol, in which sia is a guest and max was once. bea's description, which sol has reported,
    abe's staff note, which sol reacted to, and a tag and notes of sol's.

Beside them: saved views of bea, sol and ada, one that ada shares, and one of abe's own; canned
replies of sol and ada, and one for all; a category, templates and fields in use and retired. What
they were told of all this; bea, sol and abe want no sound. A file
with sol's note, one with ada's answer, and one each that bea and abe have not sent. Of ada's: a
note about bea, an invitation that waits, one that was spent, a link for max to set a new password.
What reports are read from. sia asks to be let into t1, and ben was refused that. max is blocked.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from supportdesk.domain.commands import (
    amending,
    attachments,
    drafts,
    fields,
    filing,
    joining,
    messages,
    moderation,
    notes,
    notifications,
    participants,
    reactions,
    sessions,
    tags,
    tickets,
)
from supportdesk.domain.commands.attachments import Arrived, Sent
from supportdesk.domain.commands.filing import NewTicket
from supportdesk.domain.ids import new_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Audience
from supportdesk.domain.queries import thread
from supportdesk.domain.queries.moderation import moderation_for
from tests.support.cast import Cast

FILES = {"t1-file": "sol", "t2-file": "ada", "unsent-of-bea": "bea", "unsent-of-abe": "abe"}


@dataclass(frozen=True)
class World:
    cast: Cast
    t1: UUID
    t2: UUID
    t3: UUID
    t4: UUID
    names: dict[UUID, str] = field(default_factory=dict)

    def name(self, *key: Any) -> str:
        """What a row with this key is called here."""
        return "/".join(map(self._part, key))

    def _part(self, part: Any) -> str:
        if isinstance(part, UUID):
            return self.names[part]
        return "then" if isinstance(part, datetime) else str(part)


async def _keep_file(owner: Any, name: str) -> UUID:
    """A file that has arrived; nobody here asks for its bytes."""
    file = Arrived(new_id(), name, "text/plain", 5, hashlib.sha256(name.encode()).hexdigest())
    await attachments.claim(owner, file.sha256)
    await attachments.keep(owner, file)
    return file.id


async def furnish(cast: Cast, owner_url: str) -> World:
    """Make it by the commands that people use, and by hand what has no command yet."""

    async def file(actor: Any, label: str, seller: UUID | None = None) -> UUID:
        new = NewTicket(f"{label} subject", f"{label}-description", seller_id=seller)
        return (await filing.file_ticket(actor, new)).id

    t1 = await file(cast.bea, "t1", cast.sol.user_id)
    t2 = await file(cast.ben, "t2")
    t3 = await file(cast.sia, "t3")
    files = {name: await _keep_file(getattr(cast, who), name) for name, who in FILES.items()}
    staff = await messages.post(
        cast.sol, t1, "t1-stuff", Audience.STAFF, files=[Sent(files["t1-file"], "t1-file")]
    )
    await amending.edit(cast.sol, staff.id, "t1-staff")
    await reactions.toggle(cast.sol, staff.id, "✅")
    await messages.post(cast.ada, t1, "t1-admins", Audience.ADMINS)
    await tickets.set_status(cast.sol, t1, Status.IN_PROGRESS)
    await tickets.set_star(cast.abe, t1, True)
    await messages.post(cast.ada, t2, "t2-answer", files=[Sent(files["t2-file"], "t2-file")])
    await messages.post(cast.ada, t3, "t3-staff", Audience.STAFF)
    await sessions.open_session(cast.bea.user_id)
    opening = await thread.opening_for(cast.sol, t1)
    t4 = await _let_in_and_out(cast, file)
    await reactions.toggle(cast.sol, UUID(opening.lines[0].id), "👍")
    world = World(cast, t1, t2, t3, t4)
    world.names.update({t1: "t1", t2: "t2", t3: "t3", t4: "t4"})
    world.names.update({file_id: name for name, file_id in files.items()})
    world.names.update({actor.user_id: cast.name_of(actor.user_id) for actor in cast})
    with psycopg.connect(owner_url) as connection:
        field = _add_choices(connection, cast, world)
    await tags.add(cast.sol, t1, "refund")
    await tags.add(cast.ada, t2, "carrier")
    await tags.add(cast.sol, t4, "refund")
    await notes.write(cast.sol, t4, "t4-notes", "")
    await notes.write(cast.sol, t1, "t1-once", "")
    await notes.write(cast.sol, t1, "t1-notes", "t1-once")
    await notes.write(cast.ada, t2, "t2-notes", "")
    await fields.fill(cast.sol, t1, field, "one")
    await fields.fill(cast.ada, t3, field, "three")
    for owner in (cast.bea, cast.sol, cast.abe):
        await drafts.keep_new_ticket(owner, description="half a thought")
        await notifications.choose(owner, "sound", False)
    await drafts.keep_reply(cast.sia, t3, "half an answer")
    with psycopg.connect(owner_url) as connection:
        _add_rest(connection, cast, world)
    return world


async def _let_in_and_out(cast: Cast, file: Any) -> UUID:
    """The ticket in which somebody reads less than their role may, and what admins decide."""
    t4: UUID = await file(cast.bea, "t4", cast.sol.user_id)
    staff = await messages.post(cast.abe, t4, "t4-staff", Audience.STAFF)
    await reactions.toggle(cast.sol, staff.id, "✅")
    await participants.add(cast.ada, t4, cast.sia.user_id, Audience.EVERYONE)
    await participants.add(cast.ada, t4, cast.max.user_id, Audience.EVERYONE)
    await participants.remove(cast.ada, t4, cast.max.user_id)
    description = (await thread.opening_for(cast.bea, t4)).lines[0]
    await moderation.report(cast.sol, UUID(description.id), "It is rude.")
    await moderation.block(cast.ada, cast.max.user_id)
    for who in (cast.ben, cast.sia):
        await joining.ask(who, "TC-0001", "Please.")
    waiting = (await moderation_for(cast.ada)).requests
    await joining.refuse(cast.ada, UUID(waiting[0].id), "No.")
    return t4


def _add_choices(connection: psycopg.Connection[Any], cast: Cast, world: World) -> UUID:
    """What people have saved, or choose from; return the field that tickets are asked for."""

    def add(table: str, name: str, **values: Any) -> UUID:
        row = {"id": new_id(), "name": name, **values}
        columns = sql.SQL(", ").join(map(sql.Identifier, row))
        places = sql.SQL(", ").join(map(sql.Placeholder, row))
        insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})")
        connection.execute(insert.format(sql.Identifier(table), columns, places), row)
        world.names[row["id"]] = name
        found: UUID = row["id"]
        return found

    add("category", "shipping")
    for active in (True, False):
        add("ticket_template", "template" if active else "old-template", active=active)
        add("field_definition", "field" if active else "old-field", kind="text", active=active)
    for who in ("bea", "sol", "ada", "abe"):
        add("saved_view", f"view-of-{who}", owner_id=getattr(cast, who).user_id)
    add("saved_view", "shared-view", owner_id=cast.ada.user_id, shared=True)
    for who in ("sol", "ada"):
        add("canned_reply", f"reply-of-{who}", owner_id=getattr(cast, who).user_id, body="Hello.")
    add("canned_reply", "reply-for-all", body="Hello.")
    return next(id_ for id_, name in world.names.items() if name == "field")


def _add_rest(connection: psycopg.Connection[Any], cast: Cast, world: World) -> None:
    link = new_id()
    connection.execute(
        "INSERT INTO setup_link (id, token_hash) VALUES (%s, sha256('spare'))", [link]
    )
    connection.execute('INSERT INTO last_seen SELECT id, now() FROM "user"')
    team = connection.execute("SELECT id FROM team").fetchone()[0]
    connection.execute(
        "INSERT INTO team_member (team_id, user_id) VALUES (%s, %s)", [team, cast.ada.user_id]
    )
    note = new_id()
    connection.execute(
        "INSERT INTO person_note (id, person_id, author_id, body) VALUES (%s, %s, %s, 'A regular')",
        [note, cast.bea.user_id, cast.ada.user_id],
    )
    world.names[note] = "note-on-bea"
    for name, used_at in (("pending", None), ("spent", "2001-01-01")):
        invitation = new_id()
        connection.execute(
            "INSERT INTO invitation (id, role, token_hash, created_by, used_at)"
            " VALUES (%s, 'admin', sha256(%s), %s, %s)",
            [invitation, name.encode(), cast.ada.user_id, used_at],
        )
        world.names[invitation] = name
    connection.execute(
        "INSERT INTO password_reset (user_id, token_hash, created_by)"
        " VALUES (%s, sha256('spare'), %s)",
        [cast.max.user_id, cast.ada.user_id],
    )
    # Where a tag would stand: in the row of a listing that is the ticket's own, and in one of those
    # that sellers have filed.
    world.names.update({link: "link", team: "team"})
    world.names.update({UUID(int=0): "itself", UUID(int=1): "by-seller"})
    span, change = new_id(), new_id()
    connection.execute("INSERT INTO report_span VALUES (%s, 'all', '2001-01-01', now())", [span])
    connection.execute(
        "INSERT INTO report_part VALUES (%s, 'x', 1, 0, 0, '', '', '', 0, 0, '')", [span]
    )
    connection.execute(
        "INSERT INTO report_change VALUES (%s, now(), 'all', '', 'filed', NULL, 1)", [change]
    )
    connection.execute("INSERT INTO report_successor VALUES ('tag', 'x', 'y')")
    connection.execute("INSERT INTO ticket_reopening VALUES (%s, now(), now())", [world.t1])
    world.names.update({span: "span", change: "change"})
    for session, person in connection.execute("SELECT id, user_id FROM session"):
        world.names[session] = f"session-of-{world.names[person]}"
    for draft, owner in connection.execute("SELECT id, owner_id FROM draft"):
        world.names[draft] = f"draft-of-{world.names[owner]}"
    for request, person in connection.execute("SELECT id, person_id FROM join_request"):
        world.names[request] = f"request-of-{world.names[person]}"
    for report, person in connection.execute("SELECT id, reporter_id FROM abuse_report"):
        world.names[report] = f"report-of-{world.names[person]}"
    for message, body in connection.execute("SELECT id, body FROM message"):
        world.names[message] = body
    for tag, name in connection.execute("SELECT id, name FROM tag"):
        world.names[tag] = name
    connection.execute("INSERT INTO setting (key, value) VALUES ('welcome', '\"Hello.\"')")
    merged = new_id()
    connection.execute("INSERT INTO merged_tag SELECT %s, id FROM tag LIMIT 1", [merged])
    world.names[merged] = "old-tag"
    about = "SELECT id, kind, coalesce(subject_id, conversation_id), actor_id FROM event"
    for event, kind, subject, actor in connection.execute(about):
        world.names[event] = (
            f"{kind} {world.names[subject] if subject else f'by {world.names[actor]}'}"
        )
