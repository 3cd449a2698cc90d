"""What one may do with a message: a menu at its side, and the reactions under it."""

from typing import Any

import reflex as rx
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData

from supportdesk.domain.queries.thread import Reacted
from supportdesk.realtime.lines import ShownLine
from supportdesk.state.clock import NOW
from supportdesk.state.composer import ComposerState, quoted
from supportdesk.state.message import MessageState, deleting, still_editable
from supportdesk.state.moderation import ModerationState, blocking
from supportdesk.state.session import SessionState
from supportdesk.state.standing import StandingState, reporting
from supportdesk.ui import menu, times
from supportdesk.ui.controls import icon_button

REACTIONS = {
    "👍": "Thumbs up",
    "❤️": "Heart",
    "🎉": "Party",
    "😄": "Smile",
    "😕": "Confused",
    "👀": "Eyes",
}


def message_menu(line: rx.Var[ShownLine], mine: rx.Var[bool]) -> rx.Component:
    """Nothing of it is offered that the person may not do; the database has the last word."""
    is_admin = SessionState.me_role == "admin"
    may_write = ~StandingState.blocked
    may_delete = (mine & may_write & still_editable.value) | is_admin
    about = {"id": line.sender_id, "name": line.name, "role": line.role, "seller": ""}
    return menu.root(
        menu.trigger(
            icon_button("Message actions", "ellipsis", kind="quiet actions"), as_child=True
        ),
        menu.content(
            rx.cond(may_write, _react(line)),
            rx.cond(may_write, _item("reply", "Quote", on_select=_quote(line))),
            rx.cond(
                mine & may_write & (ComposerState.edit_minutes > 0),
                _edit(line),
            ),
            _item("link", "Copy link", on_select=_copy_link(line)),
            rx.cond(
                ~mine,
                _item(
                    "mail", "Mark unread from here", on_select=MessageState.mark_unread(line.seq)
                ),
            ),
            rx.cond(
                may_delete,
                _item(
                    "trash-2",
                    "Delete",
                    on_select=[deleting.set_value(line.id), MessageState.begin_delete],
                ),
            ),
            rx.cond(~mine, _report(line)),
            rx.cond(
                is_admin & ~mine & (line.role != "Admin"),
                _item(
                    "ban",
                    f"Block {line.name}",
                    on_select=[blocking.set_value(about), ModerationState.begin],
                ),
            ),
            align="end",
            side_offset=4,
            collision_padding=8,
            class_name="menu",
        ),
        modal=False,
        # Before it is drawn, and not only when it is there.
        on_open_change=lambda _: _look_at_the_clock(line),
    )


def _look_at_the_clock(line: rx.Var[ShownLine]) -> rx.Var[Any]:
    """Note whether the message may still be changed."""
    ends = f"Date.parse({line.at!s}) + {ComposerState.edit_minutes!s} * 60_000"
    in_time: rx.Var[bool] = rx.Var(
        _js_expr=f"({NOW} < {ends})",
        _var_type=bool,
        _var_data=VarData.merge(
            line.at._get_all_var_data(),
            ComposerState.edit_minutes._get_all_var_data(),
            VarData(imports={"$/utils/state": [ImportVar(tag="refs")]}),
        ),
    )
    return still_editable.set_value(in_time)


def _edit(line: rx.Var[ShownLine]) -> rx.Component:
    """For as long as it may be changed."""
    return rx.fragment(
        times.each_second(_look_at_the_clock(line)),
        rx.cond(
            still_editable.value,
            _item("pencil", "Edit", on_select=MessageState.begin_edit(line.id)),
        ),
    )


def _item(icon: str, name: str, **props: object) -> rx.Component:
    return menu.item(rx.icon(icon, size=16), name, class_name="item", **props)


def _report(line: rx.Var[ShownLine]) -> rx.Component:
    return rx.cond(
        StandingState.reported.contains(line.id),
        menu.item(rx.icon("flag", size=16), "Reported", disabled=True, class_name="item"),
        _item("flag", "Report", on_select=[reporting.set_value(line.id), StandingState.begin]),
    )


def _react(line: rx.Var[ShownLine]) -> rx.Component:
    return menu.sub(
        menu.sub_trigger(rx.icon("smile-plus", size=16), "React", class_name="item"),
        menu.sub_content(
            *[
                menu.item(
                    emoji,
                    aria_label=name,
                    on_select=MessageState.react(line.id, emoji),
                    class_name="item emoji",
                )
                for emoji, name in REACTIONS.items()
            ],
            collision_padding=8,
            class_name="menu emojis",
        ),
    )


def _quote(line: rx.Var[ShownLine]) -> list[rx.event.EventSpec]:
    # Once the menu has closed, which gives the focus back to its button.
    focus = "setTimeout(() => document.getElementById('message')?.focus(), 100)"
    return [
        quoted.set_value({"id": line.id, "name": line.name}),
        rx.call_script(focus),
    ]


def _copy_link(line: rx.Var[ShownLine]) -> list[rx.event.EventSpec]:
    here: rx.Var[str] = rx.Var("window.location.href.split('#')[0]", _var_type=str)
    return [rx.set_clipboard(f"{here}#message-{line.seq}"), rx.toast("The link is copied.")]


def reactions(line: rx.Var[ShownLine]) -> rx.Component:
    """Each kind once, with how many and whose; pressing one joins in, or takes mine away."""
    return rx.cond(
        line.reactions.length() > 0,
        rx.el.div(
            rx.foreach(line.reactions, lambda each: _reaction(line, each)), class_name="reactions"
        ),
    )


def _reaction(line: rx.Var[ShownLine], each: rx.Var[Reacted]) -> rx.Component:
    mine = each.people.contains(SessionState.me_id)
    return rx.el.button(
        each.emoji,
        rx.el.span(each.people.length()),
        type="button",
        title=each.names,
        aria_label=f"{each.emoji} {each.people.length()}: {each.names}",
        aria_pressed=rx.cond(mine, "true", "false"),
        on_click=MessageState.react(line.id, each.emoji),
        class_name="reaction",
        key=each.emoji,
    )
