"""What the desk asks for and offers, for admins to manage."""

import reflex as rx

from supportdesk.state.settings import SettingsState
from supportdesk.ui.dashboard import dashboard
from supportdesk.ui.places import SETTINGS
from supportdesk.ui.settings import sections


def settings() -> rx.Component:
    return dashboard(SETTINGS, SettingsState.error, SettingsState.loaded, *sections())
