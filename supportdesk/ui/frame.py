"""What stands around every page: for `rx.App`, which takes it in parts."""

from collections.abc import Callable

import reflex as rx
from reflex.app import default_error_boundary

from supportdesk import cookies, routes
from supportdesk.ui import panels, resizable
from supportdesk.ui.skeletons import desk_skeleton

STYLESHEETS = ["/styles.css"]
# So that nothing moves when the page itself takes the place of its skeleton.
_LIST_AS_WIDE_AS_IT_WAS = (
    "document.documentElement.style.setProperty('--list-width', "
    f"({resizable.kept_width(panels.LIST, panels.WIDTHS[panels.LIST])}) + 'px')"
)
# So that times are drawn as they are here from the first moment: the connection brings it along.
_ZONE_OF_THE_BROWSER = (
    f"document.cookie = '{cookies.ZONE}='"
    " + Intl.DateTimeFormat().resolvedOptions().timeZone + '; path=/; SameSite=Lax'"
)


def head() -> list[rx.Component]:
    """The icon, and what browsers should know before the stylesheet is there."""
    return [
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.meta(name="color-scheme", content="light dark"),
        rx.el.meta(name="viewport", content="width=device-width, initial-scale=1"),
        rx.el.script(_LIST_AS_WIDE_AS_IT_WAS),
        rx.el.script(_ZONE_OF_THE_BROWSER),
    ]


def wraps() -> dict[tuple[int, str], Callable[[bool], rx.Component | None]]:
    """In place of Reflex's own overlays; the pages themselves say when the connection is lost."""
    return {(55, "ErrorBoundary"): _error_boundary}


def _error_boundary(stateful: bool) -> rx.Component:
    unreported = {} if stateful else {"on_error": rx.noop()}
    return default_error_boundary(fallback_render=_broken(), **unreported)


def _broken() -> rx.Component:
    """When drawing the page failed. Plain, for nothing more may go wrong in it."""
    return rx.el.div(
        rx.el.main(
            rx.el.div(
                rx.el.h1("This page could not be shown"),
                rx.el.p("The fault is ours. Nothing you sent is lost; load the page again."),
                rx.el.p(
                    rx.el.a("Load again", href=routes.HOME, class_name="button primary"),
                    class_name="below",
                ),
                role="alert",
                class_name="card",
            ),
        ),
        class_name="door",
    )


def waiting() -> rx.Component:
    """What is drawn until the page's own program has arrived."""
    return desk_skeleton()


def toaster() -> rx.Component:
    """Short news that belongs to no place on the page."""
    return rx.toast.provider(position="bottom-center", rich_colors=False, expand=False)
