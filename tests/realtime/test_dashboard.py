"""The numbers on the tabs of the dashboard are right on every admin's screen, and on no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest.mock import AsyncMock
from zoneinfo import ZoneInfo

import psycopg
import pytest

from supportdesk import routes
from supportdesk.domain.commands import filing
from supportdesk.domain.commands.filing import NewTicket
from supportdesk.domain.ids import new_id
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.realtime import dashboard_counts
from supportdesk.realtime.hub import Hub
from supportdesk.realtime.screen import Screen
from tests.support.browsers import Browsers, catch_up
from tests.support.cast import Cast
from tests.support.desk import Desk
from tests.support.raw_browser import DASHBOARD, DETAILS, MODERATION, SETTINGS, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, zone_at_noon

# What an admin reads there, as the database has it: of a day, from its beginning in that zone.
_COUNTED = {
    "tickets": "SELECT count(*) FROM ticket WHERE status NOT IN ('resolved', 'closed')",
    "settings": "SELECT count(*) FROM setting",
    "reports": "SELECT count(*) FROM ticket WHERE created_at >= {today}",
    "audit": "SELECT count(*) FROM event WHERE created_at >= {today}",
}
_TODAY = "date_trunc('day', now(), '{zone}')"


def count(browser: RawBrowser, tab: str) -> int:
    return int(browser.var(DASHBOARD, "counts", {}).get(tab, "-1").replace(",", ""))


def counted(desk: Desk, tab: str, zone: str = "UTC") -> int:
    with psycopg.connect(desk.owner_url) as connection:
        asked = _COUNTED[tab].format(today=_TODAY.format(zone=zone))
        (found,) = connection.execute(asked).fetchone() or (0,)  # type: ignore[arg-type]
        return int(found)


async def admin(browsers: Browsers, person: Person, path: str = routes.ADMIN_TEAMS) -> RawBrowser:
    browser = browsers.new(person)
    await browser.open(path)
    await browser.until(lambda b: count(b, "tickets") >= 0)
    return browser


async def test_every_admin_sees_how_many_tickets_are_not_settled(
    browsers: Browsers, seed: Seed, desk: Desk
) -> None:
    bea, sol = seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol")
    ticket = seed.ticket(bea, sol)
    zoe = await browsers.visit(seed.person(ADMIN, "Zoe"), ticket)
    yann = await admin(browsers, seed.person(ADMIN, "Yann"))
    before = counted(desk, "tickets")
    assert before >= 1
    for each in (zoe, yann):
        await each.until(lambda b: count(b, "tickets") == before)
    theirs = await browsers.visit(sol, ticket)
    await catch_up(theirs)
    await zoe.send(f"{DETAILS}.close_ticket")
    for each in (zoe, yann):
        await each.until(lambda b: count(b, "tickets") == before - 1)
    assert theirs.var(DASHBOARD, "counts", {}) == {}


async def test_a_second_admin_sees_how_many_settings_admins_have_set(
    browsers: Browsers, seed: Seed, unset: None
) -> None:
    zoe = await admin(browsers, seed.person(ADMIN, "Zoe"), routes.ADMIN_SETTINGS)
    yann = await admin(browsers, seed.person(ADMIN, "Yann"))
    await yann.until(lambda b: count(b, "settings") == 0)
    given = (("welcome", "Hello.", 1), ("message_max_length", "900", 2), ("welcome", "", 1))
    for key, value, settings in given:
        was = "Hello." if not value else ""
        form = {"sort": "rule", "key": key, "value": value, "was": was}
        await zoe.send(f"{SETTINGS}.submit", form_data=form)
        for each in (zoe, yann):
            await each.until(lambda b, settings=settings: count(b, "settings") == settings)


async def test_a_second_admin_sees_what_was_filed_and_logged_today(
    browsers: Browsers, seed: Seed, desk: Desk
) -> None:
    bea, sol = seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol")
    zone = zone_at_noon()
    people = [seed.person(ADMIN, name).there(zone) for name in ("Zoe", "Yann")]
    ticket = seed.ticket(bea, sol)
    zoe, yann = await browsers.visit(people[0], ticket), await admin(browsers, people[1])
    filed, logged = (counted(desk, tab, zone) for tab in ("reports", "audit"))
    assert filed >= 1
    for each in (zoe, yann):
        await each.until(lambda b: (count(b, "reports"), count(b, "audit")) == (filed, logged))
    await zoe.say("It is in the log.")
    for each in (zoe, yann):
        await each.until(lambda b: count(b, "audit") == logged + 1)
        assert count(each, "reports") == filed
    wiped = {"what": "ticket", "confirmation": ticket.number}
    await zoe.send(f"{MODERATION}.wipe", form_data=wiped)
    for each in (zoe, yann):
        await each.until(lambda b: count(b, "reports") == filed - 1)
        await each.until(lambda b: count(b, "audit") == logged + 2)
    assert (filed - 1, logged + 2) == tuple(counted(desk, t, zone) for t in ("reports", "audit"))


async def test_each_admin_counts_the_day_of_their_own_zone(
    browsers: Browsers, seed: Seed, desk: Desk
) -> None:
    zones = {"UTC": seed.person(ADMIN, "Zoe"), "Asia/Kolkata": seed.person(ADMIN, "Yann")}
    tickets = seed.tickets([(seed.person(BUYER), None)] * 24)
    with psycopg.connect(desk.owner_url) as connection:
        for hours, ticket in enumerate(tickets):
            connection.execute(
                "UPDATE ticket SET created_at = now() - make_interval(hours => %s) WHERE id = %s",
                [hours, ticket.id],
            )
            connection.execute(
                "INSERT INTO event (id, kind, audience, created_at)"
                " VALUES (%s, 'log_exported', 'admins', now() - make_interval(hours => %s))",
                [new_id(), hours],
            )
    found = set()
    for zone, person in zones.items():
        tab = await admin(browsers, person.there(zone))
        for name in ("reports", "audit"):
            await tab.until(
                lambda b, name=name, zone=zone: count(b, name) == counted(desk, name, zone)
            )
        found.add(count(tab, "reports"))
    assert len(found) == 2


async def test_a_day_begins_by_itself(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    await filing.file_ticket(cast.bea, NewTicket("A lamp", "It flickers."))
    screen = AsyncMock(spec=Screen)
    hub = Hub(screen)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    viewer = Viewer(new_id(), cast.ada, "Ada", "ada@demo.test", "Asia/Kolkata", tomorrow)
    hub.dashboard.arrive(hub.connect("token", "socket", viewer))

    async def sweep() -> list[tuple[str, str]]:
        """Sweep twice, until there is nothing more to tell: what was told of reports and log."""
        for _ in range(2):
            await hub.sweep()
            if task := hub.dashboard._worker._task:
                await task
        told = [call.args[1] for call in screen.show_dashboard.await_args_list]
        screen.show_dashboard.reset_mock()
        return [(counts["reports"], counts["audit"]) for counts in told]

    assert await sweep() == [("1", "2")]  # Filed, and handed to a team.
    assert await sweep() == []

    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz: ZoneInfo | None = None) -> datetime:
            return datetime.now(tz) + timedelta(days=1)

    monkeypatch.setattr(dashboard_counts, "datetime", Tomorrow)
    assert await sweep() == [("0", "0")]
    assert await sweep() == []
