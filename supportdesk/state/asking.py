"""What a page is asked for stands behind the `?` of its address."""

from __future__ import annotations

import json

import reflex as rx
from reflex.event import EventSpec

# Whoever has chosen another page is still on this one until that page's code has come.
_GOING_TO = "window.__reactRouterDataRouter?.state.navigation.location"


def ask(place: str, query: str, *, replace: bool = False, keep_place: bool = False) -> EventSpec:
    """Ask the page at `place`, or one below it, for something else; `keep_place` goes on to what
    the address names behind its `#`.

    Nothing happens when its reader has gone on, or is about to: an answer may be late, and what
    was typed a moment before the page was left is sent after it.
    """
    is_there = f"(({_GOING_TO} ?? location).pathname + '/').startsWith({json.dumps(place + '/')})"
    # `navigate` is the router's, as Reflex has it at hand for its own redirects.
    to = json.dumps("?" + query) + (" + location.hash" if keep_place else "")
    go = f"navigate({to}, {json.dumps({'replace': replace})})"
    return rx.call_script(f"{is_there} && {go}")
