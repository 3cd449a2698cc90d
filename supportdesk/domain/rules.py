"""What the desk allows, and what it says to those who come: limits, texts and hours.

An admin's word goes before the operator's (`config`), and that before what comes with the desk.
Rules are asked for with every message, so each process keeps them; whoever hears that they changed
calls `refresh`. The database is the truth: a process that hears nothing reads them when it starts
to listen again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import sql

from supportdesk.config import Settings, get_settings
from supportdesk.database.engine import ask
from supportdesk.domain.actor import NOBODY

_STORED = sql.Composed([sql.SQL("SELECT desk_settings()")])
_from_admins: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody is there. `days` begins with Monday; None is a day off."""

    timezone: str = "UTC"
    days: tuple[tuple[time, time] | None, ...] = (None,) * 7

    @property
    def kept(self) -> bool:
        """Whether there are hours at all: a desk without any is never out of them."""
        return any(self.days)

    def open_at(self, moment: datetime) -> bool:
        there = moment.astimezone(ZoneInfo(self.timezone))
        today = self.days[there.weekday()]
        return today is not None and today[0] <= there.time() < today[1]


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits are named and mean as in `config.Settings`; texts are Markdown, empty for none."""

    message_max_length: int
    message_edit_minutes: int
    message_files: int
    sign_in_attempts_per_address: str
    sign_in_attempts_per_ip: str
    buyer_file_megabytes: int
    buyer_storage_megabytes: int
    buyer_file_types: str
    seller_file_megabytes: int
    seller_storage_megabytes: int
    seller_file_types: str
    admin_file_megabytes: int
    admin_storage_megabytes: int
    admin_file_types: str
    welcome: str = ""
    out_of_hours: str = ""
    hours: Hours = Hours()


# The rules, and the operator's settings that they were made of: none until somebody asks.
_made: list[tuple[Settings, Rules]] = []

KEYS = tuple(field.name for field in fields(Rules))
LIMITS = tuple(name for name in KEYS if name in Settings.model_fields)
_FILES = {
    "file_megabytes": "Size of a file",
    "storage_megabytes": "Size of all files of a person",
    "file_types": "Kinds of files",
}
_ROLES = {"buyer": "buyers", "seller": "sellers", "admin": "admins"}
# What people call each rule.
LABELS = {
    "message_max_length": "Length of a message",
    "message_edit_minutes": "Time to change a message",
    "message_files": "Files in a message",
    "sign_in_attempts_per_address": "Sign-in attempts of one person",
    "sign_in_attempts_per_ip": "Sign-in attempts from one address",
    **{
        f"{role}_{name}": f"{label}, {people}"
        for role, people in _ROLES.items()
        for name, label in _FILES.items()
    },
    "welcome": "Welcome",
    "out_of_hours": "Out of hours",
    "hours": "Working hours",
}
# A draft keeps this much, and what is typed must never be lost.
LONGEST_MESSAGE = 20_000


def now() -> Rules:
    """The rules as this process knows them."""
    settings = get_settings()
    for made_of, rules in _made:
        if made_of is settings:
            return rules
    _made[:] = [(settings, _make(settings))]
    return _made[0][1]


async def refresh() -> None:
    """Read what admins have set. Raises `DatabaseUnavailable`, and then all stays as it is."""
    row = await ask(NOBODY, _STORED)
    _keep(row[0] if row else {})


def by_default() -> Rules:
    """What holds where no admin has set anything."""
    return Rules(**_of_operator(get_settings()))


def as_hours(stored: Mapping[str, Any]) -> Hours:
    """The hours as `hours_stored` wrote them."""
    days = tuple(
        (time.fromisoformat(day[0]), time.fromisoformat(day[1])) if day else None
        for day in stored["days"]
    )
    return Hours(stored["timezone"], days)


def hours_stored(hours: Hours) -> dict[str, Any]:
    days = [[f"{each:%H:%M}" for each in day] if day else None for day in hours.days]
    return {"timezone": hours.timezone, "days": days}


def away_text(at: datetime | None = None) -> str:
    """What is said to those who write while nobody is there; empty while somebody is."""
    rules = now()
    if not rules.hours.kept or rules.hours.open_at(at or datetime.now(UTC)):
        return ""
    return rules.out_of_hours


def _keep(stored: Mapping[str, Any]) -> None:
    _from_admins.clear()
    _from_admins.update({key: value for key, value in stored.items() if key in KEYS})
    _made.clear()


def _make(settings: Settings) -> Rules:
    values = _of_operator(settings) | _from_admins
    if "hours" in _from_admins:
        values["hours"] = as_hours(_from_admins["hours"])
    return Rules(**values)


def _of_operator(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in LIMITS}
