"""What the log says of people beyond their names. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def guest(data: Mapping[str, Any]) -> str:
    """For whom an invitation is: of who has been erased, and of a link for anybody, no name."""
    who = data.get("name") or data.get("email") or "somebody"
    return f"{who} as {data['role']}" if data.get("role") else who
