"""The functions of the database and the roles that the app can become."""

from __future__ import annotations

import pytest

from supportdesk.database.embedded import APP_LOGIN
from tests.security.catalogue import (
    listed,
    person,
)
from tests.security.rights import (
    ACTORS,
    ROLES,
)
from tests.support.attempt import REFUSED, outcome

PEOPLE = "buyer seller admin"
FUNCTIONS = {
    "current_user_id()": PEOPLE,
    "my_conversations()": PEOPLE,
    "my_people(text[])": PEOPLE,
    **{
        f"post_message_as_{role}(uuid,uuid,text,text,uuid,uuid,text[])": role
        for role in PEOPLE.split()
    },
    "prove_session(bytea)": PEOPLE,
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
    "may_read(text,text,text)": "",
    "my_guest_conversations()": PEOPLE,
    "staff_side(uuid[])": "seller",
    "take_part(uuid,uuid,text,bigint)": "",
    "ask_to_join(uuid,bigint,text,uuid)": "buyer seller",
    "add_participant(uuid,uuid,text)": "admin",
    "remove_participant(uuid,uuid)": "admin",
    "addition_notifies()": "",
    "refuse_blocked()": "",
    "report_before_insert()": "",
    "report_after_insert()": "",
    "report_decided()": "",
    "delete_chat(uuid)": "admin",
    "delete_ticket(uuid)": "admin",
    "called_by(message)": "",
    "follow(uuid,uuid[])": "",
    "ticket_followed()": "",
    "message_mentions_others()": "",
    "message_unnotifies()": "",
    "change_notifies()": "",
    "participant_reads()": "",
    "notifications_changed()": "",
    "unread_of(uuid[],uuid[],uuid[])": "nobody",
    "find_credentials(text)": "nobody",
    "open_session(uuid,uuid,bytea,timestamp with time zone,text,text,bytea,uuid,uuid)": "nobody",
    "session_actor(bytea)": "nobody",
    "close_session(bytea,uuid)": "nobody",
    "sign_up(uuid,text,text,text,uuid,text,text)": "nobody",
    "note_failed_sign_in(uuid,text,text,text)": "nobody",
    "desk_settings()": "nobody",
    "event_is_kept()": "",
    "note_before_update()": "",
    "list_merged_tag()": "",
    "remove_team(uuid)": "admin",
    "merge_tags(uuid,uuid)": "admin",
    "remove_tag(uuid)": "admin",
    "uses_of_tag(uuid)": "admin",
    "issue_setup_link(uuid,bytea)": "nobody",
    "setup_link_works(bytea)": "nobody",
    "note_read(uuid,uuid[],bigint)": "nobody",
    "note_seen(uuid[],timestamp with time zone)": "nobody",
    "claim_blob(text)": PEOPLE,
    "my_stored_bytes()": PEOPLE,
    "unheld_blobs()": "nobody",
    "drop_blob(text)": "nobody",
    "drop_unsent_attachments()": "nobody",
    "message_drops_files()": "",
    "user_keeps_an_admin()": "",
    "user_role_is_held()": "",
    "ticket_asks_for_its_people()": "",
    "user_leaves_conversations()": "",
    "user_spends_links()": "",
    "forget_seen_notifications()": "nobody",
    "former_people(text[])": PEOPLE,
    "rename_me(text,uuid)": PEOPLE,
    "invitation_of(bytea)": "nobody",
    "accept_invitation(bytea,uuid,text,text,text,uuid,text,text)": "nobody",
    "password_reset_of(bytea)": "nobody",
    "reset_password(bytea,text,uuid,text,text)": "nobody",
    "change_password(bytea,text,uuid)": "nobody",
    "time_new_ticket()": "",
    "time_changed_ticket()": "",
    "time_tagged_ticket()": "",
    "time_retagged_ticket()": "",
    "untime_untagged_ticket()": "",
    "untime_deleted_ticket()": "",
    "times_changed()": "",
    "reopening_changed()": "",
    "report_keys(ticket_times)": "",
    "report_entries(ticket_times)": "",
    "succeed_in_reports(text,uuid,uuid)": "",
    "report_parts(text,timestamp with time zone[],timestamp with time zone[])": "admin",
    "report_since()": "nobody",
    "seal_report(text,timestamp with time zone[],timestamp with time zone[],"
    "timestamp with time zone[])": "nobody",
    "user_stays_erased()": "",
    "nothing_is_kept_of_erased()": "",
    "without_names(text,text[],text)": "",
    "names_of(uuid,uuid[])": "",
    "erase_from_messages(uuid,uuid[],text[],text)": "",
    "erase_from_events(uuid,text,uuid[],text)": "",
    "erase_person(uuid,uuid)": "admin",
    "erased_among(uuid[])": "nobody",
    "open_among(uuid[])": "nobody",
    "ticket_name(bigint)": PEOPLE,
    "kept_of(uuid)": PEOPLE,
    "create_first_admin(bytea,uuid,text,text,text,uuid,text,text)": "nobody",
}


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
