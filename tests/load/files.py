"""`bin/bench files`: a large file sent to a desk and fetched again, beside the same bytes written
and read with the same library directly.

Both go to a folder of the same disk. The direct way has no network, no checks and no database; its
time is what the storage itself costs. Prints `name: value` lines; exits with 1 when a target is
missed.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
from obstore.store import LocalStore

from supportdesk.storage.store import Store
from tests.load import _large
from tests.load._machine import peak_memory
from tests.load._uploading import Visitor
from tests.support.desk import Desk, running_desk
from tests.support.seed import SELLER, Seed

# As many times as long as the direct way, at most: the bytes cross the network stack, are written
# to the spool, read for their hash, and only then written to the store.
MOST_UP, MOST_DOWN = 6.0, 3.0
MOST_MEMORY = 32.0


async def _timed(work: Callable[[], Awaitable[object]]) -> tuple[float, object]:
    began = time.perf_counter()
    result = await work()
    return time.perf_counter() - began, result


async def _read(store: Store, key: str, size: int) -> None:
    async for _ in await store.read(key, 0, size):
        pass


async def _measured(desk: Desk, folder: Path, options: argparse.Namespace) -> dict[str, float]:
    size, source = options.megabytes * 1_000_000, folder / "source"
    direct = Store(LocalStore(folder / "direct", mkdir=True))
    took: dict[str, list[float]] = {"up": [], "down": [], "write": [], "read": []}
    memory = 0.0
    async with aiohttp.ClientSession() as http:
        visitor = Visitor(http, desk, Seed(desk.owner_url).person(SELLER))
        for round_ in range(-1, options.rounds):  # The first one warms up.
            _large.text(source, size + round_ + 1)
            with peak_memory(desk) as taken:
                up, file_id = await _timed(lambda: visitor.upload(source))
                down, _ = await _timed(lambda id_=file_id: visitor.download(id_))
            key = f"round/{round_ + 1}"
            write, _ = await _timed(lambda key=key: direct.put(key, source))
            read, _ = await _timed(lambda key=key: _read(direct, key, size))
            await direct.delete(key)
            if round_ >= 0:
                memory = max(memory, taken.bytes / 2**20)
                for name, seconds in zip(took, (up, down, write, read), strict=True):
                    took[name].append(seconds)
    seconds = {name: statistics.median(times) for name, times in took.items()}
    results = {f"{name}_mb_per_s": options.megabytes / each for name, each in seconds.items()}
    results["up_ratio"] = seconds["up"] / seconds["write"]
    results["down_ratio"] = seconds["down"] / seconds["read"]
    results["server_memory_mib"] = memory
    return results


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/bench files", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200, help="how large the file is")
    parser.add_argument("--rounds", type=int, default=5, help="how often it is sent and fetched")
    options = parser.parse_args()
    with running_desk(demo=False) as desk, tempfile.TemporaryDirectory() as folder:
        results = asyncio.run(_measured(desk, Path(folder), options))
    for name, value in results.items():
        print(f"{name}: {value:.2f}")
    met = (
        results["up_ratio"] <= MOST_UP
        and results["down_ratio"] <= MOST_DOWN
        and results["server_memory_mib"] <= MOST_MEMORY
    )
    print(
        f"targets {'met' if met else 'MISSED'}: up {MOST_UP:g} times, down {MOST_DOWN:g} times,"
        f" {MOST_MEMORY:g} MiB"
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
