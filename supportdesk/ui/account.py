"""The person at this browser: their menu, with what concerns the whole app."""

from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from supportdesk import routes
from supportdesk.state.session import SessionState
from supportdesk.ui import focus, menu
from supportdesk.ui.avatar import avatar

_SIGN_OUT = "sign-out"


def account_menu(opens_palette: list[Any], shows_shortcuts: Any) -> rx.Component:
    """With a way to the palette and to the shortcuts for those who do not know their keys."""
    return rx.fragment(
        menu.root(
            menu.trigger(
                rx.el.button(
                    avatar(SessionState.me_avatar, SessionState.me_hue, "small"),
                    rx.el.span("Account", aria_hidden="true", class_name="caption"),
                    type="button",
                    aria_label="Account",
                    class_name="account",
                ),
                as_child=True,
            ),
            menu.content(
                _person(),
                rx.el.div(class_name="rule"),
                _settings(),
                _opens("Commands", "command", *opens_palette),
                _opens("Keyboard shortcuts", "keyboard", shows_shortcuts),
                _colour_mode(),
                _sign_out(),
                side="top",
                align="start",
                side_offset=6,
                collision_padding=8,
                class_name="menu",
            ),
            modal=False,
        ),
        # Outside the menu, which is gone by the time the browser sends it. A plain form, for the
        # answer to it removes the cookie and leaves the page.
        rx.el.form(
            id=_SIGN_OUT, action=routes.POST_LOGOUT, method="post", on_submit=None, hidden=True
        ),
    )


def _person() -> rx.Component:
    return rx.el.div(
        avatar(SessionState.me_avatar, SessionState.me_hue),
        rx.el.div(
            rx.el.b(SessionState.me_name),
            rx.el.small(f"{SessionState.me_role_label} · {SessionState.me_email}"),
        ),
        class_name="person",
    )


def _settings() -> rx.Component:
    return menu.item(
        ReactRouterLink.create(
            rx.icon("settings-2", size=16), "Settings", to=routes.ACCOUNT, class_name="item"
        ),
        as_child=True,
    )


def _opens(name: str, icon: str, *events: Any) -> rx.Component:
    """The focus goes to the button first: the menu is gone when the dialog gives it back."""
    return menu.item(
        rx.icon(icon, size=16), name, on_select=[focus.on(".account"), *events], class_name="item"
    )


def _colour_mode() -> rx.Component:
    return menu.item(
        rx.color_mode_cond(rx.icon("moon", size=16), rx.icon("sun", size=16)),
        rx.color_mode_cond("Dark mode", "Light mode"),
        on_select=rx.toggle_color_mode,
        class_name="item",
    )


def _sign_out() -> rx.Component:
    return menu.item(
        rx.el.button(
            rx.icon("log-out", size=16),
            "Sign out",
            type="submit",
            form=_SIGN_OUT,
            class_name="item",
        ),
        as_child=True,
        on_select=rx.prevent_default,
    )
