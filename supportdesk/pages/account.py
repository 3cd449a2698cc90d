"""The page of the person themselves, whatever their role."""

import reflex as rx

from supportdesk.domain.actor import Role
from supportdesk.state.session import SessionState
from supportdesk.ui.places import ACCOUNT
from supportdesk.ui.preferences import account_page
from supportdesk.ui.shell import shell
from supportdesk.ui.skeletons import desk_skeleton


def account() -> rx.Component:
    """What surrounds it is their own role's, which the server has to say first."""
    return rx.match(
        SessionState.me_role,
        *((role.value, _within(role.value)) for role in Role),
        desk_skeleton(),
    )


def _within(role: str) -> rx.Component:
    return shell(role, account_page(), class_name="desk at-settings", place=ACCOUNT)
