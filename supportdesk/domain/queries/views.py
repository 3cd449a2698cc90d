"""The views of the ticket list that somebody can choose: those everybody has, and saved ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from sqlalchemy import func, select
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.models import SavedView
from supportdesk.domain.queries import inbox
from supportdesk.domain.queries.filters import ME, NOBODY, UNDONE, Filters, Sort, parse, spell


@dataclass(frozen=True, slots=True)
class View:
    """`id` is empty for a view that everybody has; `query` is as in the list's address."""

    id: str
    name: str
    query: str
    shared: bool = False
    mine: bool = False


_ALL = ("All", Filters())
_WAITING = ("Waiting longest", Filters(statuses=UNDONE, sort=Sort.WAITING))
_OVERDUE = ("Overdue", Filters(overdue=True, sort=Sort.DUE))
_BUILT_IN = {
    Role.BUYER: (
        _ALL,
        ("Not settled yet", Filters(statuses=UNDONE)),
        ("Unread", Filters(unread=True)),
        ("Starred", Filters(starred=True)),
    ),
    Role.SELLER: (
        _ALL,
        _WAITING,
        _OVERDUE,
        ("Unread", Filters(unread=True)),
        ("Starred", Filters(starred=True)),
    ),
    Role.ADMIN: (
        _ALL,
        ("Unassigned", Filters(statuses=UNDONE, assignee=NOBODY)),
        ("Assigned to me", Filters(statuses=UNDONE, assignee=ME)),
        _WAITING,
        _OVERDUE,
    ),
}


def built_in(role: Role) -> tuple[View, ...]:
    """The views that everybody of that role has."""
    return tuple(View("", name, spell(filters)) for name, filters in _BUILT_IN[role])


async def views_for(actor: Actor) -> tuple[View, ...]:
    """The saved views that the actor may choose: their own, and shared ones; by name."""
    wanted = select(SavedView).order_by(func.lower(col(SavedView.name)), col(SavedView.id))
    async with transaction(actor) as tx:
        rows = (await tx.execute(wanted)).all()
    return tuple(
        View(str(row.id), row.name, row.query, row.shared, row.owner_id == actor.user_id)
        for row in rows
    )


def filters_of(view: View) -> Filters:
    return parse(dict(parse_qsl(view.query)))


async def counts_for(actor: Actor, views: Sequence[View]) -> dict[str, str]:
    """How many tickets there are in each view, by its query, as it is shown."""
    counts = {}
    for query in dict.fromkeys(view.query for view in views):
        count = await inbox.count_for(actor, parse(dict(parse_qsl(query))))
        counts[query] = count.spelled
    return counts
