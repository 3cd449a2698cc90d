"""What one asks of the log, and how it stands in an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime
from urllib.parse import urlencode
from uuid import UUID

from supportdesk.domain.audit import Group
from supportdesk.domain.queries import numbers
from supportdesk.domain.queries.filters import SEARCH_MAX_LENGTH
from supportdesk.domain.text import clean


@dataclass(frozen=True, slots=True)
class Asked:
    """What is empty or None asks for nothing. `person` is an id, or part of a name or address, of
    who did it or to whom it was done; `since` and `until` are days of the reader's, inclusive."""

    person: str = ""
    group: Group | None = None
    ticket: int | None = None
    since: date | None = None
    until: date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last line of a page; the next one begins below it."""

    at: datetime
    id: UUID


def parse(query: Mapping[str, str]) -> Asked:
    """What an address asks for; what is not understood is left out."""
    group, words = query.get("kind", ""), " ".join(clean(query.get("q", "")).split())
    return Asked(
        person=" ".join(clean(query.get("person", "")).split())[:SEARCH_MAX_LENGTH],
        group=Group(group) if group in set(Group) else None,
        ticket=numbers.meant(query.get("ticket", "")),
        since=_day(query.get("from", "")),
        until=_day(query.get("to", "")),
        words=words[:SEARCH_MAX_LENGTH],
    )


def spell(asked: Asked) -> str:
    """The query of an address that asks for it."""
    values = {
        "q": asked.words,
        "person": asked.person,
        "kind": asked.group or "",
        "ticket": numbers.spell(asked.ticket) if asked.ticket else "",
        "from": asked.since.isoformat() if asked.since else "",
        "to": asked.until.isoformat() if asked.until else "",
    }
    return urlencode({name: value for name, value in values.items() if value})


def _day(given: str) -> date | None:
    try:
        found = date.fromisoformat(given)
    except ValueError:
        return None
    # Beyond these, a day in some time zone is no day that can be counted with.
    return found if 1 < found.year < MAXYEAR else None
