"""The fields in which one rule of the desk is changed."""

import reflex as rx

from supportdesk.domain.rule_words import DAYS
from supportdesk.state.settings import SettingsState, edited
from supportdesk.ui.controls import described, error_in, field, text_input, wrong

_now = edited.value.to(dict[str, str])
_days = edited.value.to(dict[str, list[str]])["days"]


def _hidden() -> rx.Component:
    """Which rule it is."""
    return rx.el.input(type="hidden", name="key", value=_now["key"])


def rule() -> rx.Component:
    error = error_in(SettingsState.errors, "value")
    common = {"default_value": _now["value"], **described("value", error)}
    line = text_input("value", auto_complete="off", placeholder=_now["by_default"], **common)
    area = rx.el.textarea(id="value", name="value", class_name="area", **common)
    return rx.fragment(
        _hidden(),
        rx.el.div(
            rx.el.label(_now["name"], html_for="value"),
            rx.cond(edited.value.to(dict[str, bool])["long"], area, line),
            rx.cond(error != "", wrong(error, id="value-error")),
            rx.el.span(_now["hint"], class_name="hint"),
            rx.el.span(
                rx.cond(
                    _now["by_default"] != "",
                    f"Left empty: {_now['by_default']}.",
                    "Left empty: nothing.",
                ),
                class_name="hint",
            ),
            class_name="field",
        ),
    )


def working_hours() -> rx.Component:
    error = error_in(SettingsState.errors, "timezone")
    zone = text_input(
        "timezone",
        default_value=_now["timezone"],
        auto_complete="off",
        **described("timezone", error),
    )
    return rx.fragment(
        _hidden(),
        field("Time zone", zone, name="timezone", error=error, hint="Like Europe/Berlin."),
        rx.el.div(*[_day(place, name) for place, name in enumerate(DAYS)], class_name="week"),
        rx.el.p("A day without times is a day off.", class_name="hint"),
    )


def _day(place: int, name: str) -> rx.Component:
    error = error_in(SettingsState.errors, name.lower())
    return rx.el.fieldset(
        rx.el.legend(name, class_name="unseen"),
        rx.el.span(name, aria_hidden="true"),
        _time(name, "from", _days[2 * place], error),
        rx.el.span("to", aria_hidden="true"),
        _time(name, "until", _days[2 * place + 1], error),
        rx.cond(error != "", wrong(error, id=f"{name.lower()}-error")),
    )


def _time(day: str, side: str, value: rx.Var[str], error: rx.Var[str]) -> rx.Component:
    return rx.el.input(
        type="time",
        name=f"{side}-{day.lower()}",
        default_value=value,
        aria_label=f"{day} {side}",
        class_name="input",
        **described(day.lower(), error),
    )
