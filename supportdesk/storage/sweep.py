"""Deleting what nobody holds any more: beside the server, now and then."""

from __future__ import annotations

import asyncio
import logging

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands import attachments
from supportdesk.domain.queries.attachments import erased_among
from supportdesk.storage import spool
from supportdesk.storage.errors import StorageFailed
from supportdesk.storage.store import get_store, key_of, picture_key_of

_log = logging.getLogger(__name__)
_EVERY_SECONDS = 300


async def sweep_forever() -> None:
    while True:
        try:
            await sweep()
        except (DatabaseUnavailable, StorageFailed) as error:
            _log.warning("files were not swept: %s", error)
        await asyncio.sleep(_EVERY_SECONDS)


async def sweep() -> None:
    """Once, all that is there."""
    await asyncio.to_thread(spool.sweep)
    await _drop_of_erased()
    await attachments.drop_unsent()
    # What could not be dropped this time is not tried again at once.
    while [hash_ for hash_ in await attachments.unheld() if await _drop(hash_)]:
        pass


async def _drop_of_erased() -> None:
    """What somebody had begun to upload when they were erased."""
    owners = await asyncio.to_thread(spool.owners)
    for owner in await erased_among(owners):
        for upload in await asyncio.to_thread(spool.of, owner):
            spool.discard(upload)


async def _drop(sha256: str) -> bool:
    async def delete_bytes() -> None:
        for key in (picture_key_of(sha256), key_of(sha256)):
            await get_store().delete(key)

    return await attachments.drop(sha256, delete_bytes)
