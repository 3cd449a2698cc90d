"""What is sealed is worked out once; what is not, each time."""

from __future__ import annotations

from collections import namedtuple
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from supportdesk.domain.entries import Part
from supportdesk.domain.periods import Span
from supportdesk.domain.sums import Figures, Stretch, Waited

_BEGINS = datetime(2026, 3, 1, tzinfo=UTC)
_DAY = timedelta(days=1)

Row = namedtuple(
    "Row",
    "id starts_at ends_at sign filed undone reopened resolved responses resolutions quarters",
)


def day(id_: UUID | None, waited: int, sign: int = 1, quarters: bytes | None = None) -> Row:
    """One ticket filed and one answered, after so many seconds."""
    seconds = waited.to_bytes(4, "big")
    return Row(id_, _BEGINS, _BEGINS + _DAY, sign, 1, 0, 0, 0, seconds, b"", quarters)


def figures(*rows: Row, until: timedelta = _DAY) -> Figures:
    stretch = Stretch()
    for row in rows:
        stretch.add(Part(row), Span(_BEGINS, _BEGINS + until))
    return stretch.figures(7)


def of_one(waited: int) -> Figures:
    return Figures(filed=1, backlog=7, response=Waited(1, waited, waited))


def test_what_is_sealed_is_worked_out_once() -> None:
    """So what another one with its id would have is never looked at."""
    sealed = uuid4()
    assert figures(day(sealed, 60)) == of_one(60)
    assert figures(day(sealed, 90)) == of_one(60)
    assert figures(day(uuid4(), 90)) == of_one(90)


def test_what_is_counted_or_corrected_is_what_it_says() -> None:
    assert [figures(day(None, waited)) for waited in (60, 90)] == [of_one(60), of_one(90)]
    sealed = uuid4()
    assert figures(day(sealed, 60)) == of_one(60)
    assert figures(day(sealed, 60), day(None, 60, sign=-1), day(None, 90)) == of_one(90)
    assert figures(day(sealed, 60)) == of_one(60)


def test_another_piece_of_a_sealed_day_is_another() -> None:
    """Filed in its first quarter of an hour, answered in its third."""
    row = day(uuid4(), 60, quarters=bytes((0, 2)))
    assert figures(row) == of_one(60)
    assert figures(row, until=timedelta(minutes=30)) == Figures(filed=1, backlog=7)
    assert figures(row) == of_one(60)


def test_what_says_much_is_not_kept() -> None:
    """Today says something else with each ticket."""
    span = Span(_BEGINS, _BEGINS + _DAY)
    little = day(None, 60)
    assert Part(little).name(span) == Part(day(None, 60)).name(span) is not None
    assert Part(little._replace(responses=little.responses * 200)).name(span) is None
