"""What shows a file closes when the message that the file came with is deleted."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_base.vars import VarData

from supportdesk.state.thread import ThreadState
from supportdesk.ui.focus import at_once


def close_when_gone(ids: str, shown: rx.Var[Any], close: str) -> rx.Component:
    """Do `close` when one of the files `ids`, an expression over `shown`, is no file of the open
    ticket any more. While the ticket is on its way, nobody knows."""
    gone: rx.Var[bool] = rx.Var(
        _js_expr=(
            f"((there) => {ids}.some((id) => !there.has(id)))"
            f"(new Set({ThreadState.facts.files!s}.map((each) => each.id)))"
        ),
        _var_type=bool,
        _var_data=VarData.merge(
            shown._get_all_var_data(), ThreadState.facts.files._get_all_var_data()
        ),
    )
    return rx.cond(
        ThreadState.loaded & ~ThreadState.missing & gone,
        rx.el.span(hidden=True, on_mount=at_once(close)),
    )
