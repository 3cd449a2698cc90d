"""Canned replies at hand: in the composer, and in the dialog where the staff keeps its own."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands import replies
from supportdesk.domain.errors import DomainError, Invalid, NotFound, SeveralInvalid
from supportdesk.domain.ids import parse_id
from supportdesk.domain.queries.replies import ReplyRow, all_for, filled_for
from supportdesk.state.boxes import replace_slash
from supportdesk.state.choice import typed
from supportdesk.state.outbox import MESSAGE_BOX
from supportdesk.state.session import Effects, attempt, signed_in
from supportdesk.state.thread import ThreadState

# The word that begins with a slash before the caret, or nothing; and which reply is marked.
slash = ClientStateVar.create("slash", default="")
marked = ClientStateVar.create("marked_reply", default=0)

NEW_REPLY = {"id": "", "name": "", "body": ""}
replies_open = ClientStateVar.create("replies_open", default=False)
# What the form of the dialog holds, so that it outlives a restart of the server.
edited = ClientStateVar.create("edited_reply", default=NEW_REPLY)


class RepliesState(rx.State):
    replies: list[ReplyRow] = []
    error: str = ""
    errors: dict[str, str] = {}
    _asked: bool = False

    @rx.event
    async def refresh(self) -> None:
        """Runs when somebody begins to write, and when the dialog opens."""
        self.error, self.errors, self._asked = "", {}, True
        await self._read()

    @rx.event
    async def reread(self) -> None:
        """Sent when admins have changed what is shared: the list may be open."""
        await self._read_again()

    async def _read_again(self) -> None:
        if self._asked:
            await self._read()

    async def _read(self) -> None:
        viewer = await signed_in(self)
        try:
            self.replies = await all_for(viewer.actor)
        except DatabaseUnavailable as error:
            self.error = str(error)

    @rx.event
    async def insert(self, reply_id: str) -> EventSpec | None:
        """Put the reply into the box, with the names of the open ticket in it."""
        viewer = await signed_in(self)
        ticket = await self.get_state(ThreadState)
        ticket_id, wanted = await ticket._ticket_id(), parse_id(reply_id)
        if ticket_id is None or wanted is None:
            return None
        try:
            text = await filled_for(viewer.actor, wanted, ticket_id, viewer.timezone)
        except (NotFound, DatabaseUnavailable) as error:
            return rx.toast.error(str(error))
        return replace_slash(MESSAGE_BOX, text)

    @rx.event
    async def save(self, form_data: dict[str, Any]) -> Effects:
        """Keep a reply of one's own: a new one, or one that was changed."""
        self.error, self.errors = "", {}
        viewer = await signed_in(self)
        given = typed(form_data, "reply_id")
        reply_id = parse_id(given)
        try:
            if given and reply_id is None:
                raise NotFound("reply")
            name, body = typed(form_data, "reply_name"), typed(form_data, "reply_body")
            await replies.save(viewer.actor, reply_id, name, body)
        except SeveralInvalid as error:
            self.errors = {each.field: str(each) for each in error.problems}
            return
        except Invalid as error:
            self.errors = {error.field: str(error)}
            return
        except (DomainError, DatabaseUnavailable) as error:
            self.error = str(error)
            return
        await self._read()
        # With the list: by then somebody may be at the next one.
        emptied = [rx.set_value(field, "") for field in ("reply_name", "reply_body")]
        yield [edited.push(NEW_REPLY), *emptied]

    @rx.event
    async def remove(self, reply_id: str) -> None:
        """Delete a reply of one's own."""
        viewer = await signed_in(self)
        wanted = parse_id(reply_id)
        if wanted is not None:
            self.error = await attempt(replies.remove(viewer.actor, wanted))
            await self._read()
