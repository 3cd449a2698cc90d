"""Whatever several people do, what a tab was told bit by bit is what a fresh load would give it.

The steps are sent without waiting for their effects, so they overlap as they do among people. Then
everything comes to rest, which is read off the database and not off the screens; only after that
are the tabs compared with fresh ones of the same people on the same pages.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
import psycopg
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.browsers import Browsers
from tests.support.desk import Desk
from tests.support.raw_browser import DETAILS, INBOX, LABELS, NEW_TICKET, THREAD, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket

PATIENCE = 15
LEVELS = {BUYER: "everyone", SELLER: "staff", ADMIN: "admins"}
SEES = {BUYER: ["everyone"], SELLER: ["everyone", "staff"], ADMIN: ["everyone", "staff", "admins"]}

# Who sits at which tab: bea has two of one session, sol two of two sessions.
TABS = ("bea", "bea", "sol", "sol again", "ada", "abe")
PAGE, MORE = 30, 4  # The list has a further page.
# Filters of a list -> what that asks of tickets, and the order, in SQL.
ACTIVITY = "c.activity_{level} DESC, t.number DESC"
FILTERED = {
    "": ("true", ACTIVITY),
    "?status=open": ("t.status = 'open'", ACTIVITY),
    "?status=in_progress,resolved,closed&sort=newest": (
        "t.status IN ('in_progress', 'resolved', 'closed')",
        "t.number DESC",
    ),
    "?sort=priority": (
        "true",
        "array_position(ARRAY['urgent', 'high', 'medium', 'low'], t.priority), t.number DESC",
    ),
    "?starred=1": (
        "t.id IN (SELECT conversation_id FROM participant WHERE user_id = %(me)s AND starred)",
        ACTIVITY,
    ),
}
TALKED_OF = 3  # The tickets that everything happens on; the first one is long.


@dataclass(frozen=True)
class Step:
    tab: int
    verb: str
    what: Any = None
    waits: bool = False


def _steps() -> st.SearchStrategy[list[Step]]:
    ticket = st.integers(0, TALKED_OF - 1) | st.just(PAGE + MORE - 1)
    audience = st.sampled_from(["everyone", "staff", "admins"])
    status = st.sampled_from(["open", "in_progress", "waiting_on_customer", "resolved", "closed"])
    priority = st.sampled_from(["low", "medium", "high", "urgent"])
    verbs = st.one_of(
        st.tuples(st.just("open"), ticket),
        st.tuples(st.just("say"), audience),
        st.tuples(st.just("say"), audience),
        st.tuples(st.just("chatter"), st.integers(10, 25)),
        st.tuples(st.just("list"), st.none()),
        st.tuples(st.just("filter"), st.sampled_from(sorted(FILTERED))),
        st.tuples(st.just("filter"), st.sampled_from(sorted(FILTERED))),
        st.tuples(st.just("scroll"), st.booleans()),
        st.tuples(st.just("status"), status),
        st.tuples(st.just("priority"), priority),
        st.tuples(st.just("type"), st.sampled_from(["problem", "question"])),
        st.tuples(st.just("assign"), st.integers(0, len(TABS) - 1)),
        st.tuples(st.just("tag"), st.sampled_from(["Refund", "Carrier"])),
        st.tuples(st.just("note"), st.text("ab", max_size=3)),
        st.tuples(st.just("star"), st.none()),
        st.tuples(st.just("earlier"), st.none()),
        st.tuples(st.just("more"), st.none()),
        st.tuples(st.just("file"), st.booleans()),
        st.tuples(st.just("cut"), st.none()),
    )
    step = st.builds(
        lambda tab, verb, waits: Step(tab, *verb, waits),
        st.integers(0, len(TABS) - 1),
        verbs,
        st.booleans(),
    )
    return st.lists(step, min_size=8, max_size=30)


class World:
    """The people of one example, their tickets and their tabs."""

    def __init__(self, seed: Seed, browsers: Browsers, desk: Desk) -> None:
        self._browsers, self._desk = browsers, desk
        roles = {"bea": BUYER, "sol": SELLER, "ada": ADMIN, "abe": ADMIN}
        people = {name: seed.person(role, name.capitalize()) for name, role in roles.items()}
        people["sol again"] = seed.session_of(people["sol"])
        self.sol = people["sol"]
        self.people = [people[name] for name in TABS]
        parties = [(people["bea"], people["sol"])] * (PAGE + MORE - TALKED_OF)
        self.tickets = seed.tickets(parties[:TALKED_OF], messages=70)
        self.tickets = [*self.tickets, *seed.tickets(parties)]
        self.said = 0

    async def open(self) -> None:
        self.tabs = [self._browsers.new(person) for person in self.people]
        pages = [self.tickets[0], None, self.tickets[0], None, self.tickets[0], self.tickets[1]]
        await asyncio.gather(
            *(
                tab.visit(person.page(page))
                for tab, person, page in zip(self.tabs, self.people, pages, strict=True)
            )
        )

    async def take(self, step: Step) -> None:
        tab, person = self.tabs[step.tab], self.people[step.tab]
        await getattr(self, f"_{step.verb}")(tab, person, step.what)
        if step.waits:
            await tab.settled()

    async def _open(self, tab: RawBrowser, person: Person, ticket: int) -> None:
        await tab.navigate(person.page(self.tickets[ticket]) + _query(tab))

    async def _list(self, tab: RawBrowser, person: Person, _: None) -> None:
        await tab.navigate(person.home + _query(tab))

    async def _filter(self, tab: RawBrowser, person: Person, query: str) -> None:
        await tab.navigate(tab.path.partition("?")[0] + query)

    async def _scroll(self, tab: RawBrowser, person: Person, away: bool) -> None:
        await tab.send(f"{INBOX}.scroll_away" if away else f"{INBOX}.scroll_back")

    async def _say(self, tab: RawBrowser, person: Person, audience: str) -> None:
        self.said += 1
        await tab.say(f"Message {self.said} to {audience}", audience)

    async def _chatter(self, tab: RawBrowser, person: Person, count: int) -> None:
        for _ in range(count):
            self.said += 1
            await tab.say(f"Message {self.said}")

    async def _type(self, tab: RawBrowser, person: Person, to: str) -> None:
        await tab.send(f"{DETAILS}.choose_type", value=to)

    async def _assign(self, tab: RawBrowser, person: Person, to: int) -> None:
        await tab.send(f"{DETAILS}.choose_assignee", value=str(self.people[to].id))

    async def _tag(self, tab: RawBrowser, person: Person, name: str) -> None:
        await tab.send(f"{LABELS}.add_tag", form_data={"new-tag": name})

    async def _note(self, tab: RawBrowser, person: Person, text: str) -> None:
        seen = (tab.var(THREAD, "facts") or {}).get("note", "")
        await tab.send(f"{LABELS}.save_notes", value=text, seen=seen)

    async def _status(self, tab: RawBrowser, person: Person, to: str) -> None:
        await tab.send(f"{DETAILS}.choose_status", value=to)

    async def _priority(self, tab: RawBrowser, person: Person, to: str) -> None:
        await tab.send(f"{DETAILS}.choose_priority", value=to)

    async def _star(self, tab: RawBrowser, person: Person, _: None) -> None:
        await tab.send(f"{DETAILS}.toggle_star")

    async def _earlier(self, tab: RawBrowser, person: Person, _: None) -> None:
        await tab.send(f"{THREAD}.load_earlier")

    async def _more(self, tab: RawBrowser, person: Person, _: None) -> None:
        await tab.send(f"{INBOX}.load_more")

    async def _file(self, tab: RawBrowser, person: Person, to_seller: bool) -> None:
        form = {"subject": f"Filed {self.said}", "description": "It broke."}
        if to_seller and person.actor.role is BUYER:
            form["seller"] = str(self.sol.id)
        await tab.send(f"{NEW_TICKET}.submit", form_data=form)

    async def _cut(self, tab: RawBrowser, person: Person, _: None) -> None:
        path = tab.path
        await tab.cut()
        await tab.open(path)

    # Coming to rest.

    async def rest(self) -> None:
        """Wait until each tab shows what is last in the database, and what is read is noted."""
        for tab in self.tabs:
            await tab.send(f"{INBOX}.scroll_back")
            await tab.settled()
        with psycopg.connect(self._desk.owner_url, autocommit=True) as database:
            for tab, person in zip(self.tabs, self.people, strict=True):
                order = _order(database, person, _query(tab))
                await tab.until(
                    lambda b, o=order: [row["number"] for row in b.rows][: len(o)] == o, PATIENCE
                )
                if tab.var(THREAD, "number"):
                    ticket, last = _last(database, person, tab.var(THREAD, "number"))
                    await tab.until(lambda b, s=last: b.lines[-1]["seq"] == s, PATIENCE)
                    await _until_read(database, person, ticket, last)

    async def fresh(self, tab: RawBrowser, person: Person) -> RawBrowser:
        """Another tab of that person on the same page, which has paged as far."""
        number = tab.var(THREAD, "number")
        fresh = self._browsers.new(person)
        path = person.page(SeededTicket(person.id, number)) if number else person.home
        await fresh.visit(path + _query(tab))
        while fresh.var(INBOX, "has_more") and len(fresh.rows) < len(tab.rows):
            await _grow(fresh, f"{INBOX}.load_more", lambda b: len(b.rows))
        while fresh.var(THREAD, "has_earlier") and _first(fresh) > _first(tab):
            await _grow(fresh, f"{THREAD}.load_earlier", lambda b: len(b.lines))
        return fresh


def _query(tab: RawBrowser) -> str:
    return "".join(tab.path.partition("?")[1:])


def _order(database: psycopg.Connection, person: Person, query: str) -> list[str]:
    level = LEVELS[person.actor.role]
    mine = "true" if person.actor.role is ADMIN else "%(me)s IN (t.buyer_id, t.seller_id)"
    asked, order = FILTERED[query]
    rows = database.execute(
        f"SELECT t.number FROM ticket t JOIN conversation c USING (id) WHERE {mine} AND {asked}"
        f" ORDER BY {order.format(level=level)} LIMIT {PAGE}",
        {"me": person.id},
    ).fetchall()
    return [f"TC-{number:04d}" for (number,) in rows]


def _last(database: psycopg.Connection, person: Person, number: str) -> tuple[Any, int]:
    found = database.execute(
        "SELECT t.id, max(seq) FROM ticket t JOIN ("
        "  SELECT conversation_id, seq, audience FROM message"
        "  UNION ALL SELECT conversation_id, seq, audience FROM event WHERE in_thread"
        ") line ON line.conversation_id = t.id"
        " WHERE t.number = %s AND line.audience = ANY (%s) GROUP BY t.id",
        (int(number.removeprefix("TC-")), SEES[person.actor.role]),
    ).fetchone()
    assert found is not None
    return found


async def _until_read(database: psycopg.Connection, person: Person, ticket: Any, seq: int) -> None:
    """What stands on an open screen is noted as read, though not at once."""
    deadline = time.monotonic() + PATIENCE
    while True:
        noted = database.execute(
            "SELECT last_read_seq FROM participant WHERE conversation_id = %s AND user_id = %s",
            (ticket, person.id),
        ).fetchone()
        if noted and noted[0] >= seq:
            return
        assert time.monotonic() < deadline, f"{person.name} has read up to {noted}, not {seq}"
        await asyncio.sleep(0.05)


async def _grow(browser: RawBrowser, handler: str, size: Any) -> None:
    before = size(browser)
    await browser.send(handler)
    await browser.until(lambda b: size(b) > before)
    await browser.settled()


def _first(browser: RawBrowser) -> int:
    return browser.lines[0]["seq"] if browser.lines else 0


def held(tab: RawBrowser, rows: int, from_seq: int) -> dict[str, Any]:
    """What that tab shows, as far as two tabs of one person on one page have to agree.

    Which lines are in slots and how far each has paged may differ, and where the screen begins the
    first line has its date and name.
    """
    lines = [line for line in tab.lines if line["seq"] >= from_seq]
    numbers = [row["number"] for row in tab.rows[:rows]]
    return {
        "first line": {**lines[0], "day": "", "follows": False} if lines else None,
        "lines": lines[1:],
        "facts": tab.var(THREAD, "facts"),
        "here": tab.var(THREAD, "here"),
        "admins here": tab.var(THREAD, "admins_here"),
        "missing": tab.var(THREAD, "missing"),
        "rows": {row["number"]: row for row in tab.rows[:rows]},
        "order": numbers,
        "unread": {number: tab.unread(number) for number in numbers},
        "starred": [number for number in numbers if number in tab.var(INBOX, "starred")],
        "total": tab.var(INBOX, "total"),
        "open": tab.var(INBOX, "open_number"),
    }


def _in_once(tab: RawBrowser) -> bool:
    seqs, ids = [line["seq"] for line in tab.lines], [row["id"] for row in tab.rows]
    return seqs == sorted(set(seqs)) and len(ids) == len(set(ids))


@settings(
    max_examples=15,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # Each try takes seconds: no search for a shorter one.
    suppress_health_check=[HealthCheck.too_slow],
)
@given(steps=_steps())
async def test_what_a_tab_holds_is_what_a_fresh_load_gives(
    seed: Seed, http: aiohttp.ClientSession, desk: Desk, steps: list[Step]
) -> None:
    browsers = Browsers(http, desk)
    try:
        world = World(seed, browsers, desk)
        await world.open()
        for step in steps:
            await world.take(step)
        await world.rest()
        for tab, person in zip(world.tabs, world.people, strict=True):
            await _agrees(world, tab, person)
    finally:
        await browsers.close()


async def _agrees(world: World, tab: RawBrowser, person: Person) -> None:
    fresh = await world.fresh(tab, person)
    rows, from_seq = min(len(tab.rows), len(fresh.rows)), max(_first(tab), _first(fresh))

    def agree(_: RawBrowser) -> bool:
        return held(tab, rows, from_seq) == held(fresh, rows, from_seq)

    with suppress(AssertionError):
        await tab.until(agree, 3)
    told, loaded = held(tab, rows, from_seq), held(fresh, rows, from_seq)
    for what in told:
        assert told[what] == loaded[what], f"{what} of {person.name} at {tab.path}"
    assert _in_once(tab)
    assert _in_once(fresh)
    assert (len(tab.rows) < tab.var(INBOX, "total")) == tab.var(INBOX, "has_more")
    if tab.var(THREAD, "has_earlier"):
        await _grow(tab, f"{THREAD}.load_earlier", lambda b: len(b.lines))
        assert _in_once(tab)
