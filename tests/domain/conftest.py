"""What the tests of the domain share: a ticket to work on, and a look past all rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from supportdesk.database.embedded import EmbeddedServer
from supportdesk.domain.commands import filing
from supportdesk.domain.commands.filing import NewTicket
from supportdesk.domain.ids import new_id
from tests.support.cast import Cast
from tests.support.database import as_owner

Ask = Callable[..., list[Any]]


@pytest.fixture
def ask(database: EmbeddedServer) -> Ask:
    """Rows as the owner of the database sees them, whom no policy holds back.

    A single column comes as a plain list of values.
    """

    def ask(query: str, *values: Any) -> list[Any]:
        with as_owner(database.owner_url) as connection:
            cursor = connection.execute(query, values)
            if cursor.description is None:
                return []
            rows = cursor.fetchall()
        return [row[0] for row in rows] if cursor.description[1:] == [] else rows

    return ask


@pytest.fixture
async def ticket(cast: Cast) -> UUID:
    """A ticket of bea's to sol."""
    new = NewTicket("A lamp that flickers", "It flickers.", seller_id=cast.sol.user_id)
    return (await filing.file_ticket(cast.bea, new)).id


@pytest.fixture
def team(ask: Ask) -> UUID:
    """The team that every ticket comes to."""
    found: UUID = ask("SELECT id FROM team WHERE is_default")[0]
    return found


@pytest.fixture
def field(ask: Ask) -> Callable[..., UUID]:
    """Define a custom field of that kind."""

    def define(kind: str, name: str = "Order", choices: str = "[]", **more: Any) -> UUID:
        values = {"id": new_id(), "kind": kind, "name": name, "choices": choices, **more}
        ask(
            f"INSERT INTO field_definition ({', '.join(values)})"
            f" VALUES ({', '.join(['%s'] * len(values))})",
            *values.values(),
        )
        found: UUID = values["id"]
        return found

    return define


@pytest.fixture
async def foreign_ticket(cast: Cast) -> UUID:
    """A ticket of ben's to the platform, in which bea and sol have no part."""
    return (await filing.file_ticket(cast.ben, NewTicket("Not yours", "Private."))).id
