"""What the desk says to those who come with a question."""

import reflex as rx

from supportdesk.state.rules import RulesState


def welcome() -> rx.Component:
    """The admins' word of welcome, where there is one."""
    return rx.cond(
        RulesState.welcome != "",
        rx.html(RulesState.welcome, class_name="marked welcome"),
    )


def away() -> rx.Component:
    """That nobody is there just now, while that is so."""
    return rx.cond(
        RulesState.away != "",
        rx.el.div(
            rx.icon("moon", size=14),
            rx.html(RulesState.away, class_name="marked"),
            role="note",
            aria_label="Out of hours",
            class_name="note away",
        ),
    )
