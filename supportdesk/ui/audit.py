"""The log: what is asked for above, line by line below, each with what it was and is."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_base.vars import VarData
from reflex_components_core.react_router.dom import ReactRouterLink

from supportdesk import routes
from supportdesk.domain.audit import Group, Shift
from supportdesk.domain.queries.audit import Entry
from supportdesk.domain.queries.filters import SEARCH_MAX_LENGTH
from supportdesk.state.audit import BOXES, TOP, AuditState
from supportdesk.state.filters import AS_IN_ADDRESS
from supportdesk.ui import times
from supportdesk.ui.avatar import avatar
from supportdesk.ui.controls import acting_select, button, empty
from supportdesk.ui.in_view import in_view

_PAUSE_MS = 300
_NOTHING = rx.el.span("nothing", class_name="none")


def export_links() -> rx.Component:
    """All that is asked for, as a file: no page of the app, so the browser itself goes there."""
    return rx.el.div(
        *[
            ReactRouterLink.create(
                rx.icon("download", size=14),
                name,
                to=f"{routes.ADMIN_AUDIT}.{name.lower()}"
                + rx.cond(AuditState.asks, f"?{AuditState.query}", ""),
                reload_document=True,
                download=True,
                aria_label=f"Export as {name}",
                class_name="button",
            )
            for name in ("CSV", "JSON")
        ],
        class_name="exports",
    )


def log() -> rx.Component:
    return rx.el.div(
        _asking(),
        rx.el.div(id=TOP),
        _new_above(),
        rx.cond(
            AuditState.entries.length() > 0,
            rx.el.ol(
                rx.foreach(AuditState.entries, _line),
                role="list",
                aria_label="Log",
                class_name="audit-log",
            ),
            _nothing(),
        ),
        _further(),
        class_name="audit",
    )


def _asking() -> rx.Component:
    kinds = [rx.el.option(each.label, value=each.value) for each in Group]
    return rx.el.div(
        _box("Search the log", "q", "What changed, or TC-0012", type="search"),
        _box("Person", "person", "Name or e-mail"),
        acting_select(
            rx.el.option("Anything", value=""),
            *kinds,
            value=AuditState.kind,
            on_change=lambda value: AuditState.ask("kind", value),
            aria_label="Kind",
            class_name="select",
        ),
        _box("Ticket", "ticket", "TC-0012"),
        _day("From", "from", AuditState.since),
        _day("To", "to", AuditState.until),
        rx.cond(
            AuditState.asks,
            _everything("Clear", "button quiet"),
        ),
        role="search",
        aria_label="Filter the log",
        class_name="audit-asks",
    )


def _everything(name: str, class_name: str) -> rx.Component:
    return ReactRouterLink.create(
        name,
        to=routes.ADMIN_AUDIT,
        on_click=[box.set_value(AS_IN_ADDRESS) for box in BOXES.values()],
        class_name=class_name,
    )


def _in_address(name: str) -> rx.Var[str]:
    hook = VarData(
        imports={"react-router": "useSearchParams"},
        hooks={"const [asked] = useSearchParams()": None},
    )
    return rx.Var(_js_expr=f'(asked.get("{name}") ?? "")', _var_type=str, _var_data=hook)


def _box(label: str, name: str, placeholder: str, type: str = "text") -> rx.Component:
    typed = BOXES[name].value.to(str)
    return rx.el.input(
        type=type,
        value=rx.cond(typed == AS_IN_ADDRESS, _in_address(name), typed),
        aria_label=label,
        placeholder=placeholder,
        auto_complete="off",
        max_length=SEARCH_MAX_LENGTH,
        on_change=lambda text: [
            BOXES[name].set_value(text),
            AuditState.ask.debounce(_PAUSE_MS)(name, text),
        ],
        class_name=f"input of-{name}",
    )


def _day(label: str, name: str, value: rx.Var[str]) -> rx.Component:
    return rx.el.label(
        rx.el.span(label),
        rx.el.input(
            type="date",
            value=value,
            on_change=lambda day: AuditState.ask(name, day),
            class_name="input",
        ),
        class_name="log-day",
    )


def _new_above() -> rx.Component:
    return rx.el.div(
        rx.cond(
            AuditState.fresh != "",
            button(
                rx.icon("arrow-up", size=14),
                AuditState.fresh,
                kind="pill",
                on_click=AuditState.show_new,
            ),
        ),
        role="status",
        class_name="log-new",
    )


def _line(entry: rx.Var[Entry]) -> rx.Component:
    told = rx.fragment(
        avatar(entry.initials, entry.hue, "small"),
        rx.el.span(
            rx.el.span(rx.el.b(entry.who), " ", entry.sentence, class_name="sentence"),
            rx.el.span(
                times.fact_time(entry.at.to(str)),
                rx.cond(entry.where != "", rx.el.span(entry.where), rx.fragment()),
                class_name="whence",
            ),
            class_name="log-line",
        ),
    )
    return rx.el.li(
        rx.el.details(
            rx.el.summary(told, rx.icon("chevron-down", size=16, class_name="turn")),
            _more(entry),
        ),
        key=entry.id,
    )


def _more(entry: rx.Var[Entry]) -> rx.Component:
    """What it was and is, and everything else that is known of it."""
    return rx.el.div(
        rx.cond(
            entry.shifts.length() > 0,
            rx.el.table(
                rx.el.caption("Before and after", class_name="unseen"),
                rx.el.thead(
                    rx.el.tr(*[rx.el.th(name, scope="col") for name in ("What", "Before", "After")])
                ),
                rx.el.tbody(rx.foreach(entry.shifts, _shift)),
            ),
        ),
        rx.el.dl(
            _fact("When", rx.moment(entry.at.to(str), format="dddd D MMMM YYYY, HH:mm:ss.SSS")),
            rx.cond(
                entry.number != "",
                _fact(
                    "Ticket",
                    rx.el.a(
                        f"{entry.number} {entry.subject}",
                        href=f"{routes.tickets('admin')}/{entry.number}",
                    ),
                ),
            ),
            rx.cond(entry.browser != "", _fact("Browser", entry.browser)),
            rx.cond(entry.ip != "", _fact("Address", entry.ip)),
            _fact("Kind", entry.group),
        ),
        class_name="log-more",
    )


def _shift(shift: rx.Var[Shift]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(shift.what, scope="row"),
        rx.el.td(rx.cond(shift.before != "", shift.before, _NOTHING)),
        rx.el.td(rx.cond(shift.after != "", shift.after, _NOTHING)),
    )


def _fact(name: str, value: Any) -> rx.Component:
    return rx.fragment(rx.el.dt(name), rx.el.dd(value))


def _nothing() -> rx.Component:
    return rx.cond(
        AuditState.asks,
        empty(
            "search-x",
            "Nothing found",
            "Nothing in the log fits all that is asked for.",
            _everything("Show everything", "button"),
        ),
        empty("scroll-text", "Nothing yet", "Whatever changes at the desk is written down here."),
    )


def _further() -> rx.Component:
    return rx.cond(
        AuditState.more,
        in_view(
            rx.el.div(
                button("Show earlier", kind="quiet", on_click=AuditState.load_more),
                class_name="further",
            ),
            on_change=lambda seen: rx.cond(seen, AuditState.load_more(), rx.noop()),
        ),
    )
