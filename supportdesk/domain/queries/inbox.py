"""The ticket list: rows that are the same for all with equal rights, and each person's own marks.

The two are apart on purpose. A row is read once and sent to many; what somebody has read or
starred is a small overlay that goes to them alone. Unread is the difference of two counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from supportdesk.database.engine import read_at_once, transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.queries import finding, listing, numbers, search, ticket_rows
from supportdesk.domain.queries.filters import Filters
from supportdesk.domain.queries.places import ORDERS, Order, Place
from supportdesk.domain.queries.ticket_rows import PREVIEW_LENGTH, SIDES, TicketRow

__all__ = [
    "COUNTED", "PAGE", "PREVIEW_LENGTH", "Count", "Cursor", "InboxPage", "Marks", "Place",
    "Placed", "TicketRow", "count_for", "marks_for", "page_for", "rows_for",
]  # fmt: skip

PAGE = 30
# Nobody reads on to see whether it is 1,000 or 40,000, and the work must not grow with it.
COUNTED = 1000

EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Placed:
    """A row and where it stands; of two, the smaller place is further up."""

    row: TicketRow
    place: Place


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the next one begins after it, whatever was added meanwhile."""

    place: Place


@dataclass(frozen=True, slots=True)
class InboxPage:
    rows: tuple[Placed, ...]
    after: Cursor | None
    """None when there is nothing further."""


@dataclass(frozen=True, slots=True)
class Count:
    number: int
    capped: bool
    """There are more than `number`."""

    @property
    def spelled(self) -> str:
        """As it is shown: `1,000+` at most."""
        return f"{self.number:,}{'+' if self.capped else ''}"


@dataclass(frozen=True, slots=True)
class Marks:
    """What one person has done to the listed tickets, by ticket number."""

    read: dict[str, int]
    """How many of the ticket's messages they have read."""
    starred: dict[str, bool]


_MARKS = """
SELECT t.number, coalesce(p.starred, false) AS starred,
       CASE WHEN coalesce(p.last_read_seq, 0) = 0 THEN 0 ELSE {messages} - (
           SELECT count(*) FROM message m
           WHERE m.conversation_id = c.id AND m.seq > p.last_read_seq) END AS read
FROM conversation c {side}
JOIN ticket t ON t.id = c.id
LEFT JOIN participant p ON p.conversation_id = c.id AND p.user_id = :user_id
WHERE c.id = ANY (:ids)
"""


# What is asked for differs each time, so a plan made for what was asked before is of no use; and
# the estimates for a rare thing are not always good enough to keep from reading everything.
PLANNED = text("""
SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
       set_config('max_parallel_workers_per_gather', '0', true)
""")
_WALKED = "SELECT * FROM ({walks}) AS listing"
# Looked up one by one: what was found lies all over the table, and all of it in one pass over an
# ordered index costs more the larger that is.
_FOUND_OF_ALL = """
SELECT {columns} FROM found CROSS JOIN LATERAL (
    SELECT * FROM ticket_listing
    WHERE tag_id = {none} AND ticket_id = found.ticket_id OFFSET 0
) listing WHERE {after}
"""
# Only messages stand elsewhere, too: in conversations that are no tickets.
_COUNTED_OF_ALL = f"""
SELECT FROM found WHERE tier < {search.MESSAGES} OR (
    SELECT true FROM ticket_listing
    WHERE tag_id = {listing.NONE} AND ticket_id = found.ticket_id)
"""  # noqa: S608 - nothing in it comes from outside
_OWN = "SELECT {columns} FROM {source} WHERE {asked} AND {after}"
_COUNT = "SELECT count(*) AS number, false AS more FROM ({tickets} LIMIT {limit}) AS counted"
_COUNT_FOUND = """
WITH {found} SELECT (SELECT count(*) FROM ({tickets}) AS counted) AS number,
    ({more}) AS more
"""
_PAGE = """
WITH {found} page AS MATERIALIZED ({tickets} ORDER BY {by} LIMIT :limit) {details}
"""


async def page_for(
    actor: Actor, filters: Filters = EVERYTHING, after: Cursor | None = None, limit: int = PAGE
) -> InboxPage:
    """The tickets that the actor sees and `filters` ask for, in their order, from `after` on."""
    rows = await _rows(actor, filters, limit + 1, after=after)
    more = Cursor(rows[limit - 1].place) if len(rows) > limit else None
    return InboxPage(rows[:limit], more)


async def rows_for(
    actor: Actor, ids: Sequence[UUID], filters: Filters = EVERYTHING
) -> tuple[Placed, ...]:
    """The rows of those of these tickets that the actor sees and that `filters` ask for."""
    return await _rows(actor, filters, len(ids), ids=list(ids)) if ids else ()


async def count_for(actor: Actor, filters: Filters = EVERYTHING) -> Count:
    """How many tickets there are in all pages together, counted up to `COUNTED`."""
    query = _Query(actor, filters)
    if filters.text:
        sql = _COUNT_FOUND.format(found=query.found, tickets=query.found_tickets, more=query.more)
    else:
        sql = _COUNT.format(tickets=query.tickets("1", COUNTED + 1), limit=COUNTED + 1)
    async with transaction(actor) as tx:
        await tx.execute(PLANNED)
        found = (await tx.execute(text(sql), query.values)).one()
    return Count(min(found.number, COUNTED), found.more or found.number > COUNTED)


async def marks_for(actor: Actor, ids: Sequence[UUID]) -> Marks:
    """What the actor has read and starred of these tickets."""
    side = SIDES[actor.role]
    query = text(_MARKS.format(messages=side.messages, side=side.joined.format(threads=":ids")))
    async with transaction(actor) as tx:
        rows = (await tx.execute(query, {"ids": list(ids), "user_id": actor.user_id})).all()
    return Marks(
        read={numbers.spell(row.number): row.read for row in rows},
        starred={numbers.spell(row.number): True for row in rows if row.starred},
    )


async def _rows(
    actor: Actor,
    filters: Filters,
    limit: int,
    *,
    after: Cursor | None = None,
    ids: list[UUID] | None = None,
) -> tuple[Placed, ...]:
    query = _Query(actor, filters, after, ids)
    searched = bool(filters.text)
    sql = _PAGE.format(
        found=f"{query.found}," if searched else "",
        tickets=query.tickets(
            f"{query.order.columns}, {'tier, seq' if searched else '0 AS tier, NULL AS seq'}", limit
        ),
        by=f"tier, {query.order.by}" if searched else query.order.by,
        details=ticket_rows.details(
            actor.role, query.order.key, search.hit(actor.role) if searched else "NULL"
        ),
    )
    rows = await _read(actor, sql, {**query.values, "limit": limit}, query.is_usual)
    return tuple(sorted((_placed(actor, row, filters) for row in rows), key=_place))


async def _read(actor: Actor, sql: str, values: dict[str, Any], usual: bool) -> Sequence[Any]:
    if usual:
        return await read_at_once(actor, _usual(sql), values)
    async with transaction(actor) as tx:
        await tx.execute(PLANNED)
        return (await tx.execute(text(sql), values)).all()


@lru_cache(maxsize=50)
def _usual(sql: str) -> TextClause:
    """The same one each time: what has been made of it for the database is kept with it."""
    return text(sql)


class _Query:
    """The tickets that a list holds: `tickets` of those that a search has `found`, or of all."""

    def __init__(
        self,
        actor: Actor,
        filters: Filters,
        after: Cursor | None = None,
        ids: list[UUID] | None = None,
    ) -> None:
        self.order: Order = ORDERS[filters.sort]
        self._filters, self._role, self._ids = filters, actor.role, ids
        self._asked = listing.conditions(actor, filters)
        # A few that are named are read like somebody's own, also when it is an admin who asks.
        self._all = actor.role is Role.ADMIN and ids is None
        self._after = self._comes_after if after else "true"
        self.values = self._asked.values
        if after:
            self.values.update(self.order.values(after.place))
        if ids is not None:
            self.values["ids"] = ids
        if filters.text:
            self.values.update(search.values(filters.text) | finding.spans())

    @property
    def is_usual(self) -> bool:
        """A few tickets by their names, whatever they are like: asked after each message."""
        return self._ids is not None and not self._filters.text and not self._filters.asks

    @property
    def _comes_after(self) -> str:
        if not self._filters.text:
            return self.order.after
        return f"(tier > :tier OR tier = :tier AND {self.order.after})"

    @property
    def found(self) -> str:
        if self._all:
            return finding.among_all(self._asked)
        return finding.among_own(self._role, named=self._ids is not None)

    @property
    def found_tickets(self) -> str:
        """A SELECT of as many rows as a search has found."""
        if self._all and self._asked.narrows:
            return "SELECT FROM found"  # Filters have been asked of each: all of it is tickets.
        return _COUNTED_OF_ALL if self._all else self.tickets("listing.ticket_id")

    @property
    def more(self) -> str:
        return finding.there_is_more() if self._all else "false"

    def tickets(self, columns: str, limit: int = 0) -> str:
        """A SELECT, of up to `limit` for each of its parts, to which an order may be added."""
        if self._all and self._filters.text:
            return _FOUND_OF_ALL.format(columns=columns, none=listing.NONE, after=self._after)
        if self._all:
            order = self.order.by if columns != "1" else ""
            walks = listing.walks(self._asked, columns, limit, order, self._after)
            return _WALKED.format(walks=walks)
        source, asked = listing.own(self._role, self._asked, named=self._ids is not None)
        found = "JOIN found USING (ticket_id)" if self._filters.text else ""
        named = "ticket_id = ANY (:ids)" if self._ids is not None else "true"
        return _OWN.format(
            columns=columns,
            source=f"{source} {found}",
            asked=f"{asked} AND {named}",
            after=self._after,
        )


def _placed(actor: Actor, found: Any, filters: Filters) -> Placed:
    number = numbers.spell(found.number)
    hit = search.parts(found.tier, number, found.hit) if filters.text else ()
    key = ORDERS[filters.sort].key_of(found.key)
    row = ticket_rows.row(actor.role, found, hit)
    return Placed(row, Place(found.tier, key, -found.number))


def _place(placed: Placed) -> Place:
    return placed.place
