"""Whatever people write with, it is shown as they wrote it, is counted as people count, and turns nothing around that
stands beside it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from hybridmote.participants.store import Participant
from hybridmote.programme.store import Item
from hybridmote.questions.model import LIMIT
from hybridmote.questions.store import Question
from hybridmote.text import clean, graphemes
from tests.accessibility.house import House, Look, Person
from tests.servers import eventually
from tests.takeaway.corpus import WRITING

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
HERE = Look("sv", "light", 1280, 800)
HEBREW, ARABIC = "מה יהיה על הגשר 3?", "متى تفتح المدرسة ٣ أيام؟"
FROM_THE_RIGHT = (HEBREW, ARABIC, "abc \u200fאבג\u200f 123 xyz", "\u202eהיפוך\u202c 12 abc")
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"

# Text that is written from the right and is neither alone in its paragraph or isolate, nor between the marks of one; and
# such that begins from the right but where the lines do not.
TURNS = """() => {
  const right = /[\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefc]/;
  const apart = (element) => {
    const { display, unicodeBidi } = getComputedStyle(element);
    return unicodeBidi !== "normal" || !/^(inline|contents)$/.test(display);
  };
  const around = (node) => {
    let box = node.parentElement;
    while (!apart(box)) box = box.parentElement;
    return box;
  };
  const nodes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const unseen = node.parentElement.closest("script, style, template, textarea, svg, .vh");
    if (!unseen && /\\S/.test(node.data)) nodes.push(node);
  }
  const bare = (node) => node.data.replace(/\\u2068[^\\u2069]*\\u2069/g, "");
  const found = [];
  for (const node of nodes) {
    if (!right.test(bare(node))) continue;
    const box = around(node);
    const where = `${box.localName}.${box.className}: ${box.textContent.trim().slice(0, 80)}`;
    const flex = /flex|grid/.test(getComputedStyle(box).display) && node.parentElement === box;
    const beside = nodes.filter((one) => one !== node && around(one) === box && /[^\\s\\u2068\\u2069]/.test(one.data));
    if (!flex && beside.length) found.push(`beside others in ${where}`);
    const { unicodeBidi, direction } = getComputedStyle(box);
    const first = node.data.match(/[\\p{L}\\u200e\\u200f]/u)?.[0];
    if (right.test(first) && unicodeBidi !== "plaintext" && direction !== "rtl") found.push(`not its own way in ${where}`);
  }
  return [...new Set(found)];
}"""


@pytest.fixture(scope="module")
def asker(house: House) -> Iterator[Person]:
    house.stand("on", asked=False)
    yield house.person(0)


@pytest.fixture(scope="module")
def filled(house: House, asker: Person) -> str:
    """Names, titles and all the rest are written from the right. The id of a question that waits."""
    say, moderator = house.say, house.moderator
    with house.rows() as session:
        meeting = house.meeting(session)
        meeting.title, meeting.tagline, meeting.place = HEBREW, ARABIC, HEBREW
        item = next(iter(meeting.now_on.values()))
        row = session.get_one(Item, item)
        day, version = row.day, row.version
        for n, person in enumerate(session.scalars(select(Participant)).all()):
            person.name, person.organisation = FROM_THE_RIGHT[n % 2], FROM_THE_RIGHT[(n + 1) % 2]
        session.commit()
    by = [{"name": HEBREW, "role": ARABIC, "organisation": HEBREW}]
    words = {"title": ARABIC, "description": HEBREW, "speakers": by}
    say(house.organiser, "programme.edit", item=item, expected_version=version, **words)
    say(house.organiser, "programme.add", day=day, parent=item, **words)
    say(moderator, "meeting.asking", words=["הגשר"])
    other = house.person(1)
    for text in FROM_THE_RIGHT:
        approved = house.ask(asker, text, "approved")
        say(moderator, "question.merge", id=house.ask(other, text, "approved"), into=approved)
        house.ask(asker, text, "rejected", reason=ARABIC)
        aloud = say(moderator, "question.record", text=text, item=item, name=HEBREW)["id"]
        say(moderator, "question.queue", id=aloud)
        say(moderator, "question.reply", id=house.ask(asker, text, "approved"), text=text)
        waits = house.ask(other, text)
        say(moderator, "question.edit", id=waits, text=f"{text} {text}", expected_version=1)
    say(house.other_moderator, "question.claim", id=waits)
    say(moderator, "question.take", id=approved)
    call = say(other, "help.ask", text=HEBREW)["id"]
    say(moderator, "help.reply", id=call, text=ARABIC)
    say(asker, "help.ask", text=ARABIC)
    say(moderator, "person.mute", person=house.quiet[4], reason=ARABIC)
    say(moderator, "notice.send", text=HEBREW, to="all", minutes=30)
    options = [HEBREW, ARABIC]
    poll = say(moderator, "poll.add", item=item, kind="choice", prompt=ARABIC, options=options)["id"]
    say(moderator, "poll.open", id=poll)
    say(other, "poll.answer", id=poll, answers=[0])
    return str(waits)


PAGES = ("live", "moderate", "speaker", "screen", "", "now", "desk/programme", "desk/audit")


@pytest.mark.parametrize("scripts", [True, False], ids=["drawn by the script", "as the server drew it"])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_turned_around_by_what_stands_beside_it(
    house: House, filled: str, asker: Person, path: str, scripts: bool
) -> None:
    who = {"live": asker, "speaker": house.lectern, "screen": house.screen}.get(path, house.organiser)
    page = house.reader(HERE, who, f"read {path}")
    if not scripts:
        page.route(re.compile(r"\.js(\?|$)"), lambda route: route.abort())
        path = f"moderate?q={filled}" if path == "moderate" else path
    house.show(page, path, live=None if scripts else False)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.wait_for_timeout(300)
    turned = page.evaluate(TURNS)
    assert not turned, "\n".join(turned)
    house.leave(page)


def test_what_is_typed_on_the_page_is_kept_sign_for_sign_and_counted_as_the_server_counts(
    house: House, filled: str, asker: Person
) -> None:
    page = house.show(house.reader(HERE, asker), "live")
    field = page.locator("#ask-text")
    texts = [*WRITING, *FROM_THE_RIGHT, FAMILY, "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f?"]
    for text in texts:
        as_kept = clean(text, limit_graphemes=LIMIT, multiline=True)
        field.fill(text)
        expect(page.locator("#ask-count")).to_have_text(re.compile(rf"^{LIMIT - graphemes(as_kept)}\D"))
        field.press("Control+Enter")
        expect(field).to_have_value("")
        waits = page.locator(".mine .question__text").filter(has_text=as_kept)
        expect(waits.last).to_be_attached()
        eventually(lambda kept=as_kept: is_kept(house, kept), 10, text)
    house.leave(page)


@pytest.mark.parametrize("sign", ["å", "a\u030a", FAMILY, "👍🏽", "🇸🇪", "क्षि", "ש\u05c1"])
def test_five_hundred_signs_are_sent_and_one_more_is_not(house: House, filled: str, asker: Person, sign: str) -> None:
    page = house.show(house.reader(HERE, asker), "live")
    field = page.locator("#ask-text")
    field.fill(sign * (LIMIT + 1))
    field.press("Control+Enter")
    expect(page.locator("#ask-wrong")).to_be_visible()
    expect(field).to_have_value(sign * (LIMIT + 1))
    field.fill(sign * LIMIT)
    field.press("Control+Enter")
    expect(field).to_have_value("")
    kept = clean(sign * LIMIT, limit_graphemes=LIMIT, multiline=True)
    eventually(lambda: is_kept(house, kept), 10)
    house.leave(page)


def is_kept(house: House, text: str) -> bool:
    with house.rows() as session:
        return session.scalars(select(Question.id).where(Question.text == text)).first() is not None
