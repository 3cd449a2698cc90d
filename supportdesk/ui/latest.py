"""The way to what is new in the conversation, for who is reading further up.

The browser alone knows where somebody reads: it counts what has come since they left the end.
"""

from typing import Any

import reflex as rx
from reflex.experimental import ClientStateVar
from reflex_base.vars import VarData

from supportdesk.state.thread import LIVE, ThreadState, live
from supportdesk.ui.in_view import in_view

_at_end = ClientStateVar.create("at_end", default=True)
_left_at = ClientStateVar.create("left_at", default=0)

slots: rx.Var[list[Any]] = rx.Var.create([live(number) for number in range(LIVE)])


all_lines: rx.Var[list[Any]] = rx.Var(
    _js_expr=f"{ThreadState.history!s}.concat({slots!s}.flat())",
    _var_type=list,
    _var_data=VarData.merge(ThreadState.history._get_all_var_data(), slots._get_all_var_data()),
)
"""The lines that are on the screen."""


def of_all_lines(expression: str, *parts: rx.Var[Any]) -> rx.Var[Any]:
    """`expression` over `lines`, all that are on the screen; `{}` stands for the `parts`."""
    return rx.Var(
        _js_expr=f"((lines) => {expression.format(*(str(part) for part in parts))})({all_lines!s})",
        _var_data=VarData.merge(*(each._get_all_var_data() for each in (all_lines, *parts))),
    )


newest: rx.Var[int] = of_all_lines("lines.reduce((most, line) => Math.max(most, line.seq), 0)").to(
    int
)
"""The place of the last line."""


def end_of_lines() -> rx.Component:
    """Stands after the last line: while it is in view, nothing is missed."""
    return in_view(
        rx.el.span(class_name="end"),
        on_change=lambda seen: [
            _at_end.set_value(seen),
            _left_at.set_value(rx.cond(seen, 0, newest)),
        ],
    )


def to_latest() -> rx.Component:
    """A button that says how many have come meanwhile, and leads there."""
    missed = of_all_lines(
        "lines.filter((line) => line.seq > {} && line.kind === 'message').length", _left_at.value
    ).to(int)
    return rx.cond(
        ~_at_end.value & ThreadState.loaded,
        rx.el.button(
            rx.icon("arrow-down", size=14),
            rx.match(
                missed,
                (0, "Latest messages"),
                (1, "1 new message"),
                f"{missed} new messages",
            ),
            type="button",
            on_click=rx.call_script("document.getElementById('conversation')?.scrollTo(0, 0)"),
            class_name="pill",
        ),
    )
