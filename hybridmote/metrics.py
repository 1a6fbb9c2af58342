"""What /metrics shows. Counters only; no name, text, token or address is ever a label."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

registry = CollectorRegistry()
commands = Counter("hybridmote_commands", "Commands by name and outcome.", ["name", "outcome"], registry=registry)
repeats = Counter("hybridmote_repeated_commands", "Commands answered from what was stored.", registry=registry)
batches = Counter("hybridmote_batches", "Transactions of the committers.", registry=registry)
batch_failures = Counter("hybridmote_batch_failures", "Transactions that had to run again.", registry=registry)
broadcasts = Counter(
    "hybridmote_broadcasts",
    "Messages sent, one per audience and round however many listen; personal ones counted together.",
    ["meeting", "audience"],
    registry=registry,
)
rounds = Counter("hybridmote_pump_rounds", "Readings of the change log.", registry=registry)
round_seconds = Histogram("hybridmote_pump_round_seconds", "Seconds a reading and sending took.", registry=registry)
sockets = Gauge("hybridmote_sockets", "Connected sockets of this process.", registry=registry)
jobs = Counter("hybridmote_jobs", "Jobs by kind and outcome.", ["kind", "outcome"], registry=registry)
letters = Counter("hybridmote_letters", "Letters by what became of them.", ["outcome"], registry=registry)
nudges_lost = Counter("hybridmote_nudges_lost", "Nudges that Redis did not take.", registry=registry)
