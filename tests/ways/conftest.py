"""The web's fixtures, and a mail server beside them."""

from tests.mail.conftest import mailbox, mailbox_of
from tests.web.conftest import _site, app, browser_of, client, world

__all__ = ["_site", "app", "browser_of", "client", "mailbox", "mailbox_of", "world"]
