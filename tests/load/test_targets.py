"""A measurement that misses its target says so to whoever started it."""

from __future__ import annotations

import pytest

from tests.load import history, reports
from tests.load import list as lists
from tests.support.desk import ROOT


@pytest.mark.parametrize(("p95", "ends"), [(299.9, 0), (300.0, 1)])
@pytest.mark.parametrize("state", ["sealed", "new_zone", "merged", "changed", "while_sealing"])
def test_reports_that_are_too_slow_end_with_an_error(monkeypatch, tmp_path, state, p95, ends):
    values = {"unsealed_all_by_day_p95_ms": 5000.0, f"{state}_all_by_day_p95_ms": p95}
    monkeypatch.setattr(reports, "measured", lambda *_: (values, "18.0"))
    monkeypatch.setattr(reports, "_save", lambda *_: ROOT / "bench-results" / "none.json")
    monkeypatch.setattr("sys.argv", ["reports", "--folder", str(tmp_path)])
    assert reports.main() == ends


@pytest.mark.parametrize(("missed", "ends"), [([], 0), (["inbox: 301 ms"], 1)])
def test_lists_that_are_too_slow_end_with_an_error(monkeypatch, tmp_path, missed, ends):
    monkeypatch.setattr(lists, "measured", lambda *_: ({}, "18.0"))
    monkeypatch.setattr(lists, "compared", lambda *_: {})
    monkeypatch.setattr(lists, "missed", lambda *_: missed)
    monkeypatch.setattr(lists, "_save", lambda *_: ROOT / "bench-results" / "none.json")
    monkeypatch.setattr("sys.argv", ["list", "--folder", str(tmp_path)])
    assert lists.main() == ends


@pytest.mark.parametrize(
    ("long", "unread", "ends"), [(120.0, 120.0, 0), (121.0, 100.0, 1), (100.0, 121.0, 1)]
)
def test_a_long_conversation_that_opens_too_slowly_ends_with_an_error(
    monkeypatch, long, unread, ends
):
    took = {"short_p50_ms": 100.0, "long_p50_ms": long, "unread_p50_ms": unread}
    used = dict.fromkeys(("short_cpu_ms", "long_cpu_ms", "unread_cpu_ms"), 30.0)
    monkeypatch.setattr(history, "measured", lambda *_: took | used)
    monkeypatch.setattr("sys.argv", ["history"])
    assert history.main() == ends
