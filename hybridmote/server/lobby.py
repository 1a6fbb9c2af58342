"""Sockets that are open but have not signed in: counted per address, and not for long."""

import ipaddress
import time
from collections import Counter, deque
from collections.abc import Iterator

from .limits import Limits


class Lobby:
    """Knows engine sessions by id, from the handshake until their Socket.IO CONNECT is answered or they are gone.

    A session comes back here when it is shown out of the meeting: it may close by itself, but not stay.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._address_of: dict[str, str] = {}
        self._waiting: Counter[str] = Counter()
        self._deadlines: deque[tuple[float, str]] = deque()
        self._farewells: deque[tuple[float, str]] = deque()

    def __len__(self) -> int:
        return len(self._address_of)

    def is_full(self, address: str) -> bool:
        return self._waiting[neighbourhood(address)] >= self._limits.waiting_per_address

    def enter(self, session: str, address: str) -> None:
        group = neighbourhood(address)
        self._address_of[session] = group
        self._waiting[group] += 1
        self._deadlines.append((time.monotonic() + self._limits.seconds_to_connect, session))

    def leave(self, session: str) -> None:
        group = self._address_of.pop(session, None)
        if group is not None:
            self._waiting[group] -= 1
            if not self._waiting[group]:
                del self._waiting[group]

    def show_out(self, session: str) -> None:
        """Refused or disconnected by us: a little time to read why, then the socket is closed."""
        self._farewells.append((time.monotonic() + self._limits.seconds_to_leave, session))

    def overdue(self) -> Iterator[str]:
        """Sessions whose time is up, each once."""
        now = time.monotonic()
        while self._deadlines and self._deadlines[0][0] <= now:
            session = self._deadlines.popleft()[1]
            if session in self._address_of:
                yield session
        while self._farewells and self._farewells[0][0] <= now:
            yield self._farewells.popleft()[1]


def neighbourhood(address: str) -> str:
    """The address that is counted: for IPv6 its /64, since one household has that many addresses to spare."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address
