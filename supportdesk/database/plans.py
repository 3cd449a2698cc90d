"""Queries whose plans each connection keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import md5
from typing import Any

from psycopg import sql
from sqlalchemy import TextClause
from sqlalchemy.engine import make_url

from supportdesk.database.spelling import call, opened

# Spells values as PREPARE wants them: $1, $2 ...
_NUMBERED = make_url("postgresql+asyncpg://").get_dialect()()


@dataclass(frozen=True)
class Plan:
    """A query that each connection prepares once for a role. PostgreSQL makes a plan for a role,
    policies included, and throws it away when the same words come from another."""

    name: str
    text: str
    values: tuple[str, ...]

    def prepare(self) -> sql.Composed:
        return sql.SQL("PREPARE {} AS {}").format(sql.Identifier(self.name), sql.SQL(self.text))

    def asked_for(self, values: Mapping[str, Any]) -> sql.Composed:
        return call(opened("EXECUTE", self.name), [values[name] for name in self.values])


@lru_cache(maxsize=100)
def plan_of(query: TextClause, role: str) -> Plan:
    compiled = query.compile(dialect=_NUMBERED)
    name = f"{role}_{md5(compiled.string.encode(), usedforsecurity=False).hexdigest()}"
    return Plan(name, compiled.string, tuple(compiled.positiontup or ()))
