"""What nobody but admins is ever told: how to reach somebody, and that one takes notes on them."""

from __future__ import annotations

import pytest

from supportdesk import routes
from supportdesk.domain.actor import NOBODY
from tests.security.caller import browser_of, ticket_path
from tests.security.catalogue import person
from tests.security.desk_world import DESCRIPTION, SUBJECT
from tests.security.handlers import enumerate_handlers
from tests.security.http_routes import enumerate_routes
from tests.support.attempt import REFUSED, outcome
from tests.support.raw_browser import SESSION

# Whatever a screen may ask for, in the words of somebody who looks for an address; not a whole one,
# for what was asked for is sent back.
ASKED = (
    "bea", "bea@demo", "@demo.", "@", "Bea", "everyone", "buyer", "email", "1",
    {"q": "bea@demo", "role": "everyone", "name": "bea", "words": "bea@", "search": "@demo"},
)  # fmt: skip
PAGES = [
    routes.tickets("seller"),
    f"{routes.tickets('seller')}?q=bea%40demo",
    routes.ACCOUNT,
    routes.ADMIN_USERS,
    f"{routes.ADMIN_SELLERS}?q=bea",
]


async def test_an_admin_is_told_the_address_of_a_buyer(http, planted):
    async with browser_of(http, planted, "ada") as ada:
        await ada.open(f"{routes.ADMIN_USERS}?q=bea")
        await ada.until(lambda b: "bea@demo.test" in b.heard)


async def test_a_seller_knows_the_buyers_of_their_tickets_and_never_an_address(http, planted):
    """On every page and through every handler, whatever is asked."""
    async with browser_of(http, planted, "sol") as sol:
        await sol.open(ticket_path(planted, "sol"))
        await sol.until(lambda b: DESCRIPTION in b.heard and '"Bea"' in b.heard)
        for handler, arguments in enumerate_handlers().handlers.items():
            for asked in ASKED:
                await sol.call(handler, dict.fromkeys(arguments or ["value"], asked))
        await sol.answered()
        await sol.close()
        (bea,) = planted.rows("SELECT id FROM \"user\" WHERE email = 'bea@demo.test'")[0]
        for path in (*PAGES, f"{routes.ADMIN_PEOPLE}/{bea}", ticket_path(planted, "sol")):
            await sol.open(path)
            await sol.answered()
            await sol.close()
        others = sol.heard.replace(sol.var(SESSION, "me_email"), "")
        assert "@demo.test" not in others
        assert others.count(SUBJECT) > 1


@pytest.mark.parametrize("name", ["sol", "sia"])
async def test_no_address_over_http_is_answered_with_one(http, planted, name):
    async with browser_of(http, planted, name) as seller:
        headers = {"Cookie": f"supportdesk_session={seller.session}"}
        for path in [*PAGES, *enumerate_routes()]:
            address = f"{planted.desk.url}{path.rstrip('*')}"
            async with http.get(address, headers=headers, allow_redirects=False) as answer:
                body = (await answer.read()).decode(errors="replace")
            assert "@demo.test" not in body + str(answer.headers), path


@pytest.mark.parametrize("name", ["bea", "sol", "sia"])
def test_the_database_tells_no_address_however_it_is_asked(app, world, name):
    actor = person(world, name)
    assert outcome(app, actor, 'SELECT count(name) FROM "user"') != REFUSED
    for query in (
        'SELECT email FROM "user"',
        'SELECT count(*) FROM "user" WHERE email LIKE %s',
        'SELECT u FROM "user" u',
        'SELECT to_jsonb(u) FROM "user" u',
        'SELECT name FROM "user" ORDER BY email',
        "SELECT * FROM find_credentials('bea@demo.test')",
        "SELECT * FROM invitation",
        "SELECT body FROM person_note",
        "SELECT ip FROM session",
        "SELECT * FROM former_participant",
    ):
        values = ["b%"] if "%s" in query else []
        assert outcome(app, actor, query, values) is REFUSED, query


@pytest.mark.parametrize("name", ["bea", "sol", "sia"])
def test_nobody_but_an_admin_reads_what_happened_to_people(app, world, name):
    kinds = "SELECT kind FROM event WHERE conversation_id IS NULL"
    assert outcome(app, person(world, "abe"), kinds)
    assert outcome(app, person(world, name), kinds) == []


def test_an_admin_reads_neither_a_link_nor_a_password(app, world):
    admin = person(world, "abe")
    for table, column in (
        ("invitation", "token_hash"),
        ("password_reset", "token_hash"),
        ("session", "token_hash"),
        ('"user"', "password_hash"),
    ):
        assert outcome(app, admin, f"SELECT {column} FROM {table}") is REFUSED


def test_a_link_is_spent_by_its_token_and_nothing_else(app, world):
    for hash_ in ("x", "spent", "spare"):
        query = "SELECT accept_invitation(sha256(%s), gen_random_uuid(), 'x@y.test', 'X', 'h',"
        values = [hash_.encode()]
        found = outcome(app, NOBODY, f"{query} gen_random_uuid(), '', '')", values)
        assert found == [("over",)], hash_
    assert outcome(app, NOBODY, "SELECT role FROM invitation_of(sha256('pending'))") == [("admin",)]
