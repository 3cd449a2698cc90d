"""Rows as a file for spreadsheets, in which what people typed stays text. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

# What a spreadsheet would take for a formula, after whatever white space; also in full width.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# What begins with one of these, some read as if it began behind them.
_GAPS = ("\t", "\r", "\n")
# Nothing to see, and no white space to `lstrip`.
_UNSEEN = "\ufeff"


def lines(rows: Iterable[Sequence[object]]) -> str:
    """The rows, one a line. Numbers stay numbers."""
    text = StringIO()
    csv.writer(text).writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def _harmless(cell: object) -> object:
    """An apostrophe has a spreadsheet take it as text."""
    if not isinstance(cell, str):
        return cell
    begins = cell.replace(_UNSEEN, "").lstrip()
    return f"'{cell}" if begins.startswith(_FORMULA) or cell.startswith(_GAPS) else cell
