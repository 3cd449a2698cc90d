"""A list that its reader has scrolled down in: rows change in place, and none of them moves.

The tab keeps what it shows and is told, for itself, which of those rows have changed, and how many
tickets would stand elsewhere or are new. Going back to the top reads the list as it is now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from supportdesk.domain.queries.inbox import Cursor, Place, Placed, TicketRow


@dataclass(slots=True)
class Hold:
    """`places` are those of the first page as it was; `after` is where that page ended."""

    places: dict[str, Place]
    after: Cursor | None
    shown: set[str]
    """The tickets on the screen, further pages included."""
    changed: dict[str, UUID | None] = field(default_factory=dict)
    """Tickets that changed since, and who changed them last."""
    touched: dict[str, TicketRow] = field(default_factory=dict)
    fresh: int = 0
    lost: bool = False
    """A ticket on the screen may not be seen any more: the list has to be read anew."""
    told: bool = False
    """The tab has been asked to look here and has not begun to."""

    def note(
        self,
        page: Mapping[str, Placed],
        rows: Iterable[TicketRow],
        changed: Mapping[str, UUID | None],
        reader: UUID,
    ) -> bool:
        """Take in what changed; whether that is anything for this tab's screen.

        `page` is the first page as it is now, `rows` are the changed tickets as they are now, also
        those that the filters no longer find; one that is missing in them is out of reach.
        """
        before = self.fresh
        known = {row.id: row for row in rows}
        mine = {id_: known.get(id_) for id_ in changed if id_ in self.shown}
        self.touched |= {id_: row for id_, row in mine.items() if row is not None}
        self.lost = self.lost or None in mine.values()
        self.changed |= changed
        self.fresh = sum(
            1
            for id_, placed in page.items()
            if self.changed.get(id_, reader) != reader and self._rose(id_, placed)
        )
        return bool(mine) or self.fresh != before

    def _rose(self, id_: str, placed: Placed) -> bool:
        before = self.places.get(id_)
        return before is None or placed.place < before
