"""Slow computations (password hashing) run beside the server's loop: the server replaces `run` by its own thread pool."""

from collections.abc import Callable
from typing import Any


def _here(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return f(*args, **kwargs)


run: Callable[..., Any] = _here
