"""What stands for a number in a custom field, and what does not."""

from __future__ import annotations

import pytest

from supportdesk.domain.errors import Invalid
from supportdesk.domain.fields import read
from supportdesk.domain.models import FieldKind


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("7", 7), (" -3 ", -3), ("1.5", 1.5), ("1,5", 1.5), ("0,125", 0.125), ("12.345", 12.345),
        ("1500,25", 1500.25), ("1e3", 1000), ("", None), ("\u200b", None),
    ],
)  # fmt: skip
def test_a_number_is_read_with_a_point_or_a_comma(typed, number):
    assert read(FieldKind.NUMBER, "Pieces", (), typed) == number


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("seven", "Pieces is a number."),
        ("nan", "Pieces is a number."),
        ("1,500", "without marks for thousands"),
        ("-1 234 567.5", "without marks for thousands"),
        ("12345678901234567890", "between -1,000,000,000,000,000 and 1,000,000,000,000,000"),
        ("-1e400", "between -1,000,000,000,000,000 and 1,000,000,000,000,000"),
    ],
)
def test_what_may_be_another_number_is_refused_and_says_why(typed, why):
    with pytest.raises(Invalid, match=why):
        read(FieldKind.NUMBER, "Pieces", (), typed)
