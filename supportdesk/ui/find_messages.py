"""The search over all conversations: a dialog with what is asked for and what was found."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from supportdesk.domain.lifecycle import Status
from supportdesk.domain.queries.filters import SEARCH_MAX_LENGTH
from supportdesk.domain.queries.ticket_rows import HitPart
from supportdesk.state.found import FoundMessage, FoundState
from supportdesk.state.thread import ThreadState
from supportdesk.ui import focus
from supportdesk.ui.badges import status_badge
from supportdesk.ui.controls import acting_select, alert, button, icon_button
from supportdesk.ui.line import private

FIND = "find-messages"
_FORM = "find-messages-form"
_HERE = "here"
_PAUSE_MS = 300
# What stands in the form when it is sent: whoever types and ticks a box within the pause asks for
# both, and not for the first again in the end.
_ask = rx.call_script(f"document.getElementById('{_FORM}').requestSubmit()")


def opens_find_messages() -> rx.Var[Any]:
    """With what was found when it was last open; in another ticket, what is found in that one."""
    ask_anew = (
        f"((form) => {{ if (form.{_HERE}?.checked) form.requestSubmit() }})"
        f"(document.getElementById('{_FORM}'))"
    )
    return focus.at_once(f"{ask_anew}; ({focus.show_dialog(FIND)!s})()")


def narrow_down(words: rx.Var[str]) -> rx.Var[Any]:
    """The same words, in the ticket that is open, at the first of what more can be asked for."""
    return focus.at_once(
        f"const form = document.getElementById('{_FORM}'); form.reset();"
        f" form.words.value = {words!s}; form.{_HERE}.checked = true; form.requestSubmit();"
        f" document.getElementById('{FIND}').showModal(); form.sender.focus()"
    )._replace(merge_var_data=words._get_all_var_data())


def find_button() -> rx.Component:
    return icon_button("Search messages", "text-search", on_click=opens_find_messages())


def find_messages() -> rx.Component:
    return rx.el.dialog(
        rx.el.form(
            rx.el.div(
                rx.icon("search", size=16),
                _field(
                    "words",
                    "Search messages",
                    type="search",
                    placeholder="Search all messages",
                    max_length=SEARCH_MAX_LENGTH,
                ),
                icon_button("Close", "x", on_click=focus.close_dialog(FIND)),
                class_name="first",
            ),
            rx.el.div(
                _labelled("From", _field("sender", "From", placeholder="A name")),
                _labelled("After", _field("since", "After", type="date")),
                _labelled("Before", _field("until", "Before", type="date")),
                _labelled("Ticket", _status()),
                rx.el.label(
                    rx.el.input(
                        type="checkbox",
                        name="file",
                        value="1",
                        on_change=_ask,
                    ),
                    "Has file",
                    class_name="choice",
                ),
                rx.cond(ThreadState.number != "", _only_here()),
                class_name="asks",
            ),
            id=_FORM,
            on_submit=FoundState.look_for,
        ),
        alert(FoundState.error),
        rx.el.div(
            rx.el.p(_how_many(), role="status", class_name="aside"),
            rx.el.ul(rx.foreach(FoundState.found, _hit), role="list", aria_label="Messages found"),
            rx.cond(
                FoundState.more,
                button("Look further back", kind="quiet", on_click=FoundState.look_further),
            ),
            tab_index=0,
            class_name="hits",
        ),
        id=FIND,
        aria_label="Search messages",
        class_name="over find",
        custom_attrs={"closedby": "any"},
    )


def _field(name: str, label: str, **props: Any) -> rx.Component:
    return rx.el.input(
        name=name,
        aria_label=label,
        auto_complete="off",
        on_change=_ask.debounce(_PAUSE_MS),
        class_name="input",
        **props,
    )


def _labelled(label: str, field: rx.Component) -> rx.Component:
    return rx.el.label(rx.el.span(label), field)


def _only_here() -> rx.Component:
    """In the ticket that is open."""
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            name=_HERE,
            value=ThreadState.number,
            on_change=_ask,
        ),
        f"Only in {ThreadState.number}",
        class_name="choice",
    )


def _status() -> rx.Component:
    return acting_select(
        rx.el.option("Any status", value=""),
        *[rx.el.option(each.label, value=each.value) for each in Status],
        name="status",
        aria_label="Status of the ticket",
        on_change=_ask,
        class_name="select",
    )


def _how_many() -> rx.Var[str]:
    number = FoundState.found.length()
    counted = rx.match(
        number,
        (0, rx.cond(FoundState.more, "Nothing yet", "Nothing found")),
        (1, "1 message"),
        f"{rx.cond(FoundState.more, 'The latest ', '')}{number} messages",
    )
    nothing_asked = "Find what was said in any conversation: type a word, or choose who and when."
    return rx.cond(FoundState.asked, counted, nothing_asked).to(str)


def _hit(hit: rx.Var[FoundMessage]) -> rx.Component:
    def part(piece: rx.Var[HitPart]) -> rx.Component:
        return rx.cond(piece.marked, rx.el.mark(piece.text), rx.fragment(piece.text))

    return rx.el.li(
        ReactRouterLink.create(
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
            rx.cond(
                hit.files != "",
                rx.el.span(rx.icon("paperclip", size=12), hit.files, class_name="where files"),
            ),
            rx.el.span(
                rx.el.span(hit.number, class_name="number"),
                rx.el.span(hit.subject, class_name="subject"),
                status_badge(hit.status, hit.status_label),
                class_name="where",
            ),
            to=hit.place,
            # The address alone does not lead there when the ticket is the one that is open.
            on_click=[
                focus.close_dialog(FIND),
                rx.cond(hit.number == ThreadState.number, ThreadState.go_to(hit.seq), rx.noop()),
            ],
        ),
        key=hit.id,
    )
