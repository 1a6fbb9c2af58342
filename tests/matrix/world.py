"""The world every test of the matrix acts in: a meeting in full swing, and another one next door.

Everything in it has a fixed id, so that a test can name it, and so that the world can be put back as it was by writing
its rows again: that is faster than a new database, on both kinds.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, NullPool, Table, create_engine, delete, insert, select, text

from hybridmote import db, load_rooms, sync
from hybridmote.access import Caller, by_cookie, by_token
from hybridmote.config import Settings
from hybridmote.db import Base, open_database, reading
from hybridmote.dispatch import dispatch
from hybridmote.help.store import Call
from hybridmote.ledger import Due
from hybridmote.mail.model import digest
from hybridmote.mail.store import Invitee, Letter, LetterText, Outbox, Unsubscribed
from hybridmote.meetings.store import Meeting, MeetingText, TextStep
from hybridmote.notices.store import Notice
from hybridmote.participants.store import Account, AuditEntry, Grant, Pairing, Participant, hashed
from hybridmote.polls.store import Answer, Poll
from hybridmote.programme.store import Cue, Item, Speaker, Step
from hybridmote.questions.store import Question, Receipt, Upvote
from hybridmote.registration.store import (
    Batch,
    Fee,
    Import,
    Line,
    Needs,
    Registration,
    Rules,
    Tally,
    Transfer,
    TransferKey,
)
from hybridmote.slides.store import Deck, Page
from hybridmote.ways.model import digest_of
from hybridmote.ways.store import Check, Code, PhoneKey, WalkIn

load_rooms()

HERE, THERE = "m-here", "m-there"
SLUGS = {HERE: "here", THERE: "there"}
SYSTEM = "system"


@dataclass(frozen=True)
class Person:
    """Somebody in the world; `way` is how they come in: by a link, by an account, or no more."""

    key: str
    roles: str
    attendance: str | None = None
    way: str = "link"
    meeting: str = HERE
    muted: tuple[str, int | None] = ("", None)  # why they may not ask, and until how many minutes from now
    email: str = ""

    @property
    def id(self) -> str:
        return f"p-{self.key}"

    @property
    def token(self) -> str:
        return f"the-link-of-{self.key}"


PEOPLE = {
    person.key: person
    for person in (
        Person("organiser", "organiser", email="organiser@example.org"),
        Person("moderator", "moderator", "hall"),
        Person("second_moderator", "moderator", way="account"),
        Person("speaker", "speaker", "hall", email="speaker@example.org"),
        Person("leader", "leader participant", "web"),
        Person("hall", "participant", "hall", email="hall@example.org"),
        Person("web", "participant", "web", email="web@räksmörgås.example"),
        Person("quiet", "participant", "web"),  # has asked nothing and supports nothing
        Person("muted", "participant", "web", muted=("That was the fifth time.", None)),
        Person("heard_again", "participant", "hall", muted=("Wait a little.", -1)),
        Person("screen", "screen"),
        Person("lectern", "lectern"),
        Person("spare_screen", "screen", way="revoked"),
        Person("gone", "participant", "web", way="revoked"),
        Person("waits", "applicant", "hall", email="waits@example.org"),  # for a place, first in the line
        Person("waits_too", "applicant", "hall", email="waits_too@example.org"),
        Person("offered", "applicant", "hall", email="offered@example.org"),  # and may take it
        Person("late", "applicant", "web", email="late@example.org"),  # has not answered in time
        Person("asks", "asker", "hall"),  # walked in: may ask and support
        Person("reads", "listener", "hall"),  # walked in: may follow
        Person("their_organiser", "organiser", meeting=THERE),
        Person("their_moderator", "moderator", meeting=THERE),
        Person("their_guest", "participant", "hall", meeting=THERE, email="hall@example.org"),
        Person("their_screen", "screen", meeting=THERE),
    )
}

# item: (kind, minutes from now planned from and to, begun and ended, parent)
_ITEMS: dict[str, tuple[str, tuple[int, int] | None, tuple[int | None, int | None], str | None]] = {
    "registration": ("registration", (-70, -40), (-70, -41), None),
    "welcome": ("plenary", (-40, -33), (-41, -32), None),
    "talk": ("talk", (-33, -3), (-32, None), None),
    "discussion": ("talk", None, (None, None), "talk"),
    "coffee": ("break", (0, 20), (None, None), None),
    "second_talk": ("talk", (20, 50), (None, None), None),
    "dropped": ("talk", (50, 60), (None, None), None),
    "lunch": ("break", (60, 120), (None, None), None),
    "removed": ("talk", (120, 130), (None, None), None),
}

# question: (state, who asks, name hidden, who supports it)
QUESTIONS: dict[str, tuple[str, str | None, bool, tuple[str, ...]]] = {
    "pending": ("pending", "hall", False, ()),
    "pending_hidden": ("pending", "web", True, ()),
    "approved": ("approved", "web", False, ("hall", "speaker")),
    "approved_hidden": ("approved", "hall", True, ("web",)),
    "on_stage": ("on_stage", "speaker", False, ("hall", "web", "leader")),
    "answered": ("answered", "hall", False, ("web",)),
    "rejected": ("rejected", "web", False, ()),
    "withdrawn": ("withdrawn", "hall", False, ()),
    "merged": ("merged", "leader", True, ("speaker",)),
    "part": ("merged", "speaker", False, ("hall", "moderator", "web")),
    "claimed": ("pending", "quiet", False, ()),
    "next": ("approved", "leader", False, ("moderator",)),
    "aloud": ("approved", None, False, ("web",)),
    "replied": ("answered", "web", False, ()),
}
# what else is known of them: columns
_MORE: dict[str, dict[str, Any]] = {
    "merged": {"merged_into": "q-approved", "was": "approved"},
    "part": {"merged_into": "q-approved_hidden", "was": "approved", "queue": 2},
    "claimed": {"original": "What off claimed?", "resembles": "q-next", "claimed_by": "p-second_moderator"},
    "next": {"queue": 1, "resembles": "q-merged"},
    "aloud": {"queue": 2, "aloud": True, "by_name": "A guest"},
    "replied": {"reply": "It is on its way.\nRead more tomorrow."},
    "on_stage": {"resembles": "q-approved"},
}
# who supports a question through another that is merged into it: (the whole, the part, who)
_THROUGH = (("approved_hidden", "part", "moderator"),)
THEIR_QUESTIONS: dict[str, tuple[str, str | None, bool, tuple[str, ...]]] = {
    "their_pending": ("pending", "their_guest", False, ()),
    "their_approved": ("approved", "their_guest", True, ("their_organiser",)),
    "their_stage": ("on_stage", "their_moderator", False, ("their_guest",)),
}


# fee: (price in öre, hall or web, capacity, more)
FEES: dict[str, tuple[int, str, int | None, dict[str, Any]]] = {
    "day": (90_000, "hall", 6, {}),
    "web": (90_000, "web", None, {}),
    "evening": (120_000, "hall", 1, {"items": ["i-talk", "i-lunch"]}),
    "closed": (10_000, "hall", None, {"open": False}),
    "removed": (10_000, "web", 3, {"removed": True}),
}
# whose place it is: (fee, state, more), in the order in which they came
PLACES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "hall": ("day", "confirmed", {"title": "Ecologist", "challenge": "Trees."}),
    "web": ("web", "confirmed", {"import_id": "y-list", "by": "import"}),
    "quiet": ("evening", "confirmed", {"orgnr": "2120000142", "municipality": "0180", "reference": "R-12"}),
    "leader": ("day", "confirmed", {"came": -9, "arrived_by": "p-moderator"}),
    "speaker": ("day", "confirmed", {"price": 0}),
    "gone": ("day", "cancelled", {"charged": True}),
    "waits": ("evening", "waiting", {}),
    "waits_too": ("evening", "waiting", {}),
    "offered": ("day", "offered", {"offer": 60}),
    "late": ("web", "offered", {"offer": -1}),
}
TRANSFER_TOKEN = "the-token-of-a-transfer"
JOIN_CODES = {HERE: "CD2HR", THERE: "CD2TH"}
# of a browser that has asked for a code, of one whose address is nobody's, of one that has tried too often, and of a phone
CODE_KEY, NOBODYS_KEY, SPENT_KEY = "a-browser-that-has-asked-for-it-", "whoever-this-is-has-no-place-yet", "x" * 32
PHONE_KEY, OLD_PHONE_KEY = "the-key-that-the-laptop-shows-no", "the-key-that-has-grown-old------"


def new_op() -> str:
    return str(uuid4())


class World:
    """One database with both meetings in it."""

    def __init__(self, url: str) -> None:
        self.url = Settings(database_url=url).url_of_database()
        self.sqlite = self.url.startswith("sqlite")
        # beside the product's own engines, in its own transactions: what it reads is what is committed
        self.engine: Engine = create_engine(self.url, poolclass=NullPool)
        self.side = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self.side.execute(text("PRAGMA synchronous=OFF" if self.sqlite else "SET synchronous_commit TO off"))
        self.now = dt.datetime.now(dt.UTC).replace(second=0, microsecond=0)
        self._rows = _rows(self.now)
        self.tables: list[Table] = list(Base.metadata.sorted_tables)
        self.meta = [dict(row) for row in self.side.execute(select(_table(db.Meta))).mappings()]

    def open(self) -> "World":
        """Make this the database of the process, as it was in the beginning."""
        if db._opened is None or str(db._opened.url) != str(db.make_url(self.url)):
            open_database(self.url)
        # a day that is minutes old is another day: what is expected of it has moved
        if (now := dt.datetime.now(dt.UTC).replace(second=0, microsecond=0)) != self.now:
            self.now, self._rows = now, _rows(now)
        self.reset()
        return self

    def reset(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(text("PRAGMA synchronous=OFF" if self.sqlite else "SET LOCAL synchronous_commit TO off"))
            for table in reversed(self.tables):
                connection.execute(delete(table))
            connection.execute(insert(_table(db.Meta)), self.meta)
            for table in self.tables:
                if rows := self._rows.get(table.name):
                    connection.execute(insert(table), rows)
        sync._shared.clear()  # what a process remembers of a meeting it has seen grow
        self._callers: dict[str, Caller] = {}

    def close(self) -> None:
        self.side.close()

    # ---- who ----------------------------------------------------------------------------------------------------------

    def caller(self, key: str) -> Caller | None:
        """Somebody as the door let them in, the first time; None for time itself."""
        if key == SYSTEM:
            return None
        if key in self._callers:
            return self._callers[key]
        person = PEOPLE[key]
        with reading() as session:
            meeting = session.get(Meeting, person.meeting)
            assert meeting is not None
            if person.way == "account":
                found = by_cookie(session, meeting, {"account": [f"a-{key}", f"stamp-of-{key}"]})
            else:
                found = by_token(session, meeting, person.token)
        assert found is not None, f"nobody lets {key} in"
        return self._callers.setdefault(key, found)

    def people(self, meeting: str | None = HERE) -> list[Person]:
        """Those who may come in."""
        return [p for p in PEOPLE.values() if p.way != "revoked" and meeting in (None, p.meeting)]

    # ---- acting -------------------------------------------------------------------------------------------------------

    def ask(self, who: str, command: str, body: Any, op: Any = None) -> dict[str, Any]:
        """Dispatch a command as somebody of the world, with an op of its own if none is given."""
        meeting = HERE if who == SYSTEM else PEOPLE[who].meeting
        return dispatch(self.caller(who), meeting, command, {**body, "op": op or new_op()})

    def did(self, who: str, command: str, **body: Any) -> Any:
        """As `ask`, where it must succeed; its result."""
        answer = self.ask(who, command, body)
        assert answer["ok"], f"{who} could not {command}: {answer}"
        return answer["result"]

    # ---- looking, past the product ------------------------------------------------------------------------------------

    def all(self, statement: str, **values: Any) -> Sequence[Any]:
        return self.side.execute(text(statement), values).all()

    def one(self, statement: str, **values: Any) -> Any:
        """The only value of the only row."""
        return self.side.execute(text(statement), values).scalar_one()

    def write(self, statement: str, **values: Any) -> None:
        """Change the database behind the product's back."""
        self.side.execute(text(statement), values)

    def seq(self, meeting: str = HERE) -> int:
        return int(self.one("SELECT seq FROM meeting WHERE id = :m", m=meeting))

    def version(self, meeting: str = HERE) -> int:
        return int(self.one("SELECT version FROM meeting WHERE id = :m", m=meeting))

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of every table."""
        with self.engine.connect() as connection:
            return {
                table.name: sorted((dict(row) for row in connection.execute(select(table)).mappings().all()), key=repr)
                for table in self.tables
            }

    def ids(self, meeting: str) -> dict[str, list[str]]:
        """Every id of every kind of object in a meeting."""
        found: dict[str, list[str]] = {"meeting": [meeting]}
        for table in self.tables:
            if {"id", "meeting_id"} <= set(table.columns.keys()) and table.name not in ("job", "due"):
                rows = self.side.execute(select(table.c.id).where(table.c.meeting_id == meeting))
                found[table.name] = sorted(rows.scalars())
        return found


def changed(before: dict[str, list[Any]], after: dict[str, list[Any]], but: Iterable[str] = ()) -> list[str]:
    """What is different between two dumps, a line each. `but`: tables, or "table.column", that may differ."""
    but = set(but)
    lines = []
    for table in before:
        if table in but:
            continue
        ignored = {name.partition(".")[2] for name in but if name.startswith(f"{table}.")}
        old, new = ([_without(row, ignored) for row in dump[table]] for dump in (before, after))
        lines += [f"- {table} {row}" for row in old if row not in new]
        lines += [f"+ {table} {row}" for row in new if row not in old]
        if len(old) != len(new) and not lines:
            lines.append(f"{table}: {len(old)} rows became {len(new)}")
    return lines


def _without(row: dict[str, Any], ignored: set[str]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k not in ignored} if ignored else row


def _table(cls: type[Base]) -> Table:
    table = cls.__table__
    assert isinstance(table, Table)
    return table


def _row(cls: type[Base], **given: Any) -> dict[str, Any]:
    """A whole row: what is not given has its column's default."""
    row = {}
    for column in _table(cls).columns:
        default: Any = column.default.arg if column.default is not None else None
        row[column.name] = default(None) if callable(default) else default
    return row | given


def _written(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None


def _rows(now: dt.datetime) -> dict[str, list[dict[str, Any]]]:
    def at(minutes: int | None) -> dt.datetime | None:
        return None if minutes is None else now + dt.timedelta(minutes=minutes)

    def meeting(id: str, on: str, seq: int) -> dict[str, Any]:
        return _row(
            Meeting,
            id=id,
            slug=SLUGS[id],
            seq=seq,
            pruned=seq,
            version=3,
            title=f"The meeting {SLUGS[id]}",
            tagline="For tests",
            starts=at(-70),
            ends=at(400),
            place="The hall",
            join_code=JOIN_CODES[id],
            window_minutes=7,
            words=["rejected", "of claim*", "Aloud"] if id == HERE else ["their"],
            now_on={"": on},
        )

    def text(id: str, meeting: str, step: int = 0, by: str | None = None, **more: Any) -> dict[str, Any]:
        told = {"field": "about", "language": "sv", "text": f"What happens: {id}", "version": 2} | more
        return _row(MeetingText, id=f"x-{id}", meeting_id=meeting, step=step, by=by, at=at(-10), **told)

    def step(of: str, meeting: str, number: int, by: str | None, text: str) -> dict[str, Any]:
        told = {"text_id": f"x-{of}", "meeting_id": meeting, "number": number, "back": 0, "by": by, "text": text}
        return _row(TextStep, at=at(-10), **told)

    # by the meeting's own clock: what begins after midnight belongs to the evening before
    first_day = (now - dt.timedelta(minutes=70)).astimezone(ZoneInfo("Europe/Stockholm")).date().isoformat()

    def item(id: str, meeting: str, position: int, **more: Any) -> dict[str, Any]:
        return _row(
            Item,
            id=id,
            meeting_id=meeting,
            position=position,
            day=first_day,
            title=f"Item {id}",
            **more,
        )

    def question(
        id: str, meeting: str, on: str, minute: int, told: tuple[str, str | None, bool, Any]
    ) -> dict[str, Any]:
        more = {**_MORE.get(id, {})}
        if "claimed_by" in more:
            more["claimed_until"] = at(2)
        if "reply" in more:
            more["replied_at"] = at(-4)
        return _row(
            Question,
            id=f"q-{id}",
            meeting_id=meeting,
            item_id=on,
            author_id=PEOPLE[told[1]].id if told[1] else None,
            version=2,
            text=f"What of {id}?",
            state=told[0],
            name_hidden=told[2],
            reason="It was asked before." if told[0] == "rejected" else "",
            support=len(told[3]) + sum(1 for whole, _, _ in _THROUGH if whole == id),
            asked_at=at(minute),
            ended_at=at(-6) if told[0] in ("answered", "rejected", "withdrawn", "merged") else None,
            **more,
        )

    def receipt(id: str, meeting: str, question: str, asker: str, end: str, **more: Any) -> dict[str, Any]:
        return _row(
            Receipt,
            id=f"r-{id}",
            meeting_id=meeting,
            participant_id=PEOPLE[asker].id,
            question_id=f"q-{question}",
            end=end,
            text=f"What of {question}?",
            at=at(-6),
            **more,
        )

    def audit(id: str, meeting: str, who: str, question: str, after: str) -> dict[str, Any]:
        return _row(
            AuditEntry,
            id=f"l-{id}",
            meeting_id=meeting,
            at=at(-6),
            who=PEOPLE[who].id,
            who_name=f"The {who}",
            what=f"question.{after}",
            object_id=f"q-{question}",
            before="approved",
            after=after,
        )

    def notice(id: str, meeting: str, to: str, **more: Any) -> dict[str, Any]:
        times = {"at": at(-2), "until": at(8)}
        return _row(Notice, id=f"n-{id}", meeting_id=meeting, text=f"To {id}", to=to, **times, **more)

    def call(id: str, meeting: str, who: str, **more: Any) -> dict[str, Any]:
        told = {"meeting_id": meeting, "author_id": PEOPLE[who].id, "asked_at": at(-3)}
        return _row(Call, id=f"h-{id}", text=f"Nothing is heard: {id}", **told, **more)

    def deck(id: str, meeting: str, item: str, **more: Any) -> dict[str, Any]:
        by = PEOPLE["organiser" if meeting == HERE else "their_organiser"].id
        told = {"meeting_id": meeting, "item_id": item, "uploaded_by": by, "uploaded_at": at(-60)}
        return _row(Deck, id=f"k-{id}", version=2, name=f"{id}.pdf", file="f" * 64, **told, **more)

    def poll(id: str, meeting: str, item: str, **more: Any) -> dict[str, Any]:
        given = {"kind": "choice", "state": "open", "options": [], "most": 1} | more
        told = {"meeting_id": meeting, "item_id": item, "version": 2, "made_at": at(-10), "counts": {}, "walk_ins": {}}
        return _row(Poll, id=f"v-{id}", prompt=f"What of {id}?", **told, **given)

    def letter(id: str, meeting: str, who: str, state: str, **more: Any) -> dict[str, Any]:
        person = PEOPLE[who]
        told = {"template": "link", "address": person.email, "name": f"The {who}", "language": "sv", "data": {}}
        told |= {"next_at": at(-5), "created_at": at(-5), "begun_at": None if state == "waiting" else at(-4)}
        told |= {"sent_at": at(-4) if state == "sent" else None}
        return _row(Letter, id=f"b-{id}", meeting_id=meeting, participant_id=person.id, state=state, **told | more)

    def invitee(id: str, meeting: str, **more: Any) -> dict[str, Any]:
        told = {"address": f"{id}@example.net", "name": f"Somebody {id}", "added_at": at(-90)}
        return _row(Invitee, id=f"e-{id}", meeting_id=meeting, **told, **more)

    def code(id: str, meeting: str, who: str | None, key: str, **more: Any) -> dict[str, Any]:
        told = {"email": PEOPLE[who].email if who else "", "participant_id": PEOPLE[who].id if who else None}
        told |= {"code_hash": hashed(f"o-{id} 123456") if who else "", "made_at": at(-1), "expires_at": at(9)}
        return _row(Code, id=f"o-{id}", meeting_id=meeting, key_hash=hashed(key), **told | more)

    def check(who: str, meeting: str, **more: Any) -> dict[str, Any]:
        told = {"transport": "websocket", "rtt": 40, "down": 20_000, "up": 5_000, "sound": "yes"} | more
        return _row(
            Check, participant_id=f"p-{who}", meeting_id=meeting, at=at(-3000), browser="Firefox, Windows", **told
        )

    items, cues = [], []
    for position, (id, (kind, planned, (begun, ended), parent)) in enumerate(_ITEMS.items()):
        times = {
            "planned_start": at(planned[0]) if planned else None,
            "planned_end": at(planned[1]) if planned else None,
            "actual_start": at(begun),
            "actual_end": at(ended),
        }
        times |= {
            "expected_start": times["actual_start"] or times["planned_start"] or at(-33),
            "expected_end": times["actual_end"] or times["planned_end"] or at(-3),
        }
        items.append(
            item(
                f"i-{id}",
                HERE,
                position,
                kind=kind,
                parent_id=f"i-{parent}" if parent else None,
                promised=kind == "break",
                minimum=20 if kind == "talk" and planned else None,
                cancelled=id == "dropped",
                removed=id == "removed",
                removed_with=f"i-{id}" if id == "removed" else None,
                asking={"lunch": "closed", "second_talk": "open"}.get(id, "screened"),
                **times,
            )
        )
        for what, when in (("on", begun), ("off", ended)):
            if when is not None:
                by = "t-talk" if (id, what) in (("welcome", "off"), ("talk", "on")) else None
                cue = {"meeting_id": HERE, "item_id": f"i-{id}", "step_id": by, "kind": what, "at": at(when)}
                cues.append(_row(Cue, id=f"c-{id}-{what}", **cue))
    for position, (id, begin, end) in enumerate((("their_talk", -20, 40), ("their_break", 40, 60))):
        planned = {"planned_start": at(begin), "planned_end": at(end)}
        expected = {"expected_start": at(begin), "expected_end": at(end)}
        begun = {"actual_start": at(begin)} if begin < 0 else {}
        items.append(item(f"i-{id}", THERE, position, kind="talk", **planned, **expected, **begun))

    def fee(id: str, meeting: str, position: int, price: int, place: str, **more: Any) -> dict[str, Any]:
        words = {"name": {"sv": f"Avgift {id}", "en": f"Fee {id}"}, "includes": {"sv": "Kaffe", "en": "Coffee"}}
        given = {"meeting_id": meeting, "position": position, "price": price, "place": place}
        return _row(Fee, id=f"f-{id}", version=2, **words, **given) | more

    def place(number: int, who: str, fee: str, price: int, state: str, **more: Any) -> dict[str, Any]:
        times = {"arrived_at": at(more.pop("came", None)), "offered_until": at(more.pop("offer", None))}
        times["ended_at"] = at(-40) if state == "cancelled" else None
        told = {"meeting_id": PEOPLE[who].meeting, "participant_id": PEOPLE[who].id, "fee_id": f"f-{fee}"}
        payer = {"payer_name": "A municipality", "price": price, "made_at": at(-300 + number)}
        given = {"number": number, "order": number, "state": state}
        return _row(Registration, id=f"b-{who}", **told, **payer | times | given) | more

    asked = [(HERE, "i-talk", *q) for q in QUESTIONS.items()]
    asked += [(THERE, "i-their_talk", *q) for q in THEIR_QUESTIONS.items()]
    return {
        "meeting": [meeting(HERE, "i-talk", 40), meeting(THERE, "i-their_talk", 25)],
        "meeting_text": [
            text("about", HERE, 1, "p-organiser"),
            text("english", HERE, language="en", version=1),
            text("theirs", THERE, 1, "p-their_organiser"),
        ],
        "meeting_text_step": [
            step("about", HERE, 0, None, "What happened"),
            step("about", HERE, 1, "p-organiser", "What happens: about"),
            step("english", HERE, 0, None, "What happens: english"),
            step("theirs", THERE, 0, None, ""),
            step("theirs", THERE, 1, "p-their_organiser", "What happens: theirs"),
        ],
        "account": [
            _row(
                Account,
                id=f"a-{p.key}",
                email=f"{p.key}@example.org",
                name=f"The {p.key}",
                password_hash="-",
                stamp=f"stamp-of-{p.key}",
            )
            for p in PEOPLE.values()
            if p.way == "account"
        ],
        "participant": [
            _row(
                Participant,
                id=p.id,
                meeting_id=p.meeting,
                account_id=f"a-{p.key}" if p.way == "account" else None,
                name=f"The {p.key}",
                organisation="A municipality",
                roles=p.roles,
                attendance=p.attendance,
                email=p.email,
                walk_in=p.roles in ("asker", "listener"),
                muted=p.muted[0],
                muted_until=at(p.muted[1]),
            )
            for p in PEOPLE.values()
        ],
        "grant_": [
            _row(
                Grant,
                id=f"g-{p.key}",
                meeting_id=p.meeting,
                participant_id=p.id,
                token_hash=hashed(p.token),
                created_at=at(-500),
                revoked_at=at(-100) if p.way == "revoked" else None,
            )
            for p in PEOPLE.values()
            if p.way != "account"
        ],
        "item": items,
        "cue": cues,
        "speaker": [
            _row(Speaker, id="s-1", meeting_id=HERE, item_id="i-talk", name="The speaker", participant_id="p-speaker"),
            _row(Speaker, id="s-2", meeting_id=HERE, item_id="i-talk", position=1, name="Another", role="Host"),
            _row(Speaker, id="s-3", meeting_id=HERE, item_id="i-second_talk", name="A third"),
        ],
        "step": [
            _row(
                Step,
                id="t-talk",
                meeting_id=HERE,
                track="",
                what="next",
                item_id="i-talk",
                at=at(-32),
                number=1,
                changes=[
                    ["item", "i-welcome", "actual_end", None, _written(at(-32))],
                    ["item", "i-talk", "actual_start", None, _written(at(-32))],
                ],
            ),
            _row(
                Step,
                id="t-gone",
                meeting_id=HERE,
                track="",
                what="start",
                at=at(-33),
                number=2,
                changes=[],
                undone=True,
            ),
            _row(Step, id="t-theirs", meeting_id=THERE, track="", what="start", at=at(-20), number=1, changes=[]),
        ],
        "notice": [
            notice("all", HERE, "all"),
            notice("web", HERE, "web"),
            notice("hall", HERE, "hall"),
            notice("speaker", HERE, "speaker", item_id="i-talk"),
            notice("gone", HERE, "all", cleared=True),
            notice("theirs", THERE, "all"),
        ],
        "help_call": [
            call("waits", HERE, "web", line="live", transport="polling", rtt_ms=340, browser="Firefox 128"),
            call("answered", HERE, "hall", reply="Sit nearer the front.", replied_at=at(-1)),
            call("theirs", THERE, "their_guest"),
        ],
        "pairing": [
            _row(Pairing, id="w-new", code="CDFGH", secret_hash=hashed("the-secret-of-a-screen"), expires_at=at(10)),
            _row(Pairing, id="w-old", code="JKMNP", secret_hash=hashed("of-an-old-one"), expires_at=at(-10)),
        ],
        "poll": [
            poll("draft", HERE, "i-talk", state="draft", options=["Yes", "No"]),
            poll("choice", HERE, "i-talk", options=["Now", "Soon", "Never"], most=2, answered=2, on_screen=True)
            | {"counts": {"0": 2, "1": 1}},
            poll("scale", HERE, "i-talk", kind="scale", options=["Not at all", "Fully"], most=5, answered=2)
            | {"counts": {"2": 1, "5": 1}},
            poll("words", HERE, "i-talk", kind="words", most=3, answered=2) | {"counts": {"regn": 2, "träd": 1}},
            poll("closed", HERE, "i-welcome", state="closed", options=["Yes", "No"], answered=1) | {"counts": {"1": 1}},
            poll("street", HERE, "i-welcome", state="closed", options=["Yes", "No"], answered=2, places_only=True)
            | {"counts": {"0": 1, "1": 1}, "walk_ins": {"0": 1}, "walk_ins_answered": 1},
            poll("their", THERE, "i-their_talk", options=["Yes", "No"], answered=1) | {"counts": {"0": 1}},
        ],
        "poll_answer": [
            _row(Answer, poll_id=f"v-{id}", participant_id=PEOPLE[who].id, answers=answers, at=at(-5))
            for id, who, answers in (
                ("choice", "hall", [0]),
                ("choice", "web", [0, 1]),
                ("scale", "hall", [2]),
                ("scale", "moderator", [5]),
                ("words", "hall", ["Regn", "träd"]),
                ("words", "web", ["regn"]),
                ("closed", "hall", [1]),
                ("street", "hall", [1]),
                ("street", "asks", [0]),
                ("their", "their_guest", [0]),
            )
        ],
        "deck": [
            deck("shown", HERE, "i-talk", state="ready", pages=3, done=3, page=2),
            deck("prepared", HERE, "i-second_talk", state="ready", pages=2, done=2),
            deck("drawing", HERE, "i-talk", state="rendering", pages=3, done=1),
            deck("failed", HERE, "i-coffee", state="failed", error="encrypted_pdf"),
            deck("theirs", THERE, "i-their_talk", state="ready", pages=1, done=1, page=1),
        ],
        "page": [
            _row(Page, deck_id=f"k-{id}", number=n, file=f"{n}" * 64, width=1280, height=720, text=f"Page {n}")
            for id, pages in (("shown", 3), ("prepared", 2), ("drawing", 1), ("theirs", 1))
            for n in range(1, pages + 1)
        ],
        "question": [question(id, m, on, -20 + n, told) for n, (m, on, id, told) in enumerate(asked)],
        "upvote": [
            _row(Upvote, question_id=f"q-{id}", participant_id=PEOPLE[who].id)
            for _, _, id, told in asked
            for who in told[3]
        ]
        + [
            _row(Upvote, question_id=f"q-{whole}", participant_id=PEOPLE[who].id, via=f"q-{part}")
            for whole, part, who in _THROUGH
        ],
        "receipt": [
            receipt("answered", HERE, "answered", "hall", "answered"),
            receipt("rejected", HERE, "rejected", "web", "rejected"),
            receipt("merged", HERE, "merged", "leader", "merged", into_id="q-approved"),
            receipt("part", HERE, "part", "speaker", "merged", into_id="q-approved_hidden"),
            receipt("replied", HERE, "replied", "web", "replied", reason="It is on its way.\nRead more tomorrow."),
        ],
        "audit": [
            audit("1", HERE, "moderator", "answered", "answered"),
            audit("2", HERE, "second_moderator", "rejected", "rejected"),
            audit("3", THERE, "their_moderator", "their_stage", "on_stage"),
        ],
        "letter": [
            letter("waiting", HERE, "hall", "waiting"),
            letter("sending", HERE, "speaker", "sending", lease_until=at(1)),
            letter("sent", HERE, "hall", "sent"),
            letter("refused", HERE, "web", "refused", reason="550 5.1.1 no such user"),
            letter("failed", HERE, "speaker", "failed", reason="451 try later"),
            letter("theirs", THERE, "their_guest", "waiting"),
        ],
        "outbox": [
            _row(
                Outbox,
                meeting_id=HERE,
                stamp=7,
                counts={"failed": 1, "refused": 1, "sending": 1, "sent": 1, "waiting": 1},
                bounced={"p-web": "550 5.1.1 no such user"},
                trouble="",
            ),
            _row(Outbox, meeting_id=THERE, stamp=1, counts={"waiting": 1}, bounced={}, trouble="no route to host"),
        ],
        "letter_text": [
            _row(
                LetterText,
                meeting_id=m,
                template="thanks",
                language="sv",
                version=3,
                subject="Tack",
                body="Hej {name}!",
            )
            for m in (HERE, THERE)
        ],
        "invitee": [
            invitee("new", HERE),
            invitee("invited", HERE, invited_at=at(-80)),
            invitee("unwilling", HERE),
            invitee("theirs", THERE),
        ],
        "unsubscribed": [_row(Unsubscribed, digest=digest("unwilling@example.net"), meeting_id=HERE, at=at(-70))],
        "fee": [
            fee(id, HERE, n, price, where, capacity=capacity, **more)
            for n, (id, (price, where, capacity, more)) in enumerate(FEES.items())
        ]
        + [fee("theirs", THERE, 0, 50_000, "hall", capacity=2)],
        "registration_rules": [
            _row(
                Rules,
                id=id,
                meeting_id=id,
                version=2,
                opens=at(-5000),
                deadline=at(200),
                switch_until=at(200),
                cancel_until=at(200),
                binding={"sv": "Bindande.", "en": "Binding."},
                challenge=True,
                walk_ins="ask",
                walk_in_cap=3,
            )
            for id in (HERE, THERE)
        ],
        "registration_tally": [
            _row(Tally, id=HERE, meeting_id=HERE, stamp=30, number=len(PLACES), place_in_line=len(PLACES), batch=1),
            _row(Tally, id=THERE, meeting_id=THERE, stamp=1, number=1, place_in_line=1),
        ],
        "registration_import": [
            _row(Import, id="y-list", meeting_id=HERE, name="list.csv", by="p-organiser", at=at(-290), taken=1),
            _row(Import, id="y-theirs", meeting_id=THERE, name="list.csv", at=at(-290)),
        ],
        "registration": [
            place(n, who, fee, more.pop("price", FEES[fee][0]), state, **more)
            for n, (who, (fee, state, given)) in enumerate(PLACES.items(), start=1)
            for more in [{**given}]
        ]
        + [place(1, "their_guest", "theirs", 50_000, "confirmed")],
        "registration_needs": [
            _row(Needs, registration_id="b-hall", meeting_id=HERE, diet="No nuts", access="A seat in front"),
            _row(Needs, registration_id="b-their_guest", meeting_id=THERE, diet="Vegan"),
        ],
        "transfer": [
            _row(
                Transfer,
                id=f"x-{id}",
                meeting_id=PEOPLE[who].meeting,
                registration_id=f"b-{who}",
                to_email="new@mail.test",
                to_name="Somebody new",
                from_id=PEOPLE[who].id,
                made_at=at(-100),
                until=at(until),
            )
            for id, who, until in (("open", "speaker", 90), ("late", "web", -1), ("theirs", "their_guest", 90))
        ],
        "transfer_key": [
            _row(TransferKey, token_hash=hashed(TRANSFER_TOKEN), meeting_id=HERE, transfer_id="x-open"),
            _row(TransferKey, token_hash=hashed("token-of-another-one"), meeting_id=THERE, transfer_id="x-theirs"),
        ],
        "invoice_batch": [
            _row(Batch, id="z-1", meeting_id=HERE, number=1, at=at(-50), by="p-organiser"),
            _row(Batch, id="z-theirs", meeting_id=THERE, number=1, at=at(-50)),
        ],
        "invoice_line": [
            _row(
                Line,
                id="zl-1",
                meeting_id=HERE,
                batch_id="z-1",
                registration_id="b-web",
                number=2,
                holder="The web",
                text="Avgift web",
                payer=["A municipality", "", "", "", "", "", "", ""],
                net=80_000,
                vat=25,
                currency="SEK",
                sign=1,
            ),
        ],
        "one_time_code": [
            code("web", HERE, "web", CODE_KEY),
            code("nobody", HERE, None, NOBODYS_KEY, email="nobody@example.org"),
            code("spent", HERE, "hall", SPENT_KEY, tries=5),
            code("theirs", THERE, "their_guest", "of-another-meeting--------------"),
        ],
        "phone_key": [
            _row(
                PhoneKey,
                id=f"k-{id}",
                meeting_id=PEOPLE[who].meeting,
                participant_id=PEOPLE[who].id,
                by=f"g-{who}",
                token_hash=hashed(key),
                expires_at=at(until),
            )
            for id, who, key, until in (
                ("hall", "hall", PHONE_KEY, 2),
                ("old", "web", OLD_PHONE_KEY, -1),
                ("theirs", "their_guest", "of-the-other-meeting------------", 2),
            )
        ],
        "walk_in": [
            _row(WalkIn, participant_id=f"p-{who}", meeting_id=HERE, address=digest_of(HERE, "192.0.2.1"), at=at(-30))
            for who in ("asks", "reads")
        ],
        "connection_check": [
            check("web", HERE, down=100, transport="polling"),
            check("speaker", HERE),
            check("their_guest", THERE),
        ],
        "due": [_row(Due, id="d-drift", meeting_id=HERE, at=at(-3), command="programme.drift", key="programme.drift")],
    }
