"""The list of people over the composer, while one types `@` and the beginning of a name.

Only those are offered who may read what is addressed to the audience that is chosen.
"""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_base.vars import VarData

from supportdesk.domain.queries.mentions import Callee
from supportdesk.state.boxes import AT, typed_over
from supportdesk.state.composer import audience_chosen
from supportdesk.state.mentions import MentionState, at_name, marked
from supportdesk.state.outbox import MESSAGE_BOX
from supportdesk.state.session import SessionState
from supportdesk.state.thread import ThreadState
from supportdesk.ui.avatar import avatar
from supportdesk.ui.focus import at_once
from supportdesk.ui.word_menu import WordMenu, word_before_caret

LIST = "people-to-mention"
_MOST = 8

_typed = word_before_caret("@", AT)
_matches: rx.Var[list[Callee]] = rx.Var(
    # The beginning of any of their names.
    _js_expr=(
        f"((words) => {MentionState.people!s}.filter((each) =>"
        f" each.reads.includes({audience_chosen.value!s})"
        " && (' ' + each.name.toLowerCase()).includes(' ' + words))"
        f".slice(0, {_MOST}))({at_name.value!s}.slice(1).toLowerCase())"
    ),
    _var_type=list[Callee],
    _var_data=VarData.merge(
        rx.Var.create(MentionState.people)._get_all_var_data(),
        audience_chosen.value._get_all_var_data(),
        at_name.value._get_all_var_data(),
    ),
).to(list[Callee])
_count = _matches.length()
shown = (at_name.value != "") & (_count > 0) & (MentionState.number == ThreadState.number)
_place = rx.cond(marked.value < _count, marked.value, 0).to(int)
_menu = WordMenu(at_name, marked, shown, _place, _count)
close = _menu.close


def follow_typing() -> list[Any]:
    """For each change of the box. Who has come meanwhile is offered, too."""
    return [
        at_name.set_value(_typed),
        marked.set_value(0),
        rx.cond(_typed == "@", MentionState.refresh(), rx.noop()),
    ]


def when_writing() -> Any:
    return MentionState.refresh()


def active_option() -> rx.Var[str]:
    return rx.cond(shown, f"mention-{_place}", "").to(str)


def on_key(key: rx.Var[str], _: Any) -> list[Any]:
    return _menu.on_key(key, _choose)


def _choose(chosen: rx.Var[bool]) -> list[Any]:
    data = VarData.merge(*(each._get_all_var_data() for each in (chosen, _matches, _place)))
    return [_insert(f"{_matches!s}[{_place!s}].name", data, when=str(chosen))]


def _insert(name: str, data: VarData | None, when: str = "true") -> rx.Var[Any]:
    put = typed_over(MESSAGE_BOX, AT, f"'@' + {name} + ' '")
    return at_once(f"if ({when}) {put}")._replace(merge_var_data=data)


def people_list() -> rx.Component:
    return rx.cond(
        shown,
        rx.el.div(
            rx.foreach(_matches, _option),
            id=LIST,
            role="listbox",
            aria_label="People to mention",
            class_name="options",
        ),
    )


def _option(person: rx.Var[Callee], index: rx.Var[int]) -> rx.Component:
    return rx.el.div(
        avatar(person.avatar, person.hue, "small"),
        rx.el.b(person.name),
        rx.el.small(person.role),
        id=f"mention-{index}",
        role="option",
        aria_label=f"{person.name}, {person.role}",
        aria_selected=rx.cond(_place == index, "true", "false"),
        # The box keeps the focus, and with it the place of the caret.
        on_mouse_down=rx.prevent_default,
        on_click=[_insert(f"{person.name!s}", person.name._get_all_var_data()), close()],
        class_name="option",
        key=person.id,
    )


def of_oneself() -> rx.Component:
    """A message is drawn alike for all who see it; where one is meant oneself, the name stands out
    by a rule of one's own."""
    return rx.el.style(
        f".mention[data-of~='{SessionState.me_id}']"
        " { background: var(--called); color: var(--on-called); font-weight: 650; }"
    )
