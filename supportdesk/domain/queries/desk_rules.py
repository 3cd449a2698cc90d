"""The rules of the desk as admins see and change them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from supportdesk.domain import rules
from supportdesk.domain.commands.desk_rules import spelled
from supportdesk.domain.rule_words import clock, hours_in_words, in_words
from supportdesk.domain.rules import LABELS, LIMITS, Hours

_HINTS = {
    "message_max_length": "In characters.",
    "message_edit_minutes": "In minutes; 0 lets nobody change a message.",
    "message_files": "How many files one message may have.",
    "sign_in_attempts_per_address": "Like “5 in 15 minutes”.",
    "sign_in_attempts_per_ip": "Like “30 in 15 minutes”. An office may share one.",
    "welcome": "Shown to buyers on an empty list and over a new ticket. Markdown works.",
    "out_of_hours": "Shown to buyers where they write while nobody is there. Markdown works.",
}
_FILE_HINTS = {
    "file_megabytes": "In megabytes, for one file.",
    "storage_megabytes": "In megabytes, for all files of one person.",
    "file_types": "One on a line, like image/* or application/pdf.",
}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """`value` is as it is edited, empty for what no admin has set; `long` has several lines."""

    id: str
    name: str
    value: str
    shown: str
    by_default: str
    hint: str
    long: bool


@dataclass(frozen=True, slots=True)
class HoursRow:
    """`days` has from and until for each day from Monday on; `was` is what was stored, as JSON."""

    id: str
    name: str
    shown: str
    timezone: str
    days: tuple[str, ...]
    was: str


def limits_shown(stored: Mapping[str, Any]) -> tuple[RuleRow, ...]:
    return tuple(_row(key, stored) for key in LIMITS)


def texts_shown(stored: Mapping[str, Any]) -> tuple[RuleRow, ...]:
    return tuple(_row(key, stored) for key in ("welcome", "out_of_hours"))


def hours_shown(stored: Mapping[str, Any], timezone: str) -> HoursRow:
    """`timezone` is what hours begin with that nobody has set."""
    kept = stored.get("hours")
    hours = rules.as_hours(kept) if kept else Hours(timezone)
    days = [clock(moment) for day in hours.days for moment in (day or (None, None))]
    return HoursRow(
        "hours", LABELS["hours"], hours_in_words(hours), hours.timezone, tuple(days),
        json.dumps(kept or {}, sort_keys=True),
    )  # fmt: skip


def _row(key: str, stored: Mapping[str, Any]) -> RuleRow:
    default = getattr(rules.by_default(), key)
    value = stored.get(key)
    return RuleRow(
        id=key,
        name=LABELS[key],
        value=spelled(key, value),
        shown=in_words(key, default if value is None else value) or "Nothing is said.",
        by_default=in_words(key, default),
        hint=_HINTS.get(key) or _FILE_HINTS[key.partition("_")[2]],
        long=key.endswith("_types") or key not in LIMITS,
    )
