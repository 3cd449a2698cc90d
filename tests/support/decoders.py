"""Decoders that go wrong, as those in C do. They run in the worker, which imports this alone."""

from __future__ import annotations

import os
import time

from supportdesk.storage import looking
from supportdesk.storage.looking import Seen


def wants_all_memory(path: str, type_: str, _: int) -> Seen:
    return Seen(type_, width=len(bytearray(looking._MEMORY_BYTES)))


def never_ends(path: str, type_: str, _: int) -> Seen:
    while True:
        time.sleep(1)


def aborts(path: str, type_: str, _: int) -> Seen:
    os.abort()
