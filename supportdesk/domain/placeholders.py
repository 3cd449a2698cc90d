"""Names in braces that a template or a canned reply leaves open: `{buyer}`, `{my_name}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

IN_TEMPLATES = ("buyer", "seller", "my_name", "date")
IN_REPLIES = ("buyer", "seller", "number", "subject", "my_name", "date")

_NAME = re.compile(r"\{(\w+)\}")


def fill(text: str, values: Mapping[str, str | None]) -> str:
    """Put the values in. What has none stays as it is written, for people to see and to fill in."""
    return _NAME.sub(lambda found: values.get(found[1]) or found[0], text)


def today(timezone: str) -> str:
    """The date as people of that time zone write it in a letter."""
    now = datetime.now(ZoneInfo(timezone))
    return f"{now.day} {now:%B %Y}"
