"""Rows that somebody might add, each of them one that the database itself would take."""

from __future__ import annotations

import hashlib

from supportdesk.domain.ids import new_id


def message(world, by, to="t1", audience="everyone", **more):
    return "message", {
        "id": new_id(), "conversation_id": getattr(world, to), "client_id": new_id(),
        "sender_id": by, "body": "planted", "audience": audience, **more,
    }  # fmt: skip


def event(world, by, to="t1", audience="everyone", **more):
    return "event", {
        "id": new_id(), "kind": "ticket_changed", "actor_id": by, "audience": audience,
        "conversation_id": to and getattr(world, to), **more,
    }  # fmt: skip


def participant(world, who, to="t1", audience="everyone", **more):
    return "participant", {
        "conversation_id": getattr(world, to), "user_id": who, "audience": audience, **more,
    }  # fmt: skip


def conversation(world, by, kind="ticket", **more):
    return "conversation", {"id": new_id(), "kind": kind, "created_by": by, **more}


def named(world, name):
    return next(id_ for id_, known in world.names.items() if known == name)


def tag(world, by):
    return "tag", {"id": new_id(), "name": "planted", "created_by": by}


def on_ticket(world, ticket, by):
    tag_id = named(world, "carrier")
    return "ticket_tag", {"ticket_id": getattr(world, ticket), "tag_id": tag_id, "added_by": by}


def note(world, ticket, by):
    return "ticket_note", {"ticket_id": getattr(world, ticket), "body": "x", "updated_by": by}


def filled(world, ticket, field="field"):
    return "ticket_field", {
        "ticket_id": getattr(world, ticket), "field_id": named(world, field), "value": '"x"',
    }  # fmt: skip


def view(world, owner, **more):
    return "saved_view", {"id": new_id(), "owner_id": owner, "name": "planted", **more}


def reply(world, owner):
    return "canned_reply", {"id": new_id(), "owner_id": owner, "name": "planted", "body": "x"}


def in_team(world, who):
    return "team_member", {"team_id": named(world, "team"), "user_id": who}


def reaction(world, by, to):
    return "reaction", {"message_id": named(world, to), "user_id": by, "emoji": "🎉"}


def draft(world, owner, to="t1", **more):
    return "draft", {
        "id": new_id(), "owner_id": owner, "conversation_id": getattr(world, to), **more,
    }  # fmt: skip


def told(world, who, to="t1"):
    return "notification", {
        "conversation_id": getattr(world, to), "user_id": who, "seq": 99, "kind": "message",
        "created_at": "2001-01-01",
    }  # fmt: skip


def wanted(world, who):
    return "notification_preference", {"user_id": who, "sound": True}


def file(world, owner, **more):
    hash_ = hashlib.sha256(b"t1-file").hexdigest()
    return "attachment", {
        "id": new_id(), "owner_id": owner, "name": "planted", "type": "text/plain", "size": 1,
        "sha256": hash_, **more,
    }  # fmt: skip


def invitation(world, by, **more):
    return "invitation", {
        "id": new_id(), "role": "admin", "token_hash": b"x" * 32, "created_by": by, **more,
    }  # fmt: skip


def reset_link(world, by):
    whom = world.cast.bea.user_id
    return "password_reset", {"user_id": whom, "token_hash": b"x" * 32, "created_by": by}


def about(world, by):
    return "person_note", {
        "id": new_id(), "person_id": world.cast.bea.user_id, "author_id": by, "body": "planted",
    }  # fmt: skip


def report(world, by, of="t1-description"):
    return "abuse_report", {
        "id": new_id(), "message_id": named(world, of), "reporter_id": by, "reason": "planted",
    }  # fmt: skip


def request(world, by, **more):
    return "join_request", {
        "id": new_id(), "person_id": by, "number": 4, "reason": "planted", **more,
    }  # fmt: skip


def blocked(world, who, by):
    return "block", {"person_id": who, "blocked_by": by}
