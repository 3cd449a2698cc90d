"""The account page: who one is, what one wants to be told of, and how."""

from __future__ import annotations

import reflex as rx
from reflex.experimental import ClientStateVar

from supportdesk.state.account import AccountState
from supportdesk.state.boxes import set_to
from supportdesk.state.session import SessionState
from supportdesk.ui.avatar import avatar
from supportdesk.ui.controls import alert, button
from supportdesk.ui.focus import at_once
from supportdesk.ui.news import MENTION_SOUND, MESSAGE_SOUND
from supportdesk.ui.own_account import own_account, own_data
from supportdesk.ui.skeletons import bone

_KINDS = (
    ("mentions", "Somebody mentions me", "Your name behind an @ in a message."),
    ("messages", "New messages", "In conversations that you take part in."),
    ("assignments", "A ticket is assigned to me", ""),
    ("statuses", "A ticket of mine changes its status", "Of those that you have filed."),
)

# What the browser allows: `granted`, `denied`, `default` (not asked yet), or nothing at all.
_allowed = ClientStateVar.create("notifications_allowed", default="granted")
_ALLOWED = "window.Notification?.permission ?? ''"


def account_page() -> rx.Component:
    return rx.el.main(
        rx.el.div(rx.el.h1("Account"), class_name="bar"),
        rx.el.div(
            alert(AccountState.error),
            rx.cond(
                AccountState.loaded,
                rx.fragment(_person(), own_account(), _kinds(), _ways(), own_data()),
                rx.el.div(bone(), aria_busy="true"),
            ),
            class_name="inside",
        ),
        _allowed,
        on_mount=_allowed.set_value(rx.Var(_ALLOWED).to(str)),
        id="content",
        tab_index=-1,
        class_name="settings",
    )


def _person() -> rx.Component:
    return rx.el.section(
        avatar(SessionState.me_avatar, SessionState.me_hue),
        rx.el.div(
            rx.el.b(SessionState.me_name),
            rx.el.p(f"{SessionState.me_role_label} · {SessionState.me_email}"),
        ),
        aria_label="You",
        class_name="me",
    )


def _section(heading: str, about: str, *switches: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.div(rx.el.h2(heading), rx.el.p(about)), class_name="head"),
        rx.el.ul(*switches, role="list", aria_label=heading, class_name="things"),
        aria_label=heading,
    )


def _kinds() -> rx.Component:
    return _section(
        "Notifications",
        "What you do yourself is never told to you.",
        *[_switch(choice, name, about) for choice, name, about in _KINDS],
    )


def _ways() -> rx.Component:
    return _section(
        "Sound and browser",
        "For what comes while you are not looking at it.",
        _switch(
            "sound",
            "Play a sound",
            "A different one when you are mentioned.",
            _listen("Message", MESSAGE_SOUND),
            _listen("Mention", MENTION_SOUND),
        ),
        _switch(
            "browser",
            "Show notifications of the browser",
            rx.match(
                _allowed.value,
                ("denied", "This browser blocks them. Allow them for this site in its settings."),
                ("", "This browser shows none here."),
                "While the desk is out of sight.",
            ),
            rx.cond(
                _allowed.value == "default",
                button(
                    "Allow in this browser",
                    on_click=at_once(
                        "Notification.requestPermission()"
                        f".then((answer) => {set_to(_allowed, 'answer')})"
                    ),
                ),
            ),
        ),
    )


def _listen(name: str, sound: str) -> rx.Component:
    return button(
        rx.icon("volume-2", size=14),
        name,
        kind="quiet",
        aria_label=f"Listen to the sound of a {name.lower()}",
        on_click=at_once(f"new Audio('{sound}').play()"),
    )


def _switch(choice: str, name: str, about: rx.Var[str] | str, *more: rx.Component) -> rx.Component:
    wanted = getattr(AccountState.preferences, choice)
    return rx.el.li(
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=wanted,
                on_change=AccountState.choose(choice, ~wanted),
            ),
            rx.el.span(name, rx.el.small(about) if about is not None else None),
            class_name="wish",
        ),
        *more,
    )
