"""Reports as files: for admins alone, harmless to spreadsheets, with the figures of the page."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest

from supportdesk import cookies
from supportdesk.domain.commands import filing, messages, tickets
from supportdesk.domain.commands.filing import NewTicket
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.periods import Asked, By, Preset
from supportdesk.domain.queries.reports import report_for

PATH = "/admin/reports.csv"


def rows(answer) -> list[list[str]]:
    assert answer.text.startswith("\ufeff")
    return list(csv.reader(StringIO(answer.text.removeprefix("\ufeff"))))


@pytest.fixture
async def filed(cast, ask) -> None:
    for seller in (cast.sol, cast.sol, cast.sia):
        new = NewTicket("Late", "Where is it?", seller_id=seller.user_id)
        ticket = (await filing.file_ticket(cast.bea, new)).id
        await messages.post(seller, ticket, "On its way.")
    await tickets.set_status(cast.ada, ticket, Status.RESOLVED)


async def test_an_admin_gets_the_figures_of_the_page(cast, filed, sign_in):
    admin = await sign_in(cast.ada)
    answer = await admin.get(PATH, params={"range": "7", "by": "seller"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    head, *found = rows(answer)
    report = await report_for(
        cast.ada, Asked(Preset.WEEK, by=By.SELLER), datetime.now(UTC), ZoneInfo("UTC")
    )
    figures = [(row.name, row.figures) for row in report.rows]
    figures += [("Total", report.figures), ("The period before", report.before)]
    assert head[:6] == [
        "Seller", "Filed", "Resolved", "Reopened", "Backlog at the end", "First responses",
    ]  # fmt: skip
    assert [row[:6] for row in found] == [
        [name, *(str(n) for n in (f.filed, f.resolved, f.reopened, f.backlog, f.response.count))]
        for name, f in figures
    ]
    assert [row[1:5] for row in found] == [
        ["2", "0", "0", "2"], ["1", "1", "0", "0"], ["3", "1", "0", "2"], ["0", "0", "0", "0"],
    ]  # fmt: skip
    assert [row[8] for row in found] == [
        "" if f.resolution.median is None else f"{f.resolution.median:.10g}" for _, f in figures
    ]


async def test_the_file_is_named_after_what_is_in_it(cast, filed, sign_in):
    admin = await sign_in(cast.ada)
    days = {"from": "2026-03-02", "to": "2026-03-01"}
    answer = await admin.get(PATH, params={**days, "by": "day"})
    assert (
        'filename="reports-by-day-2026-03-01-to-2026-03-02.csv"'
        in (answer.headers["content-disposition"])
    )
    assert [row[0] for row in rows(answer)] == [
        "First day", "2026-03-01", "2026-03-02", "Total", "The period before",
    ]  # fmt: skip
    hours = await admin.get(PATH, params={"range": "7", "table": "hours"})
    assert 'filename="reports-busiest-hours-' in hours.headers["content-disposition"]
    head, *found = rows(hours)
    assert (head[0], len(head), len(found)) == ("Hour", 8, 24)
    assert sum(int(count) for row in found for count in row[1:]) == 3


async def test_days_are_those_of_where_the_browser_is(cast, filed, sign_in, ask):
    ask("UPDATE ticket SET created_at = '2026-03-01 23:30+00'")
    utc, later = ["3", "0"], ["0", "3"]
    for zone, days in (("Asia/Kathmandu", later), ("UTC", utc), ("Nowhere/Land", utc), ("", utc)):
        admin = await sign_in(cast.ada)
        if zone:
            admin.cookies.set(cookies.ZONE, zone)
        answer = await admin.get(PATH, params={"from": "2026-03-01", "to": "2026-03-02"})
        assert [row[1] for row in rows(answer)[1:3]] == days, zone


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1"])
async def test_no_name_is_a_formula(cast, filed, sign_in, ask, name):
    ask('UPDATE "user" SET name = %s WHERE id = %s', name, cast.sol.user_id)
    admin = await sign_in(cast.ada)
    answer = await admin.get(PATH, params={"by": "seller"})
    assert f"'{name}" in [row[0] for row in rows(answer)]


@pytest.mark.parametrize("who", ["bea", "sol", None])
async def test_for_all_others_it_is_not_there(cast, filed, sign_in, browser, who):
    admin = await sign_in(cast.ada)
    assert (await admin.get(PATH)).status_code == 200
    stranger = await sign_in(getattr(cast, who)) if who else browser
    answer = await stranger.get(PATH, params={"by": "seller"})
    assert (answer.status_code, answer.text) == (404, "Not found")


@pytest.mark.parametrize(
    "query", ["range=x&by=x", "from=&to=9999-99-99", "from=0001-01-01&to=2026-01-01", "by=%00"]
)
async def test_what_is_not_understood_is_left_out(cast, filed, sign_in, query):
    admin = await sign_in(cast.ada)
    answer = await admin.get(f"{PATH}?{query}")
    assert answer.status_code == 200
    assert len(rows(answer)) == 33  # Thirty days, by day.


async def test_while_the_database_is_away_it_says_so(browser, away):
    browser.cookies.set("supportdesk_session", "x")
    answer = await browser.get(PATH)
    assert answer.status_code == 503
    assert "cannot reach its database" in answer.text
