"""What is asked of a seeded desk by an admin, a seller with many tickets, and a buyer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority, TicketType
from supportdesk.domain.queries import inbox, numbers
from supportdesk.domain.queries.filters import Filters, Sort
from supportdesk.domain.queries.inbox import Cursor, Place
from supportdesk.domain.queries.places import ORDERS
from supportdesk.domain.queries.said_anywhere import Asked, said_anywhere
from supportdesk.seeding.plan import id_of
from supportdesk.seeding.vocabulary import RARE_WORDS

_DEEP = 0.9
# A seller of the small desk and one of the large are compared who have about as many tickets.
_BIG_SELLER = 300
_OPEN = (Status.OPEN, Status.IN_PROGRESS)


@dataclass(frozen=True)
class Case:
    name: str
    actor: Actor
    ask: Callable[[], Awaitable[int]]


def cases(owner: psycopg.Connection[Any]) -> list[Case]:
    people = {
        "admin": Actor(id_of("admin", 0), Role.ADMIN),
        "seller": Actor(_of(owner, "seller_id", _BIG_SELLER), Role.SELLER),
        "biggest_seller": Actor(_of(owner, "seller_id", 10**9), Role.SELLER),
        "buyer": Actor(_of(owner, "buyer_id", 20), Role.BUYER),
    }
    found = []
    for who, actor in people.items():
        for name, filters in _asked(owner, who).items():
            found.append(Case(f"{who}_{name}", actor, _page(actor, filters)))
            if filters.sort is Sort.ACTIVITY:
                found.append(Case(f"{who}_{name}_count", actor, _count(actor, filters)))
    found += [
        Case(f"{who}_said_{name}", actor, _said(actor, asked))
        for who, actor in people.items()
        for name, asked in _said_asked(owner).items()
    ]
    for name, filters in (
        ("all", Filters()), ("closed", Filters(statuses=(Status.CLOSED,))),
        ("low", Filters(priority=Priority.LOW)),
        *((f"by_{sort}", Filters(sort=sort)) for sort in Sort),
    ):  # fmt: skip
        after = Cursor(_place(owner, filters.sort))
        found.append(
            Case(f"admin_{name}_deep", people["admin"], _page(people["admin"], filters, after))
        )
    return found


def _asked(owner: psycopg.Connection[Any], who: str) -> dict[str, Filters]:
    admin = id_of("admin", 1)
    team, tag, rare_tag = (str(id_of(*what)) for what in (("team", 0), ("tag", 0), ("tag", 39)))
    person = owner.execute('SELECT name FROM "user" WHERE id = %s', [id_of("seller", 0)]).fetchone()
    name = person[0] if person else ""
    asked = {
        "all": Filters(),
        **{f"status_{status}": Filters(statuses=(status,)) for status in Status},
        "status_several": Filters(statuses=_OPEN),
        **{f"priority_{priority}": Filters(priority=priority) for priority in Priority},
        **{f"type_{type_}": Filters(type=type_) for type_ in TicketType},
        "mine": Filters(assignee="me"),
        "nobodys": Filters(assignee="nobody"),
        "somebodys": Filters(assignee=str(admin)),
        "team": Filters(team=team),
        "tag": Filters(tag=tag),
        "rare_tag": Filters(tag=rare_tag),
        "starred": Filters(starred=True),
        "unread": Filters(unread=True),
        "overdue": Filters(overdue=True),
        "mine_open": Filters(statuses=_OPEN, assignee="me"),
        "open_urgent": Filters(statuses=_OPEN, priority=Priority.URGENT),
        "team_urgent_tag": Filters(team=team, priority=Priority.URGENT, tag=tag),
        "closed_feature": Filters(statuses=(Status.CLOSED,), type=TicketType.FEATURE_REQUEST),
        "search_number": Filters(text=numbers.spell(4242)),
        "search_half_the_messages": Filters(text="order"),
        "search_word_in_5_percent": Filters(text="warranty"),
        "search_word_in_1_percent": Filters(text="customs"),
        **{
            f"search_word_in_{count}_messages": Filters(text=_word(owner, count))
            for count in (1000, 100)
        },
        "search_first_name": Filters(text=name.split(" ")[0]),
        "search_name": Filters(text=name),
        "search_tag": Filters(text="goodwill"),
        "search_two_words": Filters(text="courier guitar"),
        "search_rare_and_common_word": Filters(text=f"{_word(owner, 100)} guitar"),
        "search_beginning": Filters(text="dep"),
        "search_one_letter": Filters(text="q"),
        "search_nothing": Filters(text="xyzzyplugh"),
        "search_common_of_mine_open": Filters(text="order", assignee="me", statuses=_OPEN),
        "search_rare_closed": Filters(text=_word(owner, 1000), statuses=(Status.CLOSED,)),
    }
    sorted_too = ("all", "status_open", "mine", "team", "tag", "overdue", "search_first_name")
    for kind in sorted_too:
        for sort in list(Sort)[1:]:
            asked[f"{kind}_by_{sort}"] = replace(asked[kind], sort=sort)
    return asked


def _said_asked(owner: psycopg.Connection[Any]) -> dict[str, Asked]:
    """Searches of messages; the last ones with what else may be asked for."""
    words = {
        "half_of_all": "order",
        "word_in_1_percent": "customs",
        "word_in_100_messages": _word(owner, 100),
        "two_words": "courier guitar",
        "one_letter": "q",
        "nothing": "xyzzyplugh",
    }
    person = owner.execute('SELECT name FROM "user" WHERE id = %s', [id_of("seller", 0)]).fetchone()
    long_ago = datetime.now(UTC) - timedelta(days=300)
    return {name: Asked(text) for name, text in words.items()} | {
        "common_from_somebody": Asked("order", sender=person[0] if person else ""),
        "common_long_ago": Asked("order", until=long_ago),
        "rare_long_ago": Asked(_word(owner, 1000), until=long_ago),
        "common_in_open_tickets": Asked("order", status=Status.OPEN),
    }


def _said(actor: Actor, asked: Asked) -> Callable[[], Awaitable[int]]:
    async def ask() -> int:
        return len((await said_anywhere(actor, asked)).messages)

    return ask


def _page(
    actor: Actor, filters: Filters, after: Cursor | None = None
) -> Callable[[], Awaitable[int]]:
    async def ask() -> int:
        return len((await inbox.page_for(actor, filters, after=after)).rows)

    return ask


def _count(actor: Actor, filters: Filters) -> Callable[[], Awaitable[int]]:
    async def ask() -> int:
        return (await inbox.count_for(actor, filters)).number

    return ask


def _word(owner: psycopg.Connection[Any], count: int) -> str:
    """A word that stands in about that many messages, on a desk of any size."""
    found = owner.execute("SELECT reltuples FROM pg_class WHERE oid = 'message'::regclass")
    messages = (found.fetchone() or (0,))[0]
    return min(RARE_WORDS, key=lambda word: abs(RARE_WORDS[word] * messages - count))


def _of(owner: psycopg.Connection[Any], column: str, about: int) -> UUID:
    """The person whose tickets are nearest to that many."""
    query = (
        f"SELECT {column} FROM ticket WHERE {column} IS NOT NULL GROUP BY 1"
        " ORDER BY abs(count(*) - %s), 1 LIMIT 1"
    )
    found = owner.execute(query, [about]).fetchone()
    return UUID(str(found[0])) if found else UUID(int=0)


def _place(owner: psycopg.Connection[Any], sort: Sort) -> Place:
    """Far down the list of everything."""
    order = ORDERS[sort]
    key = f"nullif({order.column}, 'infinity')" if order.is_time else order.column
    query = (
        f"SELECT {key}, number FROM ticket_listing WHERE tag_id = %s ORDER BY {order.by}"
        " LIMIT 1 OFFSET (SELECT (count(*) * %s)::int FROM ticket)"
    )
    found = owner.execute(query, [UUID(int=0), _DEEP]).fetchone() or (None, 0)
    return Place(0, order.key_of(found[0]), -found[1])
