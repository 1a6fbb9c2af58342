"""A piece of cable that may be pulled out."""

import asyncio
import contextlib
from typing import Self


class Cable:
    """Carries TCP to a port of this machine. `async with Cable(port) as cable: cable.url`."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._lines: set[asyncio.StreamWriter] = set()
        self.plugged = True

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.pull()
        await asyncio.sleep(0)

    def pull(self) -> None:
        """Every line is lost, and none can be made."""
        self.plugged = False
        for line in self._lines:
            line.transport.abort()

    def plug(self) -> None:
        self.plugged = True

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.plugged:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        lines = {writer, back}
        self._lines |= lines
        await asyncio.gather(self._copy(reader, back), self._copy(there, writer))
        self._lines -= lines

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()
