"""Tickets at any time of the past, and what reports should say of them, worked out in Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import floor
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest

from supportdesk.domain.actor import Actor
from supportdesk.domain.ids import new_id
from supportdesk.domain.periods import By
from supportdesk.domain.queries.reports import Figures, Report, Row, Waited

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
        self.home = [row[0] for row in connection.execute("SELECT id FROM team")]
        self.teams = [*self.home, self._team("Returns"), self._team("Deliveries")]
        self.tags = [self._tag(name, cast.ada) for name in ("refund", "late", "vip")]
        self.ids: list[UUID] = []

    def _tag(self, name: str, by: Actor) -> UUID:
        id_ = new_id()
        self.connection.execute(
            "INSERT INTO tag (id, name, created_by) VALUES (%s, %s, %s)", [id_, name, by.user_id]
        )
        return id_

    def _team(self, name: str) -> UUID:
        id_ = new_id()
        self.connection.execute("INSERT INTO team (id, name) VALUES (%s, %s)", [id_, name])
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
        often = (self.resolve, self.mark)
        seldom = self.delete if self.chance.random() < 0.25 else self.answer
        deed = self.chance.choice((self.answer, self.reopen, self.assign, seldom, *often, *often))
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

    def delete(self, id_: UUID) -> None:
        """It was never there, whatever has been sealed of it."""
        self.connection.execute("DELETE FROM conversation WHERE id = %s", [id_])
        self.ids.remove(id_)

    def assign(self, id_: UUID) -> None:
        to = self.chance.choice((*self.admins, None))
        self.connection.execute(
            "UPDATE ticket SET assignee_id = %s, team_id = %s, type = 'question' WHERE id = %s",
            [to and to.user_id, self.chance.choice((*self.teams, None)), id_],
        )
        if self.chance.random() < 0.2:
            self.remove_team()

    def merge(self, gone: UUID, kept: UUID) -> None:
        """What had one tag has the other from then on; so it may go on, tag after tag."""
        self.connection.execute("SELECT merge_tags(%s, %s)", [gone, kept])
        self._instead_of(gone)

    def remove_tag(self, gone: UUID, _: UUID) -> None:
        self.connection.execute("SELECT remove_tag(%s)", [gone])
        self._instead_of(gone)

    def _instead_of(self, gone: UUID) -> None:
        self.tags[self.tags.index(gone)] = self._tag(f"Tag {new_id()}", self.admins[0])

    def remove_team(self) -> None:
        gone = self.chance.choice([each for each in self.teams if each not in self.home])
        self.connection.execute("SELECT remove_team(%s)", [gone])
        self.teams[self.teams.index(gone)] = self._team(f"Team {new_id()}")

    def retag(self, gone: UUID, kept: UUID) -> None:
        """As `merge` does it, but past the commands and without an end of the tag."""
        self.connection.execute(
            "UPDATE ticket_tag t SET tag_id = %s WHERE tag_id = %s AND NOT EXISTS ("
            " SELECT FROM ticket_tag o WHERE o.ticket_id = t.ticket_id AND o.tag_id = %s)",
            [kept, gone, kept],
        )
        self.connection.execute("DELETE FROM ticket_tag WHERE tag_id = %s", [gone])

    def mark(self, id_: UUID) -> None:
        pair = [id_, self.chance.choice(self.tags)]
        gone = self.connection.execute(
            "DELETE FROM ticket_tag WHERE ticket_id = %s AND tag_id = %s", pair
        )
        if gone.rowcount and self.chance.random() < 0.3:
            deed = self.chance.choice((self.retag, self.merge, self.remove_tag))
            deed(*self.chance.sample(self.tags, 2))
        elif not gone.rowcount:
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
    assert len(found) == len(report.rows) == report.groups
    for key in {key for each in raw for key in each.keys[report.by]}:
        own = [each for each in raw if key in each.keys[report.by]]
        expected = worked_out(own, period.first, period.last, zone)
        row = found.pop(names[key], Row("", Figures()))
        same(row.figures, expected)
    assert not found
