"""The page of chat requests and reports: what waits for a decision first, then what was decided."""

from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from supportdesk.domain.commands.joining import WORD_MAX_LENGTH
from supportdesk.state.requests import (
    NOTHING_DECIDED,
    RequestsState,
    ShownReport,
    ShownRequestRow,
    deciding,
)
from supportdesk.ui import dialogs, times
from supportdesk.ui.avatar import avatar
from supportdesk.ui.controls import alert, button, empty, field, select

_now = deciding.value.to(dict[str, str])
BLOCKING = (
    "They can sign in and read, but neither write nor upload anywhere, until an admin lifts it."
    " They are told so where they would write."
)
_SEES_ALL = "They read what was said so far, too."


def sections() -> list[rx.Component]:
    return [
        _waiting(
            "Requests",
            "Who was given the number of a ticket and asks to be let into its conversation.",
            RequestsState.requests,
            _request,
            empty("user-check", "No request waits", "Whoever asks to join appears here at once."),
        ),
        _waiting(
            "Reports",
            "Messages that somebody finds abusive. Who wrote them learns nothing of it.",
            RequestsState.reports,
            _report,
            empty("shield-check", "No report waits", "What is reported appears here at once."),
        ),
        _past("Decided requests", RequestsState.past_requests, _past_request),
        _past("Decided reports", RequestsState.past_reports, _past_report),
        _accept(),
        _refuse(),
        _delete(),
        _block(),
    ]


def _waiting(heading: str, about: str, rows: Any, row: Any, none: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.div(rx.el.h2(heading), rx.el.p(about)), class_name="head"),
        rx.cond(rows.length() > 0, _list(heading, rows, row), none),
        aria_label=heading,
    )


def _past(heading: str, rows: Any, row: Any) -> rx.Component:
    return rx.cond(
        rows.length() > 0,
        rx.el.section(
            rx.el.div(rx.el.h2(heading), class_name="head"),
            _list(heading, rows, row, "asks past"),
            aria_label=heading,
        ),
    )


def _list(heading: str, rows: Any, row: Any, class_name: str = "asks") -> rx.Component:
    return rx.el.ul(rx.foreach(rows, row), role="list", aria_label=heading, class_name=class_name)


def _who(row: Any, at: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.b(row.name),
        rx.el.small(row.role),
        rx.el.small(times.list_time(at)),
        class_name="line",
    )


def _decided(row: Any, word: Any) -> rx.Component:
    return rx.el.p(word, " by ", rx.el.b(row.decided_by), ", ", times.fact_time(row.decided_at))


# Requests.


def _wanted(row: rx.Var[ShownRequestRow]) -> rx.Component:
    return rx.el.p(
        rx.cond(
            row.exists,
            ReactRouterLink.create(
                rx.el.span(row.number, class_name="number"), " ", row.subject, to=row.href
            ),
            rx.fragment(
                rx.el.span(row.number, class_name="number"),
                " · There is no ticket of this number",
            ),
        ),
        class_name="wanted",
    )


def _request(row: rx.Var[ShownRequestRow]) -> rx.Component:
    return rx.el.li(
        avatar(row.avatar, row.hue),
        rx.el.div(
            _who(row, row.at),
            _wanted(row),
            rx.el.blockquote(row.reason),
            rx.cond(row.there, rx.el.p("They take part in it by now.", class_name="aside")),
            class_name="what",
        ),
        rx.el.div(
            button(
                "Refuse",
                aria_label=f"Refuse {row.name}, {row.number}",
                on_click=_opens("refuse", row),
            ),
            rx.cond(
                row.exists,
                button(
                    "Accept",
                    kind="primary",
                    aria_label=f"Accept {row.name}, {row.number}",
                    on_click=_opens("accept", row),
                ),
            ),
            class_name="answers",
        ),
        key=row.id,
    )


def _past_request(row: rx.Var[ShownRequestRow]) -> rx.Component:
    return rx.el.li(
        avatar(row.avatar, row.hue, "small"),
        rx.el.div(
            _who(row, row.at),
            _wanted(row),
            _decided(row, rx.cond(row.state == "accepted", "Accepted", "Refused")),
            rx.cond(row.word != "", rx.el.blockquote(row.word)),
            class_name="what",
        ),
        key=row.id,
    )


def _opens(deed: str, row: rx.Var[ShownRequestRow]) -> list[Any]:
    about = {
        "deed": deed,
        "id": row.id,
        "name": row.name,
        "number": row.number,
        "seller": rx.cond(row.seller, "yes", ""),
    }
    return [deciding.set_value(about), RequestsState.begin]


def _asks(deed: str, row: rx.Var[ShownReport]) -> list[Any]:
    about = {**NOTHING_DECIDED, "deed": deed, "id": row.id, "name": row.name}
    return [deciding.set_value(about), RequestsState.begin]


def _decision(
    deed: str, title: Any, hint: str, confirm: str, *content: Any, kind: str = "primary"
) -> rx.Component:
    return dialogs.titled(
        title,
        hint,
        rx.el.form(
            rx.el.input(type="hidden", name="deed", value=deed),
            rx.el.input(type="hidden", name="id", value=_now["id"]),
            rx.el.div(
                alert(RequestsState.decision_error),
                *content,
                class_name="body",
            ),
            rx.el.div(
                button("Cancel", on_click=deciding.set_value(NOTHING_DECIDED)),
                button(confirm, kind=kind, type="submit"),
                class_name="foot",
            ),
            on_submit=RequestsState.decide,
            no_validate=True,
        ),
        open=_now["deed"] == deed,
        on_open_change=deciding.set_value(NOTHING_DECIDED),
        on_interact_outside=rx.prevent_default,
    )


def may_read(seller: rx.Var[bool]) -> rx.Component:
    """How far somebody who is let in reads: a buyer, only what is said to everyone."""
    return field(
        "May read",
        select(
            rx.el.option("What is said to everyone", value="everyone"),
            rx.cond(seller, rx.el.option("What the staff says among itself, too", value="staff")),
            name="may_read",
        ),
        name="may_read",
        hint=_SEES_ALL,
    )


def _asker() -> rx.Component:
    return rx.el.p(rx.el.b(_now["name"]), " asks to join ", rx.el.b(_now["number"]), ".")


def _accept() -> rx.Component:
    return _decision(
        "accept",
        "Accept the request",
        "They take part in the conversation from now on, and are told so at once.",
        "Accept",
        _asker(),
        may_read(_now["seller"] != ""),
    )


def _refuse() -> rx.Component:
    return _decision(
        "refuse",
        "Refuse the request",
        "They are told so at once, with what you write here.",
        "Refuse",
        _asker(),
        field(
            "A word to them",
            rx.el.textarea(id="word", name="word", max_length=WORD_MAX_LENGTH, class_name="area"),
            name="word",
        ),
    )


def _delete() -> rx.Component:
    return _decision(
        "delete",
        "Delete this message?",
        "Its text, its files and the reactions to it are gone for everybody, which answers all"
        " reports of it. This cannot be undone.",
        "Delete message",
        kind="danger",
    )


def _block() -> rx.Component:
    return _decision("block", f"Block {_now['name']}?", BLOCKING, "Block", kind="danger")


# Reports.


def _said(row: rx.Var[ShownReport]) -> rx.Component:
    return rx.fragment(
        rx.cond(
            row.standing,
            rx.el.blockquote(row.said),
            rx.el.p("The message was deleted.", class_name="aside"),
        ),
        rx.cond(
            row.href != "",
            rx.el.p(
                ReactRouterLink.create(
                    rx.cond(row.standing, f"Message in {row.number}", row.number), to=row.href
                ),
                class_name="wanted",
            ),
        ),
    )


def _complaint(row: rx.Var[ShownReport]) -> rx.Component:
    return rx.el.p(rx.el.b(row.reporter), " reports: ", row.reason)


def _report(row: rx.Var[ShownReport]) -> rx.Component:
    return rx.el.li(
        avatar(row.avatar, row.hue),
        rx.el.div(_who(row, row.at), _said(row), _complaint(row), _blocked(row), class_name="what"),
        rx.el.div(
            button(
                "Dismiss",
                aria_label=f"Dismiss the report of {row.reporter}",
                on_click=RequestsState.dismiss(row.id),
            ),
            rx.cond(
                row.standing,
                button(
                    "Delete message",
                    aria_label=f"Delete message of {row.name}",
                    on_click=_asks("delete", row),
                ),
            ),
            rx.cond(
                ~row.blocked & (row.role != "Admin"),
                button(
                    "Block",
                    kind="grave",
                    aria_label=f"Block {row.name}",
                    on_click=_asks("block", row),
                ),
            ),
            class_name="answers",
        ),
        key=row.id,
    )


def _past_report(row: rx.Var[ShownReport]) -> rx.Component:
    return rx.el.li(
        avatar(row.avatar, row.hue, "small"),
        rx.el.div(
            _who(row, row.at),
            _said(row),
            _complaint(row),
            _decided(row, row.outcome),
            _blocked(row),
            class_name="what",
        ),
        rx.cond(
            row.blocked,
            rx.el.div(
                button(
                    "Lift the block",
                    aria_label=f"Lift the block of {row.name}",
                    on_click=RequestsState.unblock(row.person_id),
                ),
                class_name="answers",
            ),
        ),
        key=row.id,
    )


def _blocked(row: rx.Var[ShownReport]) -> rx.Component:
    return rx.cond(
        row.blocked,
        rx.el.p(rx.icon("ban", size=12), f"{row.name} is blocked.", class_name="aside"),
    )
