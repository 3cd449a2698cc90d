"""Keeps what one reads of the conversation in its place, whatever comes and goes around it.

Most browsers do so by themselves, but not all, and none at the very edge of what is drawn. So the
line at the top of the view is remembered, and put back where it was before anything is painted. At
the end of the conversation there is nothing to hold: a column in reverse stays at its bottom.

`data-aim` names what the server wants in view: the id of an element, or `end`, and a number that
tells it from the same one before.
"""

import reflex as rx
from reflex.event import EventChain

from supportdesk.state.thread import FOLLOWED, ThreadState
from supportdesk.ui.focus import at_once

LOG = "conversation"
END = "conversation-end"
NEW_LINE = "new-line"
TO_THE_END = f"document.getElementById('{LOG}')?.scrollTo(0, 0)"

_TOP = "getBoundingClientRect().top"
_NOTE = (
    "const note = () => {"
    f" const held = !atBottom(log.scrollTop) || !document.getElementById('{END}');"
    " line = held && [...log.querySelectorAll('article')]"
    f".find((each) => each.getBoundingClientRect().bottom > log.{_TOP});"
    f" top = line && line.{_TOP}; scrolled = log.scrollTop }};"
)
_AIM = (
    "const aim = (id) => {"
    " if (id === 'end') return log.scrollTo(0, 0); const found = document.getElementById(id);"
    f" if (id !== '{NEW_LINE}') {{ found?.scrollIntoView({{block: 'center'}});"
    " found?.animate([{background: 'var(--accent-soft)'},"
    " {background: 'var(--accent-soft)', offset: 0.6}, {}], 4000) }"
    f" else if (found?.{_TOP} < log.{_TOP}) found.scrollIntoView() }};"
)
# A browser that holds the place is left to it, except where it does not: it may be in the midst of
# scrolling. Where none does, what has been scrolled meanwhile is no displacement.
_HOLD = (
    f"const hold = () => {{ const off = line.{_TOP} - top;"
    " if (!CSS.supports('overflow-anchor', 'auto'))"
    " log.scrollTop += off + log.scrollTop - scrolled;"
    " else if (atBottom(scrolled) && atBottom(log.scrollTop)) log.scrollTop += off };"
)
_KEEP = (
    "const keep = () => { const lines = log.querySelector('.lines');"
    " if (lines && lines !== watched) size.observe(watched = lines);"
    " if (log.dataset.aim !== aimed) { aimed = log.dataset.aim; aim(aimed.split(' ')[0]) }"
    " else if (line?.isConnected) hold(); else if (!lines) log.scrollTo(0, 0); note() };"
)
# Where the address leads by now; nowhere when only the list beside it is another.
_ANOTHER_PLACE = (
    f"((was) => ({FOLLOWED},"
    " was.pathname + was.hash === location.pathname + location.hash ? '' : location.hash))"
    "(new URL(window.linkFollowed ?? location.origin))"
)


def hold_place() -> rx.Var[EventChain]:
    """For when the log is drawn for the first time."""
    return at_once(
        f"const log = document.getElementById('{LOG}'), atBottom = (place) => place > -2;"
        f" let line, top, scrolled, watched, aimed = ''; {_NOTE} {_AIM} {_HOLD} {_KEEP}"
        " const size = new ResizeObserver(keep);"
        " log.addEventListener('scroll', note, {passive: true});"
        " new MutationObserver(keep).observe(log,"
        " {childList: true, subtree: true, attributeFilter: ['data-aim']}); keep()"
    )


def follow_address() -> rx.Component:
    """Who puts a link to a message of this very ticket into the address, or goes back to one, is
    led there: the page stays, so that nothing arrives anew."""
    path, place = rx.Var("location.pathname").to(str), rx.Var(_ANOTHER_PLACE).to(str)
    return rx.window_event_listener(on_popstate=ThreadState.follow_address(path, place))
