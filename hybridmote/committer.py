"""Group commit: one committer per meeting and process. What waits for the same meeting shares a transaction.

    lock the meeting's row · answers already stored · who asks, read again · each handler and its reactions · flush and mark
    · log and answers · COMMIT · acknowledge · nudge

First without savepoints. A refusal that changed nothing is recorded; whatever else fails makes the batch run again with a
savepoint per command, and after three failures one by one, so that one handler's bug never answers for the others.
"""

import json
import random
import threading
import time
from collections import deque
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog
from sqlalchemy import Insert, Integer, Select, Text, and_, bindparam, cast, event, insert, select, update
from sqlalchemy.exc import InternalError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState, Session

from . import metrics, nudge
from .access import GUESTS, Caller, Way, layers_of, still_open
from .context import Context, Work, key_of, writes
from .db import Base, Utc, database, inside, rows_given, utc_now
from .ledger import Due, Op
from .meetings.store import Meeting
from .participants.store import Participant
from .problems import Refused
from .sync import Change, Marks, log_rows

if TYPE_CHECKING:
    from .dispatch import Command

log = structlog.get_logger()

WINDOW = 0.002  # seconds a batch waits for company, only while there is company
IDLE = 60.0  # seconds after which an idle committer ends
SAVEPOINTS_AFTER, ALONE_AFTER, GIVE_UP_AFTER = 0, 2, 8  # failures of one batch


@dataclass(eq=False)
class Asked:
    """One command on its way through the committer."""

    meeting_id: str
    caller: Caller | None
    command: "Command"
    op: str
    body: str
    payload: Any
    due: str | None = None
    answer: dict[str, Any] = field(default_factory=dict)
    latch: threading.Lock = field(default_factory=threading.Lock)  # held until it is answered; an Event costs thrice

    def __post_init__(self) -> None:
        self.latch.acquire()

    @property
    def who(self) -> str:
        return self.caller.participant_id if self.caller else ""

    def settle(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        self.latch.release()


def submit(asked: Asked, wait: float) -> dict[str, Any]:
    """Hand a command to its meeting's committer and wait for the answer. Raises Refused('busy') when it takes too long;
    the command may still run, and the same op then finds its stored answer."""
    Committer.put(asked)
    if not asked.latch.acquire(timeout=wait):
        raise Refused("busy")
    return asked.answer


class Committer:
    """The one thread of a meeting in this process that writes for commands."""

    running: dict[str, "Committer"] = {}
    lock = threading.Lock()  # of `running` and of every `waiting`: held for a few instructions only
    most = 64  # commands in one transaction; set from the settings

    def __init__(self, meeting_id: str) -> None:
        self.meeting_id = meeting_id
        self.waiting: deque[Asked] = deque()
        self.wake = threading.Condition(self.lock)
        self.ident = 0
        threading.Thread(target=self._loop, name=f"committer {meeting_id}", daemon=True).start()

    @classmethod
    def put(cls, asked: Asked) -> None:
        with cls.lock:
            committer = cls.running.get(asked.meeting_id)
            if committer is None:
                committer = cls.running[asked.meeting_id] = cls(asked.meeting_id)
            if committer.ident == threading.get_ident():
                raise RuntimeError("a command cannot dispatch a command: tell a fact and react to it")
            committer.waiting.append(asked)
            committer.wake.notify()

    def _loop(self) -> None:
        self.ident = threading.get_ident()
        company = False
        while self._somebody_waits():
            time.sleep(WINDOW if company else 0)  # a lone command waits for nobody
            batch = [self.waiting.popleft() for _ in range(min(len(self.waiting), self.most))]
            company = len(batch) > 1
            self._settle(batch)
            nudge.nudge(self.meeting_id)

    def _somebody_waits(self) -> bool:
        """Wait for that. False, and out of `running`, when nobody came for a long time."""
        with self.wake:
            if not self.waiting:
                self.wake.wait(IDLE)
            if not self.waiting and self.running.get(self.meeting_id) is self:
                del self.running[self.meeting_id]
            return bool(self.waiting)

    def _settle(self, batch: list[Asked], failures: int = 0) -> None:
        """Commit the batch, in smaller and smaller parts if it must be, and answer everyone."""
        while True:
            try:
                answers = Batch(self.meeting_id, batch, savepoints=failures > SAVEPOINTS_AFTER).commit()
                break
            except (KeyboardInterrupt, SystemExit, GeneratorExit):
                raise
            except BaseException as error:  # a timeout is no Exception under the server, and must not end the committer
                failures += 1
                level = log.warning if failures > 1 else log.info
                level("batch failed", commands=len(batch), failures=failures, error=_short(error))
                metrics.batch_failures.inc()
                if failures > ALONE_AFTER and len(batch) > 1:
                    for asked in batch:
                        self._settle([asked], failures)
                    return
                if failures > GIVE_UP_AFTER:
                    log.error("batch given up", commands=[a.command.name for a in batch], exc_info=True)
                    answers = [{"ok": False, "code": "busy"} for _ in batch]
                    break
                if failures > 1:
                    time.sleep(0.02 * failures * random.uniform(0.5, 1.5))
        metrics.batches.inc()
        for asked, answer in zip(batch, answers, strict=True):
            asked.settle(answer)


class Outcome(NamedTuple):
    answer: dict[str, Any]
    store: bool


class Batch:
    """One transaction of up to `Committer.most` commands."""

    def __init__(self, meeting_id: str, asked: list[Asked], savepoints: bool) -> None:
        self.meeting_id, self.asked, self.savepoints = meeting_id, asked, savepoints
        self.now = utc_now()
        self.marks: Marks = {}

    def commit(self) -> list[dict[str, Any]]:
        session = Work(database().writer, autoflush=True, expire_on_commit=False)
        try:
            connection = Session.connection(session)
            self.seq = connection.execute(_BUMP, {"meeting": self.meeting_id}).scalar()
            if self.seq is None:
                return [{"ok": False, "code": "not_found"} for _ in self.asked]
            session.info.update(marks=self.marks, held={}, flushes=0, absent=set(), working=True)
            known = self._known(session)
            admitted = self._admitted(session)
            kept = self._prefetch(session)
            answers, rows = [], []
            for asked in self.asked:
                key = (asked.who, asked.op)
                if key in known:
                    answers.append(self._repeated(asked, *known[key]))
                    continue
                outcome = self._run(session, asked, admitted)
                answers.append(outcome.answer)
                if outcome.store:
                    text = _json(outcome.answer)
                    known[key] = (asked.body, text)
                    rows.append((asked.who, asked.op, asked.body, text))
            session.info["marks"] = self.marks
            session.flush()
            logged = log_rows(session, self.marks)
            statements, of_all = _statements(database().sqlite), {"meeting": self.meeting_id, "seq": self.seq}
            if rows:
                connection.execute(statements.answers, {**of_all, "at": self.now, "rows": _json(rows)})
            if logged:
                connection.execute(statements.changes, {**of_all, "rows": _json(logged)})
            del kept
            Session.commit(session)
            return answers
        finally:
            session.info.clear()
            Session.close(session)

    # ---- before the handlers: one SELECT each, however many commands --------------------------------------------------

    def _known(self, session: Work) -> dict[tuple[str, str], tuple[str, str]]:
        asked = _json(list({(self.meeting_id, a.who, a.op) for a in self.asked}))
        rows = session.execute(_statements(database().sqlite).known, {"rows": asked})
        return {(caller, op): (body, answer) for caller, op, body, answer in rows}

    def _admitted(self, session: Work) -> dict[Way, frozenset[str]]:
        return still_open(session, self.meeting_id, (a.caller for a in self.asked if a.caller and not a.caller.guest))

    def _prefetch(self, session: Work) -> list[Any]:
        """What the handlers said they will ask for; kept alive by the caller, since the session holds it weakly."""
        wanted: dict[Any, set[Any]] = {}
        for asked in self.asked:
            for cls, key in asked.command.loads(asked.who, asked.payload) if asked.command.loads else ():
                wanted.setdefault(cls, set()).add(key)
        kept: list[Any] = []
        for cls, keys in wanted.items():
            rows = _json([key if isinstance(key, tuple) else (key,) for key in keys])
            found = session.scalars(_by_keys(cls, database().sqlite), {"rows": rows}).all()
            kept += found
            here = {key_of(o) for o in found}
            session.info["absent"] |= {(cls, key) for key in keys - here}
        return kept

    # ---- the handlers -------------------------------------------------------------------------------------------------

    def _run(self, session: Work, asked: Asked, admitted: dict[Way, frozenset[str]]) -> Outcome:
        caller = asked.caller
        if caller is not None:
            roles = GUESTS if caller.guest else admitted.get(caller.way)
            if roles is None:
                return Outcome({"ok": False, "code": "unknown_caller"}, store=False)
            if asked.command.role not in roles:
                return Outcome({"ok": False, "code": "role"}, store=False)
            if roles != caller.roles:  # since they came in; what they may hear has changed with them
                layers = layers_of(session, session.get_one(Participant, caller.participant_id))
                caller = replace(caller, roles=roles, layers=layers)
        ctx = Context(session, self.meeting_id, caller, self.now)
        try:
            if self.savepoints:
                marks = session.info["marks"] = {}
                with Session.begin(session, nested=True) as savepoint:
                    result = self._handle(ctx, asked)
                    if not savepoint.is_active:
                        raise RuntimeError("a handler went on after an error of the database, which undid all it did")
                for key, before in marks.items():
                    self.marks.setdefault(key, before)
            else:
                was = _touched(session)
                result = self._handle(ctx, asked)
                if session.deleted:
                    session.flush()  # a row only marked as deleted would still be found by the next command
        except Refused as refusal:
            if not self.savepoints and _touched(session) != was:
                raise  # it changed something before it refused: the batch runs again, with savepoints
            self._settled(session, asked)
            # "not so soon" is no answer for good: the same op is sent again when the time has passed
            return Outcome({"ok": False, **refusal.facts(), "seq": self.seq}, store=refusal.status != 429)
        except (OperationalError, InternalError):
            raise  # the connection or a deadlock: everyone again
        except Exception as error:
            if not self.savepoints:
                raise
            log.error("command failed", command=asked.command.name, error=_short(error), exc_info=_is_bug(error))
            return Outcome({"ok": False, "code": "error"}, store=False)
        return Outcome({"ok": True, "result": result, "seq": self.seq}, store=True)

    def _handle(self, ctx: Context, asked: Asked) -> Any:
        with inside(ctx.session):
            result = asked.command.handler(ctx, asked.payload)
            ctx.react()
        self._settled(ctx.session, asked)
        return result

    def _settled(self, session: Session, asked: Asked) -> None:
        """What was due has been answered, in the same transaction."""
        if asked.due and (row := session.get(Due, asked.due)) is not None:
            session.delete(row)
            session.flush()

    def _repeated(self, asked: Asked, body: str, answer: str) -> dict[str, Any]:
        if body != asked.body:
            return {"ok": False, "code": "op_reused"}
        metrics.repeats.inc()
        log.info("command repeated", command=asked.command.name, op=asked.op)
        stored: dict[str, Any] = json.loads(answer)
        return stored


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Statements(NamedTuple):
    """Of a batch, whatever its size: what is many comes as one parameter."""

    known: Select[str, str, str, str]
    answers: Insert
    changes: Insert


@lru_cache(maxsize=2)
def _statements(_sqlite: bool) -> Statements:
    asked = rows_given("meeting", "caller", "op")  # the whole key: else SQLite reads all answers of the meeting
    meeting, seq = bindparam("meeting", type_=Text()), bindparam("seq", type_=Integer())
    answered = rows_given("caller", "op", "body", "answer")
    changed = rows_given("topic", "object_id", "before", "after")
    return Statements(
        known=select(Op.caller, Op.op, Op.body, Op.answer).join(
            asked, and_(Op.meeting_id == asked.c.meeting, Op.caller == asked.c.caller, Op.op == asked.c.op)
        ),
        answers=insert(Op).from_select(
            ["meeting_id", "seq", "at", *answered.c.keys()],
            select(meeting, seq, bindparam("at", type_=Utc()), *answered.c),
        ),
        changes=insert(Change).from_select(["meeting_id", "seq", *changed.c.keys()], select(meeting, seq, *changed.c)),
    )


@lru_cache(maxsize=256)
def _by_keys(cls: type[Base], _sqlite: bool) -> Select[Any]:
    columns = cls.__mapper__.primary_key
    given = rows_given(*(f"key{number}" for number in range(len(columns))))
    return select(cls).join(given, and_(*(c == cast(g, c.type) for c, g in zip(columns, given.c, strict=True))))


_meeting = Meeting.__table__
_BUMP = (
    update(_meeting)  # type: ignore[arg-type]
    .where(_meeting.c.id == bindparam("meeting"))
    .values(seq=_meeting.c.seq + 1)
    .returning(_meeting.c.seq)
)


def _touched(session: Work) -> tuple[int, int]:
    """Equal before and after a handler that changed nothing."""
    return session.info["flushes"], writes()


@event.listens_for(Work, "do_orm_execute")
def _only_select(state: ORMExecuteState) -> None:
    if "working" in state.session.info and not (state.is_select or state.is_column_load or state.is_relationship_load):
        raise RuntimeError("only SELECT in a command: a bulk statement would mark nothing")


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"


def _is_bug(error: BaseException) -> bool:
    return not isinstance(error, SQLAlchemyError)


def idle() -> bool:
    """Whether nothing waits in any committer (for a server that stops)."""
    with Committer.lock:
        return not any(c.waiting for c in Committer.running.values())
