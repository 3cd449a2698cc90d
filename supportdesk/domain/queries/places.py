"""Where a ticket stands in an ordered list: what pages and changed rows are put together by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from supportdesk.domain.queries.filters import Sort

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER = 2**62
# One value, because there are only four urgencies: what the planner knows of how they are spread
# says nothing about how far down among the many of one urgency a page begins.
_URGENT_FIRST = "((urgency::bigint << 40) + number)"
_MICROSECOND = timedelta(microseconds=1)


class Place(NamedTuple):
    """The smaller, the further up; no two tickets share one.

    `tier` is how well a search found it, `key` what it is sorted by, and `tie` puts the newest
    ticket first among equals.
    """

    tier: int
    key: int
    tie: int


@dataclass(frozen=True, slots=True)
class Order:
    """`column` is one of the listing's; without such a time, a ticket comes last."""

    column: str
    descending: bool
    is_time: bool = True

    @property
    def by(self) -> str:
        """The ORDER BY of a query that has `column` and `number`, as their indexes have it."""
        if self.column == "number":
            return "number DESC"
        if self.column == "urgency":
            return f"{_URGENT_FIRST} DESC"
        return (
            f"{self.column} DESC, number DESC" if self.descending else f"{self.column}, (-number)"
        )

    @property
    def columns(self) -> str:
        """What a query has to select of the listing."""
        own = "" if self.column == "number" else f", listing.{self.column}"
        return f"listing.ticket_id, listing.number{own}"

    @property
    def key(self) -> str:
        """What `key_of` takes; no driver can read a time that never comes."""
        key = f"page.{self.column}"
        return f"nullif({key}, 'infinity')" if self.is_time else key

    @property
    def after(self) -> str:
        """The condition for what comes after :key and :number, in a form that an index can use."""
        if self.column == "number":
            return "number < :number"
        if self.column == "urgency":
            return f"{_URGENT_FIRST} < (CAST(:key AS bigint) << 40) + :number"
        if self.descending:
            return f"({self.column}, number) < (CAST(:key AS timestamptz), :number)"
        return f"({self.column}, (-number)) > (CAST(:key AS timestamptz), -:number)"

    def key_of(self, value: Any) -> int:
        if self.is_time:
            value = _NEVER if value is None else (value - _EPOCH) // _MICROSECOND
        return -value if self.descending else int(value)

    def values(self, place: Place) -> dict[str, Any]:
        """What `after` needs to know of a place."""
        key: Any = -place.key if self.descending else place.key
        if self.is_time:
            key = "infinity" if key == _NEVER else (_EPOCH + key * _MICROSECOND).isoformat()
        return {"tier": place.tier, "key": key, "number": -place.tie}


ORDERS = {
    Sort.ACTIVITY: Order("active_at", descending=True),
    Sort.NEWEST: Order("number", descending=True, is_time=False),
    Sort.PRIORITY: Order("urgency", descending=True, is_time=False),
    Sort.DUE: Order("due_at", descending=False),
    Sort.WAITING: Order("waiting_since", descending=False),
}
