"""The dialog in which one thing of the settings is added or changed."""

from typing import Any

import reflex as rx
from reflex_components_radix.primitives.dialog import dialog

from supportdesk.domain.models import COLOURS, FieldKind, TicketType
from supportdesk.domain.queries.settings import ALL_TYPES
from supportdesk.state.settings import NOTHING_EDITED, SettingsState, edited, kind_chosen
from supportdesk.ui import focus
from supportdesk.ui.controls import alert, button, described, error_in, field, select, text_input
from supportdesk.ui.manage_replies import PLACEHOLDERS
from supportdesk.ui.rule_fields import rule, working_hours

_IN_TEMPLATES = "{buyer}, {seller}, {my_name} and {date} are filled in."

_now = edited.value.to(dict[str, str])
_sort, _id = _now["sort"], _now["id"]
_is_rule = (_sort == "rule") | (_sort == "hours")
# How it read when the dialog opened, or when its reader was told that it has changed.
_was = rx.cond(SettingsState.overtaken, SettingsState.was, _now["was"])
_word = rx.match(_sort, ("reply", "shared reply"), ("field", "custom field"), _sort)


def editor() -> rx.Component:
    return dialog.root(
        dialog.portal(
            dialog.overlay(class_name="veil"),
            dialog.content(
                _form(),
                class_name="dialog",
                aria_describedby="",
                **focus.given_back(),
                # A stray click beside it must not throw away what was typed.
                on_interact_outside=rx.prevent_default,
            ),
        ),
        open=_sort != "",
        on_open_change=lambda _: edited.set_value(NOTHING_EDITED),
    )


def _form() -> rx.Component:
    new = _id == ""
    title = rx.cond(new, f"New {_word}", f"Change the {_word}")
    return rx.el.form(
        rx.el.div(
            dialog.title(rx.el.h2(rx.cond(_is_rule, _now["name"], title)), as_child=True),
            class_name="top",
        ),
        rx.el.div(
            alert(error_in(SettingsState.errors, "form")),
            rx.el.input(type="hidden", name="sort", value=_sort),
            rx.el.input(type="hidden", name="id", value=_id),
            # What others have changed since is not lost.
            rx.el.input(type="hidden", name="was", value=_was),
            rx.cond(_is_rule, rx.fragment(), _line("Name", "name")),
            rx.match(
                _sort,
                ("template", _template()),
                ("reply", _text("Text", "body", PLACEHOLDERS)),
                ("field", _field(new)),
                ("tag", _tag()),
                ("rule", rule()),
                ("hours", working_hours()),
                rx.fragment(),
            ),
            class_name="body",
        ),
        rx.el.div(
            button("Cancel", on_click=edited.set_value(NOTHING_EDITED)),
            button("Save", kind="primary", type="submit"),
            class_name="foot",
        ),
        on_submit=SettingsState.submit,
        no_validate=True,
    )


def _line(label: str, name: str) -> rx.Component:
    error = error_in(SettingsState.errors, name)
    control = text_input(
        name, default_value=_now[name], auto_complete="off", **described(name, error)
    )
    return field(label, control, name=name, error=error)


def _text(label: str, name: str, hint: str) -> rx.Component:
    error = error_in(SettingsState.errors, name)
    control = rx.el.textarea(
        id=name,
        name=name,
        default_value=_now[name],
        class_name="area",
        **described(name, error),
    )
    return field(label, control, name=name, error=error, hint=hint)


def _choice(label: str, name: str, *options: rx.Component, **props: Any) -> rx.Component:
    error = error_in(SettingsState.errors, name)
    props.setdefault("default_value", _now[name])
    return field(
        label,
        select(*options, name=name, **props, **described(name, error)),
        name=name,
        error=error,
    )


def _types() -> list[rx.Component]:
    return [rx.el.option(each.label, value=each.value) for each in TicketType]


def _template() -> rx.Component:
    return rx.fragment(
        _choice("Type", "type", *_types()),
        _line("Subject", "subject"),
        _text("Description", "body", _IN_TEMPLATES),
    )


def _field(new: rx.Var[bool]) -> rx.Component:
    kinds = [rx.el.option(kind.label, value=kind.value) for kind in FieldKind]
    return rx.fragment(
        rx.el.div(
            _choice("Type", "type", rx.el.option(ALL_TYPES, value=""), *_types()),
            _choice(
                "Holds",
                "kind",
                *kinds,
                value=kind_chosen.value,
                default_value=None,
                on_change=kind_chosen.set,
                disabled=~new,
            ),
            class_name="pair",
        ),
        # A disabled choice is not sent.
        rx.cond(~new, rx.el.input(type="hidden", name="kind", value=kind_chosen.value)),
        rx.cond(
            kind_chosen.value == FieldKind.CHOICE.value,
            _text("Choices", "choices", "One on a line."),
        ),
        rx.el.label(
            rx.el.input(
                type="checkbox", name="required", default_checked=_now["required"].to(bool)
            ),
            "Required",
            class_name="choice",
        ),
    )


def _tag() -> rx.Component:
    hues = [rx.el.option(name, value=str(hue)) for hue, name in enumerate(COLOURS)]
    return rx.fragment(_choice("Colour", "hue", *hues), _line("Description", "description"))
