"""The store: the same promises on a folder and on S3."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import psycopg
import pytest

from supportdesk.config import get_settings
from supportdesk.database.embedded import EmbeddedServer
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import amending, attachments, messages, moderation
from supportdesk.domain.commands.attachments import Sent
from supportdesk.domain.commands.filing import NewTicket, file_ticket
from supportdesk.domain.errors import NotFound, Refused
from supportdesk.domain.ids import new_id
from supportdesk.domain.queries.attachments import stored_for
from supportdesk.storage import spool, uploads
from supportdesk.storage import sweep as sweeping
from supportdesk.storage.errors import StorageUnavailable
from supportdesk.storage.store import get_store, key_of, picture_key_of
from supportdesk.storage.sweep import sweep
from tests.api.conftest import Settings, SignIn
from tests.support import files
from tests.support.cast import Cast
from tests.support.faults import until

LONG = bytes(range(256)) * 50_000
pytestmark = pytest.mark.usefixtures("storage")


async def whole(key: str, size: int) -> bytes:
    return b"".join([piece async for piece in await get_store().read(key, 0, size)])


async def kept(actor: Actor, name: str, content: bytes) -> attachments.Arrived:
    upload = await uploads.begin(actor, name, len(content))
    upload.path.write_bytes(content)
    return await uploads.finish(actor, upload)


def age(database: EmbeddedServer) -> None:
    """Let everything that was stored have been stored long ago."""
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("SET LOCAL ROLE supportdesk_system")
        connection.execute("UPDATE blob SET claimed_at = now() - interval '2 hours'")


async def test_what_is_put_is_read_whole_and_in_part(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(LONG)
    await get_store().put("ab/long", source)
    assert await whole("ab/long", len(LONG)) == LONG
    part = [piece async for piece in await get_store().read("ab/long", 1_000_001, 1_000_005)]
    assert b"".join(part) == LONG[1_000_001:1_000_005]
    assert await get_store().has("ab/long")


async def test_what_is_deleted_is_gone_and_may_be_deleted_again() -> None:
    await get_store().put("ab/short", b"hello")
    for _ in range(2):
        await get_store().delete("ab/short")
    assert not await get_store().has("ab/short")
    with pytest.raises(StorageUnavailable):
        await get_store().read("ab/short", 0, 5)


async def test_the_same_content_is_stored_once_for_all(cast: Cast) -> None:
    first = await kept(cast.bea, "one.png", files.picture())
    second = await kept(cast.sol, "two.png", files.picture())
    assert first.id != second.id
    assert first.sha256 == second.sha256
    assert await whole(key_of(first.sha256), first.size) == files.picture()


async def test_what_no_message_holds_is_swept_and_what_one_holds_is_not(
    cast: Cast, database: EmbeddedServer
) -> None:
    sent = await kept(cast.bea, "sent.png", files.picture())
    shared = await kept(cast.bea, "shared.txt", b"shared")
    given_up = [
        await kept(cast.bea, "given-up.png", files.picture(colour="navy")),
        await kept(cast.bea, "shared-too.txt", b"shared"),
    ]
    given = (Sent(sent.id, "sent.png"), Sent(shared.id, "shared.txt"))
    await file_ticket(cast.bea, NewTicket("Files", "Here.", files=given))
    for each in given_up:
        await attachments.discard(cast.bea, each.id)
    await sweep()  # What was stored just now may yet be said to be somebody's.
    assert await get_store().has(key_of(given_up[0].sha256))
    age(database)
    await sweep()
    assert not await get_store().has(key_of(given_up[0].sha256))
    assert not await get_store().has(picture_key_of(given_up[0].sha256))
    assert await get_store().has(key_of(shared.sha256))
    assert await get_store().has(picture_key_of(sent.sha256))


async def test_who_stores_it_while_it_is_swept_has_it_in_the_end(
    cast: Cast, database: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = await kept(cast.bea, "a.txt", b"the same")
    await attachments.discard(cast.bea, gone.id)
    age(database)
    await sweep_while_storing(cast, monkeypatch)
    assert await get_store().has(key_of(gone.sha256))
    age(database)
    await sweep()
    assert await get_store().has(key_of(gone.sha256))


async def sweep_while_storing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ben uploads the very bytes in the moment in which they are about to be deleted."""
    store, storing = get_store(), []
    really_delete, really_claim = store.delete, attachments.claim
    stored_by_ben = asyncio.Event()

    async def claim(actor: Actor, sha256: str) -> None:
        stored_by_ben.set()
        await really_claim(actor, sha256)

    async def delete(key: str) -> None:
        if not storing:
            storing.append(asyncio.create_task(kept(cast.ben, "b.txt", b"the same")))
            await stored_by_ben.wait()
        await really_delete(key)

    monkeypatch.setattr(store, "delete", delete)
    monkeypatch.setattr(attachments, "claim", claim)
    await sweep()
    await storing[0]


async def test_what_was_never_sent_is_forgotten_after_a_week(
    cast: Cast, database: EmbeddedServer
) -> None:
    old = await kept(cast.bea, "old.txt", b"old")
    new = await kept(cast.bea, "new.txt", b"new")
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("SET LOCAL ROLE supportdesk_system")
        connection.execute(
            "UPDATE attachment SET created_at = now() - interval '8 days' WHERE id = %s", [old.id]
        )
    age(database)
    await sweep()
    assert not await get_store().has(key_of(old.sha256))
    assert await get_store().has(key_of(new.sha256))


async def test_what_was_in_a_deleted_message_is_gone_from_view_at_once_and_soon_from_storage(
    cast: Cast, database: EmbeddedServer, sign_in: SignIn
) -> None:
    ticket = (await file_ticket(cast.bea, NewTicket("Files", "Here."))).id
    file = await kept(cast.bea, "a.txt", b"taken back")
    message = await messages.post(cast.bea, ticket, "", files=[Sent(file.id, "a.txt")])
    bea = await sign_in(cast.bea)
    assert (await bea.get(f"/attachments/{file.id}")).content == b"taken back"
    await amending.delete(cast.bea, message.id)
    assert (await bea.get(f"/attachments/{file.id}")).status_code == 404
    age(database)
    await sweep()
    assert not await get_store().has(key_of(file.sha256))


async def test_what_was_in_a_deleted_ticket_is_gone_from_view_at_once_and_soon_from_storage(
    cast: Cast, database: EmbeddedServer, sign_in: SignIn
) -> None:
    file = await kept(cast.bea, "lamp.png", files.picture())
    new = NewTicket("Files", "Here.", files=(Sent(file.id, "lamp.png"),))
    ticket = await file_ticket(cast.bea, new)
    readers = [await sign_in(cast.bea), await sign_in(cast.ada)]
    paths = (f"/attachments/{file.id}", f"/attachments/{file.id}/thumbnail")
    for status in (200, 404):
        answers = [(await each.get(path)).status_code for each in readers for path in paths]
        assert answers == [status] * 4
        if status == 200:
            await moderation.delete_ticket(cast.ada, ticket.id, f"TC-{ticket.number:04}")
    assert len(await files.stored_keys()) == 2
    age(database)
    await sweep()
    assert await files.stored_keys() == set()


async def test_what_there_was_no_room_for_is_not_kept(
    cast: Cast, database: EmbeddedServer, settings: Settings
) -> None:
    settings(buyer_storage_megabytes=2)
    first, second = [await uploads.begin(cast.bea, f"{n}.txt", 600_000) for n in range(2)]
    for letter, each in ((b"a", first), (b"b", second)):
        each.path.write_bytes(letter * 600_000)
    stored = await uploads.finish(cast.bea, first)
    settings(buyer_storage_megabytes=1)
    with pytest.raises(Refused, match="which is the most"):
        await uploads.finish(cast.bea, second)
    age(database)
    await sweep()
    assert await files.stored_keys() == {key_of(stored.sha256)}


async def test_while_the_store_is_away_nothing_is_lost_and_nothing_half_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await uploads.begin(cast.bea, "a.txt", 5)
    upload.path.write_bytes(b"hello")
    with monkeypatch.context() as away:
        if get_settings().storage_url:
            away.setenv("SUPPORTDESK_STORAGE_URL", "s3://desk?endpoint=http://127.0.0.1:1")
        else:
            (get_settings().home / "files").write_text("in the way")
        get_settings.cache_clear()
        get_store.cache_clear()
        with pytest.raises(StorageUnavailable, match="cannot reach its file storage"):
            await uploads.finish(cast.bea, upload)
        with pytest.raises(NotFound):
            await stored_for(cast.bea, upload.id)
    (get_settings().home / "files").unlink(missing_ok=True)
    get_settings.cache_clear()
    get_store.cache_clear()
    await uploads.finish(cast.bea, upload)
    assert (await stored_for(cast.bea, upload.id)).size == 5


async def test_an_upload_that_nobody_goes_on_with_is_swept(cast: Cast) -> None:
    old, new = [await uploads.begin(cast.bea, name, 10) for name in ("old", "new")]
    long_ago = time.time() - 2 * 24 * 3600
    os.utime(old.path, (long_ago, long_ago))
    await sweep()
    assert [each.id for each in spool.of(cast.bea.user_id)] == [new.id]
    assert len(list((get_settings().home / "uploads").iterdir())) == 2


async def test_what_a_crash_has_left_half_of_is_swept(cast: Cast) -> None:
    old, new, whole = [await uploads.begin(cast.bea, name, 10) for name in "abc"]
    long_ago = time.time() - 2 * 24 * 3600
    for each in (old, new):
        said = each.path.with_suffix(".json")
        said.rename(said.with_suffix(".new"))
    for path in (old.path, old.path.with_suffix(".new")):
        os.utime(path, (long_ago, long_ago))
    without_bytes = await uploads.begin(cast.bea, "d", 10)
    without_bytes.path.unlink()
    assert without_bytes.id in {each.id for each in spool.of(cast.bea.user_id)}
    await sweep()
    # What is just being begun has no more either.
    left = {each.name for each in (get_settings().home / "uploads").iterdir()}
    assert left == {f"{new.id}.part", f"{new.id}.new", f"{whole.id}.part", f"{whole.id}.json"}


async def test_the_sweep_outlasts_what_nobody_has_thought_of(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sweeping, "_EVERY_SECONDS", 0.05)
    upload = await uploads.begin(cast.bea, "a", 10)
    upload.path.unlink()
    in_the_way = upload.path.with_name(f"{new_id()}.json")
    in_the_way.mkdir()
    forever = asyncio.create_task(sweeping.sweep_forever())
    await until(lambda: "IsADirectoryError" in caplog.text)
    in_the_way.rmdir()
    await until(lambda: not upload.path.with_suffix(".json").exists())
    forever.cancel()


async def test_the_sweep_forgets_notifications_that_were_seen_long_ago(
    cast: Cast, database: EmbeddedServer
) -> None:
    await file_ticket(cast.bea, NewTicket("A lamp", "It flickers.", seller_id=cast.sol.user_id))
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("UPDATE notification SET read_at = now() - interval '31 days'")
        assert owner.execute("SELECT FROM notification").rowcount > 0
        await sweep()
        assert owner.execute("SELECT FROM notification").rowcount == 0
