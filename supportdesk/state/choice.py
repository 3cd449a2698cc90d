"""One option of a select."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from supportdesk.domain.errors import Invalid

Option = TypeVar("Option", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


def chosen(options: type[Option], value: object) -> Option:
    """The option that `value` names. Raises `Invalid`: a browser may send anything."""
    try:
        return options(value)  # type: ignore[arg-type]
    except ValueError:
        raise Invalid("Choose one of the list.") from None


def typed(form: object, field: str) -> str:
    """What was typed into `field` of a submitted form; empty when it is not there or not text."""
    value = form.get(field) if isinstance(form, dict) else None
    return value if isinstance(value, str) else ""
