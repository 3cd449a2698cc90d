"""Which messages a view need not read once more when their bell rings."""

from __future__ import annotations

from collections import deque
from uuid import UUID

# Messages that were told of before their bell rang, which it soon does.
_REMEMBERED = 64


class Told:
    """What was said at this process is told already when its bell rings, or about to be."""

    def __init__(self) -> None:
        self._posting = 0
        self._told: deque[UUID] = deque(maxlen=_REMEMBERED)
        self._rung: set[UUID] = set()

    def begin(self) -> None:
        """Somebody posts, and what follows on it is read with it; `end` has to follow."""
        self._posting += 1

    def end(self, message_id: UUID | None = None) -> bool:
        """The message was told of, or none was. Whether there may be others to tell of."""
        self._posting -= 1
        if message_id is not None:
            self._told.append(message_id)
        rung, self._rung = self._rung, set()
        return bool(rung - {message_id})

    def knows(self, message_id: UUID | None) -> bool:
        """Its bell rings: whether nothing is to be done about it now."""
        if message_id is None:
            return False
        if message_id in self._told:
            return True
        if self._posting:
            self._rung.add(message_id)
        return self._posting > 0
