"""The lines that uploads come through, which may die without a word.

A browser that has lost its line comes back on a new one, long before the server notices: so the
newer one takes the older one's place. They all end at this one process.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from uuid import UUID

import anyio

# Nobody comes back for it, or the server in between has gone.
_SILENT_SECONDS = 60


class Cut(Exception):
    """The sender has gone away in the middle."""


class Line:
    def __init__(self) -> None:
        self._is_cut = False
        self._listening = anyio.CancelScope()
        self.ended = anyio.Event()

    def cut(self) -> None:
        self._is_cut = True
        self._listening.cancel()

    async def heard(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """What comes. Raises `Cut` after a long silence, or when somebody has cut it."""
        while not self._is_cut:
            with anyio.move_on_after(_SILENT_SECONDS) as self._listening:
                piece = await anext(pieces, None)
            if self._listening.cancelled_caught:
                break
            if piece is None:
                return
            yield piece
        raise Cut


_open: dict[UUID, Line] = {}


@contextmanager
def line_of(upload_id: UUID) -> Iterator[Line]:
    """A new one, where there is none."""
    line = _open[upload_id] = Line()
    try:
        yield line
    finally:
        del _open[upload_id]
        line.ended.set()


async def cut(upload_id: UUID) -> None:
    """End the line that there is, and wait until all that came through it has been written."""
    if line := _open.get(upload_id):
        line.cut()
        await line.ended.wait()
