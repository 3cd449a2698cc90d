"""What is asked before a tag becomes another, or goes."""

from typing import Any

import reflex as rx
from reflex_components_radix.primitives.dialog import dialog

from supportdesk.domain.queries.settings import TagRow
from supportdesk.state.settings import NO_TAG_ASKED, SettingsState, tag_asked
from supportdesk.ui import focus
from supportdesk.ui.controls import alert, button, error_in, field, select

_now = tag_asked.value.to(dict[str, str])
_closed = tag_asked.set_value(NO_TAG_ASKED)
_error = error_in(SettingsState.errors, "form")


def ask_of_tag(what: str, label: str, tag: rx.Var[TagRow]) -> rx.Component:
    """The button that opens one of the dialogs for that tag."""
    return button(
        label,
        kind="quiet",
        aria_label=f"{label} {tag.name}",
        on_click=[
            tag_asked.set_value({"what": what, "id": tag.id, "name": tag.name}),
            SettingsState.ask_uses(tag.id),
        ],
    )


def tag_dialogs() -> rx.Component:
    return rx.fragment(_merge(), _delete())


def _dialog(what: str, title: rx.Var[str] | str, text: str, *content: Any) -> rx.Component:
    return dialog.root(
        dialog.portal(
            dialog.overlay(class_name="veil"),
            dialog.content(
                rx.el.div(
                    dialog.title(rx.el.h2(title), as_child=True),
                    rx.el.p(SettingsState.uses, " ", text, role="status"),
                    class_name="top",
                ),
                *content,
                class_name="dialog narrow",
                aria_describedby="",
                **focus.given_back(or_else="#tags .head button"),
            ),
        ),
        open=_now["what"] == what,
        on_open_change=lambda _: _closed,
    )


def _merge() -> rx.Component:
    def option(tag: rx.Var[TagRow]) -> rx.Component:
        return rx.cond(tag.id == _now["id"], rx.fragment(), rx.el.option(tag.name, value=tag.id))

    return _dialog(
        "merge",
        f"Merge “{_now['name']}” into another tag",
        "All of them get the tag that you choose, and this one goes. This cannot be undone.",
        rx.el.form(
            rx.el.div(
                alert(_error),
                rx.el.input(type="hidden", name="id", value=_now["id"]),
                field(
                    "Into",
                    # Nothing is chosen for anybody, nor when another admin deletes what was.
                    select(
                        rx.el.option("Choose …", value=""),
                        rx.foreach(SettingsState.tags, option),
                        name="into",
                    ),
                    name="into",
                ),
                class_name="body",
            ),
            rx.el.div(
                button("Cancel", on_click=_closed),
                button("Merge", kind="danger", type="submit"),
                class_name="foot",
            ),
            on_submit=SettingsState.merge_tag,
            no_validate=True,
        ),
    )


def _delete() -> rx.Component:
    return _dialog(
        "delete",
        f"Delete “{_now['name']}”?",
        "It is taken off them, and the views ask for the rest. This cannot be undone.",
        rx.el.div(alert(_error), class_name="body"),
        rx.el.div(
            button("Cancel", on_click=_closed),
            button("Delete tag", kind="danger", on_click=SettingsState.delete_tag(_now["id"])),
            class_name="foot",
        ),
    )
