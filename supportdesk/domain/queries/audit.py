"""The log, for admins: the latest first, by who, what, which ticket, when, and in which words.

Every walk is over an index in the order of the log, and stops when a page is full: asked for kinds,
it is one walk for each; asked for words, one for each span of time, as in `finding`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import MAXYEAR, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from supportdesk.database.engine import transaction
from supportdesk.domain import audit, user_agents
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.audit import Group, Shift, Told
from supportdesk.domain.errors import Refused
from supportdesk.domain.events import EventKind
from supportdesk.domain.ids import parse_id
from supportdesk.domain.queries import finding, numbers, search
from supportdesk.domain.queries.filters import SEARCH_MAX_LENGTH
from supportdesk.domain.queries.inbox import PLANNED
from supportdesk.domain.queries.people import hue, initials
from supportdesk.domain.text import clean

PAGE = 50
MOST_NEW = 100
# A part of a name may be many people's; these are looked for, the best first.
_MOST_PEOPLE = 20
NOBODY_NAME = "The desk"

_PEOPLE = text(f"""
    SELECT id FROM "user"
    WHERE id = :id OR strpos(lower(name), lower(:part)) > 0 OR strpos(email, lower(:part)) > 0
    ORDER BY lower(name) <> lower(:part), lower(name), id LIMIT {_MOST_PEOPLE}
""")  # noqa: S608 - nothing in it comes from outside
_TICKET = text("SELECT id FROM ticket WHERE number = :number")

_WORDS = """(to_tsvector('simple', e.data) || array_to_tsvector(ARRAY[
    '~d' || ((e.created_at AT TIME ZONE 'UTC')::date - '2000-01-01'::date)::text,
    '~m' || (((e.created_at AT TIME ZONE 'UTC')::date - '2000-01-01'::date) / 28)::text,
    '~y' || (((e.created_at AT TIME ZONE 'UTC')::date - '2000-01-01'::date) / 364)::text]))"""
_ORDER = "ORDER BY e.created_at DESC, e.id DESC"
_BELOW = "(e.created_at, e.id) < (:at, :id)"
_COLUMNS = "e.id, e.created_at"
_WALK = f"SELECT {_COLUMNS} FROM event e WHERE {{asked}} {_ORDER} LIMIT :most"  # noqa: S608
_SPANS = {"today": "never", "in_days": "never", "in_months": "in_week", "in_years": "in_months",
          "ever": "in_years"}  # fmt: skip

# One by one from the ids of the page: what the planner thinks of the whole is of no account here.
_READ = """
WITH page AS MATERIALIZED ({walk})
SELECT e.id, e.kind, e.data, e.audience, e.created_at, e.actor_id, actor.name, actor.role,
       t.number, t.subject, about.name AS about,
       coalesce(s.ip, e.data ->> 'ip') AS ip,
       coalesce(s.user_agent, e.data ->> 'browser') AS user_agent,
       texts.before, texts.after
FROM page
CROSS JOIN LATERAL (SELECT * FROM event WHERE event.id = page.id OFFSET 0) e
LEFT JOIN "user" actor ON actor.id = e.actor_id
LEFT JOIN "user" about ON about.id = e.subject_id
LEFT JOIN session s ON s.id = e.session_id
LEFT JOIN ticket t ON t.id = e.conversation_id
LEFT JOIN LATERAL (
    SELECT (SELECT r.body FROM message_revision r
            WHERE r.message_id = m.id AND r.written_at < (e.data ->> 'edited_at')::timestamptz
            ORDER BY r.written_at DESC LIMIT 1) AS before,
           coalesce((SELECT r.body FROM message_revision r WHERE r.message_id = m.id
                       AND r.written_at = (e.data ->> 'edited_at')::timestamptz), m.body) AS after
    FROM message m
    WHERE e.kind = 'message_edited' AND m.id = e.subject_id AND m.deleted_at IS NULL
    UNION ALL
    SELECT (SELECT r.body FROM note_revision r WHERE r.replaced_by = e.id),
           coalesce((SELECT r.body FROM note_revision r WHERE r.event_id = e.id),
                    (SELECT n.body FROM ticket_note n WHERE n.event_id = e.id))
    WHERE e.kind = 'notes_changed'
) texts ON true
ORDER BY e.created_at DESC, e.id DESC
"""
_NAMES = text("""
    SELECT id, name FROM "user" WHERE id = ANY (:ids)
    UNION ALL SELECT id, name FROM team WHERE id = ANY (:ids)
    UNION ALL SELECT id, name FROM category WHERE id = ANY (:ids)
""")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is empty or None asks for nothing. `person` is an id, or part of a name or address;
    `since` and `until` are days of the reader's, both inclusive."""

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


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log. `where` is the browser and the address it came from."""

    id: str
    kind: str
    group: str
    at: datetime
    who: str
    who_id: str
    initials: str
    hue: int
    sentence: str
    number: str
    subject: str
    where: str
    ip: str
    browser: str
    shifts: tuple[Shift, ...]


@dataclass(frozen=True, slots=True)
class LogPage:
    entries: tuple[Entry, ...]
    after: Cursor | None


def parse(query: Mapping[str, str]) -> Asked:
    """What an address asks for; what is not understood is left out."""
    group, words = query.get("kind", ""), " ".join(clean(query.get("q", "")).split())
    return Asked(
        person=" ".join(clean(query.get("person", "")).split())[:SEARCH_MAX_LENGTH],
        group=Group(group) if group in set(Group) else None,
        ticket=numbers.read(query.get("ticket", "")) or _plain(query.get("ticket", "")),
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


def _plain(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= 15 else None


def _day(given: str) -> date | None:
    try:
        found = date.fromisoformat(given)
    except ValueError:
        return None
    # Beyond these, a day in some time zone is no day that can be counted with.
    return found if 1 < found.year < MAXYEAR else None


async def page_for(
    actor: Actor, asked: Asked, timezone: str, after: Cursor | None = None, most: int = PAGE
) -> LogPage:
    """Lines of the log that are asked for, the latest first. Raises `Refused`: it is for admins."""
    if actor.role is not Role.ADMIN:
        raise Refused("Only admins may do this.")
    async with transaction(actor) as tx:
        found = await _walk(tx, asked, timezone, after, most + 1)
        if found is None:
            return LogPage((), None)
        walk, values = found
        await tx.execute(PLANNED)
        rows = (await tx.execute(text(_READ.format(walk=walk)), values)).all()
        names = await _names(tx, rows)
    entries = tuple(_entry(row, names) for row in rows[:most])
    last = rows[most - 1] if len(rows) > most else None
    return LogPage(entries, Cursor(last.created_at, last.id) if last else None)


async def newer_than(actor: Actor, asked: Asked, timezone: str, top: Cursor | None) -> int:
    """How many lines there are above `top`, at most `MOST_NEW`."""
    if actor.role is not Role.ADMIN:
        return 0
    async with transaction(actor) as tx:
        found = await _conditions(tx, asked, timezone)
        if found is None:
            return 0
        conditions, values = found
        if top is not None:
            conditions.append("(e.created_at, e.id) > (:at, :id)")
            values |= {"at": top.at, "id": top.id}
        asks = " AND ".join(conditions) or "true"
        counted = f"SELECT count(*) FROM (SELECT FROM event e WHERE {asks} LIMIT {MOST_NEW}) f"  # noqa: S608
        return int(await tx.scalar(text(counted), values) or 0)


async def _conditions(
    tx: AsyncConnection, asked: Asked, timezone: str
) -> tuple[list[str], dict[str, Any]] | None:
    """What has to hold of a line; None when nothing can."""
    asked = _ticket_in_words(asked)
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if asked.person:
        wanted = {"id": parse_id(asked.person), "part": asked.person}
        values["people"] = list((await tx.execute(_PEOPLE, wanted)).scalars())
        conditions.append("e.actor_id = ANY (:people)")
        if not values["people"]:
            return None
    if asked.group:
        values["kinds"] = list(audit.kinds_of(asked.group))
        conditions.append("e.kind = ANY (:kinds)")
    if asked.ticket:
        values["ticket"] = await tx.scalar(_TICKET, {"number": asked.ticket})
        conditions.append("e.conversation_id = :ticket")
        if values["ticket"] is None:
            return None
    zone = ZoneInfo(timezone)
    if asked.since:
        values["since"] = datetime.combine(asked.since, time(), zone)
        conditions.append("e.created_at >= :since")
    if asked.until:
        values["until"] = datetime.combine(asked.until, time(), zone) + timedelta(days=1)
        conditions.append("e.created_at < :until")
    if asked.words:
        values |= search.values(asked.words)
        conditions.append(f"e.data <> '{{}}' AND {_WORDS} @@ {search.QUERY}")
    return conditions, values


def _ticket_in_words(asked: Asked) -> Asked:
    """Who searches for `TC-0012` means the ticket."""
    number = numbers.read(asked.words) if asked.words else None
    return replace(asked, ticket=number, words="") if number and not asked.ticket else asked


async def _walk(
    tx: AsyncConnection, asked: Asked, timezone: str, after: Cursor | None, most: int
) -> tuple[str, dict[str, Any]] | None:
    """The SQL of the page's ids, with its values."""
    found = await _conditions(tx, asked, timezone)
    if found is None:
        return None
    conditions, values = found
    values["most"] = most
    if after is not None:
        conditions.append(_BELOW)
        values |= {"at": after.at, "id": after.id}
    if "last" in values:
        values |= finding.spans()
        return _by_words(conditions), values
    if "ticket" not in values and ("kinds" in values or "people" in values):
        values.setdefault("kinds", [kind.value for kind in EventKind])
        return _by_kind(conditions, people="people" in values), values
    return _WALK.format(asked=" AND ".join(conditions) or "true"), values


def _by_kind(conditions: list[str], *, people: bool) -> str:
    """A walk for each kind, and for each kind of each person."""
    kept = [each for each in conditions if "ANY" not in each]
    kept.append("e.kind = of.kind" + (" AND e.actor_id = of.person" if people else ""))
    each = "unnest(CAST(:kinds AS text[])) AS k (kind)"
    if people:
        each += ", unnest(CAST(:people AS uuid[])) AS p (person)"
    walk = _WALK.format(asked=" AND ".join(kept))
    return (
        f"SELECT {_COLUMNS} FROM (SELECT * FROM {each}) of CROSS JOIN LATERAL ({walk}) e"  # noqa: S608
        f" {_ORDER} LIMIT :most"
    )


def _by_words(conditions: list[str]) -> str:
    """Span by span, the latest first: those of longer ago are only read when there is room.

    Words alone are looked up by their index and only then put in order: a walk that meets none of
    them would read the whole log.
    """
    kept = [each for each in conditions if search.QUERY not in each]
    spans = []
    for span, before in _SPANS.items():
        asked = [
            "e.data <> '{}'",
            f"{_WORDS} @@ ({search.QUERY} && CAST(:{span} AS tsquery))",
            f"NOT {_WORDS} @@ CAST(:{before} AS tsquery)",
            f"numnode({search.QUERY}) > 0",
        ]
        if any(" = " in each for each in kept):
            spans.append(f"({_WALK.format(asked=' AND '.join([*asked, *kept]))})")
            continue
        found = f"(SELECT * FROM event e WHERE {' AND '.join(asked)} OFFSET 0)"  # noqa: S608
        walk = _WALK.format(asked=" AND ".join(kept) or "true")
        spans.append(f"({walk.replace('FROM event e', f'FROM {found} e')})")
    union = " UNION ALL ".join(spans)
    return f"SELECT {_COLUMNS} FROM ({union}) e LIMIT :most"  # noqa: S608


async def _names(tx: AsyncConnection, rows: Any) -> dict[str, str]:
    """Of everybody and everything that these lines name by their ids."""
    ids = {found for row in rows for found in _ids_in(row.data)}
    if not ids:
        return {}
    named = await tx.execute(_NAMES, {"ids": list(ids)})
    return {str(row.id): row.name for row in named}


def _ids_in(data: Mapping[str, Any]) -> list[UUID]:
    sides = [each.get("from") for each in data.get("changes", ())]
    sides.append(data.get("sender_id"))
    return [found for side in sides if (found := parse_id(side))]


def _entry(row: Any, names: Mapping[str, str]) -> Entry:
    number = numbers.spell(row.number) if row.number else ""
    told = Told(
        row.kind,
        row.data,
        ticket=number,
        about=row.about or "",
        audience=row.audience,
        before=row.before or "",
        after=row.after or "",
    )
    who = row.name or ("Somebody" if row.kind == EventKind.SIGN_IN_FAILED else NOBODY_NAME)
    browser = user_agents.in_words(row.user_agent) if row.user_agent else ""
    return Entry(
        id=str(row.id),
        kind=row.kind,
        group=audit.group_of(row.kind).label,
        at=row.created_at,
        who=who,
        who_id=str(row.actor_id or ""),
        initials=initials(who),
        hue=hue(row.actor_id),
        sentence=audit.sentence(told, names),
        number=number,
        subject=row.subject or "",
        where=" · ".join(part for part in (browser, row.ip or "") if part),
        ip=row.ip or "",
        browser=browser,
        shifts=audit.shifts(told, names),
    )
