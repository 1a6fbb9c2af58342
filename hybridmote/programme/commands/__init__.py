"""What people do with the programme: `running` the day, `editing`, which sets it up, `whole`, when and where the meeting
is, and `picture`, the meeting's."""

from . import editing, picture, running, whole

__all__ = ["editing", "picture", "running", "whole"]
