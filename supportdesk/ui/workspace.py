"""The four panels of a ticket page, the same for every role."""

import reflex as rx

from supportdesk.state.thread import ThreadState
from supportdesk.ui.address import open_number
from supportdesk.ui.conversation import conversation
from supportdesk.ui.details import details, details_shown
from supportdesk.ui.panels import side_by_side, with_details
from supportdesk.ui.recording import screen_recording
from supportdesk.ui.shell import shell
from supportdesk.ui.ticket_list import ticket_list

_PLACE = rx.cond(
    open_number == "",
    "at-list",
    rx.cond(ThreadState.missing, "at-ticket missing", "at-ticket"),
)


def workspace(role: str, heading: str, empty: rx.Component, *actions: rx.Component) -> rx.Component:
    """Navigation, list, conversation and details. `empty` is shown while there is no ticket."""
    main = side_by_side(
        ticket_list(role, heading, empty, *actions),
        conversation(role),
        id="content",
        tab_index=-1,
        class_name="work",
    )
    return shell(
        role,
        with_details(main, details(), (open_number != "") & ~ThreadState.missing),
        screen_recording(),
        class_name=f"desk {_PLACE} {rx.cond(details_shown, 'with-details', '')}",
    )
