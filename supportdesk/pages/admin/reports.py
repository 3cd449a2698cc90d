"""How much comes in, how much is left, and how long people wait."""

import reflex as rx

from supportdesk.state.reports import ReportsState
from supportdesk.ui.dashboard import dashboard
from supportdesk.ui.places import REPORTS
from supportdesk.ui.reports import file_link, sections


def reports() -> rx.Component:
    return dashboard(
        REPORTS, ReportsState.error, ReportsState.loaded, *sections(), beside=file_link()
    )
