"""What sends changes: one pump per meeting that somebody in this process listens to.

On a nudge, and at least every second, it reads what is new in one consistent reading, computes and encodes each message
once per audience, and hands the same bytes to every socket of that audience. The first change after a quiet moment goes
out at once; what follows is gathered.
"""

import threading
import time
from typing import Any, Protocol

import structlog
from sqlalchemy.orm import Session

from . import metrics
from .db import reading
from .sync import access_changed, changes, kind_of, seq_of

log = structlog.get_logger()

LOOK = 1.0  # seconds between looks when nobody nudges
SLICE = 0.02  # seconds of writing before other tasks get a turn


class Listeners(Protocol):
    """The sockets of this process, by meeting and audience."""

    def audiences(self, meeting_id: str) -> set[str]: ...
    def write(self, meeting_id: str, audience: str, message: dict[str, Any]) -> None: ...
    def reconsider(self, session: Session, meeting_id: str, participants: list[str]) -> None: ...


class Pump:
    running: dict[str, "Pump"] = {}
    lock = threading.Lock()
    listeners: Listeners
    gather = 0.15  # seconds between two messages to a shared audience; set from the settings

    def __init__(self, meeting_id: str, seq: int) -> None:
        self.meeting_id = meeting_id
        self.sent = seq
        self.chain: dict[str, int] = {}  # audience -> `to` of the last message to it
        self.wake = threading.Event()
        threading.Thread(target=self._loop, name=f"pump {meeting_id}", daemon=True).start()

    @classmethod
    def open(cls, meeting_id: str) -> "Pump":
        """The meeting's pump. Open it before joining an audience and read the snapshot after: then nothing is missed."""
        pump = cls.running.get(meeting_id)
        if pump is not None:
            return pump
        with reading() as session:
            seq = seq_of(session, meeting_id)
        with cls.lock:
            return cls.running.get(meeting_id) or cls.running.setdefault(meeting_id, cls(meeting_id, seq))

    @classmethod
    def nudged(cls, meeting_id: str) -> None:
        pump = cls.running.get(meeting_id)
        if pump is not None:
            pump.wake.set()

    def _loop(self) -> None:
        lonely = 0
        while True:
            self.wake.wait(LOOK)
            self.wake.clear()
            try:
                moved = self.round()
            except Exception as error:
                log.warning("pump failed, tries again", meeting=self.meeting_id, error=str(error).splitlines()[:1])
                time.sleep(0.2)
                self.wake.set()
                continue
            # nobody listens for a while: end. Whoever joins later opens a new pump first.
            lonely = 0 if self.listeners.audiences(self.meeting_id) else lonely + 1
            if lonely > 5:
                with self.lock:
                    self.running.pop(self.meeting_id, None)
                if not self.listeners.audiences(self.meeting_id):
                    return
                with self.lock:  # somebody joined in between: go on, unless they opened another
                    if self.running.setdefault(self.meeting_id, self) is not self:
                        return
                lonely = 0
            if moved:
                time.sleep(self.gather)

    def round(self) -> bool:
        """One reading. Returns whether anything was sent."""
        began = time.perf_counter()
        # the audiences are fixed, and their chains started, before reading and without a pause: so `from` is honest
        self.chain = {a: self.chain.get(a, self.sent) for a in self.listeners.audiences(self.meeting_id)}
        if not self.chain:
            with reading() as session:
                seq = seq_of(session, self.meeting_id)
            if not self.listeners.audiences(self.meeting_id):
                self.sent = seq
            return False
        with reading() as session:
            seq, news = changes(session, self.meeting_id, dict.fromkeys(self.chain, self.sent))
            # who joined since has perhaps seen less than was read now, and would not hear of it until its next change
            late = dict.fromkeys(self.listeners.audiences(self.meeting_id) - set(self.chain), self.sent)
            if late:
                self.chain |= late
                news |= changes(session, self.meeting_id, late)[1]
            if seq > self.sent and (people := access_changed(session, self.meeting_id, self.sent)):
                # before anything newer is written: who was let out must not hear it
                self.listeners.reconsider(session, self.meeting_id, people)
        if not news:
            self.sent = seq
            return False
        turn = time.perf_counter()
        for audience in sorted(news, key=lambda a: a.startswith("person:")):  # what everyone hears goes first
            message = {"audience": audience, "from": self.chain[audience], "to": seq, "set": news[audience]}
            self.listeners.write(self.meeting_id, audience, message)
            self.chain[audience] = seq
            metrics.broadcasts.labels(self.meeting_id, _counted_as(audience)).inc()
            if time.perf_counter() - turn > SLICE:
                time.sleep(0)
                turn = time.perf_counter()
        self.sent = seq
        metrics.rounds.inc()
        metrics.round_seconds.observe(time.perf_counter() - began)
        return True


def _counted_as(audience: str) -> str:
    return "person" if kind_of(audience) == "person" else audience
