"""The programme elsewhere: in calendars, on other web pages and in other programs; and what a step would lead to."""

from . import calendar, now, preview
from .door import pages

__all__ = ["calendar", "now", "pages", "preview"]
