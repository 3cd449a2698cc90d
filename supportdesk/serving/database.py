"""Making the database ready for a command and for the processes it starts."""

from collections.abc import Iterator
from contextlib import contextmanager

from supportdesk.config import get_settings, override
from supportdesk.database import embedded, external, migrations
from supportdesk.serving.progress import say


@contextmanager
def ready() -> Iterator[None]:
    """Start or reach the database, migrate it, and let the settings name it."""
    settings = get_settings()
    if settings.database_url:
        _prepare_external(settings.database_url, settings.migration_database_url)
        yield
        return
    say("Starting the embedded PostgreSQL ...")
    running = embedded.start(settings.home)
    try:
        _migrate(running.owner_url)
        running.admit_app()
        override(database_url=running.app_url, migration_database_url=running.owner_url)
        yield
    finally:
        running.stop()


def _prepare_external(url: str, migration_url: str | None) -> None:
    for warning in external.warnings(url):
        say(warning)
    _migrate(migration_url or url)
    external.admit(migration_url or url, url)


def _migrate(url: str) -> None:
    if migrations.upgrade(url):
        say("The database has the newest schema now.")
