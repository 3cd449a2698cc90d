"""Starting and stopping the desk, as the person at the terminal sees it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.support.desk import ROOT, Desk, running_desk
from tests.support.seed import BUYER, Seed

BUILDING = "Building the front end"


@pytest.fixture(scope="module")
def own_desk() -> Iterator[Desk]:
    with running_desk(demo=False) as running:
        yield running


@pytest.fixture
def started(own_desk: Desk) -> Iterator[Desk]:
    """A desk that runs, and runs again for the next test."""
    if own_desk.process is None:
        own_desk.start()
    yield own_desk


def processes_of(desk: Desk) -> list[psutil.Process]:
    """All that belongs to the desk: what it started, and its PostgreSQL with all of its own."""
    database = desk.cluster.process()
    assert desk.process is not None
    assert database is not None
    server = psutil.Process(desk.process.pid)
    return [*server.children(recursive=True), database, *database.children(recursive=True)]


def answers(desk: Desk) -> bool:
    with urllib.request.urlopen(f"{desk.url}/health", timeout=10) as answer:
        return answer.status == 200


def tickets_in(desk: Desk) -> int:
    with psycopg.connect(desk.owner_url) as connection:
        row = connection.execute("SELECT count(*) FROM ticket").fetchone()
    return row[0] if row else 0


def refused(port: int, home: Path, **env: str) -> str:
    """What `serve` says when it does not start: one sentence, exit code 1."""
    own = {k: v for k, v in os.environ.items() if not k.startswith("SUPPORTDESK_")}
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            "from supportdesk.cli import app; app()",
            "serve",
            "--port",
            f"{port}",
        ],
        cwd=ROOT,
        env={**own, "SUPPORTDESK_HOME": str(home), **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stdout + ended.stderr
    return ended.stderr.strip()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_asked_to_stop_it_ends_well_and_leaves_nothing_running(
    started: Desk, how: signal.Signals
) -> None:
    family = processes_of(started)
    assert len(family) >= 4
    process = started.process
    assert process is not None
    process.send_signal(how)
    assert process.wait(20) == 0
    started.process = None
    _, alive = psutil.wait_procs(family, timeout=5)
    assert alive == []
    assert started.output[-1] == "Stopped.\n"


def test_started_again_it_builds_nothing_and_has_its_data(started: Desk) -> None:
    seed = Seed(started.owner_url)
    seed.ticket(seed.person(BUYER, "Nora"))
    before = tickets_in(started)
    assert before > 0
    assert started.stop() == 0
    started.start()
    assert answers(started)
    assert tickets_in(started) == before
    assert not any(BUILDING in line for line in started.output)


def test_killed_it_leaves_no_web_server_and_starts_again_with_all_its_data(started: Desk) -> None:
    seed = Seed(started.owner_url)
    seed.ticket(seed.person(BUYER, "Nora"))
    before = tickets_in(started)
    assert started.process is not None
    family = psutil.Process(started.process.pid).children(recursive=True)
    servers = [process for process in family if process.name() != "postgres"]
    assert servers
    started.kill()
    _, alive = psutil.wait_procs(servers, timeout=5)
    assert alive == []
    started.start()
    assert answers(started)
    assert tickets_in(started) == before


def test_a_killed_database_comes_back_with_all_its_data(started: Desk) -> None:
    seed = Seed(started.owner_url)
    seed.ticket(seed.person(BUYER, "Nora"))
    before = tickets_in(started)
    database = started.cluster.process()
    assert database is not None
    family = [database, *database.children(recursive=True)]
    started.kill()
    database.kill()
    psutil.wait_procs(family, timeout=20)
    started.start()
    assert tickets_in(started) == before


def test_a_port_in_use_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused(port, tmp_path)
    assert said == f"Port {port} is in use by another program; choose another with --port."


def test_a_data_folder_that_cannot_be_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    said = refused(port, tmp_path / "file" / "home")
    assert "cannot be used" in said
    assert "\n" not in said


def test_a_database_that_does_not_answer_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = probe.getsockname()[1]
    url = f"postgresql://desk:secret@127.0.0.1:{nobody}/desk"
    said = refused(nobody, tmp_path, SUPPORTDESK_DATABASE_URL=url)
    assert "\n" not in said
    assert "secret" not in said
