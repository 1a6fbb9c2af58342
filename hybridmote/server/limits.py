"""How much one stranger, or one slow reader, may ask of the server. All sizes in bytes, all times in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers of the socket layer; the defaults serve a meeting of some thousand people.

    `message_bytes` counts a message put together from its fragments: a cap on each frame alone
    lets any amount in, piece by piece, before anybody has signed in.
    """

    message_bytes: int = 64 * 1024
    message_fragments: int = 128
    polling_body_bytes: int = 100_000

    seconds_to_connect: float = 10.0
    seconds_to_leave: float = 2.0
    """A socket that was shown out (refused, revoked) may close by itself for this long."""
    waiting_per_address: int = 1000
    """Sockets of one address that have not signed in yet. Generous: a town hall shares one address."""
    arrivals_at_once: int = 8
    """Connect handlers that run at the same time; they share the database's connections with those who are here."""
    messages_before_connect: int = 16
    events_in_flight: int = 64
    """Commands of one socket being answered at once; beyond it we stop reading that socket for a while."""

    ping_seconds: int = 10
    pong_seconds: int = 10

    send_buffer_bytes: int = 64 * 1024
    backlog_bytes: int = 512 * 1024
    """What may wait for a slow reader beyond the kernel's buffer and the message on its way, which may be a large welcome
    on a thin line. The message that crosses it still fits; the next one ends the socket, which reconnects and catches
    up."""
    stalled_seconds: float = 15.0
    """A backlog from which nothing at all was taken for this long ends the socket too."""
    queued_packets: int = 1000
    """The same bound for long polling, counted in packets."""
