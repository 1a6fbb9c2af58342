"""Who is connected: python-socketio's manager in plain dictionaries, where coming and going is cheap in any crowd."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from socketio import Manager

NAMESPACE = "/"


class Writer(Protocol):
    """A socket that takes a ready frame at once."""

    def write(self, data: bytes) -> bool: ...


class FlatManager(Manager):
    """One namespace, no rooms.

    The stock manager keeps a two-way dictionary per client and, when one leaves, looks for it in everybody's room:
    0.8 s of standstill when 5,000 leave together. Audiences are kept by those who know them (see Fanout), so entering
    a room is an error here, not a slow success.

    `connected(sid, session, held)` is called right after a client's CONNECT was answered, with the frames that were
    meant for it before; `gone(sid, session)` when it has left or was refused.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rooms: dict[str, Any] = {NAMESPACE: {}}  # the base class asks only whether the namespace is known
        self.session_of: dict[str, str] = {}
        self.sid_of: dict[str, str] = {}
        self.arriving: dict[str, list[Any]] = {}
        self.leaving: set[str] = set()
        self.writers: dict[str, Writer] = {}
        """sid → what the fast path writes to; empty on the stock path and for those who poll"""
        self.connected: Callable[[str, str, list[Any]], None] = lambda sid, session, held: None
        self.gone: Callable[[str, str], None] = lambda sid, session: None

    # coming

    def pre_connect(self, eio_sid: str, namespace: str) -> str | None:
        if namespace != NAMESPACE or eio_sid in self.sid_of:
            return None
        sid: str = self.server.eio.generate_id()
        self.session_of[sid] = eio_sid
        self.sid_of[eio_sid] = sid
        self.arriving[sid] = []
        return sid

    def connect(self, sid: str, namespace: str) -> str | None:
        if sid not in self.arriving:  # the library may give the engine session of one that was not announced
            announced = self.pre_connect(sid, namespace)
            if announced is None:
                return None
            sid = announced
        held = self.arriving.pop(sid)
        self.connected(sid, self.session_of[sid], held)
        return sid

    # being here

    def is_pre_connected(self, sid: str, namespace: str) -> bool:
        return sid in self.arriving

    def is_connected(self, sid: str | None, namespace: str) -> bool:
        return (
            namespace == NAMESPACE and sid in self.session_of and sid not in self.arriving and sid not in self.leaving
        )

    def sid_from_eio_sid(self, eio_sid: str, namespace: str) -> str | None:
        return self.sid_of.get(eio_sid) if namespace == NAMESPACE else None

    def eio_sid_from_sid(self, sid: str, namespace: str) -> str | None:
        return self.session_of.get(sid) if namespace == NAMESPACE else None

    def get_namespaces(self) -> Iterable[str]:
        return (NAMESPACE,)

    def get_participants(self, namespace: str, room: Any) -> Iterator[tuple[str, str]]:
        """The library's emit: `to=sid`, a list of sids, or nobody named, which is everybody."""
        if room is None:
            yield from list(self.session_of.items())
            return
        for sid in (room,) if isinstance(room, str) else room:
            session = self.session_of.get(sid)
            if session is not None:
                yield sid, session

    def get_rooms(self, sid: str, namespace: str) -> list[str]:
        return [sid] if sid in self.session_of else []

    def is_sid_room(self, namespace: str, room: Any) -> bool:
        return room in self.session_of

    # leaving

    def pre_disconnect(self, sid: str, namespace: str) -> str | None:
        self.leaving.add(sid)
        return self.session_of.get(sid)

    def basic_disconnect(self, sid: str, namespace: str, **kwargs: Any) -> None:
        self.arriving.pop(sid, None)
        self.leaving.discard(sid)
        self.writers.pop(sid, None)
        self.callbacks.pop(sid, None)
        session = self.session_of.pop(sid, None)
        if session is not None:
            del self.sid_of[session]
            self.gone(sid, session)

    # what there is not

    def basic_enter_room(self, sid: str, namespace: str, room: Any, eio_sid: str | None = None) -> None:
        raise NotImplementedError("no Socket.IO rooms here: keep the audience and give its sids to Fanout")

    def basic_leave_room(self, sid: str, namespace: str, room: Any) -> None:
        raise NotImplementedError("no Socket.IO rooms here")

    def basic_close_room(self, room: Any, namespace: str) -> None:
        raise NotImplementedError("no Socket.IO rooms here")
