"""Searching all conversations that one may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

import reflex as rx

from supportdesk import routes
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.queries import numbers
from supportdesk.domain.queries.filters import SEARCH_MAX_LENGTH
from supportdesk.domain.queries.said_anywhere import Asked, SaidThere, said_anywhere
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.domain.queries.ticket_rows import HitPart
from supportdesk.domain.text import clean
from supportdesk.realtime.lines import zone
from supportdesk.state.choice import typed
from supportdesk.state.desk import browser_of
from supportdesk.state.session import attempt, signed_in

_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(9000, 1, 1)


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """`place` is the address of the message in its conversation."""

    id: str
    seq: int
    number: str
    subject: str
    status: str
    status_label: str
    name: str
    audience: str
    audience_label: str
    at: str
    time: str
    place: str
    parts: tuple[HitPart, ...]
    files: str


class FoundState(rx.State):
    """`asked` says whether anything is looked for, `found` what was found so far."""

    asked: bool = False
    found: list[FoundMessage] = []
    more: bool = False
    error: str = ""
    _asked: Asked = Asked()
    _after: UUID | None = None

    @rx.event
    async def look_for(self, form: dict[str, str]) -> None:
        """Find what the form asks for, the latest messages first."""
        viewer = await signed_in(self)
        self._asked = _read(form, viewer.timezone)
        self.found, self._after, self.more = [], None, False
        self.asked = bool(self._asked.words) or self._asked.narrows
        self.error = await attempt(self._read_page(viewer)) if self.asked else ""
        self._note_hits()

    @rx.event
    async def look_further(self) -> None:
        """Add the next page."""
        viewer = await signed_in(self)
        if self.more:
            self.error = await attempt(self._read_page(viewer))
            self._note_hits()

    @rx.event
    async def reread(self) -> None:
        """Sent when a message that was found has changed: find as many again."""
        viewer = await signed_in(self)
        shown, self.found, self._after, self.more = len(self.found), [], None, self.asked
        while self.more and len(self.found) < shown and not self.error:
            self.error = await attempt(self._read_page(viewer))
        self._note_hits()

    def _note_hits(self) -> None:
        if (browser := browser_of(self)) is not None:
            browser.hits["everywhere"] = frozenset(UUID(each.id) for each in self.found)

    async def _read_page(self, viewer: Viewer) -> None:
        page = await said_anywhere(viewer.actor, self._asked, self._after)
        self.found = [*self.found, *(_shown(each, viewer) for each in page.messages)]
        self._after, self.more = page.after, page.after is not None


def _read(form: object, timezone: str) -> Asked:
    """What a form asks for; what is not understood asks for nothing."""
    status = typed(form, "status")
    return Asked(
        words=clean(typed(form, "words")[:SEARCH_MAX_LENGTH]),
        sender=clean(typed(form, "sender")[:SEARCH_MAX_LENGTH]),
        status=Status(status) if status in set(Status) else None,
        since=_begin_of(typed(form, "since"), timezone),
        until=_begin_of(typed(form, "until"), timezone),
        has_file=typed(form, "file") == "1",
        here=numbers.read(typed(form, "here")) or 0,
    )


def _begin_of(day: str, timezone: str) -> datetime | None:
    """The first moment of that day where the reader is; the nearest that there is a clock for."""
    try:
        found = min(max(date.fromisoformat(day), _FIRST_DAY), _LAST_DAY)
        return datetime.combine(found, time.min, zone(timezone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _shown(each: SaidThere, viewer: Viewer) -> FoundMessage:
    at = each.at.astimezone(zone(viewer.timezone))
    page = routes.ticket(viewer.actor.role.value, each.number)
    return FoundMessage(
        id=str(each.id),
        seq=each.seq,
        number=each.number,
        subject=each.subject,
        status=each.status,
        status_label=each.status_label,
        name=each.name,
        audience=each.audience,
        audience_label=each.audience_label,
        at=each.at.isoformat(),
        time=f"{at.day} {at:%b %Y, %H:%M}",
        place=f"{page}#message-{each.seq}",
        parts=each.parts,
        files=each.files,
    )
