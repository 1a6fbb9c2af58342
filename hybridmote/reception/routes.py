"""The desk's pages, as the application knows them."""

from . import arrivals, badges, bring, fees, files, invoices, people
from .door import pages

__all__ = ["arrivals", "badges", "bring", "fees", "files", "invoices", "pages", "people"]
