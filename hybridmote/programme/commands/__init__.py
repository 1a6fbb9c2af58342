"""What people do with the programme: `running` the day, `editing`, which sets it up, and `picture`, the meeting's."""

from . import editing, picture, running

__all__ = ["editing", "picture", "running"]
