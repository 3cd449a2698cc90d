"""What people typed stays text in every file for spreadsheets."""

from __future__ import annotations

import csv
import io

import pytest

from supportdesk.domain.spreadsheets import lines

FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(A1)", " =1", "   +1", "\t=1", "\r=1", "\n=1", " \t @x", "\u00a0=1",
    "\ufeff=1", "\uff1d1", "\t1",
)  # fmt: skip


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_is_a_formula(cell):
    ((kept, beside),) = csv.reader(io.StringIO(lines([[cell, f"a{cell}"]]), newline=""))
    assert (kept, beside) == (f"'{cell}", f"a{cell}")


def test_all_else_stays_as_it_is():
    rows = [["Nora", "", "one, “two”\nthree", "a=1", "'", 5, -5, 1.5]]
    ((*texts, five, less, half),) = csv.reader(io.StringIO(lines(rows), newline=""))
    assert texts == rows[0][:5]
    assert (five, less, half) == ("5", "-5", "1.5")
