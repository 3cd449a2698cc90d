"""Links that let somebody in. The desk keeps none of them: each is shown once, in one browser."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk import routes
from supportdesk.config import get_settings
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.actor import Role
from supportdesk.domain.commands import invitations
from supportdesk.domain.errors import DomainError, Invalid, NotFound, SeveralInvalid
from supportdesk.domain.ids import parse_id
from supportdesk.state.choice import chosen, typed
from supportdesk.state.session import attempt, signed_in

# The role that the dialog begins with while it is open, and the invitation to be taken back.
inviting = ClientStateVar.create("inviting", default="")
revoking = ClientStateVar.create("revoking", default="")
# The link that has just been made; it lives in the browser and is gone with the dialog.
made_link = ClientStateVar.create("made_link", default="")


def whole(path: str) -> str:
    """The address as somebody at another machine needs it."""
    return f"{get_settings().base_url}{path}"


class InvitingState(rx.State):
    error: str = ""
    errors: dict[str, str] = {}

    @rx.event
    def begin(self) -> None:
        """Runs when a dialog opens."""
        self.error, self.errors = "", {}

    @rx.event
    async def invite(self, form_data: dict[str, Any]) -> EventSpec | None:
        """Make the link and show it; on an error say at which field, and keep the dialog open."""
        self.errors = {}
        viewer = await signed_in(self)
        try:
            token = await invitations.invite(
                viewer.actor,
                chosen(Role, typed(form_data, "role")),
                typed(form_data, "email"),
                typed(form_data, "name"),
            )
        except SeveralInvalid as error:
            self.errors = {each.field: str(each) for each in error.problems}
        except Invalid as error:
            self.errors = {error.field or "form": str(error)}
        except (DomainError, DatabaseUnavailable) as error:
            self.errors = {"form": str(error)}
        else:
            return made_link.push(whole(routes.invite(token)))
        return None

    @rx.event
    async def revoke(self, invitation_id: str) -> EventSpec | None:
        """Have the link work no more."""
        viewer = await signed_in(self)
        self.error = await attempt(_revoke(viewer.actor, invitation_id))
        return None if self.error else revoking.push("")


async def _revoke(actor: Any, given: object) -> None:
    invitation_id = parse_id(given)
    if invitation_id is None:
        raise NotFound("invitation")
    await invitations.revoke(actor, invitation_id)
