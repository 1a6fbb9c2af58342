"""What the worker does with letters: `sending` empties the outbox, `line` is the way to the mail server, `forgetting` ends
what is long over."""

from . import forgetting, sending

__all__ = ["forgetting", "sending"]
