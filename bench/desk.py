"""A moderator's desk in a real browser, and somebody at work there: types in the search, goes through the questions by
keys, approves some. What the browser itself says of how soon the page answered.

A line of JSON on standard input is one run: `{"seconds": 20, "pause": 0.1}`; a line of JSON comes back.
"""

import json
import re
import sys
import time
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.figures import percentile
from tests.servers import CHROMIUM_FLAGS, find_chromium

WORD = "finansieras"
LEAST = 16  # ms; the browser does not tell of what took less

WATCH = """(least) => {
  const seen = (window.seen = {});
  window.forget = () => Object.assign(seen, { waits: [], answers: {}, tasks: [], moves: [], pressed: 0 });
  forget();
  for (const name of ["keydown", "pointerdown"]) {
    addEventListener(name, (event) => (seen.pressed++, seen.waits.push(performance.now() - event.timeStamp)), true);
  }
  new PerformanceObserver((list) => {
    for (const { interactionId: id, duration } of list.getEntries()) {
      if (id) seen.answers[id] = Math.max(seen.answers[id] ?? 0, duration);
    }
  }).observe({ type: "event", durationThreshold: least });
  new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map((one) => one.duration)))
    .observe({ type: "longtask" });
  const gone = (id) => !document.querySelector(`#review [data-row="${id}"]`);
  addEventListener("click", (event) => {
    const id = event.target.closest("#review [data-act=approve]")?.closest("[data-row]").dataset.row;
    if (!id) return;
    const look = new MutationObserver(() => {
      if (!gone(id)) return;
      look.disconnect();
      seen.moves.push(performance.now() - event.timeStamp);
    });
    look.observe(document.getElementById("review"), { childList: true, subtree: true });
  }, true);
}"""


class Desk:
    def __init__(self, page: Page, base: str, slug: str, token: str) -> None:
        self.page = page
        self.errors: list[str] = []
        page.context.on("weberror", lambda problem: self.errors.append(str(problem.error)))
        request, link = page.context.request, f"{base}/j/{token}"
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', request.get(link).text())
        assert csrf and request.post(link, form={"csrf_token": csrf[1]}).ok
        page.goto(f"{base}/m/{slug}/moderate")
        page.wait_for_selector(".head .line:not(.line--waiting, .line--lost)", timeout=60_000)
        page.evaluate(WATCH, LEAST)

    def run(self, seconds: float, pause: float) -> dict[str, Any]:
        """So long; so many seconds between two keys."""
        self.page.evaluate("forget()")
        self.pause, approved, end = pause * 1000, 0, time.monotonic() + seconds
        while time.monotonic() < end:
            self._look_for(WORD)
            self._press(*"jjjkjjkk")
            approved += self._approve()
        self.page.wait_for_timeout(500)
        seen = self.page.evaluate("seen")
        assert not self.errors, self.errors
        answers = list(seen["answers"].values())
        answers += [LEAST] * (seen["pressed"] - len(answers))  # those that it does not tell of took less
        return {
            **_shares("answer", answers),
            **_shares("wait", seen["waits"]),
            **_shares("moved", seen["moves"]),
            "pressed": seen["pressed"],
            "unmoved": approved - len(seen["moves"]),
            "tasks": len(seen["tasks"]),
            "task_most_ms": max(seen["tasks"], default=0.0),
            "busy": sum(seen["tasks"]) / seconds / 1000,
            "pending": int(self.page.locator(".tabs a[href='#review'] .count").inner_text()),
        }

    def _press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.page.wait_for_timeout(self.pause)

    def _look_for(self, word: str) -> None:
        summary = self.page.locator("#find > summary")
        summary.focus()
        self._press("f", *word, "Control+a", "Delete")
        summary.focus()
        self._press("f")

    def _approve(self) -> bool:
        """The first that waits. Whether there was one."""
        buttons = self.page.locator("#review [data-act=approve]")
        if not buttons.count():
            return False
        buttons.first.click()
        self.page.wait_for_timeout(500 + self.pause)
        return True


def _shares(name: str, values: list[float]) -> dict[str, float]:
    shares = {f"{name}_p{share}_ms": percentile(values, share) for share in (50, 98)}
    return {**shares, f"{name}_most_ms": max(values, default=0.0)}


def main(base: str, slug: str, token: str) -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        desk = Desk(chromium.new_page(viewport={"width": 1280, "height": 800}), base, slug, token)
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            print(json.dumps(desk.run(**json.loads(line))), flush=True)
        chromium.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
