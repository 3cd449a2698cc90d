"""What the desk asks for and offers, for admins to manage."""

import reflex as rx

from supportdesk.ui.places import SETTINGS
from supportdesk.ui.settings import settings_page
from supportdesk.ui.shell import shell


def settings() -> rx.Component:
    return shell("admin", settings_page(), class_name="desk at-settings", place=SETTINGS)
