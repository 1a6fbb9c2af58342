"""Small windows, large letters, wide spacing, the system's own colours, no motion: nothing is cut off or lost."""

import base64
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.accessibility.conftest import ENGLISH_DESK
from tests.accessibility.house import House, Look, Person
from tests.servers import CHROMIUM_FLAGS, find_chromium

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

# Words outside the window, outside a box that hides what does not fit, or outside their own button.
CUT = """() => {
  const found = [];
  const hidden = (style) => style.clipPath === "inset(50%)";
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const node = words.currentNode;
    const parent = node.parentElement;
    if (!node.data.trim() || !parent.checkVisibility({ visibilityProperty: true })) continue;
    if (parent.closest("script, style, noscript, svg, .skip")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const say = (what) => found.push(`${what}: ${node.data.trim().slice(0, 60)} (${parent.className || parent.tagName})`);
    let boxes = [...range.getClientRects()].filter((box) => box.width > 1 && box.height > 1);
    let scrolls = false;
    for (let one = parent; one && one !== document.body; one = one.parentElement) {
      const style = getComputedStyle(one);
      if (hidden(style)) { boxes = []; break; }
      if (style.display === "inline" || style.display === "contents") continue;
      const box = one.getBoundingClientRect();
      const out = (side) => boxes.some((b) => side === "x"
        ? b.right > box.right + 1.5 || b.left < box.left - 1.5
        : b.bottom > box.bottom + 3 || b.top < box.top - 3);
      const mayScroll = one.matches("pre, .scroll");
      if (/auto|scroll/.test(style.overflowX) && one.scrollWidth > one.clientWidth + 1) {
        if (!mayScroll) say("scrolls sideways");
        scrolls = true;
      }
      if (/hidden|clip/.test(style.overflowX) && out("x")) say("cut sideways");
      if (/hidden|clip/.test(style.overflowY) && out("y")) say("cut below");
      if (one.matches("button, .btn, .vote") && (out("x") || out("y"))) say("outside its button");
    }
    if (!scrolls && boxes.some((b) => b.right > innerWidth + 1 || b.left < -1)) say("outside the window");
  }
  for (const field of document.querySelectorAll("textarea, input:not([type=hidden], [type=checkbox])")) {
    const box = field.getBoundingClientRect();
    if (box.width && (box.right > innerWidth + 1 || box.left < -1)) found.push(`outside the window: ${field.name}`);
  }
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) found.push(`the page scrolls sideways: ${root.scrollWidth} px`);
  return [...new Set(found)];
}"""
# The least that WCAG 1.4.12 asks a page to bear.
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }"""
WEAR = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""


@pytest.fixture
def full(house: House) -> Person:
    """A late day with a long question on stage and questions of every kind; the person who asked them."""
    house.stand("late")
    me = house.person()
    house.ask(me, "Får vi se kartan med träden på?", "rejected", "Den visas i nästa punkt. Skriv gärna om den då.")
    house.ask(me, "Vem vattnar träden den sommar då ingen har tid?")
    house.ask(me, "Hinner vi prata om klimatanpassningsplaneringsunderlagen?", "approved")
    house.ask(house.person(1), "Vem äger dammen när entreprenören har gått hem? " * 5, "on_stage")
    return me


def pages(house: House, look: Look, me: Person) -> dict[str, tuple[Page, str, str]]:
    known, stranger, staff = house.reader(look, me), house.reader(look), house.reader(look, house.moderator)
    return {
        "live": (known, "live", ""),
        "the programme": (known, "live", "#programme"),
        "desk": (staff, "moderate", ""),
        "meeting": (stranger, "", ""),
        "meeting for staff": (staff, "", ""),
        "meetings": (stranger, "/", ""),
        "link": (stranger, f"/j/{me.token}", ""),
        "sign-in": (stranger, "/sign-in", ""),
        "error": (stranger, "/m/no-such-meeting", ""),
        "refused": (known, "moderate", ""),
        "accessibility": (stranger, "/accessibility", ""),
        "privacy": (stranger, "/privacy", ""),
        "commands": (stranger, "/api/docs", ""),
        "protocol": (stranger, "/api/v1/protocol", ""),
    }


def test_a_window_of_320_pixels(house: House, look: Look, full: Person) -> None:
    """A small phone, and what 1280 by 1024 is at 400 %."""
    found: dict[str, Any] = {}
    for name, (page, path, part) in pages(house, look, full).items():
        size = page.viewport_size
        assert size
        page.set_viewport_size({"width": 320, "height": 640})
        house.show(page, path, hash=part, live=False if name == "refused" else None)
        if name == "desk":
            page.locator("#review [data-act=reject]").first.click()
        for height in (640, 256):
            page.set_viewport_size({"width": 320, "height": height})
            if cut := page.evaluate(CUT):
                found[f"{name} at {height}"] = cut
        page.set_viewport_size(size)
    assert found == {}


def test_wide_spacing_cuts_nothing(house: House, look: Look, full: Person) -> None:
    found: dict[str, Any] = {}
    for name, (page, path, part) in pages(house, look, full).items():
        if name in ("commands", "protocol", "refused"):
            continue
        house.show(page, path, hash=part)
        if name == "live":
            page.locator("#ask-text").fill("En halv tanke om")
        page.evaluate(WEAR, SPACED)
        if cut := page.evaluate(CUT):
            found[name] = cut
        if name == "live":
            page.locator("#ask-text").fill("")
    assert found == {}


def test_letters_twice_as_large_as_usual(house: House, full: Person) -> None:
    """The reader's own setting of the browser, in a window of 1280 pixels."""
    browser = house.browser.browser_type.launch(
        executable_path=find_chromium(), args=[*CHROMIUM_FLAGS, "--blink-settings=defaultFontSize=32"]
    )
    try:
        large, found = House(house.demo, browser), {}
        for name, (page, path, part) in pages(large, ENGLISH_DESK, full).items():
            large.show(page, path, hash=part, live=False if name == "refused" else None)
            assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
            if cut := page.evaluate(CUT):
                found[name] = cut
        assert found == {}
        assert large.errors == []
    finally:
        browser.close()


@pytest.mark.parametrize(("width", "height"), [(844, 390), (1280, 480), (390, 300)])
def test_a_low_window_is_left_to_what_is_read(house: House, look: Look, full: Person, width: int, height: int) -> None:
    """A phone on its side, or with its keyboard up: what sticks gives way."""
    page = house.reader(look, full)
    size = page.viewport_size
    assert size
    page.set_viewport_size({"width": width, "height": height})
    house.show(page, "live")
    assert page.locator(".strip").evaluate("one => getComputedStyle(one).position") not in ("sticky", "fixed")
    assert page.locator(".live .ask").evaluate("one => getComputedStyle(one).position") == "static"
    assert page.evaluate(CUT) == []
    page.locator("#ask-text").scroll_into_view_if_needed()
    expect(page.locator("#ask-text")).to_be_in_viewport(ratio=1)
    page.set_viewport_size(size)


# Colours of the system's own


PIXELS = """async ([picture, boxes]) => {
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  canvas.drawImage(bitmap, 0, 0);
  return boxes.map(([x, y, width, height]) => {
    const { data } = canvas.getImageData(Math.round(x), Math.round(y), Math.ceil(width), Math.ceil(height));
    const colours = new Map();
    for (let i = 0; i < data.length; i += 4) {
      const colour = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
      colours.set(colour, (colours.get(colour) ?? 0) + 1);
    }
    return { colours: colours.size, ground: Math.max(...colours.values()) / (data.length / 4) };
  });
}"""


def still(page: Page) -> tuple[list[list[float]], bytes]:
    """The icons' boxes in the window, and a picture of it in which they stand there: nothing moved meanwhile."""

    def boxes() -> list[list[float]]:
        found: list[list[float]] = page.locator(".icon").evaluate_all(
            "all => all.map((one) => one.getBoundingClientRect())"
            ".filter((box) => box.width && box.top > 0 && box.bottom < innerHeight && box.right < innerWidth)"
            ".map(({x, y, width, height}) => [x, y, width, height])"
        )
        return found

    for _ in range(5):
        before, taken = boxes(), page.screenshot()
        if boxes() == before:
            return before, taken
    raise AssertionError("the page does not come to rest")


def test_forced_colours(house: House, look: Look, full: Person) -> None:
    """Every icon is drawn, what is chosen differs by more than colour, and the strip has an edge."""
    for who, path, strip in ((full, "live", ".strip"), (house.moderator, "moderate", ".stage")):
        page = house.show(house.reader(look, who), path)
        page.emulate_media(forced_colors="active")
        try:
            icons, taken = still(page)
            size = page.viewport_size
            assert size
            whole = [0, 0, size["width"], size["height"]]
            picture = base64.b64encode(taken).decode()
            all_of_it, *drawn = page.evaluate(PIXELS, [picture, [whole, *icons]])
            assert all_of_it["colours"] > 10 and all_of_it["ground"] < 0.99, "an empty page"
            assert path == "moderate" or drawn, "no icon in the window"
            assert [box for box, seen in zip(icons, drawn, strict=True) if seen["ground"] > 0.97] == []
            edge = "one => { const s = getComputedStyle(one); return parseFloat(s.borderBottomWidth) }"
            assert page.locator(strip).evaluate(edge) >= 1
        finally:
            page.emulate_media(forced_colors="none")


def test_a_chosen_vote_differs_by_more_than_colour(house: House, look: Look, full: Person) -> None:
    page = house.show(house.reader(look, full), "live")
    page.emulate_media(forced_colors="active")
    border = "one => parseFloat(getComputedStyle(one).borderTopWidth)"
    vote = page.locator("button[data-act=vote][aria-pressed=false]").first
    row = vote.evaluate("vote => vote.closest('li').id")
    before = vote.evaluate(border)
    vote.click()
    expect(page.locator(f"#{row} .vote")).to_have_attribute("aria-pressed", "true")
    wider = "([id, px]) => parseFloat(getComputedStyle(document.querySelector(`#${id} .vote`)).borderTopWidth) >= px"
    page.wait_for_function(wider, arg=[row, before + 2])
    page.emulate_media(forced_colors="none")


# No motion for those who asked for none


MOVING = """() => {
  window.moved = [];
  const look = () => {
    for (const one of document.getAnimations()) moved.push(String(one.animationName ?? one.transitionProperty));
    requestAnimationFrame(look);
  };
  look();
}"""
TIMED = """() => [...document.querySelectorAll("*")].filter((one) => {
  const style = getComputedStyle(one);
  const lasts = (list) => list.split(",").some((time) => parseFloat(time) > 0);
  return lasts(style.transitionDuration) || (style.animationName !== "none" && lasts(style.animationDuration));
}).map((one) => one.className || one.tagName)"""


def test_no_motion_when_none_is_wanted(house: House, look: Look, full: Person) -> None:
    page = house.reader(look, full, "still", reduced_motion="reduce")
    house.show(page, "live")
    assert page.evaluate(TIMED) == []
    page.evaluate(MOVING)
    house.ask(house.person(1), "En ny fråga kommer", "approved")
    expect(page.get_by_text("En ny fråga kommer")).to_be_visible()
    page.locator("button[data-act=vote][aria-pressed=false]").first.click()
    page.locator("#ask-text").fill("En halv tanke om")
    page.wait_for_timeout(300)
    assert page.evaluate("moved") == []
    house.leave(page)
