"""Where templates, static files and migrations are: inside the package when installed, beside it in a checkout."""

from pathlib import Path

HERE = Path(__file__).parent


def folder(name: str) -> Path:
    return HERE / name if (HERE / name).is_dir() else HERE.parent / name
