"""One line of a conversation: a message, or an event between messages."""

import reflex as rx

from supportdesk.realtime.lines import ShownLine
from supportdesk.state.session import SessionState
from supportdesk.ui import times
from supportdesk.ui.avatar import avatar


def line(shown: rx.Var[ShownLine]) -> rx.Component:
    drawn = _line(line=shown, mine=shown.sender_id == SessionState.me_id)
    return rx.fragment(drawn, key=shown.id)


@rx.memo
def _line(line: rx.Var[ShownLine], mine: rx.Var[bool]) -> rx.Component:
    """Drawn once; what arrives later does not draw it again."""
    return rx.fragment(
        rx.cond(line.day != "", rx.el.div(times.day(line.day), class_name="day")),
        rx.cond(line.kind == "event", _event(line), _message(line, mine)),
    )


def _event(line: rx.Var[ShownLine]) -> rx.Component:
    return rx.el.article(
        rx.el.b(line.name),
        f" {line.body} · ",
        times.clock(line.at, line.time),
        data_seq=line.seq,
        data_kind=line.kind,
        class_name="event",
    )


def _message(line: rx.Var[ShownLine], mine: rx.Var[bool]) -> rx.Component:
    """Mine on the right, theirs on the left; a second one in a row goes without its head."""
    return rx.el.article(
        rx.cond(~mine & ~line.follows, avatar(line.avatar, line.hue)),
        rx.el.div(
            _head(line, mine),
            rx.el.div(line.body, class_name="bubble"),
            class_name="says",
        ),
        data_seq=line.seq,
        data_kind=line.kind,
        title=rx.cond(line.follows, line.time, ""),
        class_name=f"msg {line.audience} {_side(mine)} {rx.cond(line.follows, 'follows', '')}",
    )


def _side(mine: rx.Var[bool]) -> rx.Var[str]:
    return rx.cond(mine, "mine", "theirs")


def _head(line: rx.Var[ShownLine], mine: rx.Var[bool]) -> rx.Component:
    return rx.el.div(
        rx.el.b(line.name, class_name=rx.cond(mine, "unseen", "")),
        rx.el.span(rx.cond(mine, "", f"{line.role} · "), times.clock(line.at, line.time)),
        rx.cond(line.audience_label != "", _private(line)),
        class_name=rx.cond(line.follows, "unseen", "who"),
    )


def _private(line: rx.Var[ShownLine]) -> rx.Component:
    """In words, so that who sees a message is never a matter of colour alone."""
    return rx.el.span(rx.icon("lock", size=11), line.audience_label, class_name="private")
