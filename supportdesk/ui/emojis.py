"""A picker of the emojis that people use most; any other goes by its `:shortcode:`."""

import json

import reflex as rx

from supportdesk.state.outbox import MESSAGE_BOX
from supportdesk.ui import menu
from supportdesk.ui.controls import icon_button
from supportdesk.ui.focus import at_once

_EMOJIS = {
    "😀": "Grinning", "😄": "Smile", "😅": "Sweat smile", "😂": "Joy", "🙂": "Slight smile",
    "😉": "Wink", "😊": "Blush", "😍": "Heart eyes", "🤔": "Thinking", "😐": "Neutral",
    "😕": "Confused", "🙁": "Frown", "😢": "Cry", "😭": "Sob", "😠": "Angry",
    "😮": "Surprised", "😴": "Sleeping", "🤯": "Mind blown", "👍": "Thumbs up",
    "👎": "Thumbs down", "👌": "OK hand", "🙏": "Thank you", "👏": "Clap", "💪": "Strong",
    "👋": "Wave", "🤝": "Handshake", "❤️": "Heart", "🎉": "Party", "🔥": "Fire", "⭐": "Star",
    "✅": "Check", "❌": "Cross", "⚠️": "Warning", "❓": "Question", "💡": "Idea", "👀": "Eyes",
    "📦": "Parcel", "🚚": "Truck", "🧾": "Receipt", "💳": "Card",
}  # fmt: skip


def emoji_picker() -> rx.Component:
    return menu.root(
        menu.trigger(icon_button("Emoji", "smile"), as_child=True),
        menu.content(
            *[
                menu.item(
                    emoji,
                    aria_label=name,
                    title=name,
                    on_select=at_once(_insert(emoji)),
                    class_name="item emoji",
                )
                for emoji, name in _EMOJIS.items()
            ],
            align="end",
            side="top",
            side_offset=6,
            collision_padding=8,
            class_name="menu emojis many",
        ),
        modal=False,
    )


def _insert(emoji: str) -> str:
    """At the caret, as if it had been typed; the box is left at the end of it."""
    return (
        f"((box) => {{ box.setRangeText({json.dumps(emoji)}, box.selectionStart, box.selectionEnd,"
        " 'end'); box.dispatchEvent(new Event('input', {bubbles: true}));"
        # Once the menu has closed, which gives the focus back to its button.
        f" setTimeout(() => box.focus(), 100) }})(document.getElementById('{MESSAGE_BOX}'))"
    )
