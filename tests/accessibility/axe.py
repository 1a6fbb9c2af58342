"""axe-core on a page as it stands: WCAG 2.0, 2.1 and 2.2 at A and AA, and the best practices, no rule left out."""

from functools import cache
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Locator, Page, expect

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"target-size": {"enabled": True}},  # off unless asked for
    "resultTypes": ["violations", "incomplete"],
}
# A thin line drawn beside the words makes axe give up on their contrast; told to look on, it measures it.
PREPARE = """() => {
  const contrast = axe._audit.checks["color-contrast"];
  contrast.options = { ...contrast.options, ignorePseudo: true };
}"""
# A phone shows one tab at a time: the skip link opens the tab it leads to. test_keyboard.py follows it.
TARGET_SHOWN_WHEN_FOLLOWED = "Skip link target should become visible on activation"


@cache
def script() -> str:
    return AXE_SCRIPT


# A colour on its way to another is neither.
AT_REST = """() => Promise.all(document.getAnimations()
  .filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime))
  .map((one) => one.finished.catch(() => null))).then(() => null)"""


def findings(page: Page) -> dict[str, list[str]]:
    """What axe finds on the page: {"violations": […], "unsure": […]}, one line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(script())
        page.evaluate(PREPARE)
    page.evaluate(AT_REST)
    told: dict[str, Any] = page.evaluate(
        "options => axe.run(document, options).then(({violations, incomplete}) => ({violations, incomplete}))", OPTIONS
    )
    unsure = [line for line in _lines(told["incomplete"]) if TARGET_SHOWN_WHEN_FOLLOWED not in line]
    return {"violations": _lines(told["violations"]), "unsure": unsure}


def _in_a_tall_window(page: Page) -> dict[str, list[str]]:
    """What has scrolled out of a column lies behind its neighbours: with room for all, everything can be judged."""
    size = page.viewport_size
    assert size
    page.set_viewport_size({"width": size["width"], "height": 10_000})
    try:
        return findings(page)
    finally:
        page.set_viewport_size(size)


def _lines(rules: list[dict[str, Any]]) -> list[str]:
    return [
        f"{rule['id']} ({rule['impact']}): {' '.join(node['html'].split())[:160]} at {node['target']}: "
        + "; ".join(check["message"] for part in ("any", "all", "none") for check in node[part])[:300]
        for rule in rules
        for node in rule["nodes"]
    ]


def check(page: Page, *states: str | Locator, theirs: tuple[str, ...] = ()) -> None:
    """The states' own elements are there to be seen; then axe finds nothing, and nothing it could not judge. `theirs`:
    rules of what somebody else's server sends, which is not ours to judge."""
    assert states, "say which element shows that the state was reached"
    page.wait_for_load_state()  # after a form, what is there to be seen may stand before its styles do
    for state in states:
        shown = page.locator(state) if isinstance(state, str) else state
        expect(shown.first).to_be_visible()
    found = findings(page)
    where = f"{page.url} ({page.viewport_size})"
    if found["unsure"] and not found["violations"]:
        found = _in_a_tall_window(page)
    found["unsure"] = [line for line in found["unsure"] if not line.startswith(theirs)]
    assert not found["violations"], f"{where}\n" + "\n".join(found["violations"])
    assert not found["unsure"], f"{where}: axe could not judge\n" + "\n".join(found["unsure"])
