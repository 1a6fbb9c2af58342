from tests.matrix.fixtures import all_worlds, postgres_world, site, sqlite_world, the_site, world

__all__ = ["all_worlds", "postgres_world", "site", "sqlite_world", "the_site", "world"]
