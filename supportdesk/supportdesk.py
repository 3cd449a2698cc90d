"""Composition root: the app, its pages, its HTTP routes and what runs beside them. No logic."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import reflex as rx
from starlette.applications import Starlette

from supportdesk import logs
from supportdesk.api import (
    attachments,
    audit,
    auth,
    health,
    old_addresses,
    personal_data,
    reports,
    uploads,
)
from supportdesk.api.hardening import harden
from supportdesk.api.pages import plain_addresses
from supportdesk.database.engine import DatabaseUnavailable, dispose_engine
from supportdesk.domain import rules
from supportdesk.jobs.sealing import seal_forever
from supportdesk.pages import PAGES
from supportdesk.realtime.attendance import attend
from supportdesk.realtime.hub import Hub
from supportdesk.realtime.listener import listen
from supportdesk.state import desk
from supportdesk.state.account import AccountState
from supportdesk.state.audit import AuditState
from supportdesk.state.composer import SEND
from supportdesk.state.guard import OwnerGuard, on_exception, on_frontend_exception
from supportdesk.state.people import SellersState, UsersState
from supportdesk.state.person import PersonState
from supportdesk.state.presence import spare_the_crowd
from supportdesk.state.public import (
    HomeState,
    InviteState,
    ResetState,
    SetupState,
    SignInState,
    SignUpState,
)
from supportdesk.state.reports import ReportsState
from supportdesk.state.requests import RequestsState
from supportdesk.state.screen import ReflexScreen
from supportdesk.state.sending import post_ahead
from supportdesk.state.settings import SettingsState
from supportdesk.state.teams import TeamsState
from supportdesk.state.workspace import WorkspaceState
from supportdesk.storage.looking import get_ready
from supportdesk.storage.sweep import sweep_forever
from supportdesk.ui import frame
from supportdesk.ui.notifications import titled

ON_LOAD = {
    "home": HomeState.arrive,
    "sign_in": SignInState.arrive,
    "sign_up": SignUpState.arrive,
    "setup": SetupState.arrive,
    "invite": InviteState.arrive,
    "reset_password": ResetState.arrive,
    "workspace": WorkspaceState.arrive,
    "users": UsersState.arrive,
    "sellers": SellersState.arrive,
    "person": PersonState.arrive,
    "requests": RequestsState.arrive,
    "teams": TeamsState.arrive,
    "settings": SettingsState.arrive,
    "reports": ReportsState.arrive,
    "audit": AuditState.arrive,
    "account": AccountState.arrive,
}
HTTP_ROUTES = [
    *health.ROUTES,
    *auth.ROUTES,
    *old_addresses.ROUTES,
    *uploads.ROUTES,
    *attachments.ROUTES,
    *reports.ROUTES,
    *audit.ROUTES,
    *personal_data.ROUTES,
]

logs.redact()
app = rx.App(
    theme=None,
    stylesheets=frame.STYLESHEETS,
    head_components=frame.head(),
    app_wraps=frame.wraps(),
    hydrate_fallback=frame.waiting,
    html_lang="en",
    toaster=frame.toaster(),
    backend_exception_handler=on_exception,
    frontend_exception_handler=on_frontend_exception,
    api_transformer=[Starlette(routes=HTTP_ROUTES), plain_addresses, harden],
)
app.add_middleware(OwnerGuard(), index=0)

for page in PAGES:
    app.add_page(
        page.component,
        route=page.route,
        title=titled(page.title),
        on_load=ON_LOAD.get(page.on_load),
    )


@asynccontextmanager
async def follow_the_database() -> AsyncIterator[None]:
    """From the server's start to its end: the hub, its listener, the pool of connections."""
    hub = Hub(ReflexScreen(app))
    desk.install(hub)
    with suppress(DatabaseUnavailable):  # Then they are read when there is somebody to listen to.
        await rules.refresh()
    forget_when_gone(hub)
    if app.event_namespace is not None:
        post_ahead(app.event_namespace, SEND)
        spare_the_crowd(app.event_namespace)
    beside = (listen(hub), attend(hub.attendance), sweep_forever(), seal_forever(), get_ready())
    tasks = [asyncio.create_task(each) for each in beside]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(DatabaseUnavailable):
            await hub.attendance.end()
        await dispose_engine()


def forget_when_gone(hub: Hub) -> None:
    """Reflex has no hook for a closed connection, so its own handler is extended."""
    namespace = app.event_namespace
    if namespace is None:
        return
    tidy_up = namespace.on_disconnect

    def on_disconnect(sid: str, *reason: object) -> object:
        hub.disconnect(sid)
        return tidy_up(sid)

    namespace.on_disconnect = on_disconnect  # type: ignore[method-assign,assignment]


app.register_lifespan_task(follow_the_database)
