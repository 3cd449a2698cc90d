"""Where the focus goes. It is the browser's alone, so each of these is one expression there."""

from __future__ import annotations

import json

import reflex as rx
from reflex.event import EventChain
from reflex.vars import FunctionVar

_ROWS = "[...document.querySelectorAll('[aria-label=\"Tickets\"] a.row')]"
_CHOSEN = "rows.findIndex((row) => row.parentElement.matches(':focus-within'))"
_OPEN = "rows.findIndex((row) => row.ariaCurrent === 'page')"

HEADING = "ticket-heading"
LIST = '[aria-label="Tickets"]'
# A row that has the focus while another ticket is open, or none.
OTHER_ROW = f"{LIST} .entry:not(:has(> a.row[aria-current=page]))"
_ASSIGNEE = "document.querySelector('#details [aria-label=\"Assignee\"]')"
_LINK_IN_ROW = "document.activeElement.closest('.entry')?.querySelector('a.row')"
# Where a ticket is on its way that is to be assigned.
_ASSIGN_AT = "window.assignAt"
# The row that a key chose last, its place then, and in which list.
_ROW = "window.rowChosen"
_LIST_NOW = "location.search"
# Where the focus was before a key took it elsewhere.
_BEFORE = "window.focusBefore"
# What a dialog keeps of where it was opened.
_BOX = "event.target"
# Text is not in the way of the tabulator, but may be gone to.
_REACHABLE = "if (said) said.tabIndex = -1"
# A dialog takes the focus itself when what had it in there goes.
_FREE = "document.activeElement.matches('body, [role=dialog]')"
_ABOVE = f"document.getElementById('{HEADING}') ?? document.getElementById('content')"
# When that goes to which the focus was given.
_FOLLOW = (
    "if (document.activeElement === from) new MutationObserver((_, watch) => {"
    " if (document.activeElement === from) return; watch.disconnect();"
    f" if ({_FREE} && !from.isConnected) goOn() }})"
    ".observe(document.body, {childList: true, subtree: true})"
)
# The button of the menu of which something was chosen last.
_MENU = "window.menuButton"
# The button that brought up the form that stands beside its list.
_OPENER = "window.formOpener"


def at_once(expression: str) -> rx.Var[EventChain]:
    """An event that the browser handles by itself, and in the same moment."""
    return rx.Var(f"(() => {{ {expression} }})").to(FunctionVar, EventChain)


def on(selector: str) -> rx.Var[EventChain]:
    """The first that the CSS selector finds; nothing happens when there is none."""
    return at_once(f"document.querySelector({json.dumps(selector)})?.focus()")


def on_what_comes(selector: str) -> rx.Var[EventChain]:
    """The same for what is drawn as this event's effect."""
    find = f"document.querySelector({json.dumps(selector)})?.focus()"
    return at_once(f"requestAnimationFrame(() => {find})")


def on_row(step: int) -> rx.Var[EventChain]:
    """So many rows on from the chosen one, or from the open one.

    Where the chosen one has left the list, as what is closed leaves a list of open tickets, the
    next one stands in its place: for as long as it is that list, and nobody has gone elsewhere.
    """
    left = (
        f"{_ROW} && !{_ROW}.link.isConnected && {_ROW}.list === {_LIST_NOW}"
        " && document.activeElement === document.body"
    )
    from_there = f"Math.min({_ROW}.at + {step - 1 if step > 0 else step}, rows.length - 1)"
    return at_once(
        f"((rows) => ((at) => {{"
        f" const to = at >= 0 ? at + {step} : {left} ? {from_there} : {_OPEN} + {step};"
        f" const place = Math.max(to, 0), link = rows[place];"
        f" if (link) {{ {_ROW} = {{link, at: place, list: {_LIST_NOW}}}; link.focus(); }}"
        f" }})({_CHOSEN}))({_ROWS})"
    )


def press(selector: str) -> rx.Var[EventChain]:
    """What a click on it would do."""
    return at_once(f"document.querySelector({json.dumps(selector)})?.click()")


def press_what_shows(selector: str) -> rx.Var[EventChain]:
    """The same for the first that is on the screen: what does it depends on how wide that is."""
    buttons = f"[...document.querySelectorAll({json.dumps(selector)})]"
    return at_once(f"{buttons}.find((button) => button.checkVisibility())?.click()")


def leave() -> rx.Var[EventChain]:
    """Be nowhere, so that what opens next may take it."""
    return at_once("document.activeElement?.blur()")


def come_back() -> rx.Var[EventChain]:
    """Where the focus was before `remember`, or to the heading if that cannot be seen any more.

    Nowhere for whom no key has brought here: Tab goes on from this place then.
    """
    return at_once(
        f"((at) => {{ {_BEFORE} = null; document.activeElement?.blur(); at?.focus();"
        " if (at && document.activeElement === document.body)"
        f" document.getElementById('{HEADING}')?.focus(); }})({_BEFORE})"
    )


def forget() -> rx.Var[EventChain]:
    """Who leaves by themselves is not brought back later; another window is no leaving."""
    return at_once(f"if (document.hasFocus()) {_BEFORE} = null")


def remember() -> rx.Var[EventChain]:
    """From here the focus goes elsewhere for a moment: see `come_back`."""
    here = f"at === document.body ? document.getElementById('{HEADING}') : at"
    return at_once(f"((at) => {{ {_BEFORE} = {here}; }})(document.activeElement)")


def press_in_row(selector: str, *, shift: bool = False) -> rx.Var[EventChain]:
    """What a click on it would do, in the row with the focus or else that of the open ticket."""
    row = "document.activeElement.closest('.entry') ?? rows[at]?.parentElement"
    click = f"new MouseEvent('click', {{bubbles: true, shiftKey: {json.dumps(shift)}}})"
    return at_once(
        f"((rows) => ((at) => ({row})?.querySelector({json.dumps(selector)})"
        f"?.dispatchEvent({click}))({_OPEN}))({_ROWS})"
    )


NUMBER_IN_ROW: rx.Var[str] = rx.Var(
    f"({_LINK_IN_ROW}?.pathname.split('/').filter(Boolean).at(-1) ?? '')"
).to(str)
"""The number of the ticket whose row has the focus."""


def open_to_assign() -> rx.Var[EventChain]:
    """Open the ticket of the row that has the focus; on arrival the focus goes to its assignee."""
    return at_once(
        f"((row) => {{ {_BEFORE} = row; {_ASSIGN_AT} = row?.pathname; row?.click(); }})"
        f"({_LINK_IN_ROW})"
    )


def on_arrival() -> rx.Var[EventChain]:
    """The heading of a ticket that was just opened, unless somebody is at work on it already."""
    free = "!document.activeElement.closest('.thread, .details, dialog, [role=dialog]')"
    heading = f"document.getElementById('{HEADING}')"
    assigning = f"{_ASSIGN_AT} === location.pathname && {_ASSIGNEE}?.checkVisibility()"
    return at_once(
        f"((to) => {{ {_ASSIGN_AT} = null; {free} && to?.focus({{preventScroll: true}}); }})"
        f"({assigning} ? {_ASSIGNEE} : {heading})"
    )


def on_first_row() -> rx.Var[EventChain]:
    """From the search, into what it found."""
    return on(f"{LIST} a.row")


def out_of_search() -> rx.Var[EventChain]:
    """To the rows, out of a search for nothing: what is searched for goes first."""
    first = f"document.querySelector({json.dumps(f'{LIST} a.row')})"
    return at_once(
        f"((at) => at.value || ({first} ? {first}.focus() : at.blur()))(document.activeElement)"
    )


def note_menu() -> rx.Var[EventChain]:
    """For the entries of a menu: what they open may give the focus back to its button."""
    button = "document.querySelector('[role=menu]')?.getAttribute('aria-labelledby')"
    return at_once(f"{_MENU} = document.getElementById({button})")


def given_back(or_else: str = "") -> dict[str, rx.Var[EventChain]]:
    """For a dialog that is not opened by a button of its own.

    When it closes, the focus goes back to where it was, or where that is gone: to the message that
    it was of, to what the CSS selector `or_else` finds, or else to the heading. It may go a moment
    later, too, for the dialog closes when something is done, and what was done shows when all are
    told. What was chosen in a menu, which is gone by then, was its button's doing.
    """
    menu = "at === document.body || at.closest('[role=menu]')"
    at = f"((at) => {menu} ? {_MENU} : at)(document.activeElement)"
    came = f"const from = {at}; {_BOX}.cameFrom = from; {_BOX}.near = from?.closest('.msg')"
    said = f"const said = near?.isConnected ? near.querySelector('.bubble') : null; {_REACHABLE}"
    beside = f"document.querySelector({json.dumps(or_else)}) ?? " if or_else else ""
    go_on = f"const goOn = () => {{ {said}; (said ?? {beside}{_ABOVE})?.focus() }}"
    back = f"if ({_FREE}) from?.focus(); if ({_FREE}) goOn()"
    return {
        "on_open_auto_focus": _with_event(came),
        "on_close_auto_focus": _with_event(
            f"const {{cameFrom: from, near}} = {_BOX}; {go_on}; {back}; {_FOLLOW};"
            " event.preventDefault()"
        ),
    }


def out_of_what_is_written() -> rx.Var[EventChain]:
    """For Escape in a dialog: what was written in a text area there does not go by a slip of the
    finger. The focus goes to the button that leaves the dialog, which is the first below."""
    written = (
        "[...(dialog?.querySelectorAll('textarea') ?? [])]"
        ".some((box) => box.value !== box.defaultValue)"
    )
    return _with_event(
        "const dialog = [...document.querySelectorAll('[role=dialog][data-state=open]')].at(-1);"
        f" if ({written}) {{ event.preventDefault();"
        " dialog.querySelector('.foot button')?.focus() }"
    )


def on_its_successor(selector: str) -> rx.Var[EventChain]:
    """The first that the CSS selector finds now, and when that goes a moment later, the first that
    it finds then, or the heading."""
    find = f"document.querySelector({json.dumps(selector)})"
    go_on = f"const goOn = () => ({find} ?? {_ABOVE})?.focus()"
    return at_once(f"const from = {find}; {go_on}; if (from) from.focus(); else goOn(); {_FOLLOW}")


def stay_near() -> rx.Var[EventChain]:
    """For what is in a row of a list and may go by its own doing, alone or with the row.

    When it does, the focus goes to what took its place: in that row, in the one that follows, in
    the section that the list is in, or else to the heading.
    """
    place = (
        "const row = from.closest('li'), list = row?.parentElement,"
        " section = from.closest('section'),"
        " at = row ? [...list.children].indexOf(row) : 0,"
        " nth = row ? [...row.querySelectorAll('button')].indexOf(from) : 0"
    )
    there = (
        "row?.isConnected ? row"
        " : list?.isConnected ? list.children[at] ?? list.lastElementChild : null"
    )
    in_row = "there?.querySelectorAll('button')[nth] ?? there?.querySelector('button, select')"
    go_on = (
        f"const goOn = () => {{ const there = {there};"
        f" ({in_row} ?? section?.querySelector('button') ?? {_ABOVE})?.focus() }}"
    )
    return at_once(f"const from = document.activeElement; {place}; {go_on}; {_FOLLOW}")


def open_form() -> rx.Var[EventChain]:
    """For the button that brings something into a form which is there already."""
    return at_once(f"{_OPENER} = document.activeElement")


def leave_form() -> rx.Var[EventChain]:
    """For such a form: when it goes, the focus goes back to the button, or else to the heading."""
    go_on = f"const goOn = () => ({_OPENER}?.isConnected ? {_OPENER} : {_ABOVE})?.focus()"
    return at_once(f"const from = document.activeElement; {go_on}; {_FOLLOW}")


def _with_event(expression: str) -> rx.Var[EventChain]:
    return rx.Var(f"((event) => {{ {expression} }})").to(FunctionVar, EventChain)


def show_dialog(name: str) -> rx.Var[EventChain]:
    """Open the `<dialog>`, at its field if it has one; when it closes, the browser puts the focus
    back where it was."""
    return at_once(
        f"((dialog) => {{ dialog.showModal(); dialog.querySelector('input')?.focus(); }})"
        f"(document.getElementById('{name}'))"
    )


def close_dialog(name: str) -> rx.Var[EventChain]:
    return at_once(f"document.getElementById('{name}').close()")
