"""What admins set of the desk as a whole: its limits, its texts, its hours."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.config import type_patterns
from supportdesk.database.engine import transaction
from supportdesk.domain import rules
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import settings
from supportdesk.domain.errors import Invalid
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.models import Audience, Setting
from supportdesk.domain.rule_words import DAYS, RATE, rate_in_words
from supportdesk.domain.rules import Hours
from supportdesk.domain.text import check_room, clean
from supportdesk.domain.zones import is_zone

TEXT_MAX_LENGTH = 2000
TYPES_MAX_LENGTH = 1000
_WEEK_MINUTES = 7 * 24 * 60
_TERABYTE = 1_000_000
# "Where is my order?" fits into so much.
_SHORTEST_MESSAGE = 20
# Who mistypes a password, the last admin too, has another try, and is back on the next day.
_FEWEST_ATTEMPTS = 3
_A_DAY = {"minute": 24 * 60, "hour": 24, "day": 1}
_SIZES = ("file_megabytes", "storage_megabytes")


@dataclass(frozen=True, slots=True)
class Range:
    """Whole numbers from `least` to `most`, of `unit`."""

    least: int
    most: int
    unit: str

    def read(self, typed: str) -> int:
        digits = re.sub(r"[\s,_']", "", typed)
        if not re.fullmatch(r"[0-9]{1,9}", digits):
            raise Invalid(f"Write a whole number of {self.unit}.", "value")
        number = int(digits)
        if not self.least <= number <= self.most:
            raise Invalid(f"Choose from {self.least:,} to {self.most:,} {self.unit}.", "value")
        return number


def read_rate(typed: str) -> str:
    """How often in how long: `5 in 15 minutes`, as the limiter spells it."""
    found = RATE.fullmatch(typed.strip())
    often, long = (int(found[1]), int(found[2] or 1)) if found else (0, 0)
    if found is None or not often or not long:
        raise Invalid("Write how many in how long, like “5 in 15 minutes”.", "value")
    unit = found[3].lower()
    if often < _FEWEST_ATTEMPTS or long > _A_DAY[unit]:
        raise Invalid(f"Allow at least {_FEWEST_ATTEMPTS} attempts, in at most 1 day.", "value")
    return f"{often}/{long}{unit}s"


def read_types(typed: str) -> str:
    """Kinds of files, `image/*` or `application/pdf`, one after another."""
    listed = check_room(typed, TYPES_MAX_LENGTH, "The list", "value").lower().replace(",", " ")
    patterns = " ".join(dict.fromkeys(listed.split()))
    try:
        if not patterns:
            raise ValueError
        return type_patterns(patterns)
    except ValueError:
        raise Invalid("Write kinds of files like image/* or application/pdf.", "value") from None


def read_text(typed: str) -> str:
    return check_room(typed, TEXT_MAX_LENGTH, "The text", "value")


_MEGABYTES = Range(1, 5_000, "megabytes")
_STORAGE = Range(1, _TERABYTE, "megabytes")
READERS: dict[str, Callable[[str], Any]] = {
    "message_max_length": Range(_SHORTEST_MESSAGE, rules.LONGEST_MESSAGE, "characters").read,
    "message_edit_minutes": Range(0, _WEEK_MINUTES, "minutes").read,
    "message_files": Range(1, 100, "files").read,
    "sign_in_attempts_per_address": read_rate,
    "sign_in_attempts_per_ip": read_rate,
    **{f"{role}_file_megabytes": _MEGABYTES.read for role in ("buyer", "seller", "admin")},
    **{f"{role}_storage_megabytes": _STORAGE.read for role in ("buyer", "seller", "admin")},
    **{f"{role}_file_types": read_types for role in ("buyer", "seller", "admin")},
    "welcome": read_text,
    "out_of_hours": read_text,
}


async def choose(actor: Actor, key: str, typed: str, expected: str | None = None) -> None:
    """Set one rule to what was typed; nothing typed takes an admin's word back.

    `expected` is how the rule read when the actor began to write.

    Raises:
        Invalid: no such rule, or this cannot be one.
        Changed: another admin was faster.
        Refused: only admins may.
    """
    settings.check_admin(actor)
    reader = READERS.get(key)
    if reader is None:
        raise Invalid("Choose one of the list.")
    value = reader(typed) if typed.strip() else None
    await _set(actor, key, value, expected)


async def set_hours(
    actor: Actor,
    timezone: str,
    days: Sequence[tuple[str, str]],
    expected: Mapping[str, Any] | None = None,
) -> None:
    """Say when somebody is there: from and until, `09:00`, for each day from Monday on.

    A day with neither is a day off. Raises like `choose`.
    """
    settings.check_admin(actor)
    hours = _check_hours(timezone, days)
    value = rules.hours_stored(hours) if hours.kept else None
    await _set(actor, "hours", value, expected)


def _check_hours(timezone: str, days: Sequence[tuple[str, str]]) -> Hours:
    if not is_zone(timezone):
        raise Invalid("This time zone is not known. Write it like Europe/Berlin.", "timezone")
    if len(days) != len(DAYS):
        raise Invalid("Choose one of the list.")
    return Hours(timezone, tuple(_check_day(*each) for each in zip(DAYS, days, strict=True)))


def _check_day(name: str, given: tuple[str, str]) -> tuple[time, time] | None:
    field = name.lower()
    if not any(given):
        return None
    try:
        begin, end = (time.fromisoformat(each).replace(second=0, tzinfo=None) for each in given)
    except ValueError:
        raise Invalid(f"{name} needs both times, or neither.", field) from None
    if begin >= end:
        raise Invalid(f"On {name} the end comes before the beginning.", field)
    return begin, end


async def _set(actor: Actor, key: str, value: Any, expected: Any) -> None:
    async with transaction(actor) as tx:
        before = await _stored(tx, key)
        if before == value:
            return
        seen = clean(expected) if isinstance(expected, str) else expected
        if seen is not None and spelled(key, before) != seen:
            stands = {key: "the default" if before is None else before}
            was = spelled(key, before)
            raise settings.overtaken(stands, was if isinstance(was, str) else json.dumps(was))
        await _check_sizes(tx, key, value)
        if value is None:
            await tx.execute(delete(Setting).where(col(Setting.key) == key))
        else:
            now = {"value": value, "updated_at": func.now()}
            kept = insert(Setting).values(key=key, value=value)
            await tx.execute(kept.on_conflict_do_update(index_elements=["key"], set_=now))
        data = {"name": key, "from": {key: before}, "to": {key: value}}
        await record(tx, actor, EventKind.SETTING_CHANGED, audience=Audience.ADMINS, data=data)
    await rules.refresh()


async def _check_sizes(tx: AsyncConnection, key: str, value: Any) -> None:
    """Of all files of a person there is room for one of the largest."""
    role, _, what = key.partition("_")
    if what not in _SIZES:
        return
    sizes = [value if what == size else await _stored(tx, f"{role}_{size}") for size in _SIZES]
    default = [getattr(rules.by_default(), f"{role}_{size}") for size in _SIZES]
    file, storage = (a if a is not None else b for a, b in zip(sizes, default, strict=True))
    if file > storage:
        raise Invalid(
            f"A file of {file:,} megabytes would not fit into the {storage:,} that all files of a"
            " person may have.",
            "value",
        )


async def _stored(tx: AsyncConnection, key: str) -> Any:
    """What admins have set; nobody else sets a rule until the transaction is over."""
    await tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('setting', 0))"))
    return await tx.scalar(select(col(Setting.value)).where(col(Setting.key) == key))


def spelled(key: str, value: Any) -> Any:
    """A stored rule as it is edited; empty when no admin has set it."""
    if value is None:
        return "" if key != "hours" else {}
    if key.startswith("sign_in_attempts"):
        return rate_in_words(value)
    if key.endswith("_file_types"):
        return value.replace(" ", "\n")
    return value if key == "hours" else str(value)
