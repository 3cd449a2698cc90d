"""Decoders that go wrong, as those in C do. They run in the worker, which imports this alone."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from supportdesk.storage.decoding.pictures import look_at_picture
from supportdesk.storage.decoding.worker import Seen, memory_for


def wants_all_memory(path: Path, type_: str, megapixels: int) -> Seen:
    return Seen(type_, width=len(bytearray(2 * memory_for(path, megapixels))))


def never_ends(path: Path, type_: str, _: int) -> Seen:
    while True:
        signal.pause()


def never_rests(path: Path, type_: str, _: int) -> Seen:
    while True:
        pass


def waits_its_turn(path: Path, type_: str, megapixels: int) -> Seen:
    """As long as a processor is busy with others."""
    time.sleep(2.5)
    return look_at_picture(path, type_, megapixels)


def aborts(path: Path, type_: str, _: int) -> Seen:
    os.abort()
