"""The forms of somebody who has not signed in. They are plain posts to the HTTP side.

When one is refused, the browser comes back with what was typed and why, in a cookie of seconds.
"""

from __future__ import annotations

import reflex as rx
from reflex.event import EventSpec

from supportdesk import cookies, routes
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands import credentials, invitations, setup
from supportdesk.state.session import leave_for, viewer_of


def refused_form(state: rx.State, path: str) -> dict[str, str]:
    """What the form of this page held when it was refused a moment ago."""
    fields = cookies.unpack_form(state.router.headers.raw_headers.get("cookie"))
    return fields if fields.get("page") == path else {}


class SignInState(rx.State):
    error: str = ""
    email: str = ""
    next: str = ""

    @rx.event
    async def arrive(self) -> EventSpec | None:
        """Who is signed in has no business here."""
        try:
            viewer = await viewer_of(self)
        except DatabaseUnavailable as error:
            self.error = str(error)
            return None
        then = self.router.url.query_parameters.get("next", "")
        if viewer is not None:
            home = routes.tickets(viewer.actor.role.value)
            return leave_for(then if routes.own_path(then) else home)
        form = refused_form(self, routes.LOGIN)
        self.error, self.email = form.get("error", ""), form.get("email", "")
        self.next = form.get("next", then)
        return None


class SignUpState(rx.State):
    error: str = ""
    name: str = ""
    email: str = ""

    @rx.event
    async def arrive(self) -> None:
        form = refused_form(self, routes.SIGNUP)
        self.error, self.name = form.get("error", ""), form.get("name", "")
        self.email = form.get("email", "")


class SetupState(rx.State):
    """`works`: the link in the address can still make the first admin."""

    works: bool = False
    checked: bool = False
    error: str = ""
    name: str = ""
    email: str = ""
    token: str = ""

    @rx.event
    async def arrive(self) -> None:
        form = refused_form(self, routes.SETUP)
        self.error, self.name = form.get("error", ""), form.get("name", "")
        self.email = form.get("email", "")
        token = self.router.url.query_parameters.get("token", "")
        try:
            self.works = await setup.link_works(token)
        except DatabaseUnavailable as error:
            self.error = str(error)
            return
        self.token, self.checked = token if self.works else "", True


class InviteState(rx.State):
    """`works`: the link in the address still makes an account. What it says, nobody changes."""

    works: bool = False
    checked: bool = False
    error: str = ""
    role: str = ""
    name: str = ""
    email: str = ""
    fixed_email: str = ""
    token: str = ""

    @rx.event
    async def arrive(self) -> None:
        form = refused_form(self, routes.INVITE)
        self.error = form.get("error", "")
        token = self.router.url.query_parameters.get("token", "")
        try:
            invitation = await invitations.find(token)
        except DatabaseUnavailable as error:
            self.error = str(error)
            return
        self.works, self.checked = invitation is not None, True
        self.token = token if invitation else ""
        if invitation is not None:
            self.role, self.fixed_email = invitation.role.value, invitation.email
            self.name = form.get("name", invitation.name)
            self.email = form.get("email", "")


class ResetState(rx.State):
    """`email`: whose password the link in the address still sets; empty when it does no more."""

    checked: bool = False
    error: str = ""
    email: str = ""
    token: str = ""

    @rx.event
    async def arrive(self) -> None:
        self.error = refused_form(self, routes.RESET_PASSWORD).get("error", "")
        token = self.router.url.query_parameters.get("token", "")
        try:
            self.email = await credentials.address_of(token)
        except DatabaseUnavailable as error:
            self.error = str(error)
            return
        self.token, self.checked = token if self.email else "", True


class HomeState(rx.State):
    """`/`: everybody's own tickets, or the way to sign in."""

    @rx.event
    async def arrive(self) -> EventSpec:
        viewer = await viewer_of(self)
        return leave_for(routes.tickets(viewer.actor.role.value) if viewer else routes.LOGIN)
