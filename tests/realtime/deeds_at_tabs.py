"""Several people at their tabs, and what each of them may do there, sent without waiting for it.

What they settle beyond single tickets is in `settling_at_tabs`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import psycopg
from hypothesis import strategies as st

from supportdesk.domain.ids import new_id
from tests.realtime.settling_at_tabs import ASIDES, Settling, settling
from tests.support.browsers import Browsers
from tests.support.desk import Desk
from tests.support.raw_browser import (
    BULK,
    DETAILS,
    INBOX,
    LABELS,
    MESSAGE,
    NEW_TICKET,
    NOTIFICATIONS,
    QUICK,
    THREAD,
    RawBrowser,
)
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed

# Who sits at which tab: bea has two of one session, sol two of two sessions.
TABS = ("bea", "bea", "sol", "sol again", "ada", "abe", "ada", "abe")
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
BULK_CHANGES = [
    ("priority", "low"),
    ("priority", "urgent"),
    ("status", "resolved"),
    ("assignee", ""),
    ("team", "some"),
    ("tag", "some"),
    ("untag", "some"),
]
QUICK_ONES: dict[str, dict[str, Any]] = {
    "star": {"starred": True},
    "close": {},
    "reopen": {},
    "assign_to_me": {},
    "prioritise": {"value": "high"},
}
TALKED_OF = 3  # The tickets that everything happens on; the first one is long.


@dataclass(frozen=True)
class Step:
    tab: int
    verb: str
    what: Any = None
    waits: bool = False


def steps() -> st.SearchStrategy[list[Step]]:
    ticket = st.integers(0, TALKED_OF - 1) | st.just(PAGE + MORE - 1)
    audience = st.sampled_from(["everyone", "staff", "admins"])
    status = st.sampled_from(["open", "in_progress", "waiting_on_customer", "resolved", "closed"])
    priority = st.sampled_from(["low", "medium", "high", "urgent"])
    verbs = st.one_of(
        st.tuples(st.just("open"), ticket),
        st.tuples(st.just("say"), audience),
        st.tuples(st.just("say"), audience),
        st.tuples(st.just("call"), audience),
        st.tuples(st.just("mark_seen"), st.none()),
        st.tuples(st.just("attach"), audience),
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
        st.tuples(st.just("team"), st.booleans()),
        st.tuples(st.just("due"), st.sampled_from(["none", "2030-01-05", "2030-01-06"])),
        st.tuples(st.just("untag"), st.none()),
        st.tuples(st.just("field"), st.sampled_from(["", "20311", "20474"])),
        st.tuples(st.just("react"), st.integers(0, 5)),
        st.tuples(st.just("edit"), st.integers(0, 5)),
        st.tuples(st.just("delete"), st.integers(0, 5)),
        st.tuples(st.just("bulk"), st.sampled_from(BULK_CHANGES)),
        st.tuples(st.just("quick"), st.sampled_from(sorted(QUICK_ONES))),
        st.tuples(st.just("category"), st.none()),
        st.tuples(st.just("undo"), st.none()),
        st.tuples(st.just("star"), st.none()),
        st.tuples(st.just("earlier"), st.none()),
        st.tuples(st.just("go_to"), st.integers(1, 120)),
        st.tuples(st.just("latest"), st.none()),
        st.tuples(st.just("more"), st.none()),
        st.tuples(st.just("file"), st.booleans()),
        st.tuples(st.just("cut"), st.none()),
        *settling(),
    )
    step = st.builds(
        lambda tab, verb, waits: Step(tab, *verb, waits),
        st.integers(0, len(TABS) - 1),
        verbs,
        st.booleans(),
    )
    return st.lists(step, min_size=8, max_size=30)


class World(Settling):
    """The people of one example, their tickets and their tabs."""

    def __init__(self, seed: Seed, browsers: Browsers, desk: Desk) -> None:
        self._browsers, self._seed = browsers, seed
        roles = {"bea": BUYER, "sol": SELLER, "ada": ADMIN, "abe": ADMIN}
        people = {name: seed.person(role, name.capitalize()) for name, role in roles.items()}
        people["sol again"] = seed.session_of(people["sol"])
        self.sol = people["sol"]
        self.people = [people[name] for name in TABS]
        parties = [(people["bea"], people["sol"])] * (PAGE + MORE - TALKED_OF)
        self.tickets = seed.tickets(parties[:TALKED_OF], messages=70)
        self.tickets = [*self.tickets, *seed.tickets(parties)]
        self.said = 0
        self.menus, self.writing = set(), {}
        self._owner_url = desk.owner_url
        with psycopg.connect(desk.owner_url) as database:
            (self.team,) = database.execute("SELECT id::text FROM team").fetchone()
            database.execute(
                "INSERT INTO field_definition (id, name, kind)"
                " VALUES (gen_random_uuid(), 'Order', 'text') ON CONFLICT DO NOTHING"
            )
            self.tag = new_id()
            database.execute(
                "INSERT INTO tag (id, name, created_by) VALUES (%s, %s, %s)",
                (self.tag, f"Deed {self.tag.hex[-8:]}", self.sol.id),
            )
            for name in ("ada", "abe"):
                database.execute(
                    "INSERT INTO team_member (team_id, user_id) VALUES (%s, %s)",
                    (self.team, people[name].id),
                )

    async def open(self) -> None:
        self.tabs = [self._browsers.new(person) for person in self.people]
        tickets = [self.tickets[0], None, self.tickets[0], None, self.tickets[0], self.tickets[1]]
        pages = [person.page(at) for person, at in zip(self.people, tickets, strict=False)]
        pages += ASIDES
        await asyncio.gather(*(tab.visit(page) for tab, page in zip(self.tabs, pages, strict=True)))

    async def take(self, step: Step) -> None:
        tab, person = self.tabs[step.tab], self.people[step.tab]
        await getattr(self, f"_{step.verb}")(tab, person, step.what)
        if step.waits:
            await tab.settled()

    async def _open(self, tab: RawBrowser, person: Person, ticket: int) -> None:
        await tab.navigate(person.page(self.tickets[ticket]) + query_of(tab))

    async def _list(self, tab: RawBrowser, person: Person, _: None) -> None:
        await tab.navigate(person.home + query_of(tab))

    async def _filter(self, tab: RawBrowser, person: Person, query: str) -> None:
        here = person.home if aside(tab) else tab.path.partition("?")[0]
        await tab.navigate(here + query)

    async def _scroll(self, tab: RawBrowser, person: Person, away: bool) -> None:
        await tab.send(f"{INBOX}.scroll_away" if away else f"{INBOX}.scroll_back")

    async def _say(self, tab: RawBrowser, person: Person, audience: str) -> None:
        self.said += 1
        self.unsure(person)
        await tab.say(f"Message {self.said} to {audience}", audience)

    async def _call(self, tab: RawBrowser, person: Person, audience: str) -> None:
        self.said += 1
        self.unsure(person)
        await tab.say(f"@Bea, @Sol and @Abe: {self.said} to {audience}", audience)

    async def _mark_seen(self, tab: RawBrowser, person: Person, _: None) -> None:
        await tab.send(f"{NOTIFICATIONS}.mark_all_read")

    async def _attach(self, tab: RawBrowser, person: Person, audience: str) -> None:
        """Files alone, or with words."""
        self.said += 1
        self.unsure(person)
        files = [{"file": str(self._seed.unsent_file(person)), "name": f"{self.said}.txt"}]
        await tab.say(f"File {self.said}" if self.said % 2 else "", audience, files=files)

    async def _chatter(self, tab: RawBrowser, person: Person, count: int) -> None:
        self.unsure(person)
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

    async def _team(self, tab: RawBrowser, person: Person, some: bool) -> None:
        team = next(iter(self.teams()), self.team)
        await tab.send(f"{DETAILS}.choose_team", value=team if some else "none")

    async def _due(self, tab: RawBrowser, person: Person, day: str) -> None:
        await tab.send(f"{DETAILS}.choose_due", value=day)

    async def _untag(self, tab: RawBrowser, person: Person, _: None) -> None:
        for tag in (tab.var(THREAD, "facts") or {}).get("tags", [])[:1]:
            await tab.send(f"{LABELS}.remove_tag", tag_id=tag["id"])

    async def _field(self, tab: RawBrowser, person: Person, value: str) -> None:
        for field in (tab.var(THREAD, "facts") or {}).get("fields", [])[:1]:
            values = {"value": value, "seen": field["value"]}
            await tab.send(f"{LABELS}.fill_field", field_id=field["id"], **values)

    async def _react(self, tab: RawBrowser, person: Person, back: int) -> None:
        if line := _message(tab, back):
            await tab.send(f"{MESSAGE}.react", message_id=line["id"], emoji="👍")

    async def _edit(self, tab: RawBrowser, person: Person, back: int) -> None:
        if line := _message(tab, back):
            self.said += 1
            await tab.send(f"{MESSAGE}.begin_edit", message_id=line["id"])
            await tab.send(
                f"{MESSAGE}.save_edit",
                form_data={"edited": line["id"], "text": f"Rather *{self.said}*"},
            )

    async def _delete(self, tab: RawBrowser, person: Person, back: int) -> None:
        if line := _message(tab, back):
            await tab.send(f"{MESSAGE}.delete_message", message_id=line["id"])

    async def _category(self, tab: RawBrowser, person: Person, _: None) -> None:
        for category in self.known("categories")[-1:]:
            await tab.send(f"{DETAILS}.choose_category", value=category["id"])

    async def _bulk(self, tab: RawBrowser, person: Person, change: tuple[str, str]) -> None:
        field, value = change
        for row in tab.rows[:3]:
            await tab.send(f"{BULK}.pick", ticket_id=row["id"], extend=False)
        if value == "some":
            value = str(self.team if field == "team" else self.tag)
        await tab.send(f"{BULK}.change", field=field, value=value)

    async def _quick(self, tab: RawBrowser, person: Person, deed: str) -> None:
        for row in tab.rows[1:2]:
            await tab.send(f"{QUICK}.{deed}", ticket_id=row["id"], **QUICK_ONES[deed])

    async def _undo(self, tab: RawBrowser, person: Person, _: None) -> None:
        await tab.send(f"{BULK}.undo")

    async def _status(self, tab: RawBrowser, person: Person, to: str) -> None:
        await tab.send(f"{DETAILS}.choose_status", value=to)

    async def _priority(self, tab: RawBrowser, person: Person, to: str) -> None:
        await tab.send(f"{DETAILS}.choose_priority", value=to)

    async def _star(self, tab: RawBrowser, person: Person, _: None) -> None:
        await tab.send(f"{DETAILS}.toggle_star")

    async def _earlier(self, tab: RawBrowser, person: Person, _: None) -> None:
        if tab.lines:
            await tab.send(f"{THREAD}.scroll_away", seq=tab.lines[-1]["seq"])
        await tab.send(f"{THREAD}.load_earlier")

    async def _go_to(self, tab: RawBrowser, person: Person, seq: int) -> None:
        await tab.send(f"{THREAD}.go_to", seq=seq)

    async def _latest(self, tab: RawBrowser, person: Person, _: None) -> None:
        await tab.send(f"{THREAD}.show_latest")

    async def _more(self, tab: RawBrowser, person: Person, _: None) -> None:
        await tab.send(f"{INBOX}.load_more")

    async def _file(self, tab: RawBrowser, person: Person, to_seller: bool) -> None:
        form = {"subject": f"Filed {self.said}", "description": "It broke."}
        if to_seller and person.actor.role is BUYER:
            form["seller"] = str(self.sol.id)
        await tab.send(f"{NEW_TICKET}.submit", form_data=form)

    async def _cut(self, tab: RawBrowser, person: Person, _: None) -> None:
        path = tab.path
        self.unsure(person)
        await tab.cut()
        await tab.open(path)


def aside(tab: RawBrowser) -> bool:
    return tab.path in ASIDES


def query_of(tab: RawBrowser) -> str:
    return "".join(tab.path.partition("?")[1:])


def _message(tab: RawBrowser, back: int) -> dict[str, Any] | None:
    """The message that stands so many places above the last one on that screen."""
    said = [line for line in tab.lines if line["kind"] == "message"]
    return said[-1 - back] if back < len(said) else None
