"""Arriving on a page of the desk that is not the workspace."""

from __future__ import annotations

import reflex as rx

from supportdesk.domain.queries.sessions import Viewer
from supportdesk.realtime.browser import Browser
from supportdesk.state.desk import hub
from supportdesk.state.notifications import NotificationState
from supportdesk.state.session import SessionState
from supportdesk.state.views import ViewsState


async def arrive_aside(state: rx.State, viewer: Viewer) -> Browser:
    """The tab, which follows nothing by now of what it showed before."""
    (await state.get_state(SessionState))._welcome(viewer)
    session = state.router.session
    browser = hub().connect(session.client_token, session.session_id, viewer)
    hub().forget(browser)
    (await state.get_state(ViewsState))._follows = False
    (await state.get_state(NotificationState))._arrive(browser)
    return browser
