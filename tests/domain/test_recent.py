"""What the command palette finds: the latest tickets, and any by its number."""

from __future__ import annotations

import pytest

from supportdesk.domain.commands import messages
from supportdesk.domain.commands.filing import NewTicket, file_ticket
from supportdesk.domain.queries import recent
from supportdesk.domain.queries.recent import recent_for


async def file(actor, *subjects: str, seller=None):
    return [
        (await file_ticket(actor, NewTicket(subject, "Help.", seller_id=seller))).id
        for subject in subjects
    ]


async def subjects(actor, typed: str = "") -> list[str]:
    return [ticket.subject for ticket in await recent_for(actor, typed)]


async def test_the_latest_activity_comes_first_and_a_few_are_enough(cast):
    filed = await file(cast.bea, *(f"Lamp {n}" for n in range(recent.SHOWN + 2)))
    await messages.post(cast.ada, filed[0], "An answer.")
    found = await subjects(cast.bea)
    assert found[:2] == ["Lamp 0", f"Lamp {recent.SHOWN + 1}"]
    assert len(found) == recent.SHOWN


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("TC-0002", ["Blue vase"]),
        ("tc-2", ["Blue vase"]),
        ("2", ["Blue vase"]),
        ("vASE", ["Red vase", "Blue vase"]),
        ("  lamp ", ["Lamp"]),
        ("la\x00mp\ud800", ["Lamp"]),
        ("#2", ["Blue vase"]),
        ("Sol", ["Lamp"]),
        ("nothing like it", []),
        ("100%", []),
        ("TC-0099", []),
    ],
)
async def test_a_number_a_subject_or_a_name_finds_them(cast, typed, found):
    await file(cast.bea, "Lamp", seller=cast.sol.user_id)
    await file(cast.bea, "Blue vase", "Red vase")
    assert await subjects(cast.bea, typed) == found


async def test_its_number_finds_a_ticket_that_is_not_among_the_latest(cast, monkeypatch):
    monkeypatch.setattr(recent, "LOOKED_THROUGH", 1)
    await file(cast.bea, "The first", "The second")
    assert await subjects(cast.bea) == ["The second"]
    assert await subjects(cast.bea, "TC-0001") == ["The first"]


async def test_nobody_finds_what_they_may_not_see(cast, foreign_ticket):
    for typed in ("", "TC-0001", "1", "Not yours", "Ben"):
        assert await subjects(cast.ben, typed) == ["Not yours"]
        assert await subjects(cast.ada, typed) == ["Not yours"]
        for stranger in (cast.bea, cast.sol, cast.max):
            assert await subjects(stranger, typed) == []
