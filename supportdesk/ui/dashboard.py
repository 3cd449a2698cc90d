"""What the pages of the dashboard have in common."""

from typing import Any

import reflex as rx

from supportdesk.ui.controls import alert
from supportdesk.ui.shell import shell
from supportdesk.ui.skeletons import bone


def dashboard(
    place: str, error: Any, loaded: Any, *content: rx.Component, beside: Any = None
) -> rx.Component:
    """The page of the tab named `place`. `beside` stands at the right end of its heading."""
    return shell(
        "admin",
        rx.el.main(
            rx.el.div(rx.el.h1(place), beside, class_name="bar"),
            rx.el.div(
                alert(error),
                rx.cond(loaded, rx.fragment(*content), rx.el.div(bone(), aria_busy="true")),
                class_name="inside",
            ),
            id="content",
            tab_index=-1,
            class_name="settings",
        ),
        class_name="desk at-settings",
        place=place,
    )
