"""The filters of the list. They live in the address; here is what the bar shows of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk import routes
from supportdesk.domain.actor import Role
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority, TicketType
from supportdesk.domain.queries.choices import (
    Choices,
    Named,
    choices_for,
    names_of,
    people_called,
)
from supportdesk.domain.queries.filters import ME, NOBODY, Filters, Sort, parse, spell
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.state.asking import ask_beside, query_of
from supportdesk.state.desk import browser_of
from supportdesk.state.session import Effects, signed_in

# What is typed stays in the browser, which searches by itself; until something is typed, the box
# shows what the address says.
AS_IN_ADDRESS = "\x00"
search_text = ClientStateVar.create("search_text", default=AS_IN_ADDRESS)

_CHOSEN = (
    "status", "priority", "type", "assignee", "team", "tag", "role", "buyer", "seller", "sort",
)  # fmt: skip
_SWITCHED = ("starred", "unread", "overdue")
_PARTIES = {"buyer": Role.BUYER, "seller": Role.SELLER}
_OF_ALL: dict[str, Any] = {"role": None, "buyer": "", "seller": ""}
_STAFF_ONLY: dict[str, Any] = {"assignee": "", "team": "", "tag": "", "overdue": False}


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is on; `query` is the address without it."""

    label: str
    query: str


def asked_for(state: rx.State, role: Role) -> Filters:
    """The filters in the address of the page that sent this event."""
    return _of_role(parse(dict(parse_qsl(state.router.url.query))), role)


def _of_role(filters: Filters, role: Role) -> Filters:
    """Buyers do not learn who works on their tickets when, so they cannot ask for it either. Whose
    tickets they are is asked by those who see everybody's."""
    if role is Role.ADMIN:
        return filters
    others = _OF_ALL if role is Role.SELLER else {**_OF_ALL, **_STAFF_ONLY}
    unknown = tuple(each for each in filters.unknown if each[0] not in others)
    sort = Sort.ACTIVITY if role is Role.BUYER and filters.sort is Sort.DUE else filters.sort
    return replace(filters, sort=sort, unknown=unknown, **others)


def as_text(value: object) -> str:
    """What a browser sent as text; anything else counts as none."""
    return value if isinstance(value, str) else ""


def as_link(filters: Filters) -> str:
    """To the list, or the ticket beside it, as one has them before oneself."""
    return routes.asking(spell(filters))


class FilterState(rx.State):
    """`query` is what links from the list to a ticket end with; empty or with its `?`."""

    query: str = ""
    asks: bool = False
    statuses: list[str] = []
    priority: str = ""
    type: str = ""
    assignee: str = ""
    team: str = ""
    tag: str = ""
    role: str = ""
    party_names: dict[str, str] = {}
    found_people: list[Named] = []
    sort: str = Sort.ACTIVITY.value
    starred: bool = False
    unread: bool = False
    overdue: bool = False
    chips: list[Chip] = []
    cleared: str = "?"
    assignees: list[Named] = []
    former_assignees: list[Named] = []
    teams: list[Named] = []
    tags: list[Named] = []
    _searched: str = ""

    @rx.event
    async def choose(self, name: str, value: str) -> EventSpec | None:
        """Choose an option of a combobox; choosing a status again takes it off."""
        if name not in _CHOSEN:
            return None
        query, value = await query_of(self), as_text(value)
        if name == "status" and value:
            on = parse(query).statuses
            value = ",".join(each for each in Status if (each in on) != (each == value))
        return await self._go({**query, name: value})

    @rx.event
    async def switch(self, name: str) -> EventSpec | None:
        """Turn one of the yes-or-no filters on or off."""
        if name not in _SWITCHED:
            return None
        query = await query_of(self)
        return await self._go({**query, name: "" if query.get(name) == "1" else "1"})

    @rx.event
    async def search(self, text: str) -> EventSpec | None:
        """Sent a moment after typing has stopped. Only the first search is a step back goes to."""
        before = await query_of(self)
        query = {**before, "q": as_text(text)}
        searched_before = bool(parse(before).text)
        self._searched = parse(query).text
        return await self._go(query, replace=searched_before)

    @rx.event
    async def clear_search(self) -> Effects:
        """Search for nothing, and empty the box."""
        self._searched = ""
        yield search_text.push("")
        yield await self._go({**await query_of(self), "q": ""}, replace=True)

    async def _go(self, query: dict[str, str], *, replace: bool = False) -> EventSpec | None:
        viewer = await signed_in(self)
        role = viewer.actor.role
        wanted = _of_role(parse(query), role)
        if wanted == _of_role(parse(await query_of(self)), role):
            return None
        return await ask_beside(self, routes.tickets(role.value), spell(wanted), replace=replace)

    @rx.event
    async def find_people(self, party: str, text: str) -> None:
        """Offer the buyers or sellers whom what is typed may mean."""
        viewer = await signed_in(self)
        role = _PARTIES.get(as_text(party))
        if role is not None and viewer.actor.role is Role.ADMIN:
            self.found_people = list(await people_called(viewer.actor, role, as_text(text)))

    @rx.event
    async def reread_choices(self) -> None:
        """Sent when there is something else to choose from, and by who goes to the assignees."""
        browser = browser_of(self)
        if browser is None or browser.inbox is None:
            return
        browser.choices_asked = False
        await self._offer(await signed_in(self), browser.inbox.key.filters)

    async def _offer(self, viewer: Viewer, filters: Filters) -> None:
        """Bring what can be chosen up to date, and the names of what is."""
        choices = await choices_for(viewer.actor)
        self.assignees = list(choices.assignees)
        self.former_assignees = list(choices.former_assignees)
        self.teams, self.tags = list(choices.teams), list(choices.tags)
        self.party_names = await self._names(viewer, filters)
        self.chips = list(_chips(filters, choices, self.party_names))

    async def _names(self, viewer: Viewer, filters: Filters) -> dict[str, str]:
        asked = {party: getattr(filters, party) for party in _PARTIES}
        if not any(asked.values()):
            return {}
        names = await names_of(viewer.actor, [id_ for id_ in asked.values() if id_])
        return {party: names.get(id_, "Somebody") for party, id_ in asked.items() if id_}

    async def _arrive(self, viewer: Viewer, filters: Filters) -> EventSpec | None:
        """Show these filters. A search that was not typed here is put into the box."""
        await self._offer(viewer, filters)
        spelled = spell(filters)
        self.query, self.asks = f"?{spelled}" if spelled else "", filters.asks
        self.statuses = [status.value for status in filters.statuses]
        self.priority, self.type = filters.priority or "", filters.type or ""
        self.assignee, self.team, self.tag = filters.assignee, filters.team, filters.tag
        self.role = filters.role or ""
        self.starred, self.unread = filters.starred, filters.unread
        self.overdue, self.sort = filters.overdue, filters.sort.value
        self.cleared = as_link(Filters(sort=filters.sort))
        if filters.text == self._searched:
            return None
        self._searched = filters.text
        return search_text.push(AS_IN_ADDRESS)


def _chips(filters: Filters, choices: Choices, parties: dict[str, str]) -> list[Chip]:
    """One for each status, and for everything else that is asked for."""
    chips = [
        Chip(status.label, as_link(replace(filters, statuses=_without(filters, status))))
        for status in filters.statuses
    ]
    labels = {
        "priority": Priority(filters.priority).label if filters.priority else "",
        "type": TicketType(filters.type).label if filters.type else "",
        "assignee": _assignee(filters.assignee, choices),
        "team": _named(filters.team, choices.teams, "A team"),
        "tag": _named(filters.tag, choices.tags, "A tag"),
        "role": f"Filed by {filters.role}s" if filters.role else "",
        **{party: f"{party.capitalize()}: {name}" for party, name in parties.items()},
        **{name: name.capitalize() if getattr(filters, name) else "" for name in _SWITCHED},
        "text": f"“{filters.text}”" if filters.text else "",
    }
    for name, label in labels.items():
        if label:
            empty = getattr(Filters(), name)
            chips.append(Chip(label, as_link(replace(filters, **{name: empty}))))
    for name, value in filters.unknown:
        rest = tuple(each for each in filters.unknown if each[0] != name)
        chips.append(Chip(f"No such {name}: {value}", as_link(replace(filters, unknown=rest))))
    return chips


def _without(filters: Filters, status: Status) -> tuple[Status, ...]:
    return tuple(each for each in filters.statuses if each is not status)


def _assignee(assignee: str, choices: Choices) -> str:
    if assignee == ME:
        return "Assigned to me"
    if assignee == NOBODY:
        return "Unassigned"
    return _named(assignee, choices.assignees + choices.former_assignees, "Somebody")


def _named(id_: str, choices: tuple[Named, ...], otherwise: str) -> str:
    return next((each.name for each in choices if each.id == id_), otherwise) if id_ else ""
