"""What a page is asked for stands behind the `?` of its address."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

import reflex as rx
from reflex.event import EventSpec

# Whoever has chosen another page is still on this one until that page's code has come.
_GOING_TO = "window.__reactRouterDataRouter?.state.navigation.location"
# Nobody chooses so often before the page has followed once.
_MOST_UNDER_WAY = 20


class AskingState(rx.State):
    """What a tab was sent to and has not come to yet: until then its browser still tells of the
    address before, and what is chosen meanwhile would take back what was chosen first."""

    _under_way: list[tuple[str, str]] = []

    def _arrive(self) -> None:
        """Whoever comes to one of them has it behind them, and those before it."""
        url = self.router.url
        for step, (place, query) in enumerate(self._under_way):
            if _is_below(url.path, place) and parse_qsl(query) == parse_qsl(url.query):
                self._under_way = self._under_way[step + 1 :]
                return
        self._under_way = []

    def _query(self) -> str:
        """Of the address that this tab has, or will have in a moment."""
        url = self.router.url
        if self._under_way and _is_below(url.path, self._under_way[-1][0]):
            return self._under_way[-1][1]
        return str(url.query)

    def _note(self, place: str, query: str) -> None:
        self._under_way = [*self._under_way, (place, query)][-_MOST_UNDER_WAY:]


def _is_below(path: str, place: str) -> bool:
    return f"{path}/".startswith(f"{place}/")


async def query_of(state: rx.State) -> dict[str, str]:
    """What the page is asked for, to choose something else beside it."""
    return dict(parse_qsl((await state.get_state(AskingState))._query()))


async def ask_beside(
    state: rx.State, place: str, query: str, *, replace: bool = False
) -> EventSpec:
    """As `ask`, with something of what `query_of` says kept."""
    (await state.get_state(AskingState))._note(place, query)
    return ask(place, query, replace=replace)


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
