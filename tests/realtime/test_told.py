"""Which bells a view need not answer, because what they ring for was said at its own process."""

from __future__ import annotations

from supportdesk.domain.ids import new_id
from supportdesk.realtime.told import Told


def test_a_bell_is_answered_where_nobody_posts() -> None:
    assert not Told().knows(new_id())


def test_the_bell_of_a_message_that_was_told_of_is_not() -> None:
    told, message = Told(), new_id()
    told.begin()
    assert not told.end(message)
    assert told.knows(message)
    assert not told.knows(new_id())
    assert not told.knows(None)


def test_a_bell_that_rings_while_somebody_posts_waits_for_the_end_of_it() -> None:
    told, message = Told(), new_id()
    told.begin()
    assert told.knows(message)
    assert not told.end(message)


def test_the_bell_of_another_message_is_answered_then() -> None:
    told, other = Told(), new_id()
    told.begin()
    assert told.knows(other)
    assert told.end(new_id())
    assert not told.knows(other)


def test_of_two_who_post_each_answers_what_it_has_not_told() -> None:
    told, first, second = Told(), new_id(), new_id()
    told.begin()
    told.begin()
    assert told.knows(second)
    assert told.end(first)
    assert told.knows(first)
    assert not told.end(second)


def test_when_nothing_came_of_it_all_bells_are_answered() -> None:
    told, message = Told(), new_id()
    told.begin()
    assert told.knows(message)
    assert told.end()
