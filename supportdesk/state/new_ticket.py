"""The dialog in which a ticket is filed."""

from __future__ import annotations

import reflex as rx

from supportdesk import routes
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands import filing
from supportdesk.domain.commands.filing import NewTicket
from supportdesk.domain.errors import DomainError, Invalid
from supportdesk.domain.ids import new_id, parse_id
from supportdesk.domain.models import Priority, TicketType
from supportdesk.domain.queries import numbers, people
from supportdesk.domain.queries.people import SellerChoice
from supportdesk.state.choice import chosen, typed
from supportdesk.state.session import Effects, signed_in


class NewTicketState(rx.State):
    """The inputs keep their own text, so an error never costs any of it."""

    open: bool = False
    busy: bool = False
    subject_error: str = ""
    description_error: str = ""
    seller_error: str = ""
    form_error: str = ""
    sellers: list[SellerChoice] = []
    # The ticket's id, made before it is filed: filing the same form twice makes one ticket.
    ticket_id: str = rx.SessionStorage("", name="supportdesk-new-ticket")

    @rx.event
    async def show(self) -> None:
        viewer = await signed_in(self)
        self._forget_errors()
        try:
            self.sellers = await people.sellers_for(viewer.actor)
        except DatabaseUnavailable as error:
            self.form_error = str(error)
        if parse_id(self.ticket_id) is None:
            self.ticket_id = str(new_id())
        self.open = True

    @rx.event
    async def change_open(self, value: bool) -> None:
        await signed_in(self)
        if value is False:
            self.open = False

    @rx.event
    async def dismiss(self) -> None:
        await signed_in(self)
        self.open = False

    @rx.event
    async def submit(self, form_data: dict) -> Effects:
        """File the ticket and open it; on an error say which field, and keep the dialog open."""
        viewer = await signed_in(self)
        self._forget_errors()
        self.busy = True
        yield None
        self.busy = False
        try:
            filed = await filing.file_ticket(viewer.actor, self._read(form_data))
        except Invalid as error:
            self._blame(error)
            return
        except (DomainError, DatabaseUnavailable) as error:
            self.form_error = str(error)
            return
        self.open, self.ticket_id = False, ""
        yield rx.redirect(routes.ticket(viewer.actor.role.value, numbers.spell(filed.number)))

    def _read(self, form: dict) -> NewTicket:
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
        field = f"{error.field}_error"
        setattr(self, field if field in _FIELDS else "form_error", str(error))

    def _forget_errors(self) -> None:
        self.subject_error = self.description_error = self.seller_error = self.form_error = ""


_FIELDS = {"subject_error", "description_error", "seller_error"}
