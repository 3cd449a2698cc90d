"""Files that people attach: what they may be called, and who may send which."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fnmatch import fnmatchcase

from supportdesk.domain import rules
from supportdesk.domain.actor import Role
from supportdesk.domain.errors import Invalid, Refused

NAME_MAX_LENGTH = 200
ALT_MAX_LENGTH = 1000
_MEGABYTE = 1_000_000
# Marks that turn the order of what follows, so that `exe.gpj` reads as `jpg.exe`.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean_name(name: str) -> str:
    """The last part of a path, on one line, in the order in which it is read; never empty."""
    name = unicodedata.normalize("NFC", name.encode(errors="ignore").decode())
    name = _TURNING.sub("", name.replace("\\", "/").rpartition("/")[2])
    name = "".join(" " if unicodedata.category(each)[0] in "ZC" else each for each in name)
    name = " ".join(name.split()).strip()
    if not name.strip("."):
        return "file"
    if len(name) <= NAME_MAX_LENGTH:
        return name
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > 20:
        return name[:NAME_MAX_LENGTH]
    return stem[: NAME_MAX_LENGTH - len(ending) - 1] + dot + ending


@dataclass(frozen=True, slots=True)
class Limits:
    """What somebody of a role may attach; sizes in bytes."""

    types: tuple[str, ...]
    size: int
    total: int


def limits_of(role: Role) -> Limits:
    now, name = rules.now(), role.value
    return Limits(
        tuple(getattr(now, f"{name}_file_types").split()),
        getattr(now, f"{name}_file_megabytes") * _MEGABYTE,
        getattr(now, f"{name}_storage_megabytes") * _MEGABYTE,
    )


def check_size(role: Role, size: int) -> None:
    """Raise `Invalid` for nothing, `Refused` for too much."""
    most = limits_of(role).size
    if size <= 0:
        raise Invalid("This file is empty.")
    if size > most:
        has, allowed = in_words(size), in_words(most)
        if has == allowed:
            raise Refused(f"This file is a little larger than {allowed}, which is the most.")
        raise Refused(f"This file has {has}; {allowed} is the most.")


def check_type(role: Role, type_: str) -> None:
    if not any(fnmatchcase(type_, pattern) for pattern in limits_of(role).types):
        raise Refused("Files of this kind cannot be attached.")


def check_sent(role: Role, name: str, type_: str, size: int) -> None:
    """What was allowed when it came may be no more. Raise `Refused` with the name of the file: it
    is one of several."""
    try:
        check_size(role, size)
        check_type(role, type_)
    except Refused as refused:
        raise Refused(f"“{name}”: {refused}") from None


def check_total(role: Role, total: int) -> None:
    """`total` is what all files of the person would come to."""
    most = limits_of(role).total
    if total > most:
        raise Refused(f"Your files would come to more than {in_words(most)}, which is the most.")


def several(count: int) -> str:
    """What to call files of which nothing else is said."""
    if not count:
        return ""
    return "1 file" if count == 1 else f"{count} files"


def in_words(size: int) -> str:
    """A size as people read it."""
    if size < 1000:
        return f"{size} bytes" if size != 1 else "1 byte"
    number = float(size)
    for unit in ("kB", "MB", "GB"):
        number /= 1000
        if number < 999.5 or unit == "GB":
            break
    return f"{number:.1f} {unit}" if number < 9.95 else f"{number:,.0f} {unit}"
