"""Files that people bring, and what is made of them: each lies in the data folder under the SHA-256 of its content.

A file is written under a name of its own, flushed to the disk and only then given its place, so that what is found in its
place is whole. The slow parts run beside the server's loop.
"""

import hashlib
import os
import re
import secrets
import time
from collections.abc import Collection
from pathlib import Path
from typing import IO

from . import offload

PIECE = 1 << 20  # bytes gathered before the disk is asked
_DIGEST = re.compile(r"[0-9a-f]{64}")
_folder: Path | None = None


def open_shelf(data: Path) -> None:
    """The process's shelf, in the data folder; a second call replaces the first."""
    global _folder
    _folder = data / "files"


def _place() -> Path:
    if _folder is None:
        raise RuntimeError("no shelf is open: call open_shelf first")
    return _folder


def path_of(digest: str) -> Path:
    """Where a file lies, or would lie."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"not a SHA-256: {digest!r}")
    return _place() / digest[:2] / digest


class Arriving:
    """A file that is being written: `write` as much as there is, then `keep` or `drop`."""

    def __init__(self) -> None:
        folder = _place() / "arriving"
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / secrets.token_hex(16)
        self.size = 0
        self.head = b""  # the first bytes: they tell what it is
        self._hash = hashlib.sha256()
        self._gathered = bytearray()
        self._file: IO[bytes] | None = self.path.open("xb")

    def write(self, part: bytes) -> int:
        if len(self.head) < 1024:
            self.head = (self.head + part)[:1024]
        self._gathered += part
        self.size += len(part)
        if len(self._gathered) >= PIECE:
            self._pour()
        return len(part)

    def keep(self) -> str:
        """Give the file its place. Returns its digest."""
        self._pour()
        assert self._file is not None
        offload.run(os.fsync, self._file.fileno())
        self._file.close()
        self._file = None
        digest = self._hash.hexdigest()
        place = path_of(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(self.path, place)  # also when it was there: it is the same, and as fresh as today
        offload.run(_settle, place.parent)
        return digest

    def drop(self) -> None:
        """Leave nothing behind; does nothing to what was kept."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self.path.unlink(missing_ok=True)

    def _pour(self) -> None:
        if self._gathered and self._file is not None:
            part = bytes(self._gathered)
            self._gathered.clear()
            offload.run(self._put_down, part)

    def _put_down(self, part: bytes) -> None:
        assert self._file is not None
        self._hash.update(part)
        self._file.write(part)
        self._file.flush()

    # what a parser of forms asks of a file
    def seek(self, _offset: int, _whence: int = 0) -> int:
        return 0

    def close(self) -> None:
        self.drop()


def put(content: bytes) -> str:
    """Keep what is in memory. Returns its digest."""
    arriving = Arriving()
    try:
        arriving.write(content)
        return arriving.keep()
    finally:
        arriving.drop()


def forget_but(wanted: Collection[str], older: float) -> int:
    """Remove the files that nothing names any more, and what never arrived, when they are older than so many seconds: a
    younger one may be about to be named. Returns how many."""
    gone = 0
    latest = time.time() - older
    for file in _place().glob("*/*"):
        if file.name not in wanted and file.stat().st_mtime < latest:
            file.unlink(missing_ok=True)
            gone += 1
    return gone


def _settle(folder: Path) -> None:
    """The folder's own entry, too, must be on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
