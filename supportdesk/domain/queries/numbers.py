"""Ticket numbers as people write them: `TC-0001`."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"TC-0*([0-9]{1,15})", re.IGNORECASE)
_TYPED = re.compile(r"(?:TC[-\s]?|#)?0*([0-9]{1,15})", re.IGNORECASE)


def spell(number: int) -> str:
    return f"TC-{number:04d}"


def read(text: object) -> int | None:
    """The number that `text` spells, or None: an address may say anything."""
    match = _NUMBER.fullmatch(text) if isinstance(text, str) else None
    return int(match[1]) if match else None


def meant(typed: str) -> int | None:
    """The number that somebody means who typed this: `TC-0012`, `tc 12`, `#12` or `12`."""
    match = _TYPED.fullmatch(typed.strip())
    return int(match[1]) if match else None
