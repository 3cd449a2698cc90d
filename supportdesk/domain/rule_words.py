"""What admins have set, as people read it: on the page of settings and in the log. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from supportdesk.domain.files import in_words as size_in_words
from supportdesk.domain.rules import Hours, as_hours

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
RATE = re.compile(r"(\d{1,4})\s*(?:/|in|per)\s*(\d{0,5})\s*(minute|hour|day)s?", re.IGNORECASE)
_MEGABYTE = 1_000_000
_UNITS = {
    "message_max_length": "characters",
    "message_edit_minutes": "minutes",
    "message_files": "files",
}


def in_words(key: str, value: Any) -> str:
    """A rule as it is stored; what is in words already stays so."""
    if key == "hours" and isinstance(value, Mapping):
        return hours_in_words(as_hours(value))
    if key.startswith("sign_in_attempts"):
        return rate_in_words(str(value))
    if key.endswith("_file_types"):
        return ", ".join(str(value).split())
    if not isinstance(value, int):
        return str(value)
    if key.endswith("_megabytes"):
        return size_in_words(value * _MEGABYTE)
    return several(value, _UNITS[key]) if key in _UNITS else str(value)


def several(count: int, unit: str) -> str:
    """So many of what `unit` has many of: `1 file`, `2 files`."""
    return f"1 {unit.removesuffix('s')}" if count == 1 else f"{count:,} {unit}"


def rate_in_words(rate: str) -> str:
    """`5/15minutes` as people say it."""
    found = RATE.fullmatch(rate)
    if found is None:
        return rate
    long = int(found[2] or 1)
    return f"{found[1]} in {long} {found[3].lower()}{'' if long == 1 else 's'}"


def hours_in_words(hours: Hours) -> str:
    """`Mon to Fri 09:00 to 17:00 · Europe/Berlin`, days of the same hours together."""
    spans: list[list[Any]] = []
    for name, day in zip(DAYS, hours.days, strict=True):
        if spans and spans[-1][2] == day:
            spans[-1][1] = name
        else:
            spans.append([name, name, day])
    said = [
        f"{first[:3]}{'' if first == last else f' to {last[:3]}'}"
        f" {clock(day[0])} to {clock(day[1])}"
        for first, last, day in spans
        if day
    ]
    return " · ".join([*said, hours.timezone]) if said else "None: somebody is always there."


def clock(moment: time | None) -> str:
    return f"{moment:%H:%M}" if moment else ""
