"""Lines of a conversation as a reader in some time zone sees them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from supportdesk.domain.queries.thread import Line

# Within this time, a second message of the same person is drawn without their name again.
_FOLLOWS_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """`day` is the date when this line begins a new day, else empty; `time` is hours:minutes."""

    id: str
    seq: int
    kind: str
    sender_id: str
    name: str
    role: str
    avatar: str
    hue: int
    body: str
    audience: str
    audience_label: str
    at: str
    time: str
    day: str
    follows: bool


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
    return ShownLine(
        id=line.id,
        seq=line.seq,
        kind=line.kind,
        sender_id=line.sender_id,
        name=line.name,
        role=line.role,
        avatar=line.avatar,
        hue=line.hue,
        body=line.body,
        audience=line.audience,
        audience_label=line.audience_label,
        at=line.at.isoformat(),
        time=f"{at:%H:%M}",
        day=at.date().isoformat() if new_day else "",
        follows=follows,
    )
