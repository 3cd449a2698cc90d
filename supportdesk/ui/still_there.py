"""What shows a file closes when the message that the file came with is deleted."""

from __future__ import annotations

from typing import Any

import reflex as rx

from supportdesk.state.thread import ThreadState
from supportdesk.ui.focus import at_once
from supportdesk.ui.latest import of_all_lines


def close_when_gone(ids: str, shown: rx.Var[Any], close: str) -> rx.Component:
    """Do `close` when one of the files `ids`, an expression over `shown`, is no file of the open
    ticket any more. While the ticket is on its way, nobody knows.

    A new message is there before the list of the ticket's files, which misses it for a moment.
    """
    shown_ids: rx.Var[Any] = rx.Var(ids, _var_data=shown._get_all_var_data())
    gone = of_all_lines(
        "((there) => {}.some((id) => !there.has(id)))"
        "(new Set([...{}, ...lines.flatMap((line) => line.files)].map((each) => each.id)))",
        shown_ids,
        ThreadState.facts.files,
    ).to(bool)
    return rx.cond(
        ThreadState.loaded & ~ThreadState.missing & gone,
        rx.el.span(hidden=True, on_mount=at_once(close)),
    )
