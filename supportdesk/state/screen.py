"""How the hub's changes reach browsers through Reflex.

What is the same for many goes out as one packet, encoded once, past the server's copy of the
state: such vars are projections of the database that nobody reads on the server. What is one tab's
own is an event of that tab, like any other, and finds its actor like any other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextvars import Context
from typing import Any

import reflex as rx
from reflex.event import Event
from reflex.istate.manager.token import BaseStateToken
from reflex.state import StateUpdate
from reflex_base.constants import SocketEvent
from reflex_base.constants.state import FIELD_MARKER

from supportdesk.domain.actor import Role
from supportdesk.realtime.multicast import Multicast
from supportdesk.realtime.pages import Page
from supportdesk.realtime.presence import Present
from supportdesk.realtime.screen import InboxChange, ThreadChange
from supportdesk.realtime.typing import Typist
from supportdesk.realtime.unread_counts import News
from supportdesk.state.account import AccountState
from supportdesk.state.asides import REREADS
from supportdesk.state.composer import ComposerState
from supportdesk.state.dashboard import DashboardState
from supportdesk.state.details import DetailsState
from supportdesk.state.filters import FilterState
from supportdesk.state.found import FoundState
from supportdesk.state.inbox import InboxState
from supportdesk.state.message import MessageState
from supportdesk.state.new_ticket import NewTicketState
from supportdesk.state.notifications import NotificationState
from supportdesk.state.palette import PaletteState
from supportdesk.state.replies import RepliesState
from supportdesk.state.rules import RulesState, allowed, said_to
from supportdesk.state.said import SaidState
from supportdesk.state.standing import StandingState
from supportdesk.state.thread import ThreadState, show_facts
from supportdesk.state.views import ViewsState
from supportdesk.state.workspace import WorkspaceState


class ReflexScreen:
    def __init__(self, app: rx.App) -> None:
        self._app = app
        self._multicast = Multicast(app.sio)

    async def change_thread(self, sockets: Iterable[str], change: ThreadChange) -> None:
        values: dict[str, Any] = {
            f"live_{slot}": [line] if line else [] for slot, line in change.live.items()
        }
        if change.history is not None:
            values["history"] = list(change.history)
        if change.has_earlier is not None:
            values["has_earlier"] = change.has_earlier
        if change.facts is not None:
            values["facts"] = show_facts(change.facts, change.timezone)
        if change.receipt is not None:
            values["receipt"] = change.receipt
        await self._send(sockets, ThreadState, values)

    async def change_presence(self, sockets: Iterable[str], present: Present) -> None:
        values = {
            "admins_here": list(present.admins),
            "more_admins": present.more,
            "presence": dict(present.people),
        }
        await self._send(sockets, ThreadState, values)

    async def change_typing(self, sockets: Iterable[str], typing: Sequence[Typist]) -> None:
        await self._send(sockets, ThreadState, {"typing": list(typing)})

    async def change_inbox(self, sockets: Iterable[str], change: InboxChange) -> None:
        values: dict[str, Any] = {
            f"row_{slot}": [row] if row else [] for slot, row in change.rows.items()
        }
        if change.order is not None:
            values["order"] = list(change.order)
        if change.total is not None:
            values |= {"total": change.total.number, "capped": change.total.capped}
        if change.has_more is not None:
            values["has_more"] = change.has_more
        await self._send(sockets, InboxState, values)

    async def reread_thread(self, token: str) -> None:
        await self._tell(token, WorkspaceState.reopen)

    async def reread_inbox(self, token: str) -> None:
        await self._tell(token, InboxState.reread)

    async def look_at_hold(self, token: str) -> None:
        await self._tell(token, InboxState.look_at_hold)

    async def show_counts(self, sockets: Iterable[str], counts: Mapping[str, str]) -> None:
        await self._send(sockets, ViewsState, {"counts": dict(counts)})

    async def show_unread(self, sockets: Iterable[str], count: int, news: News | None) -> None:
        values: dict[str, Any] = {"unread": count}
        if news is not None:
            values["news"] = news
        await self._send(sockets, NotificationState, values)

    async def reread_notifications(self, token: str) -> None:
        await self._tell(token, NotificationState.reread)

    async def reread_preferences(self, token: str) -> None:
        await self._tell(token, AccountState.reread)

    async def reread_views(self, token: str) -> None:
        await self._tell(token, ViewsState.reread)

    async def reread_marks(self, token: str) -> None:
        await self._tell(token, InboxState.reread_marks)

    async def recheck_session(self, token: str) -> None:
        await self._tell(token, WorkspaceState.recheck)

    async def reread_choices(self, token: str) -> None:
        await self._tell(token, FilterState.reread_choices)
        await self._tell(token, DetailsState.count_again)

    async def renew_offer(self, token: str) -> None:
        await self._tell(token, NewTicketState.ask_whether_open)

    async def reread_replies(self, token: str) -> None:
        await self._tell(token, RepliesState.reread)

    async def reread_page(self, token: str, page: Page) -> None:
        await self._tell(token, REREADS[page])

    async def show_dashboard(self, sockets: Iterable[str], counts: Mapping[str, str]) -> None:
        await self._send(sockets, DashboardState, {"counts": dict(counts)})

    async def reread_requests(self, token: str) -> None:
        await self._tell(token, StandingState.reread)

    async def reread_reported(self, token: str) -> None:
        await self._tell(token, StandingState.reread_reported)

    async def reread_hits(self, token: str) -> None:
        await self._tell(token, FoundState.reread)
        await self._tell(token, SaidState.reread)
        await self._tell(token, PaletteState.reread)
        await self._tell(token, MessageState.reread_versions)

    async def show_rules(self, sockets: Iterable[str], role: Role) -> None:
        to = list(sockets)
        await self._send(to, ComposerState, allowed(role))
        await self._send(to, RulesState, said_to(role))

    async def keep(self, tokens: Iterable[str]) -> None:
        for token in tokens:
            await self._app.state_manager.get_state(BaseStateToken(ident=token, cls=rx.State))

    async def _send(
        self, sockets: Iterable[str], state: type[rx.State], values: dict[str, Any]
    ) -> None:
        to = list(sockets)
        namespace = self._app.event_namespace
        if not to or not values or namespace is None:
            return
        delta = {state.get_full_name(): {f"{k}{FIELD_MARKER}": v for k, v in values.items()}}
        event = [str(SocketEvent.EVENT), StateUpdate(delta=delta)]
        await self._multicast.send(to, namespace.namespace, event)

    async def _tell(self, token: str, handler: Any) -> None:
        # In a context of its own: from the event of another tab, which this may be part of, it
        # would take along that tab's address and cookies, and end when that one ends.
        processor = self._app.event_processor
        for event in Event.from_event_type(handler()):
            await asyncio.create_task(processor.enqueue(token, event), context=Context())
