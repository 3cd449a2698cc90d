"""Processes that we start and that never outlive us.

Each one leads a process group of its own, so that Ctrl-C reaches us alone and we decide who goes
first, and so that its own children go with it.
"""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIG_IGN, SIGHUP, SIGINT, SIGTERM
from types import FrameType
from typing import IO

SIGNALS = (SIGINT, SIGTERM, SIGHUP)


class Stopped(BaseException):
    """We were asked to end, by Ctrl-C or SIGTERM. Not an error, so not an Exception."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn the first request to end into `Stopped`, and let nothing disturb the ending."""
    # A command started with nohup goes on when its terminal closes.
    heeded = [each for each in SIGNALS if each != SIGHUP or signal.getsignal(SIGHUP) != SIG_IGN]
    before = {each: signal.signal(each, _stop) for each in heeded}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _stop(number: int, _: FrameType | None) -> None:
    for each in SIGNALS:
        signal.signal(each, SIG_IGN)
    raise Stopped


@contextmanager
def started(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    env: dict[str, str],
    output: IO[bytes] | None = None,
    patience: float = 8,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command for as long as the block does.

    Its standard input is a pipe that nobody writes to: when it ends, we are gone. That holds on
    every system, also where we were killed without a chance to say so.
    """
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin:
            process.stdin.close()


def run(command: Sequence[str | Path], *, cwd: Path, env: dict[str, str], output: IO[bytes]) -> int:
    """Run a command to its end and return its exit code."""
    with started(command, cwd=cwd, env=env, output=output) as process:
        return process.wait()
