"""Reports are as right in a zone that nobody was in before, from what is sealed for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import reports as sealing
from supportdesk.domain.periods import Asked, By, midnight
from supportdesk.domain.queries.reports import Report, report_for
from tests.domain.reports_by_hand import NOW, Desk, hold
from tests.domain.test_reports import forget, names_of

# Where clocks change by an hour, by half of one, at midnight and a minute after an hour; where they
# are three quarters off; and at both ends of the world.
ZONES = (
    "Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "America/Santiago",
    "America/St_Johns", "Pacific/Chatham", "Asia/Kathmandu", "Pacific/Kiritimati", "Etc/GMT+12",
)  # fmt: skip
_DAY = timedelta(days=1)


@pytest.fixture
def owner(database) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        yield connection


def change_of(zone: ZoneInfo) -> date:
    """A day on which the clocks changed there, long enough ago; any where they never do."""
    day = NOW.date() - 60 * _DAY
    for _ in range(365):
        if midnight(day + _DAY, zone) - midnight(day, zone) != _DAY:
            return day
        day -= _DAY
    return day


@pytest.fixture(params=ZONES)
def zone(request) -> ZoneInfo:
    return ZoneInfo(request.param)


@pytest.fixture
async def desk(cast, owner, zone) -> Desk:
    """Something happens every hour and a half from two days before a change of clocks to two after,
    and all of it is sealed."""
    desk, begins = Desk(owner, cast, Random(7)), midnight(change_of(zone) - 2 * _DAY, zone)
    for at in range(80):
        moment = begins + at * timedelta(minutes=90)
        id_ = desk.file(moment)
        desk.mark(id_)
        later = moment + timedelta(minutes=desk.chance.randrange(4000))
        owner.execute("UPDATE ticket SET first_response_at = %s WHERE id = %s", [later, id_])
        if at % 3:
            owner.execute("UPDATE ticket SET status = 'resolved' WHERE id = %s", [id_])
            owner.execute("UPDATE ticket SET resolved_at = %s WHERE id = %s", [later, id_])
        if at % 6 == 1:
            desk.reopen(id_)
    assert await sealing.seal(NOW) > 100
    return desk


async def around(admin: Actor, zone: ZoneInfo) -> list[Report]:
    """Of weeks and of months around the change, and of that day and those beside it."""
    day = change_of(zone)
    return [
        await report_for(admin, Asked(None, day - days * _DAY, day + days * _DAY, by), NOW, zone)
        for by in By
        for days in (0, 1, 9, 40)
    ]


async def test_days_on_which_the_clocks_change_are_right(cast, owner, desk, zone) -> None:
    """From what is sealed, from that with its corrections, and counted: all the same."""
    for turn in range(2):
        raw, found = desk.raw(), await around(cast.ada, zone)
        for report in found:
            assert report.figures.filed > 10
            hold(report, raw, names_of(owner, report.by))
        if turn:
            assert owner.execute("SELECT FROM report_change LIMIT 1").rowcount
            owner.execute("TRUNCATE report_span, report_change CASCADE")
            assert await around(cast.ada, zone) == found
        for id_ in desk.ids[:30]:
            desk.assign(id_)
            desk.reopen(id_)
            desk.resolve(id_)


@pytest.mark.parametrize("by", [By.DAY, By.MONTH, By.SELLER])
async def test_what_is_over_is_read_from_what_was_sealed(cast, owner, desk, zone, by) -> None:
    """Also what belongs to two days of a reader. What was reopened may be of today."""
    day = change_of(zone)
    asked = Asked(None, day - 20 * _DAY, day + 20 * _DAY, by)
    before = await report_for(cast.ada, asked, NOW, zone)
    assert before.figures.filed == 80
    assert before.figures.response.count == 80
    forget(owner, "ticket_id IN (SELECT ticket_id FROM ticket_reopening)")
    (left,) = owner.execute("SELECT count(*) FROM ticket_times").fetchone() or (80,)
    assert left < 80
    assert await report_for(cast.ada, asked, NOW, zone) == before
