"""Reports are right to the ticket: each figure is worked out again from the rows, in Python."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import psycopg
import pytest

from supportdesk.database import migrations
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import reports as sealing
from supportdesk.domain.commands import tag_settings, teams, tickets
from supportdesk.domain.errors import NotFound
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.periods import Asked, By, Period, Preset, fitting, parse, spell
from supportdesk.domain.queries.reports import Figures, report_for
from supportdesk.domain.totals import BEGINNING
from supportdesk.jobs import sealing as job
from tests.domain.reports_by_hand import NOW, Desk, hold
from tests.support.faults import until

# Whole hours, a half and three quarters; clocks that change, at midnight too; a day that was
# skipped lies outside the tested years, and has a test of its own.
ZONES = (
    "UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Chatham",
    "America/Santiago", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia",
)  # fmt: skip


def names_of(connection: psycopg.Connection[Any], by: By) -> dict[str, str]:
    table = {By.TEAM: "team", By.ASSIGNEE: '"user"', By.SELLER: '"user"', By.TAG: "tag"}.get(by)
    if table is None:
        return {"problem": "Problem", "question": "Question", "feature_request": "Feature request"}
    rows = connection.execute(f"SELECT id, name FROM {table}")
    nobody = {By.TEAM: "No team", By.ASSIGNEE: "Nobody", By.SELLER: "The platform"}
    return {"": nobody.get(by, ""), **{str(id_): name for id_, name in rows}}


def some_asked(chance: Random, now: datetime) -> list[Asked]:
    days = [now.date() - timedelta(days=chance.randrange(900)) for _ in range(12)]
    ranges = [Asked(None, *sorted(days[at : at + 2])) for at in range(0, 12, 2)]
    return [*(Asked(preset) for preset in Preset), *ranges, chance.choice(beyond(days, now))]


def beyond(days: list[date], now: datetime) -> list[Asked]:
    """Into the years before the desk and those to come, from and to some of these days."""
    long_ago, in_years = date(2000, 1, 1), now.date() + timedelta(days=2000)
    spans = [(long_ago, days[0]), (days[0], in_years), (long_ago, in_years)]
    spans += [(long_ago, date(2002, 5, 9)), (in_years, in_years + timedelta(days=40))]
    return [Asked(None, first, last) for first, last in spans]


@pytest.fixture
def owner(database):
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("seed", range(3))
async def test_every_figure_is_what_the_rows_say_in_every_zone_and_period(
    cast, owner, seed
) -> None:
    chance = Random(seed)
    desk = Desk(owner, cast, chance)
    for _ in range(160):
        desk.file(NOW - timedelta(seconds=chance.random() ** 1.5 * 800 * 86_400))
    for turn in range(4):
        for _ in range(120):
            desk.change()
        if turn in (1, 3):
            await sealing.seal(NOW)
            assert corrections(owner) == 0
            await hold_totals(owner)
        elif turn == 2:
            assert corrections(owner) > 100
        raw = desk.raw()
        for _ in range(10):
            zone = ZoneInfo(chance.choice(ZONES))
            for by in chance.sample(list(By), 3):
                asked = chance.choice(some_asked(chance, NOW))
                report = await report_for(
                    cast.ada, Asked(asked.preset, asked.first, asked.last, by), NOW, zone
                )
                hold(report, raw, names_of(owner, by))


async def hold_totals(owner: psycopg.Connection[Any]) -> None:
    """Those that were corrected are as if they were counted now."""
    found = totals(owner)
    owner.execute("DELETE FROM report_span")
    await sealing.seal(NOW)
    assert totals(owner) == found
    assert len(found) > 100


def totals(owner: psycopg.Connection[Any]) -> list[Any]:
    """Of what has one key for ever: not of tags and teams, which become others."""
    return owner.execute(
        "SELECT by, ends_at, key, filed, undone, reopened, answered, resolved"
        " FROM report_span s JOIN report_part ON span_id = s.id"
        " WHERE starts_at = %s AND by NOT IN ('tag', 'team')"
        " AND (filed, undone, reopened, answered, resolved) <> (0, 0, 0, 0, 0)"
        " ORDER BY 1, 2, 3",
        [BEGINNING],
    ).fetchall()


def corrections(owner: psycopg.Connection[Any]) -> int:
    """How many there are of what was sealed."""
    (count,) = owner.execute("SELECT count(*) FROM report_change").fetchone() or (0,)
    return int(count)


async def hold_all(admin: Actor, owner: psycopg.Connection[Any], desk: Desk) -> None:
    """Every kind of report, of all time and of some that is over."""
    raw = desk.raw()
    over = Asked(None, (NOW - timedelta(days=70)).date(), (NOW - timedelta(days=30)).date())
    for asked in (Asked(Preset.ALL), over):
        for by in By:
            asked = replace(asked, by=by)
            report = await report_for(admin, asked, NOW, ZoneInfo("UTC"))
            hold(report, raw, names_of(owner, by))


@pytest.fixture
async def sealed(cast, owner) -> Desk:
    """Tickets of a hundred days, half of them with two tags, of which nothing has changed since."""
    desk = Desk(owner, cast, Random(5))
    for day in range(100, 4, -1):
        id_ = desk.file(NOW - timedelta(days=day, hours=1))
        for tag in desk.tags[: 1 + day % 2]:
            owner.execute(
                "INSERT INTO ticket_tag (ticket_id, tag_id, added_by) VALUES (%s, %s, %s)",
                [id_, tag, cast.ada.user_id],
            )
        owner.execute("UPDATE ticket SET team_id = %s WHERE id = %s", [desk.teams[1], id_])
        desk.answer(id_)
        if day % 3:
            desk.resolve(id_)
    assert await sealing.seal(NOW) > 100
    assert corrections(owner) == 0
    return desk


async def test_a_tag_that_is_merged_takes_its_past_along_at_once(cast, owner, sealed) -> None:
    first, second, third = sealed.tags
    # The tickets that have both are counted once; of the others, nothing is written anew.
    await tag_settings.merge(cast.ada, second, first)
    both = owner.execute("SELECT count(*) FROM report_change WHERE change = 1").fetchone()
    assert both == (0,)
    assert 0 < corrections(owner) <= 48 * 3
    await hold_all(cast.ada, owner, sealed)
    # And what it has become may become another, or go.
    had = corrections(owner)
    await tag_settings.merge(cast.ada, first, third)
    await hold_all(cast.ada, owner, sealed)
    await tag_settings.delete(cast.ada, third)
    assert corrections(owner) == had
    await hold_all(cast.ada, owner, sealed)
    await sealing.seal(NOW)
    await hold_all(cast.ada, owner, sealed)


async def test_a_team_that_goes_leaves_its_past_to_the_default_one(cast, owner, sealed) -> None:
    await teams.delete(cast.ada, sealed.teams[1])
    assert corrections(owner) == 0
    await hold_all(cast.ada, owner, sealed)


async def test_a_deleted_ticket_takes_its_reopenings_along(cast, owner, sealed) -> None:
    """Whenever they were: months before or after it was filed, and before it is sealed again."""
    for id_ in sealed.ids[:12]:
        for _ in range(2):
            sealed.resolve(id_)
            sealed.reopen(id_)
    assert await sealing.seal(NOW) > 0
    await hold_all(cast.ada, owner, sealed)
    for id_ in sealed.ids[:6]:
        sealed.delete(id_)
    await hold_all(cast.ada, owner, sealed)
    await sealing.seal(NOW)
    await hold_all(cast.ada, owner, sealed)


def forget(owner: psycopg.Connection[Any], but: str = "false") -> None:
    """What would be counted, with all that is sealed of it as it was; but the first of it, since
    nothing is asked for before that."""
    first = "filed_at = (SELECT min(filed_at) FROM ticket_times)"
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute(f"DELETE FROM ticket_times WHERE NOT ({but}) AND NOT ({first})")


@pytest.mark.parametrize("by", By)
async def test_what_is_over_is_read_from_what_was_sealed_alone(cast, owner, sealed, by) -> None:
    """What was left at their end, too, for which neither a ticket nor a later time is looked at."""
    last = (NOW.date() - timedelta(days=3)).replace(day=1) - timedelta(days=1)
    # In the middle of a month, but on a Monday: of days, only those of all tickets are sealed.
    first = (last - timedelta(days=40)).replace(day=15)
    first -= timedelta(days=first.weekday())
    asked = Asked(None, first, last, by)
    before = await report_for(cast.ada, asked, NOW, ZoneInfo("UTC"))
    assert before.figures.filed > 20 < before.figures.backlog
    forget(owner)
    assert await report_for(cast.ada, asked, NOW, ZoneInfo("UTC")) == before


@pytest.mark.parametrize("by", By)
async def test_the_years_before_the_first_ticket_and_to_come_have_none(
    cast, owner, sealed, by
) -> None:
    """In whatever zone, and also where a period has no day of the desk's at all."""
    raw, days = sealed.raw(), [NOW.date() - timedelta(days=days) for days in (45, 800)]
    for zone in ("UTC", "Asia/Kathmandu", "Pacific/Kiritimati", "Etc/GMT+12"):
        for asked in beyond(days, NOW):
            report = await report_for(cast.ada, replace(asked, by=by), NOW, ZoneInfo(zone))
            hold(report, raw, names_of(owner, by))


async def test_a_ticket_that_is_older_than_the_first_one_counts(cast, owner, sealed) -> None:
    """In totals that were there before, and in those for which its month comes first."""
    sealed.file(NOW - timedelta(days=800))
    await hold_all(cast.ada, owner, sealed)
    await sealing.seal(NOW)
    assert corrections(owner) == 0
    await hold_all(cast.ada, owner, sealed)
    await hold_totals(owner)


async def test_what_is_older_than_the_first_month_is_in_the_first_total(cast, owner) -> None:
    """As when an older ticket comes in after the sealer has looked for the first one."""
    desk = Desk(owner, cast, Random(2))
    for days in (900, 800, 40):
        desk.file(NOW - timedelta(days=days))
    desk.answer(desk.ids[0])
    months = Period((NOW - timedelta(days=400)).date(), NOW.date(), ZoneInfo("UTC")).steps(By.MONTH)
    starts = [month.span.starts_at for month in months]
    for by in ("all", "team", "assignee", "seller", "tag", "type"):
        sealed = owner.execute(
            "SELECT seal_report(%s, %s, %s, %s)",
            [by, starts, [month.span.ends_at for month in months], starts],
        ).fetchone()
        assert sealed > (2 * 12,)
    assert corrections(owner) == 0
    await hold_all(cast.ada, owner, desk)


async def test_whoever_reads_while_somebody_seals_finds_the_same(cast, owner, sealed) -> None:
    """Nothing is away meanwhile, and what is changed meanwhile counts when it is over."""
    for _ in range(40):
        sealed.change()
    spans = owner.execute("SELECT count(*) FROM report_span").fetchone()
    with psycopg.connect(owner.info.dsn) as sealer:
        for by in ("all", "team", "assignee", "seller", "tag", "type"):
            sealer.execute("SELECT seal_report(%s, '{}', '{}', '{}')", [by])
        await hold_all(cast.ada, owner, sealed)
        before = corrections(owner)
        while corrections(owner) == before:
            sealed.change()
        await hold_all(cast.ada, owner, sealed)
    assert 0 < corrections(owner) < before
    assert owner.execute("SELECT count(*) FROM report_span").fetchone() == spans
    await hold_all(cast.ada, owner, sealed)


async def test_what_is_over_is_sealed_now_and_then(cast, owner, sealed, monkeypatch) -> None:
    monkeypatch.setattr(job, "EVERY_SECONDS", 0.05)
    running = asyncio.create_task(job.seal_forever())
    try:
        for _ in range(2):
            owner.execute("DELETE FROM report_span")
            await until(lambda: owner.execute("SELECT FROM report_span WHERE by = 'type'").rowcount)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_what_was_left_of_days_without_any_event_is_told(cast, owner) -> None:
    desk = Desk(owner, cast, Random(1))
    id_ = desk.file(NOW - timedelta(days=100))
    owner.execute("UPDATE ticket SET status = 'resolved' WHERE id = %s", [id_])
    await hold_all(cast.ada, owner, desk)
    quiet = Asked(None, (NOW - timedelta(days=70)).date(), (NOW - timedelta(days=60)).date())
    for by in (By.DAY, By.TEAM):
        report = await report_for(cast.ada, replace(quiet, by=by), NOW, ZoneInfo("UTC"))
        assert {row.figures.backlog for row in report.rows} == {report.figures.backlog} == {1}


async def figures(actor: Actor, preset: Preset = Preset.WEEK) -> Figures:
    return (await report_for(actor, Asked(preset), datetime.now(UTC), ZoneInfo("UTC"))).figures


async def test_a_ticket_that_is_reopened_was_resolved_for_a_while(cast, ticket, ask) -> None:
    await tickets.set_status(cast.sol, ticket, Status.RESOLVED)
    found = await figures(cast.ada)
    assert (found.filed, found.resolved, found.reopened, found.backlog) == (1, 1, 0, 0)
    await tickets.close(cast.sol, ticket)
    await tickets.reopen(cast.bea, ticket)
    found = await figures(cast.ada)
    assert (found.filed, found.resolved, found.reopened, found.backlog) == (1, 0, 1, 1)
    lines = ask(
        "SELECT created_at FROM event WHERE kind = 'ticket_changed'"
        " AND data #>> '{changes,0,to}' IN ('resolved', 'open') ORDER BY seq"
    )
    assert ask("SELECT resolved_at, reopened_at FROM ticket_reopening") == [tuple(lines)]


async def test_what_was_so_before_there_were_reports_is_worked_out_from_the_lines(
    cast, ticket, foreign_ticket, ask, database
) -> None:
    for to in (Status.RESOLVED, Status.CLOSED, Status.OPEN, Status.IN_PROGRESS, Status.RESOLVED,
               Status.OPEN, Status.CLOSED):  # fmt: skip
        await tickets.set_status(cast.ada, ticket, to)
    await tickets.close(cast.ada, foreign_ticket)
    kept = {
        table: ask(f"SELECT * FROM {table} ORDER BY 1, 2, 3")
        for table in ("ticket_times", "ticket_reopening")
    }
    assert [len(rows) for rows in kept.values()] == [2, 2]
    migrations.downgrade(database.owner_url, "0016")
    migrations.upgrade(database.owner_url)
    for table, rows in kept.items():
        assert ask(f"SELECT * FROM {table} ORDER BY 1, 2, 3") == rows, table


@pytest.mark.parametrize("name", ["bea", "sol"])
async def test_for_all_but_admins_there_are_no_reports(cast, ticket, name) -> None:
    assert (await figures(cast.ada)).filed == 1
    with pytest.raises(NotFound):
        await figures(getattr(cast, name))


async def test_two_who_change_tickets_do_not_wait_for_each_other(cast, ticket, owner) -> None:
    """However old the tickets are, and whatever is sealed of their time."""
    other = Desk(owner, cast, Random(1)).file(NOW - timedelta(days=100))
    owner.execute("UPDATE ticket SET created_at = now() - interval '100 days'")
    assert await sealing.seal(NOW) > 0
    with (
        psycopg.connect(owner.info.dsn) as one,
        psycopg.connect(owner.info.dsn) as another,
    ):
        another.execute("SET lock_timeout = '1s'")
        for connection, id_ in ((one, ticket), (another, other)):
            connection.execute("UPDATE ticket SET type = 'question' WHERE id = %s", [id_])
        # Nor does whoever seals meanwhile, and what it seals is right afterwards.
        assert await sealing.seal(NOW) == 0
    report = await report_for(cast.ada, Asked(Preset.ALL, by=By.TYPE), NOW, ZoneInfo("UTC"))
    assert [(row.name, row.figures.filed) for row in report.rows] == [("Question", 2)]


def test_days_begin_when_the_clocks_say_so() -> None:
    lengths = {
        ("Europe/Berlin", date(2026, 3, 29)): 23,
        ("Europe/Berlin", date(2026, 10, 25)): 25,
        ("Australia/Lord_Howe", date(2026, 4, 5)): 24.5,
        ("Pacific/Apia", date(2011, 12, 30)): 0,
        ("Asia/Kathmandu", date(2026, 3, 29)): 24,
    }
    for (name, day), hours in lengths.items():
        (step,) = Period(day, day, ZoneInfo(name)).steps(By.DAY)
        assert (step.span.ends_at - step.span.starts_at) / timedelta(hours=1) == hours, name


async def test_a_day_that_was_skipped_has_no_tickets(cast, owner) -> None:
    zone, desk = ZoneInfo("Pacific/Apia"), Desk(owner, cast, Random(1))
    for day in (29, 31):
        desk.file(datetime(2011, 12, day, 12, tzinfo=zone))
    asked = Asked(None, date(2011, 12, 29), date(2011, 12, 31))
    report = await report_for(cast.ada, asked, NOW, zone)
    assert [row.figures.filed for row in report.rows] == [1, 0, 1]


@pytest.mark.parametrize("by", By)
def test_an_address_says_what_is_asked_for(by: By) -> None:
    days = Asked(None, date(2026, 2, 1), date(2026, 3, 31), by)
    for asked in (*(Asked(preset, by=by) for preset in Preset), days):
        assert parse(dict(parse_qsl(spell(asked)))) == asked
    assert parse({"from": "2026-03-31", "to": "2026-02-01", "by": by.value}) == days


@pytest.mark.parametrize(
    ("days", "by", "fits"),
    [
        (2000, By.DAY, By.DAY), (2001, By.DAY, By.WEEK), (36_000, By.DAY, By.MONTH),
        (36_000, By.WEEK, By.MONTH), (36_000, By.TEAM, By.TEAM),
    ],
)  # fmt: skip
def test_what_would_have_thousands_of_rows_has_longer_ones(days, by, fits) -> None:
    first = date(2000, 1, 1)
    period = Period(first, first + timedelta(days=days - 1), ZoneInfo("UTC"))
    assert fitting(by, period) is fits


async def test_a_hundred_years_are_a_report_too(cast, ticket) -> None:
    asked = Asked(None, date(2000, 1, 1), date(2099, 12, 31))
    report = await report_for(cast.ada, asked, NOW, ZoneInfo("Europe/Berlin"))
    assert (report.by, len(report.rows), report.figures.filed) == (By.MONTH, 1200, 1)
    assert report.before is None
