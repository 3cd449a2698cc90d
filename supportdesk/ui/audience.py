"""Who will see what one writes: chosen, always in sight, and asked about before it goes to more."""

from typing import Any

import reflex as rx
from reflex_base.vars import VarData

from supportdesk.state.boxes import value_of
from supportdesk.state.composer import (
    AUDIENCE_LABELS,
    ComposerState,
    asking,
    audience_chosen,
    writing_since,
    written_for,
)
from supportdesk.state.outbox import FORM, MAKES_A_MESSAGE, MESSAGE_BOX, STAY
from supportdesk.state.unsaved import note
from supportdesk.ui import dialogs
from supportdesk.ui.address import open_number
from supportdesk.ui.controls import button
from supportdesk.ui.focus import at_once
from supportdesk.ui.latest import newest

# A draft is kept a moment after typing pauses, and at once when the box is left.
_PAUSE = 800
_WARNINGS = {
    "staff": "Staff only: hidden from the buyer.",
    "admins": "Admins only: hidden from buyer and seller.",
}
_RANK = "((audience) => ['everyone', 'staff', 'admins'].indexOf(audience))"
_FORM = f"document.getElementById('{FORM}')"
# What it is in the moment of the event, not when the page was drawn.
_written_now = rx.Var("(refs['_client_state_written_for'] ?? 'everyone')").to(str)
_since_now: rx.Var[int] = rx.Var(
    _js_expr=f"(refs['_client_state_writing_since'] || {newest!s})",
    _var_type=int,
    _var_data=VarData.merge(newest._get_all_var_data(), writing_since.value._get_all_var_data()),
)
# What has been written for few, and whether it has left the box: when it comes back, from the
# clipboard or because that was undone, it is still the same. Of less than this many characters
# only the whole is.
_FOR_FEW = "refs['supportdesk_for_few']"
_ENOUGH = 12
_SAME = (
    "((one, other) => one === other"
    f" || Math.min(one.length, other.length) >= {_ENOUGH}"
    " && (one.includes(other) || other.includes(one)))"
)
_NOTE = (
    f"((said, by) => {{ const kept = {_FOR_FEW}; if ({_RANK}(by) > 0) {_FOR_FEW} ="
    " {by, out: false, text: kept && !kept.out && kept.text.includes(said) ? kept.text : said} })"
)

WIDENS = f"{_RANK}({_FORM}.dataset.written) > {_RANK}({_FORM}.audience.value)"
"""Whether more would see the message than it was written for."""
widens: rx.Var[bool] = rx.Var(
    _js_expr=f"({_RANK}({written_for.value!s}) > {_RANK}({audience_chosen.value!s}))",
    _var_type=bool,
    _var_data=VarData.merge(
        written_for.value._get_all_var_data(), audience_chosen.value._get_all_var_data()
    ),
)
"""The same, as it was when the page was drawn."""
ASK = f"if ({WIDENS} && {MAKES_A_MESSAGE}) refs['_client_state_{asking._setter_name}'](true)"
WRITTEN_FOR_THESE = (
    f"refs['_client_state_{written_for._setter_name}']({_FORM}.audience.value); delete {_FOR_FEW}"
)
"""Begin anew: what is typed next is for those who are chosen."""


def no_wider_than(audience: rx.Var[str]) -> str:
    """Address what is written to these, unless it is for fewer already."""
    address = "; ".join(
        f"refs['_client_state_{var._setter_name}']({audience})"
        for var in (audience_chosen, written_for)
    )
    return f"if ({_RANK}({audience}) > {_RANK}({_FORM}.audience.value)) {{ {address} }}"


def keep_draft(
    text: Any, audience: Any = audience_chosen.value, *, later: bool = False
) -> list[Any]:
    """By this tab at once, until the server has it. `later` takes the place of what typing has
    left to be saved there."""
    event = ComposerState.keep_draft.debounce(_PAUSE) if later else ComposerState.keep_draft
    here = note(
        f"{_FORM}.ticket.value",
        str(text),
        audience=str(audience),
        written_for=str(_written_now),
        since=str(_since_now),
    )
    return [at_once(here), event(open_number, text, audience, _written_now, _since_now)]


def note_before() -> rx.Var[Any]:
    """For when somebody turns to the box: what stands there may leave it."""
    said = f"({value_of(MESSAGE_BOX)!s}).trim()"
    return at_once(f"if ({said}) {_NOTE}({said}, {_written_now!s})")


def follow_typing(text: rx.Var[str]) -> rx.Var[Any]:
    """Who empties the box begins anew, unless the same comes back."""
    known = (
        f"if (!text) {{ if (kept) kept.out = true; return chosen }} const said = text.trim(),"
        f" back = kept?.out && {_RANK}(kept.by) > {_RANK}(written) && {_SAME}(kept.text, said),"
        f" by = back ? kept.by : written; {_NOTE}(said, by); return by"
    )
    return written_for.set_value(
        rx.Var(
            _js_expr=(
                f"((text, chosen, written, kept) => {{ {known} }})"
                f"({text!s}, {audience_chosen.value!s}, {_written_now!s}, {_FOR_FEW})"
            ),
            _var_type=str,
            _var_data=VarData.merge(
                text._get_all_var_data(), audience_chosen.value._get_all_var_data()
            ),
        )
    )


def choice() -> rx.Component:
    return rx.el.label(
        rx.el.span("Visible to", class_name="hint"),
        rx.el.select(
            rx.foreach(
                ComposerState.audiences,
                lambda choice: rx.el.option(choice.label, value=choice.value),
            ),
            value=audience_chosen.value,
            on_change=lambda value: [
                at_once(STAY),
                written_for.set_value(_fewest(value)),
                audience_chosen.set_value(value),
                *keep_draft(value_of(MESSAGE_BOX), value),
                *keep_draft(value_of(MESSAGE_BOX), value, later=True),
            ],
            aria_label="Visible to",
            class_name="pick plain",
        ),
        class_name="audience",
    )


def _fewest(chosen: rx.Var[str]) -> rx.Var[str]:
    """Of those who are chosen now and those whom it has been written for so far."""
    return rx.Var(
        _js_expr=(
            f"((now, was) => !({value_of(MESSAGE_BOX)!s}).trim() || {_RANK}(now) > {_RANK}(was)"
            f" ? now : was)({chosen!s}, {_written_now!s})"
        ),
        _var_type=str,
        _var_data=VarData.merge(chosen._get_all_var_data()),
    )


def warning() -> rx.Component:
    """Who will see it, in words, whenever that is not everyone."""
    return rx.match(
        audience_chosen.value,
        *[
            (
                audience,
                rx.el.p(rx.icon("lock", size=12), text, role="status", class_name="warning"),
            )
            for audience, text in _WARNINGS.items()
        ],
        rx.fragment(),
    )


def question(*send: Any) -> rx.Component:
    """Asked before what was written for few goes to more; `send` does it all the same."""
    now, was = _label(audience_chosen.value), _label(written_for.value)
    return dialogs.titled(
        "Send this to more people?",
        "It was written for fewer than would see it now.",
        rx.el.div(
            rx.el.p("Written for ", rx.el.b(was), ", now addressed to ", rx.el.b(now), "."),
            class_name="body",
        ),
        rx.el.div(
            button(
                f"Keep it for {was}",
                on_click=[
                    audience_chosen.set_value(written_for.value),
                    *keep_draft(value_of(MESSAGE_BOX), _written_now),
                    asking.set_value(False),
                ],
            ),
            button(f"Send to {now}", kind="primary", on_click=[asking.set_value(False), *send]),
            class_name="foot",
        ),
        open=asking.value,
        on_open_change=asking.set,
    )


def _label(audience: rx.Var[str]) -> rx.Var[str]:
    return rx.match(audience, *AUDIENCE_LABELS.items(), "").to(str)
