"""What is written as a program is shown as words, in every place there is, also where no policy of the page would stop
it: nothing of it ever runs."""

import datetime as dt
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from hybridmote.dispatch import COMMANDS, Command
from hybridmote.participants.store import Participant
from hybridmote.programme.store import Item
from hybridmote.slides.store import Deck
from hybridmote.slides.store import Page as SlidesPage
from tests.accessibility.days import Day
from tests.accessibility.house import House, Look, Person
from tests.servers import eventually
from tests.slides.pdfs import pdf
from tests.takeaway.corpus import SCRIPTS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
HERE = Look("sv", "light", 1280, 800)

# What would be there if any of it had been taken for more than words.
FOUND = """const found = (root) => {
  const taken = [];
  for (const element of root.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (name.startsWith("on")) taken.push(`${element.localName} ${name}`);
      if (/^(href|src|action|formaction|data|xlink:href)$/.test(name) && /^\\s*javascript:/i.test(value)) taken.push(value);
      if (name === "srcdoc") taken.push(name);
    }
    if (/^(math|mtext|marquee|object|embed|base)$/.test(element.localName)) taken.push(element.localName);
    if (element.localName === "script" && !element.src && element.type !== "application/json") taken.push("script");
    if (element.localName === "img" && element.getAttribute("src") === "x") taken.push("img");
  }
  return taken;
};"""
TAKEN = f"() => {{ {FOUND} return [...found(document), ...(window.ran ? ['it ran'] : [])]; }}"
# the same of a page as the server drew it, where no script runs
DRAWN = f"(page) => {{ {FOUND} return found(new DOMParser().parseFromString(page, 'text/html')); }}"


# Text fields that hold no text of a person's own, and why.
NOT_KEPT = {
    "notice.send track": "names a track of the programme",
    "programme.finish track": "names a track of the programme",
    "programme.next track": "names a track of the programme",
    "programme.undo track": "names a track of the programme",
    "screen.pair code": "is compared, and not kept",
}


def fields_for_text(command: Command) -> set[str]:
    """The fields of a command that take any of it: "text", "options[]", "speakers[].name"."""
    whole = command.payload.model_json_schema()

    def inside(schema: dict[str, Any], name: str) -> Iterator[str]:
        if "$ref" in schema:
            schema = whole["$defs"][schema["$ref"].rpartition("/")[2]]
        for one in schema.get("anyOf", ()):
            yield from inside(one, name)
        for field, about in schema.get("properties", {}).items():
            yield from inside(about, f"{name}.{field}" if name else field)
        if "items" in schema:
            yield from inside(schema["items"], f"{name}[]")
        if schema.get("type") == "string" and not {"enum", "const", "format"} & set(schema):
            shape = schema.get("pattern", "")
            if any(re.search(shape, text) for script in SCRIPTS for text in (script, f"https://example.org/{script}")):
                yield name

    return {f"{command.name} {name}" for name in inside(whole, "")}


class Pen:
    """Says commands, and remembers into which of their fields a program was written."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.written: set[str] = set()

    def say(self, who: Person, command: str, **body: Any) -> Any:
        self.note(command, body)
        try:
            return self.house.say(who, command, **body)
        except urllib.error.HTTPError as refusal:
            pytest.fail(f"{command} {body}: {refusal.read().decode()}")

    def note(self, command: str, value: Any, name: str = "") -> None:
        if isinstance(value, dict):
            for field, one in value.items():
                self.note(command, one, f"{name}.{field}" if name else field)
        elif isinstance(value, list):
            for one in value:
                self.note(command, one, f"{name}[]")
        elif isinstance(value, str) and any(script[:30] in value for script in SCRIPTS):
            self.written.add(f"{command} {name}")


@dataclass
class Filled:
    """The meeting in which every text that somebody can write is one of them."""

    written: set[str]
    deck: str
    poll: str
    question: str


@pytest.fixture(scope="module")
def filled(house: House) -> Filled:
    house.stand("on", asked=False)
    with house.rows() as session:
        meeting = house.meeting(session)
        meeting.title, meeting.tagline, meeting.place = SCRIPTS[0], SCRIPTS[3], SCRIPTS[8]
        item = next(iter(meeting.now_on.values()))
        session.get_one(Item, item).key = SCRIPTS[1]
        people = session.scalars(select(Participant)).all()
        for n, person in enumerate(people):  # staff among them
            person.name, person.organisation = SCRIPTS[n % len(SCRIPTS)], SCRIPTS[(n + 7) % len(SCRIPTS)]
        session.commit()
    pen = Pen(house)
    programme(pen, item)
    with house.rows() as session:
        house.plan = {i.id: i.planned_start for i in session.scalars(select(Item)) if i.planned_start}
    poll = polls(pen, item)
    deck = slides(pen, item)
    screens(pen)
    question = asked(pen, item)
    return Filled(pen.written, deck, poll, question)


def programme(pen: Pen, item: str) -> None:
    """What is on and its parts: all of their words."""
    say, organiser, house = pen.say, pen.house.organiser, pen.house
    with house.rows() as session:
        row = session.get_one(Item, item)
        day, version, meeting = row.day, row.version, house.meeting(session).version
    speakers = [{"name": script, "role": script, "organisation": script} for script in SCRIPTS[:4]]
    address = f"https://example.org/{SCRIPTS[3]}"
    say(organiser, "meeting.stream", stream=address, expected_version=meeting)
    words = {"title": SCRIPTS[0], "description": SCRIPTS[1], "speakers": speakers, "stream": address}
    say(organiser, "programme.edit", item=item, expected_version=version, **words)
    inside = {"day": day, "parent": item, "stream": address}
    for n, script in enumerate(SCRIPTS):
        by = [{"name": script, "role": SCRIPTS[n - 1], "organisation": SCRIPTS[n - 2]}]
        words = {"title": script, "description": f"{script} {script}", "speakers": by}
        part = say(organiser, "programme.add", **inside, **words)
    alone = {"day": day, "planned_start": later(20), "planned_end": later(30), "title": SCRIPTS[3]}
    apart = say(organiser, "programme.add", **alone, track=SCRIPTS[2])["id"]
    edited = {**alone, "track": SCRIPTS[12][:60], "item": apart, "expected_version": 1}
    say(organiser, "programme.edit", **edited)
    say(organiser, "programme.move", item=apart, day=day, track=SCRIPTS[5], expected_version=2)
    say(organiser, "programme.delete", item=part["id"], expected_version=1)


def later(minutes: int) -> str:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)).isoformat()


def polls(pen: Pen, item: str) -> str:
    say, moderator = pen.say, pen.house.moderator
    for n, script in enumerate(SCRIPTS):
        options = [one[:80] for one in (script, SCRIPTS[n - 1], SCRIPTS[n - 2])]
        poll = say(moderator, "poll.add", item=item, kind="choice", prompt=script[:200], options=options)["id"]
        say(moderator, "poll.edit", id=poll, prompt=script[:200], options=options[::-1])
        if n % 4 == 0:  # the rest are drafts
            say(moderator, "poll.open", id=poll)
            say(pen.house.person(2), "poll.answer", id=poll, answers=[0])
    scale = say(moderator, "poll.add", item=item, kind="scale", prompt=SCRIPTS[1], options=options[:2], most=5)["id"]
    free = say(moderator, "poll.add", item=item, kind="words", prompt=SCRIPTS[2], most=3)["id"]
    for one in (scale, free):
        say(moderator, "poll.open", id=one)
    for n in range(5):
        given = [script[:30] for script in SCRIPTS[3 * n : 3 * n + 3]]
        say(pen.house.person(n), "poll.answer", id=free, answers=given)
    say(moderator, "poll.show", id=free, on=True)
    return str(free)


def slides(pen: Pen, item: str) -> str:
    """A file whose name and whose pages say it."""
    house, mark = pen.house, uuid4().hex
    name = SCRIPTS[1].replace('"', "%22")
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    request = urllib.request.Request(
        f"{house.base}/m/{house.slug}/slides/{item}",
        head.encode() + pdf(*SCRIPTS, size=(4800, 540)) + f"\r\n--{mark}--\r\n".encode(),
        {
            "Authorization": f"Bearer {house.moderator.token}",
            "Content-Type": f"multipart/form-data; boundary={mark}",
            "Accept": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200

    def drawn() -> Deck | None:
        with house.rows() as session:
            return session.scalars(select(Deck).where(Deck.item_id == item, Deck.state == "ready")).first()

    deck = eventually(drawn, 60, "that the slides are drawn")
    with house.rows() as session:
        texts = [page.text for page in session.scalars(select(SlidesPage).where(SlidesPage.deck_id == deck.id))]
    pen.note("slides.add", {"name": deck.name})
    for text in texts:
        pen.note("slides.page", {"text": text})
    house.say(house.moderator, "slides.turn", deck=deck.id, page=2)
    return str(deck.id)


def screens(pen: Pen) -> None:
    """One that is let in by its code, and called so."""
    page = pen.house.reader(HERE, None, "to be let in")
    page.goto(f"{pen.house.base}/screen")
    code = page.locator("#code [aria-hidden]")
    expect(code).to_have_text(re.compile(r"^[2-9A-Z]{5}$"))
    screen = pen.say(pen.house.moderator, "screen.pair", code=code.inner_text(), name=SCRIPTS[1], track=SCRIPTS[5])
    pen.say(pen.house.moderator, "screen.track", screen=screen["screen"], track=SCRIPTS[2])
    pen.house.leave(page)


def asked(pen: Pen, item: str) -> str:
    """Every question in every state, help, notices, and who is muted."""
    say, house, moderator = pen.say, pen.house, pen.house.moderator
    me = house.person(0)
    say(moderator, "meeting.asking", words=[script[:40] for script in SCRIPTS[:4]] + ["window"])

    def put(text: str, becomes: str = "pending", reason: str = "", **more: Any) -> str:
        id = str(say(me, "question.ask", text=text, **more)["id"])
        if becomes == "rejected":
            say(moderator, "question.reject", id=id, reason=reason)
        elif becomes == "approved":
            say(moderator, "question.approve", id=id, reason=text[:250])
        return id

    for n, text in enumerate(SCRIPTS):
        pending = put(text)
        say(moderator, "question.edit", id=pending, text=f"{text} {text}", expected_version=1)
        put(text, "rejected", reason=text[:250])
        approved = put(text, "approved")
        aloud = say(moderator, "question.record", text=text, item=item, name=text[:100])["id"]
        say(moderator, "question.queue", id=aloud)
        part = put(text, "approved")
        say(moderator, "question.merge", id=part, into=approved)
        hidden = put(text, "approved", hide_name=True)
        say(house.organiser, "question.reveal", id=hidden, reason=text[:250])
        say(moderator, "question.reply", id=put(text, "approved"), text=text)
        call = say(house.person(1), "help.ask", text=text, browser=SCRIPTS[n - 1][:60])
        if n % 2:
            say(moderator, "help.reply", id=call["id"], text=text)
        say(moderator, "person.mute", person=house.quiet[3 + n % 3], reason=text[:250])
        to = ("all", "hall", "web", "speaker")[n % 4]
        say(moderator, "notice.send", text=text, to=to, minutes=30)
    say(moderator, "question.take", id=approved)
    say(moderator, "question.claim", id=pending)
    return str(pending)


def test_every_field_that_takes_text_is_tried(filled: Filled) -> None:
    """Made from the declarations: a new field is filled here too, or this fails."""
    there = set().union(*(fields_for_text(command) for command in COMMANDS.values()))
    assert there - filled.written == set(NOT_KEPT)


@pytest.mark.parametrize("guarded", [True, False], ids=["with the policy", "without the policy"])
def test_nothing_that_people_write_runs_on_any_page(house: House, filled: Filled, guarded: bool) -> None:
    name = "guarded" if guarded else "unguarded"
    pages = (
        ("live", house.person(0)),
        ("live", house.person(1)),
        ("moderate", house.organiser),
        ("speaker", house.speaker),
        ("speaker", house.lectern),
        ("screen", house.screen),
    )
    opened: list[Page] = []
    for n, (path, who) in enumerate(pages):
        page = house.reader(HERE, who, f"{name} {n}", bypass_csp=not guarded)
        page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
        house.show(page, path)
        opened.append(page)
        assert page.evaluate(TAKEN) == [], path
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.wait_for_timeout(300)
        assert page.evaluate(TAKEN) == [], f"{path}, everything opened"
        assert SCRIPTS[0] in page.content().replace("&lt;", "<").replace("&gt;", ">"), f"{path} shows none of it"
    staff = opened[2]
    for row in staff.locator("[data-act=more]").all()[:3]:  # the forms that open in a row
        row.click()
    house.show(staff, "moderate")
    asker = house.person(1)
    for text in SCRIPTS:  # what comes while the pages are open
        house.ask(asker, text, "approved")
    for page in opened[:3]:
        expect(page.locator(f'text="{SCRIPTS[5]}"').first).to_be_attached()
    for page in opened:
        page.wait_for_timeout(300)
        assert page.evaluate(TAKEN) == [], page.url
    for path in still(filled):
        house.show(staff, path, live=False)
        assert staff.evaluate(TAKEN) == [], path
        drawn = staff.context.request.get(f"{house.base}/m/{house.slug}/{path}".rstrip("/"))
        assert drawn.ok and drawn.text().count("window.ran"), path
        assert staff.evaluate(DRAWN, drawn.text()) == [], path
    typed = opened[0]
    house.show(typed, "live")
    for text in SCRIPTS[:6]:  # what oneself types, and the likenesses that are offered for it
        typed.locator("#ask-text").fill(text)
        typed.wait_for_timeout(400)
        assert typed.evaluate(TAKEN) == []
    typed.locator("#ask-text").fill("")
    for page in opened:
        house.leave(page)


def still(filled: Filled) -> tuple[str, ...]:
    """The pages that stand by themselves, and the others as they are where no script runs."""
    return (
        *("", "now", "live", "live?alike=window", "moderate", f"moderate?q={filled.question}", "speaker"),
        *("moderate?kind=all&text=window", f"slides/{filled.deck}", "desk/audit", "desk/audit?q=<script>"),
        "desk/programme",
    )


def test_what_is_no_page_is_not_taken_for_one(house: House, filled: Filled) -> None:
    """JSON, files and calendars say what they are, and a browser may not guess."""
    page = house.reader(HERE, house.organiser, "files", bypass_csp=True)
    slug = f"{house.base}/m/{house.slug}"
    kinds = {
        f"{house.base}/api/v1/m/{house.slug}/state": "application/json",
        f"{house.base}/api/v1/m/{house.slug}/now": "application/json",
        f"{slug}/questions/similar?text=<script>window.ran=1</script>": "application/json",
        f"{slug}/people?q=<script>": "application/json",
        f"{slug}/slides/{filled.deck}.json": "application/json",
        f"{slug}/desk/questions.csv": "text/csv",
        f"{slug}/desk/questions.json": "application/json",
        f"{slug}/desk/questions.pdf": "application/pdf",
        f"{slug}/desk/questions.xlsx": "application/vnd.openxmlformats",
        f"{slug}/desk/audit.csv": "text/csv",
        f"{slug}/desk/programme/checklist": "application/json",
        f"{slug}/polls/{filled.poll}.csv": "text/csv",
        f"{slug}/programme.ics": "text/calendar",
    }
    for address, kind in kinds.items():
        answer = page.context.request.get(address)
        headers: dict[str, Any] = answer.headers
        assert answer.ok and headers["content-type"].startswith(kind), address
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
    calendar = page.context.request.get(f"{slug}/programme.ics").text()
    assert "BEGIN:VCALENDAR" in calendar and calendar.count("BEGIN:VEVENT") == calendar.count("END:VEVENT")
    boot = page.context.request.get(f"{slug}/live").text()
    inside = boot.partition('id="boot">')[2].partition("</script>")[0]
    assert inside and "<" not in inside, "no text can end the page's own data"
    house.leave(page)


@pytest.mark.parametrize("day", ["eve", "before", "break", "after"])
def test_nor_before_and_afterwards(house: House, filled: Filled, day: Day) -> None:
    """The invitation, the entrance and what is kept: as they are for everyone."""
    house.stand(day, asked=False)
    page = house.reader(HERE, None, "a stranger", bypass_csp=True)
    for path in ("", "now", "/"):
        house.show(page, path, live=False)
        assert page.evaluate(TAKEN) == [], path
        assert "window.ran" in page.content(), path
    page.goto(f"{house.base}/j/{house.person(0).token}")
    assert page.evaluate(TAKEN) == [] and "window.ran" in page.content()
    house.leave(page)
