"""Lines of a conversation as a reader in some time zone sees them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from supportdesk.domain.markup import marked_up
from supportdesk.domain.queries.attachments import File
from supportdesk.domain.queries.thread import Line, Quote, Reacted, Receipt

_NAMED_IN_RECEIPT = 2
# Within this time, a second message of the same person is drawn without their name again.
_FOLLOWS_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """`day` is the date when this line begins a new day, else empty; `time` is hours:minutes,
    `exact` the same with the day in words.

    A message with markup is `html` and has no `body`; any other line is its `body`, of which a
    deleted one has none. `quote` holds one or nothing.
    """

    id: str
    seq: int
    kind: str
    sender_id: str
    name: str
    role: str
    avatar: str
    hue: int
    body: str
    html: str
    audience: str
    audience_label: str
    at: str
    time: str
    exact: str
    day: str
    follows: bool
    edited: bool
    deleted: bool
    reactions: tuple[Reacted, ...]
    quote: tuple[Quote, ...]
    client_id: str
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class ShownReceipt:
    """For the sender of the latest message: who has seen it, in short and by all their names."""

    sender_id: str = ""
    text: str = ""
    everybody: str = ""


def show_receipt(receipt: Receipt, timezone: str) -> ShownReceipt:
    reader = zone(timezone)
    seen = [f"{each.name}, {each.at.astimezone(reader):%H:%M}" for each in receipt.people]
    if not seen:
        return ShownReceipt(receipt.sender_id, "Sent" if receipt.sender_id else "")
    others = len(seen) - _NAMED_IN_RECEIPT
    more = f" and {others} more" if others > 0 else ""
    text = f"Seen by {' · '.join(seen[:_NAMED_IN_RECEIPT])}{more}"
    return ShownReceipt(receipt.sender_id, text, "\n".join(seen))


@lru_cache(maxsize=600)
def zone(name: str) -> ZoneInfo:
    """The zone of that name; a person's zone was checked when it was stored."""
    return ZoneInfo(name)


def show(lines: Iterable[Line], timezone: str, previous: Line | None = None) -> list[ShownLine]:
    """Lay out `lines`, oldest first; `previous` is the line above the first of them."""
    shown = []
    for line in lines:
        shown.append(_show(line, previous, zone(timezone)))
        previous = line
    return shown


@lru_cache(maxsize=1_000)
def _clock(at: datetime) -> tuple[str, str]:
    """The time, and the same with the day, by a clock on the reader's wall. It has no zone: moments
    that are the same in two zones are equal."""
    return f"{at:%H:%M}", f"{at:%A} {at.day} {at:%B %Y, %H:%M}"


def exactly(at: datetime, timezone: str) -> str:
    """With the day in words, as the reader's clock has it."""
    return _clock(at.astimezone(zone(timezone)).replace(tzinfo=None))[1]


def _show(line: Line, previous: Line | None, reader: ZoneInfo) -> ShownLine:
    at = line.at.astimezone(reader)
    new_day = previous is None or previous.at.astimezone(reader).date() != at.date()
    follows = (
        not new_day
        and previous is not None
        and previous.kind == line.kind == "message"
        and previous.sender_id == line.sender_id
        and previous.audience == line.audience
        and line.at - previous.at < _FOLLOWS_WITHIN
    )
    time, exact = _clock(at.replace(second=0, microsecond=0, tzinfo=None))
    html = marked_up(line.body, line.mentions) if line.kind == "message" else ""
    return ShownLine(
        id=line.id,
        seq=line.seq,
        kind=line.kind,
        sender_id=line.sender_id,
        name=line.name,
        role=line.role,
        avatar=line.avatar,
        hue=line.hue,
        body="" if html else line.body,
        html=html,
        audience=line.audience,
        audience_label=line.audience_label,
        at=line.at.isoformat(),
        time=time,
        exact=exact,
        day=at.date().isoformat() if new_day else "",
        follows=follows,
        edited=line.edited,
        deleted=line.deleted,
        reactions=line.reactions,
        quote=(line.quote,) if line.quote else (),
        client_id=line.client_id,
        files=line.files,
    )
