"""The ticket list: its pages, its rows as each role sees them, and each person's own marks."""

from __future__ import annotations

import pytest

from supportdesk.domain.commands import messages, tickets
from supportdesk.domain.commands.filing import NewTicket, file_ticket
from supportdesk.domain.models import Audience
from supportdesk.domain.queries import inbox


async def file(actor, count: int):
    return [(await file_ticket(actor, NewTicket(f"No. {n}", "Help."))).id for n in range(count)]


async def pages(actor, limit: int, between=None):
    """Every page after the other; `between` happens before each but the first."""
    page = await inbox.page_for(actor, limit=limit)
    found = [rows_of(page)]
    while page.after is not None:
        if between:
            await between(len(found))
        page = await inbox.page_for(actor, after=page.after, limit=limit)
        found.append(rows_of(page))
    return found


def rows_of(page):
    return [placed.row for placed in page.rows]


async def test_the_newest_activity_comes_first(cast):
    first, second, third = await file(cast.bea, 3)
    await messages.post(cast.ada, first, "An answer.")
    page = await inbox.page_for(cast.bea)
    assert [row.id for row in rows_of(page)] == [str(first), str(third), str(second)]


@pytest.mark.parametrize(("limit", "sizes"), [(3, [3, 3, 1]), (7, [7]), (6, [6, 1]), (1, [1] * 7)])
async def test_pages_follow_each_other_without_gap_or_double(cast, limit, sizes):
    filed = await file(cast.bea, 7)
    found = await pages(cast.bea, limit)
    assert [len(page) for page in found] == sizes
    assert [row.id for page in found for row in page] == [str(id_) for id_ in reversed(filed)]


async def test_what_others_do_meanwhile_costs_a_reader_no_row_and_shows_none_twice(cast):
    filed = await file(cast.bea, 12)

    async def others_write(page: int) -> None:
        await file_ticket(cast.bea, NewTicket("New meanwhile", "Help."))
        await messages.post(cast.ada, filed[11 - page], "Touched, and on a page that was read.")

    rows = [row.id for page in await pages(cast.bea, 3, others_write) for row in page]
    assert rows == [str(id_) for id_ in reversed(filed)]


async def test_tickets_of_the_same_moment_are_not_lost_between_pages(cast, ask):
    filed = await file(cast.bea, 5)
    ask("UPDATE conversation SET activity_everyone = '2030-01-01'")
    rows = [row.id for page in await pages(cast.bea, 2) for row in page]
    assert rows == [str(id_) for id_ in sorted(filed, reverse=True)]


async def test_everybody_sees_their_own_tickets_and_admins_all(cast):
    (beas,) = await file(cast.bea, 1)
    (bens,) = await file(cast.ben, 1)
    to_sol = (await file_ticket(cast.bea, NewTicket("Sol", "?", seller_id=cast.sol.user_id))).id
    seen = {
        name: {row.id for row in rows_of(await inbox.page_for(getattr(cast, name)))}
        for name in ("bea", "ben", "sol", "sia", "max", "ada")
    }
    assert seen == {
        "bea": {str(beas), str(to_sol)},
        "ben": {str(bens)},
        "sol": {str(to_sol)},
        "sia": set(),
        "max": set(),
        "ada": {str(beas), str(bens), str(to_sol)},
    }


async def test_the_count_is_of_what_the_person_sees(cast):
    await file(cast.bea, 2)
    await file(cast.ben, 1)
    counts = [await inbox.count_for(who) for who in (cast.bea, cast.ben, cast.max, cast.ada)]
    assert [(count.number, count.capped) for count in counts] == [
        (2, False),
        (1, False),
        (0, False),
        (3, False),
    ]


async def test_rows_for_tickets_of_others_are_not_there(cast, ticket, foreign_ticket):
    rows = await inbox.rows_for(cast.bea, [ticket, foreign_ticket])
    assert [placed.row.id for placed in rows] == [str(ticket)]


@pytest.mark.parametrize(
    ("who", "text", "count"),
    [("bea", "It flickers.", 1), ("sol", "For staff.", 2), ("ada", "For admins.", 3)],
)
async def test_the_last_words_and_the_count_are_those_that_one_may_see(
    cast, ticket, who, text, count
):
    await messages.post(cast.sol, ticket, "For staff.", Audience.STAFF)
    await messages.post(cast.ada, ticket, "For admins.", Audience.ADMINS)
    (row,) = rows_of(await inbox.page_for(getattr(cast, who)))
    assert (row.last_text, row.messages, row.private) == (text, count, who != "bea")


async def test_a_private_note_does_not_move_the_ticket_up_for_who_may_not_see_it(cast):
    older, newer = await file(cast.bea, 2)
    await messages.post(cast.ada, older, "Psst.", Audience.STAFF)
    assert rows_of(await inbox.page_for(cast.bea))[0].id == str(newer)
    assert rows_of(await inbox.page_for(cast.ada))[0].id == str(older)


@pytest.mark.parametrize(("who", "party"), [("bea", "Sol"), ("sol", "Bea"), ("ada", "Sol")])
async def test_the_other_party_is_named(cast, ticket, who, party):
    (row,) = rows_of(await inbox.page_for(getattr(cast, who)))
    assert row.party == party


async def test_the_platform_is_the_other_party_of_a_ticket_to_it(cast):
    await file(cast.bea, 1)
    await file(cast.sol, 1)
    for who in (cast.bea, cast.sol):
        assert [row.party for row in rows_of(await inbox.page_for(who))] == ["Platform"]


async def test_a_preview_is_one_short_line(cast, ticket):
    await messages.post(cast.sol, ticket, "One\n\ntwo   " + "x" * 500)
    (row,) = rows_of(await inbox.page_for(cast.bea))
    assert row.last_text.startswith("One two xxx")
    assert len(row.last_text) == inbox.PREVIEW_LENGTH


# Marks.


async def unread(actor, ticket) -> int:
    (placed,) = await inbox.rows_for(actor, [ticket])
    row = placed.row
    return row.messages - (await inbox.marks_for(actor, [ticket])).read[row.number]


async def test_what_others_wrote_is_unread_until_it_was_seen(cast, ticket):
    posted = await messages.post(cast.bea, ticket, "And it hums.")
    assert await unread(cast.sol, ticket) == 2
    await messages.mark_read(cast.sol, ticket, posted.seq - 1)
    assert await unread(cast.sol, ticket) == 1
    await messages.mark_read(cast.sol, ticket, posted.seq)
    assert await unread(cast.sol, ticket) == 0


async def test_what_one_wrote_oneself_is_read(cast, ticket):
    await messages.post(cast.sol, ticket, "Let me see.")
    assert (await unread(cast.sol, ticket), await unread(cast.bea, ticket)) == (0, 1)


@pytest.mark.parametrize(("who", "count"), [("bea", 0), ("sol", 2), ("abe", 3)])
async def test_a_note_that_one_may_not_see_is_not_unread(cast, ticket, who, count):
    await messages.post(cast.ada, ticket, "For staff.", Audience.STAFF)
    await messages.post(cast.ada, ticket, "For admins.", Audience.ADMINS)
    assert await unread(getattr(cast, who), ticket) == count


async def test_a_status_line_is_not_unread(cast, ticket):
    await tickets.close(cast.ada, ticket)
    assert await unread(cast.bea, ticket) == 0


async def test_a_star_is_marked_for_its_owner_alone(cast, ticket):
    await tickets.set_star(cast.sol, ticket, True)
    starred = [(await inbox.marks_for(who, [ticket])).starred for who in (cast.sol, cast.bea)]
    assert starred == [{"TC-0001": True}, {}]


async def test_marks_of_tickets_of_others_are_not_there(cast, foreign_ticket):
    marks = await inbox.marks_for(cast.bea, [foreign_ticket])
    assert (marks.read, marks.starred) == ({}, {})
