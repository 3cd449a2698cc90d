"""What the hub asks of whatever draws the screens. The state layer implements it for Reflex."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from supportdesk.domain.actor import Role
from supportdesk.domain.queries.inbox import Count, TicketRow
from supportdesk.domain.queries.ticket_facts import TicketFacts
from supportdesk.realtime.lines import ShownLine, ShownReceipt

if TYPE_CHECKING:
    from supportdesk.realtime.pages import Page
    from supportdesk.realtime.presence import Present
    from supportdesk.realtime.typing import Typist
    from supportdesk.realtime.unread_counts import News


@dataclass(frozen=True, slots=True)
class ThreadChange:
    """Only what is not None changes. `live` maps a slot to its line (None: now empty)."""

    live: Mapping[int, ShownLine | None] = field(default_factory=dict)
    history: Sequence[ShownLine] | None = None
    has_earlier: bool | None = None
    facts: TicketFacts | None = None
    receipt: ShownReceipt | None = None
    timezone: str = "UTC"
    """That of all who are told: dates among the facts are the reader's."""


@dataclass(frozen=True, slots=True)
class InboxChange:
    """Only what is not None changes. `rows` maps a slot to its row (None: now empty)."""

    rows: Mapping[int, TicketRow | None] = field(default_factory=dict)
    order: Sequence[int] | None = None
    total: Count | None = None
    has_more: bool | None = None


class Screen(Protocol):
    """`sockets` get one and the same packet; a `token` is told to read again for itself."""

    async def change_thread(self, sockets: Iterable[str], change: ThreadChange) -> None: ...

    async def change_presence(self, sockets: Iterable[str], present: Present) -> None: ...

    async def change_typing(self, sockets: Iterable[str], typing: Sequence[Typist]) -> None: ...

    async def change_inbox(self, sockets: Iterable[str], change: InboxChange) -> None: ...

    async def reread_thread(self, token: str) -> None:
        """The ticket's conversation, with as many earlier pages as this tab has loaded."""

    async def reread_inbox(self, token: str) -> None:
        """The further pages of the list that this tab has loaded, and its marks."""

    async def look_at_hold(self, token: str) -> None:
        """What changed under a list that is held still."""

    async def show_counts(self, sockets: Iterable[str], counts: Mapping[str, str]) -> None:
        """How many tickets each view of the menu has, by its query."""

    async def show_unread(self, sockets: Iterable[str], count: int, news: News | None) -> None:
        """How many notifications the person has not seen, and the latest if it just came."""

    async def reread_notifications(self, token: str) -> None:
        """The list of notifications, where it is open."""

    async def reread_preferences(self, token: str) -> None:
        """What the person wants to be told of, on their page."""

    async def reread_views(self, token: str) -> None:
        """The saved views that the person may choose."""

    async def reread_marks(self, token: str) -> None:
        """What the person has read and starred."""

    async def reread_choices(self, token: str) -> None:
        """What the filters and the details offer to choose from."""

    async def renew_offer(self, token: str) -> None:
        """What the form for a new ticket offers, where it is open."""

    async def reread_replies(self, token: str) -> None:
        """The canned replies that are at hand, if they have been asked for."""

    async def reread_page(self, token: str, page: Page) -> None:
        """What stands on that page of the dashboard."""

    async def show_dashboard(self, sockets: Iterable[str], counts: Mapping[str, str]) -> None:
        """How much there is behind each tab of the dashboard."""

    async def reread_requests(self, token: str) -> None:
        """What the person has asked to be let into, and what became of it."""

    async def reread_reported(self, token: str) -> None:
        """Which messages of the open conversation the person has reported."""

    async def reread_hits(self, token: str) -> None:
        """What the searches of this tab have found, and the versions that it shows."""

    async def show_rules(self, sockets: Iterable[str], role: Role) -> None:
        """What the desk allows to those of that role, and says to them."""

    async def keep(self, tokens: Iterable[str]) -> None:
        """These tabs are still there: hold what they have, however quiet they are."""

    async def recheck_session(self, token: str) -> None:
        """Leave for the sign-in page if the session is over; otherwise read everything again."""
