"""Everybody with an account, for admins: the lists, and one person."""

import reflex as rx

from supportdesk.domain.actor import Role
from supportdesk.state.people import SellersState, UsersState
from supportdesk.ui.dashboard import dashboard
from supportdesk.ui.people import invite_button, people_list
from supportdesk.ui.person import person_page
from supportdesk.ui.places import SELLERS, USERS
from supportdesk.ui.shell import shell


def users() -> rx.Component:
    return dashboard(
        USERS,
        UsersState.error,
        UsersState.loaded,
        people_list(UsersState, with_roles=True),
        beside=invite_button(Role.BUYER),
    )


def sellers() -> rx.Component:
    return dashboard(
        SELLERS,
        SellersState.error,
        SellersState.loaded,
        people_list(SellersState, with_roles=False),
        beside=invite_button(Role.SELLER),
    )


def person() -> rx.Component:
    return shell("admin", person_page(), class_name="desk at-settings", place=USERS)
