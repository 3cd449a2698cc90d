"""What stands around every event: whose state it is, and what happens when one fails."""

from __future__ import annotations

import logging
from typing import cast

import reflex as rx
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from reflex.event import Event, EventSpec
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate

from supportdesk import routes
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.state.session import SessionState, SignedOut, leave_for, viewer_of

_log = logging.getLogger(__name__)
_HYDRATING = ("hydrate", "hydrate_and_load")
# Anybody can report an error of "their browser": the log has room for some, on a line each.
_REPORTS = parse("5 per 10 second")
_REPORT_LENGTH = 400
_reports = MovingWindowRateLimiter(MemoryStorage())


class OwnerGuard(Middleware):
    """Nothing of one person is shown to the next one at the same tab.

    A tab keeps its token, and the server its state, from one page load to the next: also when
    somebody else signs in there, and whoever learns a tab's token can name it. So before anything
    happens in a state it must belong to the session in the cookie, or it starts empty; and before
    a page is filled from it, that session must still hold.
    """

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        root = cast("rx.State", state._get_root_state())
        session = await root.get_state(SessionState)
        hydrating = event.name.rpartition(".")[2] in _HYDRATING
        if session._is_anothers() or (hydrating and session._owner and not await _holds(root)):
            root.reset()
        return None


async def _holds(state: rx.State) -> bool:
    try:
        return await viewer_of(state) is not None
    except DatabaseUnavailable:
        return False


def on_exception(exception: Exception) -> EventSpec | None:
    """Answer an event that failed. The log names the error, never what the browser had sent."""
    if isinstance(exception, SignedOut):
        return leave_for(routes.login(then=exception.path))
    if isinstance(exception, DatabaseUnavailable):
        return rx.toast.error(str(exception))
    if isinstance(exception, TypeError | KeyError | ValueError | AttributeError):
        # Mostly a made-up event: handlers take their arguments by name.
        _log.warning("an event was refused: %s", type(exception).__name__)
        _log.debug("refused event", exc_info=exception)
        return None
    _log.error("an event failed", exc_info=exception)
    return rx.toast.error("Something went wrong on our side. What you typed is still here.")


def on_frontend_exception(exception: Exception) -> None:
    """Log what a browser says went wrong there: little of it, and nothing that looks like a log."""
    if _reports.hit(_REPORTS):
        _log.warning("a browser reported: %s", ascii(str(exception)[:_REPORT_LENGTH]))
