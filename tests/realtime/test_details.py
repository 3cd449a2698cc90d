"""What is changed in the details is heard by exactly those who may know of it.

The room is that of `test_who_hears`, in which what somebody did not hear is shown the same way.
"""

from __future__ import annotations

import psycopg

from supportdesk.domain.ids import new_id
from tests.realtime import test_who_hears
from tests.realtime.test_who_hears import ABE, ADA, BEA, BEN, PARTIES, SIA, SOL, STAFF, Room
from tests.support.browsers import Browsers, catch_up, heard
from tests.support.desk import Desk
from tests.support.raw_browser import DETAILS, LABELS, PRESENCE, THREAD, RawBrowser
from tests.support.seed import SELLER, Person, Seed

room = test_who_hears.room


async def test_a_type_is_told_to_all_who_see_the_ticket(room: Room) -> None:
    for who, to in ((ADA, "question"), (SOL, "problem")):
        change = room.at[who].send(f"{DETAILS}.choose_type", value=to)
        await room.only(PARTIES, change, room.open_fact("type", lambda now, to=to: now == to))


async def test_an_assignee_is_told_to_all_who_see_the_ticket(room: Room) -> None:
    for to in (str(room.people[SOL].id), "none"):
        change = room.at[ADA].send(f"{DETAILS}.choose_assignee", value=to)
        sign = room.open_fact("assignee_id", lambda now, to=to: now == to.replace("none", ""))
        await room.only(PARTIES, change, sign)


async def test_tags_are_told_to_the_staff_alone(room: Room) -> None:
    name = f"Tag {new_id().hex[-8:]}"
    change = room.at[SOL].send(f"{LABELS}.add_tag", form_data={"new-tag": name})
    await room.only(STAFF, change, room.open_fact("tags", lambda tags: name in str(tags)))
    assert name not in str(room.at[BEA].frames)


async def test_notes_are_told_to_the_staff_alone(room: Room) -> None:
    text = f"Note {new_id().hex[-8:]}"
    change = room.at[ADA].send(f"{LABELS}.save_notes", value=text, seen="")
    await room.only(STAFF, change, room.open_fact("note", lambda now: now == text))
    assert text not in str(room.at[BEA].frames)


async def test_that_an_admin_is_replying_is_told_to_the_admins_who_look_at_it(room: Room) -> None:
    abe = room.people[ABE]
    before = {who: len(browser.frames) for who, browser in room.at.items()}
    await room.at[ABE].navigate(abe.page(room.ticket))
    await room.at[ABE].settled()
    await room.at[ABE].send(f"{PRESENCE}.note_typing", audience="admins")
    await room.at[ADA].until(lambda b: doing(b, abe) == "replying")
    await room.at[ADA].until(lambda b: doing(b, abe) == "viewing")
    await room.at[ABE].navigate(abe.page(room.bens))
    await room.at[ADA].until(lambda b: doing(b, abe) is None)
    for who in (BEA, SOL, BEN, SIA):
        last = await catch_up(room.at[who])
        assert heard(room.at[who], before[who], last) == [], who
    await room.at[ABE].settled()


async def test_what_one_reads_on_opening_the_others_are_told(
    browsers: Browsers, seed: Seed, desk: Desk
) -> None:
    sol = seed.person(SELLER)
    ticket = seed.ticket(None, sol)
    first = await browsers.visit(sol, ticket)
    with psycopg.connect(desk.owner_url) as database:  # So nothing rings.
        database.execute("UPDATE ticket SET type = 'question' WHERE id = %s", [ticket.id])
    second = await browsers.visit(sol, ticket)
    for tab in (second, first):
        await tab.until(lambda b: b.var(THREAD, "facts")["type"] == "question")


def doing(browser: RawBrowser, person: Person) -> str | None:
    here = {each["id"]: each["doing"] for each in browser.var(THREAD, "admins_here", [])}
    return here.get(str(person.id))
