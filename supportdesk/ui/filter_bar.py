"""Above the list: what is searched for, which tickets, in which order."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.experimental import ClientStateVar
from reflex_base.vars import VarData
from reflex_components_core.react_router.dom import ReactRouterLink

from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority, TicketType
from supportdesk.domain.queries.choices import Named
from supportdesk.domain.queries.filters import FILERS, ME, NOBODY, SEARCH_MAX_LENGTH, Sort
from supportdesk.state.filters import AS_IN_ADDRESS, Chip, FilterState, search_text
from supportdesk.state.inbox import InboxState
from supportdesk.ui.controls import acting_select, button
from supportdesk.ui.figures import grouped
from supportdesk.ui.party_filter import party_filter
from supportdesk.ui.views_menu import views_menu

_PAUSE_MS = 300
_more_open = ClientStateVar.create("more_filters_open", default=False)

_in_address: rx.Var[str] = rx.Var(
    _js_expr='(asked.get("q") ?? "")',
    _var_type=str,
    _var_data=VarData(
        imports={"react-router": "useSearchParams"},
        hooks={"const [asked] = useSearchParams()": None},
    ),
)


def filter_bar(role: str) -> rx.Component:
    """For buyers without what only the staff sorts by."""
    staff = role != "buyer"
    return rx.el.div(
        rx.el.div(_search(), views_menu(role), class_name="first"),
        rx.el.div(
            _statuses(),
            _pick("Priority", "priority", FilterState.priority, "Any priority", _of(Priority)),
            _assignee() if staff else _kind(),
            _named("Tag", "tag", FilterState.tag, "Any tag", FilterState.tags) if staff else None,
            class_name="picks",
        ),
        rx.el.div(
            _sort(staff),
            rx.el.span(class_name="grow"),
            button(
                rx.icon("list-filter", size=14),
                "Filters",
                kind="quiet",
                aria_expanded=rx.cond(_more_open.value, "true", "false"),
                aria_controls="more-filters",
                on_click=_more_open.set_value(~_more_open.value),
            ),
            class_name="order",
        ),
        rx.el.div(
            rx.el.div(_kind(), _team(), class_name="picks") if staff else None,
            _parties() if role == "admin" else None,
            rx.el.div(
                _switch("Starred", "starred", FilterState.starred),
                _switch("Unread", "unread", FilterState.unread),
                _switch("Overdue", "overdue", FilterState.overdue) if staff else None,
                class_name="switches",
            ),
            id="more-filters",
            hidden=~_more_open.value,
            class_name="further-filters",
        ),
        _chips(),
        role="search",
        aria_label="Filter tickets",
        class_name="filters",
    )


def _search() -> rx.Component:
    typed = search_text.value.to(str)
    return rx.el.div(
        rx.icon("search", size=14),
        rx.el.input(
            type="search",
            aria_label="Search tickets",
            placeholder="Search tickets",
            auto_complete="off",
            max_length=SEARCH_MAX_LENGTH,
            value=rx.cond(typed == AS_IN_ADDRESS, _in_address, typed),
            on_change=[search_text.set, FilterState.search.debounce(_PAUSE_MS)],
            on_key_down=lambda key: rx.cond(key == "Escape", FilterState.clear_search(), rx.noop()),
            class_name="input",
        ),
        class_name="search",
    )


def _pick(
    name: str, key: str, value: rx.Var[str], none: str, *options: rx.Component, **props: Any
) -> rx.Component:
    """A combobox that says its name while nothing is chosen."""
    return acting_select(
        rx.el.option(rx.cond(value == "", name, none), value=""),
        *options,
        value=value,
        on_change=lambda chosen: FilterState.choose(key, chosen),
        aria_label=name,
        title=name,
        class_name=f"pick plain {rx.cond(value == '', '', 'on')}",
        **props,
    )


def _of(options: type[Priority] | type[TicketType]) -> rx.Component:
    return rx.fragment(*[rx.el.option(each.label, value=each.value) for each in options])


def _statuses() -> rx.Component:
    """Several may be chosen: choosing one more adds it, choosing one of several takes it off."""
    chosen = FilterState.statuses
    several = chosen.length() > 1
    any_status = rx.cond(several, rx.el.option("Any status", value="any"), rx.fragment())
    return acting_select(
        rx.el.option(
            rx.match(
                chosen.length(),
                (0, "Status"),
                (1, "Any status"),
                f"{chosen.length()} statuses",
            ),
            value="",
        ),
        any_status,
        *[
            rx.el.option(
                rx.cond(several & chosen.contains(each.value), f"✓ {each.label}", each.label),
                value=each.value,
            )
            for each in Status
        ],
        value=rx.cond(chosen.length() == 1, chosen[0], ""),
        on_change=lambda value: FilterState.choose("status", rx.cond(value == "any", "", value)),
        aria_label="Status",
        title="Status",
        class_name=f"pick plain {rx.cond(chosen.length() == 0, '', 'on')}",
    )


def _option(choice: rx.Var[Named]) -> rx.Component:
    return rx.el.option(choice.name, value=choice.id)


def _named(
    name: str, key: str, value: rx.Var[str], none: str, choices: rx.Var[list[Named]]
) -> rx.Component:
    return _pick(name, key, value, none, rx.foreach(choices, _option))


def _assignee() -> rx.Component:
    return _pick(
        "Assignee",
        "assignee",
        FilterState.assignee,
        "Anyone",
        rx.el.option("Me", value=ME),
        rx.el.option("Nobody", value=NOBODY),
        rx.foreach(FilterState.assignees, _option),
        rx.foreach(FilterState.former_assignees, _former),
        # Sellers know those who have taken part in their tickets, which may be one more by now; who
        # is deactivated may have none any more.
        on_focus=FilterState.reread_choices,
    )


def _former(each: rx.Var[Named]) -> rx.Component:
    return rx.el.option(f"{each.name} (deactivated)", value=each.id, key=each.id)


def _kind() -> rx.Component:
    return _pick("Type", "type", FilterState.type, "Any type", _of(TicketType))


def _team() -> rx.Component:
    return _named("Team", "team", FilterState.team, "Any team", FilterState.teams)


def _parties() -> rx.Component:
    roles = [rx.el.option(f"Filed by {each.value}s", value=each.value) for each in FILERS]
    return rx.el.div(
        _pick("Role", "role", FilterState.role, "Any role", *roles),
        party_filter("buyer"),
        party_filter("seller"),
        class_name="picks",
    )


def _sort(staff: bool) -> rx.Component:
    orders = [each for each in Sort if staff or each is not Sort.DUE]
    return rx.el.label(
        rx.icon("arrow-up-down", size=12),
        acting_select(
            *[rx.el.option(each.label, value=each.value) for each in orders],
            value=FilterState.sort,
            on_change=lambda chosen: FilterState.choose("sort", chosen),
            aria_label="Sort by",
            title="Sort by",
            class_name="pick",
        ),
        class_name="sort",
    )


def _switch(label: str, key: str, on: rx.Var[bool]) -> rx.Component:
    return button(
        label,
        kind=f"switch {rx.cond(on, 'on', '')}",
        aria_pressed=rx.cond(on, "true", "false"),
        on_click=FilterState.switch(key),
    )


def _chips() -> rx.Component:
    return rx.cond(
        FilterState.asks,
        rx.el.div(
            rx.el.ul(
                rx.foreach(FilterState.chips, _chip),
                role="list",
                aria_label="Active filters",
                class_name="chips",
            ),
            # Where nothing is found, it stands there.
            rx.cond(InboxState.total > 0, clear_filters("link")),
            class_name="active",
        ),
    )


def _chip(chip: rx.Var[Chip]) -> rx.Component:
    return rx.el.li(
        ReactRouterLink.create(
            rx.el.span(chip.label),
            rx.icon("x", size=12),
            to=chip.query,
            aria_label=f"Remove filter {chip.label}",
            class_name="chip",
        ),
        key=chip.label,
    )


def clear_filters(kind: str) -> rx.Component:
    """Asks for every ticket again, in the same order."""
    return ReactRouterLink.create(
        "Clear filters",
        to=FilterState.cleared,
        role="button",
        on_click=search_text.set_value(""),
        class_name=kind,
    )


def how_many() -> rx.Component:
    """Said aloud when it changes: how many tickets there are with these filters."""
    total = InboxState.total
    return rx.el.span(
        rx.cond(
            InboxState.loaded,
            rx.cond(
                total == 1,
                "1 ticket",
                f"{grouped(total)}{rx.cond(InboxState.capped, '+', '')} tickets",
            ),
            "",
        ),
        role="status",
        class_name="aside",
    )
