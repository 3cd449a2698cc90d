"""What a view of a conversation is asked for: to read something anew, or for another view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from supportdesk.domain.queries.news import News
from supportdesk.domain.queries.thread import Line, Receipt
from supportdesk.domain.queries.ticket_facts import TicketFacts


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be read anew."""

    amended: set[UUID]
    facts: bool
    receipt: bool
    lines: bool
    """There may be new ones, too."""

    @classmethod
    def nothing(cls) -> Asked:
        return cls(set(), facts=False, receipt=False, lines=False)

    @property
    def only_receipt(self) -> bool:
        return self.receipt and not (self.amended or self.facts or self.lines)

    @property
    def anything(self) -> bool:
        """Besides new lines."""
        return bool(self.amended or self.facts or self.receipt)


@dataclass(frozen=True, slots=True)
class Found:
    """`again` are lines that have changed; facts and receipt are None when they have not."""

    news: News = field(default_factory=lambda: News((), frozenset()))
    again: Mapping[str, Line] = field(default_factory=dict)
    facts: TicketFacts | None = None
    receipt: Receipt | None = None


class Elsewhere(Exception):
    """Who opens it reads more or less there than the others of this view."""


def not_seen_yet(lines: Sequence[Line]) -> Receipt | None:
    """Of the latest message among those that have just come, by anybody but who sent it."""
    senders = [line.sender_id for line in lines if line.kind == "message"]
    return Receipt(senders[-1]) if senders else None


def may_change_facts(facts: TicketFacts | None, lines: Sequence[Line]) -> bool:
    """Whether the facts may be others, now that these lines are there: somebody new has come, the
    requester may have what they were waiting for, or files have come or gone."""
    if facts is None:
        return True
    known = {person.id for person in facts.people}
    answers = facts.first_response_at is None and any(
        line.kind == "message" and line.sender_id != facts.requester_id for line in lines
    )
    other_files = any(line.files or (line.deleted and facts.files) for line in lines)
    return answers or other_files or any(line.sender_id not in known for line in lines)
