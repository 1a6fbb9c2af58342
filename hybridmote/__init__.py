"""hybridmote: a meeting held in a hall and over the web at once.

`create_app` lists the rooms. Nothing heavy is imported with the package, since the server patches the standard library
before anything else.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from .config import Settings

__version__ = "0.1.0"


def load_rooms() -> None:
    """Import every room, in the order in which they may know each other: declarations register themselves."""
    import hybridmote.meetings.jobs
    import hybridmote.meetings.store
    import hybridmote.meetings.views
    import hybridmote.participants.commands
    import hybridmote.participants.store
    import hybridmote.participants.views
    import hybridmote.programme.commands
    import hybridmote.programme.store
    import hybridmote.programme.views
    import hybridmote.questions.commands
    import hybridmote.questions.store
    import hybridmote.questions.views  # noqa: F401


def create_app(settings: "Settings | None" = None) -> "Flask":
    from .config import Settings
    from .factory import build

    return build(settings or Settings())
