"""The settings, and the only place that reads the environment.

Every setting is an environment variable `SUPPORTDESK_...`. Nothing here opens a file, a socket or a
database: a wrong value is told here, an unreachable database is told by who connects.
"""

import os
import pwd
from functools import lru_cache
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from limits import parse as parse_limit
from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

POSTGRES_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")


class StartupError(Exception):
    """The desk cannot start. The message is one sentence for the person who started it."""


def _user_home() -> Path:
    """The home folder, also where HOME is empty, as in some containers and services."""
    return Path(os.environ.get("HOME") or pwd.getpwuid(os.getuid()).pw_dir)


def _default_home() -> Path:
    shared = os.environ.get("XDG_DATA_HOME")
    return (Path(shared) if shared else _user_home() / ".local" / "share") / "supportdesk"


def _absolute(path: Path) -> Path:
    """Commands may be started from any folder, so a relative path is fixed once, here."""
    return Path(os.path.abspath(path.expanduser()))


def _plain_database_url(url: str) -> str:
    """Reduce the spellings people use to the one that libpq and SQLAlchemy both understand."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # Looked at only now: it may not be a number.
        valid = parts.scheme in POSTGRES_SCHEMES and len(parts.path) > 1
    except ValueError:
        valid = False
    if not valid:
        raise ValueError("must look like postgresql://user:password@host:5432/database")
    return "postgresql" + url[url.index("://") :]


def _origin(url: str) -> str:
    """Cut a web address down to scheme, host and port: what a browser sends as its Origin."""
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise ValueError("must look like https://desk.example.com, without a path")
    usual_port = {"http": ":80", "https": ":443"}[parts.scheme]
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower().removesuffix(usual_port)}"


def _limit(text: str) -> str:
    try:
        parse_limit(text)
    except ValueError as error:
        raise ValueError("must look like 5/15minutes") from error
    return text


DatabaseUrl = Annotated[str, AfterValidator(_plain_database_url)]
Limit = Annotated[str, AfterValidator(_limit)]


class Settings(BaseSettings):
    """What an operator may choose. Everything has a default that is right for one machine."""

    model_config = SettingsConfigDict(env_prefix="SUPPORTDESK_", env_ignore_empty=True)

    database_url: DatabaseUrl | None = None
    migration_database_url: DatabaseUrl | None = None
    home: Annotated[Path, AfterValidator(_absolute)] = Field(default_factory=_default_home)
    port: Annotated[int, Field(ge=1, le=65535)] = 3000
    base_url: Annotated[str, Field(validate_default=True)] = ""
    trusted_proxy_hops: Annotated[int, Field(ge=0)] = 0

    message_max_length: Annotated[int, Field(ge=1)] = 10_000
    message_edit_minutes: Annotated[int, Field(ge=0)] = 15
    session_days: Annotated[int, Field(ge=1)] = 30
    sign_in_attempts_per_address: Limit = "5/15minutes"
    sign_in_attempts_per_ip: Limit = "30/15minutes"

    @field_validator("base_url")
    @classmethod
    def _settle_base_url(cls, url: str, others: ValidationInfo) -> str:
        return _origin(url or f"http://localhost:{others.data.get('port', 3000)}")

    @property
    def is_local(self) -> bool:
        """Whether the desk is reached from this machine only: nobody named another address."""
        return urlsplit(self.base_url).hostname in {"localhost", "127.0.0.1"}

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """The exact origins whose pages may talk to this server."""
        if not self.is_local:
            return (self.base_url,)
        here = self.base_url.replace("//127.0.0.1", "//localhost")
        return (here, here.replace("//localhost", "//127.0.0.1"))


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "SUPPORTDESK_" + "_".join(str(part) for part in first["loc"]).upper()
        reason = first["msg"].removeprefix("Value error, ")
        raise StartupError(f"{name.rstrip('_')} is not usable: {reason}.") from None


def override(**values: str | int) -> Settings:
    """Set settings for this process and those it starts: what the command line knows better."""
    for name, value in values.items():
        os.environ[f"SUPPORTDESK_{name.upper()}"] = str(value)
    get_settings.cache_clear()
    return get_settings()
