"""What the hub asks of whatever draws the screens. The state layer implements it for Reflex."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from supportdesk.domain.queries.inbox import TicketRow
from supportdesk.domain.queries.thread import TicketFacts
from supportdesk.realtime.lines import ShownLine


@dataclass(frozen=True, slots=True)
class ThreadChange:
    """Only what is not None changes. `live` maps a slot to its line (None: now empty)."""

    live: Mapping[int, ShownLine | None] = field(default_factory=dict)
    history: Sequence[ShownLine] | None = None
    has_earlier: bool | None = None
    facts: TicketFacts | None = None


@dataclass(frozen=True, slots=True)
class InboxChange:
    """Only what is not None changes. `rows` maps a slot to its row (None: now empty)."""

    rows: Mapping[int, TicketRow | None] = field(default_factory=dict)
    order: Sequence[int] | None = None
    total: int | None = None
    has_more: bool | None = None


class Screen(Protocol):
    """`sockets` get one and the same packet; a `token` is told to read again for itself."""

    async def change_thread(self, sockets: Iterable[str], change: ThreadChange) -> None: ...

    async def change_inbox(self, sockets: Iterable[str], change: InboxChange) -> None: ...

    async def reread_thread(self, token: str) -> None:
        """The ticket's conversation, with as many earlier pages as this tab has loaded."""

    async def reread_inbox(self, token: str) -> None:
        """The further pages of the list that this tab has loaded, and its marks."""

    async def reread_marks(self, token: str) -> None:
        """What the person has read and starred."""

    async def keep(self, tokens: Iterable[str]) -> None:
        """These tabs are still there: hold what they have, however quiet they are."""

    async def recheck_session(self, token: str) -> None:
        """Leave for the sign-in page if the session is over; otherwise read everything again."""
