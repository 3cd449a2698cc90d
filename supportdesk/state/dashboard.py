"""The tabs above every page of the admins."""

import reflex as rx


class DashboardState(rx.State):
    """The hub sets `counts` without asking this state, as with the list: by tab, as shown."""

    counts: dict[str, str] = {}
