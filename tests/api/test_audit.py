"""The log as a file: all that is asked for, harmless in a spreadsheet, for admins alone."""

from __future__ import annotations

import csv
import io

import httpx
import pytest

from supportdesk.api import audit
from supportdesk.domain.commands import categories

PATHS = ("/admin/audit.csv", "/admin/audit.json")


def rows_of(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


async def test_a_file_has_all_that_is_asked_for_in_pieces_of_any_size(cast, sign_in, monkeypatch):
    monkeypatch.setattr(audit, "_PIECE", 2)
    for name in ("One", "Two", "Three", "Four", "Five"):
        await categories.save(cast.abe, None, name)
    ada = await sign_in(cast.ada)
    rows = rows_of(await ada.get("/admin/audit.csv?kind=settings"))
    objects = (await ada.get("/admin/audit.json?kind=settings")).json()
    assert [row["what"] for row in rows] == [
        f"created the category “{name}”" for name in ("Five", "Four", "Three", "Two", "One")
    ]
    for name in ("id", "time", "who", "what", "kind"):
        assert [row[name] for row in rows] == [each[name] for each in objects]
    assert rows[0]["after"] == "Name: Five"
    assert objects[0]["changes"] == [{"what": "Name", "before": "", "after": "Five"}]
    assert (await ada.get("/admin/audit.json?person=nobody")).json() == []


async def test_that_it_was_taken_is_in_the_log(cast, sign_in, ask):
    await categories.save(cast.abe, None, "One")
    ada = await sign_in(cast.ada)
    await ada.get("/admin/audit.csv?kind=settings&q=one")
    told = "SELECT actor_id, data FROM event WHERE kind = 'log_exported'"
    assert ask(told) == [
        (cast.ada.user_id, {"format": "csv", "query": "q=one&kind=settings", "lines": 1})
    ]


@pytest.mark.parametrize("path", PATHS)
async def test_nobody_but_admins_gets_it(cast, sign_in, browser, ask, path):
    assert (await (await sign_in(cast.ada)).get(path)).status_code == 200
    before = ask("SELECT count(*) FROM event WHERE kind = 'log_exported'")
    for stranger in (browser, await sign_in(cast.bea), await sign_in(cast.sol)):
        answer = await stranger.get(path)
        assert (answer.status_code, answer.text) == (404, "Not found")
    assert ask("SELECT count(*) FROM event WHERE kind = 'log_exported'") == before


async def test_what_is_named_like_a_formula_stays_text(cast, sign_in, ask):
    ask('UPDATE "user" SET name = %s WHERE id = %s', "  =cmd|' /C calc'!A0", cast.abe.user_id)
    await categories.save(cast.abe, None, "=1+1")
    (row,) = rows_of(await (await sign_in(cast.ada)).get("/admin/audit.csv?kind=settings"))
    assert row["who"] == "'  =cmd|' /C calc'!A0"
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row.values())


async def test_half_typed_questions_do_no_harm(cast, sign_in):
    ada = await sign_in(cast.ada)
    for query in ("kind=%00", "from=9999-99-99", "ticket=99999999999999999999", "q=%27%22--"):
        for path in PATHS:
            assert (await ada.get(f"{path}?{query}")).status_code == 200, query
    for day in ("0001-01-01", "9999-12-31"):
        assert (await ada.get(f"/admin/audit.json?from={day}&to={day}")).status_code == 200
