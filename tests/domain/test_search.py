"""What a search finds for whom, in which order, and what it shows of where it was found."""

from __future__ import annotations

from uuid import UUID

import pytest

from supportdesk.domain.commands import amending, messages
from supportdesk.domain.commands.filing import NewTicket, file_ticket
from supportdesk.domain.ids import new_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Audience
from supportdesk.domain.queries import finding, inbox
from supportdesk.domain.queries.filters import Filters, Sort

STAFF = ("sol", "ada")
ALL = ("bea", *STAFF)


@pytest.fixture
async def desk(cast) -> dict[str, UUID]:
    """Tickets of bea's to sol, by a word of their subject, and a foreign one of ben's."""
    said = {
        "lamp": ("A lamp that flickers", "It hums, and the cable is warm."),
        "chair": ("The chair wobbles", "One leg is shorter, like that of the lamp."),
        "rug": ("A rug in the wrong colour", "I asked for green."),
    }
    made = {}
    for name, (subject, body) in said.items():
        new = NewTicket(subject, body, seller_id=cast.sol.user_id)
        made[name] = (await file_ticket(cast.bea, new)).id
    made["foreign"] = (await file_ticket(cast.ben, NewTicket("Zebra", "Quagga."))).id
    return made


async def found(cast, who: str, text: str, **kind) -> list[str]:
    """Subjects, after holding the count and single rows against the page."""
    actor, filters = getattr(cast, who), Filters(text=text, **kind)
    rows = (await inbox.page_for(actor, filters)).rows
    assert await inbox.count_for(actor, filters) == inbox.Count(len(rows), capped=False)
    everything = [UUID(placed.row.id) for placed in (await inbox.page_for(actor)).rows]
    again = await inbox.rows_for(actor, everything, filters)
    assert [(each.row.id, each.place.tier) for each in again] == [
        (each.row.id, each.place.tier) for each in rows
    ]
    return [placed.row.subject.split()[1] for placed in rows if " " in placed.row.subject] + [
        placed.row.subject for placed in rows if " " not in placed.row.subject
    ]


async def shown(cast, who: str, text: str) -> list[str]:
    """What is shown of where it was found, with [brackets] around what is marked."""
    rows = (await inbox.page_for(getattr(cast, who), Filters(text=text))).rows
    return [
        "".join(f"[{part.text}]" if part.marked else part.text for part in placed.row.hit)
        for placed in rows
    ]


@pytest.mark.parametrize("who", ALL)
@pytest.mark.parametrize("text", ["TC-0002", "tc-2", "2", "0002", "#2", "tc 2", "TC0002"])
async def test_a_number_is_found_however_it_is_written(cast, desk, who, text):
    assert await found(cast, who, text) == ["chair"]
    assert await shown(cast, who, text) == ["[TC-0002]"]


@pytest.mark.parametrize("who", ALL)
@pytest.mark.parametrize("text", ["TC-0002 The chair wobbles", "#2 chair", "tc-2 zebra"])
async def test_a_number_with_words_behind_it_is_that_ticket(cast, desk, who, text):
    assert await found(cast, who, text) == ["chair"]
    assert await shown(cast, who, text) == ["[TC-0002]"]


@pytest.mark.parametrize("who", ALL)
@pytest.mark.parametrize("text", ["2 chairs", "TC-", "#", "TC-0002x", "2#"])
async def test_what_is_no_number_is_words(cast, desk, who, text):
    assert await found(cast, who, text) == []


@pytest.mark.parametrize("who", ALL)
async def test_every_word_has_to_be_there_and_of_the_last_the_beginning(cast, desk, who):
    assert await found(cast, who, "lamp flick") == ["lamp"]
    assert await found(cast, who, "flick lamp") == []
    assert await found(cast, who, "FLICKERS lamp") == ["lamp"]
    assert await found(cast, who, "lamp rug") == []


@pytest.mark.parametrize("who", ALL)
async def test_the_subject_comes_before_a_message_whatever_is_newer(cast, desk, who):
    assert await found(cast, who, "lamp") == ["lamp", "chair"]
    in_subject, in_message = await shown(cast, who, "lamp")
    assert in_subject == "A [lamp] that flickers"
    assert "like that of the [lamp]" in in_message


@pytest.mark.parametrize("who", STAFF)
async def test_number_then_subject_then_people_and_tags_then_messages(cast, desk, ask, who):
    tag = new_id()
    ask("UPDATE ticket SET subject = 'Part 3 of the lamp' WHERE id = %s", desk["lamp"])
    ask("INSERT INTO tag (id, name, created_by) VALUES (%s, '3 times', %s)", tag, cast.ada.user_id)
    ask(
        "INSERT INTO ticket_tag (ticket_id, tag_id, added_by) VALUES (%s, %s, %s)",
        desk["chair"], tag, cast.ada.user_id,
    )  # fmt: skip
    fourth = NewTicket("The last", "All 3 of them.", seller_id=cast.sol.user_id)
    await file_ticket(cast.bea, fourth)
    assert await found(cast, who, "3") == ["rug", "3", "chair", "last"]


@pytest.mark.parametrize("who", ALL)
async def test_people_are_found_by_their_names(cast, desk, ask, who):
    ask("UPDATE ticket SET assignee_id = %s WHERE id = %s", cast.abe.user_id, desk["rug"])
    assert await found(cast, who, "sol") == ["rug", "chair", "lamp"]
    assert await found(cast, who, "be lamp") == []
    assert await found(cast, who, "lamp be") == ["lamp"]
    assert await found(cast, who, "abe") == ["rug"]
    assert (await shown(cast, who, "sol"))[0].startswith("Bea · [Sol]")


async def test_a_new_name_is_found_and_the_old_one_is_not(cast, desk, ask):
    ask("""UPDATE "user" SET name = 'Solange' WHERE id = %s""", cast.sol.user_id)
    assert len(await found(cast, "ada", "solange")) == 3
    ask("""UPDATE "user" SET name = 'Sandra' WHERE id = %s""", cast.sol.user_id)
    assert await found(cast, "ada", "solange") == []


# Rights.


@pytest.mark.parametrize("text", ["TC-0004", "4", "#4", "TC-0004 Zebra", "zebra", "quagga", "ben"])
async def test_nothing_of_a_foreign_ticket_is_found(cast, desk, text):
    for who in ("bea", "sol", "sia", "max"):
        assert await found(cast, who, text) == [], who
    assert await found(cast, "ada", text) == ["Zebra"]


@pytest.mark.parametrize(
    ("audience", "finders"), [(Audience.STAFF, STAFF), (Audience.ADMINS, ("ada",))]
)
async def test_a_note_is_found_by_those_alone_who_may_read_it(cast, desk, audience, finders):
    await messages.post(cast.ada, desk["lamp"], "Suspicious: check the voltage.", audience)
    for who in ALL:
        assert await found(cast, who, "voltage") == (["lamp"] if who in finders else []), who
        hits = await shown(cast, who, "suspicious")
        assert [hit[:12] for hit in hits] == (["[Suspicious]"] if who in finders else [])
    # Nor does a word that stands in both let it show.
    await messages.post(cast.bea, desk["lamp"], "It is the voltage, I think.")
    (hit,) = await shown(cast, "bea", "voltage")
    assert "the [voltage], I" in hit


async def test_what_was_deleted_is_found_no_more(cast, desk):
    said = await messages.post(cast.sol, desk["lamp"], "Check the voltage.")
    assert [await found(cast, who, "voltage") for who in ALL] == [["lamp"]] * len(ALL)
    await amending.delete(cast.sol, said.id)
    assert [await found(cast, who, "voltage") for who in ALL] == [[]] * len(ALL)


async def test_what_is_said_outside_of_tickets_is_neither_found_nor_counted(cast, desk, ask):
    talk, ada = new_id(), cast.ada.user_id
    ask(
        "INSERT INTO conversation (id, kind, created_by) VALUES (%s, 'direct', %s)",
        talk,
        ada,
    )
    ask(
        "INSERT INTO message (id, conversation_id, sender_id, body, client_id)"
        " VALUES (%s, %s, %s, 'Lamps and okapis.', %s)",
        new_id(),
        talk,
        ada,
        new_id(),
    )
    assert await found(cast, "ada", "okapis") == []
    assert sorted(await found(cast, "ada", "lamp")) == ["chair", "lamp"]


async def test_a_tag_is_not_found_by_a_buyer(cast, desk, ask):
    tag = new_id()
    ask("INSERT INTO tag (id, name, created_by) VALUES (%s, 'fraud', %s)", tag, cast.ada.user_id)
    ask(
        "INSERT INTO ticket_tag (ticket_id, tag_id, added_by) VALUES (%s, %s, %s)",
        desk["rug"], tag, cast.ada.user_id,
    )  # fmt: skip
    assert await found(cast, "bea", "fraud") == []
    for who in STAFF:
        assert await found(cast, who, "fraud") == ["rug"]
        assert (await shown(cast, who, "fraud"))[0].endswith("[fraud]")


# Together with the rest of the list.


@pytest.mark.parametrize("who", ALL)
async def test_filters_and_the_order_hold_too(cast, desk, ask, who):
    ask("UPDATE ticket SET status = 'in_progress', priority = 'low' WHERE id = %s", desk["chair"])
    assert await found(cast, who, "lamp", statuses=(Status.IN_PROGRESS,)) == ["chair"]
    assert await found(cast, who, "TC-0001", statuses=(Status.IN_PROGRESS,)) == []
    assert await found(cast, who, "sol", sort=Sort.PRIORITY) == ["rug", "lamp", "chair"]
    assert await found(cast, who, "sol", starred=True) == []


@pytest.mark.parametrize("who", ALL)
async def test_pages_of_a_search_have_each_hit_once(cast, desk, who):
    filters, after, ids = Filters(text="lamp"), None, []
    for _ in range(2):
        page = await inbox.page_for(getattr(cast, who), filters, after=after, limit=1)
        ids += [placed.row.id for placed in page.rows]
        after = page.after
    assert after is None
    assert ids == [str(desk["lamp"]), str(desk["chair"])]


JUNK = [
    "'", "\\", "&", "|", "!", ":*", "<->", "(", "% _", "--", "& (", "'; DROP TABLE ticket",
    "\x00\x02\ud800", "🙂", "x" * 5000, "~d9821", "'~d9821'", "{}", "%(me)s :me", "9" * 40,
]  # fmt: skip


@pytest.mark.parametrize("text", JUNK)
async def test_junk_finds_nothing_and_breaks_nothing(cast, desk, text):
    for who in ALL:
        assert await found(cast, who, text) == [], who


# What a common word costs.


async def test_of_a_common_word_the_latest_are_found_and_the_count_says_so(cast, monkeypatch):
    monkeypatch.setattr(finding, "HITS", 5)
    for number in range(8):
        await file_ticket(cast.bea, NewTicket(f"No. {number}", "About an order."))
    filters = Filters(text="order")
    rows = (await inbox.page_for(cast.ada, filters)).rows
    assert [placed.row.subject for placed in rows] == [f"No. {n}" for n in (7, 6, 5, 4, 3)]
    assert await inbox.count_for(cast.ada, filters) == inbox.Count(5, capped=True)


@pytest.mark.parametrize("hardly_said", [0, finding.HARDLY_SAID])
@pytest.mark.parametrize("age", ["1 hour", "3 days", "40 days", "300 days", "9 years"])
async def test_a_rare_word_is_found_however_long_ago_it_was_said(
    cast, ask, monkeypatch, age, hardly_said
):
    monkeypatch.setattr(finding, "HARDLY_SAID", hardly_said)
    ticket = (await file_ticket(cast.bea, NewTicket("Heliotrope", "The word is quokka."))).id
    ask(f"UPDATE message SET created_at = now() - interval '{age}'")
    ask(
        "UPDATE ticket_words SET (subject, subject_and_people) = (SELECT v, v FROM (SELECT"
        " to_tsvector('simple', 'heliotrope bea') || array_to_tsvector(ARRAY["
        "  '~d' || d, '~m' || d / 28, '~y' || d / 364]) AS v"
        f" FROM (SELECT (now() - interval '{age}')::date - '2000-01-01'::date AS d) x) y)"
    )
    # Not among the newest, which are looked at without the index.
    monkeypatch.setattr(finding, "SAMPLE", 1)
    monkeypatch.setattr(finding, "LOOKED_AT", 1)
    await file_ticket(cast.bea, NewTicket("Another", "And another."))
    for text in ("quokka", "heliotrope", "the word is quo", "helio"):
        (placed,) = (await inbox.page_for(cast.ada, Filters(text=text))).rows
        assert placed.row.id == str(ticket), text


async def test_common_words_that_seldom_stand_together_are_found_together(cast, monkeypatch):
    bodies = ["The courier came.", "A guitar.", "The courier broke the guitar."] + ["Hello."] * 4
    for body in bodies:
        await file_ticket(cast.bea, NewTicket("A ticket", body))
    monkeypatch.setattr(finding, "SAMPLE", 6)
    for text in ("courier guitar", "courier gui", "guitar cou"):
        (placed,) = (await inbox.page_for(cast.ada, Filters(text=text))).rows
        assert placed.row.last_text == "The courier broke the guitar."
