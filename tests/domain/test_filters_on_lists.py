"""Every filter and every order of the list, for who sees all and for who sees their own."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl
from uuid import UUID

import pytest

from supportdesk.domain.actor import Role
from supportdesk.domain.changes import Changes
from supportdesk.domain.commands import messages, people, tickets
from supportdesk.domain.commands.filing import NewTicket, file_ticket
from supportdesk.domain.ids import new_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority, TicketType
from supportdesk.domain.queries import inbox
from supportdesk.domain.queries.choices import Named, choices_for
from supportdesk.domain.queries.filters import Filters, Sort, parse, spell

STAFF = ("sol", "ada")
ALL = ("bea", *STAFF)


@pytest.fixture
async def desk(cast, ask) -> dict[str, UUID]:
    """Four tickets of bea's to sol, by their subjects, and one that sol and bea do not see."""
    made = {}
    for name in ("one", "two", "three", "four"):
        new = NewTicket(name, f"About {name}.", seller_id=cast.sol.user_id)
        made[name] = (await file_ticket(cast.bea, new)).id
    await file_ticket(cast.ben, NewTicket("foreign", "Not yours."))
    return made


async def subjects(actor, filters=None, **kind) -> list[str]:
    page = await inbox.page_for(actor, filters or Filters(**kind))
    return [placed.row.subject for placed in page.rows]


async def both(cast, who: str, **kind) -> list[str]:
    """What the page shows, after holding against it what counts and single rows say."""
    actor, filters = getattr(cast, who), Filters(**kind)
    found = (await inbox.page_for(actor, filters)).rows
    assert (await inbox.count_for(actor, filters)).number == len(found)
    everything = [UUID(placed.row.id) for placed in (await inbox.page_for(actor)).rows]
    assert list(await inbox.rows_for(actor, everything, filters)) == list(found)
    return [placed.row.subject for placed in found]


@pytest.mark.parametrize("who", ALL)
async def test_by_several_statuses(cast, desk, who):
    await tickets.set_status(cast.sol, desk["one"], Status.IN_PROGRESS)
    await tickets.close(cast.sol, desk["two"])
    wanted = (Status.IN_PROGRESS, Status.CLOSED)
    assert await both(cast, who, statuses=wanted) == ["two", "one"]
    assert await both(cast, who, statuses=(Status.WAITING_ON_CUSTOMER,)) == []


@pytest.mark.parametrize("who", ALL)
async def test_by_priority_and_by_type(cast, desk, ask, who):
    await tickets.set_priority(cast.sol, desk["one"], Priority.URGENT)
    ask("UPDATE ticket SET type = 'question' WHERE subject IN ('one', 'two')")
    assert await both(cast, who, priority=Priority.URGENT) == ["one"]
    assert await both(cast, who, type=TicketType.QUESTION) == ["one", "two"]
    assert await both(cast, who, priority=Priority.URGENT, type=TicketType.PROBLEM) == []


@pytest.mark.parametrize("who", ALL)
async def test_by_assignee(cast, desk, ask, who):
    ask("UPDATE ticket SET assignee_id = %s WHERE subject = 'one'", cast.ada.user_id)
    ask("UPDATE ticket SET assignee_id = %s WHERE subject = 'two'", cast.abe.user_id)
    assert await both(cast, who, assignee=str(cast.abe.user_id)) == ["two"]
    assert await both(cast, who, assignee="me") == (["one"] if who == "ada" else [])
    nobodys = await both(cast, who, assignee="nobody")
    assert [name for name in nobodys if name != "foreign"] == ["four", "three"]


@pytest.mark.parametrize("who", ALL)
async def test_by_team(cast, desk, ask, who):
    team = new_id()
    ask("INSERT INTO team (id, name) VALUES (%s, 'Returns')", team)
    try:
        ask("UPDATE ticket SET team_id = %s WHERE subject = 'three'", team)
        assert await both(cast, who, team=str(team)) == ["three"]
    finally:
        ask("UPDATE ticket SET team_id = NULL WHERE team_id = %s", team)
        ask("DELETE FROM team WHERE id = %s", team)


def tag(ask, cast, name: str, *tagged: UUID) -> str:
    id_ = new_id()
    ask(
        "INSERT INTO tag (id, name, hue, created_by) VALUES (%s, %s, 3, %s)",
        id_, name, cast.ada.user_id,
    )  # fmt: skip
    for ticket in tagged:
        ask(
            "INSERT INTO ticket_tag (ticket_id, tag_id, added_by) VALUES (%s, %s, %s)",
            ticket, id_, cast.ada.user_id,
        )  # fmt: skip
    return str(id_)


@pytest.mark.parametrize("who", STAFF)
async def test_by_tag_also_when_it_was_added_late_or_is_gone(cast, desk, ask, who):
    vip = tag(ask, cast, "VIP", desk["one"], desk["two"])
    await messages.post(cast.sol, desk["one"], "Moved up after it was tagged.")
    assert await both(cast, who, tag=vip) == ["one", "two"]
    ask("DELETE FROM ticket_tag WHERE ticket_id = %s", desk["one"])
    assert await both(cast, who, tag=vip) == ["two"]
    assert await both(cast, who, tag=vip, statuses=(Status.CLOSED,)) == []


async def test_a_buyer_learns_nothing_of_tags(cast, desk, ask):
    vip = tag(ask, cast, "VIP", desk["one"])
    assert await both(cast, "bea", tag=vip) == []
    (row,) = await inbox.rows_for(cast.bea, [desk["one"]])
    assert row.row.tags == ()
    (row,) = await inbox.rows_for(cast.sol, [desk["one"]])
    assert [(each.name, each.hue) for each in row.row.tags] == [("VIP", 3)]


@pytest.mark.parametrize("who", ALL)
async def test_by_ones_own_star(cast, desk, who):
    await tickets.set_star(getattr(cast, who), desk["two"], True)
    await tickets.set_star(cast.abe, desk["three"], True)
    assert await both(cast, who, starred=True) == ["two"]


async def test_unread_is_what_the_rows_show_as_unread(cast, desk):
    posted = await messages.post(cast.sol, desk["one"], "An answer.")
    await messages.mark_read(cast.ada, desk["two"], 99)
    await tickets.close(cast.sol, desk["three"])
    for who in ALL:
        actor = getattr(cast, who)
        everything = (await inbox.page_for(actor)).rows
        marks = await inbox.marks_for(actor, [UUID(each.row.id) for each in everything])
        unread = [
            each.row.subject
            for each in everything
            if each.row.messages > marks.read[each.row.number]
        ]
        assert await both(cast, who, unread=True) == unread, who
    assert await both(cast, "bea", unread=True) == ["one"]
    await messages.mark_read(cast.bea, desk["one"], posted.seq)
    assert await both(cast, "bea", unread=True) == []


@pytest.mark.parametrize("who", STAFF)
async def test_overdue_is_what_is_due_and_not_over(cast, desk, ask, who):
    ask("UPDATE ticket SET due_at = now() - interval '1 hour' WHERE subject IN ('one', 'two')")
    ask("UPDATE ticket SET due_at = now() + interval '1 hour' WHERE subject = 'three'")
    await tickets.set_status(cast.sol, desk["two"], Status.RESOLVED)
    assert await both(cast, who, overdue=True) == ["one"]
    assert await both(cast, who, overdue=True, statuses=(Status.RESOLVED,)) == []


async def test_a_buyer_is_not_told_what_is_overdue(cast, desk, ask):
    ask("UPDATE ticket SET due_at = now() - interval '1 hour'")
    assert await both(cast, "sol", overdue=True)
    assert await both(cast, "bea", overdue=True) == []


@pytest.mark.parametrize("who", ALL)
async def test_what_is_not_known_finds_nothing(cast, desk, who):
    unknown = str(new_id())
    for kind in ("assignee", "team", "tag"):
        assert await both(cast, who, **{kind: unknown}) == []
        assert await both(cast, who, **{kind: "no id' OR true --"}) == []


@pytest.mark.parametrize("who", ALL)
async def test_what_is_not_understood_finds_nothing(cast, desk, who):
    """Left out, it would ask for all there is: of what an old link means, that is never a part."""
    for query in (
        {"tag": "damaged"}, {"status": "bogus"}, {"assignee": "zzz"}, {"priority": "highest"},
        {"team": "1"}, {"type": "complaint"}, {"role": "admin"}, {"buyer": "bea"},
        {"seller": "sol"}, {"starred": "yes"}, {"unread": "true"}, {"overdue": "2"},
    ):  # fmt: skip
        for beside in ({}, {"q": "about"}, {"sort": "priority"}, {"status": "open", **query}):
            asked = parse({**beside, **query})
            assert asked.unknown == tuple(query.items())
            assert asked.asks
            assert parse(dict(parse_qsl(spell(asked)))) == asked
            kind = {each.name: getattr(asked, each.name) for each in fields(asked)}
            assert await both(cast, who, **kind) == []


def test_what_asks_for_nothing_is_no_riddle():
    assert parse({"tag": "", "status": " ", "starred": "0", "sort": "bogus"}) == Filters()
    assert parse({"status": "open,bogus"}) == Filters(statuses=(Status.OPEN,))
    assert parse({"tag": "x" * 5000}).unknown == (("tag", "x" * 60),)


def test_all_that_can_be_asked_for_stands_in_the_address_and_comes_back():
    ids = {name: str(new_id()) for name in ("assignee", "team", "tag", "buyer", "seller")}
    asked = Filters(
        statuses=(Status.OPEN, Status.CLOSED), priority=Priority.HIGH, type=TicketType.QUESTION,
        role=Role.SELLER, starred=True, unread=True, overdue=True, text="a lamp & 1/2 =?",
        sort=Sort.DUE, **ids,
    )  # fmt: skip
    empty = [each.name for each in fields(asked) if getattr(asked, each.name) == each.default]
    assert empty == ["unknown"]
    for kind in (*({"sort": sort} for sort in Sort), {"assignee": "me"}, {"assignee": "nobody"}):
        other = replace(asked, **kind)
        assert parse(dict(parse_qsl(spell(other)))) == other


# Orders.


@pytest.mark.parametrize("who", ALL)
async def test_the_orders(cast, desk, ask, who):
    now = datetime.now(UTC)
    for name, hours in (("one", 3), ("two", 1), ("three", 2)):
        due = now + timedelta(hours=hours)
        ask("UPDATE ticket SET due_at = %s WHERE subject = %s", due, name)
    await tickets.set_priority(cast.sol, desk["two"], Priority.URGENT)
    await tickets.set_priority(cast.sol, desk["three"], Priority.LOW)
    await messages.post(cast.sol, desk["one"], "An answer: bea waits no longer.")
    found = {sort: await subjects(getattr(cast, who), sort=sort) for sort in Sort}
    own = {sort: [name for name in names if name != "foreign"] for sort, names in found.items()}
    assert own == {
        Sort.ACTIVITY: ["one", "three", "two", "four"],
        Sort.NEWEST: ["four", "three", "two", "one"],
        Sort.PRIORITY: ["two", "four", "one", "three"],
        Sort.DUE: ["two", "three", "one", "four"],
        Sort.WAITING: ["two", "three", "four", "one"],
    }


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("who", ALL)
async def test_pages_of_every_order_have_each_ticket_once(cast, desk, ask, who, sort):
    ask("UPDATE ticket SET due_at = '2030-01-01' WHERE subject IN ('one', 'two', 'four')")
    actor, after, found = getattr(cast, who), None, []
    for _ in range(9):
        page = await inbox.page_for(actor, Filters(sort=sort), after=after, limit=1)
        found += page.rows
        after = page.after
        if after is None:
            break
    assert found == list((await inbox.page_for(actor, Filters(sort=sort))).rows)
    assert len({placed.row.id for placed in found}) == len(found) == 4 + (who == "ada")
    assert found == sorted(found, key=lambda placed: placed.place)


async def test_what_moves_up_meanwhile_costs_no_row_in_any_order(cast, desk, ask):
    ask("UPDATE ticket SET due_at = now() + number * interval '1 hour'")
    for sort in Sort:
        first = await inbox.page_for(cast.ada, Filters(sort=sort), limit=2)
        shown = [placed.row.subject for placed in first.rows]
        rest = [name for name in await subjects(cast.ada, sort=sort) if name not in shown]
        moved = UUID(first.rows[1].row.id)
        await messages.post(cast.ada, moved, "Touched.")
        await tickets.set_priority(cast.ada, moved, Priority.URGENT)
        after = await inbox.page_for(cast.ada, Filters(sort=sort), after=first.after)
        missing = set(rest) - {placed.row.subject for placed in after.rows}
        assert missing == set(), sort


# Since when somebody waits.


async def waits(cast, ticket) -> bool:
    (placed,) = await inbox.rows_for(cast.ada, [ticket])
    return bool(placed.row.waiting_since)


async def test_who_asked_waits_until_somebody_else_answers_everyone(cast, ticket, ask):
    assert await waits(cast, ticket)
    (since,) = ask("SELECT waiting_since FROM ticket")
    await messages.post(cast.bea, ticket, "Hello?")
    assert ask("SELECT waiting_since FROM ticket") == [since]
    await messages.post(cast.sol, ticket, "Psst.", "staff")
    assert await waits(cast, ticket)
    await messages.post(cast.ada, ticket, "Here I am.")
    assert not await waits(cast, ticket)
    await messages.post(cast.bea, ticket, "But?")
    assert await waits(cast, ticket)


@pytest.mark.parametrize("over", [Status.RESOLVED, Status.CLOSED])
async def test_nobody_waits_for_what_is_over_and_again_when_it_is_open_again(
    cast, ticket, ask, over
):
    (since,) = ask("SELECT waiting_since FROM ticket")
    await tickets.set_status(cast.sol, ticket, over)
    assert not await waits(cast, ticket)
    await tickets.reopen(cast.bea, ticket)
    assert ask("SELECT waiting_since FROM ticket") == [since]


async def test_admins_ask_who_filed_it_and_who_its_parties_are(cast, desk):
    await file_ticket(cast.sia, NewTicket("payout", "Where is it?"))
    assert await both(cast, "ada", role=Role.SELLER) == ["payout"]
    assert await both(cast, "ada", role=Role.BUYER) == ["foreign", "four", "three", "two", "one"]
    sol, bea, sia = (str(each.user_id) for each in (cast.sol, cast.bea, cast.sia))
    assert await both(cast, "ada", buyer=bea) == ["four", "three", "two", "one"]
    assert await both(cast, "ada", buyer=bea, seller=sol) == ["four", "three", "two", "one"]
    assert await both(cast, "ada", buyer=bea, seller=sia) == []
    assert await both(cast, "ada", seller=sia) == ["payout"]
    assert await both(cast, "ada", seller=sol, text="three") == ["three"]


async def test_who_filed_it_may_be_asked_of_a_tag_too(cast, desk, ask):
    payout = (await file_ticket(cast.sia, NewTicket("payout", "Where is it?"))).id
    money = tag(ask, cast, "Money", payout, desk["one"])
    assert await both(cast, "ada", role=Role.SELLER, tag=money) == ["payout"]
    assert await both(cast, "ada", role=Role.BUYER, tag=money) == ["one"]
    await tickets.close(cast.sia, payout)
    assert await both(cast, "ada", role=Role.SELLER, statuses=(Status.CLOSED,)) == ["payout"]


async def test_who_is_deactivated_can_be_asked_for_as_long_as_they_have_tickets(cast, desk):
    abe = Named(str(cast.abe.user_id), "Abe")
    assert abe in (await choices_for(cast.ada)).assignees
    await tickets.change(cast.ada, desk["one"], Changes(assignee_id=cast.abe.user_id))
    await people.deactivate(cast.ada, cast.abe.user_id)
    for actor in (cast.ada, cast.sol):
        choices = await choices_for(actor)
        assert abe not in choices.assignees
        assert choices.former_assignees == (abe,)
    assert await subjects(cast.ada, assignee=abe.id) == ["one"]
    assert (await choices_for(cast.bea)).former_assignees == ()
    await tickets.change(cast.ada, desk["one"], Changes(assignee_id=cast.ada.user_id))
    assert (await choices_for(cast.ada)).former_assignees == ()
