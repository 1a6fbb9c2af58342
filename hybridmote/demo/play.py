"""Play the demo's day by the public API alone: simulated people ask and support, a simulated moderator does the rest."""

import json
import random
import threading
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import structlog

from .content import build

log = structlog.get_logger()

BETWEEN = 15.0  # seconds of the meeting between two acts
ON_STAGE = 150.0  # seconds a question is answered
ITEM = 20 * 60.0  # seconds an item lasts at most


class Person:
    """Somebody simulated, with a bearer token."""

    def __init__(self, base: str, slug: str, token: str) -> None:
        self.url, self.token = f"{base}/api/v1/m/{slug}", token

    def do(self, name: str, **body: Any) -> dict[str, Any]:
        """Send a command; the same op until it is answered."""
        said = {"op": str(uuid4()), **body}
        for wait in (0.5, 1.0, 2.0, 4.0):
            try:
                return self._ask(f"/commands/{name}", said)
            except urllib.error.HTTPError as error:
                if error.code not in (429, 503):
                    answer: dict[str, Any] = json.load(error)
                    return answer
                wait = float(error.headers.get("Retry-After") or wait)
            except OSError:
                pass
            time.sleep(wait)
        return {"ok": False}

    def topics(self) -> dict[str, dict[str, dict[str, Any]]]:
        return self._ask("/state")["topics"]

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(
            self.url + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


def play(links: dict[str, Any], speed: float, stopped: threading.Event) -> None:
    """Go on until told to stop, `speed` times as fast as a real day."""
    day = _Day(links, speed)
    while not stopped.wait(BETWEEN / speed * random.uniform(0.5, 1.5)):
        try:
            day.step()
        except Exception as error:
            log.warning("the play stumbled, goes on", error=str(error).splitlines()[:1])


class _Day:
    def __init__(self, links: dict[str, Any], speed: float) -> None:
        def person(given: dict[str, Any]) -> Person:
            return Person(links["base_url"], links["meeting"], given["token"])

        self.speed = speed
        self.audience = [person(a) for a in links["attendee"]]
        self.moderator = person(links["moderator"][0])
        self.language = self.moderator.topics()["meeting"].popitem()[1]["language"]
        self.texts = [q.text for q in build(self.language, datetime.now(UTC)).questions]
        self.since = time.monotonic()  # when the item that is on began, as far as the play knows
        self.on: Any = None
        self.taken = 0.0

    def step(self) -> None:
        """One act of the audience and one of the moderator."""
        topics = self.moderator.topics()
        (meeting,) = topics["meeting"].values()
        questions = list(topics["questions"].values())
        self._audience_acts(questions)
        self._moderator_acts(meeting, questions)

    def _audience_acts(self, questions: list[dict[str, Any]]) -> None:
        someone = random.choice(self.audience)
        line = [q for q in questions if q["state"] == "approved"]
        if line and random.random() < 0.7:
            someone.do("question.upvote", id=random.choice(line)["id"], on=True)
        elif len(line) < 12:
            someone.do("question.ask", text=random.choice(self.texts), hide_name=random.random() < 0.2)

    def _moderator_acts(self, meeting: dict[str, Any], questions: list[dict[str, Any]]) -> None:
        now = time.monotonic()
        if meeting["now_on"] != self.on:
            self.on, self.since = meeting["now_on"], now
        if (now - self.since) * self.speed > ITEM:
            self.moderator.do("programme.next", expected_version=meeting["version"])
            return
        on_stage = [q for q in questions if q["state"] == "on_stage"]
        pending = sorted((q for q in questions if q["state"] == "pending"), key=lambda q: str(q["asked_at"]))
        line = sorted((q for q in questions if q["state"] == "approved"), key=lambda q: -int(q["support"]))
        if on_stage and (now - self.taken) * self.speed > ON_STAGE:
            self.moderator.do("question.answer", id=on_stage[0]["id"])
        elif line and not on_stage:
            self.moderator.do("question.take", id=line[0]["id"])
            self.taken = now
        elif pending:
            self.moderator.do("question.approve", id=pending[0]["id"], expected_version=pending[0]["version"])
