"""Alembic's environment: the application's own tables, on the database that the settings name."""

from typing import Any

from alembic import context

from hybridmote import load_rooms
from hybridmote.db import Base, Utc, database

load_rooms()


def compare(
    _context: object, _inspected: object, _metadata: object, inspected_type: object, metadata_type: object
) -> bool:
    return False  # Utc and DateTime store alike


def render(kind: str, obj: object, _context: object) -> str | bool:
    """A migration stands alone: it names no class of ours."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(obj, Utc) else False


with database().writer.connect() as connection:
    # SQLite cannot alter a table in place: Alembic copies it, and drops the old one. What refers to the old one must not
    # mind meanwhile, which can only be said before a transaction begins.
    sqlite: Any = connection.connection.dbapi_connection if database().sqlite else None
    if sqlite:
        sqlite.execute("PRAGMA foreign_keys=OFF")
    try:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=compare,
            render_item=render,
        )
        with context.begin_transaction():
            context.run_migrations()
        if sqlite and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
            raise RuntimeError(f"the migration would leave rows that refer to nothing: {lost[:5]}")
        connection.commit()
    finally:
        connection.rollback()
        if sqlite:
            sqlite.execute("PRAGMA foreign_keys=ON")
