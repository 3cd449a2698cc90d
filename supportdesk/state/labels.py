"""Tags, custom fields and notes of the open ticket."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands import fields, notes, tags
from supportdesk.domain.errors import Changed, DomainError, Invalid
from supportdesk.domain.ids import parse_id
from supportdesk.domain.queries.tags import Suggestion, suggestions_for
from supportdesk.state.choice import typed
from supportdesk.state.chosen import answered_in, forget_notes, in_fields, note_seen
from supportdesk.state.details import DetailsState
from supportdesk.state.session import Effects, attempt, signed_in

NEW_TAG = "new-tag"


class LabelState(rx.State):
    """`refused` counts the answers that were no: the fields then start from what is so."""

    suggestions: list[Suggestion] = []
    refused: int = 0
    _added: str = ""

    @rx.event
    async def suggest_tags(self, text: str) -> None:
        """The tags that one may mean who has typed so much."""
        self.suggestions = []
        # Who is quick has put the tag on before the pause after typing is over.
        late, self._added = text == self._added, ""
        if isinstance(text, str) and text.strip() and not late:
            details = await self.get_state(DetailsState)
            details.error = await attempt(self._suggest(text))

    @rx.event
    async def add_tag(self, form_data: dict[str, Any]) -> list[EventSpec]:
        """Put on what was typed, as a new tag when there is none of that name."""
        self._added = typed(form_data, NEW_TAG)
        return await self._add(self._added)

    @rx.event
    async def pick_tag(self, name: str) -> list[EventSpec]:
        """Put on one of those suggested."""
        if name not in {suggestion.name for suggestion in self.suggestions}:
            return []
        return await self._add(name)

    @rx.event
    async def remove_tag(self, tag_id: str) -> None:
        await self._do(self._remove_tag(tag_id))

    @rx.event
    async def fill_field(self, field_id: str, value: str, seen: str) -> EventSpec:
        if not await self._do(self._fill(field_id, value, seen)):
            self.refused += 1
        return answered_in(in_fields, str(field_id), str(value))

    @rx.event
    async def save_notes(self, value: str, seen: str) -> Effects:
        """Keep what stands in the box; what somebody else wrote meanwhile is not lost."""
        details = await self.get_state(DetailsState)
        try:
            await self._write_notes(value, seen)
        except Changed as changed:
            # Before the reader is told: from then on, leaving the box once more means to keep it.
            yield note_seen.push(changed.now)
            details.error = str(changed)
            return
        except (DomainError, DatabaseUnavailable) as error:
            details.error = str(error)
            return
        details.error = ""
        await details._catch_up()
        yield forget_notes()

    async def _suggest(self, text: str) -> None:
        viewer = await signed_in(self)
        details = await self.get_state(DetailsState)
        ticket_id = await details._open_ticket()
        self.suggestions = await suggestions_for(viewer.actor, ticket_id, text)

    async def _add(self, name: str) -> list[EventSpec]:
        if not await self._do(self._add_tag(name)):
            return []
        self.suggestions = []
        return [rx.set_value(NEW_TAG, ""), rx.set_focus(NEW_TAG)]

    async def _add_tag(self, name: str) -> None:
        viewer = await signed_in(self)
        details = await self.get_state(DetailsState)
        await tags.add(viewer.actor, await details._open_ticket(), name)

    async def _remove_tag(self, tag_id: object) -> None:
        viewer = await signed_in(self)
        details = await self.get_state(DetailsState)
        await tags.remove(viewer.actor, await details._open_ticket(), _id(tag_id))

    async def _fill(self, field_id: object, value: object, seen: object) -> None:
        viewer = await signed_in(self)
        details = await self.get_state(DetailsState)
        ticket_id = await details._open_ticket()
        await fields.fill(viewer.actor, ticket_id, _id(field_id), _text(value), _text(seen))

    async def _write_notes(self, value: object, seen: object) -> None:
        viewer = await signed_in(self)
        details = await self.get_state(DetailsState)
        ticket_id = await details._open_ticket()
        await notes.write(viewer.actor, ticket_id, _text(value), _text(seen))

    async def _do(self, command: Awaitable[object]) -> bool:
        """Run it, and have this screen told before the answer comes; whether it was done."""
        details = await self.get_state(DetailsState)
        details.error = await attempt(command)
        await details._catch_up()
        return not details.error


def _id(value: object) -> UUID:
    found = parse_id(value)
    if found is None:
        raise Invalid("Choose one of the list.")
    return found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Invalid("Write some text.")
    return value
