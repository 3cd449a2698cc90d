"""A database made and migrated once, for all that begin with an empty one.

To make it costs a second and a half of a processor, to copy it next to nothing.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import tempfile
from pathlib import Path

from supportdesk.database import embedded, migrations
from supportdesk.serving.frontend import WORK, _fingerprint

_SOURCES = ("alembic", "supportdesk/database", "requirements.lock")


def copy_to(home: Path) -> None:
    """Put the data folder of an empty desk into this home, as a first start would leave it."""
    folder = WORK / "database"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        template = folder / _fingerprint(_SOURCES)
        if not template.exists():
            _make(template)
        _copy(template / "postgres", home)


def _make(template: Path) -> None:
    """The server's user may have no way into the checkout, so it works elsewhere."""
    for old in template.parent.glob("*/"):
        shutil.rmtree(old)
    with tempfile.TemporaryDirectory(prefix="desk-template-") as home:
        server = embedded.start(Path(home))
        try:
            migrations.upgrade(server.owner_url)
            server.admit_app()
        finally:
            server.stop()
        unfinished = template.with_suffix(".new")
        unfinished.mkdir()
        _copy(Path(home) / "postgres", unfinished)
    unfinished.rename(template)


def _copy(data: Path, into: Path) -> None:
    """With its owners and rights, which PostgreSQL insists on."""
    subprocess.run(["cp", "-a", str(data), str(into)], check=True)
