"""All that is kept of one person, in one archive: what is in it, and who gets it."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
import zipfile
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from supportdesk import routes
from supportdesk.api.archive import Entry, Names, zipped
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import (
    amending,
    drafts,
    erasing,
    messages,
    notifications,
    person_notes,
    reactions,
    views,
)
from supportdesk.domain.commands.attachments import Sent
from supportdesk.domain.commands.filing import NewTicket, file_ticket
from supportdesk.domain.models import Audience
from supportdesk.domain.queries.personal_data import PARTS
from supportdesk.storage.store import get_store, key_of
from tests.api.conftest import SignIn, client
from tests.support import files
from tests.support.cast import Cast

OWN = routes.ACCOUNT_EXPORT


def of(person: Actor | str) -> str:
    id_ = person if isinstance(person, str) else str(person.user_id)
    return routes.PERSON_EXPORT.format(id=id_)


def opened(answer: httpx.Response) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What `data.json` says, and the files of the archive."""
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        inside = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(inside.pop("data.json")), inside


@pytest.fixture
async def ticket(cast: Cast) -> UUID:
    new = NewTicket("A lamp", "It flickers.", seller_id=cast.sol.user_id)
    return (await file_ticket(cast.bea, new)).id


@pytest.fixture
async def bea(sign_in: SignIn, cast: Cast) -> httpx.AsyncClient:
    return await sign_in(cast.bea)


@pytest.fixture
async def ada(sign_in: SignIn, cast: Cast) -> httpx.AsyncClient:
    return await sign_in(cast.ada)


async def send(
    browser: httpx.AsyncClient, actor: Actor, ticket: UUID, name: str, content: bytes
) -> None:
    file_id = (await files.upload(browser, name, content)).json()["id"]
    await messages.post(actor, ticket, "", files=[Sent(UUID(file_id), name)])


@pytest.fixture
async def history(cast: Cast, ticket: UUID, bea: httpx.AsyncClient) -> None:
    """A little of everything that a desk keeps of bea."""
    said = await messages.post(cast.bea, ticket, "It is worm.")
    await amending.edit(cast.bea, said.id, "It is warm. ☀")
    await messages.post(cast.sol, ticket, "Among us.", Audience.STAFF)
    await messages.post(cast.sol, ticket, "Unplug it.")
    await reactions.toggle(cast.bea, said.id, "👍")
    await notifications.choose(cast.bea, "sound", False)
    await views.save(cast.bea, "Late ones", "status=open")
    await person_notes.add(cast.ada, cast.bea.user_id, "Writes often")
    await send(bea, cast.bea, ticket, "lamp.png", files.picture())
    await files.upload(bea, "unsent.txt", b"not yet")
    await drafts.keep_reply(cast.bea, ticket, "Half a thought")


@pytest.mark.usefixtures("storage")
async def test_one_gets_all_that_is_kept_of_oneself(bea: httpx.AsyncClient, history: None) -> None:
    data, inside = opened(await bea.get(OWN))
    assert {*data} == {"format", "exported_at", "files", *PARTS}
    assert (data["profile"]["name"], data["profile"]["email"]) == ("Bea", "bea@demo.test")
    assert [each["started_at"] for each in data["sessions"]]
    assert data["preferences"]["sound"] is False
    assert [each["name"] for each in data["views"]] == ["Late ones"]
    assert [each["text"] for each in data["drafts"]] == ["Half a thought"]
    assert [(each["number"], each["part"]) for each in data["tickets"]] == [("TC-0001", "buyer")]
    assert [each["text"] for each in data["messages"]] == ["It flickers.", "It is warm. ☀", ""]
    assert [each["text"] for each in data["messages"][1]["earlier_versions"]] == ["It is worm."]
    assert [each["emoji"] for each in data["reactions"]] == ["👍"]
    assert [each["kind"] for each in data["notifications"]] == ["message"]
    assert {"signed_in", "view_saved"} <= {each["kind"] for each in data["account_events"]}
    assert {"ticket_filed", "message_edited"} <= {each["kind"] for each in data["ticket_events"]}
    assert inside == {
        "files/TC-0001/lamp.png": files.picture(),
        "files/not sent/unsent.txt": b"not yet",
    }
    assert [each["in_archive"] for each in data["files"]] == [*inside]


async def test_times_are_iso_and_say_their_zone(bea: httpx.AsyncClient, history: None) -> None:
    data, _ = opened(await bea.get(OWN))
    for time in (
        data["exported_at"], data["profile"]["joined_at"], data["messages"][0]["sent_at"],
        data["sessions"][0]["expires_at"], data["files"][0]["uploaded_at"],
    ):  # fmt: skip
        assert datetime.fromisoformat(time).tzinfo is not None


async def test_what_others_wrote_is_not_in_it(bea: httpx.AsyncClient, history: None) -> None:
    data, _ = opened(await bea.get(OWN))
    told = json.dumps(data)
    assert "It flickers." in told
    assert [said in told for said in ("Among us.", "Unplug it.", "Writes often")] == [False] * 3


async def test_admins_get_the_same_with_their_notes_and_without_drafts(
    ada: httpx.AsyncClient, bea: httpx.AsyncClient, cast: Cast, history: None
) -> None:
    own, own_files = opened(await bea.get(OWN))
    data, inside = opened(await ada.get(of(cast.bea)))
    assert (data["drafts"], [each["text"] for each in data["notes"]]) == ([], ["Writes often"])
    assert [(each["text"], each["by"]) for each in data["notes"]] == [("Writes often", "Ada")]
    alike = set(PARTS) - {"drafts", "notes", "account_events"}
    assert {part: data[part] for part in alike} == {part: own[part] for part in alike}
    assert own["notes"] == []
    assert inside == {name: own_files[name] for name in ["files/TC-0001/lamp.png"]}


async def test_that_it_was_taken_is_written_down(
    ada: httpx.AsyncClient, bea: httpx.AsyncClient, cast: Cast, ask: Any
) -> None:
    for browser, path in ((bea, OWN), (ada, of(cast.bea))):
        assert (await browser.get(path)).status_code == 200
    assert (await ada.head(of(cast.bea))).status_code == 200
    told = "SELECT actor_id, subject_id, audience FROM event WHERE kind = 'person_exported'"
    assert sorted(ask(told)) == sorted(
        (who.user_id, cast.bea.user_id, "admins") for who in (cast.bea, cast.ada)
    )


async def test_to_everybody_else_and_of_nobody_it_is_not_there(
    bea: httpx.AsyncClient, ada: httpx.AsyncClient, cast: Cast, sign_in: SignIn, ask: Any
) -> None:
    answers = [
        await bea.get(of(cast.ben)),
        await (await sign_in(cast.sol)).get(of(cast.bea)),
        await ada.get(of("01890000-0000-7000-8000-000000000000")),
        await ada.get(of("nonsense")),
    ]
    async with client() as nobody:
        answers += [await nobody.get(OWN), await nobody.get(of(cast.bea))]
    assert {(each.status_code, each.content, tuple(each.headers.items())) for each in answers} == {
        (404, b"Not found", tuple(answers[0].headers.items()))
    }
    assert ask("SELECT count(*) FROM event WHERE kind = 'person_exported'") == [(0,)]


async def test_another_site_does_not_have_a_browser_fetch_it(bea: httpx.AsyncClient) -> None:
    del bea.headers["Origin"]
    for site, status in (("same-origin", 200), ("none", 200), ("cross-site", 404)):
        answer = await bea.get(OWN, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == status


async def test_it_is_saved_and_kept_by_no_cache(bea: httpx.AsyncClient) -> None:
    answer = await bea.get(OWN)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith('attachment; filename="Bea 2')


async def test_a_file_that_is_gone_is_told_of_and_the_rest_is_there(
    bea: httpx.AsyncClient, cast: Cast, ticket: UUID
) -> None:
    for name in ("gone.txt", "here.txt"):
        await send(bea, cast.bea, ticket, name, name.encode())
    await get_store().delete(key_of(hashlib.sha256(b"gone.txt").hexdigest()))
    data, inside = opened(await bea.get(OWN))
    assert inside == {"files/TC-0001/here.txt": b"here.txt"}
    told = [(each["name"], each["missing"], each["in_archive"]) for each in data["files"]]
    assert told == [("gone.txt", True, None), ("here.txt", False, "files/TC-0001/here.txt")]


async def test_who_was_erased_is_exported_without_who_it_was(
    ada: httpx.AsyncClient, bea: httpx.AsyncClient, cast: Cast, history: None
) -> None:
    await erasing.erase(cast.ada, cast.bea.user_id, "Bea")
    data, inside = opened(await ada.get(of(cast.bea)))
    assert (data["profile"]["email"], data["preferences"]) == (None, None)
    assert "bea" not in json.dumps(data).lower()
    assert [*inside] == ["files/TC-0001/lamp.png"]
    assert (await bea.get(OWN)).status_code == 404


def test_names_in_the_archive_are_safe_and_no_two_alike() -> None:
    given = [
        "a.txt", "A.TXT", "a (2).txt", "../../etc/passwd", "..", "con.txt", "a:b?.png", ".profile",
        "\u202etxt.exe", "x" * 300 + ".pdf", "ü" * 200 + ".pdf", "trailing. ", "C:\\boot.ini",
    ]  # fmt: skip
    names = Names()
    paths = [names.give("files/TC-0001", each) for each in given]
    assert len({path.casefold() for path in paths}) == len(paths)
    for path in paths:
        *folders, name = path.split("/")
        assert folders == ["files", "TC-0001"]
        assert name.strip(". ") == name
        assert 0 < len(name.encode()) <= 200
        assert not set(name) & set('<>:"|?*\\\u202e')
    assert [path[14:] for path in paths[:3]] == ["a.txt", "A (2).TXT", "a (2) (2).txt"]


async def test_much_is_sent_with_little_in_memory() -> None:
    piece, pieces = bytes(256 * 1024), 400  # A hundred megabytes.

    async def content() -> Any:
        for _ in range(pieces):
            yield piece

    async def entries() -> Any:
        yield Entry("large.bin", len(piece) * pieces, content())

    tracemalloc.start()
    sent = 0
    async for each in zipped(entries()):
        sent += len(each)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent > len(piece) * pieces
    assert most < 4_000_000
