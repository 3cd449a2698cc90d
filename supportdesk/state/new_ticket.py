"""The dialog in which a ticket is filed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk import routes
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands import drafts, filing
from supportdesk.domain.commands.filing import NewTicket
from supportdesk.domain.errors import DomainError, Invalid, SeveralInvalid
from supportdesk.domain.ids import new_id, parse_id
from supportdesk.domain.models import Priority, TicketType
from supportdesk.domain.queries import filing as form
from supportdesk.domain.queries import numbers
from supportdesk.domain.queries.drafts import Kept, kept_for
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.domain.queries.similar import Similar, similar_for
from supportdesk.state.attaching import NEW_TICKET, drop_all, forget_sent, sent_in_form
from supportdesk.state.boxes import (
    bring_up,
    choose_if,
    focus,
    form_values,
    length_in,
    offer,
    set_if,
)
from supportdesk.state.choice import chosen, typed
from supportdesk.state.new_ticket_offer import NOTHING, shown_offer
from supportdesk.state.session import Effects, attempt, signed_in
from supportdesk.state.unsaved import forget, forget_all, unsaved_by

# The dialog and what it offers live in the browser: it stays open, with all that was typed and
# chosen, through a lost connection and a restart of the server.
dialog_open = ClientStateVar.create("new_ticket_open", default=False)
offered = ClientStateVar.create("new_ticket_offer", default=NOTHING)
type_chosen = ClientStateVar.create("new_ticket_type", default=TicketType.PROBLEM.value)

ALERTS = "new-ticket-body"
"""Where the form begins, and with what is wrong with all of it."""
# How long the description is, and whether somebody has tried to file it though it was too long.
described_length = ClientStateVar.create("described_length", default=0)
described_too_long = ClientStateVar.create("described_too_long", default=False)
_MEASURE = length_in("description", described_length)

# What the tab keeps of the form until the server has it: see `state/unsaved`.
PLACES = "new/"
_KEPT = {"subject", "description", "type", "priority", "seller", "category"}
_LONGEST_PART = 20_000


class NewTicketState(rx.State):
    """The inputs keep their own text, so an error never costs any of it.

    `errors` go by the name of their field; the form's own is `form`.
    """

    busy: bool = False
    errors: dict[str, str] = {}
    similar: list[Similar] = []
    # A draft was brought back, and can be thrown away.
    brought_back: bool = False
    # A template was chosen that would replace what has been typed.
    asking: bool = False
    # The ticket's id, made when the dialog opens: filing the same form twice makes one ticket.
    ticket_id: str = rx.SessionStorage("", name="supportdesk-new-ticket")
    _filed: str = ""
    _filled: tuple[str, str] = ("", "")

    @rx.event
    async def show(self, unsaved: dict[str, Any] | None = None) -> Effects:
        """Runs when the dialog opens: what it offers, and the draft that was left.

        This tab may have left something of it `unsaved`; that is the latest.
        """
        self._begin()
        try:
            viewer = await signed_in(self)
            async for saved in _keep_left(viewer, unsaved):
                yield saved
            kept = await kept_for(viewer.actor, None)
            choices = await form.offer_for(viewer.actor)
        except DatabaseUnavailable as error:
            self.errors = {"form": str(error)}
            return
        self.brought_back = bool(kept.body.strip() or kept.form.get("subject", "").strip())
        yield offered.push(shown_offer(choices, kept.form))
        for effect in _bring_back(kept):
            yield effect

    @rx.event
    def ask_whether_open(self) -> EventSpec | None:
        """Sent when there is something else to choose from."""
        return self._ask_whether_open()

    def _ask_whether_open(self) -> EventSpec | None:
        """Only the browser knows whether the dialog is open; here, whether it ever was."""
        renew: Any = NewTicketState.renew
        return dialog_open.retrieve(callback=renew) if self.ticket_id else None

    @rx.event
    async def renew(self, opened: bool) -> EventSpec | None:
        """Offer in the open dialog what there is by now; what was typed and chosen stays."""
        viewer = await signed_in(self)
        if opened is not True:
            return None
        try:
            kept = await kept_for(viewer.actor, None)
            return offered.push(shown_offer(await form.offer_for(viewer.actor), kept.form))
        except DatabaseUnavailable:
            return None  # When it is back, the page arrives anew and asks again.

    def _begin(self) -> None:
        self.errors, self.similar = {}, []
        self.asking = self.brought_back = False
        self.ticket_id, self._filled = str(new_id()), ("", "")

    @rx.event
    async def keep(self, name: str, value: str) -> EventSpec | None:
        """Remember one field of the form, until the ticket is filed."""
        # What comes in when the ticket has been filed is of the past.
        if not _is_kept(name) or not isinstance(value, str) or self._filed == self.ticket_id != "":
            return None
        viewer = await signed_in(self)
        if await attempt(_keep(viewer, name, value)):
            return None
        return forget(str(viewer.actor.user_id), PLACES + name, value)

    @rx.event
    async def discard(self) -> Effects:
        """Throw the draft away and begin with an empty form."""
        viewer = await signed_in(self)
        error = await attempt(drafts.discard_new_ticket(viewer.actor))
        if error:
            self.errors = {"form": error}
            return
        yield drop_all(NEW_TICKET)
        yield forget_all(str(viewer.actor.user_id), PLACES)
        yield offered.push(NOTHING)
        for name in ("subject", "description"):
            yield rx.set_value(name, "")
        yield type_chosen.push(TicketType.PROBLEM.value)
        yield rx.set_value("priority", Priority.MEDIUM.value)
        yield focus("subject")
        again: Any = NewTicketState.show
        yield again

    @rx.event
    async def look_for_similar(self, subject: str) -> None:
        """Find open tickets of one's own that sound like this one."""
        viewer = await signed_in(self)
        try:
            if isinstance(subject, str):
                self.similar = await similar_for(viewer.actor, subject[:_LONGEST_PART])
        except DatabaseUnavailable:
            self.similar = []

    @rx.event
    async def choose_template(
        self, template: str, seller: str, subject: str, description: str
    ) -> Effects:
        """Begin with a template; ask first when that would cost something typed."""
        self.asking = False
        now = (subject, description)
        typed_something = any(isinstance(each, str) and each.strip() for each in now)
        if typed_something and now != self._filled:
            self.asking = bool(template)
            return
        async for effect in self._use(template, seller):
            yield effect

    @rx.event
    async def use_template(self, template: str, seller: str) -> Effects:
        """Let the chosen template replace what has been typed."""
        self.asking = False
        async for effect in self._use(template, seller):
            yield effect

    @rx.event
    async def choose_seller(
        self, template: str, seller: str, subject: str, description: str
    ) -> Effects:
        """Name them in what the template has said and nobody has changed."""
        if (subject, description) == self._filled:
            async for effect in self._use(template, seller):
                yield effect

    @rx.event
    def keep_typed(self) -> None:
        """Leave what has been typed as it is."""
        self.asking = False

    async def _use(self, template: object, seller: object) -> Effects:
        viewer, template_id = await signed_in(self), parse_id(template)
        if template_id is None:
            return
        try:
            filled = await form.filled_template(
                viewer.actor, template_id, parse_id(seller), viewer.timezone
            )
            self._filled = (filled.subject, filled.body)
            await drafts.keep_new_ticket(
                viewer.actor, description=filled.body, form={"subject": filled.subject}
            )
        except (DomainError, DatabaseUnavailable) as error:
            self.errors = {"form": str(error)}
            return
        for name in ("subject", "description"):
            yield forget_all(str(viewer.actor.user_id), PLACES + name)
        yield rx.set_value("subject", filled.subject)
        yield rx.set_value("description", filled.body)
        yield described_length.push(len(filled.body.strip()))

    @rx.event
    async def submit(self, form_data: dict[str, Any]) -> Effects:
        """File the ticket and open it; on an error say which field, and keep the dialog open."""
        self.errors, self.asking, self.busy = {}, False, True
        yield None
        self.busy = False
        try:
            viewer = await signed_in(self)
            filed = await filing.file_ticket(viewer.actor, self._read(form_data))
        except Invalid as error:
            problems = error.problems if isinstance(error, SeveralInvalid) else [error]
            self.errors = _at_fields(problems, form_data)
            yield bring_up(next((name for name in self.errors if name != "form"), ""), ALERTS)
            return
        except (DomainError, DatabaseUnavailable) as error:
            self.errors = {"form": str(error)}
            yield bring_up("", ALERTS)
            return
        self._filed, self.similar = self.ticket_id, []
        yield forget_sent(NEW_TICKET)
        yield forget_all(str(viewer.actor.user_id), PLACES)
        yield dialog_open.push(False)
        yield rx.redirect(routes.ticket(viewer.actor.role.value, numbers.spell(filed.number)))

    def _read(self, form: dict[str, Any]) -> NewTicket:
        fields = {parse_id(key): value for key, value in form_values(form, "field:").items()}
        tags = (parse_id(key) for key in form_values(form, "tag:"))
        return NewTicket(
            subject=typed(form, "subject"),
            description=typed(form, "description"),
            type=chosen(TicketType, typed(form, "type") or TicketType.PROBLEM),
            priority=chosen(Priority, typed(form, "priority") or Priority.MEDIUM),
            seller_id=_one_of_list(form, "seller"),
            id=parse_id(self.ticket_id),
            category_id=_one_of_list(form, "category"),
            fields={key: value for key, value in fields.items() if key},
            tag_ids=tuple(key for key in tags if key),
            files=sent_in_form(form),
        )


def _at_fields(problems: Sequence[Invalid], form_data: object) -> dict[str, str]:
    """Each problem under its field, if that was on the screen when it was sent. All others are the
    form's: what admins have asked for meanwhile, and what stands beside no single field."""
    drawn = form_values(form_data, "").keys() - {"files"}
    errors: dict[str, str] = {}
    for each in problems:
        place = each.field if each.field in drawn else "form"
        errors[place] = f"{errors[place]} {each}" if place in errors else str(each)
    return errors


def _bring_back(kept: Kept) -> list[EventSpec]:
    """What the offer does not bring: fields that are on the screen from the beginning."""
    effects = [
        offer("subject", kept.form.get("subject", "")),
        offer("description", kept.body, _MEASURE),
    ]
    # What was chosen since the dialog opened is newer.
    if ticket_type := kept.form.get("type"):
        effects.append(set_if(type_chosen, TicketType.PROBLEM, ticket_type))
    if priority := kept.form.get("priority"):
        effects.append(choose_if("priority", Priority.MEDIUM, priority))
    return effects


async def _keep(viewer: Viewer, name: str, value: str) -> None:
    value = value[:_LONGEST_PART]
    if name == "description":
        await drafts.keep_new_ticket(viewer.actor, description=value)
    else:
        await drafts.keep_new_ticket(viewer.actor, form={name: value})


async def _keep_left(viewer: Viewer, unsaved: object) -> Effects:
    me = str(viewer.actor.user_id)
    for place, each in unsaved_by(me, unsaved).items():
        name = place.removeprefix(PLACES)
        if place != name and _is_kept(name):
            await _keep(viewer, name, each.text)
            yield forget(me, place, each.text)


def _is_kept(name: object) -> bool:
    return isinstance(name, str) and (name in _KEPT or _is_numbered(name))


def _is_numbered(name: str) -> bool:
    """Whether it is the name of a custom field or of a tag."""
    prefix, _, key = name.partition(":")
    return prefix in ("field", "tag") and parse_id(key) is not None


def _one_of_list(form: object, name: str) -> Any:
    """The id of what was chosen, if anything was. Raises `Invalid`: a browser may send anything."""
    value = typed(form, name)
    key = parse_id(value)
    if value and key is None:
        raise Invalid("Choose one of the list.", name)
    return key
