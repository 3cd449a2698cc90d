"""What a custom field can hold, and how it is said. Pure: no database, no clock."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

from supportdesk.domain.errors import Invalid
from supportdesk.domain.models import FieldKind
from supportdesk.domain.text import clean

TEXT_MAX_LENGTH = 500
YES, NO = "yes", "no"


def read(kind: FieldKind, name: str, choices: Sequence[str], typed: str) -> Any:
    """The value that `typed` stands for; None when nothing was typed. Raises `Invalid`."""
    text = " ".join(clean(typed).split())
    if not text:
        return None
    match kind:
        case FieldKind.TEXT:
            if len(text) > TEXT_MAX_LENGTH:
                raise Invalid(f"{name} is longer than {TEXT_MAX_LENGTH} characters.", name)
            return text
        case FieldKind.NUMBER:
            return _number(name, text)
        case FieldKind.DATE:
            try:
                return date.fromisoformat(text).isoformat()
            except ValueError:
                raise Invalid(f"{name} is a date.", name) from None
        case FieldKind.YES_NO:
            if text not in (YES, NO):
                raise Invalid(f"{name} is yes or no.", name)
            return text == YES
        case FieldKind.CHOICE:
            if text not in choices:
                raise Invalid(f"Choose one of the list for {name}.", name)
            return text


def _number(name: str, text: str) -> int | float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        raise Invalid(f"{name} is a number.", name) from None
    if not math.isfinite(number) or abs(number) > 1e15:
        raise Invalid(f"{name} is a number.", name)
    return int(number) if number == int(number) else number


def spell(value: Any) -> str:
    """What a control shows of a stored value; the opposite of `read`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


def words(kind: FieldKind, value: Any) -> str:
    """The value for people to read."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if kind is FieldKind.DATE and isinstance(value, str):
        day = date.fromisoformat(value)
        return f"{day.day} {day:%B %Y}"
    return str(value)
