"""The panels of a wide screen: list and details can be made wider, narrower, or put away.

On smaller screens the stylesheet takes all of this out of the layout.
"""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.experimental import ClientStateVar

from supportdesk.ui import resizable
from supportdesk.ui.controls import icon_button

LIST, DETAILS = "list-panel", "details-panel"
WIDTHS = {LIST: 360, DETAILS: 304}
WIDEST = {LIST: 620, DETAILS: 520}
NARROWEST = 260

# Whether they are put away, as their own sizes say. Lives in the browser.
_AWAY = {
    LIST: ClientStateVar.create("list_away", default=False),
    DETAILS: ClientStateVar.create("details_away", default=False),
}


def side_by_side(list_: rx.Component, conversation: rx.Component, **props: Any) -> rx.Component:
    """The list beside the conversation."""
    return rx.el.main(
        resizable.group(
            _side(list_, LIST),
            _border("Resize the list"),
            resizable.panel(conversation, id="conversation-panel", min_size=340),
            class_name="panels",
        ),
        **props,
    )


def with_details(main: rx.Component, details: rx.Component, shown: rx.Var[bool]) -> rx.Component:
    """Everything beside the details, for as long as a ticket is open."""
    return resizable.group(
        resizable.panel(main, id="main-panel", min_size=600),
        rx.cond(shown, _border("Resize the details")),
        rx.cond(shown, _side(details, DETAILS)),
        class_name="panels",
    )


def _border(name: str) -> rx.Component:
    """Named by its title: it stands between the landmarks of the page, where no label may."""
    return resizable.separator(custom_attrs={"title": name}, class_name="edge")


def _side(content: rx.Component, name: str) -> rx.Component:
    return resizable.remembered_panel(
        content,
        id=name,
        default_size=WIDTHS[name],
        min_size=NARROWEST,
        max_size=WIDEST[name],
        away=_AWAY[name],
        class_name=rx.cond(_AWAY[name].value, "away", ""),
    )


def bring_back(name: str) -> rx.Var[Any]:
    return resizable.expand(name, WIDTHS[name])


def toggle_button(name: str, what: str, icon: str) -> rx.Component:
    """Puts the panel away, or brings it back as wide as it was."""
    away = _AWAY[name].value
    return icon_button(
        rx.cond(away, f"Show the {what}", f"Hide the {what}"),
        icon,
        kind=f"quiet edge-toggle of-{name}",
        aria_expanded=rx.cond(away, "false", "true"),
        on_click=resizable.toggle(name, WIDTHS[name]),
    )
