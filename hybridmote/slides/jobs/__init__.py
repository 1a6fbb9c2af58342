"""The work of the slides: draw the pages of what was brought, and forget the files that nothing names any more."""

from . import render

__all__ = ["render"]
