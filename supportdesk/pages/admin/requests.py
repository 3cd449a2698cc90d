"""Who asks to join a conversation, and what was reported, for admins to decide."""

import reflex as rx

from supportdesk.state.requests import RequestsState
from supportdesk.ui.dashboard import dashboard
from supportdesk.ui.places import REQUESTS
from supportdesk.ui.requests import sections


def requests() -> rx.Component:
    return dashboard(REQUESTS, RequestsState.error, RequestsState.loaded, *sections())
