"""Who may add which rows, and that nobody can hand over what is theirs or take what is not.

Each row is one that the database itself would take: the owner may insert it.
"""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from supportdesk.domain.ids import new_id
from tests.security.catalogue import (
    insertion,
    person,
)
from tests.security.new_rows import (
    about,
    blocked,
    conversation,
    draft,
    event,
    file,
    filled,
    in_team,
    invitation,
    message,
    named,
    note,
    on_ticket,
    participant,
    reaction,
    reply,
    report,
    request,
    reset_link,
    tag,
    told,
    view,
    wanted,
)
from tests.security.rights import (
    ACTORS,
    SEEN,
)
from tests.support.attempt import REFUSED, acting, outcome

MADE_A_TAG = {"kind": "tag_created", "audience": "admins"}
ADDED = {
    # A file: one's own, in no message yet. Of the bytes only the desk itself tells.
    "a file": (lambda w, me: file(w, me), "bea ben sol sia abe"),
    "a file of somebody else": (lambda w, me: file(w, w.cast.max.user_id), ""),
    "a file in a message": (
        lambda w, me: file(w, me, message_id=named(w, "t1-description")), "",
    ),
    "stored bytes": (lambda w, me: ("blob", {"sha256": "0" * 64}), ""),
    # A draft: one's own, where one takes part.
    "a draft of one's own in t1": (lambda w, me: draft(w, me), "bea sol abe"),
    "a draft of somebody else": (lambda w, me: draft(w, w.cast.max.user_id), ""),
    "a draft with a time of one's own": (
        lambda w, me: draft(w, me, updated_at="2001-01-01"), "",
    ),
    # A notification: nobody tells anybody anything by hand.
    "a notification for bea": (lambda w, me: told(w, w.cast.bea.user_id), ""),
    "a notification for oneself": (lambda w, me: told(w, w.cast.ada.user_id), ""),
    "a wish of somebody else": (lambda w, me: wanted(w, w.cast.max.user_id), ""),
    # A report: in one's own name, of what somebody else said and one sees.
    "a report of the description of t1": (lambda w, me: report(w, me), "sol abe"),
    "a report of the staff note in t4": (lambda w, me: report(w, me, "t4-staff"), "sol"),
    "a report in somebody else's name": (lambda w, me: report(w, w.cast.max.user_id), ""),
    "a report that is decided": (
        lambda w, me: (
            "abuse_report", {**report(w, me)[1], "state": "dismissed", "decided_by": me,
                             "decided_at": "2001-01-01"},
        ), "",
    ),
    # Asking to join goes through the function that tells nobody what there is.
    "a request to join": (lambda w, me: request(w, me), ""),
    "a block of bea by oneself": (lambda w, me: blocked(w, w.cast.bea.user_id, me), "abe"),
    "a block in somebody else's name": (
        lambda w, me: blocked(w, w.cast.bea.user_id, w.cast.ada.user_id), "",
    ),
    "a block of an admin": (lambda w, me: blocked(w, w.cast.ada.user_id, me), ""),
    # A guest reads and says what everyone does.
    "a message to everyone in t4": (lambda w, me: message(w, me, "t4"), "bea sol sia abe"),
    "a staff note in t4": (lambda w, me: message(w, me, "t4", "staff"), "sol abe"),
    "an event for staff in t4": (lambda w, me: event(w, me, "t4", "staff"), "sol abe"),
    "a tag on t4": (lambda w, me: on_ticket(w, "t4", me), "sol abe"),
    "a reaction to the staff note in t4": (lambda w, me: reaction(w, me, "t4-staff"), "sol abe"),
    # A message: as oneself, where one takes part, to an audience one belongs to.
    "a message to everyone in t1": (lambda w, me: message(w, me), "bea sol abe"),
    "a staff note in t1": (lambda w, me: message(w, me, audience="staff"), "sol abe"),
    "a note for admins in t1": (lambda w, me: message(w, me, audience="admins"), "abe"),
    "a message in t2": (lambda w, me: message(w, me, "t2"), "ben abe"),
    "a message in t3": (lambda w, me: message(w, me, "t3"), "sia abe"),
    "a message in somebody else's name": (lambda w, me: message(w, w.cast.max.user_id), ""),
    "a message with a time of one's own": (
        lambda w, me: message(w, me, created_at="2001-01-01"), "",
    ),
    "a message with a place of one's own": (lambda w, me: message(w, me, seq=1), ""),
    # A reaction: one's own, to what one sees.
    "a reaction to the description of t1": (
        lambda w, me: reaction(w, me, "t1-description"), "bea sol abe",
    ),
    "a reaction to the staff note in t1": (lambda w, me: reaction(w, me, "t1-staff"), "sol abe"),
    "a reaction in somebody else's name": (
        lambda w, me: reaction(w, w.cast.max.user_id, "t1-description"), "",
    ),
    # An event likewise.
    "an event for everyone in t1": (lambda w, me: event(w, me), "bea sol abe"),
    "an event for staff in t1": (lambda w, me: event(w, me, audience="staff"), "sol abe"),
    "an event for admins in t1": (lambda w, me: event(w, me, audience="admins"), "abe"),
    "an event in t2": (lambda w, me: event(w, me, "t2"), "ben abe"),
    "an event in somebody else's name": (lambda w, me: event(w, w.cast.max.user_id), ""),
    "an event of no ticket": (lambda w, me: event(w, me, None), "abe"),
    "that one has made a tag": (lambda w, me: event(w, me, None, **MADE_A_TAG), "sol sia abe"),
    "that somebody else has made a tag": (
        lambda w, me: event(w, w.cast.max.user_id, None, **MADE_A_TAG), "",
    ),
    "an event with a time of one's own": (lambda w, me: event(w, me, created_at="2001-01-01"), ""),
    # Taking part: only an admin, only as themselves, and only known to admins.
    "oneself in t1, known to everyone": (lambda w, me: participant(w, me), ""),
    "oneself in t2, known to admins": (lambda w, me: participant(w, me, "t2", "admins"), "abe"),
    "somebody else in t2": (lambda w, me: participant(w, w.cast.max.user_id, "t2", "admins"), ""),
    # A conversation: a ticket, in one's own name.
    "a conversation": (lambda w, me: conversation(w, me), "bea ben sol sia"),
    "a direct conversation": (lambda w, me: conversation(w, me, "direct"), ""),
    "a conversation in somebody else's name": (
        lambda w, me: conversation(w, w.cast.max.user_id), "",
    ),
    "a conversation with counts": (lambda w, me: conversation(w, me, messages_staff=9), ""),
    # What the staff says of a ticket: as oneself, of a ticket that one sees.
    "a tag": (lambda w, me: tag(w, me), "sol sia abe"),
    "a tag in somebody else's name": (lambda w, me: tag(w, w.cast.max.user_id), ""),
    "a tag on t1": (lambda w, me: on_ticket(w, "t1", me), "sol abe"),
    "a tag on t3": (lambda w, me: on_ticket(w, "t3", me), "sia abe"),
    "a tag on t1 in somebody else's name": (
        lambda w, me: on_ticket(w, "t1", w.cast.max.user_id), "",
    ),
    "notes on t3": (lambda w, me: note(w, "t3", me), "sia abe"),
    "notes on t3 in somebody else's name": (lambda w, me: note(w, "t3", w.cast.max.user_id), ""),
    # A buyer fills in fields when filing, in that transaction; see below.
    "a field of t2": (lambda w, me: filled(w, "t2"), "abe"),
    "a field of t1 that is retired": (lambda w, me: filled(w, "t1", "old-field"), "sol abe"),
    # What saves typing: one's own, and what is for all by admins.
    "a view of one's own": (lambda w, me: view(w, me), "bea ben sol sia abe"),
    "a view for all": (lambda w, me: view(w, me, shared=True), "abe"),
    "a view of somebody else's": (lambda w, me: view(w, w.cast.max.user_id), ""),
    "a reply of one's own": (lambda w, me: reply(w, me), "sol sia abe"),
    "a reply for all": (lambda w, me: reply(w, None), "abe"),
    "a reply of somebody else's": (lambda w, me: reply(w, w.cast.max.user_id), ""),
    "a category": (lambda w, me: ("category", {"id": new_id(), "name": "New"}), "abe"),
    "a template": (lambda w, me: ("ticket_template", {"id": new_id(), "name": "New"}), "abe"),
    "a field to ask for": (
        lambda w, me: ("field_definition", {"id": new_id(), "name": "New", "kind": "text"}), "abe",
    ),
    "an admin in a team": (lambda w, me: in_team(w, w.cast.abe.user_id), "abe"),
    "a buyer in a team": (lambda w, me: in_team(w, w.cast.bea.user_id), ""),
    # What no role ever adds.
    "an earlier text of a message": (
        lambda w, me: (
            "message_revision",
            {"message_id": named(w, "t1-staff"), "written_at": "2001-01-01", "body": "planted"},
        ), "",
    ),
    "a row of a listing": (
        lambda w, me: (
            "ticket_listing",
            {"ticket_id": w.t1, "tag_id": new_id(), "number": 1, "status": "open", "urgency": 1,
             "type": "problem", "assignee_id": me, "team_id": me, "active_at": "2030-01-01",
             "due_at": "2030-01-01", "waiting_since": "2030-01-01"},
        ), "",
    ),
    "the times of a ticket": (
        lambda w, me: (
            "ticket_times",
            {"ticket_id": w.t1, "tag_id": new_id(), "filed_at": "2001-01-01", "type": "problem"},
        ), "",
    ),
    "a reopening": (
        lambda w, me: (
            "ticket_reopening",
            {"ticket_id": w.t1, "resolved_at": "2001-01-01", "reopened_at": "2001-01-02"},
        ), "",
    ),
    "a span of reports": (
        lambda w, me: (
            "report_span",
            {"id": new_id(), "by": "all", "starts_at": "2001-01-01", "ends_at": "2001-01-02"},
        ), "",
    ),
    "a part of a span": (
        lambda w, me: (
            "report_part",
            {"span_id": named(w, "span"), "key": "", "filed": 1, "undone": 0, "reopened": 0,
             "answered": 0, "resolved": 0, "filings": b"", "responses": b"", "resolutions": b"",
             "quarters": b""},
        ), "",
    ),
    "a change of the past": (
        lambda w, me: (
            "report_change",
            {"id": new_id(), "at": "2001-01-01", "by": "all", "key": "", "what": "filed",
             "change": 1},
        ), "",
    ),
    "a successor in reports": (
        lambda w, me: ("report_successor", {"by": "tag", "key": "new", "successor": "x"}), "",
    ),
    "a person": (
        lambda w, me: (
            "user",
            {"id": new_id(), "email": "x@y.test", "name": "X", "role": "admin",
             "password_hash": "x"},
        ), "",
    ),
    "a session of one's own": (
        lambda w, me: (
            "session",
            {"id": new_id(), "user_id": me, "token_hash": b"x" * 32, "expires_at": "2099-01-01"},
        ), "",
    ),
    "an invitation": (lambda w, me: invitation(w, me), "abe"),
    "an invitation in somebody else's name": (lambda w, me: invitation(w, w.cast.ada.user_id), ""),
    "an invitation that never ends": (
        lambda w, me: invitation(w, me, expires_at="2099-01-01"), "",
    ),
    "a link to set a new password": (lambda w, me: reset_link(w, me), "abe"),
    "a link to set a new password in somebody else's name": (
        lambda w, me: reset_link(w, w.cast.ada.user_id), "",
    ),
    "a note about somebody": (lambda w, me: about(w, me), "abe"),
    "a note about somebody in somebody else's name": (
        lambda w, me: about(w, w.cast.ada.user_id), "",
    ),
    "who took part in another role": (
        lambda w, me: (
            "former_participant",
            {"conversation_id": w.t1, "user_id": me, "role": "admin", "audience": "everyone",
             "last_read_seq": 0, "starred": False, "follows": False},
        ), "",
    ),
    "a setup link": (
        lambda w, me: ("setup_link", {"id": new_id(), "token_hash": b"x" * 32}), "",
    ),
    # What admins set: a team that is not the default, a rule of the desk.
    "a team": (lambda w, me: ("team", {"id": new_id(), "name": "Raiders"}), "abe"),
    "a team that all tickets come to": (
        lambda w, me: ("team", {"id": new_id(), "name": "Raiders", "is_default": False}), "",
    ),
    "a rule": (lambda w, me: ("setting", {"key": "out_of_hours", "value": '"planted"'}), "abe"),
    "what a tag is now": (
        lambda w, me: ("merged_tag", {"id": new_id(), "tag_id": named(w, "refund")}), "",
    ),
    "what notes once said": (
        lambda w, me: ("note_revision", {"event_id": new_id(), "ticket_id": w.t1,
                                         "body": "planted", "replaced_by": new_id()}), "",
    ),
    "an event from another session": (
        lambda w, me: ("event", {"id": new_id(), "kind": "message_posted", "actor_id": me,
                                 "session_id": new_id()}), "",
    ),
    "somebody's wish that was another's": (
        lambda w, me: ("event", {"id": new_id(), "kind": "preferences_changed",
                                 "actor_id": w.cast.max.user_id, "audience": "admins"}), "",
    ),
    "a wish of one's own": (
        lambda w, me: ("event", {"id": new_id(), "kind": "preferences_changed", "actor_id": me,
                                 "audience": "admins"}), "bea ben sol sia abe",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ADDED)
def test_a_row_is_added_by_these_people_alone(server, app, world, what):
    make, allowed = ADDED[what]
    with psycopg.connect(server.owner_url) as owner:
        table, row = make(world, world.cast.max.user_id)
        owner.execute(insertion(table, row), row)
        owner.rollback()
    added = set()
    for name in ACTORS:
        actor = person(world, name)
        table, row = make(world, getattr(actor, "user_id", world.cast.max.user_id))
        if outcome(app, actor, insertion(table, row), row) is not REFUSED:
            added.add(name)
    assert added == set(allowed.split())


def test_every_table_that_people_add_to_is_tried(world):
    tried = {make(world, world.cast.max.user_id)[0] for make, _ in ADDED.values()}
    # Each ticket has its words already, so there are none to add; nor does a grant allow it. When
    # somebody was here, the desk notes.
    assert tried | {"ticket", "ticket_words", "last_seen"} == set().union(
        *SEEN.values(), {"setup_link", "blob", "former_participant"}
    )


def ticket(buyer, seller, **more):
    return {"subject": "planted", "buyer_id": buyer, "seller_id": seller, **more}


FILED = {
    "by a buyer to the platform": (lambda c, me: ticket(me, None), "bea ben"),
    "by a buyer to sol": (lambda c, me: ticket(me, c.sol.user_id), "bea ben"),
    "by a seller to the platform": (lambda c, me: ticket(None, me), "sol sia"),
    "in a buyer's name, against oneself": (lambda c, me: ticket(c.max.user_id, me), ""),
    "in somebody else's name": (lambda c, me: ticket(c.max.user_id, None), ""),
    "closed from the start": (lambda c, me: ticket(me, None, status="closed"), ""),
    "with a number of one's own": (lambda c, me: ticket(me, None, number=1), ""),
    "with an assignee": (lambda c, me: ticket(me, None, assignee_id=c.ada.user_id), ""),
}


@pytest.mark.parametrize("how", FILED)
def test_a_ticket_is_filed_by_these_people_alone(app, world, how):
    make, allowed = FILED[how]
    filed = set()
    for name in ACTORS:
        actor = person(world, name)
        me = getattr(actor, "user_id", world.cast.max.user_id)
        row = {"id": new_id(), "me": me, **make(world.cast, me)}
        # One statement, so that the conversation of the ticket is its own.
        columns = [column for column in row if column != "me"]
        statement = sql.SQL(
            "WITH c AS (INSERT INTO conversation (id, kind, created_by)"
            " VALUES (%(id)s, 'ticket', %(me)s)) SELECT 1"
        )
        insert = sql.SQL("INSERT INTO ticket ({}) VALUES ({})").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join(map(sql.Placeholder, columns)),
        )
        if _both(app, actor, statement, insert, row):
            filed.add(name)
    assert filed == set(allowed.split())


def _both(app, actor, first, second, row) -> bool:
    try:
        with acting(app, actor) as cursor:
            cursor.execute(first, row)
            cursor.execute(second, row)
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation):
        return False
    return True


def test_a_ticket_cannot_be_put_on_somebody_elses_conversation(app, world):
    row = {"id": world.t2, **ticket(world.cast.bea.user_id, None)}
    with pytest.raises(psycopg.errors.CheckViolation, match="made by its requester"):
        outcome(app, world.cast.bea, insertion("ticket", row), row)


def test_a_buyer_fills_in_a_field_while_filing_and_never_again(app, world):
    bea, ticket_id = world.cast.bea, new_id()
    _, row = filled(world, "t1")
    row["ticket_id"] = ticket_id
    with acting(app, bea) as cursor:
        opened = {"id": ticket_id, "kind": "ticket", "created_by": bea.user_id}
        cursor.execute(insertion("conversation", opened), opened)
        new = {"id": ticket_id, **ticket(bea.user_id, None)}
        cursor.execute(insertion("ticket", new), new)
        cursor.execute(insertion("ticket_field", row), row)
        assert cursor.rowcount == 1
    _, late = filled(world, "t1", "old-field")
    assert outcome(app, bea, insertion("ticket_field", late), late) is REFUSED


@pytest.mark.parametrize(
    ("who", "allowed"),
    [("ada", True), ("sol", True), ("bea", False), ("sia", False), ("max", False)],
)
def test_a_ticket_is_assigned_to_an_active_admin_or_its_own_seller(app, world, who, allowed):
    update = "UPDATE ticket SET assignee_id = %s WHERE id = %s RETURNING id"
    values = [getattr(world.cast, who).user_id, world.t1]
    if allowed:
        assert outcome(app, world.cast.abe, update, values) == [(world.t1,)]
    else:
        with pytest.raises(psycopg.errors.CheckViolation, match="assignee_id is neither"):
            outcome(app, world.cast.abe, update, values)


# What one may change cannot be handed to somebody else, or taken from them.

HANDED_OVER = {
    "what somebody else said, in an admin's words": (
        "abe", "UPDATE message SET body = 'planted' WHERE body = 't1-description'", REFUSED,
    ),
    "a private view made one for all by a seller": (
        "sol", "UPDATE saved_view SET shared = true", REFUSED,
    ),
    "notes signed with another name": (
        "sol", "UPDATE ticket_note SET updated_by = (SELECT id FROM \"user\" WHERE name = 'Bea')",
        REFUSED,
    ),
    "a reply for all given to somebody": (
        "abe", "UPDATE canned_reply SET owner_id = (SELECT id FROM \"user\" WHERE name = 'Sol')",
        REFUSED,
    ),
    "one's file put into what somebody else said": (
        "abe", "UPDATE attachment SET message_id ="
        " (SELECT id FROM message WHERE body = 't1-description')", REFUSED,
    ),
    "a session that is over begun anew": (
        "abe", "UPDATE session SET ended_at = NULL", REFUSED,
    ),
    "an invitation that was spent opened again": (
        "abe", "UPDATE invitation SET revoked_at = NULL", REFUSED,
    ),
    "a shared view of another admin made private": (
        "abe", "UPDATE saved_view SET shared = false WHERE name = 'shared-view'", REFUSED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", HANDED_OVER)
def test_nothing_is_handed_over(app, world, what):
    name, statement, expected = HANDED_OVER[what]
    assert outcome(app, person(world, name), statement) == expected
