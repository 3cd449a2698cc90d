"""One line of a conversation: a message, or an event between messages."""

import reflex as rx

from supportdesk.domain.queries.thread import Quote
from supportdesk.realtime.lines import ShownLine
from supportdesk.state.message import MessageState
from supportdesk.state.session import SessionState
from supportdesk.state.thread import ThreadState
from supportdesk.ui import times
from supportdesk.ui.avatar import avatar
from supportdesk.ui.files import files_in
from supportdesk.ui.message_menu import message_menu, reactions
from supportdesk.ui.reading_place import NEW_LINE


def line(shown: rx.Var[ShownLine]) -> rx.Component:
    drawn = _line(
        line=shown,
        mine=shown.sender_id == SessionState.me_id,
        first_new=shown.seq == ThreadState.new_from,
    )
    return rx.fragment(drawn, key=shown.id)


@rx.memo
def _line(line: rx.Var[ShownLine], mine: rx.Var[bool], first_new: rx.Var[bool]) -> rx.Component:
    """Drawn once; what arrives later does not draw it again."""
    return rx.fragment(
        rx.cond(line.day != "", rx.el.div(times.day(line.day), class_name="day")),
        rx.cond(first_new, rx.el.div("New", id=NEW_LINE, role="separator", class_name="new-line")),
        rx.cond(line.kind == "event", _event(line), _message(line, mine)),
    )


def _event(line: rx.Var[ShownLine]) -> rx.Component:
    return rx.el.article(
        rx.el.b(line.name),
        " ",
        rx.el.span(line.body, class_name="did"),
        " · ",
        rx.cond(
            line.audience_label != "",
            rx.el.span(
                rx.icon("lock", size=11),
                rx.el.span(line.audience_label, class_name="unseen"),
                " · ",
                title=line.audience_label,
                class_name="lock",
            ),
        ),
        times.clock(line.at, line.time, line.exact),
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
            rx.el.div(
                rx.el.div(
                    rx.cond(_has_words(line), _said(line)),
                    files_in(line.files),
                    class_name="content",
                ),
                rx.cond(~line.deleted, message_menu(line, mine)),
                class_name="beside",
            ),
            rx.cond(line.edited, _edited(line)),
            reactions(line),
            class_name="says",
        ),
        id=f"message-{line.seq}",
        data_seq=line.seq,
        data_kind=line.kind,
        title=rx.cond(line.follows, line.exact, ""),
        class_name=f"msg {line.audience} {_side(mine)} {rx.cond(line.follows, 'follows', '')}",
    )


def _has_words(line: rx.Var[ShownLine]) -> rx.Var[bool]:
    """Files may come without any."""
    return (line.body != "") | (line.html != "") | line.deleted | (line.quote.length() > 0)


def _said(line: rx.Var[ShownLine]) -> rx.Component:
    """The text, or what `domain/markup` has made of it: the one place that draws HTML."""
    return rx.el.div(
        rx.foreach(line.quote, _quote),
        rx.cond(
            line.deleted,
            rx.el.em("Message deleted"),
            rx.cond(
                line.html != "",
                rx.html(line.html, class_name="marked"),
                line.body,
            ),
        ),
        class_name=f"bubble {rx.cond(line.deleted, 'gone', '')}",
    )


def _quote(quote: rx.Var[Quote]) -> rx.Component:
    return rx.el.a(
        rx.el.b(quote.name),
        rx.el.span(quote.text),
        href=f"#message-{quote.seq}",
        on_click=ThreadState.go_to(quote.seq).prevent_default,
        class_name="quote",
    )


def _side(mine: rx.Var[bool]) -> rx.Var[str]:
    return rx.cond(mine, "mine", "theirs")


def _head(line: rx.Var[ShownLine], mine: rx.Var[bool]) -> rx.Component:
    return rx.el.div(
        rx.el.b(line.name, class_name=rx.cond(mine, "unseen", "")),
        rx.el.span(
            rx.cond(mine, "", f"{line.role} · "), times.clock(line.at, line.time, line.exact)
        ),
        rx.cond(line.audience_label != "", private(line.audience_label)),
        class_name=rx.cond(line.follows, "unseen", "who"),
    )


def _edited(line: rx.Var[ShownLine]) -> rx.Component:
    """For the staff, the way to what it said before."""
    return rx.cond(
        SessionState.me_role == "buyer",
        rx.el.span("edited", class_name="edited"),
        rx.el.button(
            "edited",
            type="button",
            on_click=MessageState.show_versions(line.id),
            class_name="edited link",
        ),
    )


def private(audience: rx.Var[str]) -> rx.Component:
    """In words, so that who sees a message is never a matter of colour alone."""
    return rx.el.span(rx.icon("lock", size=11), audience, class_name="private")
