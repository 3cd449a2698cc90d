"""A dialog with a title and a sentence under it."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_radix.primitives.dialog import dialog

from supportdesk.ui import focus


def titled(
    title: Any,
    hint: Any,
    *content: rx.Component,
    open: Any,
    on_open_change: Any,
    class_name: str = "dialog",
    **props: Any,
) -> rx.Component:
    """`props` are for the box itself.

    Who has written something in a text area of it, Escape only brings to the button that leaves.
    """
    return dialog.root(
        dialog.portal(
            dialog.overlay(class_name="veil"),
            dialog.content(
                rx.el.div(
                    dialog.title(rx.el.h2(title), as_child=True),
                    dialog.description(rx.el.p(hint), as_child=True),
                    class_name="top",
                ),
                *content,
                class_name=class_name,
                on_escape_key_down=focus.out_of_what_is_written(),
                **{**focus.given_back(), **props},
            ),
        ),
        open=open,
        on_open_change=on_open_change,
    )
