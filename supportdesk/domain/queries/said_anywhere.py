"""Where something was said in all conversations that one may see, or in one, the latest first.

Reading stays flat as in `finding`: admins look at the latest messages one by one, then at spans of
time by the index. What else is asked for is held against the hits, at most `LOOKED_AT` of them for
a page: a page may be short, and the next one goes on from the last hit that was looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.queries import finding, numbers, search
from supportdesk.domain.queries.inbox import PLANNED
from supportdesk.domain.queries.thread import PRIVATE_LABELS
from supportdesk.domain.queries.ticket_rows import HitPart

PAGE = 30
_SNIPPET = f"{search.MARKS}, MaxWords=30, MinWords=15"

# Marks alone are words in which nothing is found.
_NO_WORDS = "CAST(:head AS text) || CAST(:last AS text) = ''"
_HIT = f"({_NO_WORDS} OR m.words @@ {search.QUERY})"
_BETWEEN = "id < :below AND id >= :from"

# A person's own are few: found among them all, and only then put in order.
_OWN = f"""
hits AS MATERIALIZED (SELECT m.id FROM message m WHERE {_HIT}),
looked_at AS MATERIALIZED (
    SELECT id FROM hits WHERE {_BETWEEN} ORDER BY id DESC LIMIT :looked_at
)"""  # noqa: S608 - nothing in it comes from outside
# Nor are those of one conversation many.
_HERE = f"""
looked_at AS MATERIALIZED (
    SELECT m.id FROM message m
    WHERE m.conversation_id = (SELECT id FROM ticket WHERE number = :here) AND {_HIT}
      AND {_BETWEEN}
)"""  # noqa: S608 - nothing in it comes from outside
_BEFORE_SAMPLE = "id < (SELECT id FROM sample ORDER BY id LIMIT 1)"
_ALL = f"""
sample AS MATERIALIZED (
    SELECT m.id, m.created_at, {_HIT} AND {{when}} AS hit, m.words @@ {search.LAST} AS has_last
    FROM (SELECT * FROM message WHERE {_BETWEEN} ORDER BY id DESC LIMIT {{sample}}) m
),
{{week}},
looked_at AS MATERIALIZED (
    SELECT id FROM (
        (SELECT id FROM sample WHERE hit ORDER BY id DESC) UNION ALL {{further}}
    ) found LIMIT :looked_at
)"""  # noqa: S608 - nothing in it comes from outside

# One by one, and not side by side with all messages in their order: that reads those in between.
_PAGE = f"""
WITH {{looked_at}},
page AS MATERIALIZED (
    SELECT m.id, m.conversation_id, m.seq, m.created_at, m.body, m.audience, u.name,
           t.number, t.subject, t.status
    FROM (SELECT id FROM looked_at ORDER BY id DESC) latest
    CROSS JOIN LATERAL (SELECT * FROM message WHERE message.id = latest.id OFFSET 0) m
    JOIN ticket t ON t.id = m.conversation_id
    LEFT JOIN "user" u ON u.id = m.sender_id
    WHERE {{asked}} AND m.deleted_at IS NULL
    ORDER BY latest.id DESC LIMIT {PAGE + 1}
),
reach AS (
    SELECT count(*) AS number, (SELECT id FROM looked_at ORDER BY id LIMIT 1) AS last
    FROM looked_at
)
SELECT reach.number AS looked_at, reach.last, page.*,
       ts_headline('simple', left(page.body, 10000), {search.QUERY}, '{_SNIPPET}') AS headline,
       (SELECT string_agg(a.name, ' · ' ORDER BY a.position) FROM attachment a
        WHERE a.message_id = page.id) AS files
FROM reach LEFT JOIN page ON true ORDER BY page.id DESC
"""  # noqa: S608 - nothing in it comes from outside

_CONDITIONS = {
    "sender": "strpos(' ' || lower(u.name), ' ' || lower(:sender)) > 0",
    "status": "t.status = :status",
    "since": "m.created_at >= :since",
    "until": "m.created_at < :until",
    "has_file": "EXISTS (SELECT FROM attachment a WHERE a.message_id = m.id)",
}
# An id is made a moment before its message is saved, by a clock of its own.
_CLOCKS_DIFFER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is empty or None asks for nothing. `sender` is a name, or how a part of it begins;
    `since` is the first moment that counts, `until` the first that does not any more; `here` is the
    number of the only ticket that counts."""

    words: str = ""
    sender: str = ""
    status: Status | None = None
    since: datetime | None = None
    until: datetime | None = None
    has_file: bool = False
    here: int = 0

    @property
    def narrows(self) -> bool:
        """Whether anything but words is asked for."""
        return bool(self.sender or self.status or self.since or self.until or self.has_file)


@dataclass(frozen=True, slots=True)
class SaidThere:
    """A message that was found, and the ticket in which it stands."""

    id: UUID
    seq: int
    number: str
    subject: str
    status: str
    status_label: str
    name: str
    audience: str
    audience_label: str
    at: datetime
    parts: tuple[HitPart, ...]
    files: str
    """Their names."""


@dataclass(frozen=True, slots=True)
class Found:
    """`after` is where the next page goes on; None: that was all."""

    messages: tuple[SaidThere, ...]
    after: UUID | None


async def said_anywhere(actor: Actor, asked: Asked, after: UUID | None = None) -> Found:
    """The latest messages that the actor sees and that are asked for, from `after` on."""
    values = search.values(asked.words)
    if not (values["head"] or values["last"] or asked.narrows):
        return Found((), None)
    conditions = [sql for name, sql in _CONDITIONS.items() if getattr(asked, name)]
    looked_at: int | None = finding.LOOKED_AT if conditions else PAGE + 1
    if asked.here or (conditions and actor.role is not Role.ADMIN):
        looked_at = None
    sql = _PAGE.format(
        looked_at=_HERE if asked.here else _among_all(asked) if actor.role is Role.ADMIN else _OWN,
        asked=" AND ".join(conditions) or "true",
    )
    values |= finding.spans() | {name: getattr(asked, name) for name in _CONDITIONS}
    values |= {"looked_at": looked_at, "here": asked.here, **_reach(asked, after)}
    async with transaction(actor) as tx:
        await tx.execute(PLANNED)
        rows = (await tx.execute(text(sql), values)).all()
    found = tuple(_said(row) for row in rows[:PAGE] if row.id)
    if len(rows) > PAGE:
        return Found(found, found[-1].id)
    return Found(found, rows[0].last if rows[0].looked_at == looked_at else None)


def _among_all(asked: Asked) -> str:
    # The ids tell it but for an hour, and in that hour may be more messages than on a page.
    times = [_CONDITIONS[name] for name in ("since", "until") if getattr(asked, name)]
    when = " AND ".join(times) or "true"
    further = finding.messages_by_span("id", f"{_BETWEEN} AND {_BEFORE_SAMPLE} AND {when}")
    return _ALL.format(
        week=finding.week(),
        sample=finding.SAMPLE,
        when=when,
        further=" UNION ALL ".join(further),
    )


def _reach(asked: Asked, after: UUID | None) -> dict[str, UUID]:
    """Between which ids the messages are, for ids are in the order of time."""
    until = _first_id(asked.until + _CLOCKS_DIFFER) if asked.until else UUID(int=2**128 - 1)
    since = _first_id(asked.since - _CLOCKS_DIFFER) if asked.since else UUID(int=0)
    return {"below": min(after or until, until), "from": since}


def _first_id(moment: datetime) -> UUID:
    milliseconds = max(0, int(moment.timestamp() * 1000))
    return UUID(int=min(milliseconds, 2**48 - 1) << 80)


def _said(row: Any) -> SaidThere:
    return SaidThere(
        id=row.id,
        seq=row.seq,
        number=numbers.spell(row.number),
        subject=row.subject,
        status=row.status,
        status_label=Status(row.status).label,
        name=row.name or "Somebody",
        audience=row.audience,
        audience_label=PRIVATE_LABELS[row.audience],
        at=row.created_at,
        parts=search.parts(search.MESSAGES, "", row.headline),
        files=row.files or "",
    )
