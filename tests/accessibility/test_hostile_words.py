"""What is written as a program is shown as words, in every place there is, also where no policy of the page would stop
it: nothing of it ever runs."""

import csv
import datetime as dt
import io
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any
from uuid import uuid4

import icalendar
import openpyxl
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from hybridmote.dispatch import COMMANDS, Command
from hybridmote.mail.store import Letter
from hybridmote.participants.store import Participant
from hybridmote.programme.store import Item
from hybridmote.slides.store import Deck
from hybridmote.slides.store import Page as SlidesPage
from tests.accessibility.days import Day
from tests.accessibility.hostile_places import Places, getting_in
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
    const data = ["application/json", "application/ld+json"].includes(element.type);
    if (element.localName === "script" && !element.src && !data) taken.push("script");
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
    "way.enter code": "is compared, and not kept",
    "way.walk_in code": "is compared, and not kept",
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
    places: Places


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
    places = getting_in(house, pen.say, pen.note)
    return Filled(pen.written, deck, poll, question, places)


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


def of_places(places: Places) -> tuple[str, ...]:
    """The desks, to organisers."""
    return (
        *("desk/", "desk/mail", "desk/mail?template=thanks&language=sv", "desk/fees", "desk/people", "desk/ready"),
        *("desk/people?see=owed", "desk/people?see=from", f"desk/people/{places.registration}", "desk/needs"),
        *("desk/people?q=<script>", "desk/import", "desk/invoices", "desk/arrivals", "desk/enrol"),
        "desk/arrivals?q=script",
    )


@pytest.mark.parametrize("guarded", [True, False], ids=["with the policy", "without the policy"])
def test_nor_on_the_pages_of_getting_in(house: House, filled: Filled, guarded: bool) -> None:
    """To staff, to who has a place, to who is offered one, to who wants no letters, and to anybody."""
    places, name = filled.places, f"places {guarded}"
    theirs = ("place", "register", "phone", "check", "live")

    def gone() -> str | None:
        with house.rows() as session:
            there = select(Letter.id).where(Letter.template == "confirmed", Letter.state == "sent")
            return session.scalars(there.order_by(Letter.sent_at.desc())).first()

    sent = eventually(gone, 90, "that a letter is written")
    desks = (*of_places(places), f"desk/mail/{sent}")
    anybodys = ("", "register", "check", "join", "link", f"/t/{places.transfer}", f"/u/{places.no}")
    for who, paths in ((house.organiser, desks), (places.holder, theirs), (None, anybodys)):
        page = house.reader(HERE, who, name, bypass_csp=not guarded)
        page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
        for path in paths:
            house.show(page, path, live=False)
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            page.wait_for_timeout(150)
            assert page.evaluate(TAKEN) == [], path
            assert "window.ran" in page.content(), f"{path} shows none of it"
            address = f"{house.base}/m/{house.slug}/{path}".rstrip("/") if path[:1] != "/" else house.base + path
            drawn = page.context.request.get(address)
            assert drawn.ok and page.evaluate(DRAWN, drawn.text()) == [], path
        house.leave(page)


def test_nor_in_what_programs_read_of_the_invitation(house: House, filled: Filled) -> None:
    """Structured data, of which no title can be the end, and what a link is shown as."""
    page = house.reader(HERE, None, "a reader of data", bypass_csp=True)
    house.show(page, "", live=False)
    raw = page.context.request.get(f"{house.base}/m/{house.slug}").text()
    inside = raw.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert "<" not in inside and json.loads(inside)["name"] == SCRIPTS[0]
    shown = page.evaluate("""() => Object.fromEntries([...document.querySelectorAll("meta[property]")]
        .map((one) => [one.getAttribute("property"), one.content]))""")
    assert shown["og:title"] == SCRIPTS[0]
    house.leave(page)


def test_nor_in_any_letter(house: House, filled: Filled) -> None:
    """Its HTML, its headers, its text and its calendar: each letter that was really sent, as a file."""
    folder = house.demo.data / "mail" / house.slug

    def gone() -> bool:
        with house.rows() as session:
            return not session.scalars(select(Letter.id).where(Letter.state.in_(("waiting", "sending")))).first()

    with house.rows() as session:
        for letter in session.scalars(select(Letter).where(Letter.state == "waiting")):
            letter.next_at = letter.created_at
        session.commit()
    eventually(gone, 120, "that the letters are written", pause=0.5)
    page = house.reader(HERE, None, "letters", bypass_csp=True)
    page.goto("about:blank")
    known = {
        *("from", "to", "subject", "date", "message-id", "auto-submitted", "content-type", "content-language"),
        *("mime-version", "list-unsubscribe", "list-unsubscribe-post", "reply-to"),
    }
    read = 0
    for file in folder.iterdir():
        mail = BytesParser(EmailMessage, policy=policy.default).parsebytes(file.read_bytes())
        assert {name.lower() for name in mail} <= known, mail.keys()
        assert len(mail["To"].addresses) == len(mail["From"].addresses) == 1
        html = mail.get_body(("html",))
        assert html is not None
        text = html.get_content()
        assert page.evaluate(DRAWN, text) == [], file
        read += "window.ran" in text
        for attached in mail.iter_attachments():
            calendar = icalendar.Calendar.from_ical(attached.get_content())
            assert len(calendar.walk("VEVENT")) >= 1
    assert read > 40
    house.leave(page)


def test_nor_in_any_table(house: House, filled: Filled) -> None:
    """A cell is words to a spreadsheet, whatever it begins with."""
    page = house.reader(HERE, house.organiser, "tables")
    slug = f"{house.base}/m/{house.slug}/desk"
    for name in ("people", "needs", f"invoices/{filled.places.batch}"):
        table = page.context.request.get(f"{slug}/{name}.csv")
        assert table.ok and table.headers["content-type"].startswith("text/csv"), name
        rows = list(csv.reader(io.StringIO(table.body().decode("utf-8-sig"), newline=""), delimiter=";"))
        cells = [cell for row in rows for cell in row if cell]
        assert any("window.ran" in cell for cell in cells) and any("SUM(1,1)" in cell for cell in cells)
        bad = [cell for cell in cells if cell[0] in "=+-@\t\r" and not re.fullmatch(r"-?[\d ,.]+", cell)]
        assert bad == [], name
        book = openpyxl.load_workbook(io.BytesIO(page.context.request.get(f"{slug}/{name}.xlsx").body()))
        kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
        assert "f" not in kinds, name
    badges = page.context.request.get(f"{slug}/badges.pdf")
    assert badges.ok and badges.body().startswith(b"%PDF")
    assert b"/JavaScript" not in badges.body() and b"/Launch" not in badges.body()
    house.leave(page)


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
