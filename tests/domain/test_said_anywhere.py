"""Searching all conversations that one may see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from supportdesk.domain.commands import amending, messages, tickets
from supportdesk.domain.commands.filing import NewTicket, file_ticket
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Audience
from supportdesk.domain.queries import finding
from supportdesk.domain.queries.said_anywhere import PAGE, Asked, said_anywhere
from tests.domain.test_attachments import keep

DAY = timedelta(days=1)


async def found(actor, words: str = "", **asked) -> list[str]:
    page = await said_anywhere(actor, Asked(words, **asked))
    return ["".join(part.text for part in each.parts) for each in page.messages]


@pytest.fixture
async def others(cast):
    """A ticket of ben's to sia."""
    return (
        await file_ticket(cast.ben, NewTicket("Rug", "A blue rug", seller_id=cast.sia.user_id))
    ).id


async def test_it_finds_in_every_conversation_the_latest_first_and_says_where(cast, ticket, others):
    await messages.post(cast.sol, ticket, "A blue lamp")
    await messages.post(cast.sia, others, "Another blue rug")
    everywhere = ["Another blue rug", "A blue lamp", "A blue rug"]
    assert await found(cast.ada, "blue") == everywhere
    assert await found(cast.ada, "rug BL") == [everywhere[0], everywhere[2]]
    first = (await said_anywhere(cast.ada, Asked("lamp"))).messages[0]
    assert (first.number, first.seq, first.name) == ("TC-0001", 2, "Sol")
    assert [part.text for part in first.parts if part.marked] == ["lamp"]
    assert await found(cast.ada, " ") == await found(cast.ada, "green") == []


@pytest.mark.parametrize("who", ["bea", "sol", "ada"])
async def test_marks_alone_find_nothing(cast, ticket, who):
    await messages.post(cast.sol, ticket, "Really??? It costs 5 % & more_than that")
    for marks in ("???", "%", "_", "&", "? !"):
        assert await found(getattr(cast, who), marks) == []
        assert await found(getattr(cast, who), marks, status=Status.OPEN) == []


async def test_what_one_may_not_see_is_not_found(cast, ticket, others):
    await messages.post(cast.ada, ticket, "secret for admins", Audience.ADMINS)
    await messages.post(cast.sol, ticket, "secret for staff", Audience.STAFF)
    await messages.post(cast.sia, others, "secret of others")
    counts = {
        who: len(await found(getattr(cast, who), "secret"))
        for who in ("bea", "sol", "ada", "ben", "sia", "max")
    }
    assert counts == {"bea": 0, "sol": 1, "ada": 3, "ben": 1, "sia": 1, "max": 0}
    # Nor by any filter.
    for who in (cast.bea, cast.ben, cast.max):
        assert await found(who, "secret", sender="ada") == []
        assert [each for each in await found(who, sender="s") if "staff" in each] == []


@pytest.mark.parametrize("who", ["bea", "sol", "ada"])
async def test_filters_all_have_to_hold(cast, ticket, who):
    actor = getattr(cast, who)
    await messages.post(cast.sol, ticket, "A blue lamp")
    await messages.post(cast.bea, ticket, "A blue chair")
    now = datetime.now(UTC)
    assert await found(actor, "blue", sender="SO") == ["A blue lamp"]
    assert await found(actor, sender="sol") == ["A blue lamp"]
    assert await found(actor, "blue", sender="ol") == []
    assert len(await found(actor, "blue", since=now - DAY, until=now + DAY)) == 2
    assert await found(actor, "blue", since=now + DAY) == []
    assert await found(actor, "blue", until=now - DAY) == []
    assert len(await found(actor, "blue", status=Status.OPEN)) == 2
    await messages.post(cast.bea, ticket, "A blue file", files=[await keep(cast.bea, "blue.txt")])
    with_files = (await said_anywhere(actor, Asked("blue", has_file=True))).messages
    assert [each.files for each in with_files] == ["blue.txt"]
    assert await found(actor, has_file=True, sender="sol") == []
    await tickets.set_status(cast.sol, ticket, Status.RESOLVED)
    assert await found(actor, "blue", status=Status.OPEN) == []
    assert await found(actor, "chair", status=Status.RESOLVED, sender="bea") == ["A blue chair"]


async def test_it_may_be_asked_of_one_conversation_alone(cast, ticket, others):
    await messages.post(cast.sol, ticket, "A blue lamp")
    await messages.post(cast.sol, ticket, "A blue note", Audience.STAFF)
    assert await found(cast.ada, "blue", here=1) == ["A blue note", "A blue lamp"]
    assert await found(cast.bea, "blue", here=1) == ["A blue lamp"]
    assert await found(cast.sol, "blue", here=1, sender="bea") == []
    assert await found(cast.ben, "blue", here=1) == []
    assert await found(cast.ada, "blue", here=2) == ["A blue rug"]
    for number in range(PAGE):
        await messages.post(cast.bea, ticket, f"blue {number}")
    first = await said_anywhere(cast.ada, Asked("blue", here=1))
    rest = await said_anywhere(cast.ada, Asked("blue", here=1), first.after)
    seqs = [each.seq for each in (*first.messages, *rest.messages)]
    assert seqs == list(range(PAGE + 3, 1, -1))
    assert rest.after is None


@pytest.mark.parametrize("who", ["sol", "ada"])
@pytest.mark.parametrize("asked", [{}, {"sender": "bea"}])
@pytest.mark.parametrize("sample", [5, 4000])
async def test_pages_join_without_gap_or_double(cast, ticket, monkeypatch, who, asked, sample):
    # Those that are not among the newest are found by the index.
    monkeypatch.setattr(finding, "SAMPLE", sample)
    for number in range(2 * PAGE + 3):
        await messages.post(cast.bea, ticket, f"blue {number}")
    actor, seen, after, pages = getattr(cast, who), [], None, 0
    while pages == 0 or after:
        page = await said_anywhere(actor, Asked("blue", **asked), after)
        seen += [each.seq for each in page.messages]
        after, pages = page.after, pages + 1
    assert seen == sorted(range(2, 2 * PAGE + 5), reverse=True)
    assert pages == 3


@pytest.mark.parametrize("said_in_week", [1, 3])
async def test_of_a_word_of_all_times_every_message_is_found_once(
    cast, ticket, ask, monkeypatch, said_in_week
):
    """Whether there are few of the last week, whose past is read at once, or more."""
    ages = ("900 days", "300 days", "40 days", "8 days", "6 days", "3 days", "1 hour")
    for age in ages:
        posted = await messages.post(cast.bea, ticket, f"blue, {age} ago")
        ask(f"UPDATE message SET created_at = now() - interval '{age}' WHERE id = '{posted.id}'")
    await messages.post(cast.bea, ticket, "the newest")
    monkeypatch.setattr(finding, "SAMPLE", 1)
    monkeypatch.setattr(finding, "HARDLY_SAID", said_in_week + 1)
    expected = [f"blue, {age} ago" for age in reversed(ages)]
    assert await found(cast.ada, "blue") == expected
    month_ago = datetime.now(UTC) - 30 * DAY
    assert await found(cast.ada, "blue", since=month_ago) == expected[:4]


@pytest.mark.parametrize("sample", [1, 4000])
async def test_what_was_said_outside_of_the_asked_time_takes_no_place(
    cast, ticket, ask, monkeypatch, sample
):
    """The hour by which clocks may differ has more messages than are looked at."""
    old = await messages.post(cast.bea, ticket, "blue, long ago")
    ask(f"UPDATE message SET created_at = now() - interval '1 day' WHERE id = '{old.id}'")
    for number in range(6):
        await messages.post(cast.bea, ticket, f"blue {number}")
    monkeypatch.setattr(finding, "SAMPLE", sample)
    monkeypatch.setattr(finding, "LOOKED_AT", 5)
    moment = datetime.now(UTC) - timedelta(minutes=30)
    assert await found(cast.ada, "blue", until=moment) == ["blue, long ago"]


async def test_a_deleted_message_is_found_no_more_in_any_way(cast, ticket):
    posted = await messages.post(cast.bea, ticket, "my card number")
    assert await found(cast.ada, "card") == ["my card number"]
    await amending.delete(cast.bea, posted.id)
    assert await found(cast.ada, "card") == []
    assert await found(cast.ada, sender="bea") == ["It flickers."]
