"""hybridmote: a meeting held in a hall and over the web at once.

`create_app` lists the rooms. Nothing heavy is imported with the package, since the server patches the standard library
before anything else.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from .config import Settings

__version__ = "0.1.0"


# In the order in which they may know each other, which is the order in which they react to each other.
ROOMS = (
    "meetings",
    "participants",
    "mail",
    "programme",
    "notices",
    "slides",
    "registration",
    "ways",
    "questions",
    "help",
    "polls",
)


def load_rooms() -> None:
    """Import what each room declares: tables, topics, commands and jobs register themselves."""
    for room in ROOMS:
        for part in ("store", "views", "commands", "jobs"):
            if find_spec(f"hybridmote.{room}.{part}"):
                import_module(f"hybridmote.{room}.{part}")


def create_app(settings: "Settings | None" = None) -> "Flask":
    from .config import Settings
    from .factory import build

    return build(settings or Settings())
