"""Deleting what nobody holds any more: beside the server, now and then."""

from __future__ import annotations

import asyncio
import logging

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands import attachments, notifications
from supportdesk.domain.queries.attachments import erased_among
from supportdesk.domain.queries.sessions import open_among
from supportdesk.storage import lines, spool
from supportdesk.storage.errors import StorageFailed
from supportdesk.storage.store import get_store, key_of, picture_key_of

_log = logging.getLogger(__name__)
_EVERY_SECONDS = 300


async def sweep_forever() -> None:
    while True:
        try:
            await sweep()
        except (DatabaseUnavailable, StorageFailed) as error:
            _log.warning("not all was swept: %s", error)
        except Exception:
            # As when somebody has put something else into the folder: the next time may do.
            _log.exception("not all was swept")
        await asyncio.sleep(_EVERY_SECONDS)


async def sweep() -> None:
    """Once, all that is there."""
    await asyncio.to_thread(spool.sweep)
    await _drop_of_the_gone()
    await attachments.drop_unsent()
    await notifications.forget_seen()
    # What could not be dropped this time is not tried again at once.
    while [hash_ for hash_ in await attachments.unheld() if await _drop(hash_)]:
        pass


async def _drop_of_the_gone() -> None:
    """What somebody had begun to upload when they were erased, signed out or were shut out."""
    underway = await asyncio.to_thread(spool.underway)
    erased = await erased_among({each.owner_id for each in underway})
    still_open = await open_among({each.session_id for each in underway if each.session_id})
    for each in underway:
        if each.owner_id in erased or (each.session_id and each.session_id not in still_open):
            await lines.cut(each.id)
            spool.discard(each)


async def _drop(sha256: str) -> bool:
    async def delete_bytes() -> None:
        for key in (picture_key_of(sha256), key_of(sha256)):
            await get_store().delete(key)

    return await attachments.drop(sha256, delete_bytes)
