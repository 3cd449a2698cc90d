"""Every HTTP route and mount of the whole server, read from the app in a process of its own.

    python -m tests.security.http_routes

prints a list of paths; a mount ends in `/*`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import lru_cache
from typing import Any

from supportdesk.serving import frontend, server
from tests.security.handlers import ROOT


@lru_cache(maxsize=1)
def enumerate_routes() -> list[str]:
    command = [sys.executable, "-m", "tests.security.http_routes"]
    environment = server._environment(frontend.ensure())
    found = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return list(json.loads(found.stdout.splitlines()[-1]))


def _inside(app: Any) -> list[Any]:
    """The apps that an app is wrapped around: as an attribute, or in its closure."""
    cells = getattr(app, "__closure__", None) or ()
    held = [getattr(app, "app", None), *(cell.cell_contents for cell in cells)]
    return [each for each in held if callable(each)]


def _walk(app: Any, prefix: str, seen: set[int]) -> list[str]:
    if id(app) in seen:
        return []
    seen.add(id(app))
    found = []
    for route in getattr(app, "routes", None) or []:
        path = prefix + route.path
        if hasattr(route, "methods"):
            found.append(path)
            continue
        below = _walk(route.app, path, seen)
        found += below or [f"{path}/*"]
    for each in _inside(app):
        found += _walk(each, prefix, seen)
    return found


def _print() -> None:
    from supportdesk.supportdesk import app

    print(json.dumps(sorted(set(_walk(app(), "", set())))))


if __name__ == "__main__":
    os.environ.setdefault("REFLEX_TELEMETRY_ENABLED", "false")
    _print()
