"""What admins do on their dashboard, sent as their pages send it by those who are none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from supportdesk import routes
from tests.security.caller import ROLES, STRANGERS, Caller, browser_of
from tests.security.dashboard import HIDDEN, PAGES, Deed, Furnished, deeds, furnish_dashboard
from tests.security.desk_world import but_of
from tests.security.handlers import enumerate_handlers
from tests.support.raw_browser import MODERATION, PERSON

# Of every state there is one; these open a page, read it (again), or empty a dialog.
ON_ANY = ("arrive", "reread", "begin", "load_more", "show_new")
# Whatever an admin does leaves a line in it.
LOG = "SELECT count(*) FROM event WHERE kind <> 'signed_in'"


def handlers() -> set[str]:
    states = (*PAGES, MODERATION, PERSON)
    return {
        name
        for name in enumerate_handlers().handlers
        if name.rpartition(".")[0] in states and not name.endswith(".setvar")
    }


def all_deeds(there: Furnished) -> Iterator[Deed]:
    """Every deed there is, on its page."""
    pages = {
        **PAGES,
        PERSON: f"{routes.ADMIN_PEOPLE}/{there['pat']}",
        MODERATION: routes.ticket("admin", there.number),
    }
    for name in sorted(handlers()):
        state, _, verb = name.rpartition(".")
        if verb in ON_ANY:
            yield Deed(name, {}, pages[state])
    yield from deeds(there)


async def do(person: Caller, deed: Deed) -> None:
    person.path = deed.path
    await person.call(deed.handler, deed.payload)
    await person.answered()


def test_every_handler_of_the_dashboard_is_called_as_its_page_calls_it(planted):
    assert {deed.handler for deed in all_deeds(furnish_dashboard(planted))} == handlers()


async def test_an_admin_does_all_of_it(http, planted):
    """Or what others send would be refused for another reason than who they are."""
    idle = []
    async with browser_of(http, planted, "ada") as ada:
        path = ""
        for deed in all_deeds(furnish_dashboard(planted)):
            if deed.path != path:
                path = deed.path
                await ada.close()
                await ada.open(path)
                await ada.settled()
            before, heard = planted.rows(LOG), len(ada.frames)
            await do(ada, deed)
            told = "".join(text for _, text in ada.frames[heard:])
            if deed.tells not in told:
                idle.append(deed)
            elif not deed.tells and not deed.handler.endswith(ON_ANY):
                idle += [deed] if planted.rows(LOG) == before else []
        assert HIDDEN in ada.heard
    assert idle == []


@pytest.mark.parametrize("name", [*STRANGERS, "bea", "sol"])
async def test_nobody_else_does_any_of_it(http, planted, name):
    mine = {"notification": but_of(name), "participant": but_of(name)}
    there, touched = furnish_dashboard(planted), []
    before, log = planted.fingerprint(mine), planted.rows(LOG)
    async with browser_of(http, planted, name) as person:
        await person.open(routes.ticket(ROLES.get(name, "buyer"), there.number))
        await person.settled()
        for deed in all_deeds(there):
            await do(person, deed)
            if (after := planted.rows(LOG)) != log:
                touched.append(deed)
                log = after
        assert touched == []
        assert planted.fingerprint(mine) == before
        assert HIDDEN.lower() not in person.heard.lower()
        assert [secret for secret in person.secrets if name in STRANGERS] == []


async def test_who_was_an_admin_a_moment_ago_does_none_of_it(http, planted):
    """Even if nobody has told their tab yet."""
    there = furnish_dashboard(planted)
    mine = {"notification": but_of("abe"), "participant": but_of("abe")}
    async with browser_of(http, planted, "abe") as abe:
        await abe.open(routes.ADMIN_TEAMS)
        await abe.settled()
        planted.rows("UPDATE \"user\" SET active = false WHERE email = 'abe@demo.test'")
        try:
            before, log, heard = planted.fingerprint(mine), planted.rows(LOG), len(abe.frames)
            for deed in all_deeds(there):
                await do(abe, deed)
            assert planted.rows(LOG) == log
            assert planted.fingerprint(mine) == before
            since = "".join(text for _, text in abe.frames[heard:])
            assert HIDDEN.lower() not in since.lower()
        finally:
            planted.rows("UPDATE \"user\" SET active = true WHERE email = 'abe@demo.test'")
