"""Getting a place and holding it: the form, one's own page, taking over somebody else's place, and a link that was lost."""

from . import link, place, register, transfer
from .door import pages

__all__ = ["link", "pages", "place", "register", "transfer"]
