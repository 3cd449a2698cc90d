"""What a custom field can hold, and how it is said. Pure: no database, no clock."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from supportdesk.domain.errors import Invalid
from supportdesk.domain.models import FieldKind
from supportdesk.domain.text import clean, is_blank

TEXT_MAX_LENGTH = 500
YES, NO = "yes", "no"
_LARGEST = 10**15
# In one country 1,500 is a thousand more than in another: nobody should have to guess.
_IN_GROUPS = re.compile(r"[+-]?\d{1,3}(?:([ ,'\u2019])\d{3})(?:\1\d{3})*(?:\.\d+)?")


def read(kind: FieldKind, name: str, choices: Sequence[str], typed: str) -> Any:
    """The value that `typed` stands for; None when nothing was typed. Raises `Invalid`."""
    text = " ".join(clean(typed).split())
    if is_blank(text):
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
    if _IN_GROUPS.fullmatch(text) and not text.startswith(("0", "-0", "+0")):
        raise Invalid(f"{name} is written without marks for thousands, as 1500 or 1.5.", name)
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if math.isnan(number):
        raise Invalid(f"{name} is a number.", name)
    if not abs(number) <= _LARGEST:
        raise Invalid(f"{name} is between -{_LARGEST:,} and {_LARGEST:,}.", name)
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
