"""What people do to tickets, from the list and at an open one, sent by those who may not do it.

Each deed is sent as the page sends it: ids and values are right, so nothing but who sends it can be
the reason that nothing comes of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from supportdesk import routes
from supportdesk.domain.ids import new_id
from supportdesk.domain.queries import numbers
from tests.security.caller import ROLES, STRANGERS, Caller, browser_of
from tests.security.desk_world import Planted, but_of
from tests.security.handlers import enumerate_handlers
from tests.support.raw_browser import (
    BULK,
    COMPOSER,
    DETAILS,
    LABELS,
    MESSAGE,
    QUICK,
    REPLIES,
    VIEWS,
)

# What only looks, chooses or opens something.
LOOKS = {
    f"{BULK}.{name}" for name in ("clear", "dismiss", "pick", "select_all")
} | {
    f"{DETAILS}.count_again", f"{DETAILS}.open_details", f"{LABELS}.suggest_tags",
    f"{VIEWS}.edit", f"{VIEWS}.reread", f"{VIEWS}.show",
}  # fmt: skip
# Puts on one of the tags that were suggested, which is `add_tag`; keeps a view of one's own.
OTHERWISE = {f"{LABELS}.pick_tag", f"{VIEWS}.save"}
# Who takes part may do the rest; what was said is bea's to take back.
OF_ADMINS = ("assign_to_me", "assignee", "team", "category", "due", "views", "replies")
REFUSED = {
    "bea": (*OF_ADMINS, "type", "tag", "field", "notes"),
    "sol": (*OF_ADMINS, "delete_message"),
}


@dataclass(frozen=True)
class Deed:
    name: str
    calls: tuple[tuple[str, dict[str, Any]], ...]


@pytest.fixture
def there(planted: Planted) -> dict[str, str]:
    """A ticket of bea's to sol, and ids of what the deeds are done with; the view and the reply are
    ada's own."""
    made = {name: new_id() for name in ("ticket", "message", "tag", "field", "category", "view")}
    made["reply"], mine = new_id(), new_id().hex[-8:]
    people = dict(planted.rows("SELECT split_part(email, '@', 1), id FROM \"user\""))

    def add(table: str, known_as: str, **values: Any) -> None:
        values = {"id": made[known_as], **values}
        marks = ", ".join(["%s"] * len(values))
        planted.rows(
            f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values()
        )

    add("conversation", "ticket", kind="ticket", created_by=people["bea"])
    add("ticket", "ticket", subject="Worked on", buyer_id=people["bea"], seller_id=people["sol"])
    add("message", "message", conversation_id=made["ticket"], sender_id=people["bea"],
        body="It flickers.", audience="everyone", client_id=new_id())  # fmt: skip
    add("tag", "tag", name=f"tag {mine}", created_by=people["ada"])
    add("field_definition", "field", name=f"field {mine}", kind="text")
    add("category", "category", name=f"category {mine}")
    add("saved_view", "view", name=f"view {mine}", owner_id=people["ada"], query="status=open")
    add("canned_reply", "reply", name=f"reply {mine}", owner_id=people["ada"], body="Hello.")
    ((number,),) = planted.rows("SELECT number FROM ticket WHERE id = %s", made["ticket"])
    ((team,),) = planted.rows("SELECT id FROM team WHERE is_default")
    found = {**made, "team": team, "ada": people["ada"]}
    return {name: str(id_) for name, id_ in found.items()} | {
        "number": numbers.spell(number),
        "tag name": f"tag {mine}",
    }


def deeds(at: dict[str, str]) -> list[Deed]:
    ticket = at["ticket"]

    def one(handler: str, name: str = "", /, **payload: Any) -> Deed:
        return Deed(name or handler.rpartition(".")[2], ((handler, payload),))

    def several(field: str, value: str) -> Deed:
        pick = (f"{BULK}.pick", {"ticket_id": ticket, "extend": False})
        change = {"field": field, "value": value}
        return Deed(f"bulk {field}", ((f"{BULK}.clear", {}), pick, (f"{BULK}.change", change)))

    waiting = {
        "id": new_id().hex, "ticket": at["number"], "message": "Hello.",
        "audience": "everyone", "quote": "", "files": [],
    }  # fmt: skip
    return [
        one(f"{QUICK}.star", ticket_id=ticket, starred=True),
        one(f"{QUICK}.prioritise", ticket_id=ticket, value="urgent"),
        one(f"{QUICK}.close", ticket_id=ticket),
        one(f"{QUICK}.reopen", ticket_id=ticket),
        one(f"{QUICK}.assign_to_me", ticket_id=ticket),
        several("status", "resolved"),
        several("priority", "low"),
        several("assignee", ""),
        several("team", ""),
        several("tag", at["tag"]),
        several("untag", at["tag"]),
        one(f"{BULK}.undo", "undo tag"),
        one(f"{DETAILS}.reopen_ticket"),
        one(f"{DETAILS}.choose_status", value="closed"),
        one(f"{DETAILS}.reopen_ticket"),
        one(f"{DETAILS}.close_ticket"),
        one(f"{DETAILS}.reopen_ticket"),
        one(f"{DETAILS}.choose_priority", value="high"),
        one(f"{DETAILS}.choose_type", value="question"),
        one(f"{DETAILS}.choose_category", value=at["category"]),
        one(f"{DETAILS}.choose_assignee", value=at["ada"]),
        one(f"{DETAILS}.choose_team", value=at["team"]),
        one(f"{DETAILS}.choose_due", value="2030-01-05"),
        one(f"{DETAILS}.toggle_star"),
        one(f"{LABELS}.remove_tag", tag_id=at["tag"]),
        one(f"{LABELS}.add_tag", form_data={"new-tag": at["tag name"]}),
        one(f"{LABELS}.fill_field", field_id=at["field"], value="A 17", seen=""),
        one(f"{LABELS}.save_notes", value="Mine.", seen=""),
        one(f"{MESSAGE}.react", message_id=at["message"], emoji="👍"),
        one(f"{COMPOSER}.send", waiting=[waiting], unsendable=""),
        one(f"{MESSAGE}.delete_message", message_id=at["message"]),
        one(f"{VIEWS}.rename", "views rename", form_data={"id": at["view"], "name": "Theirs"}),
        one(f"{VIEWS}.share", "views share", view_id=at["view"], shared=True),
        one(f"{VIEWS}.delete", "views delete", view_id=at["view"]),
        one(
            f"{REPLIES}.save", "replies save",
            form_data={"reply_id": at["reply"], "reply_name": "theirs", "reply_body": "Good bye."},
        ),
        one(f"{REPLIES}.remove", "replies remove", reply_id=at["reply"]),
    ]  # fmt: skip


async def do(person: Caller, deed: Deed) -> None:
    for handler, payload in deed.calls:
        await person.call(handler, payload)
    await person.answered()


def test_every_handler_of_the_list_and_the_details_is_called_as_its_page_calls_it(there):
    states = (QUICK, BULK, DETAILS, LABELS, VIEWS)
    called = {handler for deed in deeds(there) for handler, _ in deed.calls}
    there = {name for name in enumerate_handlers().handlers if name.rpartition(".")[0] in states}
    setters = {f"{state}.setvar" for state in states}
    assert (
        there - setters == {name for name in called if name.startswith(states)} | LOOKS | OTHERWISE
    )


async def test_an_admin_does_all_of_it(http, planted, there):
    """Or what others send would be refused for another reason than who they are."""
    idle = []
    async with browser_of(http, planted, "ada") as ada:
        await ada.open(routes.ticket("admin", there["number"]))
        await ada.settled()
        before = planted.fingerprint()
        for deed in deeds(there):
            await do(ada, deed)
            after = planted.fingerprint()
            idle += [deed.name] if after == before else []
            before = after
    assert idle == []


@pytest.mark.parametrize("name", [*STRANGERS, "bea", "sol"])
async def test_nobody_does_more_of_it_than_is_theirs(http, planted, there, name):
    """`bea` and `sol` take part in the ticket, and may not do all of it either."""
    own = {"notification": but_of(name), "participant": but_of(name)}
    refused = REFUSED.get(name, ("",))
    touched: list[str] = []
    async with browser_of(http, planted, name) as person:
        await person.open(routes.ticket(ROLES.get(name, "buyer"), there["number"]))
        await person.settled()
        before = planted.fingerprint(own)
        for deed in deeds(there):
            if any(word in deed.name for word in refused):
                await do(person, deed)
                if (after := planted.fingerprint(own)) != before:
                    touched.append(deed.name)
                    before = after
        assert [secret for secret in person.secrets if name in STRANGERS] == []
    assert touched == []
