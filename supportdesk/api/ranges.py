"""Which part of a file a browser asks for: one range of bytes, as players do (RFC 9110)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.datastructures import Headers

_ONE_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class NotSatisfiable(Exception):
    """Nothing of what is asked for exists."""


@dataclass(frozen=True, slots=True)
class Range:
    """From `start` up to, and without, `end`."""

    start: int
    end: int


def asked_range(headers: Headers, size: int, etag: str) -> Range | None:
    """None for all of it, also where the request says something that is not understood.

    Raises `NotSatisfiable`.
    """
    asked = _ONE_RANGE.fullmatch(headers.get("range", "").replace(" ", ""))
    if asked is None or headers.get("if-range", etag) != etag:
        return None
    first, last = asked.groups()
    if first:
        start, end = int(first), min(int(last) + 1, size) if last else size
    elif last:
        start, end = max(size - int(last), 0), size
    else:
        return None
    if last and first and int(last) < start:
        return None
    if start >= size or start >= end:
        raise NotSatisfiable
    return Range(start, end)
