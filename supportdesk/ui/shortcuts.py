"""Every action that a key or the palette offers, once: keys, palette and help are made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority
from supportdesk.state.bulk import BulkState
from supportdesk.state.details import DetailsState
from supportdesk.state.new_ticket import NewTicketState, dialog_open
from supportdesk.state.outbox import MESSAGE_BOX
from supportdesk.state.palette import PaletteState, typed
from supportdesk.state.preview import PreviewState
from supportdesk.state.session import SessionState
from supportdesk.state.standing import StandingState
from supportdesk.state.thread import ThreadState
from supportdesk.state.unsaved import unsaved
from supportdesk.ui import focus, panels
from supportdesk.ui.address import open_number
from supportdesk.ui.details import details_opened_for, move, toggle_star
from supportdesk.ui.find_messages import opens_find_messages
from supportdesk.ui.hotkeys import hotkey
from supportdesk.ui.places import TICKETS, places

PALETTE, HELP = "palette", "shortcuts"
SEARCH = '[aria-label="Search tickets"]'
_BOX = "input[type=checkbox]"
_LOG = ".thread [role=log]"
# Where Escape has something of its own to do.
_AT_WORK = ".thread, .details, .filters"


@dataclass(frozen=True, slots=True)
class Action:
    """`keys` as `ui/hotkeys` takes them, `shown` as people know them. It is there `when` that
    holds: None is always. Whose focus is in the row of another ticket than the open one means that
    ticket: then the keys do what is `in_row`, if anything is."""

    name: str
    icon: str
    does: tuple[Any, ...]
    keys: str = ""
    shown: tuple[str, ...] = ()
    when: rx.Var[bool] | None = None
    repeats: bool = False
    in_row: tuple[Any, ...] = ()


def actions(role: str, place: str) -> list[Action]:
    """What somebody of that role can do at that place of the navigation."""
    of_tickets = [*_moving(), *_changing(role), *_choosing(), *_panels()]
    return [*(of_tickets if place == TICKETS else []), *_places(role, place), *_everywhere()]


def _places(role: str, current: str) -> list[Action]:
    return [
        Action(f"Go to {place.name.lower()}", place.icon, (rx.redirect(place.href),))
        for place in places(role)
        if place.name != current
    ]


def _moving() -> list[Action]:
    # The link knows where the list was; its row takes the focus while it is still marked.
    to_list = (focus.on('a.row[aria-current="page"]'), focus.press(".thread .back"))
    return [
        Action("Next ticket", "arrow-down", (focus.on_row(1),), "j", ("J",), repeats=True),
        Action("Previous ticket", "arrow-up", (focus.on_row(-1),), "k", ("K",), repeats=True),
        Action(
            "Search tickets",
            "search",
            (focus.on(SEARCH),),
            "/,shift+/",
            ("/",),
        ),
        Action("Preview", "eye", (focus.on_row(0), focus.press_in_row(".peek")), "p", ("P",)),
        Action("Back to the list", "list", to_list, "u", ("U",), open_number != ""),
    ]


def _changing(role: str) -> list[Action]:
    there = (open_number != "") & ThreadState.loaded & ~ThreadState.missing
    closed = ThreadState.facts.status == "closed"
    found = []
    if role != "admin":
        filing = (dialog_open.set_value(True), NewTicketState.show(unsaved))
        found.append(Action("New ticket", "plus", filing, "c", ("C",), ~StandingState.blocked))
    found += [
        Action("Reply", "reply", (focus.on(f"#{MESSAGE_BOX}"),), "r", ("R",), there & ~closed),
        Action(
            "Close ticket",
            "check",
            (*move(DetailsState.close_ticket, "closed"),),
            "e",
            ("E",),
            there & ~closed,
            in_row=(focus.press_in_row('button[aria-label^="Close "]'),),
        ),
        Action(
            "Reopen ticket",
            "rotate-ccw",
            (*move(DetailsState.reopen_ticket, "open"),),
            when=there & closed,
        ),
        Action(
            "Star",
            "star",
            (*toggle_star(),),
            "s",
            ("S",),
            there,
            in_row=(focus.press_in_row('button[aria-label^="Star "]'),),
        ),
    ]
    if role == "admin":
        assigning = (
            focus.remember(),
            panels.bring_back(panels.DETAILS),
            details_opened_for.set_value(open_number),
            focus.on_what_comes('#details [aria-label="Assignee"]'),
        )
        of_row = (
            panels.bring_back(panels.DETAILS),
            details_opened_for.set_value(focus.NUMBER_IN_ROW),
            focus.open_to_assign(),
        )
        found.append(Action("Assign", "user-check", assigning, "a", ("A",), there, in_row=of_row))
        to_me = DetailsState.choose_assignee(SessionState.me_id)
        not_mine = ThreadState.facts.assignee_id != SessionState.me_id
        found.append(Action("Assign to me", "user-check", (to_me,), when=there & not_mine))
    return [*found, *_settings_of_the_ticket(there)]


def _choosing() -> list[Action]:
    """Several tickets, to be changed together: see `ui/selection`."""
    return [
        Action("Select", "square-check", (focus.press_in_row(_BOX),), "x", ("X",)),
        Action(
            "Select up to here",
            "list-checks",
            (focus.press_in_row(_BOX, shift=True),),
            "shift+x",
            ("Shift X",),
            BulkState.selected.length() > 0,
        ),
        Action(
            "Undo the last change in the list",
            "undo-2",
            (BulkState.undo,),
            "z",
            ("Z",),
            BulkState.can_undo,
        ),
    ]


def _settings_of_the_ticket(there: rx.Var[bool]) -> list[Action]:
    """Each status that may come next, each other priority."""
    facts = ThreadState.facts
    offered = facts.choices.map(lambda choice: choice.value)
    statuses = [
        Action(
            f"Set status to {status.label}",
            "circle-dot",
            (DetailsState.choose_status(status.value),),
            when=there & offered.contains(status.value) & (facts.status != status.value),
        )
        for status in Status
    ]
    priorities = [
        Action(
            f"Set priority to {priority.label}",
            "flag",
            (DetailsState.choose_priority(priority.value),),
            when=there & (facts.priority != priority.value),
        )
        for priority in Priority
    ]
    return statuses + priorities


def _panels() -> list[Action]:
    in_ticket = open_number != ""
    list_ = focus.press_what_shows(f".thread .of-{panels.LIST}, .thread .back")
    details = focus.press_what_shows(
        f".thread .of-{panels.DETAILS}, .thread .toggle, .details .back"
    )
    return [
        Action("Show or hide the list", "panel-left", (list_,), "[", ("[",), in_ticket),
        Action("Show or hide the details", "panel-right", (details,), "]", ("]",), in_ticket),
    ]


def _everywhere() -> list[Action]:
    return [
        Action("Search messages", "text-search", (opens_find_messages(),), "f", ("F",)),
        Action("Switch light and dark", "sun-moon", (rx.toggle_color_mode,)),
        Action("Keyboard shortcuts", "keyboard", (show_help(),), "?,shift+?", ("?",)),
    ]


def show_help() -> rx.Var[Any]:
    return focus.show_dialog(HELP)


def opens_palette() -> list[Any]:
    """With nothing typed, and the latest tickets."""
    return [typed.set_value(""), focus.show_dialog(PALETTE), PaletteState.find("")]


def keys(role: str, place: str) -> rx.Component:
    """Listens for the keys of all actions. Draws nothing."""
    return rx.fragment(
        *[_key(action) for action in actions(role, place) if action.keys],
        hotkey(keys="mod+k", in_fields=True, on_press=opens_palette()),
        hotkey(keys="down", within=focus.LIST, repeats=True, on_press=focus.on_row(1)),
        hotkey(keys="up", within=focus.LIST, repeats=True, on_press=focus.on_row(-1)),
        hotkey(keys="down", within=SEARCH, in_fields=True, on_press=focus.on_first_row()),
        hotkey(keys="escape", within=SEARCH, in_fields=True, on_press=focus.out_of_search()),
        # Out of the reply, which is kept: from the conversation on, letters are keys again.
        hotkey(keys="escape", within=f"#{MESSAGE_BOX}", in_fields=True, on_press=focus.on(_LOG)),
        rx.cond(
            PreviewState.by_key,
            hotkey(keys="escape", within=focus.LIST, on_press=[PreviewState.put_away]),
        ),
        rx.cond(
            BulkState.selected.length() > 0,
            hotkey(keys="escape", outside=_AT_WORK, in_fields=True, on_press=[BulkState.clear]),
        ),
    )


def _key(action: Action) -> rx.Component:
    props: dict[str, Any] = {"repeats": True} if action.repeats else {}
    if action.in_row:
        props["outside"] = focus.OTHER_ROW
    drawn = hotkey(keys=action.keys, on_press=list(action.does), **props)
    there = drawn if action.when is None else rx.cond(action.when, drawn)
    if not action.in_row:
        return there
    in_row = hotkey(keys=action.keys, within=focus.OTHER_ROW, on_press=list(action.in_row))
    return rx.fragment(there, in_row)
