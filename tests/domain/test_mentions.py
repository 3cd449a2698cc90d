"""`@Name` in a message: who is offered, who is meant, how it is drawn."""

from __future__ import annotations

import pytest

from supportdesk.domain.commands import amending, people
from supportdesk.domain.commands.messages import post
from supportdesk.domain.markup import marked_up, texts
from supportdesk.domain.mentions import by_name, mentioned_in
from supportdesk.domain.models import Audience
from supportdesk.domain.queries import mentions, thread

PEOPLE = {"1": "Bea", "2": "Bea Miller", "3": "Zoë & Co"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("@Bea look", {"1"}),
        ("(@bea) and @ZOË & CO!", {"1", "3"}),
        ("@Bea Miller's lamp", {"2"}),
        ("**@Bea**, look", {"1"}),
        ("@Beatrice", set()),
        ("write to sol@bea.test or x@Bea", set()),
        ("`@Bea` and @@Bea", set()),
        ("nothing", set()),
    ],
)
def test_the_longest_name_that_stands_there_is_meant(text: str, meant: set[str]) -> None:
    assert set(mentioned_in(texts(text), PEOPLE)) == meant


def test_two_people_of_one_name_are_both_meant() -> None:
    same = {"1": "Bea", "2": "bea"}
    assert mentioned_in(["@BEA"], same) == same
    assert 'data-of="1 2"' in marked_up("@BEA", by_name(same))


def test_a_mention_is_marked_where_it_stands_and_its_name_is_only_text() -> None:
    named = by_name({"3": "Zoë & Co", "4": '"><img src=x>'})
    assert marked_up("Hi @Zoë & Co", named) == (
        '<p>Hi <span class="mention" data-of="3">@Zoë &amp; Co</span></p>\n'
    )
    assert "<img" not in marked_up('@"><img src=x>', named)
    assert marked_up("Hi Zoë", named) == ""


def test_what_people_type_cannot_look_like_a_mention() -> None:
    assert "<span" not in marked_up('<span class="mention" data-of="1">@Bea</span>')


async def offered(cast, actor, ticket) -> dict[str, str]:
    found = await mentions.people_for(actor, ticket)
    return {each.name: " ".join(each.reads) for each in found}


ALL, STAFF, PUBLIC = "everyone staff admins", "everyone staff", "everyone"


async def test_those_are_offered_who_take_part_and_to_the_staff_admins(cast, ticket) -> None:
    await post(cast.ada, ticket, "For admins.", Audience.ADMINS)
    assert await offered(cast, cast.bea, ticket) == {"Sol": STAFF}
    assert await offered(cast, cast.sol, ticket) == {"Bea": PUBLIC}
    assert await offered(cast, cast.abe, ticket) == {"Ada": ALL, "Bea": PUBLIC, "Sol": STAFF}
    assert await offered(cast, cast.ada, ticket) == {"Abe": ALL, "Bea": PUBLIC, "Sol": STAFF}
    await post(cast.ada, ticket, "For the seller.", Audience.STAFF)
    assert await offered(cast, cast.sol, ticket) == {"Ada": ALL, "Bea": PUBLIC}
    assert await offered(cast, cast.bea, ticket) == {"Sol": STAFF}
    for stranger in (cast.max, cast.sia):
        assert await offered(cast, stranger, ticket) == {}


async def last(actor, ticket) -> thread.Line:
    return (await thread.opening_for(actor, ticket)).lines[-1]


async def test_only_who_may_read_it_is_meant(cast, ticket) -> None:
    await post(cast.sol, ticket, "@Bea @Ada @Max: not for you", Audience.STAFF)
    assert (await last(cast.ada, ticket)).mentions == ()
    await post(cast.ada, ticket, "@Bea @Abe @Sol", Audience.STAFF)
    named = dict((await last(cast.sol, ticket)).mentions)
    assert set(named) == {"abe", "sol"}
    await post(cast.bea, ticket, "@Abe, are you there?")
    assert (await last(cast.abe, ticket)).mentions == ()


async def test_a_mention_stays_when_its_person_is_renamed(cast, ticket, ask) -> None:
    await post(cast.bea, ticket, "@Sol, look")
    ask("UPDATE \"user\" SET name = 'Solveig' WHERE id = %s", cast.sol.user_id)
    line = await last(cast.bea, ticket)
    assert line.mentions == (("sol", str(cast.sol.user_id)),)
    assert '<span class="mention"' in marked_up(line.body, line.mentions)


async def test_an_edit_settles_anew_who_is_meant_and_a_deletion_forgets(cast, ticket, ask) -> None:
    said = (await post(cast.sol, ticket, "@Ben, look")).id
    assert (await last(cast.sol, ticket)).mentions == ()
    await amending.edit(cast.sol, said, "@Bea, look")
    assert [name for name, _ in (await last(cast.sol, ticket)).mentions] == ["bea"]
    await amending.delete(cast.ada, said)
    assert ask("SELECT mentions FROM message WHERE id = %s", said) == [{}]


async def test_who_is_deactivated_is_not_called(cast, ticket) -> None:
    await people.deactivate(cast.ada, cast.sol.user_id)
    await post(cast.bea, ticket, "@Sol?")
    assert (await last(cast.bea, ticket)).mentions == ()
