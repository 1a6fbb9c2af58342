"""The same browsers as the tests of every page have."""

from tests.web.conftest import _site, app, browser_of, client, world

__all__ = ["_site", "app", "browser_of", "client", "world"]
