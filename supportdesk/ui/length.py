"""How much of a message's length is left, near its end; and how much there is too much."""

import reflex as rx
from reflex.vars import VarData

from supportdesk.state.composer import ComposerState
from supportdesk.state.outbox import sent_too_much, written_length
from supportdesk.ui.controls import wrong

NOTE = "message-length"
# Of ten parts of the limit, the last.
_IN_SIGHT = 0.9

_most, _now = ComposerState.most, written_length.value.to(int)
over: rx.Var[bool] = (_most > 0) & (_now > _most)
near: rx.Var[bool] = (_most > 0) & (_now >= _most * _IN_SIGHT)


def length_note() -> rx.Component:
    """Told while one types; and who sends it all the same is told once more."""
    return rx.cond(
        over & sent_too_much.value,
        wrong(_words(), id=NOTE),
        rx.cond(
            near,
            rx.el.p(
                _words(),
                id=NOTE,
                role="status",
                class_name=f"length {rx.cond(over, 'too-long', '')}",
            ),
        ),
    )


def _words() -> rx.Var[str]:
    """As `domain.text.check_body` says it."""
    data = VarData.merge(_most._get_all_var_data(), written_length.value._get_all_var_data())
    return rx.Var(
        _js_expr=(
            "((now, most, told) => now > most"
            " ? `This is ${told(now)} characters long; ${told(most)} is the most."
            " Shorten it by ${told(now - most)}.`"
            " : `${told(most - now)} ${most - now === 1 ? 'character' : 'characters'} left`)"
            f"({_now!s}, {_most!s}, (number) => number.toLocaleString('en'))"
        ),
        _var_type=str,
        _var_data=data,
    )
