"""How much of a text's length is left, near its end; and how much there is too much."""

from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.event import EventChain
from reflex.experimental import ClientStateVar
from reflex.vars import VarData

from supportdesk.state.boxes import length_in
from supportdesk.state.composer import ComposerState
from supportdesk.state.outbox import MESSAGE_BOX, sent_too_much, written_length
from supportdesk.ui.controls import wrong
from supportdesk.ui.focus import at_once

# Of ten parts of the limit, the last.
_IN_SIGHT = 0.9
_most = ComposerState.most


@dataclass(frozen=True)
class Counter:
    """Of what stands in a box that becomes a message. `tried` is whether somebody has sent it
    though it was too long."""

    box: str
    length: ClientStateVar
    tried: ClientStateVar

    @property
    def note(self) -> str:
        """The id of what is told."""
        return f"{self.box}-length"

    @property
    def over(self) -> rx.Var[bool]:
        return (_most > 0) & (self._now > _most)

    @property
    def near(self) -> rx.Var[bool]:
        return (_most > 0) & (self._now >= _most * _IN_SIGHT)

    @property
    def _now(self) -> Any:
        return self.length.value.to(int)

    def begin(self) -> list[rx.Var[EventChain]]:
        """For a box that has just been drawn."""
        return [self.tried.set_value(False), self.measure()]

    def measure(self) -> rx.Var[EventChain]:
        """For whatever changes what is in the box."""
        return at_once(length_in(self.box, self.length))

    def told(self) -> rx.Component:
        """Told while one types; and who sends it all the same is told once more."""
        return rx.cond(
            self.over & self.tried.value,
            wrong(self._words(), id=self.note),
            rx.cond(
                self.near,
                rx.el.p(
                    self._words(),
                    id=self.note,
                    role="status",
                    class_name=f"length {rx.cond(self.over, 'too-long', '')}",
                ),
            ),
        )

    def _words(self) -> rx.Var[str]:
        """As `domain.text.check_body` says it."""
        data = VarData.merge(_most._get_all_var_data(), self.length.value._get_all_var_data())
        return rx.Var(
            _js_expr=(
                "((now, most, told) => now > most"
                " ? `This is ${told(now)} characters long; ${told(most)} is the most."
                " Shorten it by ${told(now - most)}.`"
                " : `${told(most - now)} ${most - now === 1 ? 'character' : 'characters'} left`)"
                f"({self._now!s}, {_most!s}, (number) => number.toLocaleString('en'))"
            ),
            _var_type=str,
            _var_data=data,
        )


MESSAGE = Counter(MESSAGE_BOX, written_length, sent_too_much)
