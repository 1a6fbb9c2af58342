"""Puts the socket layer together around a Flask app."""

import logging
from collections.abc import Sequence
from typing import Any

from flask import Flask
from flask_socketio import SocketIO

from . import contract, patched
from .fanout import Fanout
from .gate import Gate
from .limits import Limits
from .manager import FlatManager
from .packets import WireJSON, WirePacket
from .switchboard import Switchboard

log = logging.getLogger(__name__)

# At level INFO these libraries log every packet, and with it every token.
quiet = logging.getLogger("hybridmote.server.libraries")
quiet.setLevel(logging.ERROR)


def assemble(app: Flask, *, base_url: str | None, trusted_hosts: Sequence[str], fast: bool, limits: Limits) -> SocketIO:
    socketio = SocketIO(
        app,
        async_mode="eventlet" if patched() else "threading",
        client_manager=FlatManager(),
        serializer=WirePacket,
        json=WireJSON,
        manage_session=False,
        async_handlers=True,  # a command waits for its commit; the next one of the same socket must not
        cors_allowed_origins=[],  # the gate decides
        ping_interval=limits.ping_seconds,
        ping_timeout=limits.pong_seconds,
        max_http_buffer_size=limits.polling_body_bytes,
        logger=quiet,
        engineio_logger=quiet,
    )
    switchboard = Switchboard(socketio.server, limits)
    app.wsgi_app = Gate(  # type: ignore[method-assign]
        app.wsgi_app,
        limits=limits,
        is_full=switchboard.lobby.is_full,
        base_url=base_url,
        trusted_hosts=trusted_hosts,
    )
    app.extensions["fanout"] = Fanout(socketio)
    app.extensions["socket_server"] = _server_side(switchboard, fast) if patched() else (switchboard, None)
    return socketio


def _server_side(switchboard: Switchboard, fast: bool) -> tuple[Switchboard, Any]:
    """(switchboard, fast engine or None). The fast path steps aside for library versions it does not know."""
    from .engine import FastEngine
    from .stock import driver

    unknown = contract.mismatch()
    if fast and unknown is None:
        return switchboard, FastEngine(switchboard)
    if fast:
        log.warning("fast fan-out is off: it was made for other versions (%s)", unknown)
    engine = switchboard.engine
    engine._async = {**engine._async, "websocket": driver(switchboard.limits)}
    return switchboard, None
