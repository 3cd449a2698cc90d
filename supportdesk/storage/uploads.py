"""From the last byte of an upload to a file that can be sent: looked at, scanned, stored, noted."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

from supportdesk.domain import files
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import attachments
from supportdesk.domain.commands.attachments import Arrived
from supportdesk.domain.errors import Refused
from supportdesk.storage import looking, recognise, scanner, spool
from supportdesk.storage.errors import told_plainly
from supportdesk.storage.looking import Seen
from supportdesk.storage.spool import Upload
from supportdesk.storage.store import get_store, key_of, picture_key_of


async def begin(actor: Actor, name: str, size: int) -> Upload:
    """Raises `Invalid` or `Refused` for what can be refused before a byte has come."""
    files.check_size(actor.role, size)
    await attachments.check_room_for(actor, size + sum(u.length for u in spool.of(actor.user_id)))
    return spool.begin(actor.user_id, files.clean_name(name), size)


async def finish(actor: Actor, upload: Upload) -> Arrived:
    """Check and store it. Safe to repeat until it has worked.

    Raises:
        Refused: the file cannot be accepted; it is gone.
        StorageFailed: it waits where it is, and may be asked for again.
    """
    if not upload.arrived:
        raise spool.OutOfStep
    try:
        with told_plainly():
            type_ = recognise.type_of(upload.path, upload.name)
            seen = await looking.look(upload.path, type_)
            files.check_type(actor.role, seen.type)
            await scanner.scan(upload.path)
            arrived = await _store(actor, upload, seen)
        await attachments.keep(actor, arrived)
    except Refused:
        spool.discard(upload)
        raise
    spool.discard(upload)
    return arrived


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
