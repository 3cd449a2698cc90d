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
from tests.support.object_store import KEYS
from tests.support.seed import BUYER, Seed


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with running_desk(from_nothing=True) as running:
        yield running


def command(
    home: Path, *words: str | Path, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    own = {k: v for k, v in os.environ.items() if not k.startswith("SUPPORTDESK_")} | (env or {})
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
        base_url=desk.url,
        cookies={cookies.SESSION: session},
        headers={"Origin": desk.url},
        timeout=30,
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


def files_in(backup: Path) -> dict[str, int]:
    with tarfile.open(backup) as archive:
        return {each.name: each.size for each in archive if each.name.startswith("files/")}


async def test_a_desk_is_the_same_in_another_place(desk: Desk, tmp_path: Path, bucket: str) -> None:
    bea = Seed(desk.owner_url).person(BUYER)
    content = files.picture()
    async with at(desk, bea.session) as browser:
        kept = (await files.upload(browser, "lamp.png", content)).json()
    backup = tmp_path / "desk.tar"
    written = command(desk.home, "backup", backup)
    assert written.returncode == 0, written.stderr
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [backup]

    # From a folder to S3, and from there into a folder again.
    in_s3 = {"SUPPORTDESK_STORAGE_URL": bucket, **KEYS}
    other = Desk(tmp_path / "other", demo=False, env=in_s3)
    made = command(other.home, "restore", backup, env=in_s3)
    assert made.returncode == 0, made.stderr
    try:
        other.start()
        assert contents(other) == contents(desk)
        async with at(other, bea.session) as browser:
            assert (await browser.get(f"{routes.ATTACHMENTS}/{kept['id']}")).content == content
        second = tmp_path / "second.tar"
        again = command(other.home, "backup", second, env=in_s3)
        assert again.returncode == 0, again.stderr
        assert files_in(second) == files_in(backup)
        assert not (other.home / "files").exists()
    finally:
        other.stop()
        other.cluster.stop()
    assert command(tmp_path / "third", "restore", second).returncode == 0
    lying = [path.read_bytes() for path in (tmp_path / "third" / "files").glob("*/*")]
    assert (len(lying), content in lying) == (len(files_in(backup)), True)


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
