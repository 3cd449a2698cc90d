"""Statements as they are sent: what never changes is spelled once, and ids without being quoted.

psycopg looks up for each value how its type is quoted, which for the dozens of ids that go with a
message took longer than all else there is to do before it is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.abc import AdaptContext

# `true` ends the settings with the transaction.
_BECOME = sql.SQL(
    "SELECT set_config('role', {}, true) AS role,"
    " set_config('supportdesk.user_id', {}, true) AS user_id,"
    " set_config('supportdesk.session_id', {}, true) AS session_id"
)


class Spelled(sql.Composable):
    """What needs no quoting any more."""

    def __init__(self, words: bytes) -> None:
        super().__init__(words)
        self._words = words

    def as_bytes(self, context: AdaptContext | None = None) -> bytes:
        return self._words


_COMMA, _END = Spelled(b", "), Spelled(b")")


@lru_cache(maxsize=1000)
def become(role: str, user_id: str, session_id: str) -> Spelled:
    """Act as that role and person until the transaction ends."""
    return Spelled(_BECOME.format(role, user_id, session_id).as_bytes())


def call(words: sql.Composable, values: Iterable[Any]) -> sql.Composed:
    """`words` with these values in brackets behind them."""
    parts: list[sql.Composable] = [words]
    for value in values:
        parts += [_value(value), _COMMA]
    parts[-1:] = [_END]
    return sql.Composed(parts)


@lru_cache(maxsize=200)
def opened(words: str, name: str) -> Spelled:
    """`words` and that name, and a bracket for values."""
    return Spelled(sql.SQL("{} {} (").format(sql.SQL(words), sql.Identifier(name)).as_bytes())


def spelled(value: Any) -> Spelled:
    """What is sent again and again."""
    return Spelled(sql.Literal(value).as_bytes())


def _value(value: Any) -> sql.Composable:
    if type(value) is Spelled:
        return value
    if type(value) is UUID:
        return Spelled(f"'{value}'::uuid".encode())
    if type(value) is int:
        return Spelled(b"%d" % value)
    if type(value) is frozenset:
        return _ids(value)
    return sql.Literal(value)


@lru_cache(maxsize=100)
def _ids(ids: frozenset[UUID]) -> Spelled:
    """The same people are asked for with every message, for as long as nobody comes or goes."""
    if not all(type(each) is UUID for each in ids):
        raise TypeError("only ids are spelled as a set")
    return Spelled(f"'{{{','.join(map(str, ids))}}}'::uuid[]".encode())
