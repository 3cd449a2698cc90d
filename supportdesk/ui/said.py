"""The search in the open conversation, and what it has found."""

import reflex as rx

from supportdesk.domain.queries.ticket_rows import HitPart
from supportdesk.state.said import SEARCH_BOX, Hit, SaidState
from supportdesk.state.thread import ThreadState
from supportdesk.ui.address import open_number
from supportdesk.ui.controls import alert, button, icon_button
from supportdesk.ui.find_messages import narrow_down
from supportdesk.ui.line import private

_PAUSE = 300

_open = (SaidState.asked != "") & (SaidState.number == open_number)


def search_box() -> rx.Component:
    """Another ticket begins with an empty box."""
    return rx.el.div(
        rx.icon("search", size=14),
        rx.el.input(
            type="search",
            id=SEARCH_BOX,
            key=open_number,
            aria_label="Search conversation",
            placeholder="Search conversation",
            auto_complete="off",
            max_length=200,
            on_change=SaidState.look_for.debounce(_PAUSE),
            on_key_down=lambda key: rx.cond(key == "Escape", SaidState.close(), rx.noop()),
            class_name="input",
        ),
        class_name="search-said",
    )


def found() -> rx.Component:
    """Over the conversation, which stays where it is until one goes to a hit."""
    return rx.cond(
        _open,
        rx.el.section(
            rx.el.div(
                rx.el.h2(_count(), aria_live="polite"),
                rx.el.span(class_name="grow"),
                button("Narrow down", kind="quiet", on_click=narrow_down(SaidState.asked)),
                icon_button("Close search", "x", on_click=SaidState.close),
                class_name="top",
            ),
            alert(SaidState.error),
            rx.el.ul(rx.foreach(SaidState.hits, _hit), role="list", aria_label="Found messages"),
            aria_label="Search results",
            class_name="said",
        ),
    )


def _count() -> rx.Var[str]:
    number = SaidState.hits.length()
    return rx.match(
        number,
        (0, "Nothing found"),
        (1, "1 message"),
        f"{rx.cond(SaidState.more, 'The latest ', '')}{number} messages",
    ).to(str)


def _hit(hit: rx.Var[Hit]) -> rx.Component:
    def part(piece: rx.Var[HitPart]) -> rx.Component:
        return rx.cond(piece.marked, rx.el.mark(piece.text), rx.fragment(piece.text))

    return rx.el.li(
        rx.el.button(
            rx.el.span(
                rx.el.b(hit.name),
                rx.el.time(hit.time, date_time=hit.at),
                rx.cond(
                    hit.audience_label != "",
                    private(hit.audience_label),
                ),
                class_name=f"who {hit.audience}",
            ),
            rx.el.span(rx.foreach(hit.parts, part), class_name="text"),
            type="button",
            on_click=ThreadState.go_to(hit.seq),
        ),
        key=hit.seq,
    )
