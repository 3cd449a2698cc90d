"""The page on which admins answer requests to join, and reports of abuse."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk import routes
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands import joining, moderation
from supportdesk.domain.errors import Invalid, NotFound
from supportdesk.domain.ids import parse_id
from supportdesk.domain.models import Audience
from supportdesk.domain.queries.moderation import ReportRow, RequestRow, moderation_for
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.realtime.pages import Page
from supportdesk.state.arriving import admin_at, arrive_at
from supportdesk.state.choice import chosen, typed
from supportdesk.state.session import attempt, signed_in

# What is being decided lives in the browser, so that its dialog outlasts a lost connection.
NOTHING_DECIDED = {"deed": "", "id": "", "name": "", "number": "", "seller": ""}
deciding = ClientStateVar.create("deciding", default=NOTHING_DECIDED)


@dataclass(frozen=True, slots=True)
class ShownRequestRow:
    """Times are ISO, empty for none; `href` leads to the ticket, if there is one."""

    id: str
    person_id: str
    name: str
    role: str
    seller: bool
    avatar: str
    hue: int
    number: str
    subject: str
    exists: bool
    there: bool
    reason: str
    at: str
    state: str
    word: str
    decided_by: str
    decided_at: str
    href: str


@dataclass(frozen=True, slots=True)
class ShownReport:
    """Times are ISO, empty for none; `href` leads to the message, if it is there."""

    id: str
    reporter: str
    reason: str
    at: str
    person_id: str
    name: str
    role: str
    avatar: str
    hue: int
    blocked: bool
    number: str
    seq: int
    said: str
    standing: bool
    state: str
    outcome: str
    decided_by: str
    decided_at: str
    href: str


class RequestsState(rx.State):
    loaded: bool = False
    error: str = ""
    decision_error: str = ""
    requests: list[ShownRequestRow] = []
    past_requests: list[ShownRequestRow] = []
    reports: list[ShownReport] = []
    past_reports: list[ShownReport] = []

    @rx.event
    async def arrive(self) -> EventSpec | None:
        """Runs on the page, and again after each reconnect."""
        return await arrive_at(self, Page.REQUESTS, self._read)

    @rx.event
    async def reread(self) -> None:
        """Sent when somebody has asked or reported, or some admin has decided."""
        if viewer := await admin_at(self, Page.REQUESTS):
            await self._read(viewer)

    async def _read(self, viewer: Viewer) -> None:
        found = await moderation_for(viewer.actor)
        self.requests = [_request(row) for row in found.requests]
        self.past_requests = [_request(row) for row in found.past_requests]
        self.reports = [_report(row) for row in found.reports]
        self.past_reports = [_report(row) for row in found.past_reports]
        self.loaded = True

    @rx.event
    def begin(self) -> None:
        """Runs when a dialog is opened."""
        self.error = self.decision_error = ""

    @rx.event
    async def decide(self, form_data: dict[str, Any]) -> EventSpec | None:
        """Answer a request or a report; the dialog stays, and says why, when that cannot be."""
        viewer = await signed_in(self)
        self.decision_error = await attempt(_answer(viewer.actor, form_data))
        return None if self.decision_error else deciding.push(NOTHING_DECIDED)

    @rx.event
    async def dismiss(self, report_id: str) -> None:
        await self._do(moderation.dismiss, report_id)

    @rx.event
    async def unblock(self, person_id: str) -> None:
        """Let them write again."""
        await self._do(moderation.unblock, person_id)

    async def _do(self, command: Callable[[Actor, UUID], Awaitable[None]], given: object) -> None:
        viewer = await signed_in(self)
        self.error = await attempt(_by_id(command, viewer.actor, given))


async def _by_id(
    command: Callable[[Actor, UUID], Awaitable[None]], actor: Actor, given: object
) -> None:
    await command(actor, _id(given))


async def _answer(actor: Actor, form: object) -> None:
    row_id = _id(typed(form, "id"))
    match typed(form, "deed"):
        case "accept":
            await joining.accept(actor, row_id, chosen(Audience, typed(form, "may_read")))
        case "refuse":
            await joining.refuse(actor, row_id, typed(form, "word"))
        case "delete":
            await moderation.delete_reported(actor, row_id)
        case "block":
            await moderation.block_reported(actor, row_id)
        case _:
            raise Invalid("Choose one of the list.")


def _id(given: object) -> UUID:
    found = parse_id(given)
    if found is None:
        raise NotFound("request")
    return found


Row = TypeVar("Row", ShownRequestRow, ShownReport)


def _request(row: RequestRow) -> ShownRequestRow:
    return _shown(ShownRequestRow, row, _ticket(row.number) if row.exists else "")


def _report(row: ReportRow) -> ShownReport:
    place = f"#message-{row.seq}" if row.seq else ""
    return _shown(ShownReport, row, _ticket(row.number) + place if row.number else "")


def _shown(kind: type[Row], row: Any, href: str) -> Row:
    names = [each.name for each in fields(kind) if each.name != "href"]
    return kind(href=href, **{name: _plain(getattr(row, name)) for name in names})


def _plain(value: object) -> Any:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else value


def _ticket(number: str) -> str:
    return routes.ticket(Role.ADMIN.value, number)
