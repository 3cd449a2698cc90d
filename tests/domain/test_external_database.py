"""A PostgreSQL 16 that somebody else runs, over TCP and with passwords."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from supportdesk.config import StartupError, get_settings
from supportdesk.database import external, migrations
from supportdesk.database.cluster import Cluster
from supportdesk.database.engine import dispose_engine
from supportdesk.domain.commands import filing, messages
from supportdesk.domain.commands.filing import NewTicket
from supportdesk.domain.errors import NotFound
from supportdesk.domain.models import Audience
from supportdesk.domain.queries import inbox, thread
from tests.support.cast import add_cast
from tests.support.desk import ROOT, free_port

PASSWORD = "pass word:with@odd/signs%"
QUOTED = "pass%20word%3Awith%40odd%2Fsigns%25"


@dataclass(frozen=True)
class Server:
    """Logins: `boss` is a superuser, `migrator` may make roles and owns its database, `worker`
    is as plain as a login can be."""

    cluster: Cluster

    def url(self, login: str, database: str, password: str = QUOTED) -> str:
        return f"postgresql://{login}:{password}@127.0.0.1:{self.cluster.tcp_port}/{database}"


@contextmanager
def external_server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="desk-16-") as folder:
        cluster = Cluster(Path(folder) / "data", version=16, tcp_port=free_port())
        cluster.create()
        cluster.start()
        try:
            with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as owner:
                for login, rights in (
                    ("boss", "SUPERUSER"), ("migrator", "CREATEROLE"), ("worker", ""),
                ):  # fmt: skip
                    owner.execute(f"CREATE ROLE {login} LOGIN {rights} PASSWORD '{PASSWORD}'")
                owner.execute("CREATE DATABASE bosses OWNER boss")
                owner.execute("CREATE DATABASE migrators OWNER migrator")
            yield Server(cluster)
        finally:
            cluster.stop()


@pytest.fixture(scope="module")
def server_of_another() -> Iterator[Server]:
    """Migrated by a plain login; its other database is still empty."""
    with external_server() as server:
        yield server


@contextmanager
def named(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("SUPPORTDESK_DATABASE_URL", url)
        get_settings.cache_clear()
        yield
    get_settings.cache_clear()


async def a_day_of_work(owner_url: str) -> None:
    """File, answer, note, list, and be refused: all as the settings' login."""
    cast = add_cast(owner_url)
    new = NewTicket("A lamp that flickers", "It flickers.", seller_id=cast.sol.user_id)
    filed = await filing.file_ticket(cast.bea, new)
    await messages.post(cast.sol, filed.id, "For staff.", Audience.STAFF)
    await messages.post(cast.ada, filed.id, "An answer.")
    assert [line.body for line in (await thread.opening_for(cast.bea, filed.id)).lines] == [
        "It flickers.", "An answer.",
    ]  # fmt: skip
    assert [(await inbox.count_for(who)).number for who in cast] == [1, 0, 1, 0, 1, 1, 0]
    with pytest.raises(NotFound):
        await messages.post(cast.ben, filed.id, "Let me in.")


@pytest.mark.parametrize(
    ("migrating", "database", "working"),
    [("boss", "bosses", "worker"), ("migrator", "migrators", "worker"),
     ("migrator", "migrators", "migrator")],
)  # fmt: skip
async def test_one_login_migrates_and_a_plain_one_does_the_daily_work(
    monkeypatch, migrating, database, working
):
    with external_server() as server:
        owner, login = server.url(migrating, database), server.url(working, database)
        assert migrations.upgrade(owner)
        external.admit(owner, login)
        await dispose_engine()
        with named(login, monkeypatch):
            # The rows of the cast are planted past all policies, which takes a superuser.
            await a_day_of_work(server.url("boss", database))
            await dispose_engine()
        migrations.downgrade(owner)


@pytest.fixture(scope="module")
def migrated(server_of_another: Server) -> Server:
    migrations.upgrade(server_of_another.url("migrator", "migrators"))
    external.admit(
        server_of_another.url("migrator", "migrators"),
        server_of_another.url("worker", "migrators"),
    )
    return server_of_another


def test_the_plain_login_can_be_nothing_but_the_app(migrated):
    with psycopg.connect(migrated.url("worker", "migrators")) as connection:
        for statement in (
            "SELECT id FROM ticket",
            "SET ROLE supportdesk_system",
            "SET ROLE migrator",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
            connection.rollback()
        connection.execute("SET ROLE supportdesk_app")


def test_not_even_the_login_that_owns_the_tables_reads_them(migrated):
    """FORCE ROW LEVEL SECURITY: whoever guesses the migrating password still finds nothing."""
    with psycopg.connect(migrated.url("boss", "migrators")) as connection:
        connection.execute(
            'INSERT INTO "user" (id, email, name, role, password_hash)'
            " VALUES (gen_random_uuid(), 'x@y.test', 'X', 'buyer', 'x')"
        )
    with psycopg.connect(migrated.url("migrator", "migrators")) as connection:
        assert connection.execute('SELECT count(*) FROM "user"').fetchone() == (0,)


def test_a_day_later_the_plain_login_starts_without_the_one_that_migrates(migrated):
    """Nothing is left to migrate, so nothing more than its own rights is needed."""
    worker = migrated.url("worker", "migrators")
    assert migrations.upgrade(worker) is False
    assert external.warnings(worker) == []
    external.admit(worker, worker)


def test_a_login_that_may_do_more_than_it_needs_is_warned_of(migrated):
    (warning,) = external.warnings(migrated.url("boss", "migrators"))
    assert warning.startswith("Warning: the database login boss may do more than the desk needs")
    assert PASSWORD not in warning


def test_a_login_that_nobody_admitted_is_told_what_its_administrator_has_to_run(migrated):
    stranger = migrated.url("stranger", "migrators")
    with psycopg.connect(migrated.url("boss", "migrators"), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE stranger LOGIN PASSWORD '{PASSWORD}'")
    with pytest.raises(StartupError) as refused:
        external.admit(stranger, stranger)
    assert 'GRANT supportdesk_app TO "stranger" WITH INHERIT FALSE, SET TRUE;' in str(refused.value)


def test_a_login_that_may_not_migrate_is_told_which_setting_helps(server_of_another):
    with pytest.raises(StartupError, match="SUPPORTDESK_MIGRATION_DATABASE_URL"):
        migrations.upgrade(server_of_another.url("worker", "bosses"))


def test_a_server_that_is_too_old_is_told_so(server_of_another, monkeypatch):
    monkeypatch.setattr(external, "OLDEST_VERSION", 17)
    with pytest.raises(StartupError) as refused:
        external.warnings(server_of_another.url("worker", "bosses"))
    assert str(refused.value) == ("The database runs PostgreSQL 16; the desk needs 17 or newer.")


# The command that an operator types: one sentence, exit code 1, no traceback, no password.


def run(*arguments: str, **settings: str) -> tuple[int, str]:
    own = {k: v for k, v in os.environ.items() if not k.startswith("SUPPORTDESK_")}
    command = [sys.executable, "-c", "from supportdesk.cli import app; app()", *arguments]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**own, **{f"SUPPORTDESK_{k.upper()}": v for k, v in settings.items()}},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout


def refused(*arguments: str, **settings: str) -> str:
    code, said = run(*arguments, **settings)
    assert code == 1, said
    (sentence,) = said.strip().splitlines()
    assert "Traceback" not in sentence
    assert PASSWORD not in sentence
    assert QUOTED not in sentence
    assert sentence.endswith(".")
    return sentence


def test_a_command_reaches_the_external_database(migrated):
    code, said = run("migrate", database_url=migrated.url("worker", "migrators"))
    assert (code, said.strip()) == (0, "The database is up to date.")


def test_a_wrong_password_is_one_sentence(migrated):
    url = migrated.url("worker", "migrators", "not-the-password")
    sentence = refused("migrate", database_url=url)
    assert "password authentication failed" in sentence
    assert "not-the-password" not in sentence


def test_a_database_that_does_not_exist_is_one_sentence(migrated):
    sentence = refused("migrate", database_url=migrated.url("worker", "nowhere"))
    assert 'database "nowhere" does not exist' in sentence


def test_a_server_that_is_not_there_is_one_sentence():
    url = f"postgresql://worker:{QUOTED}@127.0.0.1:{free_port()}/desk"
    assert "Connection refused" in refused("migrate", database_url=url)


@pytest.mark.parametrize(
    "url", ["mysql://a@b/c", "postgresql://", "nonsense", "postgresql://h:x/d"]
)
def test_an_address_that_is_none_is_one_sentence(url):
    assert "SUPPORTDESK_DATABASE_URL is not usable" in refused("migrate", database_url=url)


def test_a_database_that_is_newer_than_the_code_is_one_sentence(migrated):
    boss = migrated.url("boss", "migrators")
    with psycopg.connect(boss, autocommit=True) as connection:
        kept = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        try:
            sentence = refused("migrate", database_url=migrated.url("worker", "migrators"))
        finally:
            connection.execute("UPDATE alembic_version SET version_num = %s", kept)
    assert "newer than the code" in sentence


def test_the_demo_stays_out_of_a_database_that_others_reach(migrated):
    url = migrated.url("worker", "migrators")
    for command in (("serve", "--demo"), ("seed",)):
        assert "The demo needs the embedded database" in refused(*command, database_url=url)


def test_a_port_in_use_is_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        sentence = refused("serve", "--port", str(port), home="/nonexistent/never-used")
    assert sentence == f"Port {port} is in use by another program; choose another with --port."


def test_a_data_folder_that_is_a_file_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    code, said = run("migrate", home=str(tmp_path / "file"))
    assert code == 1
    assert "Traceback" not in said
    assert said.splitlines()[-1].startswith(f"The data folder {tmp_path / 'file'} cannot be used")
