"""Every table of the database, tried by everybody in every way, as the app's own login would.

The tables, their columns and the functions are read from the catalogue: what is added later without
an expectation here fails. Whatever a test does is rolled back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from supportdesk.database.embedded import APP_LOGIN, EmbeddedServer
from supportdesk.domain.actor import NOBODY, Actor, Role
from supportdesk.domain.ids import new_id
from tests.security.world import World, furnish
from tests.support.attempt import REFUSED, acting, app_connection, outcome
from tests.support.cast import add_cast
from tests.support.database import empty

# Which rows each of them sees. `bea` and `sol` are the parties of t1; `ben` and `sia` are strangers
# to it with a ticket of their own; `abe` administers. A table that is not named is refused whole.
TO_CHOOSE_FROM = {
    "category": "shipping",
    "field_definition": "field",
    "ticket_template": "template",
}
SEEN = {
    "bea": {
        "user": "bea sol sia",
        "team": "team",
        "conversation": "t1",
        "participant": "t1/bea t1/sol",
        "ticket": "t1",
        "message": "t1-description",
        "reaction": "t1-description/sol/👍",
        "event": "ticket_filed t1, message_posted t1-description, ticket_changed t1,"
        " reaction_changed t1-description, fields_changed t1",
        "ticket_field": "t1/field",
        "saved_view": "view-of-bea",
        **TO_CHOOSE_FROM,
    },
    "ben": {
        "user": "ben sol sia ada",
        "team": "team",
        "conversation": "t2",
        "participant": "t2/ben t2/ada",
        "ticket": "t2",
        "message": "t2-description t2-answer",
        "reaction": "",
        "event": "ticket_filed t2, message_posted t2-description, message_posted t2-answer",
        "ticket_field": "",
        "saved_view": "",
        **TO_CHOOSE_FROM,
    },
    "sol": {
        "user": "bea sol",
        "team": "team",
        "conversation": "t1",
        "participant": "t1/bea t1/sol",
        "ticket": "t1",
        "message": "t1-description t1-staff",
        "message_revision": "t1-staff/then",
        "reaction": "t1-description/sol/👍 t1-staff/sol/✅",
        "event": "ticket_filed t1, message_posted t1-description, message_posted t1-staff,"
        " message_edited t1-staff, reaction_changed t1-description, reaction_changed t1-staff,"
        " ticket_changed t1, tags_changed t1, notes_changed t1, fields_changed t1",
        "tag": "refund carrier",
        "ticket_tag": "t1/refund",
        "ticket_note": "t1",
        "ticket_field": "t1/field",
        "saved_view": "view-of-sol shared-view",
        "canned_reply": "reply-of-sol reply-for-all",
        **TO_CHOOSE_FROM,
    },
    "sia": {
        "user": "sia ada",
        "team": "team",
        "conversation": "t3",
        "participant": "t3/sia t3/ada",
        "ticket": "t3",
        "message": "t3-description t3-staff",
        "message_revision": "",
        "reaction": "",
        "event": "ticket_filed t3, message_posted t3-description, message_posted t3-staff,"
        " fields_changed t3",
        "tag": "refund carrier",
        "ticket_tag": "",
        "ticket_note": "",
        "ticket_field": "t3/field",
        "saved_view": "shared-view",
        "canned_reply": "reply-for-all",
        **TO_CHOOSE_FROM,
    },
    "abe": {
        "user": "bea ben sol sia ada abe max",
        "team": "team",
        "team_member": "team/ada",
        "conversation": "t1 t2 t3",
        "participant": "t1/bea t1/sol t1/ada t1/abe t2/ben t2/ada t3/sia t3/ada",
        "ticket": "t1 t2 t3",
        "message": "t1-description t1-staff t1-admins t2-description t2-answer"
        " t3-description t3-staff",
        "message_revision": "t1-staff/then",
        "reaction": "t1-description/sol/👍 t1-staff/sol/✅",
        "event": "ticket_filed t1, message_posted t1-description, message_posted t1-staff,"
        " message_edited t1-staff, reaction_changed t1-description, reaction_changed t1-staff,"
        " message_posted t1-admins, ticket_changed t1,"
        " ticket_filed t2, message_posted t2-description, message_posted t2-answer,"
        " ticket_filed t3, message_posted t3-description, message_posted t3-staff,"
        " signed_in session of bea, tags_changed t1, notes_changed t1, fields_changed t1,"
        " tags_changed t2, notes_changed t2, fields_changed t3",
        "tag": "refund carrier",
        "ticket_listing": "t1/itself t1/refund t2/itself t2/carrier t3/itself",
        "ticket_words": "t1 t2 t3",
        "ticket_tag": "t1/refund t2/carrier",
        "ticket_note": "t1 t2",
        "ticket_field": "t1/field t3/field",
        "saved_view": "view-of-abe shared-view",
        "canned_reply": "reply-for-all",
        "category": "shipping",
        "field_definition": "field old-field",
        "ticket_template": "template old-template",
    },
    "nobody": {},
    "the bare app": {},
}

# Which rows an update without any condition reaches, for each column that may be set at all.
CHANGED = {
    "bea": {
        "user": ("timezone", "bea"),
        "participant": ("last_read_seq starred", "t1/bea"),
        "ticket": ("status priority", "t1"),
        "saved_view": ("name query", "view-of-bea"),
    },
    "ben": {
        "user": ("timezone", "ben"),
        "participant": ("last_read_seq starred", "t2/ben"),
        "ticket": ("status priority", "t2"),
        "saved_view": ("name query", ""),
    },
    "sol": {
        "user": ("timezone", "sol"),
        "participant": ("last_read_seq starred", "t1/sol"),
        "ticket": ("status priority type", "t1"),
        "ticket_note": ("body updated_by updated_at", "t1"),
        "ticket_field": ("value updated_at", "t1/field"),
        "saved_view": ("name query", "view-of-sol"),
        "canned_reply": ("name body", "reply-of-sol"),
    },
    "sia": {
        "user": ("timezone", "sia"),
        "participant": ("last_read_seq starred", "t3/sia"),
        "ticket": ("status priority type", "t3"),
        "ticket_note": ("body updated_by updated_at", ""),
        "ticket_field": ("value updated_at", "t3/field"),
        "saved_view": ("name query", ""),
        "canned_reply": ("name body", ""),
    },
    "abe": {
        "user": ("active timezone", "bea ben sol sia ada abe max"),
        "participant": ("last_read_seq starred", "t1/abe"),
        "ticket": ("status priority type category_id assignee_id team_id due_at", "t1 t2 t3"),
        "category": ("name", "shipping"),
        "tag": ("name hue description", "refund carrier"),
        "ticket_note": ("body updated_by updated_at", "t1 t2"),
        "field_definition": (
            "ticket_type name kind choices required position active",
            "field old-field",
        ),
        "ticket_field": ("value updated_at", "t1/field t3/field"),
        "saved_view": ("name shared query", "view-of-abe shared-view"),
        "ticket_template": ("name ticket_type subject body active", "template old-template"),
        "canned_reply": ("owner_id name body", "reply-for-all"),
        "team": ("auto_assign", "team"),
    },
    "nobody": {},
    "the bare app": {},
}

# Which rows a delete without any condition reaches; every other table keeps what it has.
DELETED = {
    "bea": {"saved_view": "view-of-bea"},
    "ben": {"saved_view": ""},
    "sol": {
        "ticket_tag": "t1/refund",
        "ticket_field": "t1/field",
        "saved_view": "view-of-sol",
        "canned_reply": "reply-of-sol",
    },
    "sia": {
        "ticket_tag": "",
        "ticket_field": "t3/field",
        "saved_view": "",
        "canned_reply": "",
    },
    "abe": {
        "ticket_tag": "t1/refund t2/carrier",
        "ticket_field": "t1/field t3/field",
        "saved_view": "view-of-abe shared-view",
        "canned_reply": "reply-for-all",
        "team_member": "team/ada",
    },
    "nobody": {},
    "the bare app": {},
}

# A draft is its owner's alone, to see, to change and to throw away.
for _name, _drafts in {
    "bea": "draft-of-bea", "ben": "", "sol": "draft-of-sol", "sia": "draft-of-sia",
    "abe": "draft-of-abe",
}.items():  # fmt: skip
    SEEN[_name]["draft"] = DELETED[_name]["draft"] = _drafts
    CHANGED[_name]["draft"] = ("body audience form updated_at", _drafts)

# What one said is one's own to change; an admin may take back anybody's, but reword nobody's.
for _name, _said in {
    "bea": "t1-description", "ben": "t2-description", "sol": "t1-staff", "sia": "t3-description",
    "abe": SEEN["abe"]["message"],
}.items():  # fmt: skip
    CHANGED[_name]["message"] = ("body deleted_at", _said)
    DELETED[_name]["reaction"] = SEEN["sol"]["reaction"] if _name == "sol" else ""

ACTORS = tuple(SEEN)

# What each role reads of the tables it may read, column by column.
PERSON = "id name role active timezone"
TEAM = "id name is_default created_at auto_assign"
THREAD = "id kind created_by created_at last_seq messages_everyone activity_everyone"
STAFF_THREAD = f"{THREAD} messages_staff activity_staff"
PARTICIPANT = (
    "conversation_id user_id audience last_read_seq starred muted archived pinned created_at"
    " read_at"
)
TICKET = (
    "id number subject status priority type category_id buyer_id seller_id assignee_id team_id"
    " due_at first_response_at resolved_at created_at waiting_since"
)
MESSAGE = (
    "id conversation_id seq sender_id body audience client_id created_at edited_at deleted_at"
    " quote_id words"
)
EVENT = "id kind actor_id conversation_id subject_id audience in_thread seq data created_at"
DEFINITION = "id ticket_type name kind choices required position active created_at"
LOG = {
    "participant": PARTICIPANT,
    "ticket": TICKET,
    "message": MESSAGE,
    "reaction": "message_id user_id emoji created_at",
    "event": EVENT,
    "category": "id name created_at",
    "field_definition": DEFINITION,
    "ticket_field": "ticket_id field_id value updated_at",
    "saved_view": "id owner_id name shared query created_at",
    "ticket_template": "id name ticket_type subject body active created_at",
    "draft": "id owner_id conversation_id body audience form updated_at",
}
STAFF_LOG = {
    **LOG,
    "message_revision": "message_id written_at body",
    "tag": "id name hue description created_by created_at",
    "ticket_tag": "ticket_id tag_id added_by created_at",
    "ticket_note": "ticket_id body updated_by updated_at",
    "canned_reply": "id owner_id name body created_at",
}
READABLE = {
    "buyer": {"user": PERSON, "team": TEAM, "conversation": THREAD, **LOG},
    "seller": {"user": PERSON, "team": TEAM, "conversation": STAFF_THREAD, **STAFF_LOG},
    "admin": {
        "user": f"{PERSON} email created_at",
        "team": TEAM,
        "team_member": "team_id user_id created_at last_assigned_at",
        "conversation": f"{STAFF_THREAD} messages_admins activity_admins",
        "ticket_listing": "ticket_id tag_id number status urgency type assignee_id team_id"
        " active_at due_at waiting_since",
        "ticket_words": "ticket_id subject subject_and_people",
        **STAFF_LOG,
    },
    "nobody": {},
    "app": {},
}

NEW_MESSAGE = "id conversation_id sender_id body audience client_id quote_id"
NEW_EVENT = "id kind actor_id conversation_id subject_id audience in_thread data"
WRITES = {
    "message": NEW_MESSAGE,
    "reaction": "message_id user_id emoji",
    "event": NEW_EVENT,
    "ticket_field": "ticket_id field_id value",
    "saved_view": "id owner_id name shared query",
    "draft": "id owner_id conversation_id body audience form",
}
STAFF_WRITES = {
    **WRITES,
    "tag": "id name hue description created_by",
    "ticket_tag": "ticket_id tag_id added_by",
    "ticket_note": "ticket_id body updated_by",
    "canned_reply": "id owner_id name body",
}
FILES = {
    "conversation": "id kind created_by",
    "ticket": "id subject type priority category_id buyer_id seller_id",
}
# What each role may say of a new row; the database makes up the rest.
INSERTABLE = {
    "buyer": {**WRITES, **FILES},
    "seller": {**STAFF_WRITES, **FILES},
    "admin": {
        **STAFF_WRITES,
        "participant": "conversation_id user_id audience last_read_seq starred",
        "category": "id name",
        "field_definition": DEFINITION.removesuffix(" created_at"),
        "ticket_template": "id name ticket_type subject body active",
        "team_member": "team_id user_id",
    },
    "nobody": {},
    "app": {},
}

# Alembic's own note of how far the database was migrated: for whoever migrates, and nobody else.
UNGUARDED = {"alembic_version"}

PEOPLE = "buyer seller admin"
FUNCTIONS = {
    "current_user_id()": PEOPLE,
    "my_conversations()": PEOPLE,
    "my_people(text[])": PEOPLE,
    "take_place(uuid,text,timestamp with time zone,integer)": "",
    "wider_audience(text,text)": "",
    "ring(text,uuid,uuid)": "",
    "message_before_insert()": "",
    "message_after_insert()": "",
    "message_before_update()": "",
    "reaction_after_insert()": "",
    "ticket_before_insert()": "",
    "ticket_after_insert()": "",
    "ticket_before_update()": "",
    "event_before_insert()": "",
    "event_after_insert()": "",
    "participant_before_update()": "",
    "participant_after_update()": "",
    "unanswered_since(uuid,uuid)": "",
    "message_keeps_waiting()": "",
    "ticket_keeps_waiting()": "",
    "list_new_ticket()": "",
    "list_changed_ticket()": "",
    "list_active_ticket()": "",
    "list_tagged_ticket()": "",
    "unlist_untagged_ticket()": "",
    "list_renamed_person()": "",
    "put_ticket_words(uuid[])": "",
    "user_after_update()": "",
    "ticket_before_assign()": "",
    "ticket_assigned()": "",
    "ticket_auto_assign()": "",
    "find_credentials(text)": "nobody",
    "open_session(uuid,uuid,bytea,timestamp with time zone,text,text,bytea,uuid,uuid)": "nobody",
    "session_actor(bytea)": "nobody",
    "close_session(bytea,uuid)": "nobody",
    "sign_up(uuid,text,text,text,uuid)": "nobody",
    "issue_setup_link(uuid,bytea)": "nobody",
    "setup_link_works(bytea)": "nobody",
    "note_read(uuid,uuid[],bigint)": "nobody",
    "create_first_admin(bytea,uuid,text,text,text,uuid)": "nobody",
}
ROLES = ("app", "nobody", "buyer", "seller", "admin")

_TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
"""
_COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = quote_ident(%s)::regclass AND attnum > 0 AND NOT attisdropped
"""
# What the database works out of the others, it lets nobody set.
_SETTABLE = f"{_COLUMNS} AND attgenerated = ''"
_KEYS = """
    SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid
    WHERE indrelid = quote_ident(%s)::regclass AND indisprimary AND attnum = ANY (indkey)
    ORDER BY array_position(indkey::smallint[], attnum)
"""
_PRIVILEGES = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = quote_ident(%s)::regclass AND attnum > 0 AND NOT attisdropped
      AND has_column_privilege('supportdesk_' || %s, attrelid, attnum, %s)
"""


@pytest.fixture(scope="module")
async def world(server: EmbeddedServer, pool: None) -> AsyncIterator[World]:
    empty(server.owner_url)
    yield await furnish(add_cast(server.owner_url), server.owner_url)


@pytest.fixture(scope="module")
def owner(server: EmbeddedServer) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(server.owner_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def app(server: EmbeddedServer, world: World) -> Iterator[psycopg.Connection[Any]]:
    with app_connection(server.app_url) as connection:
        yield connection


def listed(owner: psycopg.Connection[Any], query: str, *values: str) -> list[str]:
    return [row[0] for row in owner.execute(query, values)]


def tables(owner: psycopg.Connection[Any]) -> list[str]:
    return sorted(set(listed(owner, _TABLES)) - UNGUARDED)


def person(world: World, name: str) -> Any:
    """None is the app between two transactions, when it is nobody in particular."""
    return {"nobody": NOBODY, "the bare app": None}.get(name) or getattr(world.cast, name, None)


def row_names(text: str) -> set[str]:
    return set(text.split(", ") if "," in text else text.split())


def same(table: str, column: str) -> sql.Composable:
    """That the column stays what it is; a change that has to be signed is signed."""
    sets: dict[str, sql.Composable] = {column: sql.Identifier(column)}
    if table == "ticket_note":
        sets["updated_by"] = sql.SQL("current_user_id()")
    return sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), value) for name, value in sets.items()
    )


def key(owner: psycopg.Connection[Any], table: str) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, listed(owner, _KEYS, table)))


# What there is.


def test_every_table_has_an_expectation(owner):
    known = set().union(*SEEN.values(), {"session", "setup_link"})
    assert set(listed(owner, _TABLES)) == known | UNGUARDED


def test_every_table_is_guarded_against_its_owner_too(owner):
    guarded = "AND relrowsecurity AND relforcerowsecurity"
    assert sorted(listed(owner, f"{_TABLES} {guarded}")) == tables(owner)


@pytest.mark.parametrize("role", ROLES)
def test_nobody_may_read_or_change_how_far_the_database_was_migrated(owner, role):
    for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"):
        found = owner.execute(
            "SELECT has_table_privilege(%s, 'alembic_version', %s)", [f"supportdesk_{role}", right]
        ).fetchone()
        assert found == (False,), right


# Reading.


@pytest.mark.parametrize("name", ACTORS)
def test_everybody_sees_exactly_these_rows(owner, app, world, name):
    expected, found = {}, {}
    for table in tables(owner):
        query = sql.SQL("SELECT {} FROM {}").format(key(owner, table), sql.Identifier(table))
        rows = outcome(app, person(world, name), query)
        found[table] = rows if rows is REFUSED else {world.name(*row) for row in rows}
        expected[table] = row_names(SEEN[name][table]) if table in SEEN[name] else REFUSED
    assert found == expected


@pytest.mark.parametrize("name", ACTORS)
def test_everybody_reads_exactly_these_columns(owner, app, world, name):
    role = {"nobody": "nobody", "the bare app": "app"}.get(name) or person(world, name).role
    for table in tables(owner):
        columns = {
            column
            for column in listed(owner, _COLUMNS, table)
            if outcome(
                app,
                person(world, name),
                sql.SQL("SELECT count({}) FROM {}").format(
                    sql.Identifier(column), sql.Identifier(table)
                ),
            )
            is not REFUSED
        }
        assert columns == set(READABLE[role].get(table, "").split()), table


# Changing.


@pytest.mark.parametrize("name", ACTORS)
def test_everybody_changes_exactly_these_columns_of_these_rows(owner, app, world, name):
    for table in tables(owner):
        columns, rows = CHANGED[name].get(table, ("", ""))
        for column in listed(owner, _SETTABLE, table):
            update = sql.SQL("UPDATE {table} SET {sets} RETURNING {key}").format(
                table=sql.Identifier(table), sets=same(table, column), key=key(owner, table)
            )
            found = outcome(app, person(world, name), update)
            reached = found if found is REFUSED else {world.name(*row) for row in found}
            expected = row_names(rows) if column in columns.split() else REFUSED
            assert reached == expected, (table, column)


@pytest.mark.parametrize("name", ACTORS)
def test_everybody_deletes_exactly_these_rows(owner, app, world, name):
    for table in tables(owner):
        statement = sql.SQL("DELETE FROM {} RETURNING {}").format(
            sql.Identifier(table), key(owner, table)
        )
        found = outcome(app, person(world, name), statement)
        deleted = found if found is REFUSED else {world.name(*row) for row in found}
        rows = DELETED[name].get(table)
        assert deleted == (REFUSED if rows is None else row_names(rows)), table


@pytest.mark.parametrize("name", ACTORS)
def test_nobody_empties_anything(owner, app, world, name):
    for table in tables(owner):
        statement = sql.SQL("TRUNCATE {}").format(sql.Identifier(table))
        assert outcome(app, person(world, name), statement) is REFUSED, table


@pytest.mark.parametrize("role", ROLES)
def test_the_grants_are_these_and_no_others(owner, role):
    changeable = {
        "buyer": CHANGED["bea"], "seller": CHANGED["sol"], "admin": CHANGED["abe"],
    }.get(role, {})  # fmt: skip
    for table in tables(owner):
        assert set(listed(owner, _PRIVILEGES, table, role, "SELECT")) == set(
            READABLE[role].get(table, "").split()
        ), table
        assert set(listed(owner, _PRIVILEGES, table, role, "INSERT")) == set(
            INSERTABLE[role].get(table, "").split()
        ), table
        assert set(listed(owner, _PRIVILEGES, table, role, "UPDATE")) == set(
            changeable.get(table, ("", ""))[0].split()
        ), table


# Adding. Each row is one that the database itself would take: the owner may insert it.


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


ADDED = {
    # A draft: one's own, where one takes part.
    "a draft of one's own in t1": (lambda w, me: draft(w, me), "bea sol abe"),
    "a draft of somebody else": (lambda w, me: draft(w, w.cast.max.user_id), ""),
    "a draft with a time of one's own": (
        lambda w, me: draft(w, me, updated_at="2001-01-01"), "",
    ),
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
    "a setup link": (
        lambda w, me: ("setup_link", {"id": new_id(), "token_hash": b"x" * 32}), "",
    ),
    "a team": (lambda w, me: ("team", {"id": new_id(), "name": "Raiders"}), ""),
}  # fmt: skip


def insertion(table: str, row: dict[str, Any]) -> sql.Composable:
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(map(sql.Placeholder, row)),
    )


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
    # Each ticket has its words already, so there are none to add; nor does a grant allow it.
    assert tried | {"ticket", "ticket_words"} == set().union(
        *SEEN.values(), {"session", "setup_link"}
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
    "a shared view of another admin made private": (
        "abe", "UPDATE saved_view SET shared = false WHERE name = 'shared-view'", REFUSED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", HANDED_OVER)
def test_nothing_is_handed_over(app, world, what):
    name, statement, expected = HANDED_OVER[what]
    assert outcome(app, person(world, name), statement) == expected


# Functions and logins.


def test_every_function_has_an_expectation(owner):
    found = listed(
        owner,
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    )
    assert set(found) == set(FUNCTIONS)


def test_every_function_is_called_by_these_roles_alone(owner):
    callers = {
        function: " ".join(
            role
            for role in ROLES
            if owner.execute(
                "SELECT has_function_privilege(%s, %s, 'EXECUTE')",
                [f"supportdesk_{role}", function],
            ).fetchone()
            == (True,)
        )
        for function in FUNCTIONS
    }
    assert callers == FUNCTIONS


def test_no_function_is_open_to_the_public(owner):
    found = listed(
        owner,
        "SELECT oid::regprocedure::text FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND (proacl IS NULL OR EXISTS ("
        "     SELECT FROM aclexplode(proacl) WHERE grantee = 0))",
    )
    assert found == []


def test_every_function_that_sees_past_the_rules_has_a_fixed_search_path(owner):
    path = "search_path=public, pg_temp"
    found = owner.execute(
        "SELECT oid::regprocedure::text, proconfig FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND prosecdef"
    ).fetchall()
    assert found
    assert [name for name, settings in found if settings != [path]] == []


def test_every_function_belongs_to_the_role_that_nobody_can_log_in_as(owner):
    found = listed(
        owner,
        "SELECT DISTINCT proowner::regrole::text FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace",
    )
    assert found == ["supportdesk_system"]


@pytest.mark.parametrize("role", [APP_LOGIN, *(f"supportdesk_{role}" for role in ROLES)])
def test_what_the_app_can_become_is_no_superuser_and_bypasses_nothing(owner, role):
    found = owner.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolinherit"
        " FROM pg_roles WHERE rolname = %s",
        [role],
    ).fetchone()
    assert found == (False,) * 6


@pytest.mark.parametrize("role", [APP_LOGIN, *(f"supportdesk_{role}" for role in ROLES)])
def test_what_the_app_can_become_owns_nothing(owner, role):
    owned = owner.execute(
        "SELECT count(*) FROM pg_shdepend WHERE deptype = 'o' AND refobjid = %s::regrole", [role]
    ).fetchone()
    assert owned == (0,)


def test_the_app_becomes_the_roles_of_people_and_no_other(owner):
    found = listed(
        owner,
        "SELECT rolname FROM pg_roles WHERE pg_has_role(%s, oid, 'SET') AND rolname <> %s",
        APP_LOGIN,
        APP_LOGIN,
    )
    assert sorted(found) == sorted(f"supportdesk_{role}" for role in ROLES)


@pytest.mark.parametrize("name", ACTORS)
def test_nobody_creates_a_table_of_their_own(app, world, name):
    assert outcome(app, person(world, name), "CREATE TABLE mine (id int)") is REFUSED
    assert outcome(app, person(world, name), "CREATE SCHEMA mine") is REFUSED


@pytest.mark.parametrize("table", ["ticket", "conversation", "message", "event", "participant"])
def test_somebody_made_up_sees_nothing(owner, app, world, table):
    query = sql.SQL("SELECT {} FROM {}").format(key(owner, table), sql.Identifier(table))
    assert outcome(app, Actor(new_id(), Role.SELLER), query) == []
