"""Which tickets of the list one asks for, and in which order.

Filters stand in the address of the list, so a filtered list is a link. A link may be old or made
up: what is not understood fits no ticket, for left out it would ask for more than was meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from supportdesk.domain.actor import Role
from supportdesk.domain.ids import parse_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority, TicketType
from supportdesk.domain.text import clean

SEARCH_MAX_LENGTH = 200


class Sort(StrEnum):
    """The order of the list; within equals, the newest ticket comes first."""

    ACTIVITY = "activity"
    NEWEST = "newest"
    PRIORITY = "priority"
    DUE = "due"
    WAITING = "waiting"

    @property
    def label(self) -> str:
        return _SORT_LABELS[self]


_SORT_LABELS = {
    Sort.ACTIVITY: "Last activity",
    Sort.NEWEST: "Newest",
    Sort.PRIORITY: "Priority",
    Sort.DUE: "Due date",
    Sort.WAITING: "Longest waiting",
}

# Whose tickets there are.
FILERS = (Role.BUYER, Role.SELLER)
ME, NOBODY = "me", "nobody"
_FLAGS = ("starred", "unread", "overdue")
_NAMES = (
    "status", "priority", "type", "assignee", "team", "tag", "role", "buyer", "seller", *_FLAGS,
)  # fmt: skip
_UNKNOWN_MAX_LENGTH = 60
# The statuses of tickets that are not settled.
UNDONE = (Status.OPEN, Status.IN_PROGRESS, Status.WAITING_ON_CUSTOMER)


@dataclass(frozen=True, slots=True)
class Filters:
    """What is empty or False asks for nothing. All that is asked for has to hold.

    `statuses` are alternatives, in the order of the lifecycle. `assignee` is a person's id, `me` or
    `nobody`; `team` and `tag` are ids. `text` is what is searched for. `role` is of whom has filed
    it; `buyer` and `seller` are ids of its parties. `unknown` are names and values that are not
    understood.
    """

    statuses: tuple[Status, ...] = ()
    priority: Priority | None = None
    type: TicketType | None = None
    assignee: str = ""
    team: str = ""
    tag: str = ""
    role: Role | None = None
    buyer: str = ""
    seller: str = ""
    starred: bool = False
    unread: bool = False
    overdue: bool = False
    text: str = ""
    unknown: tuple[tuple[str, str], ...] = ()
    sort: Sort = Sort.ACTIVITY

    @property
    def asks(self) -> bool:
        """Whether anything is asked for: an empty list then says so, and offers to clear it."""
        return bool(spell(self, order=False))

    @property
    def is_personal(self) -> bool:
        """Whether the answer differs between people of equal rights."""
        return self.starred or self.unread or self.assignee == ME


def parse(query: Mapping[str, str]) -> Filters:
    """Read the filters of an address. An order that is not understood is the usual one."""
    wanted = set(query.get("status", "").split(","))
    assignee = query.get("assignee", "")
    known = Filters(
        statuses=tuple(status for status in Status if status in wanted),
        priority=_one_of(Priority, query.get("priority")),
        type=_one_of(TicketType, query.get("type")),
        assignee=assignee if assignee in (ME, NOBODY) else _id(assignee),
        team=_id(query.get("team")),
        tag=_id(query.get("tag")),
        role=_one_of(Role, query.get("role")) if query.get("role") in FILERS else None,
        buyer=_id(query.get("buyer")),
        seller=_id(query.get("seller")),
        starred=query.get("starred") == "1",
        unread=query.get("unread") == "1",
        overdue=query.get("overdue") == "1",
        text=" ".join(clean(query.get("q", "")).split())[:SEARCH_MAX_LENGTH],
        sort=_one_of(Sort, query.get("sort")) or Sort.ACTIVITY,
    )
    return replace(known, unknown=tuple(_unknown(query, known)))


def _unknown(query: Mapping[str, str], known: Filters) -> Iterator[tuple[str, str]]:
    for name in _NAMES:
        value = " ".join(clean(query.get(name, "")).split())[:_UNKNOWN_MAX_LENGTH]
        is_off = not value or (name in _FLAGS and value == "0")
        if not is_off and not getattr(known, "statuses" if name == "status" else name):
            yield name, value


def spell(filters: Filters, *, order: bool = True) -> str:
    """The filters as the query of an address, the same for the same filters; empty for none."""
    flags = {name: "1" for name in _FLAGS if getattr(filters, name)}
    values = {
        "q": filters.text,
        "status": ",".join(filters.statuses),
        "priority": filters.priority or "",
        "type": filters.type or "",
        "assignee": filters.assignee,
        "team": filters.team,
        "tag": filters.tag,
        "role": filters.role or "",
        "buyer": filters.buyer,
        "seller": filters.seller,
        **flags,
        **dict(filters.unknown),
        "sort": filters.sort if order and filters.sort is not Sort.ACTIVITY else "",
    }
    return urlencode({name: value for name, value in values.items() if value}, safe=",")


Option = TypeVar("Option", bound=StrEnum)


def _one_of(options: type[Option], value: str | None) -> Option | None:
    return options(value) if value in set(options) else None


def _id(value: str | None) -> str:
    found = parse_id(value or "")
    return str(found) if found else ""
