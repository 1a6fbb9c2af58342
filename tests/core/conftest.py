from tests.core.tools import commands
from tests.matrix.fixtures import all_worlds, postgres_world, site, sqlite_world, the_site, world

__all__ = ["all_worlds", "commands", "postgres_world", "site", "sqlite_world", "the_site", "world"]
