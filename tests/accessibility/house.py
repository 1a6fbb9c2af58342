"""One meeting for a whole file of tests: it is moved in time, people come in by their links, questions are asked."""

import datetime as dt
import json
import re
import urllib.request
from dataclasses import dataclass, field
from threading import Event
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import NullPool, create_engine, delete, select
from sqlalchemy.orm import Session

from hybridmote import load_rooms
from hybridmote.meetings.store import Meeting
from hybridmote.notices.store import Notice
from hybridmote.participants.store import Grant, Participant, hashed, mint
from hybridmote.programme.store import Cue, Item, Step
from hybridmote.questions.store import Question, Receipt, Upvote
from hybridmote.strings import strings
from tests.accessibility.days import Day, move
from tests.journeys.proxy import Proxy
from tests.servers import Demo, eventually

load_rooms()
GOOD_LINE = ".head .line:not(.line--waiting):not(.line--lost)"


@dataclass(frozen=True)
class Look:
    """With which eyes a page is read."""

    language: str
    colours: str
    width: int
    height: int

    @property
    def phone(self) -> bool:
        return self.width < 600

    @property
    def context(self) -> dict[str, Any]:
        """Far from the meeting's zone and from ours, half an hour aside: the pages must not mind."""
        return {
            "viewport": {"width": self.width, "height": self.height},
            "color_scheme": self.colours,
            "locale": "sv-SE" if self.language == "sv" else "en-GB",
            "timezone_id": "Asia/Kolkata",
        }

    def __str__(self) -> str:
        return f"{self.language}-{self.colours}-{self.width}"


@dataclass(frozen=True)
class Person:
    id: str
    token: str


class Tunnel(Proxy):
    """A line that can be cut, and that can fall silent while it stands."""

    def __init__(self, port: int) -> None:
        self.answers, self.flows = Event(), Event()
        self.talk()
        super().__init__(port)

    def talk(self) -> None:
        self.answers.set()
        self.flows.set()

    def swallow_what_is_new(self) -> None:
        """Pages come; what would follow the meeting gets no answer."""
        self.answers.clear()

    def hold_everything(self) -> None:
        self.flows.clear()

    def close(self) -> None:
        super().close()
        self.talk()

    def _pass_on(self, client: Any, request: bytes) -> None:
        path = request.partition(b"\r\n")[0].split(b" ")[1]
        if path.startswith(b"/socket.io/") or b"/changes?" in path:
            self.answers.wait(60)
        super()._pass_on(client, request)

    def _pipe(self, source: Any, sink: Any, swallow: bool) -> None:
        super()._pipe(_Held(source, self.flows), sink, swallow)


class _Held:
    """A socket whose bytes wait until they may flow."""

    def __init__(self, socket: Any, flows: Event) -> None:
        self.socket, self.flows = socket, flows

    def recv(self, size: int) -> bytes:
        part: bytes = self.socket.recv(size)
        self.flows.wait(60)
        return part


@dataclass
class House:
    demo: Demo
    browser: Browser
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.slug: str = self.demo.people["meeting"]
        self.base: str = self.demo.base_url
        self.engine = create_engine(f"sqlite:///{self.demo.data / 'hybridmote.db'}", poolclass=NullPool)
        self.open: dict[tuple[str, str, str], Page] = {}
        with self.rows() as session:
            self.plan = {i.id: i.planned_start for i in session.scalars(select(Item)) if i.planned_start}
            self.questions = [_values(row) for row in session.scalars(select(Question))]
            self.upvotes = [_values(row) for row in session.scalars(select(Upvote))]
            self.receipts = [_values(row) for row in session.scalars(select(Receipt))]
            asked = {row["author_id"] for row in self.questions}
            people = session.scalars(select(Participant).where(Participant.roles == "participant")).all()
            self.quiet = sorted(person.id for person in people if person.id not in asked)
        told = self.demo.people
        self.moderator, self.other_moderator = (self._known(one) for one in told["moderator"])
        self.organiser, self.screen = self._known(told["organiser"]), self._known(told["screen"])
        self.lectern = self._known(told["lectern"])
        self.speaker = self._known(told["speaker"])

    def close(self) -> None:
        for page in self.open.values():
            page.context.close()
        self.open.clear()

    # What is true

    def rows(self) -> Session:
        return Session(self.engine)

    def meeting(self, session: Session) -> Meeting:
        return session.scalars(select(Meeting).where(Meeting.slug == self.slug)).one()

    def stand(self, day: Day, asked: bool = True) -> None:
        """Move the day; the questions are those of the demo again, or none. Who reads must load the page again."""
        now = dt.datetime.now(dt.UTC)
        with self.rows() as session:
            meeting = self.meeting(session)
            move(session, meeting, self.plan, day, now)
            for table in (Upvote, Receipt, Question, Cue, Step, Notice):
                session.execute(delete(table))
            if asked:
                newest = max(row["asked_at"] for row in self.questions)
                late = now - dt.timedelta(minutes=3) - newest
                session.add_all(Question(**{**row, "asked_at": row["asked_at"] + late}) for row in self.questions)
                session.flush()
                session.add_all(Upvote(**row) for row in self.upvotes)
                session.add_all(Receipt(**row) for row in self.receipts)
            meeting.seq += 1
            meeting.pruned = meeting.seq  # nobody can follow this: every picture is read anew
            session.commit()

    def person(self, n: int = 0) -> Person:
        """Somebody who takes part and has not asked anything, with a new link."""
        return self.way_in(self.quiet[n])

    def way_in(self, id: str) -> Person:
        with self.rows() as session:
            token = mint(session, session.get_one(Participant, id), dt.datetime.now(dt.UTC))
            session.commit()
        return Person(id, token)

    def _known(self, told: dict[str, Any]) -> Person:
        with self.rows() as session:
            grant = session.scalars(select(Grant).where(Grant.token_hash == hashed(told["token"]))).one()
            return Person(grant.participant_id, told["token"])

    def say(self, who: Person, command: str, **payload: Any) -> Any:
        """A command by HTTP; its result."""
        request = urllib.request.Request(
            f"{self.base}/api/v1/m/{self.slug}/commands/{command}",
            json.dumps({"op": str(uuid4()), **payload}).encode(),
            {"Authorization": f"Bearer {who.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["result"]

    def ask(self, who: Person, text: str, becomes: str = "pending", reason: str = "", **more: Any) -> str:
        """A question, brought to a state by those who may; its id."""
        id: str = self.say(who, "question.ask", text=text, **more)["id"]
        if becomes == "rejected":
            self.say(self.moderator, "question.reject", id=id, reason=reason)
        elif becomes != "pending":
            self.say(self.moderator, "question.approve", id=id)
            if becomes in ("on_stage", "answered"):
                self.say(self.moderator, "question.take", id=id)
            if becomes == "answered":
                self.say(self.moderator, "question.answer", id=id)
        return id

    def revoke(self, who: Person) -> Person:
        """Every way in of this person is closed; a new one, which only new readers know."""
        self.say(self.organiser, "person.revoke", person=who.id)
        self.open = {
            (look, f"{id} that was" if id == who.id else id, name): p for (look, id, name), p in self.open.items()
        }
        return self.way_in(who.id)

    # Who reads

    def reader(self, look: Look, who: Person | None = None, name: str = "", **options: Any) -> Page:
        """A page of this person's, kept for the file; another `name` is another browser of the same person."""
        key = (str(look), who.id if who else "", name)
        if key not in self.open:
            context = self.browser.new_context(**look.context | options)
            context.set_default_timeout(30_000)
            context.on("weberror", lambda problem: self.errors.append(str(problem.error)))
            context.on("console", lambda line: self._hear(line.type, line.text))
            if who:
                self.let_in(context, who)
            self.open[key] = context.new_page()
        return self.open[key]

    def leave(self, page: Page) -> None:
        """The end of a browser: nothing of it is kept."""
        self.open = {key: one for key, one in self.open.items() if one is not page}
        page.context.close()

    def let_in(self, context: BrowserContext, who: Person) -> None:
        """What opening the link and pressing its button does, without drawing it: that page has tests of its own."""
        link = f"{self.base}/j/{who.token}"
        token = re.search(r'name="csrf_token" value="([^"]+)"', context.request.get(link).text())
        assert token, "the link's page has no form"
        assert context.request.post(link, form={"csrf_token": token[1]}).ok

    def show(
        self, page: Page, path: str, through: Proxy | None = None, live: bool | None = None, hash: str = ""
    ) -> Page:
        """Go there, anew; to one of the meeting's pages when it is a bare word. A live page has its line when back."""
        inside = path == "" or path[0].isalpha()
        address = f"/m/{self.slug}/{path}".rstrip("/") if inside else path
        page.goto("about:blank")
        page.goto((through.url if through else self.base) + address + hash)
        if live is None:
            live = path in ("live", "moderate", "screen", "speaker")
        if live:
            taken_over(page)
            if path != "screen":
                expect(page.locator(GOOD_LINE)).to_be_visible(timeout=30_000)
        return page

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and "Content Security Policy" in text:
            self.errors.append(text)


def taken_over(page: Page) -> None:
    """The script has drawn. Asked anew each time: a page may not evaluate, so it cannot be made to wait by itself."""
    eventually(lambda: page.evaluate("Boolean(document.getElementById('app')?.__k)"), 30, "that the script draws")


def _values(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__mapper__.columns}


def words(language: str, english: str) -> re.Pattern[str]:
    """A sentence of the scripts in a language, with anything in the places it leaves open."""
    entry = strings(language).get(english, english)
    forms = list(entry.values()) if isinstance(entry, dict) else [entry]
    return re.compile("|".join(".*".join(map(re.escape, re.split(r"\{\w+\}", form))) for form in forms))
