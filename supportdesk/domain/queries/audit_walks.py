"""How the lines of the log that are asked for are found, as SQL: the ids of a page, in order.

Every walk is over an index and stops when a page is full: asked for kinds, it is one walk for each;
asked for words, one for each span of time, as in `finding`. What somebody did is walked by kind,
what was done to them by the words of the index.

A line is found by the words that it holds, by those that it is told in, and by the names of whom
and what it concerns. Sentences and names are no part of the log, so they are looked up first, and
become marks that the index has of each line (see `alembic/versions/0026`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from supportdesk.domain import audit
from supportdesk.domain.audit_vocabulary import marks_of
from supportdesk.domain.events import NUMBERED, EventKind
from supportdesk.domain.ids import parse_id
from supportdesk.domain.queries import finding, numbers, search
from supportdesk.domain.queries.audit_asked import Asked, Cursor
from supportdesk.domain.text import clean

# A part of a name may be many people's; these are looked for, the best first.
_MOST_PEOPLE = 20

# Whom a line concerns: who did it, whom it was done to, and who is named in it by their id.
_BY_THEM = "'''~p' || named.id || ''''"
_TO_THEM = "'''~s' || named.id || ''' | (' || plainto_tsquery('simple', named.id::text) || ')'"
_PEOPLE = text(f"""
    SELECT named.id, {_BY_THEM} AS by_them, {_TO_THEM} AS to_them FROM "user" named
    WHERE id = :id OR strpos(lower(name), lower(:part)) > 0 OR strpos(email, lower(:part)) > 0
    ORDER BY lower(name) <> lower(:part), lower(name), id LIMIT {_MOST_PEOPLE}
""")  # noqa: S608 - nothing in it comes from outside
# Who and what has the words of a search in its name: of many, what has the most of them.
_NAMED = " UNION ALL ".join(
    f"SELECT id, name FROM {table} WHERE to_tsvector('simple', name) @@ word.query"  # noqa: S608
    for table in ('"user"', "team", "category")
)
_CALLED = text(f"""
    WITH word AS MATERIALIZED (
        SELECT place, CASE WHEN place = cardinality(CAST(:words AS text[]))
            THEN to_tsquery('simple', :last) ELSE plainto_tsquery('simple', each) END AS query
        FROM unnest(CAST(:words AS text[])) WITH ORDINALITY AS given (each, place))
    SELECT word.place, string_agg({_BY_THEM} || ' | ' || {_TO_THEM}, ' | ') AS marks
    FROM word CROSS JOIN LATERAL (
        SELECT id FROM ({_NAMED}) thing
        ORDER BY (SELECT count(*) FROM word other
                  WHERE to_tsvector('simple', thing.name) @@ other.query) DESC, lower(name), id
        LIMIT {_MOST_PEOPLE}) named
    GROUP BY word.place
""")  # noqa: S608
_TICKET = text("SELECT id FROM ticket WHERE number = :number")

_DAY = "((e.created_at AT TIME ZONE 'UTC')::date - '2000-01-01'::date)"
# As in the index.
_WORDS = f"""(jsonb_to_tsvector('simple', e.data, '["string", "numeric"]')
    || array_to_tsvector(ARRAY[
    '~d' || {_DAY}::text, '~m' || ({_DAY} / 28)::text, '~y' || ({_DAY} / 364)::text,
    '~k' || e.kind, '~p' || coalesce(e.actor_id::text, ''),
    '~s' || CASE WHEN e.kind LIKE 'message%' OR e.kind LIKE 'reaction%' THEN ''
                 ELSE coalesce(e.subject_id::text, '') END,
    '~v' || e.audience,
    '~v' || CASE WHEN e.data ? 'added' THEN 'added' ELSE '' END,
    '~v' || CASE WHEN e.data ? 'removed' THEN 'removed' ELSE '' END,
    '~v' || CASE WHEN e.data #>> '{{from,name}}' <> e.data ->> 'name' THEN 'renamed' ELSE '' END
]))"""
# What stands around a word where lines are read, and nowhere in the index.
_AROUND = "“”„\"'.,;:!?()…"
_ORDER = "ORDER BY e.created_at DESC, e.id DESC"
_BELOW = "(e.created_at, e.id) < (:at, :id)"
_ABOVE = "(e.created_at, e.id) > (:at, :id)"
_COLUMNS = "e.id, e.created_at"
_SPANS = {"today": "never", "in_days": "never", "in_months": "in_week", "in_years": "in_months",
          "ever": "in_years"}  # fmt: skip
_ABOUT = "CAST(:about AS tsquery)"
_TO = "CAST(:to_them AS tsquery)"
# Which kinds of lines these are, the index knows; of the number it knows that it stands there.
_NUMBERED = f"""{_WORDS} @@ (CAST('{" | ".join(f"''~k{kind}''" for kind in NUMBERED)}' AS tsquery)
    && plainto_tsquery('simple', :number)) AND e.data ->> 'number' = :number
    AND (e.conversation_id = CAST(:ticket AS uuid)) IS NOT TRUE"""
_NOT_BY = "(e.actor_id IS NULL OR e.actor_id <> ALL (:people))"


@dataclass(slots=True)
class Search:
    """Conditions that each line has to hold, and beside them `words`: a tsquery, as SQL.

    With `people` among the values, a line has to concern one of them.
    """

    asks: list[str] = field(default_factory=list)
    words: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def conditions(self) -> str:
        """All of it, as one condition."""
        found = list(self.asks)
        if "people" in self.values:
            found.append(f"(e.actor_id = ANY (:people) OR {_WORDS} @@ {_TO})")
        if self.words:
            found.append(f"{_WORDS} @@ ({self.words})")
        return " AND ".join(found) or "true"


async def _search(tx: AsyncConnection, asked: Asked, timezone: str) -> Search | None:
    """What has to hold of a line; None when nothing can."""
    asked = _ticket_in_words(asked)
    found = Search()
    if asked.person and not await _of_person(tx, asked.person, found):
        return None
    if asked.group:
        found.values["kinds"] = list(audit.kinds_of(asked.group))
        found.asks.append("e.kind = ANY (:kinds)")
    if asked.ticket:
        found.values["ticket"] = await tx.scalar(_TICKET, {"number": asked.ticket})
        found.values["number"] = str(asked.ticket)
    _in_days(asked, ZoneInfo(timezone), found)
    if asked.words:
        await _in_words(tx, asked.words, found)
    return found


async def walk(
    tx: AsyncConnection, asked: Asked, timezone: str, after: Cursor | None, most: int
) -> tuple[str, dict[str, Any]] | None:
    """The SQL of the page's ids, with its values; None when there can be none."""
    found = await _search(tx, asked, timezone)
    if found is None:
        return None
    values, people = found.values, "people" in found.values
    values |= {"most": most, **finding.spans()}
    if after is not None:
        found.asks.append(_BELOW)
        values |= {"at": after.at, "id": after.id}
    if "ticket" in values:
        return _of_ticket(found), values
    if found.words:
        return _by_words(
            found.asks, f"{found.words} && {_ABOUT}" if people else found.words
        ), values
    if people:
        done = _by_kind(found.asks, people=True)
        told = _by_words([*found.asks, _NOT_BY], _TO)
        values.setdefault("kinds", [kind.value for kind in EventKind])
        return f"SELECT {_COLUMNS} FROM ({_either(done, told)}) e {_ORDER} LIMIT :most", values  # noqa: S608
    if "kinds" in values:
        return _by_kind(found.asks), values
    return _walk(found.conditions), values


async def news(
    tx: AsyncConnection, asked: Asked, timezone: str, top: Cursor | None, most: int
) -> tuple[str, dict[str, Any]] | None:
    """The SQL of the lines above `top`, which are few; of all, where there was none to be `top`."""
    if top is None:
        return await walk(tx, asked, timezone, None, most)
    found = await _search(tx, asked, timezone)
    if found is None:
        return None
    found.asks.append(_ABOVE)
    lines = _of_ticket(found) if "ticket" in found.values else _walk(found.conditions)
    return lines, found.values | {"at": top.at, "id": top.id, "most": most}


def _of_ticket(found: Search) -> str:
    """What happened in it, and what only names its number: people ask for any number, and a ticket
    that is gone has no more than that."""
    asked = found.conditions
    there = _walk(f"{asked} AND e.conversation_id = CAST(:ticket AS uuid)")
    named = _walk(f"{asked} AND {_NUMBERED}")
    return f"SELECT {_COLUMNS} FROM ({_either(there, named)}) e {_ORDER} LIMIT :most"  # noqa: S608


def _walk(asked: str, log: str = "event") -> str:
    return f"SELECT {_COLUMNS} FROM {log} e WHERE {asked} {_ORDER} LIMIT :most"  # noqa: S608


def _either(*walks: str) -> str:
    return " UNION ALL ".join(f"({each})" for each in walks)


def _ticket_in_words(asked: Asked) -> Asked:
    """Who searches for `TC-0012` means the ticket."""
    words = asked.words.split()
    number = next((found for word in words if (found := numbers.read(word))), None)
    if number is None or asked.ticket:
        return asked
    rest = " ".join(word for word in words if numbers.read(word) != number)
    return replace(asked, ticket=number, words=rest)


async def _of_person(tx: AsyncConnection, person: str, found: Search) -> bool:
    """Whether there is anybody of that id, name or address."""
    wanted = {"id": parse_id(person), "part": person}
    rows = (await tx.execute(_PEOPLE, wanted)).all()
    to_them = " | ".join(row.to_them for row in rows)
    found.values["people"] = [row.id for row in rows]
    found.values["to_them"] = to_them
    found.values["about"] = " | ".join([*(row.by_them for row in rows), to_them])
    return bool(rows)


def _in_days(asked: Asked, zone: ZoneInfo, found: Search) -> None:
    if asked.since:
        found.values["since"] = datetime.combine(asked.since, time(), zone)
        found.asks.append("e.created_at >= :since")
    if asked.until:
        found.values["until"] = datetime.combine(asked.until, time(), zone) + timedelta(days=1)
        found.asks.append("e.created_at < :until")


async def _in_words(tx: AsyncConnection, typed: str, found: Search) -> None:
    """Every word has to be there, in one of three ways; of the last, its beginning is enough."""
    typed = " ".join(filter(None, (word.strip(_AROUND) for word in clean(typed).split())))
    values = search.values(typed)
    words = [*values["head"].split(), typed.rpartition(" ")[2]]
    given = {"words": words, "last": values["last"]}
    called = {row.place: row.marks for row in await tx.execute(_CALLED, given)}
    parts = []
    for place, word in enumerate(words, 1):
        last = place == len(words)
        said = marks_of(word, begun=last) if word else []
        found.values[f"told{place}"] = " | ".join([*said, *filter(None, [called.get(place)])])
        found.values[f"word{place}"] = values["last"] if last else word
        parse = "to_tsquery" if last else "plainto_tsquery"
        parts.append(f"({parse}('simple', :word{place}) || CAST(:told{place} AS tsquery))")
    found.words = " && ".join(parts)


def _by_kind(asks: Sequence[str], *, people: bool = False) -> str:
    """A walk for each kind, and for each kind of each person."""
    kept = [each for each in asks if "ANY" not in each]
    kept.append("e.kind = of.kind" + (" AND e.actor_id = of.person" if people else ""))
    each = "unnest(CAST(:kinds AS text[])) AS k (kind)"
    if people:
        each += ", unnest(CAST(:people AS uuid[])) AS p (person)"
    one = _walk(" AND ".join(kept))
    return (
        f"SELECT {_COLUMNS} FROM (SELECT * FROM {each}) of CROSS JOIN LATERAL ({one}) e"  # noqa: S608
        f" {_ORDER} LIMIT :most"
    )


def _by_words(asks: Sequence[str], words: str) -> str:
    """Span by span, the latest first: those of longer ago are only read when there is room.

    Words alone are looked up by their index and only then put in order: a walk that meets none of
    them would read the whole log.
    """
    spans = []
    for span, before in _SPANS.items():
        asked = [
            f"{_WORDS} @@ (({words}) && CAST(:{span} AS tsquery))",
            f"NOT {_WORDS} @@ CAST(:{before} AS tsquery)",
            f"numnode({words}) > 0",
        ]
        if any(" = " in each for each in asks):
            spans.append(_walk(" AND ".join([*asked, *asks])))
            continue
        found = f"(SELECT * FROM event e WHERE {' AND '.join(asked)} OFFSET 0)"  # noqa: S608
        spans.append(_walk(" AND ".join(asks) or "true", found))
    return f"SELECT {_COLUMNS} FROM ({_either(*spans)}) e LIMIT :most"  # noqa: S608
