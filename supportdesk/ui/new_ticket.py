"""The dialog in which a ticket is filed. What is typed stays in the browser until it is saved."""

import reflex as rx
from reflex_components_radix.primitives.dialog import dialog

from supportdesk.domain.models import Priority, TicketType
from supportdesk.domain.queries.people import SellerChoice
from supportdesk.state.new_ticket import NewTicketState, dialog_open, seller_choices
from supportdesk.ui.controls import alert, button, described, field, select, text_input


def new_ticket(hint: str) -> rx.Component:
    """The button and what it opens; `hint` says what will happen with the ticket."""
    return dialog.root(
        dialog.trigger(
            button(rx.icon("plus", size=14), "New ticket", kind="primary"),
            as_child=True,
            on_click=NewTicketState.show,
        ),
        dialog.portal(
            dialog.overlay(class_name="veil"),
            dialog.content(
                _form(hint),
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
            alert(NewTicketState.form_error),
            _subject(),
            _description(),
            rx.el.div(_type(), _priority(), class_name="pair"),
            rx.cond(_sellers().length() > 0, _seller()),
            class_name="body",
        ),
        rx.el.div(
            button("Cancel", on_click=dialog_open.set_value(False)),
            button("Create ticket", kind="primary", type="submit", disabled=NewTicketState.busy),
            class_name="foot",
        ),
        on_submit=NewTicketState.submit,
        no_validate=True,
    )


def _subject() -> rx.Component:
    error = NewTicketState.subject_error
    return field(
        "Subject",
        text_input(
            "subject",
            placeholder="What is it about?",
            auto_complete="off",
            **described("subject", error),
        ),
        name="subject",
        error=error,
    )


def _description() -> rx.Component:
    error = NewTicketState.description_error
    return field(
        "Description",
        rx.el.textarea(
            id="description",
            name="description",
            placeholder="What happened, and what did you expect? Order numbers help.",
            class_name="area",
            **described("description", error),
        ),
        name="description",
        error=error,
    )


def _type() -> rx.Component:
    options = [rx.el.option(each.label, value=each.value) for each in TicketType]
    return field(
        "Type", select(*options, name="type", default_value=TicketType.PROBLEM.value), name="type"
    )


def _priority() -> rx.Component:
    options = [rx.el.option(each.label, value=each.value) for each in Priority]
    return field(
        "Priority",
        select(*options, name="priority", default_value=Priority.MEDIUM.value),
        name="priority",
    )


def _sellers() -> rx.Var[list[SellerChoice]]:
    return seller_choices.value.to(list[SellerChoice])


def _seller() -> rx.Component:
    error = NewTicketState.seller_error
    return field(
        "Seller",
        select(
            rx.el.option("Platform", value=""),
            rx.foreach(
                _sellers(),
                lambda seller: rx.el.option(seller.name, value=seller.id),
            ),
            name="seller",
            default_value="",
            **described("seller", error),
        ),
        name="seller",
        error=error,
    )
