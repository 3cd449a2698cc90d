"""What a tab is handed when it opens a conversation."""

from __future__ import annotations

from dataclasses import dataclass

from supportdesk.domain.queries.thread import Line, Receipt
from supportdesk.domain.queries.ticket_facts import TicketFacts


@dataclass(frozen=True, slots=True)
class ThreadSnapshot:
    """Everything a tab needs to draw the conversation."""

    facts: TicketFacts
    history: tuple[Line, ...]
    has_earlier: bool
    live: tuple[Line, ...]
    receipt: Receipt

    @property
    def first_seq(self) -> int:
        first = self.history or self.live
        return first[0].seq if first else 0

    @property
    def last_seq(self) -> int:
        last = self.live or self.history
        return last[-1].seq if last else 0
