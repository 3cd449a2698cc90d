"""Whose tabs have a conversation open, as they come and go."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.openers import Openers


def tab(actor: Actor) -> Browser:
    viewer = Viewer(uuid4(), actor, "Ada", "ada@desk.test", "UTC", datetime.now(UTC))
    return Browser(str(uuid4()), str(uuid4()), viewer)


def test_people_are_those_whose_tabs_are_there_just_now():
    ada, abe = (Actor(uuid4(), Role.ADMIN) for _ in range(2))
    first, second, other = tab(ada), tab(ada), tab(abe)
    openers = Openers()
    assert openers.people == frozenset()
    for each in (first, second, other):
        openers.add(each)
        assert each.viewer.actor.user_id in openers.people
    openers.discard(first)
    assert openers.people == {ada.user_id, abe.user_id}
    openers.discard(second)
    assert openers.people == {abe.user_id}


def test_the_same_people_are_the_same_set():
    """So that they are spelled once for the database."""
    openers = Openers()
    openers.add(tab(Actor(uuid4(), Role.ADMIN)))
    assert openers.people is openers.people
