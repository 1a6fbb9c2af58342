from tests.mail.server import mailbox, mailbox_of
from tests.matrix.fixtures import all_worlds, postgres_world, site, sqlite_world, the_site, world

__all__ = ["all_worlds", "mailbox", "mailbox_of", "postgres_world", "site", "sqlite_world", "the_site", "world"]
