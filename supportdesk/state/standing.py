"""How somebody stands with the desk: what they asked to be let into, and if they may write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk import routes
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands import joining, moderation
from supportdesk.domain.errors import DomainError, Invalid, NotFound, SeveralInvalid
from supportdesk.domain.ids import parse_id
from supportdesk.domain.models import RequestState
from supportdesk.domain.queries.joining import OwnRequest, own_standing_for
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.domain.queries.thread import own_marks_for
from supportdesk.state.choice import typed
from supportdesk.state.desk import browser_of
from supportdesk.state.session import signed_in

# The number that the dialog begins with; what is typed lives in the browser.
asking_open = ClientStateVar.create("asking_open", default=False)
asked_number = ClientStateVar.create("asked_number", default="")
# The message that is being reported.
reporting = ClientStateVar.create("reporting", default="")

ANSWER = "Your request is sent. If there is such a ticket, an admin decides."
_LABELS = {
    RequestState.WAITING: "Waiting for an admin",
    RequestState.ACCEPTED: "Accepted",
    RequestState.REFUSED: "Refused",
}


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """`href` leads to the ticket, once the person takes part; `at` is ISO."""

    id: str
    number: str
    reason: str
    state: str
    label: str
    word: str
    at: str
    href: str


class StandingState(rx.State):
    """`reported` are the messages of the open conversation that the person has reported."""

    blocked: bool = False
    requests: list[ShownRequest] = []
    reported: list[str] = []
    errors: dict[str, str] = {}
    sent: str = ""

    async def _read(self, viewer: Viewer) -> None:
        found = await own_standing_for(viewer.actor)
        self.blocked = found.blocked
        self.requests = [_shown(each, viewer.actor.role.value) for each in found.requests]

    @rx.event
    async def begin(self) -> None:
        """Runs when one of the dialogs is opened."""
        self.errors, self.sent = {}, ""
        await self._read(await signed_in(self))

    @rx.event
    async def ask(self, form_data: dict[str, Any]) -> EventSpec | None:
        """Ask to be let into a ticket; what was typed stays when it cannot be asked."""
        viewer = await signed_in(self)
        self.sent = ""
        if await self._refused(
            joining.ask(viewer.actor, typed(form_data, "number"), typed(form_data, "reason"))
        ):
            return None
        await self._read(viewer)
        self.sent = ANSWER
        return rx.set_value("join_reason", "")

    @rx.event
    async def reread(self) -> EventSpec | None:
        """Sent when one of the person's requests was made or decided."""
        viewer = await signed_in(self)
        waited = {each.id for each in self.requests if each.state == RequestState.WAITING}
        await self._read(viewer)
        decided = [
            each
            for each in self.requests
            if each.id in waited and each.state != RequestState.WAITING
        ]
        if not decided:
            return None
        self.sent = ""
        return rx.toast(_news(decided[0]))

    @rx.event
    async def report(self, form_data: dict[str, Any]) -> list[EventSpec] | None:
        """Have the admins look at a message."""
        viewer = await signed_in(self)
        command = _report(viewer, typed(form_data, "message"), typed(form_data, "reason"))
        if await self._refused(command):
            return None
        return [reporting.push(""), rx.toast("Reported. An admin looks at it.")]

    @rx.event
    async def reread_reported(self) -> None:
        """Sent when the person has reported something, here or elsewhere."""
        viewer, browser = await signed_in(self), browser_of(self)
        if browser is not None and browser.thread is not None:
            marks = await own_marks_for(viewer.actor, browser.thread.conversation_id)
            self.reported = list(marks.reported)

    async def _refused(self, command: Any) -> bool:
        self.errors = {}
        try:
            await command
        except SeveralInvalid as error:
            self.errors = {each.field: str(each) for each in error.problems}
        except Invalid as error:
            self.errors = {error.field or "form": str(error)}
        except (DomainError, DatabaseUnavailable) as error:
            self.errors = {"form": str(error)}
        return bool(self.errors)


async def _report(viewer: Viewer, message_id: str, reason: str) -> None:
    wanted = parse_id(message_id)
    if wanted is None:
        raise NotFound("message")
    await moderation.report(viewer.actor, wanted, reason)


def _shown(request: OwnRequest, role: str) -> ShownRequest:
    return ShownRequest(
        id=request.id,
        number=request.number,
        reason=request.reason,
        state=request.state,
        label=_LABELS[RequestState(request.state)],
        word=request.word,
        at=request.at.isoformat(),
        href=routes.ticket(role, request.number) if request.there else "",
    )


def _news(request: ShownRequest) -> str:
    if request.state == RequestState.ACCEPTED:
        return f"You have been let into {request.number}."
    word = f": {request.word}" if request.word else "."
    return f"Your request for {request.number} was refused{word}"
