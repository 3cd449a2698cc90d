"""What people do at their tabs beyond single tickets: views, drafts, and the desk's settings."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
from hypothesis import strategies as st

from supportdesk import routes
from supportdesk.domain.ids import new_id
from supportdesk.domain.queries import numbers
from tests.support.raw_browser import COMPOSER, NEW_TICKET, SETTINGS, TEAMS, VIEWS, RawBrowser

if TYPE_CHECKING:
    from tests.support.seed import Person, SeededTicket

SORTS = {
    "template": "templates",
    "reply": "replies",
    "field": "fields",
    "tag": "tags",
    "category": "categories",
}

# The pages beside the workspace that are compared, with what stands on them.
ASIDES = {
    routes.ADMIN_SETTINGS: [(SETTINGS, kind) for kind in SORTS.values()],
    routes.ADMIN_TEAMS: [(TEAMS, "teams")],
}


def settling() -> list[st.SearchStrategy[tuple[str, Any]]]:
    sort, yes_or_no = st.sampled_from(sorted(SORTS)), st.booleans()
    retirable = st.tuples(st.sampled_from(["template", "field"]), yes_or_no)
    return [
        st.tuples(st.just("aside"), st.sampled_from(sorted(ASIDES))),
        st.tuples(st.just("settle"), sort),
        st.tuples(st.just("settle_anew"), sort),
        st.tuples(st.just("retire"), retirable),
        st.tuples(st.just("move"), yes_or_no),
        st.tuples(st.just("drop_reply"), st.none()),
        st.tuples(st.just("merge_tag"), st.none()),
        st.tuples(st.just("drop_tag"), st.none()),
        st.tuples(st.just("found_team"), yes_or_no),
        st.tuples(st.just("dissolve_team"), st.none()),
        st.tuples(st.just("member"), st.sampled_from(["add", "lead", "remove"])),
        st.tuples(st.just("auto_assign"), st.sampled_from(["off", "round_robin", "least_open"])),
        st.tuples(st.just("menu"), st.just(True) | yes_or_no),
        st.tuples(st.just("save_view"), yes_or_no),
        st.tuples(st.just("rename_view"), st.none()),
        st.tuples(st.just("share_view"), yes_or_no),
        st.tuples(st.just("delete_view"), st.none()),
        st.tuples(st.just("draft"), st.sampled_from(["", "Half a thought", "Dear all,\n"])),
        st.tuples(st.just("draft_ticket"), st.sampled_from(["subject", "description"])),
        st.tuples(st.just("discard"), st.none()),
    ]


class Settling:
    """The part of `World` that does so. What it makes is called `Deed …`."""

    tabs: list[RawBrowser]
    tickets: list[SeededTicket]
    menus: set[RawBrowser]
    writing: dict[tuple[UUID, str], tuple[RawBrowser, str | None]]
    team: str
    _owner_url: str

    def known(self, kind: str) -> list[dict[str, Any]]:
        """What was made here, as some tab on the settings page shows it."""
        rows = (tab.var(SETTINGS, kind, []) for tab in self.tabs)
        return [row for row in next(filter(None, rows), []) if row["name"].startswith("Deed")]

    def tidy_up(self) -> None:
        """Leave the desk to the next test as it was, but for what no test minds."""
        with psycopg.connect(self._owner_url) as database:
            for table in ("field_definition", "ticket_template"):
                database.execute(f"UPDATE {table} SET active = false WHERE name LIKE 'Deed%'")
            for table in ("saved_view", "canned_reply"):
                database.execute(f"DELETE FROM {table} WHERE name LIKE 'Deed%'")
            database.execute("UPDATE team SET auto_assign = 'off'")
            database.execute(
                "UPDATE ticket SET team_id = NULL"
                " WHERE team_id IN (SELECT id FROM team WHERE name LIKE 'Deed%')"
            )
            database.execute("DELETE FROM team WHERE name LIKE 'Deed%'")

    # The pages of settings and of teams.

    async def _aside(self, tab: RawBrowser, person: Person, page: str) -> None:
        if person.actor.role == "admin":
            self.menus.discard(tab)
            await tab.navigate(page)

    async def _settle(self, tab: RawBrowser, person: Person, sort: str, id_: str = "") -> None:
        form = {"sort": sort, "id": id_, "name": f"Deed {new_id().hex[-8:]}", "body": "Hello."}
        more = {"type": "problem" if sort == "template" else "", "hue": "4", "kind": "text"}
        await tab.send(f"{SETTINGS}.submit", form_data=form | more)

    async def _settle_anew(self, tab: RawBrowser, person: Person, sort: str) -> None:
        for row in self.known(SORTS[sort])[:1]:
            await self._settle(tab, person, sort, row["id"])

    async def _retire(self, tab: RawBrowser, person: Person, what: tuple[str, bool]) -> None:
        sort, back = what
        for row in self.known(SORTS[sort])[-1:]:
            await tab.send(
                f"{SETTINGS}.{'restore' if back else 'retire'}", sort=sort, row_id=row["id"]
            )

    async def _move(self, tab: RawBrowser, person: Person, up: bool) -> None:
        for row in self.known("fields")[-1:]:
            await tab.send(f"{SETTINGS}.{'move_up' if up else 'move_down'}", row_id=row["id"])

    async def _drop_reply(self, tab: RawBrowser, person: Person, _: None) -> None:
        for row in self.known("replies")[:1]:
            await tab.send(f"{SETTINGS}.delete_reply", row_id=row["id"])

    async def _merge_tag(self, tab: RawBrowser, person: Person, _: None) -> None:
        for gone, kept in pairwise(self.known("tags")[:2]):
            form = {"id": gone["id"], "into": kept["id"]}
            await tab.send(f"{SETTINGS}.merge_tag", form_data=form)

    async def _drop_tag(self, tab: RawBrowser, person: Person, _: None) -> None:
        for row in self.known("tags")[-1:]:
            await tab.send(f"{SETTINGS}.delete_tag", row_id=row["id"])

    def teams(self) -> list[str]:
        """Ids of those that were founded here, as some tab on the page of teams shows them."""
        rows = next(filter(None, (tab.var(TEAMS, "teams", []) for tab in self.tabs)), [])
        return [row["id"] for row in rows if row["name"].startswith("Deed")]

    async def _found_team(self, tab: RawBrowser, person: Person, anew: bool) -> None:
        id_ = next(iter(self.teams()), "") if anew else ""
        form = {"id": id_, "name": f"Deed {new_id().hex[-8:]}"}
        await tab.send(f"{TEAMS}.submit", form_data=form)

    async def _dissolve_team(self, tab: RawBrowser, person: Person, _: None) -> None:
        for team in self.teams()[-1:]:
            await tab.send(f"{TEAMS}.delete", team_id=team)

    async def _member(self, tab: RawBrowser, person: Person, deed: str) -> None:
        handler, more = {
            "add": ("add_member", {}),
            "lead": ("set_lead", {"lead": True}),
            "remove": ("remove_member", {}),
        }[deed]
        for team in self.teams()[:1]:
            who = {"team_id": team, "user_id": str(person.id)}
            await tab.send(f"{TEAMS}.{handler}", **who, **more)

    async def _auto_assign(self, tab: RawBrowser, person: Person, way: str) -> None:
        await tab.send(f"{TEAMS}.choose_auto_assign", team_id=self.team, value=way)

    # Saved views.

    async def _menu(self, tab: RawBrowser, person: Person, opened: bool) -> None:
        if tab.path not in ASIDES:
            (self.menus.add if opened else self.menus.discard)(tab)
            await tab.send(f"{VIEWS}.show", opened=opened)

    async def _save_view(self, tab: RawBrowser, person: Person, shared: bool) -> None:
        form = {"name": f"Deed {new_id().hex[-8:]}", **({"shared": "on"} if shared else {})}
        await tab.send(f"{VIEWS}.save", form_data=form)

    async def _rename_view(self, tab: RawBrowser, person: Person, _: None) -> None:
        if id_ := _a_view(tab):
            form = {"id": id_, "name": f"Deed {new_id().hex[-8:]}"}
            await tab.send(f"{VIEWS}.rename", form_data=form)

    async def _share_view(self, tab: RawBrowser, person: Person, shared: bool) -> None:
        if id_ := _a_view(tab):
            await tab.send(f"{VIEWS}.share", view_id=id_, shared=shared)

    async def _delete_view(self, tab: RawBrowser, person: Person, _: None) -> None:
        if id_ := _a_view(tab):
            await tab.send(f"{VIEWS}.delete", view_id=id_)

    # Drafts. The text is None where two tabs, a message or a lost line may have been faster.

    async def _draft(self, tab: RawBrowser, person: Person, text: str) -> None:
        number = tab.path.partition("?")[0].rpartition("/")[2]
        who = {"audience": "everyone", "written_for": "everyone"}
        if number.startswith("TC-"):
            before, key = self.writing.get((person.id, number)), (person.id, number)
            sure = before is None or before == (tab, before[1])
            self.writing[key] = (tab, text if sure else None)
        await tab.send(f"{COMPOSER}.keep_draft", number=number, text=text, **who)

    def unsure(self, person: Person) -> None:
        for key, (tab, _) in self.writing.items():
            if key[0] == person.id:
                self.writing[key] = (tab, None)

    async def _draft_ticket(self, tab: RawBrowser, person: Person, name: str) -> None:
        await tab.send(f"{NEW_TICKET}.keep", name=name, value=f"Of {person.name}")

    async def _discard(self, tab: RawBrowser, person: Person, _: None) -> None:
        await tab.send(f"{NEW_TICKET}.discard")


def _a_view(tab: RawBrowser) -> str:
    return next((view["id"] for view in tab.var(VIEWS, "saved", [])), "")


def drafts_of(database: psycopg.Connection, person: Person) -> dict[str, str]:
    """What the database keeps of what they typed, by the number of the ticket; "" for a new one."""
    rows = database.execute(
        "SELECT t.number, coalesce(nullif(d.body, ''), d.form ->> 'subject', '')"
        " FROM draft d LEFT JOIN ticket t ON t.id = d.conversation_id WHERE d.owner_id = %s",
        (person.id,),
    ).fetchall()
    return {numbers.spell(number) if number else "": text for number, text in rows if text}
