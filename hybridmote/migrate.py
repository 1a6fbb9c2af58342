"""Bring the database's tables to this version, and know whether they are."""

from uuid import uuid4

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from .db import Meta, database, transaction
from .files import folder


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder("migrations")).replace("%", "%%"))
    return config


def migrate(restored: bool = False) -> None:
    """Create or upgrade the tables. `restored`: the database came from a backup, so clients must begin anew."""
    command.upgrade(_config(), "head")
    with transaction() as session:
        known = session.get(Meta, "epoch")
        if known is None:
            session.add(Meta(key="epoch", value=uuid4().hex))
        elif restored:
            known.value = uuid4().hex


def newest() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def current() -> str | None:
    with database().reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
