"""What surrounds every page of those who are signed in."""

import reflex as rx
from reflex_components_core.el.elements.inline import A

from supportdesk.ui import focus, times
from supportdesk.ui.account import account_menu
from supportdesk.ui.attention import attention
from supportdesk.ui.brand import mark
from supportdesk.ui.connection import lost_connection
from supportdesk.ui.find_messages import find_messages
from supportdesk.ui.fonts import inter
from supportdesk.ui.joining import join_dialog, requests_button
from supportdesk.ui.news import news
from supportdesk.ui.notifications import notifications
from supportdesk.ui.palette import palette, shortcut_help
from supportdesk.ui.places import TICKETS, Place, rail
from supportdesk.ui.shortcuts import keys, opens_palette, show_help
from supportdesk.ui.tabs import tabs


def shell(
    role: str, *panels: rx.Component, class_name: rx.Var[str] | str = "", place: str = TICKETS
) -> rx.Component:
    """`panels` beside the navigation of `role`, of which the page is the one named `place`."""
    return times.one_timer(
        inter(),
        _skip_link(),
        lost_connection(),
        attention(),
        news(beside_tickets=place == TICKETS),
        rx.el.div(
            _rail(role, place),
            tabs(place) if role == "admin" else None,
            *panels,
            keys(role, place),
            palette(role, place),
            find_messages(),
            shortcut_help(role, place),
            join_dialog() if role != "admin" else None,
            class_name=f"{class_name} tabbed" if role == "admin" else class_name,
        ),
    )


def _skip_link() -> rx.Component:
    """For those who come by Tab, past the navigation and the list."""
    # A link within the app would lead to the page as it is without its query.
    return A.create(
        "Skip to the content",
        href="#content",
        on_click=[rx.prevent_default, focus.on("#ticket-heading, #content")],
        class_name="skip",
    )


def _rail(role: str, current: str) -> rx.Component:
    return rx.el.header(
        rx.el.span(mark(), class_name="brand"),
        rx.el.nav(
            rx.el.ul(*[rx.el.li(_place(place, place.name == current)) for place in rail(role)]),
            aria_label="Main",
        ),
        requests_button() if role != "admin" else None,
        notifications(),
        account_menu(opens_palette(), show_help()),
        class_name="rail",
    )


def _place(place: Place, current: bool) -> rx.Component:
    return rx.el.a(
        rx.icon(place.icon, size=18),
        rx.el.span(place.name, aria_hidden="true", class_name="caption"),
        href=place.href,
        aria_label=place.name,
        **({"aria_current": "page"} if current else {}),
        title=place.name,
        class_name="place",
    )
