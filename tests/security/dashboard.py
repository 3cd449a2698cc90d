"""What admins do on each page of their dashboard, as their pages send it, with what there is there.

Each deed works on something of its own, so that all of them can be done one after another.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg

from supportdesk import routes
from supportdesk.domain.ids import new_id
from tests.security.desk_world import Planted
from tests.support.raw_browser import (
    AUDIT,
    INVITING,
    MODERATION,
    PERSON,
    REPORTS,
    REQUESTS,
    SELLERS,
    SETTINGS,
    TEAMS,
    USERS,
)

# In what only admins may know.
HIDDEN = "HIDDEN-from-all-but-admins"
# Each state of the dashboard, with the page that it is of; people and tickets have one each.
PAGES = {
    USERS: routes.ADMIN_USERS,
    SELLERS: routes.ADMIN_SELLERS,
    INVITING: routes.ADMIN_USERS,
    REQUESTS: routes.ADMIN_REQUESTS,
    TEAMS: routes.ADMIN_TEAMS,
    SETTINGS: routes.ADMIN_SETTINGS,
    REPORTS: routes.ADMIN_REPORTS,
    AUDIT: routes.ADMIN_AUDIT,
}


@dataclass(frozen=True)
class Deed:
    """`tells` is what an admin hears of it; without it, something is otherwise afterwards."""

    handler: str
    payload: dict[str, Any]
    path: str
    tells: str = ""


@dataclass
class Furnished:
    """Ids of what was put there, by a name for each."""

    number: str = ""
    ids: dict[str, UUID] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return str(self.ids[name])


_PEOPLE = {
    "pat": "buyer", "quinn": "buyer", "rex": "buyer", "una": "buyer", "vic": "buyer",
    "tam": "seller", "gus": "seller", "amy": "admin", "zed": "admin", "joe": "buyer",
    "kim": "buyer", "lou": "seller",
}  # fmt: skip


def furnish_dashboard(planted: Planted) -> Furnished:
    """Put something there for each deed, as the owner of the database may: a ticket of bea's to
    sol with guests, people in every state, and what is on the other pages."""
    found = Furnished()
    with psycopg.connect(planted.desk.owner_url) as connection:
        _Furnisher(connection, found).all()
    return found


class _Furnisher:
    def __init__(self, connection: psycopg.Connection[Any], found: Furnished) -> None:
        self.connection, self.found = connection, found

    def all(self) -> None:
        known = self.connection.execute("SELECT split_part(email, '@', 1), id FROM \"user\"")
        self.cast = dict(known.fetchall())
        self._people()
        self._ticket()
        self._waiting()
        self._settings()

    def add(self, table: str, known_as: str = "", /, **values: Any) -> None:
        """A row; with an id that is known so, if it has one."""
        if known_as:
            values["id"] = self.found.ids[known_as] = new_id()
        columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        self.connection.execute(
            f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # type: ignore[arg-type]
            list(values.values()),
        )

    def _people(self) -> None:
        ids, ada = self.found.ids, self.cast["ada"]
        for name, role in _PEOPLE.items():
            address = f"{name}.{new_id().hex}@{HIDDEN.lower()}.test"
            self.add('"user"', name, email=address, name=name, role=role, password_hash="!")
        self.connection.execute(
            'UPDATE "user" SET active = false WHERE id = ANY (%s)', [[ids["rex"]]]
        )
        for name in ("quinn", "joe"):
            self.add("block", person_id=ids[name], blocked_by=ada)
        for name in ("una", "vic"):
            self.add(
                "session", f"session of {name}", user_id=ids[name], token_hash=new_id().bytes * 2,
                expires_at="2999-01-01",
            )  # fmt: skip
        self.add("password_reset", user_id=ids["pat"], token_hash=new_id().bytes * 2,
                 created_by=ada)  # fmt: skip
        self.add("person_note", "note", person_id=ids["pat"], author_id=ada, body=HIDDEN)
        self.add("invitation", "invitation", role="seller", name=HIDDEN, created_by=ada,
                 token_hash=new_id().bytes * 2)  # fmt: skip

    def _ticket(self) -> None:
        bea, sol = self.cast["bea"], self.cast["sol"]
        self.add("conversation", "ticket", kind="ticket", created_by=bea)
        ticket = self.found.ids["ticket"]
        row = self.connection.execute(
            "INSERT INTO ticket (id, subject, buyer_id, seller_id) VALUES (%s, 'One', %s, %s)"
            " RETURNING number",
            [ticket, bea, sol],
        ).fetchone()
        self.found.number = f"TC-{row[0] if row else 0:04d}"
        for name in ("tam", "gus"):
            self.add("participant", conversation_id=ticket, user_id=self.found.ids[name],
                     reads="everyone")  # fmt: skip
        for name in ("said by lou", "said by kim", "said by pat"):
            self.add(
                "message", name, conversation_id=ticket, body="Hello.", audience="everyone",
                sender_id=self.found.ids[name.split()[-1]], client_id=new_id(),
            )  # fmt: skip

    def _waiting(self) -> None:
        number = int(self.found.number.removeprefix("TC-"))
        for name in ("lou", "kim"):
            self.add("join_request", f"request of {name}", person_id=self.found.ids[name],
                     number=number, ticket_id=self.found.ids["ticket"], reason=HIDDEN)  # fmt: skip
        for name in ("lou", "kim", "pat"):
            self.add("abuse_report", f"report of {name}", reporter_id=self.found.ids["amy"],
                     message_id=self.found.ids[f"said by {name}"], reason=HIDDEN)  # fmt: skip

    def _settings(self) -> None:
        mine = new_id().hex[-8:]
        for name in ("team", "other team"):
            self.add("team", name, name=f"{name} {mine}")
        self.add("team_member", team_id=self.found.ids["team"], user_id=self.found.ids["amy"])
        for name in ("template", "retired template"):
            self.add("ticket_template", name, name=f"{name} {mine}", ticket_type="problem",
                     active=name == "template")  # fmt: skip
        for place, name in enumerate(("field", "second field", "third field", "retired field")):
            self.add("field_definition", name, name=f"{name} {mine}", kind="text",
                     position=900 + place, active=name != "retired field")  # fmt: skip
        for name in ("reply", "other reply"):
            self.add("canned_reply", name, name=f"{name} {mine}", body="Hello.")
        for name in ("tag", "merged tag", "kept tag", "unwanted tag"):
            self.add("tag", name, name=f"{name} {mine}", created_by=self.cast["ada"])
        self.add("category", "category", name=f"category {mine}")


def deeds(there: Furnished) -> list[Deed]:
    return [
        *_on_settings(there), *_on_teams(there), *_on_requests(there), *_on_people(there),
        *_on_ticket(there), *_on_lists(there),
    ]  # fmt: skip


def _on_requests(at: Furnished) -> list[Deed]:
    def decide(**form: str) -> Deed:
        return Deed(f"{REQUESTS}.decide", {"form_data": form}, routes.ADMIN_REQUESTS)

    return [
        decide(deed="accept", id=at["request of lou"], may_read="everyone"),
        decide(deed="refuse", id=at["request of kim"], word="No."),
        decide(deed="delete", id=at["report of lou"]),
        decide(deed="block", id=at["report of kim"]),
        Deed(f"{REQUESTS}.dismiss", {"report_id": at["report of pat"]}, routes.ADMIN_REQUESTS),
        Deed(f"{REQUESTS}.unblock", {"person_id": at["joe"]}, routes.ADMIN_REQUESTS),
    ]


def _on_ticket(at: Furnished) -> list[Deed]:
    def here(name: str, **payload: Any) -> Deed:
        return Deed(f"{MODERATION}.{name}", payload, routes.ticket("admin", at.number))

    return [
        Deed(f"{MODERATION}.look_for", {"text": "vic"}, routes.ticket("admin", at.number), "vic"),
        here("add", form_data={"person": at["vic"], "may_read": "everyone"}),
        here("let_read", person_id=at["tam"], audience="staff"),
        here("remove", person_id=at["gus"]),
        here("block", person_id=at["tam"]),
        here("wipe", form_data={"what": "chat", "confirmation": at.number}),
        here("wipe", form_data={"what": "ticket", "confirmation": at.number}),
    ]


def _on_teams(at: Furnished) -> list[Deed]:
    def here(name: str, **payload: Any) -> Deed:
        return Deed(f"{TEAMS}.{name}", payload, routes.ADMIN_TEAMS)

    team, member = at["team"], at["amy"]
    return [
        here("submit", form_data={"id": "", "name": f"Nights {team[-8:]}"}),
        here("submit", form_data={"id": team, "name": f"Late shift {team[-8:]}"}),
        here("add_member", team_id=team, user_id=at["zed"]),
        here("set_lead", team_id=team, user_id=member, lead=True),
        here("choose_auto_assign", team_id=team, value="least_open"),
        here("remove_member", team_id=team, user_id=member),
        here("delete", team_id=at["other team"]),
    ]


def _on_settings(at: Furnished) -> list[Deed]:
    path, mine = routes.ADMIN_SETTINGS, at["category"][-8:]

    def here(name: str, **payload: Any) -> Deed:
        return Deed(f"{SETTINGS}.{name}", payload, path)

    def save(sort: str, **form: str) -> list[Deed]:
        """Both a new one and the one that is there."""
        ids = ("", at[sort])
        forms = (
            {"sort": sort, "id": id_, **form, "name": f"{sort}{id_[:1]} {mine}"} for id_ in ids
        )
        return [here("submit", form_data=form) for form in forms]

    days = {f"{side}-{day}": time for day in ("monday", "friday")
            for side, time in (("from", "09:00"), ("until", "17:00"))}  # fmt: skip
    day = ["09:00", "17:00"]
    week = [day, None, None, None, day, None, None]
    kept = json.dumps({"timezone": "UTC", "days": week})
    return [
        *save("template", type="question", subject="Late", body="It is late."),
        *save("reply", body="Hello."),
        *save("field", kind="text", type="", choices=""),
        *save("tag", hue="3", description="Said of it."),
        *save("category"),
        here("submit", form_data={"sort": "rule", "key": "message_files", "value": "7", "was": ""}),
        here("submit", form_data={"sort": "rule", "key": "message_files", "value": "", "was": "7"}),
        here("submit", form_data={"sort": "hours", "timezone": "UTC", "was": "{}", **days}),
        here("submit", form_data={"sort": "hours", "timezone": "UTC", "was": kept}),
        here("move_up", row_id=at["third field"]),
        here("move_down", row_id=at["second field"]),
        here("retire", sort="template", row_id=at["template"]),
        here("retire", sort="field", row_id=at["field"]),
        here("restore", sort="template", row_id=at["retired template"]),
        here("restore", sort="field", row_id=at["retired field"]),
        here("delete_reply", row_id=at["other reply"]),
        Deed(f"{SETTINGS}.ask_uses", {"row_id": at["merged tag"]}, path, "0 tickets have it"),
        here("merge_tag", form_data={"id": at["merged tag"], "into": at["kept tag"]}),
        here("delete_tag", row_id=at["unwanted tag"]),
    ]


def _on_people(at: Furnished) -> list[Deed]:
    def on(person: str, name: str, **payload: Any) -> Deed:
        return Deed(f"{PERSON}.{name}", payload, f"{routes.ADMIN_PEOPLE}/{at[person]}")

    return [
        on("pat", "add_note", form_data={"note": "A regular."}),
        on("pat", "delete_note", note_id=at["note"]),
        on("pat", "withdraw_reset_link"),
        on("pat", "make_reset_link"),
        on("una", "end_session", session_id=at["session of una"]),
        on("vic", "end_sessions"),
        on("una", "change_role", form_data={"role": "seller", "was": "buyer"}),
        on("una", "deactivate"),
        on("rex", "reactivate"),
        on("rex", "block"),
        on("quinn", "unblock"),
        on("quinn", "erase", form_data={"confirm": "quinn"}),
        Deed(
            f"{INVITING}.invite",
            {"form_data": {"role": "admin", "email": "", "name": ""}},
            routes.ADMIN_USERS,
        ),
        Deed(f"{INVITING}.revoke", {"invitation_id": at["invitation"]}, routes.ADMIN_USERS),
    ]


def _on_lists(at: Furnished) -> list[Deed]:
    """What only looks; the pages themselves tell of everything that is hidden."""
    person = f"{routes.ADMIN_PEOPLE}/{at['pat']}"
    pages = {**PAGES, PERSON: person, MODERATION: routes.ticket("admin", at.number)}
    asks: dict[str, dict[str, str]] = {"role": {"name": "role", "value": "everyone"}}
    return [
        *(Deed(f"{state}.choose", asks["role"], pages[state], "role=everyone")
          for state in (USERS, SELLERS)),
        *(Deed(f"{state}.search", {"text": "pat"}, pages[state], "q=pat")
          for state in (USERS, SELLERS)),
        Deed(f"{AUDIT}.ask", {"name": "q", "value": "pat"}, pages[AUDIT], "q=pat"),
        Deed(f"{REPORTS}.choose_range", {"value": "7"}, pages[REPORTS], "?"),
        Deed(f"{REPORTS}.choose_by", {"value": "team"}, pages[REPORTS], "by=team"),
        Deed(
            f"{REPORTS}.choose_days",
            {"form_data": {"from": "2026-01-02", "to": "2026-03-04"}},
            pages[REPORTS],
            "2026-01-02",
        ),
    ]  # fmt: skip
