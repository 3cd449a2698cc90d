"""`bin/bench history`: opening a long conversation beside a short one, in turns at the same desk.

The long one is opened at its end, and where the rest begins for who has read a tenth of it.
For each: milliseconds from connecting a new tab until it shows that place and follows the
conversation, and processor time of the server. The machine is the same for all, so what counts are
the ratios. Prints `name: value` lines; exits with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from dataclasses import dataclass

import aiohttp

from tests.load._machine import web_server
from tests.support.browsers import Browsers
from tests.support.desk import Desk, running_desk
from tests.support.seed import BUYER, SELLER, Person, Seed, SeededTicket

MOST = 1.2


@dataclass(frozen=True, slots=True)
class _Case:
    """`read` is how far it has been read, 0 for never; the tab is to show the line at `place`."""

    ticket: SeededTicket
    read: int
    place: int


async def _opened(browsers: Browsers, person: Person, case: _Case) -> float:
    tab = browsers.new(person)
    began = time.perf_counter()
    await tab.visit(person.page(case.ticket))
    await tab.until(lambda b: any(line["seq"] == case.place for line in b.lines))
    took = time.perf_counter() - began
    await tab.cut()
    return took * 1000


async def _measured(desk: Desk, options: argparse.Namespace) -> dict[str, float]:
    seed, server = Seed(desk.owner_url), web_server(desk)
    buyer, seller = seed.person(BUYER), seed.person(SELLER)

    def case(size: int, read: int) -> _Case:
        return _Case(seed.ticket(buyer, seller, messages=size), read, read + 1 if read else size)

    cases = {
        "short": case(options.short, 0),
        "long": case(options.long, 0),
        "unread": case(options.long, options.long // 10),
    }
    took: dict[str, list[float]] = {name: [] for name in cases}
    used: dict[str, float] = dict.fromkeys(cases, 0.0)
    async with aiohttp.ClientSession() as http:
        browsers = Browsers(http, desk)
        for round_ in range(-3, options.rounds):  # The first few warm up.
            for name, each in cases.items():
                seed.has_read(buyer, each.ticket, each.read)
                before = server.cpu_seconds()
                milliseconds = await _opened(browsers, buyer, each)
                if round_ >= 0:
                    took[name].append(milliseconds)
                    used[name] += (server.cpu_seconds() - before) * 1000 / options.rounds
        await browsers.close()
    results = {f"{name}_p50_ms": statistics.median(times) for name, times in took.items()}
    results |= {f"{name}_cpu_ms": cpu for name, cpu in used.items()}
    return results


def _ratios(results: dict[str, float]) -> dict[str, float]:
    return {
        f"{name}_{what}_ratio": results[f"{name}_{what}_ms"] / results[f"short_{what}_ms"]
        for name in ("long", "unread")
        for what in ("p50", "cpu")
    }


def measured(options: argparse.Namespace) -> dict[str, float]:
    with running_desk(demo=False) as desk:
        return asyncio.run(_measured(desk, options))


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/bench history", description=__doc__)
    parser.add_argument("--short", type=int, default=50, help="messages of the short conversation")
    parser.add_argument("--long", type=int, default=10_000, help="messages of the long one")
    parser.add_argument("--rounds", type=int, default=40, help="how often each is opened")
    results = measured(parser.parse_args())
    ratios = _ratios(results)
    for name, value in (results | ratios).items():
        print(f"{name}: {value:.2f}")
    met = all(ratios[f"{name}_p50_ratio"] <= MOST for name in ("long", "unread"))
    print(f"target {'met' if met else 'MISSED'}: at most {MOST} times the time of the short one")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
