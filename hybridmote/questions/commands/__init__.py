"""What people do with questions, and staff: ask and withdraw, screen, merge, take on stage and answer."""

from . import asking, letters, merging, rules, screening, stage

__all__ = ["asking", "letters", "merging", "rules", "screening", "stage"]
