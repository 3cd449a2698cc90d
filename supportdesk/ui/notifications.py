"""The button that says how much one has not seen, and the list behind it."""

from __future__ import annotations

import reflex as rx
from reflex.experimental import ClientStateVar
from reflex_components_core.react_router.dom import ReactRouterLink
from reflex_components_radix.primitives.dialog import dialog

from supportdesk import routes
from supportdesk.state.account import AccountState
from supportdesk.state.boxes import setter
from supportdesk.state.notifications import NotificationState, Shown, panel_open
from supportdesk.state.thread import ThreadState
from supportdesk.ui import times
from supportdesk.ui.avatar import avatar
from supportdesk.ui.controls import alert, button, empty, icon_button
from supportdesk.ui.focus import at_once

_COUNT = "notification-count"
_ASKED = "supportdesk-asked"

# Whether it is a moment to ask if the browser may show news by itself: once in each browser.
_asks = ClientStateVar.create("asks_for_notifications", default=False)
_may_ask: rx.Var[bool] = rx.Var(
    f"(window.Notification?.permission === 'default' && !localStorage.getItem('{_ASKED}'))"
).to(bool)
_ANSWERED = f"localStorage.setItem('{_ASKED}', '1'); {setter(_asks, value=False)}"


def notifications() -> rx.Component:
    return rx.fragment(
        dialog.root(
            dialog.trigger(_bell(), as_child=True),
            dialog.portal(
                dialog.content(
                    _head(),
                    alert(NotificationState.error),
                    _question(),
                    rx.cond(
                        NotificationState.loaded,
                        rx.cond(NotificationState.told.length() > 0, _list(), _nothing()),
                    ),
                    aria_describedby="",
                    class_name="notifications",
                ),
            ),
            open=panel_open.value,
            on_open_change=lambda shown: [
                panel_open.set_value(shown),
                _asks.set_value(_may_ask),
                NotificationState.show(shown),
            ],
            modal=False,
        ),
        panel_open,
        _asks,
    )


def titled(name: str) -> rx.Var[str]:
    """The title of a page, as it stands in its tab."""
    return rx.cond(NotificationState.unread > 0, f"({_number()}) {name}", name).to(str)


def _number() -> rx.Var[str]:
    unread = NotificationState.unread
    return rx.cond(unread > 99, "99+", unread.to_string()).to(str)


def _bell() -> rx.Component:
    unread = NotificationState.unread
    return rx.el.button(
        rx.icon("bell", size=18),
        rx.cond(
            unread > 0,
            rx.el.span(
                _number(),
                rx.el.span(" unread", class_name="unseen"),
                id=_COUNT,
                class_name="count",
            ),
        ),
        rx.el.span("Notifications", aria_hidden="true", class_name="caption"),
        type="button",
        aria_label="Notifications",
        aria_describedby=rx.cond(unread > 0, _COUNT, ""),
        title="Notifications",
        class_name="place bell",
    )


def _close() -> list[rx.event.EventSpec]:
    return [panel_open.set_value(False), NotificationState.show(False)]


def _head() -> rx.Component:
    return rx.el.div(
        dialog.title(rx.el.h2("Notifications"), as_child=True),
        rx.el.span(class_name="grow"),
        rx.cond(
            NotificationState.unread > 0,
            button("Mark all read", kind="quiet", on_click=NotificationState.mark_all_read),
        ),
        ReactRouterLink.create(
            rx.icon("settings-2", size=16),
            to=routes.ACCOUNT,
            on_click=_close(),
            aria_label="What to be told of",
            title="What to be told of",
            class_name="button icon quiet",
        ),
        icon_button("Close", "x", on_click=_close()),
        class_name="head",
    )


def _question() -> rx.Component:
    """A quiet line, once: neither answer is asked for again."""
    allow = f"Notification.requestPermission(); {_ANSWERED}"
    return rx.cond(
        _asks.value,
        rx.el.div(
            rx.el.p("Be told on this computer, too, while you work elsewhere?"),
            rx.el.div(
                button("Turn on", on_click=[at_once(allow), AccountState.choose("browser", True)]),
                button("No, thanks", kind="quiet", on_click=at_once(_ANSWERED)),
            ),
            class_name="offer",
        ),
    )


def _nothing() -> rx.Component:
    return empty(
        "bell",
        "Nothing yet",
        "Here you find who mentioned you, what was answered, and what became yours to do.",
        heading=rx.el.h3,
    )


def _list() -> rx.Component:
    return rx.el.ul(
        rx.foreach(NotificationState.told, _item), role="list", aria_label="Notifications"
    )


def _item(told: rx.Var[Shown]) -> rx.Component:
    # In the ticket that is open already, an address alone would move nothing.
    there = (ThreadState.number == told.number) & (told.seq > 0)
    return rx.el.li(
        ReactRouterLink.create(
            avatar(told.avatar, told.hue, "small"),
            rx.el.span(
                rx.el.b(told.name),
                " ",
                told.does,
                rx.cond(told.more > 0, rx.el.small(f" · {told.more} more"), ""),
                class_name="does",
            ),
            times.list_time(told.at),
            rx.cond(told.excerpt != "", rx.el.span(told.excerpt, class_name="excerpt")),
            rx.el.span(f"{told.number} · {told.subject}", class_name="about"),
            rx.cond(told.unread, rx.el.span("unread", class_name="fresh")),
            to=told.href,
            on_click=[
                rx.cond(there, ThreadState.go_to(told.seq), rx.noop()),
                *_close(),
            ],
            class_name=rx.cond(told.unread, "told unread", "told"),
        ),
        key=told.conversation_id,
    )
