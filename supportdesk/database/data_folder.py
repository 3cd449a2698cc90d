"""The files of an embedded cluster: making them, and writing down who may log in."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from supportdesk.config import StartupError
from supportdesk.database import server_user

SUPERUSER = "postgres"
LOCALES = {
    16: ("--no-locale",),
    # Sorts and folds case alike on every system, and never changes with the system's libraries.
    18: ("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
}


def require(data: Path, installation: Path, version: int) -> None:
    """Make the data folder if there is none; refuse one of another PostgreSQL."""
    server_user.let_run(installation)
    server_user.let_pass(data.parent)
    found = data / "PG_VERSION"
    if not found.exists():
        _create(data, installation, version)
        return
    if (owner := data.stat().st_uid) != server_user.find().pw_uid:
        raise StartupError(
            f"The data in {data} belongs to user {owner}; start supportdesk as who made it."
        )
    data.chmod(0o700)
    if found.read_text().strip() != str(version):
        raise StartupError(
            f"The data in {data} is of PostgreSQL {found.read_text().strip()}, "
            f"and this version of supportdesk brings PostgreSQL {version}."
        )


def admit(data: Path, *, passwords: bool) -> None:
    """Only the user who runs us and the server's own may log in, and as any role.

    The kernel tells who is at the other end of the socket, so there is no password to keep.
    """
    names = {pwd.getpwuid(os.geteuid()).pw_name, server_user.find().pw_name}
    rules = "local all all peer map=supportdesk\n"
    if passwords:
        rules += "host all all 127.0.0.1/32 scram-sha-256\n"
    (data / "pg_hba.conf").write_text(rules)
    (data / "pg_ident.conf").write_text(
        "".join(f'supportdesk "{name}" all\n' for name in sorted(names))
    )


def _create(data: Path, installation: Path, version: int) -> None:
    """Build beside and move into place, so that a killed start leaves no half cluster."""
    fresh = data.with_name(data.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    server_user.give(fresh)
    command = [str(installation / "bin" / "initdb"), "-D", str(fresh), "-U", SUPERUSER]
    command += ["--encoding=UTF8", "--auth-local=peer", "--auth-host=scram-sha-256"]
    command += LOCALES[version]
    try:
        subprocess.run(
            command, check=True, capture_output=True, cwd="/", **server_user.process_owner()
        )
    except subprocess.CalledProcessError as error:
        reason = "".join(error.stderr.decode(errors="replace").strip().splitlines()[-1:])
        raise StartupError(f"PostgreSQL could not make {data}: {reason}") from None
    fresh.rename(data)
