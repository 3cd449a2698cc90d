"""The pages of the desk beside the workspace: where each is, and who reads it."""

from __future__ import annotations

from typing import Any, NamedTuple

from supportdesk import routes
from supportdesk.realtime.pages import Page
from supportdesk.state.account import AccountState
from supportdesk.state.audit import AuditState
from supportdesk.state.people import SellersState, UsersState
from supportdesk.state.person import PersonState
from supportdesk.state.reports import ReportsState
from supportdesk.state.requests import RequestsState
from supportdesk.state.settings import SettingsState
from supportdesk.state.teams import TeamsState


class Aside(NamedTuple):
    """`path` leads there, with or without more behind it. `page` is of the dashboard alone."""

    path: str
    arrive: Any
    reread: Any
    page: Page | None = None


ASIDES = (
    Aside(routes.ACCOUNT, AccountState.arrive, AccountState.reread),
    Aside(routes.ADMIN_USERS, UsersState.arrive, UsersState.reread, Page.USERS),
    Aside(routes.ADMIN_SELLERS, SellersState.arrive, SellersState.reread, Page.SELLERS),
    Aside(routes.ADMIN_PEOPLE, PersonState.arrive, PersonState.reread, Page.PERSON),
    Aside(routes.ADMIN_REQUESTS, RequestsState.arrive, RequestsState.reread, Page.REQUESTS),
    Aside(routes.ADMIN_TEAMS, TeamsState.arrive, TeamsState.reread, Page.TEAMS),
    Aside(routes.ADMIN_SETTINGS, SettingsState.arrive, SettingsState.reread, Page.SETTINGS),
    Aside(routes.ADMIN_REPORTS, ReportsState.arrive, ReportsState.reread, Page.REPORTS),
    Aside(routes.ADMIN_AUDIT, AuditState.arrive, AuditState.reread, Page.AUDIT),
)
REREADS = {aside.page: aside.reread for aside in ASIDES if aside.page}


def arrival_at(path: str) -> Any:
    """What happens on arriving there; None when it is no page of these."""
    for aside in ASIDES:
        if path == aside.path or path.startswith(f"{aside.path}/"):
            return aside.arrive
    return None
