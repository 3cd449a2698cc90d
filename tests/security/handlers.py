"""What anybody can call over the websocket, read from the app itself in a process of its own.

    python -m tests.security.handlers

prints `{"handlers": {...}, "others": [...]}`: every event handler with the names of its arguments,
and every other public or private method of the states, which must not be callable at all.
"""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Callable:
    handlers: dict[str, list[str]]
    others: list[str]


@lru_cache(maxsize=1)
def enumerate_handlers() -> Callable:
    command = [sys.executable, "-m", "tests.security.handlers"]
    found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return Callable(**json.loads(found.stdout.splitlines()[-1]))


def _print() -> None:
    from reflex.state import State
    from reflex_base.registry import RegistrationContext

    import supportdesk.supportdesk  # noqa: F401 - registers every state

    registered = RegistrationContext.get().event_handlers
    handlers = {
        name: list(inspect.signature(each.handler.fn).parameters)[1:]
        for name, each in registered.items()
    }
    others = []
    pending: list[type[State]] = [State]
    while pending:
        state = pending.pop()
        pending += state.get_substates()
        own = {name for name in dir(state) if callable(inspect.getattr_static(state, name, None))}
        own |= {name for name in dir(state) if inspect.isfunction(getattr(state, name, None))}
        others += [f"{state.get_full_name()}.{name}" for name in own]
    print(json.dumps({"handlers": handlers, "others": sorted(set(others) - handlers.keys())}))


if __name__ == "__main__":
    _print()
