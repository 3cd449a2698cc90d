"""The words of a search, and what is shown of where they stand.

Every word has to be there; the last may still be being typed, so its beginning is enough.
"""

from __future__ import annotations

import re
from typing import Any

from supportdesk.domain.actor import Role
from supportdesk.domain.queries import numbers
from supportdesk.domain.queries.ticket_rows import HitPart
from supportdesk.domain.text import clean

# How well a ticket was found: the first are the best.
NUMBER, SUBJECT, NAMES, MESSAGES = range(4)

HEAD, LAST = "plainto_tsquery('simple', :head)", "to_tsquery('simple', :last)"
QUERY = f"({HEAD} && {LAST})"

# As a ticket is called where its number and its subject were copied together.
_BEFORE_WORDS = re.compile(r"(?:TC-|#)[0-9]+(?=\s)", re.IGNORECASE)
# `clean` lets nobody store these.
_START, _STOP = "\x02", "\x03"
MARKS = f"StartSel={_START}, StopSel={_STOP}"
_SHOWN_OF_MESSAGE = 10_000

_TAG_NAMES = """, (SELECT string_agg(g.name, ' · ' ORDER BY lower(g.name))
    FROM ticket_tag tt JOIN tag g ON g.id = tt.tag_id WHERE tt.ticket_id = facts.ticket_id)"""

_HIT = """CASE facts.tier
    WHEN {subject_tier} THEN ts_headline(
        'simple', facts.subject, {query}, '{marks}, HighlightAll=true')
    WHEN {names_tier} THEN ts_headline(
        'simple', concat_ws(' · ', buyer.name, seller.name, assignee.name {tags}), {query},
        '{marks}, HighlightAll=true')
    WHEN {messages_tier} THEN (
        SELECT ts_headline('simple', left(m.body, {shown}), {query},
                           '{marks}, MaxWords=24, MinWords=12')
        FROM message m WHERE m.conversation_id = facts.ticket_id AND m.seq = facts.seq)
    END"""


def hit(role: Role) -> str:
    """The SQL for the snippet; `parts` makes it ready to draw."""
    return _HIT.format(
        subject_tier=SUBJECT,
        names_tier=NAMES,
        messages_tier=MESSAGES,
        query=QUERY,
        tags="" if role is Role.BUYER else _TAG_NAMES,
        marks=MARKS,
        shown=_SHOWN_OF_MESSAGE,
    )


def values(text: str) -> dict[str, Any]:
    """What `QUERY` and the exact number are made of."""
    words = clean(text.replace("~", " "))  # With it begin the words that stand for spans of time.
    *head, last = words.split() or [""]
    quoted = last.replace("\\", "\\\\").replace("'", "''")
    called = _BEFORE_WORDS.match(words)
    return {
        "head": " ".join(head),
        "last": f"'{quoted}':*" if quoted else "",
        "exact": numbers.meant(called[0] if called else words),
    }


def parts(tier: int, number: str, headline: str | None) -> tuple[HitPart, ...]:
    """The snippet, with what was found in it marked."""
    if tier == NUMBER:
        return (HitPart(number, marked=True),)
    pieces = re.split(f"[{_START}{_STOP}]", re.sub(r"\s+", " ", headline or ""))
    return tuple(HitPart(piece, marked=bool(at % 2)) for at, piece in enumerate(pieces) if piece)
