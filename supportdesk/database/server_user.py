"""Who runs the embedded PostgreSQL, and what that user may reach.

PostgreSQL refuses to run as root. Started by root (a container, mostly) it runs as a system user of
its own, which must be able to pass through the folders above the data and the programs. It gets the
right to pass and no more: nobody can list or read those folders who could not before.
"""

import grp
import os
import pwd
import stat
import subprocess
from pathlib import Path
from typing import TypedDict

from supportdesk.config import StartupError

NAME = "pgserver"
OTHERS_READ, OTHERS_PASS = stat.S_IROTH, stat.S_IXOTH


class ProcessOwner(TypedDict, total=False):
    """The arguments of `subprocess` that start a process as somebody else."""

    user: int
    group: int
    extra_groups: list[int]


def find() -> pwd.struct_passwd:
    """The user who runs the server: the one who runs us, or `pgserver` where that is root."""
    try:
        return pwd.getpwuid(os.geteuid()) if os.geteuid() else _system_user()
    except KeyError:
        raise StartupError(
            f"The user id {os.geteuid()} has no name on this machine, which PostgreSQL insists on."
        ) from None


def process_owner() -> ProcessOwner:
    if os.geteuid() != 0:
        return {}
    user = find()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def give(folder: Path) -> None:
    """Make a folder the server's own, closed to everybody else."""
    if os.geteuid() == 0:
        user = find()
        os.chown(folder, user.pw_uid, user.pw_gid)
    folder.chmod(0o700)


def let_pass(folder: Path) -> None:
    """Let the server's user pass through a folder and all above it."""
    if os.geteuid() != 0:
        return
    for each in (folder, *folder.parents):
        _add(each, OTHERS_PASS)


def let_run(installation: Path) -> None:
    """Let the server's user read and run what a strict umask installed for root alone."""
    let_pass(installation)
    if os.geteuid() != 0 or _has(installation / "bin" / "postgres", OTHERS_READ | OTHERS_PASS):
        return
    for path in installation.rglob("*"):
        runnable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
        _add(path, OTHERS_READ | (OTHERS_PASS if runnable else 0))


def own_folder(folder: Path) -> None:
    """Make a private folder in a place where anybody may make one, or trust none that is there."""
    try:
        folder.mkdir(mode=0o700)
        give(folder)
    except FileExistsError:
        found = folder.lstat()
        is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == find().pw_uid
        if not is_ours or stat.S_IMODE(found.st_mode) != stat.S_IRWXU:
            raise StartupError(
                f"Somebody else owns {folder}; choose a shorter path for SUPPORTDESK_HOME."
            ) from None


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        command += ["--gid", NAME] if _group_exists() else ["--user-group"]
    try:
        subprocess.run([*command, NAME], check=True, capture_output=True)
        return pwd.getpwnam(NAME)
    except (OSError, subprocess.CalledProcessError, KeyError):
        raise StartupError(
            "PostgreSQL does not run as root, and its own user cannot be made here: "
            "start supportdesk as an ordinary user."
        ) from None


def _group_exists() -> bool:
    try:
        grp.getgrnam(NAME)
    except KeyError:
        return False
    return True


def _has(path: Path, rights: int) -> bool:
    return path.stat().st_mode & rights == rights


def _add(path: Path, rights: int) -> None:
    if not _has(path, rights):
        path.chmod(stat.S_IMODE(path.stat().st_mode) | rights)
