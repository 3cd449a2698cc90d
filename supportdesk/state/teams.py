"""The page on which admins manage the teams of the staff."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import teams
from supportdesk.domain.errors import Changed, DomainError, Invalid
from supportdesk.domain.ids import parse_id
from supportdesk.domain.models import AutoAssign
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.domain.queries.teams import TeamWithMembers, teams_for
from supportdesk.realtime.pages import Page
from supportdesk.state.arriving import admin_at, arrive_at
from supportdesk.state.choice import chosen, typed
from supportdesk.state.session import attempt, signed_in

# Which dialog is open, and of which team: it lives in the browser, so what is typed there outlasts
# a lost connection. `what` is nothing, `name` or `delete`; without an id it is a new team.
NOTHING_ASKED = {"what": "", "id": "", "name": ""}
asked = ClientStateVar.create("asked_of_team", default=NOTHING_ASKED)


class TeamsState(rx.State):
    loaded: bool = False
    error: str = ""
    errors: dict[str, str] = {}
    teams: list[TeamWithMembers] = []
    was: str = ""
    """The name that another admin has given it, where who renames it has been told that."""

    @rx.event
    async def arrive(self) -> EventSpec | None:
        """Runs on the page, and again after each reconnect."""
        return await arrive_at(self, Page.TEAMS, self._read)

    @rx.event
    async def reread(self) -> None:
        """Sent when a team has changed, or what there is for it to do."""
        if viewer := await admin_at(self, Page.TEAMS):
            await self._read(viewer)

    async def _read(self, viewer: Viewer) -> None:
        self.teams = list(await teams_for(viewer.actor))
        self.loaded = True

    @rx.event
    def begin(self) -> None:
        """Runs when a dialog opens."""
        self.error, self.errors, self.was = "", {}, ""

    @rx.event
    async def submit(self, form_data: dict[str, Any]) -> EventSpec | None:
        """Found or rename a team; on an error the dialog stays open and says at which field."""
        viewer = await signed_in(self)
        given = typed(form_data, "id")
        self.errors = {}
        try:
            team_id = _id(given) if given else None
            was = {"name": before} if (before := typed(form_data, "was")) else None
            await teams.save(viewer.actor, team_id, typed(form_data, "name"), was)
        except Invalid as error:
            self.errors = {error.field or "form": str(error)}
        except Changed as changed:
            self.errors, self.was = {"form": str(changed)}, json.loads(changed.now)["name"]
        except (DomainError, DatabaseUnavailable) as error:
            self.errors = {"form": str(error)}
        else:
            return asked.push(NOTHING_ASKED)
        return None

    @rx.event
    async def delete(self, team_id: str) -> EventSpec | None:
        """Dissolve a team. Its dialog has told what becomes of its tickets."""
        self.errors = {}
        viewer = await signed_in(self)
        if error := await attempt(_delete(viewer.actor, team_id)):
            self.errors = {"form": error}
            return None
        return asked.push(NOTHING_ASKED)

    @rx.event
    async def add_member(self, team_id: str, user_id: str) -> None:
        await self._do(_with_member, teams.add_member, team_id, user_id)

    @rx.event
    async def remove_member(self, team_id: str, user_id: str) -> None:
        await self._do(_with_member, teams.remove_member, team_id, user_id)

    @rx.event
    async def set_lead(self, team_id: str, user_id: str, lead: bool) -> None:
        """Let a member lead the team, or no more."""
        await self._do(_with_member, teams.set_lead, team_id, user_id, lead is True)

    @rx.event
    async def choose_auto_assign(self, team_id: str, value: str) -> None:
        """Let the team's tickets find their assignee by themselves, or not."""
        await self._do(_set_auto_assign, team_id, value)

    async def _do(self, command: Callable[..., Awaitable[None]], *arguments: object) -> None:
        viewer = await signed_in(self)
        self.error = await attempt(command(viewer.actor, *arguments))


def _id(given: object) -> UUID:
    found = parse_id(given)
    if found is None:
        raise Invalid("Choose one of the list.")
    return found


async def _delete(actor: Actor, team_id: object) -> None:
    await teams.delete(actor, _id(team_id))


async def _with_member(
    actor: Actor,
    command: Callable[..., Awaitable[None]],
    team_id: object,
    user_id: object,
    *more: object,
) -> None:
    await command(actor, _id(team_id), _id(user_id), *more)


async def _set_auto_assign(actor: Actor, team_id: object, value: object) -> None:
    await teams.choose_auto_assign(actor, _id(team_id), chosen(AutoAssign, value))
