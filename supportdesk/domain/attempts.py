"""How often one may try to sign in: per address, so nobody guesses; per IP, so nobody sprays."""

from __future__ import annotations

import time
from functools import lru_cache
from math import ceil
from typing import cast

from limits import RateLimitItemPerSecond, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from supportdesk.domain import rules
from supportdesk.domain.errors import TooManyAttempts


class _Limit(RateLimitItemPerSecond):
    """So many in so many seconds. Attempts are counted for whoever makes them, whatever the limit
    was at that time: whoever has spent all of it has nothing left of another limit either.
    """

    def key_for(self, *identifiers: bytes | str | float) -> str:
        return "/".join(map(str, (self.namespace, *identifiers)))


@lru_cache(maxsize=1)
def _limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())


def _limit(rate: str, namespace: str) -> _Limit:
    allowed = parse(rate)
    return _Limit(allowed.amount, allowed.get_expiry(), namespace)


def _per_address() -> _Limit:
    return _limit(rules.now().sign_in_attempts_per_address, "address")


def _per_ip() -> _Limit:
    return _limit(rules.now().sign_in_attempts_per_ip, "ip")


def spend(address: str, ip: str) -> None:
    """Count an attempt by `address` (may be empty: not known) coming from `ip`.

    Attempts by an address count at once, so that a burst cannot slip through; the IP, which an
    office may share, only pays for failures (`blame`).

    Raises:
        TooManyAttempts: nothing is left; says when to try again. Refused attempts do not count.
    """
    for item, key in ((_per_address(), address), (_per_ip(), ip)):
        if key and (wait := _wait(item, key)) > 0:
            raise TooManyAttempts(ceil(wait))
    if address:
        _limiter().hit(_per_address(), address)


def _wait(item: _Limit, key: str) -> float:
    """So many seconds until there is room for one more, by the limit as it is now.

    More than it allows may have been made while it allowed more. The last come first.
    """
    storage = cast(MemoryStorage, _limiter().storage)
    made = storage.events.get(item.key_for(key), [])[: item.amount]
    return made[-1].atime + item.get_expiry() - time.time() if len(made) == item.amount else 0


def blame(ip: str) -> None:
    """Count a failure against `ip`."""
    if ip:
        _limiter().hit(_per_ip(), ip)


def forgive(address: str) -> None:
    """Forget the failures of somebody who has now proven who they are."""
    _limiter().clear(_per_address(), address)
