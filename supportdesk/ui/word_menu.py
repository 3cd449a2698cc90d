"""A list over the composer, offered while one types a word that begins with a certain sign.

It works in the browser alone: so keys act at once, however slow the line is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.experimental import ClientStateVar

from supportdesk.state.outbox import MESSAGE_BOX

_BOX = f"document.getElementById('{MESSAGE_BOX}')"
_BEFORE_CARET = f"{_BOX}.value.slice(0, {_BOX}.selectionStart)"


def word_before_caret(sign: str, begun: str) -> rx.Var[str]:
    """The sign and what has been typed after it; nothing when the caret is not behind such a word.

    `begun` is a regular expression, as in `state/boxes`.
    """
    return rx.Var(
        f"((found) => found ? '{sign}' + found[1] : '')(/{begun}/.exec({_BEFORE_CARET}))",
        _var_type=str,
    )


@dataclass(frozen=True, slots=True)
class WordMenu:
    """`word` and `marked` live in the browser: what has been typed, and which option is marked.

    `marked` is the option at `place`, of `places`; `kept` says how a place is remembered.
    """

    word: ClientStateVar
    marked: ClientStateVar
    shown: rx.Var[bool]
    place: rx.Var[int]
    places: rx.Var[int]
    kept: Callable[[rx.Var[int]], rx.Var[int]] = lambda place: place

    def close(self) -> Any:
        return self.word.set_value("")

    def on_key(self, key: rx.Var[str], choose: Callable[[rx.Var[bool]], list[Any]]) -> list[Any]:
        """Arrows move, Enter and Tab choose, Escape closes; nothing of it reaches the box.

        `choose` gives what is done when its argument holds.
        """
        down, up = self.shown & (key == "ArrowDown"), self.shown & (key == "ArrowUp")
        chosen = self.shown & ((key == "Enter") | (key == "Tab"))
        escape = self.shown & (key == "Escape")
        there = rx.cond(
            down,
            (self.place + 1) % self.places,
            rx.cond(up, (self.place + self.places - 1) % self.places, self.place),
        )
        return [
            rx.cond(down | up | chosen | escape, rx.prevent_default, rx.noop()),
            rx.cond(escape, rx.stop_propagation, rx.noop()),
            *choose(chosen),
            self.marked.set_value(self.kept(there)),
            self.word.set_value(rx.cond(chosen | escape, "", self.word.value)),
        ]
