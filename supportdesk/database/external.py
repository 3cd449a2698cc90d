"""A PostgreSQL that somebody else runs: may we use it, and as whom?

The app's login needs nothing but the right to become `supportdesk_app`; it gets that here if the
migrating login may give it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from supportdesk.config import StartupError

OLDEST_VERSION = 16
APP_ROLE = "supportdesk_app"


def warnings(url: str) -> list[str]:
    """Check that the database can be used; return what its owner should hear.

    Raises:
        StartupError: when it cannot be reached, refuses us or is too old.
    """
    with connect(url) as connection:
        version = connection.info.server_version // 10_000
        if version < OLDEST_VERSION:
            raise StartupError(
                f"The database runs PostgreSQL {version}; the desk needs {OLDEST_VERSION} or newer."
            )
        found = connection.execute(
            "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
        ).fetchone()
        login = connection.info.user
    if found and found[0]:
        return [
            f"Warning: the database login {login} may do more than the desk needs; "
            "give it a login of its own (docs/operations.md)."
        ]
    return []


def admit(owner_url: str, login_url: str) -> None:
    """Let the app's login step down to the app's role. Comes after the migrations.

    It may also read how far the database was migrated, so that it can start without its owner.
    """
    if _may_step_down(login_url):
        return
    login = str(conninfo_to_dict(login_url).get("user") or "")
    rights = (
        f"grant {APP_ROLE} to {{}} with inherit false, set true",
        "grant select on alembic_version to {}",
    )
    try:
        with connect(owner_url) as connection:
            for right in rights:
                connection.execute(sql.SQL(right).format(sql.Identifier(login)))
    except psycopg.Error:
        raise StartupError(
            f"The database login {login} may not become {APP_ROLE}; let its administrator run: "
            f'GRANT {APP_ROLE} TO "{login}" WITH INHERIT FALSE, SET TRUE;'
        ) from None


def _may_step_down(url: str) -> bool:
    with connect(url) as connection:
        try:
            connection.execute(f"set role {APP_ROLE}")
        except psycopg.errors.InsufficientPrivilege:
            return False
    return True


@contextmanager
def connect(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Connect, or say in one sentence why that does not work, without the password."""
    try:
        where: dict[str, Any] = {"connect_timeout": 10} | conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise StartupError(f"The database URL is not usable: {str(error).strip()}.") from None
    try:
        connection = psycopg.connect(**where)
    except psycopg.OperationalError as error:
        host = f"{where.get('host') or 'this machine'}, port {where.get('port', 5432)}"
        raise StartupError(
            f"The database {where.get('dbname')} on {host}, cannot be used: {_reason(error)}."
        ) from None
    with connection:
        yield connection


def _reason(error: psycopg.Error) -> str:
    """The last words of libpq's report, which may list every address that was tried."""
    lines = [line.strip(" -") for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if "failed:" in line or "FATAL:" in line] or lines[:1]
    return told[0].rpartition("FATAL:")[2].rpartition("failed:")[2].strip(" .")
