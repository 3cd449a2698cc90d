"""Which status may follow which, and by whom: the whole table, without a database."""

from __future__ import annotations

import pytest

from supportdesk.domain import lifecycle
from supportdesk.domain.actor import Role
from supportdesk.domain.errors import Refused
from supportdesk.domain.lifecycle import Status

# From the left-hand status, in the order in which they are offered.
STAFF = {
    "open": "in_progress waiting_on_customer resolved closed",
    "in_progress": "open waiting_on_customer resolved closed",
    "waiting_on_customer": "open in_progress resolved closed",
    "resolved": "open closed",
    "closed": "open",
}
BUYER = {
    "open": "resolved closed",
    "in_progress": "resolved closed",
    "waiting_on_customer": "resolved closed",
    "resolved": "open closed",
    "closed": "open",
}
TABLE = {Role.BUYER: BUYER, Role.SELLER: STAFF, Role.ADMIN: STAFF}
EVERY_MOVE = [
    (role, current, to) for role in Role for current in Status for to in Status if to is not current
]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("current", Status)
def test_these_moves_are_offered_in_this_order(role, current):
    assert lifecycle.allowed_moves(current, role) == tuple(TABLE[role][current].split())


@pytest.mark.parametrize(("role", "current", "to"), EVERY_MOVE)
def test_a_move_is_made_if_it_is_offered_and_refused_otherwise(role, current, to):
    if to in TABLE[role][current].split():
        assert lifecycle.move(current, to, role) is to
    else:
        with pytest.raises(Refused):
            lifecycle.move(current, to, role)


def test_a_buyer_is_told_which_moves_are_for_the_staff():
    with pytest.raises(Refused) as refused:
        lifecycle.move(Status.OPEN, Status.IN_PROGRESS, Role.BUYER)
    assert str(refused.value) == (
        "Only the seller or the platform can set a ticket to “In progress”."
    )


@pytest.mark.parametrize("role", Role)
def test_a_closed_ticket_says_that_it_has_to_be_reopened_first(role):
    with pytest.raises(Refused, match=r"^This ticket is closed\. Reopen it first\.$"):
        lifecycle.move(Status.CLOSED, Status.RESOLVED, role)


def test_an_impossible_move_names_both_statuses():
    with pytest.raises(Refused) as refused:
        lifecycle.move(Status.RESOLVED, Status.WAITING_ON_CUSTOMER, Role.ADMIN)
    assert str(refused.value) == (
        "A ticket that is “Resolved” cannot become “Waiting on customer”."
    )


@pytest.mark.parametrize("current", [Status.RESOLVED, Status.WAITING_ON_CUSTOMER])
def test_a_word_from_the_buyer_reopens_what_was_resolved_or_waited_for_them(current):
    assert lifecycle.after_message(current, Role.BUYER) is Status.OPEN


@pytest.mark.parametrize("current", [Status.OPEN, Status.IN_PROGRESS])
def test_a_word_from_the_buyer_leaves_what_is_being_worked_on(current):
    assert lifecycle.after_message(current, Role.BUYER) is current


@pytest.mark.parametrize("role", [Role.SELLER, Role.ADMIN])
@pytest.mark.parametrize("current", Status)
def test_a_word_from_the_staff_moves_nothing(current, role):
    assert lifecycle.after_message(current, role) is current


def test_every_status_but_closed_takes_messages():
    assert [status for status in Status if not lifecycle.accepts_messages(status)] == [
        Status.CLOSED
    ]
