"""What the fast path takes for granted, and does not when it cannot.

Every name below is private to its library, or public and used in a way its authors need not keep. They are pinned
exactly; `tests/server/test_contract.py` holds a fingerprint of each, so that an upgrade fails there, by name, and
somebody reads what has changed before the pins here are moved.
"""

from importlib.metadata import version

PINS = {"python-engineio": "4.15.1", "python-socketio": "5.18.1", "eventlet": "0.41.3"}

HOOKS = (
    # replaced, or overridden in a subclass
    "engineio.server:Server._handle_connect",
    "engineio.server:Server._service_task",
    "engineio.base_socket:BaseSocket.__init__",
    "engineio.socket:Socket.send",
    "engineio.socket:Socket.close",
    "engineio.socket:Socket.poll",
    "engineio.socket:Socket.schedule_ping",
    "engineio.socket:Socket.check_ping_timeout",
    "engineio.socket:Socket.handle_get_request",
    "engineio.socket:Socket.handle_post_request",
    "engineio.socket:Socket._upgrade_websocket",
    "socketio.base_manager:BaseManager",
    "socketio.manager:Manager",
    "socketio.packet:Packet.__init__",
    "socketio.packet:Packet.decode",
    "socketio.packet:Packet.encode",
    # called
    "engineio.server:Server.handle_request",
    "engineio.server:Server.send_packet",
    "engineio.server:Server._trigger_event",
    "engineio.base_server:BaseServer._ok",
    "engineio.base_server:BaseServer._get_socket",
    "engineio.packet:Packet.encode",
    "socketio.server:Server._handle_eio_connect",
    "socketio.server:Server._handle_eio_message",
    "socketio.server:Server._handle_eio_disconnect",
    "socketio.server:Server._handle_connect",
    "socketio.server:Server._handle_disconnect",
    "socketio.server:Server._handle_event",
    "socketio.server:Server._handle_event_internal",
    "socketio.server:Server._handle_ack",
    "socketio.server:Server._send_packet",
    "socketio.server:Server._send_eio_packet",
    "eventlet.hubs.hub:BaseHub.add",
    "eventlet.hubs.hub:BaseHub.remove",
    "eventlet.hubs.hub:BaseHub._obsolete",
    "eventlet.hubs.hub:BaseHub.close_one",
    "eventlet.hubs.hub:BaseHub.fire_timers",
    "eventlet.hubs.hub:BaseHub.switch",
    "eventlet.hubs.hub:FdListener",
    "eventlet.hubs.poll:Hub.wait",
    "eventlet.hubs.epolls:Hub.add",
    "eventlet.hubs.epolls:Hub.do_poll",
    "eventlet.wsgi:server",
    "eventlet.wsgi:Server.process_request",
    "eventlet.wsgi:HttpProtocol.handle",
    "eventlet.wsgi:HttpProtocol.handle_one_request",
    "eventlet.wsgi:HttpProtocol.handle_one_response",
    "eventlet.wsgi:HttpProtocol._read_request_line",
    "eventlet.wsgi:HttpProtocol.get_environ",
    "eventlet.wsgi:HttpProtocol.finish",
    "eventlet.websocket:WebSocketWSGI._handle_hybi_request",
    "eventlet.websocket:RFC6455WebSocket._recv_frame",
    "eventlet.websocket:RFC6455WebSocket.Message",
)


def mismatch() -> str | None:
    """Why the fast path must not be used here, or None."""
    wrong = [f"{name} {version(name)} instead of {pin}" for name, pin in PINS.items() if version(name) != pin]
    return ", ".join(wrong) or None
