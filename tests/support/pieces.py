"""What is run in one process, one test after another, and in which order.

A folder whose tests share a desk or a database is one piece, so that it is started once. Those
that mostly wait begin first, beside what takes long: they leave the processors to others. What
takes long begins early, or all would wait for it in the end.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

_ROOT = Path(__file__).parents[2]
_WHOLE = ("realtime", "api", "security", "domain")
_ORDER = ("realtime", "api", "long", "security", "domain")


@lru_cache
def _sort_of(file: str) -> str:
    path = _ROOT / file
    return "long" if "pytest.mark.slow" in path.read_text() else path.parent.name


def piece_of(test: str) -> str:
    """The piece of a test, by its name: `tests/FOLDER/FILE.py::NAME`."""
    file = test.partition("::")[0]
    return str(Path(file).parent) if _sort_of(file) in _WHOLE else file


def turn_of(test: str) -> int:
    sort = _sort_of(test.partition("::")[0])
    return [*_ORDER, sort].index(sort)


class Pieces(LoadScopeScheduling):
    """Each piece to one process. `--dist loadgroup` would need a name for it in every test's own,
    which pytest 9.2 lets nobody change any more."""

    def _split_scope(self, nodeid: str) -> str:
        return piece_of(nodeid)
