"""On a phone the details are a screen of their own, and so the browser's back leads out of it.

A step of its history stands for them, at the same address. Whoever steps over it is at the same
page: nobody else needs to hear of that, or the page would arrive anew.
"""

import reflex as rx
from reflex.event import EventChain
from reflex.experimental.client_state import ClientStateVar
from reflex.vars import FunctionVar

from supportdesk.ui import focus
from supportdesk.ui.focus import at_once

_IS_SCREEN = "document.querySelector('.details .back')?.checkVisibility()"
# Whether one is on that step.
_ON_STEP = "window.onDetailsStep"
# The router has not moved yet when it is asked.
_SAME_PAGE = (
    "((at) => at && at.pathname + at.search + at.hash"
    " === location.pathname + location.search + location.hash)"
    "(window.__reactRouterDataRouter?.state.location)"
)
_NUMBER = "location.pathname.split('/').filter(Boolean).at(-1)"


def details_step(opened_for: ClientStateVar, shown: rx.Var[bool]) -> rx.Component:
    """`shown` says whether the details of the ticket are open; `opened_for` is set to its number,
    or to nothing."""
    return rx.fragment(
        rx.cond(shown, rx.el.i(on_mount=_step_in(), on_unmount=_step_out(), hidden=True)),
        rx.el.i(on_mount=_follow(opened_for), hidden=True),
    )


def _step_in() -> rx.Var[EventChain]:
    push = "history.pushState({...history.state, details: true}, '')"
    return at_once(
        f"if ({_IS_SCREEN}) {{ if (!history.state?.details) {push}; {_ON_STEP} = true }}"
    )


def _step_out() -> rx.Var[EventChain]:
    return at_once("if (history.state?.details) history.back()")


def _follow(opened_for: ClientStateVar) -> rx.Var[EventChain]:
    """Once for the window: the router listens there too, and is not to hear of these steps.

    Who loads the page anew on such a step is there still.
    """
    close, open_ = opened_for.set_value(""), opened_for.set_value(rx.Var(_NUMBER).to(str))
    to_toggle = focus.on_what_comes(".thread .toggle")
    follows = (
        "(event) => { const on = !!event.state?.details;"
        f" if (!(on || {_ON_STEP}) || !{_SAME_PAGE}) {{ {_ON_STEP} = on; return }}"
        f" {_ON_STEP} = on; event.stopImmediatePropagation();"
        f" if (on) ({open_!s})(); else {{ ({close!s})(); ({to_toggle!s})() }} }}"
    )
    listen = (
        f"(() => {{ if (history.state?.details) ({open_!s})();"
        " if (window.followsDetails) return; window.followsDetails = true;"
        f" window.addEventListener('popstate', {follows}, true) }})"
    )
    return rx.Var(listen, _var_data=close._get_all_var_data()).to(FunctionVar, EventChain)
