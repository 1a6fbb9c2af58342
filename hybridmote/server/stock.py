"""The stock path: the libraries' own WebSocket, with the caps it lacks."""

from typing import Any

from engineio.async_drivers.eventlet import WebSocketWSGI
from eventlet.websocket import FailedConnectionError, RFC6455WebSocket

from .frames import TOO_LARGE
from .limits import Limits


def driver(limits: Limits) -> type[WebSocketWSGI]:
    """For engineio's table of drivers."""

    class CappedMessage(RFC6455WebSocket.Message):
        size = 0

        def push(self, data: bytes, final: bool = False) -> None:
            self.size += len(data)
            if self.size > limits.message_bytes:
                raise FailedConnectionError(TOO_LARGE, "message too large")
            super().push(data, final=final)

    class CappedWebSocket(RFC6455WebSocket):
        Message = CappedMessage
        fragments = 0

        def _recv_frame(self, message: Any = None) -> Any:
            received = super()._recv_frame(message=message)
            if message is None:
                self.fragments = 0
            elif received is message:
                self.fragments += 1
                if self.fragments >= limits.message_fragments:
                    raise FailedConnectionError(TOO_LARGE, "too many fragments")
            return received

    class CappedWebSocketWSGI(WebSocketWSGI):
        def __init__(self, handler: Any, server: Any) -> None:
            super().__init__(_closing(handler), server)
            self.max_frame_length = limits.message_bytes

        def _handle_hybi_request(self, environ: dict[str, Any]) -> CappedWebSocket:
            ws = super()._handle_hybi_request(environ)
            return CappedWebSocket(ws.socket, environ, ws.version, max_frame_length=self.max_frame_length)

    return CappedWebSocketWSGI


def _closing(handler: Any) -> Any:
    """The library forgets to close a session whose client sent nonsense: it would live until a ping is missed."""
    session = handler.__self__

    def handle(ws: Any) -> Any:
        try:
            return handler(ws)
        except ValueError:
            return []
        finally:
            if session.upgraded:  # else it goes on by polling
                session.close(wait=False, abort=True, reason=session.server.reason.TRANSPORT_ERROR)

    return handle
