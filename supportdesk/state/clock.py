"""The server's time in the browser, whose own clock may be wrong."""

from __future__ import annotations

import time

import reflex as rx
from reflex.event import EventSpec

_AHEAD = "refs['supportdesk_ahead']"
NOW = f"(Date.now() - ({_AHEAD} ?? 0))"
"""In milliseconds, as the server would say it."""


def set_clock() -> EventSpec:
    """Note by how much the browser's clock is ahead, or behind."""
    return rx.call_script(f"{_AHEAD} = Date.now() - {time.time() * 1000:.0f}")
