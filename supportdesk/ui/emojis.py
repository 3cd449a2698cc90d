"""A picker of emojis: those that people use most, and any other by its name or `:shortcode:`.

Everything happens in the browser, so that it answers to every key at once.
"""

import json
from functools import cache

import emoji as emojis
import reflex as rx
from reflex.experimental import ClientStateVar

from supportdesk.state.outbox import MESSAGE_BOX
from supportdesk.ui import command_menu, focus
from supportdesk.ui.controls import icon_button
from supportdesk.ui.focus import at_once
from supportdesk.ui.key_area import key_area

_USED_MOST = [
    "😀", "😄", "😅", "😂", "🙂", "😉", "😊", "😍", "🤔", "😐", "😕", "🙁", "😢", "😭",
    "😠", "😮", "😴", "🤯", "👍", "👎", "👌", "🙏", "👏", "💪", "👋", "🤝", "❤️", "🎉",
    "🔥", "⭐", "✅", "❌", "⚠️", "❓", "💡", "👀", "📦", "🚚", "🧾", "💳",
]  # fmt: skip
_MOST_FOUND = 50
_PICKER = ".emoji-picker"
_BACK_TO_MESSAGE = focus.on(f"#{MESSAGE_BOX}")

_picking = ClientStateVar.create("picking_emoji", default=False)
_typed = ClientStateVar.create("emoji_typed", default="")


@cache
def _named() -> str:
    """A line for each emoji: it, its name, its shortcodes, the shortest last; those that people use
    most come first.

    Without those that differ from another by the colour of a skin alone.
    """
    names = {
        each: " ".join(
            name.strip(":")
            for name in (data["en"], *sorted((data["en"], *data.get("alias", ())), key=len)[::-1])
        )
        for each, data in emojis.EMOJI_DATA.items()
        if data["status"] == emojis.STATUS["fully_qualified"] and "skin_tone" not in data["en"]
    }
    used_most = {each: names[each] for each in _USED_MOST}
    return "\n".join(f"{each} {name}" for each, name in (used_most | names).items())


def emoji_button() -> rx.Component:
    return icon_button(
        "Emoji",
        "smile",
        aria_haspopup="dialog",
        aria_expanded=rx.cond(_picking.value, "true", "false"),
        # Or the field would lose the focus, and the picker open again where it should close.
        on_mouse_down=rx.prevent_default,
        on_click=[_typed.set_value(""), _picking.set_value(~_picking.value)],
    )


def emoji_picker() -> rx.Component:
    """Open for as long as its field has the focus, which is given back to the message."""
    return rx.cond(
        _picking.value,
        key_area(
            _found(),
            role="dialog",
            aria_label="Emoji",
            on_key_down=at_once(
                f"if (event.key === 'Escape') document.getElementById('{MESSAGE_BOX}').focus()"
            ),
            on_mount=focus.on(f"{_PICKER} [cmdk-input]"),
            class_name="emoji-picker menu",
        ),
    )


def _found() -> rx.Component:
    return command_menu.root(
        command_menu.input_(
            value=_typed.value,
            placeholder="Find an emoji",
            on_value_change=_typed.set_value,
            on_blur=_picking.set_value(False),
            custom_attrs={"aria-label": "Find an emoji"},
            class_name="input",
        ),
        _chosen(),
        rx.el.div(
            command_menu.list_(rx.foreach(_matches(), _emoji), label="Emojis"),
            command_menu.empty("No emoji has this name."),
            on_mouse_down=rx.prevent_default,
            class_name=rx.cond(_typed.value == "", "found used-most", "found"),
        ),
        label="Find an emoji",
        filter=rx.Var("() => 1"),
        loop=True,
    )


def _matches() -> rx.Var[list[list[str]]]:
    """Those of which each typed word begins a word of the names, as `[emoji, names]`."""
    words = "(text) => text.toLowerCase().split(/[\\s:_,-]+/).filter(Boolean)"
    return rx.Var(
        _js_expr=(
            f"((words, lines, typed) => lines.split('\\n').filter((line, place) => typed.length"
            " ? ((names) => typed.every((part) => names.some((name) => name.startsWith(part))))"
            f"(words(line)) : place < {len(_USED_MOST)}).slice(0, {_MOST_FOUND})"
            ".map((line) => [line.slice(0, line.indexOf(' ')),"
            " line.slice(line.indexOf(' ') + 1)]))"
            f"({words}, {json.dumps(_named(), ensure_ascii=False)}, ({words})({_typed.value!s}))"
        ),
        _var_type=list[list[str]],
        _var_data=_typed.value._get_all_var_data(),
    )


def _emoji(match: rx.Var[list[str]]) -> rx.Component:
    """In words, too, once one looks for it by words."""
    pair = match.to(list[str])
    emoji, names = pair[0], pair[1].split(" ")
    return command_menu.item(
        rx.el.span(emoji, aria_hidden="true", class_name="emoji"),
        rx.el.span(names[0].replace("_", " "), class_name="subject"),
        rx.el.span(f":{names[-1]}:", aria_hidden="true", class_name="aside"),
        value=emoji,
        title=names[0].replace("_", " "),
        on_select=[_insert(emoji), _picking.set_value(False), _BACK_TO_MESSAGE],
        key=emoji,
    )


def _insert(emoji: rx.Var[str]) -> rx.Var[rx.event.EventChain]:
    """At the caret, as if it had been typed; the box is left at the end of it."""
    return at_once(
        f"const box = document.getElementById('{MESSAGE_BOX}');"
        f" box.setRangeText({emoji!s}, box.selectionStart, box.selectionEnd, 'end');"
        " box.dispatchEvent(new Event('input', {bubbles: true}))"
    )


class _Chosen(command_menu.CommandChosen):
    menu = _PICKER


@rx.memo
def _chosen() -> rx.Component:
    return _Chosen.create()
