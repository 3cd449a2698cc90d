"""What helps with a new ticket: templates to begin with, and tickets that say the same already."""

from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from supportdesk import routes
from supportdesk.domain.queries.filing import TemplateChoice
from supportdesk.domain.queries.similar import Similar
from supportdesk.state.boxes import value_of
from supportdesk.state.new_ticket import NewTicketState, dialog_open, type_chosen
from supportdesk.state.session import SessionState
from supportdesk.ui.controls import acting_select, button, field
from supportdesk.ui.new_ticket_fields import offer

_HOMES: dict[str, str] = {role: routes.tickets(role) for role in ("buyer", "seller")}


def template() -> rx.Component:
    return rx.fragment(
        field(
            "Template",
            acting_select(
                rx.el.option("None", value=""),
                rx.foreach(offer().templates, _option),
                id="template",
                name="template",
                class_name="select",
                default_value="",
                on_change=lambda value: NewTicketState.choose_template(
                    value, value_of("seller"), value_of("subject"), value_of("description")
                ),
            ),
            name="template",
        ),
        rx.cond(NewTicketState.asking, _ask()),
    )


def _option(each: rx.Var[TemplateChoice]) -> rx.Component:
    return rx.cond(
        each.type == type_chosen.value, rx.el.option(each.name, value=each.id, key=each.id)
    )


def _ask() -> rx.Component:
    """Nothing typed is ever replaced without having been asked."""
    return rx.el.div(
        rx.el.p("The template would replace the subject and the description you have written."),
        rx.el.div(
            button(
                "Replace",
                on_click=NewTicketState.use_template(value_of("template"), value_of("seller")),
            ),
            button("Keep what I wrote", kind="quiet", on_click=NewTicketState.keep_typed),
            class_name="answers",
        ),
        role="alert",
        class_name="note ask",
    )


def similar() -> rx.Component:
    """Always there, so that what appears in it is read out."""
    return rx.el.div(
        rx.cond(
            NewTicketState.similar.length() > 0,
            rx.el.div(
                rx.el.p("You have an open ticket about something like this:"),
                rx.el.ul(rx.foreach(NewTicketState.similar, _similar_ticket), role="list"),
                class_name="note similar",
            ),
        ),
        role="status",
    )


def _similar_ticket(each: rx.Var[Similar]) -> rx.Component:
    home: Any = rx.match(SessionState.me_role, *_HOMES.items(), "")
    return rx.el.li(
        ReactRouterLink.create(
            rx.el.span(each.number, class_name="number"),
            " ",
            each.subject,
            to=f"{home}/{each.number}",
            on_click=dialog_open.set_value(False),
            class_name="link",
        ),
        rx.el.small(each.status_label),
        key=each.number,
    )
