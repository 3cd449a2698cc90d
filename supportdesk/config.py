"""The settings, and the only place that reads the environment.

Every setting is an environment variable `SUPPORTDESK_...`. Nothing here opens a file, a socket or a
database: a wrong value is told here, an unreachable database is told by who connects.
"""

import os
import pwd
import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

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


def _storage_url(url: str) -> str:
    """As in `s3://bucket/folder?endpoint=https://...&region=...`; the keys come from elsewhere."""
    parts = urlsplit(url)
    known = {"endpoint", "region"}
    if parts.scheme != "s3" or not parts.netloc or not set(parse_qs(parts.query)) <= known:
        raise ValueError("must look like s3://bucket or s3://bucket/folder")
    return url


def _scanner_url(url: str) -> str:
    parts = urlsplit(url)
    try:
        at_port = parts.scheme == "tcp" and parts.hostname and parts.port
    except ValueError:
        at_port = False
    if not at_port and not (parts.scheme == "unix" and parts.path):
        raise ValueError("must look like tcp://host:3310 or unix:///run/clamav/clamd.ctl")
    return url


def type_patterns(patterns: str) -> str:
    """Kinds of files: `image/*`, `application/pdf`, one after another."""
    if not all(re.fullmatch(r"[a-z]+/(\*|[a-z0-9.+-]+\*?)", each) for each in patterns.split()):
        raise ValueError("must look like image/* application/pdf")
    return patterns


DatabaseUrl = Annotated[str, AfterValidator(_plain_database_url)]
Limit = Annotated[str, AfterValidator(_limit)]
StorageUrl = Annotated[str, AfterValidator(_storage_url)]
ScannerUrl = Annotated[str, AfterValidator(_scanner_url)]
TypePatterns = Annotated[str, AfterValidator(type_patterns)]
Megabytes = Annotated[int, Field(ge=1)]

# Nothing that runs by itself where it is opened.
_USUAL_FILES = (
    "image/* video/* audio/* text/* application/pdf application/zip application/x-gzip"
    " application/rtf application/json application/xml application/msword application/vnd.*"
)


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

    storage_url: StorageUrl | None = None
    clamd_url: ScannerUrl | None = None
    buyer_file_types: TypePatterns = _USUAL_FILES
    seller_file_types: TypePatterns = _USUAL_FILES
    admin_file_types: TypePatterns = _USUAL_FILES
    buyer_file_megabytes: Megabytes = 200
    seller_file_megabytes: Megabytes = 1000
    admin_file_megabytes: Megabytes = 1000
    buyer_storage_megabytes: Megabytes = 2_000
    seller_storage_megabytes: Megabytes = 20_000
    admin_storage_megabytes: Megabytes = 20_000
    image_megapixels: Annotated[int, Field(ge=1)] = 50
    message_files: Annotated[int, Field(ge=1)] = 20

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
