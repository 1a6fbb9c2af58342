"""What becomes of questions, from the first word to the answer in writing, seen by everyone whom they concern at once: a
phone whose line is cut in the middle, a page that runs no script, two moderators (one of them with a laptop and a phone,
the other behind a proxy that refuses WebSocket), who speaks, and the hall."""

import re
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import LAPTOP, PHONE, PROJECTOR
from tests.journeys.proxy import Proxy
from tests.servers import Demo

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
FIRST = "Hur många träd klarade den torra sommaren hos er?"
BETTER = "Hur många av träden klarade den torra sommaren hos er?"
SAME = "Hur många träd klarade den torra sommaren?"
OTHER = "Får vi se kartan med ledningarna på?"
ALOUD = "Vem betalar när garantin har gått ut?"
LATE = "Vilken jord fick de träd som dog?"
REASON = "Den rör ett enskilt ärende. Skriv gärna om den."
REPLY = "Samma jord som de andra, men ingen vattnade dem i juli."


def test_from_the_first_word_to_the_answer_in_writing(
    demo: Demo, enter: Callable[..., Page], proxy: Callable[..., Proxy]
) -> None:
    tunnel, narrow = proxy(), proxy("refuses upgrades")
    one, two = demo.people["moderator"]
    phone = enter(demo.people["attendee"][0], through=tunnel, **PHONE)
    plain = enter(demo.people["attendee"][2], java_script_enabled=False, **PHONE)
    laptop = enter(one, "moderate", locale="en-GB", **LAPTOP)
    pocket = enter(one, "moderate", locale="en-GB", **PHONE)
    other = enter(two, "moderate", through=narrow, locale="en-GB", **LAPTOP)
    speaker = enter(demo.people["speaker"], "speaker", locale="en-GB", **LAPTOP)
    hall = enter(demo.people["screen"], "screen", **PROJECTOR)
    for page in (laptop, pocket, other):
        expect(page.locator(".head .line")).to_contain_text("on the web", timeout=20_000)
    expect(phone.locator(".line")).to_contain_text("Ansluten")

    # A question is asked, and its wording changed while it waits.
    ask(phone, FIRST)
    mine = own(phone, FIRST)
    expect(mine).to_contain_text("Väntar på moderator")
    mine.locator(".reword > summary").click()
    mine.locator("textarea").fill(BETTER)
    mine.locator("form button[type=submit]").first.click()
    expect(own(phone, BETTER)).to_contain_text("Väntar på moderator")
    assert [stored(demo, "count(*)", text) for text in (FIRST, BETTER)] == [0, 1]

    # Begun on the laptop, decided on the phone of the same person; the other one sees who is at it. Nothing is lost.
    press(at(laptop, BETTER), "Reject…")
    laptop.keyboard.type(REASON)
    expect(at(other, BETTER)).to_contain_text(f"{one['name'].split(',')[0]} is at it", timeout=10_000)
    expect(at(other, BETTER).get_by_role("button", name="Approve")).to_have_count(0)
    expect(at(pocket, BETTER)).to_contain_text("You have it open on another screen")
    press(at(pocket, BETTER), "Approve")
    expect(at(other, BETTER, "#line")).to_be_visible(timeout=10_000)
    expect(at(laptop, BETTER).locator("textarea")).to_have_value(REASON)
    press(at(laptop, BETTER), "Leave it as it is")
    expect(at(laptop, BETTER)).to_have_count(0)
    expect(phone.locator("ol.questions").get_by_text(BETTER)).to_be_visible()
    expect(speaker.locator(".talk__text", has_text=BETTER)).to_be_visible()

    # Where no script runs it is shown that the same is asked already, and asked anyway.
    plain.locator("#ask-text").fill(SAME)
    plain.locator(".ask__send").click()
    expect(plain.locator(".ask__alike li").filter(has_text=BETTER)).to_be_visible()
    expect(plain.locator("#ask-text")).to_have_value(SAME)
    assert stored(demo, "count(*)", SAME) == 0
    plain.locator(".ask__send").click()
    expect(own(plain, SAME)).to_contain_text("Väntar på moderator")

    # The phone's line is cut. The two are merged behind the narrow proxy, parted on the laptop, and merged again from
    # the other end: what everyone sees is what stays.
    tunnel.cut()
    expect(phone.locator("body")).to_contain_text("Ingen kontakt", timeout=30_000)
    expect(at(other, SAME)).to_contain_text("Like “", timeout=10_000)
    press(at(other, SAME), "Merge…")
    other.keyboard.press("Space")
    expect(at(other, SAME).locator(".targets__both")).to_contain_text(BETTER)
    other.keyboard.press("Control+Enter")
    expect(at(laptop, BETTER, "#line")).to_contain_text("1 merged into it", timeout=10_000)
    plain.reload()
    into = stored(demo, "id", BETTER)
    told = plain.locator(".mine article").filter(has_text=SAME)
    expect(told).to_contain_text("Ihopslagen med en liknande fråga")
    expect(told.get_by_role("link", name=BETTER)).to_have_attribute("href", f"#q-{into}")
    at(laptop, BETTER, "#line").locator(".case__more summary").click()
    press(at(laptop, BETTER, "#line"), "Part it again")
    expect(at(other, SAME)).to_be_visible(timeout=10_000)
    plain.reload()
    expect(own(plain, SAME)).to_contain_text("Väntar på moderator")
    assert receipts(demo, SAME) == []
    more(at(laptop, BETTER, "#line"), "Merge…")
    both = at(laptop, BETTER, "#line").locator(".targets__one", has_text=SAME)
    both.locator("input").check()
    expect(at(laptop, BETTER, "#line").locator(".targets__both")).to_contain_text("the one that waits goes into it")
    laptop.keyboard.press("Control+Enter")
    expect(at(pocket, BETTER, "#line")).to_contain_text("1 merged into it")
    assert stored(demo, "merged_into", SAME) == into

    # Rejected with a reason, looked at again, and put to those who speak later.
    plain.locator("#ask-text").fill(OTHER)
    plain.locator(".ask__send").click()
    press(at(laptop, OTHER), "Reject…")
    laptop.keyboard.type(REASON)
    laptop.keyboard.press("Control+Enter")
    expect(at(laptop, OTHER)).to_have_count(0)
    plain.reload()
    refused = plain.locator(".mine article").filter(has_text=OTHER)
    expect(refused).to_contain_text("Togs inte upp")
    expect(refused).to_contain_text(REASON)
    other.locator("#find summary").click()
    other.locator("#find-kind").select_option("rejected")
    press(at(other, OTHER), "Open it again")
    other.locator("#find-kind").select_option("pending")
    expect(at(laptop, OTHER)).to_be_visible(timeout=10_000)
    plain.reload()
    expect(own(plain, OTHER)).to_contain_text("Väntar på moderator")
    assert receipts(demo, OTHER) == []
    asked_of = stored(demo, "item_id", OTHER)
    more(at(pocket, OTHER), "To another item…")
    at(pocket, OTHER).locator("select[name=item]").select_option(index=2)
    press(at(pocket, OTHER), "Move it")
    expect(at(laptop, OTHER)).to_contain_text("asked of ")
    assert stored(demo, "item_id", OTHER) != asked_of

    # Asked aloud in the hall; then the order is made, and the speaker has the same.
    pocket.locator("#record summary").click()
    pocket.locator("#record-text").fill(ALOUD)
    pocket.locator("#record-name").fill("En skolgård i Ale")
    pocket.locator("#record-text").press("Control+Enter")
    expect(at(laptop, ALOUD, "#line")).to_contain_text("En skolgård i Ale")
    for text in (ALOUD, BETTER):
        press(at(laptop, text, "#line"), "Up next")
        expect(at(laptop, text, "#next")).to_be_visible()
    asked = speaker.locator(".talk__text")
    expect(asked.nth(0)).to_have_text(ALOUD)
    expect(asked.nth(1)).to_have_text(BETTER)
    press(at(other, BETTER, "#next"), "Move up")
    expect(asked.nth(0)).to_have_text(BETTER)
    expect(laptop.locator("#next .case").first).to_contain_text(BETTER)

    # On stage: in the hall and before the speaker's eyes. Answered: everyone who asked it is told, once.
    at(laptop, BETTER, "#next").focus()
    laptop.keyboard.press("t")
    expect(hall.locator(".hall__text")).to_have_text(BETTER)
    expect(speaker.locator(".talk__question")).to_have_text(BETTER)
    press(at(other, BETTER, "#stage"), "Answered")
    expect(hall.get_by_text(BETTER)).to_have_count(0)
    plain.reload()
    expect(plain.locator(".mine")).to_contain_text("Besvarad, tillsammans med en liknande")
    tunnel.mend()
    receipt = phone.locator(".mine article").filter(has_text=BETTER)
    expect(receipt).to_contain_text("Besvarad", timeout=30_000)
    expect(receipt).to_have_count(1)
    assert (receipts(demo, BETTER), receipts(demo, SAME)) == (["answered"], ["answered", "merged"])

    # The break begins. What comes to mind over coffee is asked of the talk before it.
    title = hall.locator("h1").inner_text()
    talk = stored(demo, "item_id", BETTER)
    laptop.get_by_role("button", name="Next item").click()
    expect(hall.locator("h1")).not_to_have_text(title)
    expect(phone.locator("h1").first).not_to_have_text(title)
    ask(phone, LATE)
    expect(own(phone, LATE)).to_contain_text("Väntar på moderator")
    assert stored(demo, "item_id", LATE) == talk
    press(at(laptop, LATE), "Approve")
    expect(phone.locator("ol.questions").get_by_text(LATE)).to_be_visible()

    # Time did not reach it: who spoke answers in writing, and whoever asked is told, also when the line was away.
    tunnel.cut()
    speaker.goto(speaker.url.partition("?")[0] + f"?item={talk}")
    late = speaker.locator(f"#reply-{stored(demo, 'id', LATE)}")
    late.fill(REPLY)
    late.press("Control+Enter")
    expect(speaker.locator(".question__reply")).to_contain_text(REPLY)
    tunnel.mend()
    answer = phone.locator(".mine article").filter(has_text=LATE)
    expect(answer).to_contain_text("Besvarad skriftligt", timeout=45_000)
    expect(answer.locator(".question__reply")).to_have_text(REPLY)
    expect(answer).to_have_count(1)

    # What is closed stays closed, what is not stands there once, and nobody was told anything twice.
    receipt.get_by_role("button", name=re.compile("^Stäng")).click()
    expect(receipt).to_have_count(0)
    phone.reload()
    expect(phone.locator(".line")).to_contain_text("Ansluten")
    expect(answer).to_have_count(1)
    expect(receipt).to_have_count(0)
    plain.reload()
    assert plain.locator(".mine article").filter(has_text=SAME).count() == 2, "merged, and answered"
    assert [receipts(demo, text) for text in (BETTER, SAME, OTHER, LATE)] == [
        ["answered"],
        ["answered", "merged"],
        [],
        ["replied"],
    ]
    assert narrow.upgrades > 0 and narrow.polls > 0


def ask(page: Page, text: str) -> None:
    page.locator("#ask-text").fill(text)
    page.locator("#ask-text").press("Control+Enter")


def own(page: Page, text: str) -> Locator:
    return page.locator("article.question, li.question").filter(has_text=text).first


def at(page: Page, text: str, part: str = "#review") -> Locator:
    return page.locator(f"{part} .case").filter(has=page.locator(".case__text", has_text=text))


def press(row: Locator, name: str) -> None:
    row.get_by_role("button", name=name, exact=name != "Part it again").click()


def more(row: Locator, name: str) -> None:
    press(row, "More")
    press(row, name)


def stored(demo: Demo, column: str, text: str) -> Any:
    return rows(demo, f"SELECT {column} FROM question WHERE text = ?", text)[0][0]


def receipts(demo: Demo, text: str) -> list[str]:
    found = rows(
        demo, "SELECT end FROM receipt JOIN question q ON q.id = question_id WHERE q.text = ? ORDER BY end", text
    )
    return [end for (end,) in found]


def rows(demo: Demo, query: str, *values: str) -> list[Any]:
    with sqlite3.connect(demo.data / "hybridmote.db") as connection:
        return connection.execute(query, values).fetchall()
