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
    """So many rows on from the chosen one, or from the open one."""
    here = f"((at) => at < 0 ? {_OPEN} : at)({_CHOSEN})"
    return at_once(f"((rows) => rows[Math.max({here} + {step}, 0)]?.focus())({_ROWS})")


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


def on_arrival() -> rx.Var[EventChain]:
    """The heading of a ticket that was just opened, unless somebody is at work on it already."""
    free = "!document.activeElement.closest('.thread, .details, dialog, [role=dialog]')"
    return at_once(
        f"{free} && document.getElementById('{HEADING}')?.focus({{preventScroll: true}})"
    )


def show_dialog(name: str) -> rx.Var[EventChain]:
    """Open the `<dialog>`, at its field if it has one; when it closes, the browser puts the focus
    back where it was."""
    return at_once(
        f"((dialog) => {{ dialog.showModal(); dialog.querySelector('input')?.focus(); }})"
        f"(document.getElementById('{name}'))"
    )


def close_dialog(name: str) -> rx.Var[EventChain]:
    return at_once(f"document.getElementById('{name}').close()")
