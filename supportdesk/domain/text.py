"""Text that people type: what is stored of it, and how long it may be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from supportdesk.domain import rules
from supportdesk.domain.errors import Invalid, SeveralInvalid

SUBJECT_MAX_LENGTH = 200
NAME_MAX_LENGTH = 80
# What PostgreSQL cannot store (NUL, half a surrogate pair) or nobody can see (control characters).
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean(text: str) -> str:
    """Strip what cannot be stored or seen, and white space at either end."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def check_body(text: str, field: str = "message", *, may_be_empty: bool = False) -> str:
    """Return the cleaned message; raise `Invalid` when it is empty or too long."""
    body = clean(text)
    limit = rules.now().message_max_length
    if not body and not may_be_empty:
        raise Invalid("Write something first.", field)
    if len(body) > limit:
        raise Invalid(
            f"This is {len(body):,} characters long; {limit:,} is the most. Shorten it a little.",
            field,
        )
    return body


def check_line(text: str, limit: int, what: str, field: str) -> str:
    """Return `text` on one line; raise `Invalid` when it is empty or longer than `limit`."""
    line = " ".join(clean(text).split())
    if not line:
        raise Invalid(f"{what} is missing.", field)
    if len(line) > limit:
        raise Invalid(f"{what} is {len(line)} characters long; {limit} is the most.", field)
    return line


def check_room(text: str, limit: int, what: str, field: str) -> str:
    """Return the cleaned text, which may be empty; raise `Invalid` when it is too long."""
    text = clean(text)
    if len(text) > limit:
        raise Invalid(f"{what} is {len(text):,} characters long; {limit:,} is the most.", field)
    return text


class Problems:
    """Gathers what is wrong with a form, so that people are told of all of it at once."""

    def __init__(self) -> None:
        self.found: list[Invalid] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        """What is `Invalid` inside is noted, and the checking goes on after it."""
        try:
            yield
        except Invalid as error:
            self.found.append(error)

    def tell(self) -> None:
        """Raise what was found, if anything was."""
        if self.found:
            raise SeveralInvalid(self.found)
