"""The one way to hear of a change: topics, marks, the change log, snapshots and what has changed since.

A topic says who sees an object, what they see of it, and which objects a snapshot holds. A mapped row says where it is
shown (`shown_in`); when it is flushed, the objects it is shown in are marked, with the audiences they had before. At the
end of a batch the audiences after are added and one log row per object is written. The log holds no content.
"""

import json
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, ClassVar, Literal, NamedTuple

from sqlalchemy import Index, Text, bindparam, delete, event, inspect, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.base import NO_VALUE, PASSIVE_NO_RESULT

from .db import Base, database, epoch
from .meetings.store import Meeting

View = dict[str, Any]  # what one audience sees of one object, JSON-ready
Layer = dict[str, dict[str, View | None]]  # topic -> object id -> view, or None where it is no longer seen
CHUNK = 250  # objects loaded and viewed between two chances for other tasks to run
FOLLOW = 500  # batches after which a shared layer is read anew rather than followed
READ_ANEW = 30.0  # seconds after which it is in any case


class Change(Base):
    """One row per object that a batch changed: who saw it before, who sees it after."""

    __tablename__ = "change"
    meeting_id: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(Text, primary_key=True)
    object_id: Mapped[str] = mapped_column(Text, primary_key=True)
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index("change_by_meeting", "meeting_id", "seq"),)


class Topic:
    """One kind of object on the wire. Subclassing registers it.

    `fields` describes the view per kind of audience (`public`, `staff`, `person`, …): the protocol page is made of it
    and the tests hold every view against it.
    """

    name: ClassVar[str]
    model: ClassVar[type[Base]]
    fields: ClassVar[dict[str, dict[str, str]]]
    internal: ClassVar[bool] = False  # for the pump alone; never in a snapshot or a message
    all: ClassVar[dict[str, "Topic"]] = {}

    def __init_subclass__(cls) -> None:
        Topic.all[cls.name] = cls()

    def get(self, session: Session, object_id: str) -> Any:
        """The object, also in the middle of a batch; None when there is none."""
        return session.get(self.model, object_id)

    def id_of(self, row: Any) -> str:
        """The id of the object that a row of `model` is."""
        return str(row.id)

    def shown_as(self, object_id: str) -> str:
        """The id on the wire, where it differs: unique within one audience."""
        return object_id

    def load(self, session: Session, ids: Collection[str]) -> dict[str, Any]:
        """Committed objects by id, in one query; those that no longer exist are left out."""
        key = inspect(self.model).primary_key[0]
        return {self.id_of(o): o for o in session.scalars(select(self.model).where(key.in_(ids)))}

    def audiences(self, obj: Any) -> set[str]:
        """Who sees the object. Reads only columns with `active_history`."""
        raise NotImplementedError

    def mine(self, session: Session, meeting_id: str, audience: str) -> Iterable[str]:
        """The ids a snapshot of that audience holds."""
        raise NotImplementedError

    def view(self, session: Session, objects: list[Any], audience: str) -> dict[str, View]:
        """What that audience sees of objects that it may see, by the id on the wire."""
        raise NotImplementedError


def kind_of(audience: str) -> str:
    return audience.partition(":")[0]


# ---- marking: while a batch is flushed ----

Only = Literal["", "staff"]  # who alone sees a difference; empty: whoever sees the object
Mark = tuple[str, str, Only]  # topic, object id
Marks = dict[Mark, set[str]]  # with the audiences before the batch
MANY = 8  # objects that one row is shown in, from which on they are read at once
_also: dict[type[Base], list[Callable[[Session, Any], Iterable[tuple[Any, ...]]]]] = {}


def also_shown_in(model: type[Base]) -> Callable[[Any], Any]:
    """A later room says where an earlier room's row is shown: `f(session, row) -> [(topic, id), …]`, or
    `(topic, id, "staff")` where nobody else sees a difference."""

    def register(f: Any) -> Any:
        _also.setdefault(model, []).append(f)
        return f

    return register


class Was:
    """An object as it was before this flush."""

    def __init__(self, obj: Any) -> None:
        self.__dict__.update(_obj=obj, _committed=instance_state(obj).committed_state)

    def __getattr__(self, name: str) -> Any:
        value = self._committed.get(name, self)
        if value is self:
            return getattr(self._obj, name)
        if value is NO_VALUE or value is PASSIVE_NO_RESULT:
            raise RuntimeError(f"{type(self._obj).__name__}.{name} decides audiences: it needs active_history=True")
        return value


def mark(session: Session) -> None:
    """Note what the rows about to be flushed are shown in, and who saw that before."""
    marks: Marks = session.info["marks"]
    held = session.info["held"]
    session.info["flushes"] += 1
    for row in [*session.new, *session.deleted, *filter(_modified, session.dirty)]:
        shown: list[tuple[Any, ...]] = list(row.shown_in()) if hasattr(row, "shown_in") else []
        for extra in _also.get(type(row), ()):
            shown += extra(session, row)
        near = _near(session, shown) if len(shown) > MANY else None
        for topic, object_id, *only in shown:
            key: Mark = (topic, object_id, only[0] if only else "")
            if key in marks:
                continue
            handler = Topic.all[topic]
            itself = isinstance(row, handler.model) and handler.id_of(row) == object_id
            obj = row if itself else handler.get(session, object_id)
            held[topic, object_id] = obj  # the session holds it weakly, and the log's rows are made of it
            new = obj is None or instance_state(obj).key is None
            seen_by = set() if new else handler.audiences(Was(obj))
            marks[key] = seen_by.intersection(only) if only else seen_by
        del near


def _near(session: Session, shown: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Each topic's objects in one query, for the session to have them; kept alive by the caller."""
    ids: dict[str, list[str]] = {}
    for topic, object_id, *_ in shown:
        ids.setdefault(topic, []).append(object_id)
    return [Topic.all[topic].load(session, wanted) for topic, wanted in ids.items()]


def _modified(row: Base) -> bool:
    """`Session.is_modified`, looking only at what was set instead of at every column."""
    state = instance_state(row)
    return any(was is NO_VALUE or was != state.dict.get(name, NO_VALUE) for name, was in state.committed_state.items())


def log_rows(session: Session, marks: Marks) -> list[tuple[str, str, str, str]]:
    """The change log's rows of a batch, which is flushed: topic, id, who saw it before, who sees it after. An object that
    nobody saw and nobody sees leaves no trace."""
    rows = []
    held = session.info["held"]
    for (topic, object_id, only), before in marks.items():
        if only and (topic, object_id, "") in marks:
            continue
        handler = Topic.all[topic]
        obj = held[topic, object_id]
        if obj is None or not (state := instance_state(obj)).persistent or state.expired:
            obj = handler.get(session, object_id)  # gone, or another row by now, or as it was before a savepoint
        after = set() if obj is None else handler.audiences(obj)
        if only:
            after = after & {only}
        if before or after:
            seen_by = " ".join(sorted(after))
            rows.append((topic, object_id, seen_by if before == after else " ".join(sorted(before)), seen_by))
    return rows


# ---- reading: snapshots and changes ----


def seq_of(session: Session, meeting_id: str) -> int:
    return session.execute(_SEQ, {"meeting": meeting_id}).scalar_one()


_SEQ = select(Meeting.seq).where(Meeting.id == bindparam("meeting"))


def oldest(session: Session, meeting_id: str) -> int:
    """Changes after this seq are all in the log; 0 when nothing was ever pruned."""
    return session.execute(select(Meeting.pruned).where(Meeting.id == meeting_id)).scalar_one()


class Loaded:
    """Objects of one reading, loaded once however many audiences are shown them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.objects: dict[str, dict[str, Any]] = {}

    def want(self, topic: str, ids: Iterable[str]) -> None:
        known = self.objects.setdefault(topic, {})
        missing = [i for i in ids if i not in known]
        for start in range(0, len(missing), CHUNK):
            known.update(Topic.all[topic].load(self.session, missing[start : start + CHUNK]))
            if len(missing) > CHUNK:
                time.sleep(0)

    def seen(self, topic: str, ids: Iterable[str], audience: str) -> dict[str, View]:
        ids = list(ids)
        self.want(topic, ids)
        known, handler = self.objects[topic], Topic.all[topic]
        visible = [known[i] for i in ids if i in known and audience in handler.audiences(known[i])]
        views: dict[str, View] = {}
        for start in range(0, len(visible), CHUNK):
            views.update(handler.view(self.session, visible[start : start + CHUNK], audience))
            if len(visible) > CHUNK:
                time.sleep(0)
        return views


_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class Picture:
    """One audience's layer at one moment, and its JSON. Whoever was given it may go on reading: it never changes."""

    def __init__(self, seq: int, topics: dict[str, dict[str, View]]) -> None:
        self.seq, self.topics = seq, topics
        self._pieces: dict[str, dict[str, str]] = {name: {} for name in topics}
        self._text = ""

    def followed(self, seq: int, news: Layer) -> "Picture":
        """The same with what has changed laid over it."""
        after = Picture(seq, dict(self.topics))
        after._pieces = dict(self._pieces)
        for topic, objects in news.items():
            views, pieces = after.topics[topic], after._pieces[topic] = (
                dict(self.topics[topic]),
                dict(self._pieces[topic]),
            )
            for object_id, view in objects.items():
                pieces.pop(object_id, None)
                if view is None:
                    views.pop(object_id, None)
                else:
                    views[object_id] = view
        return after

    def text(self) -> str:
        """Each object is encoded once, however often the layer is followed."""
        if not self._text:
            topics = []
            for name, objects in self.topics.items():
                pieces = self._pieces[name]
                for number, (object_id, view) in enumerate(objects.items()):
                    if object_id not in pieces:
                        pieces[object_id] = f"{_json(object_id)}:{_json(view)}"
                        if number % CHUNK == CHUNK - 1:
                            time.sleep(0)
                topics.append(f"{_json(name)}:{{{','.join([pieces[object_id] for object_id in objects])}}}")
            self._text = f'{{"seq":{self.seq},"topics":{{{",".join(topics)}}}}}'
        return self._text


SHARED = frozenset({"public", "staff", "web", "hall", "lectern"})


class Kept(NamedTuple):
    """A shared layer, the history it belongs to, and when it was last read from the beginning."""

    picture: Picture
    where: tuple[Any, str]
    read_at: float


_shared: dict[tuple[str, str], Kept] = {}  # (meeting, audience) -> the newest
_following: dict[str, threading.Lock] = {}  # by meeting: one reads, the others wait for it


def snapshot(session: Session, meeting_id: str, audiences: Iterable[str]) -> dict[str, Any]:
    """{audience: {seq, topics: {topic: {id: view}}}}."""
    pictures = _pictures(session, meeting_id, audiences)
    return {audience: {"seq": picture.seq, "topics": picture.topics} for audience, picture in pictures.items()}


def snapshot_text(session: Session, meeting_id: str, audiences: Iterable[str]) -> str:
    """The same as JSON, of which the shared layer was encoded before."""
    pictures = _pictures(session, meeting_id, audiences)
    return "{" + ",".join(f"{_json(audience)}:{picture.text()}" for audience, picture in pictures.items()) + "}"


def _pictures(session: Session, meeting_id: str, audiences: Iterable[str]) -> dict[str, Picture]:
    seq = seq_of(session, meeting_id)
    loaded = Loaded(session)
    return {
        audience: _shared_picture(loaded, meeting_id, audience, seq)
        if audience in SHARED
        else _read(loaded, meeting_id, audience, seq)
        for audience in audiences
    }


def _read(loaded: Loaded, meeting_id: str, audience: str, seq: int) -> Picture:
    topics = {
        name: loaded.seen(name, topic.mine(loaded.session, meeting_id, audience), audience)
        for name, topic in Topic.all.items()
        if not topic.internal
    }
    return Picture(seq, topics)


def _shared_picture(loaded: Loaded, meeting_id: str, audience: str, seq: int) -> Picture:
    """What everybody hears is kept, and brought up to date by what has changed: a hall that joins while it votes costs
    little more than the votes. Now and then it is read anew, so that what was written past the log does not stay unseen.
    It may be newer than `seq`: each layer is of a moment of its own."""
    session = loaded.session
    where = database().url, epoch(session)
    with _following.setdefault(meeting_id, threading.Lock()):
        kept = _shared.get((meeting_id, audience))
        now = time.monotonic()
        if kept is None or kept.where != where or now - kept.read_at > READ_ANEW:
            kept = Kept(_read(loaded, meeting_id, audience, seq), where, now)
        elif kept.picture.seq < seq:
            since = kept.picture.seq
            if seq - since > FOLLOW or since < oldest(session, meeting_id):
                kept = Kept(_read(loaded, meeting_id, audience, seq), where, now)
            else:
                _, news = changes(session, meeting_id, {audience: since})
                kept = kept._replace(picture=kept.picture.followed(seq, news.get(audience, {})))
        _shared[meeting_id, audience] = kept
        return kept.picture


def changes(session: Session, meeting_id: str, last: Mapping[str, int]) -> tuple[int, dict[str, Layer]]:
    """What each audience has not heard. `last`: the seq that each has heard of. Returns (seq now, {audience: layer});
    audiences without news are left out. Each view is computed once per audience, each object loaded once."""
    seq = seq_of(session, meeting_id)
    low = min(last.values(), default=seq)
    if seq <= low:
        return seq, {}
    touched: dict[str, dict[str, dict[str, None]]] = {}
    rows = session.execute(
        select(Change.seq, Change.topic, Change.object_id, Change.before, Change.after)
        .where(Change.meeting_id == meeting_id, Change.seq > low)
        .order_by(Change.seq)
    )
    for at, topic, object_id, before, after in rows:
        if Topic.all[topic].internal:
            continue
        for audience in {*before.split(), *after.split()}:
            if audience in last and at > last[audience]:
                touched.setdefault(audience, {}).setdefault(topic, {})[object_id] = None
    loaded = Loaded(session)
    together: dict[str, set[str]] = {}
    for topics in touched.values():
        for topic, ids in topics.items():
            together.setdefault(topic, set()).update(ids)
    for topic, wanted in together.items():
        loaded.want(topic, wanted)
    news: dict[str, Layer] = {}
    for audience, topics in touched.items():
        for topic, ids in topics.items():
            seen, shown_as = loaded.seen(topic, ids, audience), Topic.all[topic].shown_as
            news.setdefault(audience, {})[topic] = {wire: seen.get(wire) for wire in map(shown_as, ids)}
    return seq, news


def access_changed(session: Session, meeting_id: str, since: int) -> list[str]:
    """Participants whose access changed after `since`: their sockets must be looked at again."""
    return list(
        session.scalars(
            select(Change.object_id)
            .where(Change.meeting_id == meeting_id, Change.seq > since, Change.topic == "access")
            .distinct()
        )
    )


def merged(layers: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, View]]:
    """A person's picture: the fields of the layers laid over each other, in the order given (most personal last)."""
    picture: dict[str, dict[str, View]] = {name: {} for name, topic in Topic.all.items() if not topic.internal}
    for layer in layers.values():
        for topic, objects in layer["topics"].items():
            for object_id, view in objects.items():
                picture[topic][object_id] = {**picture[topic].get(object_id, {}), **view}
    return picture


def prune(session: Session, meeting_id: str, before_seq: int) -> int:
    """Forget the log up to and including `before_seq`. Returns the number of rows forgotten."""
    gone = session.execute(delete(Change).where(Change.meeting_id == meeting_id, Change.seq <= before_seq))
    session.execute(
        update(Meeting)
        .where(Meeting.id == meeting_id, Meeting.pruned < before_seq)
        .values(pruned=before_seq)
        .execution_options(synchronize_session=False)
    )
    return gone.rowcount  # type: ignore[attr-defined]


@event.listens_for(Session, "before_flush")
def _before_flush(session: Session, _context: Any, _instances: Any) -> None:
    if "marks" in session.info:
        mark(session)
