"""`bin/bench history`: opening a long conversation beside a short one, in turns at the same desk.

For each: milliseconds from connecting a new tab until it shows the last message and follows
the conversation, and processor time of the server. The machine is the same for both, so
what counts are the ratios. Prints `name: value` lines; exits with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time

import aiohttp

from tests.load._machine import web_server
from tests.support.browsers import Browsers
from tests.support.desk import Desk, running_desk
from tests.support.seed import BUYER, SELLER, Person, Seed, SeededTicket

MOST = 1.2


async def _opened(browsers: Browsers, person: Person, ticket: SeededTicket, last: int) -> float:
    tab = browsers.new(person)
    began = time.perf_counter()
    await tab.visit(person.page(ticket))
    await tab.until(lambda b: bool(b.lines) and b.lines[-1]["seq"] == last)
    took = time.perf_counter() - began
    await tab.cut()
    return took * 1000


async def _measured(desk: Desk, options: argparse.Namespace) -> dict[str, float]:
    seed, server = Seed(desk.owner_url), web_server(desk)
    buyer, seller = seed.person(BUYER), seed.person(SELLER)
    sizes = {"short": options.short, "long": options.long}
    tickets = {name: seed.ticket(buyer, seller, messages=size) for name, size in sizes.items()}
    took: dict[str, list[float]] = {name: [] for name in sizes}
    used: dict[str, float] = dict.fromkeys(sizes, 0.0)
    async with aiohttp.ClientSession() as http:
        browsers = Browsers(http, desk)
        for round_ in range(-3, options.rounds):  # The first few warm up.
            for name, ticket in tickets.items():
                before = server.cpu_seconds()
                milliseconds = await _opened(browsers, buyer, ticket, sizes[name])
                if round_ >= 0:
                    took[name].append(milliseconds)
                    used[name] += (server.cpu_seconds() - before) * 1000 / options.rounds
        await browsers.close()
    results = {f"{name}_p50_ms": statistics.median(times) for name, times in took.items()}
    results |= {f"{name}_cpu_ms": cpu for name, cpu in used.items()}
    return results


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/bench history", description=__doc__)
    parser.add_argument("--short", type=int, default=50, help="messages of the short conversation")
    parser.add_argument("--long", type=int, default=10_000, help="messages of the long one")
    parser.add_argument("--rounds", type=int, default=40, help="how often each is opened")
    options = parser.parse_args()
    with running_desk(demo=False) as desk:
        results = asyncio.run(_measured(desk, options))
    for what in ("p50", "cpu"):
        results[f"{what}_ratio"] = results[f"long_{what}_ms"] / results[f"short_{what}_ms"]
    for name, value in results.items():
        print(f"{name}: {value:.2f}")
    met = results["p50_ratio"] <= MOST
    print(f"target {'met' if met else 'MISSED'}: at most {MOST} times the time of the short one")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
