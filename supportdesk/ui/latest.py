"""The way to what is new in the conversation, for who is reading further up.

The browser knows first whether somebody is at the end, and tells the server: from then on nothing
that they see goes away by itself, and what comes is counted.
"""

from typing import Any

import reflex as rx
from reflex.experimental import ClientStateVar
from reflex_base.vars import VarData

from supportdesk.state.thread import LIVE, ThreadState, live
from supportdesk.ui.focus import at_once
from supportdesk.ui.in_view import in_view
from supportdesk.ui.reading_place import END, TO_THE_END

_at_end = ClientStateVar.create("at_end", default=True)

slots: rx.Var[list[Any]] = rx.Var.create([live(number) for number in range(LIVE)])


all_lines: rx.Var[list[Any]] = rx.Var(
    _js_expr=f"{ThreadState.history!s}.concat({slots!s}.flat())",
    _var_type=list,
    _var_data=VarData.merge(ThreadState.history._get_all_var_data(), slots._get_all_var_data()),
)
"""The lines that this tab has; see `ThreadState.has_later` for which of them are drawn."""


def of_all_lines(expression: str, *parts: rx.Var[Any]) -> rx.Var[Any]:
    """`expression` over `lines`, all that this tab has; `{}` stands for the `parts`."""
    return rx.Var(
        _js_expr=f"((lines) => {expression.format(*(str(part) for part in parts))})({all_lines!s})",
        _var_data=VarData.merge(*(each._get_all_var_data() for each in (all_lines, *parts))),
    )


newest: rx.Var[int] = of_all_lines(
    "lines.reduce((most, line) => Math.max(most, line.seq), {})", ThreadState.history_to
).to(int)
"""The place of the last line of the conversation."""


def end_of_lines() -> rx.Component:
    """Stands after the last line: while it is in view, nothing is missed."""
    return in_view(
        rx.el.span(id=END, class_name="end"),
        initial_in_view=True,
        on_change=lambda seen: [
            _at_end.set_value(seen),
            rx.cond(
                seen,
                rx.cond(
                    _at_end.value & (ThreadState.away_since == 0),
                    rx.noop(),
                    ThreadState.show_latest(),
                ),
                ThreadState.scroll_away(newest),
            ),
        ],
    )


def go_to_end() -> list[Any]:
    """Have the end in view, from wherever one is."""
    return [
        at_once(TO_THE_END),
        rx.cond(ThreadState.has_later, ThreadState.show_latest(), rx.noop()),
    ]


def to_latest() -> rx.Component:
    """A button that says how many have come meanwhile, and leads there."""
    left_at = rx.cond(ThreadState.away_since > 0, ThreadState.away_since, newest)
    in_slots = rx.Var(
        _js_expr=(
            f"({slots!s}).flat()"
            f".filter((line) => line.seq > {left_at!s} && line.kind === 'message').length"
        ),
        _var_data=VarData.merge(slots._get_all_var_data(), left_at._get_all_var_data()),
    ).to(int)
    missed = ThreadState.missed + in_slots
    return rx.cond(
        (~_at_end.value | ThreadState.has_later) & ThreadState.loaded & ~ThreadState.missing,
        rx.el.button(
            rx.icon("arrow-down", size=14),
            rx.match(
                missed,
                (0, "Latest messages"),
                (1, "1 new message"),
                f"{missed} new messages",
            ),
            type="button",
            on_click=go_to_end(),
            class_name="pill",
        ),
    )
