"""Passwords: argon2id through passlib's API, and the one rule that helps: long and not common."""

from __future__ import annotations

import asyncio
from functools import lru_cache

from passlib.context import CryptContext
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from supportdesk.domain.errors import Invalid

MIN_LENGTH = 10
# Hashing reads every byte: nobody's password is a book, and a book is how one stalls a server.
MAX_LENGTH = 200


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    # Each word stands in one of the lists only: `basketball` is under Wikipedia, not passwords.
    return frozenset().union(*FREQUENCY_LISTS.values())


@lru_cache(maxsize=1)
def _context() -> CryptContext:
    # RFC 9106, section 4, second recommendation (64 MiB, 3 passes), with its lanes as threads.
    return CryptContext(
        schemes=["argon2"],
        argon2__type="ID",
        argon2__memory_cost=65536,
        argon2__time_cost=3,
        argon2__parallelism=4,
    )


def check_new(password: str) -> str:
    """Return `password` if it may be set; raise `Invalid` with the reason otherwise."""
    if len(password) < MIN_LENGTH:
        raise Invalid(f"Choose a password of at least {MIN_LENGTH} characters.", "password")
    if len(password) > MAX_LENGTH:
        raise Invalid(f"Choose a password of at most {MAX_LENGTH} characters.", "password")
    if not _can_be_hashed(password):
        raise Invalid("This password has a character in it that does not exist.", "password")
    if password.lower() in _common():
        raise Invalid(
            "This password is on every list of common passwords. Choose another.", "password"
        )
    return password


async def hash_password(password: str) -> str:
    """Hash off the event loop: it takes tens of milliseconds, by design."""
    return await asyncio.to_thread(_context().hash, password)


async def verify(password: str, password_hash: str | None) -> bool:
    """Whether `password` fits. Without a hash (no such person) a no takes the same time."""
    if len(password) > MAX_LENGTH or not _can_be_hashed(password):
        password = ""
    if password_hash is None:
        await asyncio.to_thread(_context().dummy_verify)
        return False
    return await asyncio.to_thread(_context().verify, password, password_hash)


def _can_be_hashed(password: str) -> bool:
    """Half a surrogate pair is in no alphabet, but a made-up request can hold one."""
    try:
        password.encode()
    except UnicodeEncodeError:
        return False
    return True
