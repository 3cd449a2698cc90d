"""What surrounds every page of those who are signed in."""

import reflex as rx

from supportdesk import routes
from supportdesk.state.workspace import WorkspaceState
from supportdesk.ui import times
from supportdesk.ui.account import account_menu
from supportdesk.ui.brand import mark
from supportdesk.ui.connection import lost_connection
from supportdesk.ui.fonts import inter

_ZONE = "Intl.DateTimeFormat().resolvedOptions().timeZone"


def shell(role: str, *panels: rx.Component, class_name: rx.Var[str] | str = "") -> rx.Component:
    """`panels` beside the navigation of `role`, of which the page is one place."""
    return times.one_timer(
        inter(),
        lost_connection(),
        rx.el.div(
            _rail(role),
            *panels,
            class_name=class_name,
            on_mount=rx.call_script(_ZONE, callback=WorkspaceState.note_timezone),
        ),
    )


def _rail(role: str) -> rx.Component:
    home = routes.tickets(role)
    return rx.el.header(
        rx.el.span(mark(), class_name="brand"),
        rx.el.nav(
            rx.el.ul(rx.el.li(_place("Tickets", "ticket", home))),
            aria_label="Main",
        ),
        account_menu(),
        class_name="rail",
    )


def _place(name: str, icon: str, href: str) -> rx.Component:
    """A link to a section; there is one so far, so it is always the current one."""
    return rx.el.a(
        rx.icon(icon, size=18),
        rx.el.span(name, aria_hidden="true", class_name="caption"),
        href=href,
        aria_label=name,
        aria_current="page",
        title=name,
        class_name="place",
    )
