"""The dialog in which a ticket is filed."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk import routes
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands import filing
from supportdesk.domain.commands.filing import NewTicket
from supportdesk.domain.errors import DomainError, Invalid
from supportdesk.domain.ids import new_id, parse_id
from supportdesk.domain.models import Priority, TicketType
from supportdesk.domain.queries import numbers, people
from supportdesk.domain.text import SUBJECT_MAX_LENGTH, check_body, check_line
from supportdesk.state.choice import chosen, typed
from supportdesk.state.session import Effects, signed_in

# The dialog and what it offers live in the browser: it stays open, with all that was typed and
# chosen, through a lost connection and a restart of the server.
dialog_open = ClientStateVar.create("new_ticket_open", default=False)
seller_choices = ClientStateVar.create("seller_choices", default=[])

_FIELDS = ("subject", "description", "seller")


class NewTicketState(rx.State):
    """The inputs keep their own text, so an error never costs any of it."""

    busy: bool = False
    subject_error: str = ""
    description_error: str = ""
    seller_error: str = ""
    form_error: str = ""
    # The ticket's id, made when the dialog opens: filing the same form twice makes one ticket.
    ticket_id: str = rx.SessionStorage("", name="supportdesk-new-ticket")

    @rx.event
    async def show(self) -> EventSpec | None:
        """Runs when the dialog opens: a new form, and the sellers one may write to."""
        self._forget_errors()
        self.ticket_id = str(new_id())
        try:
            viewer = await signed_in(self)
            sellers = await people.sellers_for(viewer.actor)
        except DatabaseUnavailable as error:
            self.form_error = str(error)
            return None
        return seller_choices.push([{"id": each.id, "name": each.name} for each in sellers])

    @rx.event
    async def submit(self, form_data: dict[str, Any]) -> Effects:
        """File the ticket and open it; on an error say which field, and keep the dialog open."""
        self._forget_errors()
        if not self._looks_right(form_data):
            yield rx.set_focus("subject" if self.subject_error else "description")
            return
        self.busy = True
        yield None
        self.busy = False
        try:
            viewer = await signed_in(self)
            filed = await filing.file_ticket(viewer.actor, self._read(form_data))
        except Invalid as error:
            self._blame(error)
            return
        except (DomainError, DatabaseUnavailable) as error:
            self.form_error = str(error)
            return
        yield dialog_open.push(False)
        yield rx.redirect(routes.ticket(viewer.actor.role.value, numbers.spell(filed.number)))

    def _looks_right(self, form: object) -> bool:
        """Tell all that is wrong at once; the command only tells the first."""
        for check in (
            lambda: check_line(
                typed(form, "subject"), SUBJECT_MAX_LENGTH, "The subject", "subject"
            ),
            lambda: check_body(typed(form, "description"), "description"),
        ):
            try:
                check()
            except Invalid as error:
                self._blame(error)
        return not (self.subject_error or self.description_error)

    def _read(self, form: object) -> NewTicket:
        seller = typed(form, "seller")
        seller_id = parse_id(seller)
        if seller and seller_id is None:
            raise Invalid("Choose one of the list.", "seller")
        return NewTicket(
            subject=typed(form, "subject"),
            description=typed(form, "description"),
            type=chosen(TicketType, typed(form, "type") or TicketType.PROBLEM),
            priority=chosen(Priority, typed(form, "priority") or Priority.MEDIUM),
            seller_id=seller_id,
            id=parse_id(self.ticket_id),
        )

    def _blame(self, error: Invalid) -> None:
        field = f"{error.field}_error" if error.field in _FIELDS else "form_error"
        setattr(self, field, str(error))

    def _forget_errors(self) -> None:
        self.subject_error = self.description_error = self.seller_error = self.form_error = ""
