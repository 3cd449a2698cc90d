"""Bringing a database to the schema of this code, and back.

The schema itself is in `alembic/versions`. The runner holds a lock in the database, so that two
servers that start together do not both migrate, and refuses what newer code has left behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from supportdesk.config import StartupError

ROOT = Path(__file__).parents[2]
LOCK = 0x737570706F7274  # "support": any number that no other program locks in this database.


def upgrade(url: str, revision: str = "head") -> bool:
    """Bring the database up to a revision, the newest unless told; tell whether it changed."""
    with _alone(url) as database:
        database.refuse_newer()
        before = database.revision
        if before != database.newest:  # Else a login without any right to migrate will do.
            command.upgrade(database.alembic, revision)
        return database.revision != before


def downgrade(url: str, revision: str = "base") -> None:
    """Take the database back to a revision, to nothing at all unless told."""
    with _alone(url) as database:
        database.refuse_newer()
        command.downgrade(database.alembic, revision)


def current(url: str) -> str | None:
    """The revision the database is at, or None where nothing was migrated yet."""
    with _alone(url) as database:
        return database.revision


@dataclass(frozen=True)
class _Database:
    """A locked connection and what Alembic needs to work on it."""

    connection: Connection

    @property
    def alembic(self) -> Config:
        config = Config(ROOT / "alembic.ini")
        config.attributes["connection"] = self.connection
        return config

    @property
    def revision(self) -> str | None:
        found = MigrationContext.configure(self.connection).get_current_revision()
        self.connection.commit()
        return found

    @property
    def newest(self) -> str | None:
        return ScriptDirectory.from_config(self.alembic).get_current_head()

    def refuse_newer(self) -> None:
        known = {
            each.revision for each in ScriptDirectory.from_config(self.alembic).walk_revisions()
        }
        if (found := self.revision) is not None and found not in known:
            raise StartupError(
                f"The database is newer than the code: it is at revision {found}, which this "
                "version of supportdesk does not know; update supportdesk or restore a backup."
            )


@contextmanager
def _alone(url: str) -> Iterator[_Database]:
    engine = create_engine("postgresql+psycopg" + url[url.index("://") :], poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
            connection.commit()
            yield _Database(connection)
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise StartupError(f"The database could not be migrated: {reason}.") from error
    except ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        raise StartupError(
            f"The database login may not migrate ({str(error.orig).splitlines()[0]}); "
            "set SUPPORTDESK_MIGRATION_DATABASE_URL to one that may."
        ) from error
    finally:
        engine.dispose()
