"""Which time zones there are."""

from functools import lru_cache
from zoneinfo import available_timezones


def is_zone(name: str | None) -> bool:
    """Whether the IANA database has a zone of that name."""
    return name in _all()


@lru_cache(maxsize=1)
def _all() -> frozenset[str]:
    # Every time they are asked for, the disk is searched for them.
    return frozenset(available_timezones())
