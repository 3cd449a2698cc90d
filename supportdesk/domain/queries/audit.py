"""The log, for admins: the latest first, by who, what, which ticket, when, and in which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from supportdesk.database.engine import transaction
from supportdesk.domain import audit, user_agents
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.audit import Shift, Told
from supportdesk.domain.errors import Refused
from supportdesk.domain.events import EventKind
from supportdesk.domain.ids import parse_id
from supportdesk.domain.queries import numbers
from supportdesk.domain.queries.audit_asked import Asked, Cursor
from supportdesk.domain.queries.audit_walks import news, walk
from supportdesk.domain.queries.inbox import PLANNED
from supportdesk.domain.queries.people import hue, initials

PAGE = 50
MOST_NEW = 100
NOBODY_NAME = "The desk"

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


async def page_for(
    actor: Actor, asked: Asked, timezone: str, after: Cursor | None = None, most: int = PAGE
) -> LogPage:
    """Lines of the log that are asked for, the latest first. Raises `Refused`: it is for admins."""
    if actor.role is not Role.ADMIN:
        raise Refused("Only admins may do this.")
    async with transaction(actor) as tx:
        found = await walk(tx, asked, timezone, after, most + 1)
        if found is None:
            return LogPage((), None)
        await tx.execute(PLANNED)
        entries = await entries_of(tx, *found)
    last = entries[most - 1] if len(entries) > most else None
    return LogPage(entries[:most], Cursor(last.at, UUID(last.id)) if last else None)


async def entries_of(
    tx: AsyncConnection, lines: str, values: Mapping[str, Any]
) -> tuple[Entry, ...]:
    """The lines that this SQL has the `id` and `created_at` of, the latest first."""
    rows = (await tx.execute(text(_READ.format(walk=lines)), values)).all()
    names = await _names(tx, rows)
    return tuple(_entry(row, names) for row in rows)


async def newer_than(actor: Actor, asked: Asked, timezone: str, top: Cursor | None) -> int:
    """How many lines there are above `top`, at most `MOST_NEW`."""
    if actor.role is not Role.ADMIN:
        return 0
    async with transaction(actor) as tx:
        found = await news(tx, asked, timezone, top, MOST_NEW)
        if found is None:
            return 0
        lines, values = found
        await tx.execute(PLANNED)
        counted = text(f"SELECT count(*) FROM ({lines}) found")  # noqa: S608
        return int(await tx.scalar(counted, values) or 0)


async def _names(tx: AsyncConnection, rows: Any) -> dict[str, str]:
    """Of everybody and everything that these lines name by their ids."""
    ids = {found for row in rows for found in _ids_in(row.data)}
    if not ids:
        return {}
    named = await tx.execute(_NAMES, {"ids": list(ids)})
    return {str(row.id): row.name for row in named}


def _ids_in(data: Mapping[str, Any]) -> list[UUID]:
    sides = [each.get("from") for each in data.get("changes", ())]
    sides += [data.get("sender_id"), data.get("person")]
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
