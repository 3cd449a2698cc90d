"""Buttons, fields and notes: the same on every page."""

from typing import Any

import reflex as rx

# What changes a closed select of the browser's, one value further. Letters go to a name at once.
_MOVES = [
    "ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "Home", "End", "PageDown", "PageUp",
]  # fmt: skip


def button(*children: Any, kind: str = "", **props: Any) -> rx.Component:
    """A button; `kind` is `primary`, `quiet`, `wide` or several of them."""
    props.setdefault("type", "button")
    return rx.el.button(*children, class_name=f"button {kind}".strip(), **props)


def icon_button(
    name: rx.Var[str] | str, icon: str, kind: str = "quiet", **props: Any
) -> rx.Component:
    """A button that is only a picture, named for those who do not see it."""
    props.setdefault("title", name)
    return button(rx.icon(icon, size=16), kind=f"icon {kind}", aria_label=name, **props)


def field(
    label: Any,
    control: rx.Component,
    *,
    name: str,
    error: rx.Var[str] | None = None,
    hint: str = "",
) -> rx.Component:
    """A control under its label. `control` has the id `name`, see `described`."""
    return rx.el.div(
        rx.el.label(label, html_for=name),
        control,
        rx.cond(error != "", wrong(error, id=f"{name}-error")) if error is not None else None,
        rx.el.span(hint, id=f"{name}-hint", class_name="hint") if hint else None,
        class_name="field",
    )


def text_input(name: str, **props: Any) -> rx.Component:
    return rx.el.input(id=name, name=name, class_name="input", **props)


def select(*options: rx.Component, name: str, **props: Any) -> rx.Component:
    return rx.el.select(*options, id=name, name=name, class_name="select", **props)


def acting_select(*options: Any, **props: Any) -> rx.Component:
    """One that does something as soon as it is changed.

    The arrow keys open its list, and change it when something is chosen there: on a closed one each
    value that they pass by would be done. Where a browser cannot be asked to, they do as they do.
    """
    opens = f"{_MOVES}.includes(event.key) && !event.altKey && event.target.showPicker"
    on_key: rx.Var[Any] = rx.Var(
        f"((event) => {{ if ({opens}) {{ event.preventDefault(); event.target.showPicker() }} }})"
    )
    return rx.el.select(*options, custom_attrs={"on_key_down": on_key}, **props)


def described(name: str, error: rx.Var[str]) -> dict[str, Any]:
    """The attributes that tie a control to its error, for as long as there is one."""
    return {
        "aria_invalid": rx.cond(error != "", "true", "false"),
        "aria_describedby": rx.cond(error != "", f"{name}-error", ""),
    }


def error_in(errors: Any, name: rx.Var[str] | str) -> rx.Var[str]:
    """What is wrong with the field of that name, or nothing."""
    return rx.cond(errors.contains(name), errors[name], "").to(str)


def wrong(text: rx.Var[str], **props: Any) -> rx.Component:
    """What is wrong with one field, under it."""
    return rx.el.p(
        rx.icon("circle-alert", size=14),
        rx.el.span(text),
        role="alert",
        class_name="wrong",
        **props,
    )


def alert(text: rx.Var[str]) -> rx.Component:
    """What went wrong with the whole; nothing while all is well."""
    return rx.cond(
        text != "",
        rx.el.div(
            rx.icon("circle-alert", size=14),
            rx.el.span(text),
            role="alert",
            class_name="note bad",
        ),
    )


def empty(
    icon: str, title: str, text: str, *actions: rx.Component, heading: Any = rx.el.h2
) -> rx.Component:
    """A place with nothing in it: what it is for, and what to do next."""
    return rx.el.div(
        rx.el.span(rx.icon(icon, size=20), aria_hidden="true", class_name="sign"),
        heading(title),
        rx.el.p(text),
        *actions,
        class_name="empty",
    )
