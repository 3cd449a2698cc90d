"""The list of canned replies over the composer, while one types `/` and the beginning of a name.

The text itself is what the server fills in, with the names of the ticket.
"""

from typing import Any

import reflex as rx
from reflex_base.vars import VarData

from supportdesk.domain.queries.replies import ReplyRow
from supportdesk.state.boxes import SLASH
from supportdesk.state.replies import RepliesState, marked, replies_open, slash
from supportdesk.state.session import SessionState
from supportdesk.ui.word_menu import WordMenu, word_before_caret

LIST = "canned-replies"

may_use = (SessionState.me_role == "seller") | (SessionState.me_role == "admin")

_typed = word_before_caret("/", SLASH)
_matches: rx.Var[list[ReplyRow]] = rx.Var(
    _js_expr=f"{RepliesState.replies!s}.filter((each) => each.name.toLowerCase()"
    f".includes({slash.value!s}.slice(1).toLowerCase()))",
    _var_type=list[ReplyRow],
    _var_data=VarData.merge(
        RepliesState.replies._get_all_var_data(), slash.value._get_all_var_data()
    ),
).to(list[ReplyRow])
_count = _matches.length()
# With nothing after the slash there is always the way to the dialog, which is the last option.
shown = may_use & (slash.value != "") & ((_count > 0) | (slash.value == "/"))
# However many replies there are by the time they have arrived, the last option stays the last.
_LAST = -1
_on_manage = (marked.value == _LAST) | (marked.value >= _count)
_place = rx.cond(_on_manage, _count, marked.value)


_menu = WordMenu(
    slash,
    marked,
    shown,
    _place,
    _count + 1,
    kept=lambda place: rx.cond(place == _count, _LAST, place).to(int),
)
close = _menu.close


def follow_typing() -> list[Any]:
    """For each change of the box."""
    return [slash.set_value(rx.cond(may_use, _typed, "")), marked.set_value(0)]


def when_writing() -> Any:
    return rx.cond(may_use, RepliesState.refresh(), rx.noop())


def active_option() -> rx.Var[str]:
    return rx.cond(shown, f"reply-{_place}", "").to(str)


def on_key(key: rx.Var[str], _: Any) -> list[Any]:
    return _menu.on_key(key, _choose)


def _choose(chosen: rx.Var[bool]) -> list[Any]:
    reply: rx.Var[str] = rx.Var(
        _js_expr=f"({_matches!s}[{marked.value!s}]?.id ?? '')",
        _var_type=str,
        _var_data=_matches._get_all_var_data(),
    )
    return [
        rx.cond(chosen & ~_on_manage, RepliesState.insert(reply), rx.noop()),
        rx.cond(chosen & _on_manage, RepliesState.refresh(), rx.noop()),
        replies_open.set_value(rx.cond(chosen & _on_manage, True, replies_open.value)),
    ]


def reply_list() -> rx.Component:
    return rx.cond(
        shown,
        rx.el.div(
            rx.foreach(_matches, _option),
            rx.el.div(
                rx.icon("settings-2", size=14, aria_hidden="true"),
                "Manage replies",
                id=f"reply-{_count}",
                role="option",
                aria_selected=rx.cond(_on_manage, "true", "false"),
                on_mouse_down=rx.prevent_default,
                on_click=[replies_open.set_value(True), RepliesState.refresh, close()],
                class_name="option manage",
            ),
            id=LIST,
            role="listbox",
            aria_label="Canned replies",
            class_name="options",
        ),
    )


def _option(reply: rx.Var[ReplyRow], index: rx.Var[int]) -> rx.Component:
    return rx.el.div(
        rx.el.b(reply.name),
        rx.cond(~reply.mine, rx.el.small("shared")),
        rx.el.span(reply.body, aria_hidden="true"),
        id=f"reply-{index}",
        role="option",
        aria_label=reply.name,
        aria_selected=rx.cond(marked.value == index, "true", "false"),
        # The box keeps the focus, and with it the place of the caret.
        on_mouse_down=rx.prevent_default,
        on_click=[RepliesState.insert(reply.id), close()],
        class_name="option",
        key=reply.id,
    )
