"""What the desk allows to those of a role, and says to them. The same for all of them.

The hub tells it to all at once, past the states, as it tells lists: see `ReflexScreen.show_rules`.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from supportdesk.domain import markup, rules
from supportdesk.domain.actor import Role
from supportdesk.domain.files import in_words, limits_of, several


class RulesState(rx.State):
    """Both are HTML that `markup` has cleaned; empty where there is nothing to say."""

    welcome: str = ""
    away: str = ""

    def _arrive(self, role: Role) -> None:
        told = said_to(role)
        self.welcome, self.away = told["welcome"], told["away"]


def allowed(role: Role) -> dict[str, Any]:
    """How long a message may be, how many files it may have and how large, in words, too, and
    how many minutes it may be changed, by the names that the composer knows."""
    now, size = rules.now(), limits_of(role).size
    return {
        "most": now.message_max_length,
        "file_most": size,
        "files_most": now.message_files,
        "files_allowed": f"Up to {several(now.message_files)} of {in_words(size)}",
        "edit_minutes": now.message_edit_minutes,
    }


def said_to(role: Role) -> dict[str, str]:
    """Only those who come with a question are welcomed and told when they will be answered."""
    if role is not Role.BUYER:
        return {"welcome": "", "away": ""}
    texts = {"welcome": rules.now().welcome, "away": rules.away_text()}
    return {name: markup.render(text) if text else "" for name, text in texts.items()}
