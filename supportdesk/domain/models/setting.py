"""What admins have set of the desk as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from supportdesk.domain.models.columns import aware


class Setting(SQLModel, table=True):
    """One thing that is not as the operator says, or as it comes; see `domain.settings`."""

    key: str = Field(sa_type=Text, primary_key=True)
    value: Any = Field(sa_type=JSONB, nullable=False)
    updated_at: datetime = aware(now=True)
