"""What Socket.IO packets may look like here: compact JSON both ways, nothing binary, no event in disguise."""

import json
from typing import Any

from engineio import json as engineio_json
from socketio import packet

dumps_compact = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class WireJSON:
    """The `json` that python-engineio and python-socketio are told to use.

    Not escaped to ASCII: "å" is two bytes, not six. NaN and Infinity are refused here rather than in every browser.
    """

    @staticmethod
    def dumps(value: Any, **_ignored: Any) -> str:
        return dumps_compact(value)

    @staticmethod
    def loads(text: str, **_ignored: Any) -> Any:
        return engineio_json.loads(text)


class WirePacket(packet.Packet):
    """A Socket.IO packet; decoding refuses what no client of ours sends.

    - Binary packets: their attachments may be announced by the billion and gathered without end.
    - Events named `connect` or `disconnect`: the library would call those handlers with the client's own arguments.
    """

    uses_binary_events = False  # also spares a walk through every object sent, in search of bytes
    json = WireJSON

    @classmethod
    def received(cls, data: Any) -> "WirePacket":
        """Raises ValueError for anything that is not a packet a client may send."""
        if not data or not isinstance(data, str):
            raise ValueError("not a packet")
        return cls(encoded_packet=data)

    def decode(self, encoded_packet: str) -> int:
        try:
            super().decode(encoded_packet)
        except (RecursionError, TypeError, LookupError) as error:
            raise ValueError("not a packet") from error
        if self.packet_type not in (packet.CONNECT, packet.DISCONNECT, packet.EVENT, packet.ACK):
            raise ValueError("not for a client to send")
        if self.packet_type == packet.EVENT and not _is_event(self.data):
            raise ValueError("not an event")
        if self.packet_type == packet.ACK and not isinstance(self.data, list):
            raise ValueError("not an acknowledgement")
        return 0


def _is_event(data: Any) -> bool:
    return (
        isinstance(data, list) and bool(data) and isinstance(data[0], str) and data[0] not in ("connect", "disconnect")
    )
