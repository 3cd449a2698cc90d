"""Keys. UUIDv7: unique anywhere, and in the order in which they were made."""

from __future__ import annotations

from uuid import UUID

from uuid_utils import compat


def new_id() -> UUID:
    return compat.uuid7()


def parse_id(text: object) -> UUID | None:
    """The UUID that `text` spells, or None: ids from a browser may be anything at all."""
    if not isinstance(text, str):
        return None
    try:
        return UUID(text)
    except ValueError:
        return None
