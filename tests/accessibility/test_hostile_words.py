"""What is written as a program is shown as words, in every place there is, also where no policy of the page would stop
it: nothing of it ever runs."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hybridmote.participants.store import Participant
from hybridmote.programme.store import Item
from tests.accessibility.house import House, Look
from tests.takeaway.corpus import SCRIPTS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
HERE = Look("sv", "light", 1280, 800)

# What would be there if any of it had been taken for more than words.
TAKEN = """() => {
  const found = [];
  if (window.ran) found.push("it ran");
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (name.startsWith("on")) found.push(`${element.localName} ${name}`);
      if (/^(href|src|action|formaction)$/.test(name) && /^\\s*javascript:/i.test(value)) found.push(value);
      if (name === "srcdoc") found.push(name);
    }
    if (/^(iframe|math|mtext|marquee|object|embed)$/.test(element.localName)) found.push(element.localName);
    if (element.localName === "script" && !element.src && element.type !== "application/json") found.push("script");
    if (element.localName === "img" && element.getAttribute("src") === "x") found.push("img");
  }
  return found;
}"""


@pytest.fixture
def filled(house: House) -> Iterator[list[str]]:
    """A meeting in which every text that somebody can write is one of them."""
    house.stand("on", asked=False)
    with house.rows() as session:
        item = next(iter(house.meeting(session).now_on.values()))
        row = session.get_one(Item, item)
        asker = session.get_one(Participant, house.quiet[0])
        kept = row.title, row.description, asker.name, asker.organisation
        row.title, row.description = SCRIPTS[0], SCRIPTS[1]
        asker.name, asker.organisation = SCRIPTS[2], SCRIPTS[7]
        house.meeting(session).tagline = SCRIPTS[3]
        session.commit()
    yield fill(house, item)
    house.say(house.moderator, "person.unmute", person=house.quiet[0])
    with house.rows() as session:
        row, asker = session.get_one(Item, item), session.get_one(Participant, house.quiet[0])
        row.title, row.description, asker.name, asker.organisation = kept
        session.commit()


def fill(house: House, item: str) -> list[str]:
    me, say, moderator = house.person(0), house.say, house.moderator
    say(moderator, "meeting.asking", words=[SCRIPTS[0][:40], "window"])
    ids: list[str] = []
    for text in SCRIPTS:
        pending = house.ask(me, text)
        say(moderator, "question.edit", id=pending, text=f"{text} {text}", expected_version=1)
        rejected = house.ask(me, text, "rejected", reason=text[:250])
        approved = house.ask(me, text, "approved")
        aloud = say(moderator, "question.record", text=text, item=item, name=text[:100])["id"]
        say(moderator, "question.queue", id=aloud)
        part = house.ask(me, text, "approved")
        say(moderator, "question.merge", id=part, into=approved)
        hidden = house.ask(me, text, "approved", hide_name=True)
        say(house.organiser, "question.reveal", id=hidden, reason=text[:250])
        replied = house.ask(me, text, "approved")
        say(moderator, "question.reply", id=replied, text=text)
        ids += [pending, rejected, approved, aloud, hidden, replied]
    say(moderator, "question.take", id=approved)
    say(moderator, "question.claim", id=pending)
    help = say(house.person(1), "help.ask", text=SCRIPTS[0], browser=SCRIPTS[1][:80])
    say(moderator, "help.reply", id=help["id"], text=SCRIPTS[2])
    say(moderator, "person.mute", person=house.quiet[0], reason=SCRIPTS[1][:250])
    say(moderator, "notice.send", text=SCRIPTS[0][:200], to="all", minutes=30)
    return ids


@pytest.mark.parametrize("guarded", [True, False], ids=["with the policy", "without the policy"])
def test_nothing_that_people_write_runs_on_any_page(house: House, filled: list[str], guarded: bool) -> None:
    name = "guarded" if guarded else "unguarded"
    people = {"live": house.person(0), "moderate": house.moderator, "speaker": house.moderator, "screen": house.screen}
    opened: list[Page] = []
    for path, who in people.items():
        page = house.reader(HERE, who, f"{name} {path}", bypass_csp=not guarded)
        page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
        house.show(page, path)
        opened.append(page)
        assert page.evaluate(TAKEN) == [], path
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.wait_for_timeout(300)
        assert page.evaluate(TAKEN) == [], f"{path}, everything opened"
        assert SCRIPTS[0] in page.content().replace("&lt;", "<").replace("&gt;", ">"), f"{path} shows none of it"
    asker = house.person(1)
    for text in SCRIPTS:  # what comes while the pages are open
        house.ask(asker, text, "approved")
    for page in opened[:2]:
        expect(page.locator(f'text="{SCRIPTS[5]}"').first).to_be_attached()
    for page in opened:
        page.wait_for_timeout(300)
        assert page.evaluate(TAKEN) == [], page.url
    staff = opened[1]
    for path in ("desk/audit", "desk/audit?q=<script>", "", "now"):
        house.show(staff, path, live=False)
        assert staff.evaluate(TAKEN) == [], path
    typed = opened[0]
    house.show(typed, "live")
    for text in SCRIPTS[:6]:  # what oneself types, and the likenesses that are offered for it
        typed.locator("#ask-text").fill(text)
        typed.wait_for_timeout(400)
        assert typed.evaluate(TAKEN) == []
    typed.locator("#ask-text").fill("")
    for page in opened:
        house.leave(page)


def test_what_is_no_page_is_not_taken_for_one(house: House, filled: list[str]) -> None:
    """JSON, files and calendars say what they are, and a browser may not guess."""
    page = house.reader(HERE, house.moderator, "files", bypass_csp=True)
    slug = f"{house.base}/m/{house.slug}"
    kinds = {
        f"{house.base}/api/v1/m/{house.slug}/state": "application/json",
        f"{slug}/questions/similar?text=<script>window.ran=1</script>": "application/json",
        f"{slug}/desk/questions.csv": "text/csv",
        f"{slug}/desk/questions.json": "application/json",
        f"{slug}/desk/questions.pdf": "application/pdf",
        f"{slug}/desk/questions.xlsx": "application/vnd.openxmlformats",
        f"{slug}/desk/audit.csv": "text/csv",
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
