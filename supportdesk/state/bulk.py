"""Several tickets of the list, chosen to be changed together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

import reflex as rx

from supportdesk.domain.commands import bulk
from supportdesk.domain.commands.bulk import Change, Done, Field, Summary
from supportdesk.domain.ids import parse_id
from supportdesk.domain.queries import inbox
from supportdesk.domain.queries.filters import Filters
from supportdesk.realtime.browser import Browser
from supportdesk.state.choice import chosen
from supportdesk.state.desk import browser_of
from supportdesk.state.filters import as_text
from supportdesk.state.inbox import InboxState
from supportdesk.state.session import Effects, attempt, signed_in


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was refused, and for which tickets."""

    numbers: str
    text: str


class BulkState(rx.State):
    """`selected` has the ids, chosen in the list that `_listed` asks for: all of them if `_all`.
    `said` and `reasons` tell what became of the last change."""

    selected: dict[str, bool] = {}
    busy: bool = False
    said: str = ""
    reasons: list[Reason] = []
    can_undo: bool = False
    _anchor: str = ""
    _listed: Filters = Filters()
    _all: bool = False
    _done: tuple[Done, ...] = ()

    @rx.event
    async def pick(self, ticket_id: str, extend: bool) -> None:
        """Choose a ticket or let it go; `extend`: all from the last one that was chosen to it."""
        await signed_in(self)
        found = parse_id(ticket_id)
        if found is None:
            return
        id_, last, self._anchor = str(found), self._anchor, str(found)
        self._note_list(all_=False)
        if extend is True and last in self.selected:
            self._choose([*self.selected, *await self._between(last, id_)])
        elif id_ in self.selected:
            self.selected = {each: True for each in self.selected if each != id_}
        else:
            self._choose([*self.selected, id_])

    def _note_list(self, *, all_: bool) -> None:
        browser = browser_of(self)
        if browser is not None and browser.inbox is not None:
            self._listed = browser.inbox.key.filters
        self._all = all_

    def _arrive(self, filters: Filters) -> None:
        """What was chosen in another list is out of sight here."""
        if self.selected and filters != self._listed:
            self._forget()

    def _choose(self, ids: list[str]) -> None:
        self.selected = dict.fromkeys(list(dict.fromkeys(ids))[: bulk.MOST], True)

    async def _between(self, one: str, other: str) -> list[str]:
        """From one to the other as they stand on the screen, both included."""
        browser = browser_of(self)
        shown = _first_page(browser) if browser is not None else []
        shown += [row.id for row in (await self.get_state(InboxState)).more]
        if one not in shown or other not in shown:
            return [other]
        start, end = sorted((shown.index(one), shown.index(other)))
        return shown[start : end + 1]

    @rx.event
    async def select_all(self) -> None:
        """Choose every ticket that the filters find, as many as can be changed at once."""
        viewer = await signed_in(self)
        browser = browser_of(self)
        if browser is None or browser.inbox is None:
            return
        self._note_list(all_=True)
        page = await inbox.page_for(viewer.actor, self._listed, limit=bulk.MOST)
        self._choose([placed.row.id for placed in page.rows])

    @rx.event
    async def clear(self) -> None:
        """Choose none."""
        await signed_in(self)
        self._forget()

    def _forget(self) -> None:
        self.selected, self._anchor = {}, ""

    @rx.event
    async def change(self, field: str, value: str) -> Effects:
        """Change all that are chosen, and say what became of each."""
        viewer = await signed_in(self)
        if self.busy or not self.selected:
            return
        self.busy = True
        self._hide()
        yield None
        self.busy = False
        ids = [UUID(each) for each in self.selected]

        async def work() -> None:
            wanted = Change(chosen(Field, field), as_text(value))
            match = self._listed if self._all else None
            self._tell(await bulk.apply(viewer.actor, ids, wanted, match))
            self._forget()

        if error := await attempt(work()):
            self.said = error

    @rx.event
    async def undo(self) -> Effects:
        """Put back what the last change did."""
        viewer = await signed_in(self)
        done, self._done = self._done, ()
        if not done or self.busy:
            return
        self.busy = True
        self._hide()
        yield None
        self.busy = False
        back = await bulk.undo(viewer.actor, done)
        self.said = f"{_tickets(len(back.done))} {_is(len(back.done))} as before."
        self.reasons = _reasons(back)

    @rx.event
    async def dismiss(self) -> None:
        """It has been read."""
        await signed_in(self)
        self._hide()

    def _hide(self) -> None:
        self.said, self.reasons, self.can_undo = "", [], False

    def _tell(self, summary: Summary) -> None:
        done, same, no = len(summary.done), len(summary.unchanged), len(summary.refused)
        parts = [f"{_tickets(done)} changed."]
        if same:
            parts.append(f"{same} {_is(same)} like that already.")
        if no:
            parts.append(f"{no} could not be changed:")
        self.said, self.reasons = " ".join(parts), _reasons(summary)
        self._done, self.can_undo = summary.done, bool(summary.done)

    def _tell_closed(self, done: Done) -> None:
        """It was closed by itself, and is out of sight."""
        self.said, self.reasons = f"{done.number} is closed.", []
        self._done, self.can_undo = (done,), True


def _first_page(browser: Browser) -> list[str]:
    if browser.hold:
        places = browser.hold.places
        return sorted(places, key=lambda id_: places[id_])
    return [str(id_) for id_ in browser.inbox.listed] if browser.inbox else []


def _reasons(summary: Summary) -> list[Reason]:
    """Those of the same reason together; a ticket out of reach has no number here."""
    numbers: dict[str, list[str]] = defaultdict(list)
    for each in summary.refused:
        numbers[each.reason].append(each.number or "a ticket")
    return [Reason(", ".join(several), reason) for reason, several in numbers.items()]


def _tickets(count: int) -> str:
    return "1 ticket" if count == 1 else f"{count} tickets"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
