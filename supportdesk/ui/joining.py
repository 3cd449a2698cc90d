"""Asking to be let into a ticket of which one knows only the number, and what became of it."""

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from supportdesk.domain.commands.joining import REASON_MAX_LENGTH
from supportdesk.state.session import SessionState
from supportdesk.state.standing import (
    ShownRequest,
    StandingState,
    asked_number,
    asking_open,
)
from supportdesk.ui import dialogs, times
from supportdesk.ui.address import open_number
from supportdesk.ui.controls import (
    alert,
    button,
    described,
    error_in,
    field,
)

_may_ask = (SessionState.me_role != "admin") & ~StandingState.blocked


def requests_button() -> rx.Component:
    """Beside the places of the desk: for who was given a number, and for what they asked before."""
    return rx.el.button(
        rx.icon("user-plus", size=18),
        rx.el.span("Requests", aria_hidden="true", class_name="caption"),
        type="button",
        aria_label="Chat requests",
        title="Chat requests",
        on_click=_opens(""),
        class_name="place asking",
    )


def ask_button() -> rx.Component:
    """Where a number leads nowhere: for any number, so that it tells of none."""
    return rx.cond(
        _may_ask,
        rx.fragment(
            button(
                rx.icon("user-plus", size=14),
                "Ask to join",
                kind="primary",
                on_click=_opens(open_number),
            ),
            rx.foreach(
                StandingState.requests,
                lambda each: rx.cond(each.number == open_number, _state(each)),
            ),
        ),
    )


def _opens(number: rx.Var[str] | str) -> list[rx.event.EventSpec]:
    return [asked_number.set_value(number), asking_open.set_value(True), StandingState.begin()]


def join_dialog() -> rx.Component:
    return dialogs.titled(
        "Ask to join",
        "You were given the number of a ticket that you do not take part in? An admin can let you"
        " into its conversation.",
        rx.el.form(
            rx.el.div(
                alert(error_in(StandingState.errors, "form")),
                rx.cond(
                    StandingState.sent != "",
                    rx.el.div(
                        rx.icon("check", size=14),
                        rx.el.span(StandingState.sent),
                        role="status",
                        class_name="note",
                    ),
                ),
                _number(),
                _reason(),
                _own(),
                class_name="body",
            ),
            rx.el.div(
                button("Close", on_click=asking_open.set_value(False)),
                button("Send request", kind="primary", type="submit"),
                class_name="foot",
            ),
            on_submit=StandingState.ask,
            no_validate=True,
        ),
        open=asking_open.value,
        on_open_change=asking_open.set,
        on_interact_outside=rx.prevent_default,
    )


def _number() -> rx.Component:
    error = error_in(StandingState.errors, "number")
    control = rx.el.input(
        id="join_number",
        name="number",
        default_value=asked_number.value,
        placeholder="TC-0012",
        auto_complete="off",
        class_name="input",
        **described("join_number", error),
    )
    return field("Ticket number", control, name="join_number", error=error)


def _reason() -> rx.Component:
    error = error_in(StandingState.errors, "reason")
    control = rx.el.textarea(
        id="join_reason",
        name="reason",
        max_length=REASON_MAX_LENGTH,
        class_name="area",
        **described("join_reason", error),
    )
    return field("Reason", control, name="join_reason", error=error)


def _own() -> rx.Component:
    return rx.cond(
        StandingState.requests.length() > 0,
        rx.el.section(
            rx.el.h3("Your requests"),
            rx.el.ul(
                rx.foreach(StandingState.requests, _request),
                role="list",
                aria_label="Your requests",
                class_name="own-requests",
            ),
        ),
    )


def _request(request: rx.Var[ShownRequest]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(request.number),
            rx.el.span(request.label, class_name=f"badge {request.state}"),
            rx.el.small(times.list_time(request.at)),
            class_name="line",
        ),
        rx.el.p(request.reason),
        rx.cond(request.word != "", rx.el.p(rx.el.b("Answer: "), request.word)),
        _link(request),
        key=request.id,
    )


def _link(request: rx.Var[ShownRequest]) -> rx.Component:
    return rx.cond(
        request.href != "",
        ReactRouterLink.create(
            f"Open {request.number}",
            to=request.href,
            on_click=asking_open.set_value(False),
            class_name="link",
        ),
    )


def _state(request: rx.Var[ShownRequest]) -> rx.Component:
    return rx.el.p(
        rx.el.span(request.label, class_name=f"badge {request.state}"),
        " ",
        times.list_time(request.at),
        rx.cond(request.word != "", rx.fragment(" · ", request.word)),
        role="status",
        key=request.id,
        class_name="request-state",
    )


_NOTICE = "An admin has blocked you: you can read, but not write."


def blocked_notice() -> rx.Component:
    """Above the list, for as long as it is so."""
    return rx.cond(
        StandingState.blocked,
        rx.el.div(
            rx.icon("ban", size=14),
            rx.el.span(_NOTICE),
            role="status",
            class_name="note bad blocked",
        ),
    )


def blocked_note() -> rx.Component:
    """In place of the box, where one would write."""
    return rx.el.div(rx.el.span(_NOTICE), class_name="shut-note")
