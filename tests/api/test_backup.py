"""A desk is written into one file, and another is made of it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from supportdesk import cookies, routes
from tests.support import files
from tests.support.desk import ROOT, Desk, running_desk
from tests.support.seed import BUYER, Seed


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with running_desk() as running:
        yield running


def command(home: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    own = {k: v for k, v in os.environ.items() if not k.startswith("SUPPORTDESK_")}
    return subprocess.run(
        [sys.executable, "-c", "from supportdesk.cli import app; app()", *map(str, words)],
        cwd=ROOT,
        env={**own, "SUPPORTDESK_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def at(desk: Desk, session: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=desk.url, cookies={cookies.SESSION: session}, headers={"Origin": desk.url}
    )


def contents(desk: Desk) -> dict[str, str]:
    """What every table holds."""
    with psycopg.connect(desk.owner_url) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
        ]
        wanted = "SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {} t"
        return {
            table: str(connection.execute(wanted.format(f'"{table}"')).fetchone())
            for table in tables
        }


async def test_a_desk_is_the_same_in_another_place(desk: Desk, tmp_path: Path) -> None:
    bea = Seed(desk.owner_url).person(BUYER)
    content = files.picture()
    async with at(desk, bea.session) as browser:
        kept = (await files.upload(browser, "lamp.png", content)).json()
    backup = tmp_path / "desk.tar"
    written = command(desk.home, "backup", backup)
    assert written.returncode == 0, written.stderr
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [backup]

    other = Desk(tmp_path / "other", demo=False)
    made = command(other.home, "restore", backup)
    assert made.returncode == 0, made.stderr
    try:
        other.start()
        assert contents(other) == contents(desk)
        async with at(other, bea.session) as browser:
            assert (await browser.get(f"{routes.ATTACHMENTS}/{kept['id']}")).content == content
    finally:
        other.stop()
        other.cluster.stop()


def test_what_is_there_is_never_overwritten(desk: Desk, tmp_path: Path) -> None:
    backup = tmp_path / "desk.tar"
    backup.write_text("something else")
    again = command(desk.home, "backup", backup)
    assert (again.returncode, backup.read_text()) == (1, "something else")
    assert "already" in again.stderr

    backup.unlink()
    assert command(desk.home, "backup", backup).returncode == 0
    into_itself = command(desk.home, "restore", backup)
    assert into_itself.returncode == 1
    assert "empty desk" in into_itself.stderr


def test_what_is_no_backup_changes_nothing(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other.tar"
    with tarfile.open(other, "w") as archive:
        archive.add(__file__, "files/ab/../../../escaped")
    for given in (Path(__file__), other):
        refused = command(home, "restore", given)
        assert refused.returncode == 1
        assert "not a backup" in refused.stderr
    assert not (tmp_path / "escaped").exists()
