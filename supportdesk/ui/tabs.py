"""The tabs of the dashboard, above every page of the admins."""

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from supportdesk.state.dashboard import DashboardState
from supportdesk.ui.places import Place, places

# On a phone there is room for three or four of them.
_CURRENT_IN_SIGHT = (
    "document.querySelector('.tab[aria-selected=true]')"
    "?.scrollIntoView({inline: 'center', block: 'nearest'})"
)


def tabs(current: str) -> rx.Component:
    """They are links, so each opens in a tab of the browser too."""
    return rx.el.nav(
        rx.el.div(
            *[_tab(place, place.name == current) for place in places("admin")],
            role="tablist",
            aria_label="Dashboard",
        ),
        aria_label="Dashboard",
        on_mount=rx.call_script(_CURRENT_IN_SIGHT),
        class_name="tabs",
    )


def _tab(place: Place, current: bool) -> rx.Component:
    count = DashboardState.counts.get(place.counted, "")
    return ReactRouterLink.create(
        rx.icon(place.icon, size=15),
        place.name,
        _count(count),
        to=place.href,
        role="tab",
        aria_label=place.name,
        # Seen while pointing at it, and read out after the name.
        title=rx.cond(count != "", f"{place.what}: {count}", None),
        aria_selected="true" if current else "false",
        class_name="tab",
    )


def _count(count: rx.Var[str]) -> rx.Component:
    """Its place is kept until it is known, so that nothing beside it moves."""
    known = count != ""
    shown = f"count {rx.cond(known, '', 'unknown')}"
    return rx.el.span(rx.cond(known, count, "0"), class_name=shown)
