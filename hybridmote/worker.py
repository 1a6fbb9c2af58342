"""The worker: takes jobs from the table, holds a lease while it works, tries again with patience.

A worker that is killed leaves a lease that runs out, and the job is done again: so a job is idempotent.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from . import metrics
from .config import Settings
from .db import database, transaction, utc_now
from .ledger import Job
from .participants.store import new_id

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 8
Progress = Callable[[float], None]
JOBS: dict[str, Callable[[dict[str, Any], Progress], None]] = {}
EVERY: dict[str, timedelta] = {}
Steady = Callable[[threading.Event, Settings], None]
BESIDE: dict[str, Steady] = {}


def job(kind: str, every: timedelta | None = None) -> Callable[[Any], Any]:
    """Declare a job: `run(payload, progress)`, which may be run again after a crash. With `every`, the worker sees to it
    that one is always waiting."""

    def declare(run: Callable[[dict[str, Any], Progress], None]) -> Any:
        JOBS[kind] = run
        if every is not None:
            EVERY[kind] = every
        return run

    return declare


def beside(name: str) -> Callable[[Steady], Steady]:
    """Declare what the worker does all the time, in a thread of its own, beside the jobs: `run(stop, settings)` until
    told to stop. A letter with a code cannot wait for a hundred pages to be drawn."""

    def declare(run: Steady) -> Steady:
        BESIDE[name] = run
        return run

    return declare


def backoff(attempts: int) -> timedelta:
    """2 s, 4 s, 8 s … at most 15 min."""
    return min(timedelta(seconds=2**attempts), timedelta(minutes=15))


def take(session: Session) -> Job | None:
    """Lease the next job that is ready, or whose lease ran out. Call inside a transaction."""
    now = utc_now()
    ready = or_(
        (Job.state == "waiting") & (Job.run_at <= now),
        (Job.state == "running") & (Job.lease_until < now),
    )
    query = select(Job).where(ready, Job.kind.in_(JOBS)).order_by(Job.run_at).limit(1)
    if not database().sqlite:
        query = query.with_for_update(skip_locked=True)
    while (found := session.scalars(query).first()) is not None and found.attempts >= MOST_ATTEMPTS:
        # nobody lived to note that it failed
        found.state, found.lease_until, found.error = "failed", None, "every worker died that did it"
        log.error("job failed", kind=found.kind, job=found.id, attempts=found.attempts)
        session.flush()
    if found is not None:
        found.state, found.lease_until, found.attempts = "running", now + LEASE, found.attempts + 1
    return found


def work_once() -> bool:
    """Take one job and do it. Returns whether there was one."""
    with transaction() as session:
        taken = take(session)
        if taken is None:
            return False
        job_id, kind, payload, attempts = taken.id, taken.kind, dict(taken.payload), taken.attempts
    try:
        with Lease(job_id):
            JOBS[kind](payload, lambda share: _note(job_id, progress=share))
    except Exception as error:
        last = attempts >= MOST_ATTEMPTS
        log.error("job failed", kind=kind, job=job_id, attempts=attempts, exc_info=True)
        _note(
            job_id,
            state="failed" if last else "waiting",
            run_at=utc_now() + backoff(attempts),
            error=f"{type(error).__name__}: {error}"[:500],
        )
        metrics.jobs.labels(kind, "failed" if last else "again").inc()
        return True
    _note(job_id, state="done", progress=1.0, error="", lease_until=None)
    metrics.jobs.labels(kind, "done").inc()
    log.info("job done", kind=kind, job=job_id, attempts=attempts)
    return True


def _note(job_id: str, **values: Any) -> None:
    with transaction() as session:
        session.execute(update(Job).where(Job.id == job_id).values(**values))


class Lease:
    """Renews a job's lease while it is being done."""

    def __init__(self, job_id: str) -> None:
        self.job_id, self.over = job_id, threading.Event()

    def __enter__(self) -> None:
        threading.Thread(target=self._renew, daemon=True).start()

    def __exit__(self, *_exc: Any) -> None:
        self.over.set()

    def _renew(self) -> None:
        while not self.over.wait(LEASE.total_seconds() / 3):
            _note(self.job_id, lease_until=utc_now() + LEASE)


def keep_waiting() -> None:
    """See that every periodic job has one waiting."""
    with transaction() as session:
        there = set(session.scalars(select(Job.kind).where(Job.kind.in_(EVERY), Job.state.in_(("waiting", "running")))))
        for kind, every in EVERY.items():
            if kind not in there:
                last = session.scalars(select(Job.run_at).where(Job.kind == kind).order_by(Job.run_at.desc())).first()
                now = utc_now()
                run_at = now if last is None else max(now, last + every)
                session.add(Job(id=new_id(), kind=kind, payload={}, run_at=run_at, created_at=now))


def run(settings: Settings, stop: threading.Event | None = None) -> None:
    """Work until told to stop; what is being done is finished first."""
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stop.set())
    log.info("worker started", pid=os.getpid(), jobs=sorted(JOBS))
    threads = [threading.Thread(target=_steadily, args=(name, stop, settings), name=name) for name in BESIDE]
    for thread in threads:
        thread.start()
    looked = 0.0
    while not stop.is_set():
        try:
            if time.monotonic() - looked > 30:
                keep_waiting()
                looked = time.monotonic()
            if not work_once():
                stop.wait(0.5)
        except Exception as error:
            log.warning("worker cannot reach the database, tries again", error=str(error).splitlines()[:1])
            stop.wait(1)
    for thread in threads:
        thread.join()
    log.info("worker stopped")


def _steadily(name: str, stop: threading.Event, settings: Settings) -> None:
    """Begun again whatever happens: the database may be away, and come back."""
    while not stop.is_set():
        try:
            BESIDE[name](stop, settings)
        except Exception as error:
            log.error("the worker begins anew", part=name, error=str(error).splitlines()[:1], exc_info=True)
            stop.wait(2)
