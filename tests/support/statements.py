"""How many statements the desk has sent to its database, as the database's own log tells it."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from supportdesk.database.embedded import APP_LOGIN
from tests.support.desk import Desk

_PREFIX = "counted %u "
_LOGGED = re.compile(
    rf"^counted {APP_LOGIN} LOG:  (?:statement|execute [^:]*): (.*)$", re.MULTILINE
)
# What server processes tell each other, and who came or went: it happens in the desk's own time,
# whatever is counted.
_IN_ITS_OWN_TIME = re.compile(
    r"SELECT pg_notify\('supportdesk', said\)|SELECT note_seen\("
    r"|FROM report_since\(|SELECT seal_report\("
)


class Statements:
    """What was logged since `counting` began, or since the last `restart`."""

    def __init__(self, desk: Desk) -> None:
        self._log = desk.cluster.data / "log"
        self._from = self._log.stat().st_size

    def restart(self) -> None:
        self._from = self._log.stat().st_size

    def texts(self) -> list[str]:
        """The first line of each, in order."""
        return [text for text in self.all_texts() if not _IN_ITS_OWN_TIME.search(text)]

    def all_texts(self) -> list[str]:
        """Also of what happens in the desk's own time."""
        with self._log.open("rb") as log:
            log.seek(self._from)
            return _LOGGED.findall(log.read().decode(errors="replace"))

    def count(self) -> int:
        return len(self.texts())

    def by_text(self) -> Counter[str]:
        return Counter(text.strip()[:60] for text in self.texts())

    def count_at_rest(self, quiet_seconds: float = 2) -> int:
        """The count, once nothing has been added to it for that long."""
        count, since = self.count(), time.monotonic()
        while time.monotonic() - since < quiet_seconds:
            time.sleep(0.1)
            if (now := self.count()) != count:
                count, since = now, time.monotonic()
        return count


@contextmanager
def counting(desk: Desk) -> Iterator[Statements]:
    """Have the database log every statement of the desk for as long as the block runs."""
    settings = {"log_statement": "all", "log_line_prefix": _PREFIX}
    with psycopg.connect(desk.owner_url, autocommit=True) as database:
        try:
            for name, value in settings.items():
                database.execute(f"ALTER SYSTEM SET {name} = '{value}'")
            database.execute("SELECT pg_reload_conf()")
            _wait_for_all(database)
            yield Statements(desk)
        finally:
            for name in settings:
                database.execute(f"ALTER SYSTEM RESET {name}")
            database.execute("SELECT pg_reload_conf()")


def _wait_for_all(database: psycopg.Connection[Any]) -> None:
    """Connections hear of it one after the other, when there is a moment for them."""
    while database.execute("SHOW log_statement").fetchone() != ("all",):
        time.sleep(0.01)
