"""What a command's handler is given, and how later rooms react to what it tells."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import event, select
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.attributes import instance_state

from .access import Caller
from .db import Base
from .ledger import Due, Job
from .meetings.store import Meeting
from .participants.store import AuditEntry, Participant, new_id
from .problems import Refused
from .sync import Topic, merged

T = TypeVar("T", bound=Base)
Reaction = Callable[["Context", dict[str, Any]], None]
REACTIONS: dict[str, list[Reaction]] = {}


def after(fact: str) -> Callable[[Reaction], Reaction]:
    """React to a fact that an earlier room's handler told, in the same transaction, in room order."""

    def register(reaction: Reaction) -> Reaction:
        REACTIONS.setdefault(fact, []).append(reaction)
        return reaction

    return register


class Work(Session):
    """The session a handler sees: it can neither end the transaction nor go around the flush, which does the marking."""

    def _no(self, *_args: Any, **_kwargs: Any) -> Any:
        raise RuntimeError("a handler only selects and changes objects: raise Refused to end early")

    commit = rollback = close = connection = begin = begin_nested = _no
    bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _no

    def add(self, instance: object, **kwargs: Any) -> None:
        wrote()
        super().add(instance, **kwargs)

    def delete(self, instance: object) -> None:
        wrote()
        super().delete(instance)


_writes = 0


def wrote() -> None:
    """Something was changed by somebody: compared before and after a handler that refuses. One too many only costs a
    second run of the batch, so it need not know by whom."""
    global _writes
    _writes += 1


def _set(_state: Any, value: Any, _old: Any, _initiator: Any) -> Any:
    """`wrote`, as the plainest of listeners: it is called for every attribute of every new object."""
    global _writes
    _writes += 1
    return value


def writes() -> int:
    return _writes


@event.listens_for(Base, "mapper_configured", propagate=True)
def _watch(mapper: Mapper[Any], _cls: type[Base]) -> None:
    for column in mapper.column_attrs:
        event.listen(getattr(mapper.class_, column.key), "set", _set, raw=True, retval=True)


def key_of(obj: Base) -> Any:
    """The primary key as `Session.get` takes it: a value, or a tuple."""
    cls = type(obj)
    names = _keys.get(cls) or _keys.setdefault(
        cls, [cls.__mapper__.get_property_by_column(c).key for c in cls.__mapper__.primary_key]
    )
    return getattr(obj, names[0]) if len(names) == 1 else tuple([getattr(obj, name) for name in names])


_keys: dict[type[Base], list[str]] = {}


class Context:
    """One command in one meeting. `caller` is None when time or a job asks."""

    def __init__(self, session: Work, meeting_id: str, caller: Caller | None, now: datetime) -> None:
        self.session, self.meeting_id, self.caller, self.now = session, meeting_id, caller, now
        self.facts: list[tuple[str, dict[str, Any]]] = []

    @property
    def me(self) -> str:
        """The id of the person who asks; without loading them, which a thousand votes a second need not."""
        if self.caller is None or self.caller.guest:
            raise RuntimeError("this command needs a person")
        return self.caller.participant_id

    @property
    def who(self) -> Participant | None:
        """The person who asks, as the database knows them now."""
        return self.find(Participant, self.caller.participant_id) if self.caller and not self.caller.guest else None

    @property
    def meeting(self) -> Meeting:
        meeting = self.session.get(Meeting, self.meeting_id)
        if meeting is None:
            raise Refused("not_found")
        return meeting

    def find(self, cls: type[T], key: Any) -> T | None:
        """The object, or None; a key that the batch already knows to be absent costs no query."""
        if (cls, key) in self.session.info["absent"]:
            return None
        # `Session.get` finds what is loaded too, but takes ten times as long
        known = self.session.identity_map.get((cls, key if isinstance(key, tuple) else (key,), None))
        if known is not None and not instance_state(known).expired:
            return known
        return self.session.get(cls, key)

    def get(self, cls: type[T], object_id: str, field: str = "id") -> T:
        """An object of this meeting; anything else is not found."""
        obj = self.find(cls, object_id)
        if obj is None or getattr(obj, "meeting_id", None) != self.meeting_id:
            raise Refused("not_found", field=field)
        return obj

    def seen(self, topic: str, object_id: str, field: str = "id") -> Any:
        """An object of this meeting that the caller may see; what they may not see does not exist for them."""
        handler = Topic.all[topic]
        obj = self.get(handler.model, object_id, field)
        if self.caller is not None and not handler.audiences(obj).intersection(self.caller.layers):
            raise Refused("not_found", field=field)
        return obj

    def expect(self, topic: str, obj: Any, version: int | None) -> None:
        """Refuse as stale, with the object as the caller may see it now, when they decided on another version."""
        if version is not None and obj.version != version:
            raise Refused("stale", current=self.picture(topic, obj))

    def picture(self, topic: str, obj: Any) -> dict[str, Any] | None:
        """What the caller sees of an object, layers merged."""
        handler = Topic.all[topic]
        layers = {
            audience: {"topics": {topic: handler.view(self.session, [obj], audience)}}
            for audience in (self.caller.layers if self.caller else ("staff",))
            if audience in handler.audiences(obj)
        }
        return merged(layers)[topic].get(obj.id)

    def add(self, obj: T) -> T:
        self.session.info["absent"].discard((type(obj), key_of(obj)))
        self.session.add(obj)
        return obj

    def tell(self, fact: str, **details: Any) -> None:
        """State a fact in the past tense; later rooms react when the handler is done."""
        self.facts.append((fact, details))

    def react(self) -> None:
        for fact, details in self.facts:  # a reaction may tell more
            for reaction in REACTIONS.get(fact, ()):
                reaction(self, details)

    def audit(self, what: str, object_id: str, before: Any, after: Any, reason: str = "") -> None:
        who = self.who
        self.add(
            AuditEntry(
                id=new_id(),
                meeting_id=self.meeting_id,
                at=self.now,
                who=who.id if who else None,
                who_name=who.name if who else "",
                what=what,
                object_id=object_id,
                before=before,
                after=after,
                reason=reason,
            )
        )

    def due(self, at: datetime, command: str, payload: dict[str, Any], key: str) -> None:
        """Let time run a system command; replaces what was due under the same key."""
        self.undue(key)
        self.add(Due(id=new_id(), meeting_id=self.meeting_id, at=at, command=command, payload=payload, key=key))

    def undue(self, key: str) -> None:
        for row in self.session.scalars(select(Due).where(Due.meeting_id == self.meeting_id, Due.key == key)):
            self.session.delete(row)

    def job(self, kind: str, payload: dict[str, Any], run_at: datetime | None = None) -> str:
        """Leave work for the worker; it starts when this transaction has committed."""
        job = Job(
            id=new_id(),
            meeting_id=self.meeting_id,
            kind=kind,
            payload=payload,
            run_at=run_at or self.now,
            created_at=self.now,
        )
        return self.add(job).id
