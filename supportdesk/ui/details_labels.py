"""Tags, custom fields and notes of the open ticket."""

import reflex as rx

from supportdesk.domain.queries.tags import Suggestion
from supportdesk.domain.queries.ticket_facts import FieldOnTicket, TagOnTicket
from supportdesk.state.chosen import (
    choose_in,
    held_fields,
    in_fields,
    let_go_in,
    note_held,
    note_seen,
    note_text,
    shown_in,
)
from supportdesk.state.labels import NEW_TAG, LabelState
from supportdesk.state.thread import ThreadState
from supportdesk.ui.controls import acting_select
from supportdesk.ui.details_facts import may_edit, or_none

_facts = ThreadState.facts
# Enter is done with a line of text, as leaving it is.
_LEAVE = "document.activeElement.blur()"


def tags_section() -> rx.Component:
    return rx.cond(
        may_edit("tags"),
        rx.el.section(
            rx.el.h3("Tags", id="tags-heading"),
            rx.el.div(
                rx.cond(
                    _facts.tags.length() > 0,
                    rx.el.ul(rx.foreach(_facts.tags, _tag), role="list", class_name="tags"),
                ),
                rx.el.form(
                    rx.el.input(
                        id=NEW_TAG,
                        name=NEW_TAG,
                        aria_label="Add a tag",
                        placeholder="Add a tag",
                        auto_complete="off",
                        on_change=LabelState.suggest_tags.debounce(150),
                        class_name="line-input",
                    ),
                    on_submit=LabelState.add_tag,
                ),
                rx.cond(
                    LabelState.suggestions.length() > 0,
                    rx.el.ul(
                        rx.foreach(LabelState.suggestions, _suggestion),
                        role="list",
                        aria_label="Tags to choose from",
                        class_name="tags suggested",
                    ),
                ),
                role="group",
                aria_labelledby="tags-heading",
            ),
        ),
    )


def _tag(tag: rx.Var[TagOnTicket]) -> rx.Component:
    return rx.el.li(
        rx.el.span(tag.name),
        rx.el.button(
            rx.icon("x", size=12),
            type="button",
            aria_label=f"Remove the tag {tag.name}",
            on_click=LabelState.remove_tag(tag.id),
        ),
        key=tag.id,
        title=tag.description,
        class_name=f"tag hue-{tag.hue}",
    )


def _suggestion(tag: rx.Var[Suggestion]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            tag.name,
            type="button",
            title=tag.description,
            on_click=LabelState.pick_tag(tag.name),
            class_name=f"tag hue-{tag.hue}",
        ),
        key=tag.id,
    )


def fields_section() -> rx.Component:
    return rx.cond(
        _facts.fields.length() > 0,
        rx.el.section(
            rx.el.h3("Custom fields", id="fields-heading"),
            rx.el.div(
                rx.el.dl(rx.foreach(_facts.fields, _field), class_name="facts"),
                role="group",
                aria_labelledby="fields-heading",
            ),
        ),
    )


def _field(field: rx.Var[FieldOnTicket]) -> rx.Component:
    return rx.fragment(
        rx.el.dt(
            field.name,
            rx.cond(
                field.required,
                rx.el.span(
                    rx.el.span("*", aria_hidden="true"),
                    rx.el.span(" required", class_name="unseen"),
                ),
            ),
        ),
        rx.el.dd(rx.cond(may_edit("fields"), _control(field), _words(field))),
        key=field.id,
    )


def _words(field: rx.Var[FieldOnTicket]) -> rx.Component:
    return or_none(field.words, "None")


def _control(field: rx.Var[FieldOnTicket]) -> rx.Component:
    """Starts from what is so, anew whenever that changes or an answer was no."""
    return rx.match(
        field.kind,
        ("yes_no", _pick(field, rx.el.option("Yes", value="yes"), rx.el.option("No", value="no"))),
        (
            "choice",
            _pick(field, rx.foreach(field.choices, lambda each: rx.el.option(each, value=each))),
        ),
        ("date", _input(field, type="date")),
        ("number", _input(field, type="text", input_mode="decimal")),
        _input(field, type="text"),
    )


def _pick(field: rx.Var[FieldOnTicket], *options: rx.Component) -> rx.Component:
    shown = shown_in(in_fields, field.id, field.value)
    return acting_select(
        rx.el.option("None", value="", disabled=field.required),
        *options,
        value=shown,
        # The event takes what is shown along, so it has to come before that is replaced.
        on_change=lambda value: [
            LabelState.fill_field(field.id, value, shown),
            choose_in(in_fields, field.id, rx.Var("event.target.value")),
        ],
        aria_label=field.name,
        aria_required=rx.cond(field.required, "true", "false"),
        class_name="pick",
    )


def _input(field: rx.Var[FieldOnTicket], **props: str) -> rx.Component:
    """While somebody is at it, it holds what they write, whatever others do."""
    which = f"{_facts.id} {field.id}"
    begun = shown_in(held_fields, which, field.value)
    return rx.el.input(
        default_value=field.value,
        key=f"{_facts.id}-{begun}-{LabelState.refused}",
        on_focus=choose_in(held_fields, which, field.value),
        on_blur=lambda value: [
            rx.cond(value == begun, rx.noop(), LabelState.fill_field(field.id, value, begun)),
            let_go_in(held_fields, which),
        ],
        on_key_down=lambda key: rx.cond(key == "Enter", rx.call_script(_LEAVE), rx.noop()),
        aria_label=field.name,
        aria_required=rx.cond(field.required, "true", "false"),
        auto_complete="off",
        class_name="line-input",
        **props,
    )


def notes_section() -> rx.Component:
    """While somebody is at the notes, the box holds what they write, whatever others do."""
    return rx.cond(
        may_edit("notes"),
        rx.el.section(
            rx.el.h3("Notes"),
            rx.el.textarea(
                value=rx.cond(note_held.value, note_text.value, _facts.note),
                on_focus=[
                    note_seen.set_value(rx.cond(note_held.value, note_seen.value, _facts.note)),
                    note_text.set_value(rx.cond(note_held.value, note_text.value, _facts.note)),
                    note_held.set_value(True),
                ],
                on_change=lambda value: [note_text.set_value(value), note_held.set_value(True)],
                on_blur=lambda value: [
                    rx.cond(
                        value == note_seen.value,
                        rx.noop(),
                        LabelState.save_notes(value, note_seen.value),
                    ),
                    note_held.set_value(value != note_seen.value),
                ],
                aria_label="Notes",
                placeholder="What the staff should keep in mind. The buyer never sees this.",
                rows="2",
                class_name="area notes",
            ),
        ),
    )
