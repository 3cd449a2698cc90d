"""The command palette and the list of shortcuts: dialogs of the browser's own, always there.

A `<dialog>` keeps the focus inside, closes with Escape, and gives the focus back to where it was.
"""

from __future__ import annotations

import reflex as rx

from supportdesk import routes
from supportdesk.domain.queries.recent import RecentTicket
from supportdesk.state.palette import PaletteState, typed
from supportdesk.ui import command_menu, focus
from supportdesk.ui.controls import alert, button
from supportdesk.ui.places import TICKETS
from supportdesk.ui.selection import selection
from supportdesk.ui.shortcuts import HELP, PALETTE, Action, actions


def _closes_by_any() -> dict[str, str]:
    """A click beside the dialog, too, where browsers know it. Not shared: Reflex adds to it."""
    return {"closedby": "any"}


class _Chosen(command_menu.CommandChosen):
    menu = f"#{PALETTE}"


@rx.memo
def _chosen() -> rx.Component:
    return _Chosen.create()


def palette(role: str, place: str) -> rx.Component:
    """Every action and every recent ticket, by typing a part of it."""
    return rx.el.dialog(
        command_menu.root(
            command_menu.input_(
                value=typed.value,
                placeholder="Type a command or find a ticket",
                on_value_change=lambda text: [
                    typed.set_value(text),
                    PaletteState.find(text).debounce(150),
                ],
            ),
            _chosen(),
            alert(PaletteState.error),
            command_menu.list_(
                # First what is there at once: what comes later moves nothing that is chosen.
                *([selection(role, PALETTE)] if place == TICKETS else []),
                command_menu.group(
                    *[_action(each) for each in actions(role, place)], heading="Actions"
                ),
                command_menu.group(
                    rx.foreach(PaletteState.found, lambda found: _ticket(found, role)),
                    heading="Tickets",
                ),
                label="Actions and tickets",
            ),
            command_menu.empty("Nothing found. A ticket's number finds it wherever it is."),
            label="Command",
            filter=command_menu.CONTAINS,
            loop=True,
        ),
        id=PALETTE,
        aria_label="Command palette",
        class_name="over palette",
        custom_attrs=_closes_by_any(),
    )


def _ticket(found: rx.Var[RecentTicket], role: str) -> rx.Component:
    return command_menu.item(
        rx.icon("ticket", size=16),
        rx.el.span(found.number, class_name="number"),
        rx.el.span(found.subject, class_name="subject"),
        rx.el.span(f"{found.parties} · {found.status_label}", class_name="aside"),
        value=found.words,
        # Leaving what had the focus lets the ticket take it when it opens.
        on_select=[
            focus.close_dialog(PALETTE),
            focus.leave(),
            rx.redirect(f"{routes.tickets(role)}/{found.number}"),
        ],
        key=found.number,
    )


def _action(action: Action) -> rx.Component:
    drawn = command_menu.item(
        rx.icon(action.icon, size=16),
        rx.el.span(action.name, class_name="subject"),
        *[rx.el.kbd(key) for key in action.shown],
        value=action.name,
        on_select=[focus.close_dialog(PALETTE), *action.does],
    )
    return drawn if action.when is None else rx.cond(action.when, drawn)


def shortcut_help(role: str, place: str) -> rx.Component:
    """The keys, of which most people learn three."""
    return rx.el.dialog(
        rx.el.div(
            rx.el.h2("Keyboard shortcuts"),
            rx.el.p("They work wherever you are not typing."),
            class_name="top",
        ),
        rx.el.dl(
            *_line("Open the chosen ticket", "Enter"),
            *[
                part
                for each in actions(role, place)
                if each.shown
                for part in _line(each.name, *each.shown)
            ],
            *_line("Command palette", "Ctrl K", "⌘ K"),
            *_line("Close what is open", "Esc"),
            class_name="body",
        ),
        rx.el.div(button("Close", on_click=focus.close_dialog(HELP)), class_name="foot"),
        id=HELP,
        aria_label="Keyboard shortcuts",
        class_name="over help",
        custom_attrs=_closes_by_any(),
    )


def _line(name: str, *keys: str) -> tuple[rx.Component, rx.Component]:
    return rx.el.dt(name), rx.el.dd(*[rx.el.kbd(key) for key in keys])
