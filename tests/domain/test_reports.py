"""Reports are right to the ticket: each figure is worked out again from the rows, in Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import floor
from random import Random
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest

from supportdesk.database import migrations
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import reports as sealing
from supportdesk.domain.commands import tickets
from supportdesk.domain.errors import NotFound
from supportdesk.domain.ids import new_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.periods import Asked, By, Period, Preset, fitting, parse, spell
from supportdesk.domain.queries.reports import Figures, Report, Row, Waited, report_for

# Whole hours, a half and three quarters; clocks that change, at midnight too; a day that was
# skipped lies outside the tested years, and has a test of its own.
ZONES = (
    "UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Chatham",
    "America/Santiago", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia",
)  # fmt: skip
NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Raw:
    """A ticket, read past everything that reports are made of."""

    id: UUID
    filed_at: datetime
    answered_at: datetime | None
    resolved_at: datetime | None
    keys: dict[By, list[str]]
    undone: tuple[tuple[datetime, datetime], ...]


class Desk:
    """Tickets as the owner of the database makes them, at any time of the past."""

    def __init__(self, connection: psycopg.Connection[Any], cast: Any, chance: Random) -> None:
        self.connection, self.chance = connection, chance
        self.buyers, self.sellers = (cast.bea, cast.ben), (cast.sol, cast.sia)
        self.admins = (cast.ada, cast.abe)
        self.teams = [row[0] for row in connection.execute("SELECT id FROM team")]
        self.tags = [self._tag(name, cast.ada) for name in ("refund", "late", "vip")]
        self.ids: list[UUID] = []

    def _tag(self, name: str, by: Actor) -> UUID:
        id_ = new_id()
        self.connection.execute(
            "INSERT INTO tag (id, name, created_by) VALUES (%s, %s, %s)", [id_, name, by.user_id]
        )
        return id_

    def file(self, at: datetime) -> UUID:
        id_, buyer = new_id(), self.chance.choice(self.buyers)
        seller = self.chance.choice((*self.sellers, None))
        assignee = self.chance.choice((*self.admins, None))
        self.connection.execute(
            "INSERT INTO conversation (id, kind, created_by) VALUES (%s, 'ticket', %s)",
            [id_, buyer.user_id],
        )
        self.connection.execute(
            "INSERT INTO ticket (id, subject, type, buyer_id, seller_id, assignee_id, created_at)"
            " VALUES (%s, 'One', %s, %s, %s, %s, %s)",
            [
                id_, self.chance.choice(("problem", "question", "feature_request")),
                buyer.user_id, seller and seller.user_id, assignee and assignee.user_id, at,
            ],
        )  # fmt: skip
        self.ids.append(id_)
        return id_

    def change(self) -> None:
        """Something happens to one of them, at a time when it could have."""
        id_ = self.chance.choice(self.ids)
        deed = self.chance.choice(
            (self.answer, self.resolve, self.resolve, self.reopen, self.assign, self.mark)
        )
        deed(id_)

    def _later(self, id_: UUID) -> datetime:
        query = (
            "SELECT greatest(created_at, ticket.resolved_at, max(reopened_at)) FROM ticket"
            " LEFT JOIN ticket_reopening r ON r.ticket_id = id WHERE id = %s"
            " GROUP BY created_at, ticket.resolved_at"
        )
        (since,) = self.connection.execute(query, [id_]).fetchone() or (NOW,)
        return since + (NOW - since) * self.chance.random() ** 4

    def answer(self, id_: UUID) -> None:
        self.connection.execute(
            "UPDATE ticket SET first_response_at = %s WHERE id = %s AND first_response_at IS NULL",
            [self._later(id_), id_],
        )

    def resolve(self, id_: UUID) -> None:
        at = self._later(id_)
        changed = self.connection.execute(
            "UPDATE ticket SET status = 'resolved' WHERE id = %s AND resolved_at IS NULL", [id_]
        )
        if changed.rowcount:
            self.connection.execute("UPDATE ticket SET resolved_at = %s WHERE id = %s", [at, id_])

    def reopen(self, id_: UUID) -> None:
        """At some time of the past, which is not when the trigger thinks that it is."""
        at, held = (
            self._later(id_),
            self.connection.execute(
                "SELECT resolved_at FROM ticket WHERE id = %s AND resolved_at < now()", [id_]
            ).fetchone(),
        )
        self.connection.execute("UPDATE ticket SET status = 'open' WHERE id = %s", [id_])
        if held:
            self.connection.execute(
                "DELETE FROM ticket_reopening WHERE ticket_id = %s AND resolved_at = %s",
                [id_, held[0]],
            )
            self.connection.execute(
                "INSERT INTO ticket_reopening VALUES (%s, %s, %s)", [id_, held[0], at]
            )

    def assign(self, id_: UUID) -> None:
        to = self.chance.choice((*self.admins, None))
        self.connection.execute(
            "UPDATE ticket SET assignee_id = %s, team_id = %s, type = 'question' WHERE id = %s",
            [to and to.user_id, self.chance.choice((*self.teams, None)), id_],
        )

    def mark(self, id_: UUID) -> None:
        pair = [id_, self.chance.choice(self.tags)]
        gone = self.connection.execute(
            "DELETE FROM ticket_tag WHERE ticket_id = %s AND tag_id = %s", pair
        )
        if not gone.rowcount:
            self.connection.execute(
                "INSERT INTO ticket_tag (ticket_id, tag_id, added_by) VALUES (%s, %s, %s)",
                [*pair, self.admins[0].user_id],
            )

    def raw(self) -> list[Raw]:
        tagged: dict[UUID, list[str]] = {id_: [] for id_ in self.ids}
        for id_, tag in self.connection.execute("SELECT ticket_id, tag_id FROM ticket_tag"):
            tagged[id_].append(str(tag))
        undone: dict[UUID, list[tuple[datetime, datetime]]] = {id_: [] for id_ in self.ids}
        for id_, *times in self.connection.execute("SELECT * FROM ticket_reopening"):
            undone[id_].append(tuple(times))
        rows = self.connection.execute(
            "SELECT id, created_at, first_response_at, resolved_at, team_id, assignee_id,"
            " seller_id, type FROM ticket"
        ).fetchall()
        return [
            Raw(
                id_, filed, answered, resolved,
                {
                    By.TEAM: [str(team or "")], By.ASSIGNEE: [str(assignee or "")],
                    By.SELLER: [str(seller or "")], By.TYPE: [kind], By.TAG: tagged[id_],
                },
                tuple(undone[id_]),
            )
            for id_, filed, answered, resolved, team, assignee, seller, kind in rows
        ]  # fmt: skip


def percentile(values: Iterable[int], share: float) -> float | None:
    ordered = sorted(values)
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low, high = ordered[floor(place)], ordered[-(-int(place * 10**9) // 10**9)]
    return low + (high - low) * (place - floor(place))


def waited(raw: list[Raw], name: str, within: Any) -> Waited:
    values = [
        floor((at - each.filed_at).total_seconds())
        for each in raw
        if (at := getattr(each, name)) and within(at)
    ]
    return Waited(len(values), percentile(values, 0.5), percentile(values, 0.9))


def worked_out(raw: list[Raw], first: date, last: date, zone: ZoneInfo) -> Figures:
    def within(at: datetime) -> bool:
        return first <= at.astimezone(zone).date() <= last

    def past(at: datetime | None) -> bool:
        return at is not None and at.astimezone(zone).date() <= last

    def unresolved(each: Raw) -> bool:
        over = past(each.resolved_at) or any(past(a) and not past(b) for a, b in each.undone)
        return past(each.filed_at) and not over

    return Figures(
        sum(within(each.filed_at) for each in raw),
        sum(each.resolved_at is not None and within(each.resolved_at) for each in raw),
        sum(within(at) for each in raw for _, at in each.undone),
        sum(map(unresolved, raw)),
        waited(raw, "answered_at", within),
        waited(raw, "resolved_at", within),
    )


def same(found: Figures, expected: Figures) -> None:
    for name in ("response", "resolution"):
        one, other = getattr(found, name), getattr(expected, name)
        assert one.count == other.count, name
        assert (one.median, one.p90) == pytest.approx((other.median, other.p90)), name
    counts = ("filed", "resolved", "reopened", "backlog")
    assert [getattr(found, c) for c in counts] == [getattr(expected, c) for c in counts]


def hold(report: Report, raw: list[Raw], names: dict[str, str]) -> None:
    """Every figure of the report is what the rows say."""
    period = report.period
    zone = period.zone
    same(report.figures, worked_out(raw, period.first, period.last, zone))
    if report.before:
        days = timedelta(days=period.days)
        same(report.before, worked_out(raw, period.first - days, period.last - days, zone))
    hours = [[0] * 24 for _ in range(7)]
    for each in raw:
        at = each.filed_at.astimezone(zone)
        if period.first <= at.date() <= period.last:
            hours[at.weekday()][at.hour] += 1
    assert [list(day) for day in report.hours] == hours
    if report.by.is_time:
        steps = period.steps(report.by)
        assert [row.first for row in report.rows] == [step.first for step in steps]
        following = [step.first for step in steps[1:]] + [period.last + timedelta(days=1)]
        for row, until in zip(report.rows, following, strict=True):
            assert row.first
            same(row.figures, worked_out(raw, row.first, until - timedelta(days=1), zone))
        return
    found = {row.name: row for row in report.rows}
    assert len(found) == len(report.rows)
    for key in {key for each in raw for key in each.keys[report.by]}:
        own = [each for each in raw if key in each.keys[report.by]]
        expected = worked_out(own, period.first, period.last, zone)
        row = found.pop(names[key], Row("", Figures()))
        same(row.figures, expected)
    assert not found


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
    return [*(Asked(preset) for preset in Preset), *ranges]


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
    owner.execute('UPDATE "user" SET timezone = %s WHERE id = %s', [ZONES[1], cast.ada.user_id])
    for _ in range(160):
        desk.file(NOW - timedelta(seconds=chance.random() ** 1.5 * 800 * 86_400))
    for turn in range(3):
        for _ in range(150):
            desk.change()
        raw = desk.raw()
        if turn == 1:
            assert await sealing.seal(NOW) > 500
        for _ in range(10):
            zone = ZoneInfo(ZONES[1] if turn else chance.choice(ZONES))
            for by in chance.sample(list(By), 3):
                asked = chance.choice(some_asked(chance, NOW))
                report = await report_for(
                    cast.ada, Asked(asked.preset, asked.first, asked.last, by), NOW, zone
                )
                hold(report, raw, names_of(owner, by))


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
        assert (step.ends_at - step.starts_at) / timedelta(hours=1) == hours, name


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
