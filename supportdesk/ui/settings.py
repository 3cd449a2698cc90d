"""The settings page of admins: a section for each sort of thing, one dialog to edit any of them."""

from typing import Any

import reflex as rx

from supportdesk.domain.queries.desk_rules import RuleRow
from supportdesk.domain.queries.settings import (
    CategoryRow,
    FieldRow,
    SharedReply,
    TagRow,
    TemplateRow,
)
from supportdesk.state.settings import NOTHING_EDITED, SettingsState, edited, kind_chosen
from supportdesk.ui import focus
from supportdesk.ui.controls import button, icon_button
from supportdesk.ui.settings_editor import editor
from supportdesk.ui.tag_dialogs import ask_of_tag, tag_dialogs


def sections() -> list[rx.Component]:
    """Under their headings, which are listed beside them."""
    drawn = {
        "Templates": _templates(),
        "Canned replies": _replies(),
        "Custom fields": _fields(),
        "Tags": _tags(),
        "Categories": _categories(),
        "Limits": _limits(),
        "Texts and hours": _texts(),
    }
    return [
        rx.el.div(
            rx.el.nav(
                *[rx.el.a(heading, href=f"#{_anchor(heading)}") for heading in drawn],
                aria_label="Settings",
                class_name="contents",
            ),
            rx.el.div(*drawn.values()),
            editor(),
            tag_dialogs(),
            class_name="sectioned",
        )
    ]


def _anchor(heading: str) -> str:
    return heading.lower().replace(" ", "-")


def _head(heading: str, about: str, action: rx.Component | None = None) -> rx.Component:
    return rx.el.div(
        rx.el.div(rx.el.h2(heading), rx.el.p(about)),
        action,
        class_name="head",
    )


def _section(
    heading: str, about: str, items: Any, row: Any, empty: str, *, add: tuple[str, str]
) -> rx.Component:
    """`add` is the sort of thing and the name of the button that adds one."""
    return rx.el.section(
        _head(heading, about, _add(*add)),
        rx.cond(
            items.length() > 0,
            rx.el.ul(rx.foreach(items, row), role="list", aria_label=heading, class_name="things"),
            rx.el.p(empty, class_name="none"),
        ),
        aria_label=heading,
        id=_anchor(heading),
    )


def _add(sort: str, name: str) -> rx.Component:
    new = {**NOTHING_EDITED, "sort": sort}
    if sort == "template":
        new["type"] = "problem"
    return button(
        rx.icon("plus", size=14),
        name,
        on_click=[edited.set_value(new), kind_chosen.set_value("text"), SettingsState.begin],
    )


def _edit(sort: str, row: Any, *names: str) -> rx.Component:
    """Opens the dialog with these parts of the row in it."""
    values = {name: getattr(row, name) for name in (*names, "was")}
    values = {**NOTHING_EDITED, "sort": sort, **values}
    opens = [edited.set_value({**values, "id": row.id}), SettingsState.begin]
    if sort == "field":
        opens.append(kind_chosen.set_value(row.kind))
    return button("Edit", kind="quiet", aria_label=f"Edit {row.name}", on_click=opens)


def _retire(sort: str, row: Any) -> rx.Component:
    return rx.cond(
        row.active,
        button(
            "Retire",
            kind="quiet",
            aria_label=f"Retire {row.name}",
            on_click=SettingsState.retire(sort, row.id),
        ),
        button(
            "Restore",
            kind="quiet",
            aria_label=f"Restore {row.name}",
            on_click=SettingsState.restore(sort, row.id),
        ),
    )


def _thing(row: Any, *parts: Any, about: Any = None, retired: Any = False) -> rx.Component:
    name, actions = parts[0], parts[1:]
    return rx.el.li(
        rx.el.div(name, rx.el.span(about) if about is not None else None, class_name="what"),
        *actions,
        class_name=rx.cond(retired, "retired", "") if retired is not False else "",
        key=row.id,
    )


def _templates() -> rx.Component:
    def row(each: rx.Var[TemplateRow]) -> rx.Component:
        return _thing(
            each,
            rx.el.b(each.name, rx.cond(each.active, "", rx.el.small("retired"))),
            _edit("template", each, "name", "type", "subject", "body"),
            _retire("template", each),
            about=rx.cond(
                each.subject != "", f"{each.type_label} · {each.subject}", each.type_label
            ),
            retired=~each.active,
        )

    return _section(
        "Templates",
        "What a new ticket can begin with, for each type.",
        SettingsState.templates,
        row,
        "There are no templates yet.",
        add=("template", "New template"),
    )


def _replies() -> rx.Component:
    def row(each: rx.Var[SharedReply]) -> rx.Component:
        return _thing(
            each,
            rx.el.b(each.name),
            _edit("reply", each, "name", "body"),
            button(
                "Delete",
                kind="quiet",
                aria_label=f"Delete {each.name}",
                on_click=[focus.stay_near(), SettingsState.delete_reply(each.id)],
            ),
            about=each.body,
        )

    return _section(
        "Canned replies",
        "Shared by all sellers and admins, who insert them by typing / in a reply.",
        SettingsState.replies,
        row,
        "There are no shared replies yet.",
        add=("reply", "New reply"),
    )


def _fields() -> rx.Component:
    def row(each: rx.Var[FieldRow]) -> rx.Component:
        required = rx.cond(each.required, " · required", "")
        return _thing(
            each,
            rx.el.b(each.name, rx.cond(each.active, "", rx.el.small("retired"))),
            icon_button(
                f"Move {each.name} up", "arrow-up", on_click=SettingsState.move_up(each.id)
            ),
            icon_button(
                f"Move {each.name} down", "arrow-down", on_click=SettingsState.move_down(each.id)
            ),
            _edit("field", each, "name", "type", "kind", "required", "choices"),
            _retire("field", each),
            about=f"{each.type_label} · {each.kind_label}{required}",
            retired=~each.active,
        )

    return _section(
        "Custom fields",
        "What tickets are asked for besides subject and description.",
        SettingsState.fields,
        row,
        "There are no custom fields yet.",
        add=("field", "New field"),
    )


def _tags() -> rx.Component:
    def row(each: rx.Var[TagRow]) -> rx.Component:
        name = rx.el.b(rx.el.span(class_name=f"dot hue-{each.hue}", aria_hidden="true"), each.name)
        return _thing(
            each,
            name,
            _edit("tag", each, "name", "hue", "description"),
            rx.cond(SettingsState.tags.length() > 1, ask_of_tag("merge", "Merge", each)),
            ask_of_tag("delete", "Delete", each),
            about=each.description,
        )

    return _section(
        "Tags",
        "Seen by sellers and admins only.",
        SettingsState.tags,
        row,
        "There are no tags yet.",
        add=("tag", "New tag"),
    )


def _categories() -> rx.Component:
    def row(each: rx.Var[CategoryRow]) -> rx.Component:
        return _thing(each, rx.el.b(each.name), _edit("category", each, "name"))

    return _section(
        "Categories",
        "What tickets are sorted into.",
        SettingsState.categories,
        row,
        "There are no categories yet.",
        add=("category", "New category"),
    )


def _rules(heading: str, about: str, items: Any, *more: rx.Component) -> rx.Component:
    """Each rule as it is now, with what it would be by itself in the dialog."""

    def row(each: rx.Var[RuleRow]) -> rx.Component:
        values = {"sort": "rule", "id": "", "key": each.id, "name": each.name, "was": each.value}
        values |= {name: getattr(each, name) for name in ("value", "hint", "by_default", "long")}
        return _thing(each, rx.el.b(each.name), _opens(each.name, values), about=each.shown)

    return rx.el.section(
        _head(heading, about),
        rx.el.ul(
            rx.foreach(items, row), *more, role="list", aria_label=heading, class_name="things"
        ),
        aria_label=heading,
        id=_anchor(heading),
    )


def _opens(name: rx.Var[str], values: dict[str, Any]) -> rx.Component:
    return button(
        "Edit",
        kind="quiet",
        aria_label=f"Edit {name}",
        on_click=[edited.set_value({**NOTHING_EDITED, **values}), SettingsState.begin],
    )


def _limits() -> rx.Component:
    return _rules(
        "Limits",
        "What people may write, attach and try. They hold from the moment they are saved.",
        SettingsState.limits,
    )


def _texts() -> rx.Component:
    hours = SettingsState.hours
    values: dict[str, Any] = {
        "sort": "hours",
        "key": "hours",
        "name": hours.name,
        "timezone": hours.timezone,
    }
    values |= {"days": hours.days, "was": hours.was}
    return _rules(
        "Texts and hours",
        "What buyers read before they write, and when somebody is there.",
        SettingsState.texts,
        _thing(hours, rx.el.b(hours.name), _opens("Working hours", values), about=hours.shown),
    )
