"""From the last byte of an upload to a file that can be sent: looked at, scanned, stored, noted."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID
from weakref import WeakValueDictionary

from supportdesk.domain import files
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import attachments
from supportdesk.domain.commands.attachments import Arrived
from supportdesk.domain.errors import NotFound, Refused
from supportdesk.storage import lines, looking, recognise, scanner, spool
from supportdesk.storage.decoding.worker import Seen
from supportdesk.storage.errors import told_plainly
from supportdesk.storage.spool import Upload
from supportdesk.storage.store import get_store, key_of, picture_key_of


async def begin(actor: Actor, name: str, size: int) -> Upload:
    """Raises `Invalid` or `Refused` for what can be refused before a byte has come."""
    files.check_size(actor.role, size)
    underway = {upload.id: upload.length for upload in spool.of(actor.user_id)}
    await attachments.check_room_for(actor, size, underway)
    return spool.begin(actor.user_id, files.clean_name(name), size, actor.session_id)


async def receive(actor: Actor, upload: Upload, offset: int, pieces: AsyncIterator[bytes]) -> int:
    """Add a piece; return how much has come by then.

    Raises `Refused`, and it is gone, where files may not be as large any more as it is.
    """
    try:
        files.check_size(actor.role, upload.length)
    except Refused:
        await lines.cut(upload.id)
        spool.discard(upload)
        raise
    return await spool.append(upload, offset, pieces)


async def finish(actor: Actor, upload: Upload) -> Arrived:
    """Check and store it. Safe to repeat until it has worked.

    Who asks again before there is an answer is told the same.

    Raises:
        NotFound: it was kept or given up before.
        Refused: the file cannot be accepted; it is gone.
        StorageFailed: it waits where it is, and may be asked for again.
    """
    turn = _turn(upload.id)
    async with turn:
        if turn.refusal:
            raise turn.refusal
        if not upload.arrived:
            raise spool.OutOfStep
        try:
            arrived = await _checked_and_stored(actor, upload)
            await attachments.keep(actor, arrived)
        except Refused as refusal:
            turn.refusal = refusal
            spool.discard(upload)
            raise
        spool.discard(upload)
        return arrived


async def give_up(actor: Actor, upload_id: UUID) -> None:
    """Also what has become a file already, or is about to, as long as it is not sent."""
    async with _turn(upload_id):
        with suppress(NotFound):
            upload = spool.find(actor.user_id, upload_id)
            await lines.cut(upload_id)
            spool.discard(upload)
        await attachments.discard(actor, upload_id)


class _Turn(asyncio.Lock):
    """Who keeps it or gives it up does so alone. It lasts while somebody has or awaits it."""

    refusal: Refused | None = None


_turns: WeakValueDictionary[UUID, _Turn] = WeakValueDictionary()


def _turn(upload_id: UUID) -> _Turn:
    return _turns.setdefault(upload_id, _Turn())


async def _checked_and_stored(actor: Actor, upload: Upload) -> Arrived:
    files.check_size(actor.role, upload.length)
    with told_plainly():
        type_ = recognise.type_of(upload.path, upload.name)
        seen = await looking.look(upload.path, type_)
        files.check_type(actor.role, seen.type)
        await scanner.scan(upload.path)
        return await _store(actor, upload, seen)


async def _store(actor: Actor, upload: Upload, seen: Seen) -> Arrived:
    sha256 = await asyncio.to_thread(_hash, upload.path)
    store = get_store()
    await attachments.claim(actor, sha256)
    if seen.picture:
        await store.put(picture_key_of(sha256), seen.picture)
    if not await store.has(key_of(sha256)):
        await store.put(key_of(sha256), upload.path)
    return Arrived(
        upload.id,
        upload.name,
        seen.type,
        upload.length,
        sha256,
        seen.width,
        seen.height,
        seen.seconds,
        pictured=bool(seen.picture),
    )


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
