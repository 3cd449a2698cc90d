"""Searching the open conversation."""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx
from reflex.event import EventSpec

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.queries.said import MOST, Said, said_in
from supportdesk.domain.queries.thread import PRIVATE_LABELS
from supportdesk.domain.queries.ticket_rows import HitPart
from supportdesk.domain.text import clean
from supportdesk.realtime.lines import zone
from supportdesk.state.desk import browser_of
from supportdesk.state.session import signed_in
from supportdesk.state.thread import ThreadState

SEARCH_BOX = "search-conversation"
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Hit:
    seq: int
    name: str
    at: str
    time: str
    audience: str
    audience_label: str
    parts: tuple[HitPart, ...]


class SaidState(rx.State):
    """`number` is the ticket that `hits` are of, `asked` what was looked for there."""

    number: str = ""
    asked: str = ""
    hits: list[Hit] = []
    more: bool = False
    error: str = ""

    @rx.event
    async def look_for(self, words: str) -> None:
        """Find where it was said. No words: close the search."""
        await self._look_for(words)

    async def _look_for(self, words: str) -> None:
        viewer = await signed_in(self)
        ticket = await self.get_state(ThreadState)
        conversation_id = await ticket._ticket_id()
        self.number, self.asked, self.error = ticket.number, clean(str(words)[:_LONGEST]), ""
        self.hits, self.more = [], False
        if not self.asked or conversation_id is None:
            self.asked = ""
            return
        try:
            found = await said_in(viewer.actor, conversation_id, self.asked)
        except DatabaseUnavailable as error:
            self.error = str(error)
            return
        if (browser := browser_of(self)) is not None:
            browser.hits["here"] = frozenset(each.id for each in found)
        self.hits = [_shown(each, viewer.timezone) for each in found[:MOST]]
        self.more = len(found) > MOST

    @rx.event
    async def reread(self) -> None:
        """Sent when a message that was found has changed."""
        if self.asked:
            await self._look_for(self.asked)

    @rx.event
    def close(self) -> EventSpec:
        """Empty the box, and show the conversation alone."""
        self.asked, self.hits, self.more, self.error = "", [], False, ""
        return rx.set_value(SEARCH_BOX, "")


def _shown(said: Said, timezone: str) -> Hit:
    at = said.at.astimezone(zone(timezone))
    return Hit(
        said.seq,
        said.name,
        said.at.isoformat(),
        f"{at.day} {at:%b}, {at:%H:%M}",
        said.audience,
        PRIVATE_LABELS[said.audience],
        said.parts,
    )
