"""What one admin sets shows on the settings page of another, and in the tickets and lists that are
open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from supportdesk import routes
from supportdesk.domain.ids import new_id
from tests.realtime.test_people import at
from tests.realtime.test_rules import choose, shown
from tests.support.browsers import Browsers
from tests.support.raw_browser import (
    DETAILS,
    FILTERS,
    LABELS,
    REPLIES,
    REPORTS,
    SETTINGS,
    TEAMS,
    THREAD,
    RawBrowser,
)
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket


@dataclass
class Desk:
    """Zoe sets something; Yann has the settings, a ticket and a list open, Theo the ticket."""

    name: str
    ticket: SeededTicket
    zoe: RawBrowser
    yann: RawBrowser
    open_: RawBrowser
    theo: RawBrowser
    list_: RawBrowser
    admin: Person

    def row(self, kind: str) -> dict[str, Any]:
        return named(self.yann, kind, self.name)

    async def save(self, sort: str, name: str, id_: str = "", **more: Any) -> None:
        form = {"sort": sort, "id": id_, "name": name, "hue": "3", "kind": "text", **more}
        await self.zoe.send(f"{SETTINGS}.submit", form_data=form)

    async def made(self, sort: str, kind: str, name: str = "", **more: Any) -> str:
        """Add one, see it at the other admin, and return its id."""
        name = name or self.name
        await self.save(sort, name, **more)
        await self.yann.until(lambda b: named(b, kind, name))
        return str(named(self.yann, kind, name)["id"])

    async def sees(self, kind: str, holds: Callable[[dict[str, Any]], object]) -> None:
        await self.yann.until(lambda b: holds(named(b, kind, self.name)))


def named(browser: RawBrowser, kind: str, name: str) -> dict[str, Any]:
    found = (row for row in browser.var(SETTINGS, kind, []) if row["name"] == name)
    return next(found, {})


def tags_on(browser: RawBrowser) -> list[dict[str, Any]]:
    return browser.var(THREAD, "facts")["tags"]


@pytest.fixture
async def desk_of(browsers: Browsers, seed: Seed) -> Desk:
    bea, sol = seed.person(BUYER), seed.person(SELLER, "Theo")
    ticket = seed.ticket(bea, sol)
    zoe, yann = seed.person(ADMIN, "Zoe"), seed.person(ADMIN, "Yann")
    return Desk(
        f"Called {new_id().hex[-8:]}",
        ticket,
        await at(browsers, zoe, routes.ADMIN_SETTINGS, SETTINGS),
        await at(browsers, yann, routes.ADMIN_SETTINGS, SETTINGS),
        await browsers.visit(yann, ticket),
        await browsers.visit(sol, ticket),
        await browsers.visit(sol),
        yann,
    )


async def test_a_tag_has_another_colour_and_meaning_wherever_it_stands(desk_of: Desk) -> None:
    d = desk_of
    tag = await d.made("tag", "tags")
    await d.theo.until(lambda b: d.name in str(b.var(FILTERS, "tags")))
    await d.theo.send(f"{LABELS}.add_tag", form_data={"new-tag": d.name})
    for tab in (d.open_, d.theo):
        await tab.until(tags_on)
    await d.save("tag", d.name, tag, hue="9", description="Handle with care")
    await d.sees("tags", lambda row: row["hue"] == 9 and row["description"] == "Handle with care")
    for tab in (d.open_, d.theo):
        await tab.until(lambda b: tags_on(b)[0]["hue"] == 9)
        await tab.until(lambda b: tags_on(b)[0]["description"] == "Handle with care")
    await d.list_.until(lambda b: [tag["hue"] for tag in b.rows[0]["tags"]] == [9])


async def test_a_merged_tag_and_a_deleted_one_are_gone_from_settings_tickets_and_rows(
    desk_of: Desk,
) -> None:
    d = desk_of
    gone = await d.made("tag", "tags")
    kept = await d.made("tag", "tags", f"{d.name} kept")
    await d.theo.until(lambda b: d.name in str(b.var(FILTERS, "tags")))
    await d.theo.send(f"{LABELS}.add_tag", form_data={"new-tag": d.name})
    for tab in (d.open_, d.theo):
        await tab.until(tags_on)
    await d.zoe.send(f"{SETTINGS}.merge_tag", form_data={"id": gone, "into": kept})
    await d.sees("tags", lambda row: not row)
    for tab in (d.open_, d.theo):
        await tab.until(lambda b: [tag["id"] for tag in tags_on(b)] == [kept])
    await d.list_.until(lambda b: [tag["id"] for tag in b.rows[0]["tags"]] == [kept])
    await d.zoe.send(f"{SETTINGS}.delete_tag", row_id=kept)
    await d.yann.until(lambda b: not named(b, "tags", f"{d.name} kept"))
    for tab in (d.open_, d.theo):
        await tab.until(lambda b: tags_on(b) == [])
    await d.list_.until(lambda b: b.rows[0]["tags"] == [])


async def test_texts_and_hours_show_at_the_second_admin(desk_of: Desk, unset: None) -> None:
    d = desk_of
    for key, text in (("welcome", f"Hello from {d.name}"), ("out_of_hours", f"{d.name} is away")):
        await choose(d.zoe, key, text)
        await d.yann.until(lambda b, key=key: d.name in shown(b, "texts", key))
    form = {"sort": "hours", "key": "hours", "timezone": "UTC", "was": "{}"}
    form |= {"from-monday": "00:00", "until-monday": "00:01"}
    await d.zoe.send(f"{SETTINGS}.submit", form_data=form)
    await d.yann.until(lambda b: b.var(SETTINGS, "hours")["days"][:2] == ["00:00", "00:01"])


async def test_fields_templates_and_replies_move_retire_and_go_at_the_second_admin(
    browsers: Browsers, desk_of: Desk
) -> None:
    d = desk_of
    field = await d.made("field", "fields")
    await d.made("field", "fields", f"{d.name} too")

    def above(browser: RawBrowser) -> list[str]:
        names = [row["name"] for row in browser.var(SETTINGS, "fields")]
        return names[: names.index(d.name)]

    assert f"{d.name} too" not in above(d.yann)
    await d.zoe.send(f"{SETTINGS}.move_down", row_id=field)
    await d.yann.until(lambda b: f"{d.name} too" in above(b))
    await d.zoe.send(f"{SETTINGS}.move_up", row_id=field)
    await d.yann.until(lambda b: f"{d.name} too" not in above(b))
    other = named(d.yann, "fields", f"{d.name} too")["id"]
    template = await d.made("template", "templates", type="problem")
    for sort, kind, row_id in (("field", "fields", field), ("template", "templates", template)):
        for handler in ("retire", "restore", "retire"):
            await d.zoe.send(f"{SETTINGS}.{handler}", sort=sort, row_id=row_id)
            await d.sees(kind, lambda row, there=handler == "restore": row["active"] is there)
    await d.zoe.send(f"{SETTINGS}.retire", sort="field", row_id=other)
    for tab in (d.open_, d.theo):
        await tab.until(lambda b: d.name not in str(b.var(THREAD, "facts")["fields"]))


async def test_of_two_who_edit_the_same_the_second_is_told_what_it_is_now(
    browsers: Browsers, desk_of: Desk
) -> None:
    d = desk_of
    kinds = {
        "template": "templates",
        "reply": "replies",
        "field": "fields",
        "tag": "tags",
        "category": "categories",
    }
    for sort, kind in kinds.items():
        row_id = await d.made(sort, kind, type="feature_request", body="Hello.")
        read = {"type": "feature_request", "body": "Hello.", "was": d.row(kind)["was"]}
        await d.save(sort, f"{d.name} first", row_id, **read)
        await d.yann.until(lambda b, kind=kind: named(b, kind, f"{d.name} first"))
        form = {"sort": sort, "id": row_id, "name": f"{d.name} second", "hue": "3"}
        await d.yann.send(f"{SETTINGS}.submit", form_data={**form, "kind": "text", **read})
        await d.yann.until(lambda b: "Another admin" in str(b.var(SETTINGS, "errors")))
        assert f"Name is now “{d.name} first”." in d.yann.var(SETTINGS, "errors")["form"]
        assert not named(d.yann, kind, f"{d.name} second")
        await d.yann.send(f"{SETTINGS}.begin")
        await d.yann.until(lambda b: b.var(SETTINGS, "errors") == {})
        if sort in ("template", "field"):
            await d.zoe.send(f"{SETTINGS}.retire", sort=sort, row_id=row_id)
    save, teams = f"{TEAMS}.submit", await at_teams(browsers, d)
    (team,) = [each["id"] for each in teams.var(TEAMS, "teams") if each["name"] == d.name]
    for name in ("first", "second"):
        form = {"id": team, "was": d.name, "name": f"{d.name} {name}"}
        await teams.send(save, form_data=form)
    told = f"Name is now “{d.name} first”"
    await teams.until(lambda b: told in str(b.var(TEAMS, "errors")))


async def at_teams(browsers: Browsers, d: Desk) -> RawBrowser:
    """Yann at the teams, of which one has just been founded."""
    tab = browsers.new(d.admin)
    await tab.visit(routes.ADMIN_TEAMS)
    await d.zoe.send(f"{TEAMS}.submit", form_data={"id": "", "name": d.name})
    await tab.until(lambda b: d.name in str(b.var(TEAMS, "teams")))
    return tab


async def test_a_shared_reply_is_at_hand_for_sellers_as_it_is_now(desk_of: Desk) -> None:
    d = desk_of

    def says(browser: RawBrowser) -> list[str]:
        return [row["body"] for row in browser.var(REPLIES, "replies") if row["name"] == d.name]

    await d.theo.send(f"{REPLIES}.refresh")
    before = len(d.list_.frames)
    reply = await d.made("reply", "replies", body="Try again.")
    await d.theo.until(lambda b: says(b) == ["Try again."])
    await d.save("reply", d.name, reply, body="Try once more.")
    await d.sees("replies", lambda row: row["body"] == "Try once more.")
    await d.theo.until(lambda b: says(b) == ["Try once more."])
    await d.zoe.send(f"{SETTINGS}.delete_reply", row_id=reply)
    await d.sees("replies", lambda row: not row)
    await d.theo.until(lambda b: says(b) == [])
    # Nobody has begun to write there, so there is nothing to keep up to date.
    assert not any(d.name in text for _, text in d.list_.frames[before:])


async def test_a_team_is_offered_renamed_and_gone_in_filters_and_details(desk_of: Desk) -> None:
    d = desk_of
    await d.open_.send(f"{DETAILS}.open_details")
    save = f"{TEAMS}.submit"

    def offered(browser: RawBrowser, name: str) -> str:
        details = {each["label"] for each in browser.var(DETAILS, "teams", [])}
        bar = {each["name"]: each["id"] for each in browser.var(FILTERS, "teams", [])}
        return bar.get(name, "") if name in details else ""

    await d.zoe.send(save, form_data={"id": "", "name": d.name})
    await d.open_.until(lambda b: offered(b, d.name))
    team = offered(d.open_, d.name)
    await d.open_.send(f"{DETAILS}.choose_team", value=team)
    await d.open_.until(lambda b: b.var(THREAD, "facts")["team"] == d.name)
    renamed = f"{d.name} too"
    await d.zoe.send(save, form_data={"id": team, "name": renamed})
    await d.open_.until(lambda b: offered(b, renamed) and not offered(b, d.name))
    await d.open_.until(lambda b: b.var(THREAD, "facts")["team"] == renamed)
    await d.zoe.send(f"{TEAMS}.delete", team_id=team)
    await d.open_.until(lambda b: renamed not in str(b.var(FILTERS, "teams")))
    await d.open_.until(lambda b: renamed not in str(b.var(DETAILS, "teams")))
    await d.open_.until(lambda b: b.var(THREAD, "facts")["team"] != renamed)


async def test_open_reports_follow_the_end_of_a_tag_and_of_a_team(
    browsers: Browsers, seed: Seed, desk_of: Desk
) -> None:
    d, yann = desk_of, seed.person(ADMIN, "Yann")

    def lines(browser: RawBrowser) -> list[str]:
        return [line["name"] for line in browser.var(REPORTS, "lines")]

    async def follows(tab: RawBrowser, deed: Awaitable[None], before: str, *after: str) -> None:
        await tab.until(lambda b: before in lines(b))
        await deed
        await tab.until(lambda b: before not in lines(b) and {*after} <= {*lines(b)})

    kept = f"{d.name} kept"
    gone_id, kept_id = await d.made("tag", "tags"), await d.made("tag", "tags", kept)
    await d.theo.send(f"{LABELS}.add_tag", form_data={"new-tag": d.name})
    await d.zoe.send(f"{TEAMS}.submit", form_data={"id": "", "name": d.name})
    await d.open_.until(lambda b: d.name in str(b.var(FILTERS, "teams")))
    teams = {each["name"]: each["id"] for each in d.open_.var(FILTERS, "teams")}
    await d.open_.send(f"{DETAILS}.choose_team", value=teams[d.name])
    await d.open_.until(lambda b: b.var(THREAD, "facts")["team"] == d.name and tags_on(b))
    by_tag, by_team = [
        await at(browsers, yann, f"{routes.ADMIN_REPORTS}?by={by}", REPORTS)
        for by in ("tag", "team")
    ]
    merge = d.zoe.send(f"{SETTINGS}.merge_tag", form_data={"id": gone_id, "into": kept_id})
    await follows(by_tag, merge, d.name, kept)
    delete = d.zoe.send(f"{SETTINGS}.delete_tag", row_id=kept_id)
    await follows(by_tag, delete, kept)
    dissolve = d.zoe.send(f"{TEAMS}.delete", team_id=teams[d.name])
    await follows(by_team, dissolve, d.name, "Customer Service")
