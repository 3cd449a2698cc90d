"""Signing up: who gets an account, and with which addresses, names and passwords."""

from __future__ import annotations

import pytest

from supportdesk.domain import attempts, passwords
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands.sessions import sign_in, sign_up
from supportdesk.domain.errors import Invalid, TooManyAttempts
from supportdesk.domain.queries.sessions import viewer_for

GOOD = "a lamp that flickers"


async def test_who_signs_up_is_a_buyer_who_can_sign_in(database):
    user_id = await sign_up(" New@Demo.Test ", "  Nora  New ", GOOD)
    viewer = await viewer_for((await sign_in("new@demo.test", GOOD)).token)
    assert viewer.actor == Actor(user_id, Role.BUYER)
    assert (viewer.name, viewer.email) == ("Nora New", "new@demo.test")


async def test_an_address_that_is_taken_cannot_be_taken_again(cast, ask):
    before = ask('SELECT * FROM "user" ORDER BY id')
    with pytest.raises(Invalid, match="Sign in instead") as refused:
        await sign_up("BEA@demo.test", "Not Bea", GOOD)
    assert refused.value.field == "email"
    assert ask('SELECT * FROM "user" ORDER BY id') == before


@pytest.mark.parametrize(
    "address",
    [
        "",
        "bea",
        "bea@",
        "@demo.test",
        "bea@demo",
        "bea @demo.test",
        "b@e@a.test",
        "x" * 251 + "@d.e",
    ],
)
async def test_what_is_no_address_is_refused(database, ask, address):
    with pytest.raises(Invalid, match="Enter an e-mail address") as refused:
        await sign_up(address, "Nora", GOOD)
    assert refused.value.field == "email"
    assert ask('SELECT count(*) FROM "user"') == [0]


@pytest.mark.parametrize("name", ["", " \x00 ", "x" * 81])
async def test_a_name_has_one_to_eighty_characters(database, name):
    with pytest.raises(Invalid, match="Your name is") as refused:
        await sign_up("new@demo.test", name, GOOD)
    assert refused.value.field == "name"


@pytest.mark.parametrize("password", ["", "too short", "x" * 9])
async def test_a_password_has_ten_characters_or_more(database, password):
    with pytest.raises(Invalid, match="at least 10 characters") as refused:
        await sign_up("new@demo.test", "Nora", password)
    assert refused.value.field == "password"


async def test_a_password_is_no_book(database):
    with pytest.raises(Invalid, match="at most 200 characters"):
        await sign_up("new@demo.test", "Nora", "x" * 201)


@pytest.mark.parametrize("password", ["1234567890", "Basketball", "qwertyuiop"])
async def test_a_password_that_everybody_tries_first_is_refused(database, password):
    with pytest.raises(Invalid, match="common passwords"):
        await sign_up("new@demo.test", "Nora", password)


@pytest.mark.parametrize("password", ["lampflicker", "          ", "ÄÖÜäöüßéèê", "🧑‍🚀" * 10])
async def test_there_is_no_other_rule(database, password):
    assert passwords.check_new(password) == password


async def test_a_password_with_half_a_character_is_refused(database):
    with pytest.raises(Invalid, match="does not exist") as refused:
        await sign_up("new@demo.test", "Nora", "a lamp \ud800 that flickers")
    assert refused.value.field == "password"


async def test_the_password_is_kept_as_argon2id(database, ask):
    await sign_up("new@demo.test", "Nora", GOOD)
    assert ask('SELECT password_hash FROM "user"')[0].startswith("$argon2id$v=19$m=65536,t=3,")


async def test_making_accounts_by_the_dozen_runs_out_of_tries(database):
    for _ in range(30):
        attempts.blame("203.0.113.7")
    with pytest.raises(TooManyAttempts):
        await sign_up("new@demo.test", "Nora", GOOD, ip="203.0.113.7")
