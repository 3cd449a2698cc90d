"""What a view of a conversation is asked for: to read something anew, or for another view."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be read anew, besides new lines."""

    amended: set[UUID]
    facts: bool
    receipt: bool


class Elsewhere(Exception):
    """Who opens it reads more or less there than the others of this view."""
