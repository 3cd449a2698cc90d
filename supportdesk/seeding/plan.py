"""How large a desk is: how many people it has, and who of them gets how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from supportdesk.config import StartupError
from supportdesk.seeding.vocabulary import CATEGORIES, FIRST_NAMES, LAST_NAMES, TAGS, TEAMS

YEARS = timedelta(days=3 * 365)
_BUYERS_PER_TICKET, _SELLERS_PER_TICKET, _ADMINS_PER_TICKET = 1 / 4, 1 / 100, 1 / 5000


@dataclass(frozen=True)
class Plan:
    tickets: int
    messages: int
    now: datetime

    def __post_init__(self) -> None:
        if self.tickets < 1 or self.messages < self.tickets:
            raise StartupError(
                "Each ticket begins with a message: --messages has to be at least --tickets."
            )

    @property
    def buyers(self) -> int:
        return max(3, round(self.tickets * _BUYERS_PER_TICKET))

    @property
    def sellers(self) -> int:
        return max(2, round(self.tickets * _SELLERS_PER_TICKET))

    @property
    def admins(self) -> int:
        return max(4, round(self.tickets * _ADMINS_PER_TICKET))

    def begun(self, number: int) -> datetime:
        """When the ticket with that number was filed: the later, the more there are."""
        share: float = (number / (self.tickets + 1)) ** 0.7
        return self.now - YEARS * (1 - share)

    def messages_of(self, first: int, last: int) -> int:
        """How many messages the tickets from `first` to `last` have together."""
        return self.messages * last // self.tickets - self.messages * (first - 1) // self.tickets

    def name(self, role: str, index: int) -> str:
        chance = Random(f"{role} {index}")  # noqa: S311 - variety, not secrecy
        return f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}"


# Ids that say what they are, so that a worker process knows them without being told: the number of
# the person, the team or the tag in the last digits.
_KINDS = {"buyer": 1, "seller": 2, "admin": 3, "team": 4, "tag": 5, "category": 6}


def id_of(kind: str, index: int) -> UUID:
    return UUID(f"018bcfe5-6800-7000-9{_KINDS[kind]:03x}-{index:012x}")


def uuid7(at: datetime, chance: Random) -> str:
    """As text: millions are made, and all go into a file."""
    time = f"{int(at.timestamp() * 1000):012x}"
    dice = f"{chance.getrandbits(72):018x}"
    return f"{time[:8]}-{time[8:]}-7{dice[:3]}-8{dice[3:6]}-{dice[6:]}"


__all__ = ["CATEGORIES", "TAGS", "TEAMS", "Plan", "id_of", "uuid7"]
