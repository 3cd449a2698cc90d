"""What is kept of a person, and forgetting it: by whom the database lets itself be asked."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege

from supportdesk.domain.ids import new_id
from tests.security.catalogue import person
from tests.support.attempt import REFUSED, acting, outcome

KEPT = "SELECT part FROM kept_of(%s)"
ERASE = "SELECT erase_person(%s, %s)"
TOOK = (
    "INSERT INTO event (id, kind, actor_id, subject_id, audience, data)"
    " VALUES (%s, 'person_exported', %s, %s, 'admins', '{}')"
)


@pytest.mark.parametrize("name", ["bea", "ben", "sol", "sia", "abe"])
def test_what_is_kept_of_somebody_is_told_to_them_and_to_admins(app, world, name):
    for other in ("bea", "ben", "sol", "sia", "ada", "abe", "max"):
        whom = getattr(world.cast, other).user_id
        told = outcome(app, person(world, name), KEPT, [whom])
        assert bool(told) == (name in (other, "abe")), other


def test_of_nobody_in_particular_nothing_is_told(app, world):
    for name in ("bea", "abe"):
        assert outcome(app, person(world, name), KEPT, [new_id()]) == []
        assert outcome(app, person(world, name), KEPT, [None]) == []


def test_who_is_an_admin_no_more_is_told_nothing(app, world, owner):
    owner.execute('UPDATE "user" SET active = false WHERE id = %s', [world.cast.abe.user_id])
    try:
        assert outcome(app, person(world, "abe"), KEPT, [world.cast.bea.user_id]) == []
        with acting(app, person(world, "abe")) as abe, pytest.raises(CheckViolation):
            abe.execute(ERASE, [world.cast.bea.user_id, new_id()])
    finally:
        owner.execute('UPDATE "user" SET active = true WHERE id = %s', [world.cast.abe.user_id])


def test_nobody_erases_themselves_past_the_command(app, world):
    with acting(app, person(world, "abe")) as abe:
        abe.execute(ERASE, [world.cast.bea.user_id, new_id()])
        assert abe.fetchone()[0].startswith("Erased person")
    with acting(app, person(world, "abe")) as abe, pytest.raises(CheckViolation):
        abe.execute(ERASE, [world.cast.abe.user_id, new_id()])


@pytest.mark.parametrize("name", ["bea", "sol"])
def test_one_tells_of_taking_ones_own_data_and_of_nobody_elses(app, world, name):
    me = getattr(world.cast, name).user_id
    assert outcome(app, person(world, name), TOOK, [new_id(), me, me]) == []
    for actor, subject in ((me, world.cast.ben.user_id), (world.cast.ben.user_id, me)):
        assert outcome(app, person(world, name), TOOK, [new_id(), actor, subject]) is REFUSED


@pytest.mark.parametrize("name", ["bea", "sol", "abe", "nobody"])
def test_who_says_that_they_erase_changes_nothing_of_the_log(app, world, name):
    with acting(app, person(world, name)) as actor, pytest.raises(InsufficientPrivilege):
        actor.execute("SELECT set_config('supportdesk.erasing', 'on', true)")
        actor.execute("UPDATE event SET data = '{}'")


def test_nor_does_the_owner_of_the_database_nor_is_anything_deleted(owner):
    for role, statement in (
        ("postgres", "UPDATE event SET data = '{}'"),
        ("supportdesk_system", "UPDATE event SET kind = 'signed_in'"),
        ("supportdesk_system", "DELETE FROM event"),
        ("supportdesk_system", "TRUNCATE event"),
        ("postgres", "TRUNCATE event"),
    ):
        with owner.transaction(force_rollback=True), pytest.raises(InsufficientPrivilege):
            owner.execute("SELECT set_config('supportdesk.erasing', 'on', true)")
            owner.execute(f"SET LOCAL ROLE {role}")
            owner.execute(statement)


def test_an_admin_still_rewords_nobody(app, world):
    with acting(app, person(world, "abe")) as abe, pytest.raises(psycopg.Error, match="nobody"):
        abe.execute("UPDATE message SET body = 'Never said'")
