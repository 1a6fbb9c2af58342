"""The core's own rows: the stored answers to commands (Op), what time must cause (Due), and work for the worker (Job)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from .db import Base, Utc


class Op(Base):
    """The stored answer to a command, so that a repeat gets the same one. `caller` is empty for the system."""

    __tablename__ = "op"
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    caller: Mapped[str] = mapped_column(Text, primary_key=True)
    op: Mapped[str] = mapped_column(Text, primary_key=True)
    body: Mapped[str] = mapped_column(Text)  # a digest of what the op was used for
    answer: Mapped[str] = mapped_column(Text)
    seq: Mapped[int]  # of the batch it was answered in
    at: Mapped[datetime] = mapped_column(Utc, index=True)


class Due(Base):
    """What time must cause: a system command that runs at `at`; its op is the row's id. A new one replaces the earlier
    one of the same `key`."""

    __tablename__ = "due"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    at: Mapped[datetime] = mapped_column(Utc)
    command: Mapped[str] = mapped_column(Text)
    payload: Mapped[Any] = mapped_column(JSON, default=dict)
    key: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (Index("due_at", "at"), Index("due_of_meeting", "meeting_id", "key"))


class Job(Base):
    """Work for the worker. `lease_until` is when another worker may take it over; a job may be done again."""

    __tablename__ = "job"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    meeting_id: Mapped[str | None] = mapped_column(ForeignKey("meeting.id"))
    kind: Mapped[str] = mapped_column(Text)
    payload: Mapped[Any] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(Text, default="waiting")  # waiting, running, done, failed
    run_at: Mapped[datetime] = mapped_column(Utc)
    lease_until: Mapped[datetime | None] = mapped_column(Utc)
    attempts: Mapped[int] = mapped_column(default=0)
    progress: Mapped[float] = mapped_column(default=0.0)  # 0 to 1
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Utc)
    __table_args__ = (Index("job_ready", "state", "run_at"),)
