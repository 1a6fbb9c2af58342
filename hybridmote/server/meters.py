"""What the server layer counts, for /metrics."""

from prometheus_client import Counter, Histogram

from ..metrics import registry

hub_stall = Histogram(
    "hybridmote_hub_stall_seconds",
    "How long one turn of the server's loop kept everybody else waiting; turns under 1 ms are left out.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
    registry=registry,
)
slow_readers = Counter("hybridmote_slow_readers", "Sockets ended because they did not read.", registry=registry)
turned_away = Counter(
    "hybridmote_turned_away", "Refusals at the socket's door, by reason.", ["code"], registry=registry
)
overdue = Counter("hybridmote_overdue_sockets", "Sockets closed that never signed in.", registry=registry)
