"""How Alembic reaches the database: through the connection that `database/migrations.py` hands it.

For work on the schema (`alembic revision`, `alembic check`) it connects by the settings instead.
"""

from alembic import context
from sqlalchemy import Connection, NullPool, create_engine
from sqlmodel import SQLModel

import supportdesk.domain.models  # noqa: F401 - registers the tables
from supportdesk.config import StartupError, get_settings


def migrate(connection: Connection) -> None:
    """Run in one transaction: a migration that fails leaves no trace."""
    context.configure(connection=connection, target_metadata=SQLModel.metadata)
    with context.begin_transaction():
        context.run_migrations()


def migrate_by_settings() -> None:
    settings = get_settings()
    url = settings.migration_database_url or settings.database_url
    if url is None:
        raise StartupError("Set SUPPORTDESK_DATABASE_URL, or use `supportdesk migrate`.")
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool
    )
    with engine.connect() as connection:
        migrate(connection)


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    migrate_by_settings()
