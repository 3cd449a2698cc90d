"""Reaching PostgreSQL: the engine and `transaction(actor)`, the embedded server, migrations.

What is stored, and what may be done with it, is not decided here but in `domain/` and `alembic/`.
"""
