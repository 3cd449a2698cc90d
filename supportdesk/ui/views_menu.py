"""The menu of views, each with how many tickets it has, and what one does to saved ones."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from supportdesk.domain.actor import Role
from supportdesk.domain.queries.views import View, built_in
from supportdesk.state.filters import FilterState
from supportdesk.state.views import ViewsState, editing, saving
from supportdesk.ui import dialogs, menu
from supportdesk.ui.controls import alert, button, icon_button, text_input


def views_menu(role: str) -> rx.Component:
    return rx.fragment(
        menu.root(
            menu.trigger(
                button("Views", rx.icon("chevron-down", size=14), kind="views"), as_child=True
            ),
            menu.content(
                # There from the first moment, so that the menu opens on its first entry.
                *[_built_in(view) for view in built_in(Role(role))],
                rx.cond(
                    ViewsState.saved.length() > 0,
                    rx.fragment(rx.el.div(class_name="rule"), rx.foreach(ViewsState.saved, _item)),
                ),
                rx.el.div(class_name="rule"),
                _action(
                    "bookmark-plus", "Save this view", [saving.set_value(True), ViewsState.edit]
                ),
                rx.cond(
                    ViewsState.saved.length() > 0,
                    _action("settings-2", "Edit views", [editing.set_value(True), ViewsState.edit]),
                ),
                align="end",
                side_offset=6,
                collision_padding=8,
                class_name="menu views-menu",
            ),
            modal=False,
            on_open_change=ViewsState.show,
        ),
        _save_dialog(role),
        _edit_dialog(role),
    )


def _action(icon: str, label: str, on_select: list) -> rx.Component:
    return menu.item(rx.icon(icon, size=16), label, on_select=on_select, class_name="item")


def _built_in(view: View) -> rx.Component:
    return _entry(view.name, view.query, False)


def _item(view: rx.Var[View]) -> rx.Component:
    return _entry(view.name, view.query, view.shared, key=view.id)


def _entry(name: Any, query: Any, shared: Any, **props: Any) -> rx.Component:
    counts, shown = ViewsState.counts, _query_of_list()
    is_shown = shown == query
    return menu.item(
        ReactRouterLink.create(
            rx.cond(
                is_shown,
                rx.icon("check", size=16, class_name="shown"),
                rx.el.span(class_name="shown"),
            ),
            rx.el.span(name, class_name="name"),
            rx.cond(shared, rx.el.small("shared")),
            rx.el.span(rx.cond(counts.contains(query), counts[query], ""), class_name="number"),
            to=f"?{query}",
            aria_current=rx.cond(is_shown, "true", "false"),
            class_name="item",
        ),
        as_child=True,
        **props,
    )


def _query_of_list() -> rx.Var[str]:
    """Spelled as that of a view is."""
    return FilterState.query.split("?")[-1].to(str)


def _save_dialog(role: str) -> rx.Component:
    return dialogs.titled(
        "Save this view",
        "The filters and the order of the list, under a name of your own.",
        rx.el.form(
            rx.el.div(
                alert(ViewsState.error),
                rx.el.div(
                    rx.el.label("Name", html_for="view-name"),
                    rx.el.input(
                        id="view-name", name="name", auto_complete="off", class_name="input"
                    ),
                    class_name="field",
                ),
                _share_box() if role == "admin" else None,
                class_name="body",
            ),
            rx.el.div(
                button("Cancel", on_click=saving.set_value(False)),
                button("Save view", kind="primary", type="submit"),
                class_name="foot",
            ),
            on_submit=ViewsState.save,
            no_validate=True,
        ),
        open=saving.value,
        on_open_change=saving.set,
        class_name="dialog narrow",
    )


def _share_box() -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name="shared", value="on"),
        "Share it with all the staff",
        class_name="tick",
    )


def _edit_dialog(role: str) -> rx.Component:
    return dialogs.titled(
        "Edit views",
        "Rename or delete the views you saved.",
        rx.el.div(
            alert(ViewsState.error),
            rx.el.ul(
                rx.foreach(ViewsState.saved, lambda view: _line(view, role)),
                role="list",
                aria_label="Saved views",
                class_name="view-lines",
            ),
            class_name="body",
        ),
        rx.el.div(
            button("Done", kind="primary", on_click=editing.set_value(False)), class_name="foot"
        ),
        open=editing.value,
        on_open_change=editing.set,
        class_name="dialog narrow",
    )


def _line(view: rx.Var[View], role: str) -> rx.Component:
    """Who may change it: its owner, and any admin what is shared."""
    may = view.mine if role != "admin" else (view.mine | view.shared)
    return rx.el.li(
        rx.cond(
            may,
            rx.el.form(
                # Of which view it is, the form says itself: what is sent is put together outside of
                # the list, where no single view is known.
                rx.el.input(type="hidden", name="id", default_value=view.id),
                text_input("name", aria_label=f"Name of {view.name}", default_value=view.name),
                button("Rename", type="submit", aria_label=f"Rename {view.name}"),
                _share(view) if role == "admin" else None,
                icon_button(f"Delete {view.name}", "trash-2", on_click=ViewsState.delete(view.id)),
                on_submit=ViewsState.rename,
                reset_on_submit=False,
                no_validate=True,
            ),
            rx.el.span(view.name, " ", rx.el.small("shared by an admin")),
        ),
        key=view.id,
    )


def _share(view: rx.Var[View]) -> rx.Component:
    return rx.cond(
        view.mine,
        button(
            rx.cond(view.shared, "Shared", "Share"),
            kind=f"switch {rx.cond(view.shared, 'on', '')}",
            aria_label=f"Share {view.name}",
            aria_pressed=rx.cond(view.shared, "true", "false"),
            on_click=ViewsState.share(view.id, ~view.shared),
        ),
        rx.el.small("shared"),
    )
