"""Column shorthands shared by the tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, text
from sqlmodel import Field, Text


def aware(*, now: bool = False, nullable: bool = False) -> Any:
    """An aware UTC time; `now` lets the database fill it in."""
    default = {"server_default": text("now()")} if now else {}
    return Field(
        default=None, sa_type=DateTime(timezone=True), nullable=nullable, sa_column_kwargs=default
    )


def words(default: str | None = None, *, nullable: bool = False, **field: Any) -> Any:
    """A `text` column; `default` is the database's own, in SQL."""
    kwargs = {"server_default": text(default)} if default else {}
    if default or nullable:
        field.setdefault("default", None)
    return Field(sa_type=Text, nullable=nullable, sa_column_kwargs=kwargs, **field)


__all__ = ["aware", "datetime", "words"]
