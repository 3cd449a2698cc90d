"""The front door: on the way to one's tickets, or to the sign-in page."""

import reflex as rx

from supportdesk.ui.door import door


def home() -> rx.Component:
    return door(rx.el.h1("supportdesk", class_name="unseen"))
