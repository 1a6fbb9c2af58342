import zlib

import pytest

from tests.matrix.fixtures import all_worlds, postgres_world, site, sqlite_world, the_site, world
from tests.servers import SEED

__all__ = ["all_worlds", "postgres_world", "site", "sqlite_world", "the_site", "world"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """`make test` tries every command on SQLite and half of them on PostgreSQL too, other ones from day to day; `make
    test-long` tries the other half."""
    for item in items:
        call = getattr(item, "callspec", None)
        asked = call.params if call else {}
        if asked.get("world") == "postgresql" and (zlib.crc32(asked.get("name", "").encode()) + SEED) % 2:
            item.add_marker(pytest.mark.long)
