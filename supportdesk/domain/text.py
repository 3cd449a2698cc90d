"""Text that people type: what is stored of it, and how long it may be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from supportdesk.domain import rules
from supportdesk.domain.errors import Invalid, SeveralInvalid

SUBJECT_MAX_LENGTH = 200
NAME_MAX_LENGTH = 80
# What PostgreSQL cannot store (NUL, half a surrogate pair), what nobody can see (control
# characters), and what turns round the order of all that follows: a link then reads as another.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]"
)

# What takes no ink: white space, what Unicode says is ignored when drawn, and two blanks that it
# counts among the letters and the symbols (U+3164, U+2800).
_UNSEEN = re.compile(
    r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]*"
)


def clean(text: str) -> str:
    """Strip what cannot be stored or seen or misleads, and white space at either end."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def is_blank(text: str) -> bool:
    """Whether nobody would see anything of it."""
    return _UNSEEN.fullmatch(text) is not None


def check_body(text: str, field: str = "message", *, may_be_empty: bool = False) -> str:
    """Return the cleaned message; raise `Invalid` when it is empty or too long."""
    body = clean(text)
    limit = rules.now().message_max_length
    if is_blank(body):
        if not may_be_empty:
            raise Invalid("Write something first.", field)
        return ""
    if len(body) > limit:
        raise Invalid(
            f"This is {len(body):,} characters long; {limit:,} is the most. Shorten it a little.",
            field,
        )
    return body


def check_line(text: str, limit: int, what: str, field: str) -> str:
    """Return `text` on one line; raise `Invalid` when it is empty or longer than `limit`."""
    line = " ".join(clean(text).split())
    if is_blank(line):
        raise Invalid(f"{what} is missing.", field)
    if len(line) > limit:
        raise Invalid(f"{what} is {len(line)} characters long; {limit} is the most.", field)
    return line


def check_room(text: str, limit: int, what: str, field: str) -> str:
    """Return the cleaned text, which may be empty; raise `Invalid` when it is too long."""
    text = clean(text)
    if len(text) > limit:
        raise Invalid(f"{what} is {len(text):,} characters long; {limit:,} is the most.", field)
    return "" if is_blank(text) else text


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
