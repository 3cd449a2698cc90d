"""The dialog in which a ticket is filed. What is typed stays in the browser until it is saved."""

from typing import Any

import reflex as rx
from reflex_components_radix.primitives.dialog import dialog

from supportdesk.domain.models import Priority, TicketType
from supportdesk.state.attaching import NEW_TICKET, READY, Attached
from supportdesk.state.boxes import value_of
from supportdesk.state.composer import ComposerState
from supportdesk.state.new_ticket import (
    ALERTS,
    NewTicketState,
    described_length,
    described_too_long,
    dialog_open,
    offered,
    type_chosen,
)
from supportdesk.state.new_ticket_offer import NOTHING
from supportdesk.state.session import SessionState
from supportdesk.state.unsaved import unsaved
from supportdesk.ui.attaching import (
    attach_button,
    attached_files,
    failed_note,
    files_at,
    too_many_note,
    why_not_sent,
)
from supportdesk.ui.controls import (
    alert,
    button,
    described,
    error_in,
    field,
    select,
    text_input,
)
from supportdesk.ui.length import Counter
from supportdesk.ui.new_ticket_fields import custom_fields, keep, offer, tags
from supportdesk.ui.new_ticket_help import similar, template
from supportdesk.ui.rules import away, welcome

_SHORT_PAUSE = 350
_DESCRIPTION = Counter("description", described_length, described_too_long)
_FAILED, _TOO_MANY = "new-ticket-failed", "new-ticket-too-many"


def new_ticket(hint: str) -> rx.Component:
    """The button and what it opens; `hint` says what will happen with the ticket."""
    return dialog.root(
        dialog.trigger(
            button(rx.icon("plus", size=14), "New ticket", kind="primary"),
            as_child=True,
            on_click=[
                offered.set_value(NOTHING),
                type_chosen.set_value(TicketType.PROBLEM.value),
                NewTicketState.show(unsaved),
            ],
        ),
        dialog.portal(
            dialog.overlay(class_name="veil"),
            dialog.content(
                _form(hint),
                data_files_for=NEW_TICKET,
                class_name="dialog",
                # A stray click beside it must not throw away what was typed.
                on_interact_outside=rx.prevent_default,
            ),
        ),
        open=dialog_open.value,
        on_open_change=dialog_open.set,
    )


def _form(hint: str) -> rx.Component:
    return rx.el.form(
        rx.el.div(
            dialog.title(rx.el.h2("New ticket"), as_child=True),
            dialog.description(rx.el.p(hint), as_child=True),
            class_name="top",
        ),
        rx.el.div(
            alert(error_in(NewTicketState.errors, "form")),
            welcome(),
            away(),
            rx.el.div(_type(), _priority(), class_name="pair"),
            rx.cond(offer().templates.length() > 0, template()),
            _subject(),
            similar(),
            _description(),
            _files(),
            rx.el.div(
                rx.cond(offer().sellers.length() > 0, _seller()),
                rx.cond(offer().categories.length() > 0, _category()),
                class_name="pair",
            ),
            custom_fields(),
            rx.cond(offer().tags.length() > 0, tags()),
            id=ALERTS,
            class_name="body",
        ),
        rx.el.div(
            rx.cond(
                NewTicketState.brought_back,
                rx.fragment(
                    button("Discard draft", kind="quiet", on_click=NewTicketState.discard),
                    rx.el.span(class_name="grow"),
                ),
            ),
            button("Cancel", on_click=dialog_open.set_value(False)),
            button(
                "Create ticket",
                kind="primary",
                type="submit",
                disabled=NewTicketState.busy | ~_all_there(),
                aria_describedby=why_not_sent(_attached(), _FAILED, _TOO_MANY),
            ),
            class_name="foot",
        ),
        on_submit=lambda form: [
            described_too_long.set_value(_DESCRIPTION.over),
            NewTicketState.submit(form),
        ],
        no_validate=True,
    )


def _subject() -> rx.Component:
    error = error_in(NewTicketState.errors, "subject")
    return field(
        "Subject",
        text_input(
            "subject",
            placeholder="What is it about?",
            auto_focus=True,
            auto_complete="off",
            on_change=lambda text: [
                *keep("subject", text, later=True),
                NewTicketState.look_for_similar.debounce(_SHORT_PAUSE)(text),
            ],
            on_blur=lambda text: keep("subject", text),
            **described("subject", error),
        ),
        name="subject",
        error=error,
    )


def _description() -> rx.Component:
    counter = _DESCRIPTION
    # That it was too long when it was sent is told by the counter, for as long as it is.
    known = counter.over | counter.tried.value
    error = rx.cond(known, "", error_in(NewTicketState.errors, "description")).to(str)
    attributes = described("description", error)
    wrong, notes = attributes["aria_invalid"], attributes["aria_describedby"]
    return field(
        "Description",
        rx.fragment(
            rx.el.textarea(
                id="description",
                name="description",
                placeholder="What happened, and what did you expect? Order numbers help.",
                aria_invalid=rx.cond(counter.over, "true", wrong),
                aria_describedby=rx.cond(counter.near, counter.note, notes),
                class_name="area",
                on_mount=counter.begin(),
                on_change=lambda text: [
                    counter.measure(),
                    *keep("description", text, later=True),
                ],
                on_blur=lambda text: keep("description", text),
            ),
            counter.told(),
        ),
        name="description",
        error=error,
    )


def _attached() -> rx.Var[list[Attached]]:
    return files_at(rx.Var.create(NEW_TICKET), SessionState.me_id)


def _all_there() -> rx.Var[bool]:
    """Filing waits for the files, and for what is to become of those that have failed."""
    files = _attached()
    return rx.Var(
        _js_expr=f"{files!s}.every((each) => each.state === '{READY}')",
        _var_type=bool,
        _var_data=files._get_all_var_data(),
    )


def _files() -> rx.Component:
    files = _attached()
    as_text: rx.Var[str] = rx.Var(
        _js_expr=f"JSON.stringify({files!s})", _var_type=str, _var_data=files._get_all_var_data()
    )
    return rx.el.div(
        attach_button("new-ticket", in_words=True),
        rx.el.span("or drop them here, or paste an image.", class_name="hint"),
        rx.el.span(f"{ComposerState.files_allowed}.", class_name="hint"),
        attached_files(files),
        failed_note(files, _FAILED),
        too_many_note(files, _TOO_MANY),
        rx.el.input(type="hidden", name="files", value=as_text),
        class_name="files-field",
    )


def _type() -> rx.Component:
    options = [rx.el.option(each.label, value=each.value) for each in TicketType]
    return field(
        "Type",
        select(
            *options,
            name="type",
            value=type_chosen.value,
            on_change=lambda value: [
                type_chosen.set_value(value),
                *keep("type", value),
                NewTicketState.keep_typed,
            ],
        ),
        name="type",
    )


def _priority() -> rx.Component:
    options = [rx.el.option(each.label, value=each.value) for each in Priority]
    return field(
        "Priority",
        select(
            *options,
            name="priority",
            default_value=Priority.MEDIUM.value,
            on_change=lambda value: keep("priority", value),
        ),
        name="priority",
    )


def _seller() -> rx.Component:
    named = NewTicketState.choose_seller(
        value_of("template"), value_of("seller"), value_of("subject"), value_of("description")
    )
    return _one_of("Seller", "seller", "Platform", offer().sellers, offer().seller, named)


def _category() -> rx.Component:
    return _one_of("Category", "category", "None", offer().categories, offer().category)


def _one_of(
    label: str, name: str, nothing: str, options: Any, chosen: Any, *then: Any
) -> rx.Component:
    error = error_in(NewTicketState.errors, name)
    return field(
        label,
        select(
            rx.el.option(nothing, value=""),
            # Its key keeps the choice when other options come and go before it.
            rx.foreach(options, lambda each: rx.el.option(each.name, value=each.id, key=each.id)),
            name=name,
            default_value=chosen,
            on_change=lambda value: [*keep(name, value), *then],
            **described(name, error),
        ),
        name=name,
        error=error,
    )
