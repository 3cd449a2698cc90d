"""Whom one can mention in the open conversation, for the list over the composer."""

from __future__ import annotations

import reflex as rx
from reflex.experimental import ClientStateVar

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.queries.mentions import Callee, people_for
from supportdesk.state.session import signed_in
from supportdesk.state.thread import ThreadState

# The name that is being typed after an `@`, with it, or nothing; and which person is marked.
at_name = ClientStateVar.create("at_name", default="")
marked = ClientStateVar.create("marked_person", default=0)


class MentionState(rx.State):
    """`number` is the ticket whose `people` these are."""

    number: str = ""
    people: list[Callee] = []

    @rx.event
    async def refresh(self) -> None:
        """Runs when somebody begins to write, and when they begin a name."""
        viewer = await signed_in(self)
        ticket = await self.get_state(ThreadState)
        conversation_id = await ticket._ticket_id()
        if conversation_id is None:
            self.number, self.people = "", []
            return
        try:
            self.people = await people_for(viewer.actor, conversation_id)
        except DatabaseUnavailable:
            return  # What is typed by hand is a mention, too.
        self.number = ticket.number
