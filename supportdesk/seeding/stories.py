"""The tickets of a seeded desk, written as the lines that COPY reads.

Every column that triggers would have kept is worked out here: places, counts, times, members.
"""

from __future__ import annotations

import json
from bisect import bisect
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from supportdesk.domain.lifecycle import Status
from supportdesk.seeding.plan import CATEGORIES, TAGS, TEAMS, Plan, id_of, uuid7
from supportdesk.seeding.vocabulary import Vocabulary

COLUMNS = {
    "conversation": "id, kind, created_by, created_at, last_seq, messages_everyone, messages_staff,"
    " messages_admins, activity_everyone, activity_staff, activity_admins",
    "ticket": "id, number, subject, status, priority, type, category_id, buyer_id, seller_id,"
    " assignee_id, team_id, due_at, first_response_at, resolved_at, created_at, waiting_since",
    "participant": "conversation_id, user_id, audience, last_read_seq, starred, follows,"
    " created_at",
    "message": "id, conversation_id, seq, sender_id, body, audience, client_id, created_at",
    "event": "id, kind, actor_id, conversation_id, subject_id, audience, in_thread, seq, data,"
    " created_at",
    "ticket_tag": "ticket_id, tag_id, added_by, created_at",
}
_STATUSES = ("open", "in_progress", "waiting_on_customer", "resolved", "closed")
# How many of each status there are among tickets younger than so many days.
_BY_AGE = (
    (2, (40, 25, 15, 15, 5)),
    (14, (8, 7, 8, 40, 37)),
    (10_000, (0.5, 0.5, 0.5, 3, 95.5)),
)
_PRIORITIES = {"low": 22, "medium": 55, "high": 18, "urgent": 5}
_TYPES = {"problem": 60, "question": 30, "feature_request": 10}
_TAG_WEIGHTS = list(accumulate(1 / (1 + at) ** 1.1 for at in range(len(TAGS))))
_WIDTH = {"everyone": 0, "staff": 1, "admins": 2}
_NULL = "\\N"


@dataclass
class _Member:
    audience: str = "everyone"
    read: int = 0
    starred: bool = False
    follows: bool = False


@dataclass
class _Ticket:
    """One ticket while it is written."""

    id: str
    requester: str
    begun: datetime
    seq: int = 0
    messages: list[int] = field(default_factory=lambda: [0, 0, 0])
    active: list[datetime] = field(default_factory=list)
    members: dict[str, _Member] = field(default_factory=dict)
    first_response: datetime | None = None
    waiting_since: datetime | None = None

    def take_place(self, at: datetime, audience: str, messages: int) -> int:
        self.seq += 1
        for level in range(_WIDTH[audience], 3):
            self.messages[level] += messages
            self.active[level] = max(self.active[level], at)
        return self.seq

    def join(self, who: str, audience: str, read: int, *, follows: bool = True) -> None:
        member = self.members.setdefault(who, _Member(audience))
        member.follows = member.follows or follows
        member.audience = min(member.audience, audience, key=_WIDTH.__getitem__)
        member.read = max(member.read, read)


class Stories:
    def __init__(self, plan: Plan) -> None:
        self._plan, self._vocabulary = plan, Vocabulary()
        self._messages: list[tuple[datetime, str]] = []

    def tell(self, first: int, last: int) -> dict[str, bytes]:
        """The rows of the tickets with these numbers, for each table.

        Messages lie in a table in the order in which they were written, not ticket by ticket: those
        that are later than the next batch begins come with it. So batches have to be told in order.
        """
        self._chance = Random(first)  # noqa: S311 - variety, not secrecy
        self._rows: dict[str, list[str]] = defaultdict(list)
        for number, messages in zip(range(first, last + 1), self._shares(first, last), strict=True):
            self._tell(number, messages)
        self._rows["message"] = self._written(last)
        return {table: "".join(rows).encode() for table, rows in self._rows.items()}

    def _written(self, last: int) -> list[str]:
        self._messages.sort(key=lambda message: message[0])
        until = self._plan.begun(last + 1) if last < self._plan.tickets else self._plan.now
        count = bisect(self._messages, until, key=lambda message: message[0])
        written, self._messages = self._messages[:count], self._messages[count:]
        return [line for _, line in written]

    def _shares(self, first: int, last: int) -> list[int]:
        """How many messages each has: at least one, most few, some very many."""
        weights = [self._chance.paretovariate(1.6) for _ in range(first, last + 1)]
        spare = self._plan.messages_of(first, last) - len(weights)
        total = sum(weights)
        shares = [1 + int(spare * weight / total) for weight in weights]
        for at in range(spare + len(weights) - sum(shares)):
            shares[at % len(shares)] += 1
        return shares

    def _tell(self, number: int, messages: int) -> None:
        chance, plan = self._chance, self._plan
        begun = plan.begun(number)
        buyer, seller = self._parties()
        requester = buyer or seller or ""
        staff = str(id_of("admin", int(chance.random() * plan.admins)))
        ticket = _Ticket(uuid7(begun, chance), requester, begun, active=[begun] * 3)
        for party in (buyer, seller):
            if party:
                ticket.join(party, "everyone", 0)
        age = plan.now - begun
        status = self._status(age)
        over = status in ("resolved", "closed")
        at = self._talk(ticket, (buyer, seller, staff), messages, min(age, timedelta(days=9)))
        self._log(ticket, "ticket_filed", requester, begun, _NULL, "{}")
        if status != "open":
            mover = seller if seller and seller != requester else staff
            self._move(ticket, status, mover, at)
        self._read(ticket, staff)
        due = begun + timedelta(hours=chance.uniform(8, 300)) if chance.random() < 0.15 else None
        assignee = staff if chance.random() < 0.75 else _NULL
        if assignee is not _NULL:
            ticket.join(assignee, "everyone", 0)
        self._write(
            "ticket", ticket.id, number, self._vocabulary.subject(chance), status,
            _one(_PRIORITIES, chance), _one(_TYPES, chance), self._category(), buyer or _NULL,
            seller or _NULL, assignee, self._team(), _time(due), _time(ticket.first_response),
            _time(at if over else None), _time(begun),
            _time(None if over else ticket.waiting_since),
        )  # fmt: skip
        self._write(
            "conversation", ticket.id, "ticket", requester, _time(begun), ticket.seq,
            *ticket.messages, *map(_time, ticket.active),
        )  # fmt: skip
        self._tag(ticket, staff)
        for who, member in ticket.members.items():
            self._write(
                "participant", ticket.id, who, member.audience, member.read,
                "t" if member.starred else "f", "t" if member.follows else "f", _time(begun),
            )  # fmt: skip

    def _parties(self) -> tuple[str | None, str | None]:
        """Most write to a shop, some to the platform; now and then a shop does."""
        chance, plan = self._chance, self._plan
        dice = chance.random()
        buyer = str(id_of("buyer", int(plan.buyers * chance.random() ** 1.3)))
        seller = str(id_of("seller", int(plan.sellers * chance.random() ** 1.5)))
        if dice < 0.7:
            return buyer, seller
        return (buyer, None) if dice < 0.95 else (None, seller)

    def _status(self, age: timedelta) -> str:
        weights = next(weights for days, weights in _BY_AGE if age.days < days)
        return self._chance.choices(_STATUSES, weights)[0]

    def _talk(
        self, ticket: _Ticket, people: Sequence[str | None], count: int, lasts: timedelta
    ) -> datetime:
        """Write the messages; return when the last of them was."""
        chance, at = self._chance, ticket.begun
        pause = lasts / (count + 1)
        helpers = [who for who in people if who and who != ticket.requester]
        for index in range(count):
            who, audience = ticket.requester, "everyone"
            if index and chance.random() < 0.55:
                who = helpers[0] if chance.random() < 0.8 else helpers[-1]
                if who != people[0] and (dice := chance.random()) < 0.15:
                    audience = "admins" if who == people[2] and dice < 0.05 else "staff"
            self._say(ticket, who, audience, at)
            at += pause * chance.uniform(0.3, 1)
        return at

    def _say(self, ticket: _Ticket, who: str, audience: str, at: datetime) -> None:
        seq = ticket.take_place(at, audience, 1)
        ticket.join(who, audience, seq)
        if audience == "everyone":
            if who == ticket.requester:
                ticket.waiting_since = ticket.waiting_since or at
            else:
                ticket.waiting_since = None
                ticket.first_response = ticket.first_response or at
        body = self._vocabulary.body(self._chance)
        values = (
            uuid7(at, self._chance), ticket.id, seq, who, body, audience,
            uuid7(at, self._chance), _time(at),
        )  # fmt: skip
        self._messages.append((at, "\t".join(map(str, values)) + "\n"))

    def _move(self, ticket: _Ticket, status: str, who: str, at: datetime) -> None:
        seq = ticket.take_place(at, "everyone", 0)
        ticket.join(who, "everyone", 0, follows=False)
        change = {"field": "status", "from": "open", "to": status, "label": Status(status).label}
        data = json.dumps({"changes": [change]})
        self._log(ticket, "ticket_changed", who, at, seq, data)

    def _log(
        self, ticket: _Ticket, kind: str, who: str, at: datetime, seq: int | str, data: str
    ) -> None:
        self._write(
            "event", uuid7(at, self._chance), kind, who, ticket.id, _NULL, "everyone",
            "f" if seq == _NULL else "t", seq, data, _time(at),
        )  # fmt: skip

    def _read(self, ticket: _Ticket, staff: str) -> None:
        """Most have read everything; some of the platform have looked in without a word."""
        chance = self._chance
        if chance.random() < 0.3:
            ticket.join(staff, "admins", 0, follows=False)
        for member in ticket.members.values():
            if chance.random() < 0.9:
                member.read = ticket.seq
            member.starred = chance.random() < 0.01

    def _tag(self, ticket: _Ticket, staff: str) -> None:
        chance = self._chance
        count = bisect((45, 80, 95, 100), chance.random() * 100)
        tags = {bisect(_TAG_WEIGHTS, chance.random() * _TAG_WEIGHTS[-1]) for _ in range(count)}
        for tag in sorted(tags):
            self._write("ticket_tag", ticket.id, id_of("tag", tag), staff, _time(ticket.begun))

    def _category(self) -> str:
        if self._chance.random() < 0.4:
            return _NULL
        return str(id_of("category", int(self._chance.random() * len(CATEGORIES))))

    def _team(self) -> str:
        return str(id_of("team", int(len(TEAMS) * self._chance.random() ** 2)))

    def _write(self, table: str, *values: object) -> None:
        self._rows[table].append("\t".join(map(str, values)) + "\n")


def _one(weights: dict[str, int], chance: Random) -> str:
    return chance.choices(tuple(weights), tuple(weights.values()))[0]


def _time(at: datetime | None) -> str:
    return at.isoformat() if at else _NULL
