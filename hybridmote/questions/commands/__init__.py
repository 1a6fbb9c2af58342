"""What people do with questions, and staff: ask and withdraw, screen, merge, take on stage and answer."""

from . import asking, merging, rules, screening, stage

__all__ = ["asking", "merging", "rules", "screening", "stage"]
