"""What is sent as it stands reads as psycopg would have spelled it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from supportdesk.config import get_settings
from supportdesk.database.spelling import become, call, opened


async def asked(question: sql.Composable) -> tuple[Any, ...] | None:
    url = get_settings().database_url or ""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        return await (await connection.execute(question.as_bytes(connection))).fetchone()


@pytest.mark.parametrize(
    "value",
    [
        UUID("0190a1b2-0000-7000-8000-00000000000f"),
        0,
        -(2**40),
        'it\'s \\ "here"; -- é\n',
    ],
)
async def test_a_value_arrives_as_it_was(cast, value):
    given = call(sql.SQL("SELECT ("), [value])
    assert await asked(given) == (value,)


@pytest.mark.parametrize("many", [0, 1, 40])
async def test_a_set_of_ids_arrives_whole(cast, many):
    ids = frozenset(uuid4() for _ in range(many))
    (found,) = await asked(call(sql.SQL("SELECT ("), [ids])) or ()
    assert len(found) == many
    assert frozenset(found) == ids


async def test_values_stand_in_their_order(cast):
    assert await asked(call(opened("SELECT", "concat"), ["a", 2, "c"])) == ("a2c",)


def test_nothing_but_ids_is_spelled_as_a_set_of_them():
    with pytest.raises(TypeError):
        call(sql.SQL("SELECT ("), [frozenset(["'; SELECT 1"])])


def test_a_name_stays_a_name():
    assert opened("EXECUTE", 'a"b').as_bytes() == b'EXECUTE "a""b" ('


def test_nobody_is_taken_for_somebody_else():
    one, other = str(uuid4()), str(uuid4())
    assert one in become("supportdesk_buyer", one, "").as_bytes().decode()
    assert become("supportdesk_buyer", one, "") is not become("supportdesk_buyer", other, "")
    assert b"'it''s'" in become("it's", "", "").as_bytes()
