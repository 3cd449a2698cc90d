"""The lists that somebody has open, found by whose they are: a message concerns few of many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from supportdesk.domain.actor import Role
from supportdesk.realtime.inbox_view import InboxKey, InboxView
from supportdesk.realtime.screen import Screen


class OpenLists:
    def __init__(self) -> None:
        self._views: dict[InboxKey, InboxView] = {}
        self._of_admins: set[InboxView] = set()
        self._of: defaultdict[UUID, set[InboxView]] = defaultdict(set)

    def values(self) -> list[InboxView]:
        return list(self._views.values())

    def find(self, key: InboxKey, screen: Screen) -> InboxView:
        """The view of that list; a new one if nobody has it open."""
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = InboxView(key, screen)
            if key.role is Role.ADMIN:
                self._of_admins.add(view)
            if key.owner is not None:
                self._of[key.owner].add(view)
        return view

    def drop(self, view: InboxView) -> None:
        self._views.pop(view.key, None)
        self._of_admins.discard(view)
        owner = view.key.owner
        if owner is not None and owner in self._of:
            self._of[owner].discard(view)
            if not self._of[owner]:
                del self._of[owner]

    def of(self, person: UUID) -> list[InboxView]:
        return list(self._of.get(person, ()))

    def that_may_hold(self, people: Iterable[UUID] | None) -> list[InboxView]:
        """Those that may hold a ticket in which these take part; None: nobody knows who does."""
        if people is None:
            return self.values()
        theirs = {view for person in people for view in self._of.get(person, ())}
        return [*(self._of_admins | theirs)]
