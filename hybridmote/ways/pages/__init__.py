"""Coming in, one's own phone, trying the line, and who is ready."""

from . import check, join, phone, ready
from .door import pages

__all__ = ["check", "join", "pages", "phone", "ready"]
