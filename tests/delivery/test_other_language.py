"""A client in another language, written from the protocol page alone, sees what everybody sees."""

import asyncio
import html
import json
import re
import shutil
from collections.abc import Callable
from typing import Any, Self

import pytest

from tests.delivery.client import Client, connector, until
from tests.delivery.hall import Hall
from tests.delivery.proxy import Cable
from tests.servers import ROOT, App, missing, run_async

FOLDER = ROOT / "tests" / "node"


class Follower:
    """tests/node/follower.mjs in a process of its own."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token
        self.heard: list[dict[str, Any]] = []
        self.answers: list[dict[str, Any]] = []
        self.comparisons: list[dict[str, Any]] = []

    async def __aenter__(self) -> Self:
        node = shutil.which("node")
        if node is None:
            raise missing("Node", "nodejs")
        assert (FOLDER / "node_modules" / "socket.io-client").exists(), "`make test` installs the Node client"
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(
            node, "follower.mjs", self.url, "hall", self.token, cwd=FOLDER, stdin=pipe, stdout=pipe, limit=2**24
        )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._reading
        self.process.stdin and self.process.stdin.close()

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            told = json.loads(line)
            if "answer" in told:
                self.answers.append(told["answer"])
            elif "comparison" in told:
                self.comparisons.append(told["comparison"])
            else:
                self.heard.append(told)

    def request(self, do: str, **more: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **more}).encode() + b"\n")

    async def say(self, name: str, **fields: Any) -> dict[str, Any]:
        number = len(self.answers)
        self.request("say", name=name, fields=fields)
        await until(lambda: len(self.answers) > number, 30, f"an answer to {name}")
        return self.answers[number]

    async def picture(self, check: Callable[[dict[str, Any]], Any] = lambda picture: True) -> dict[str, Any]:
        """What it sees, once that is what /state says and as the test wants it."""
        for _ in range(100):
            number = len(self.comparisons)
            self.request("compare")
            await until(lambda number=number: len(self.comparisons) > number, 10, "a comparison")
            told = self.comparisons[number]
            if told["same"] and check(told["picture"]):
                return dict(told["picture"])
            await asyncio.sleep(0.1)
        raise AssertionError(f"it sees something else: {told}")


def words_in_code(page: str) -> set[str]:
    """Every word in the page's <code>, where names of the protocol are."""
    codes = re.findall(r"<code>(.*?)</code>", page, re.DOTALL)
    return set(re.findall(r"\w+", " ".join(html.unescape(code) for code in codes)))


@pytest.mark.slow
def test_a_node_client_follows_the_meeting(app: App, hall: Hall) -> None:
    moderator_, organiser_ = *hall.admit(1, "moderator", None), *hall.admit(1, "organiser", None)
    follower_, author_, voter_ = hall.admit(3)
    [other] = hall.approved_questions(author_, 1)
    status, body = app.get("/api/v1/protocol")
    assert status == 200
    page = body.decode()

    async def story() -> None:
        async with connector() as http, Cable(app.port) as cable, Follower(cable.url, follower_.token) as node:
            moderator, organiser, author, voter = clients = [
                Client(http, "hall", person.token, [app.base_url]).start()
                for person in (moderator_, organiser_, author_, voter_)
            ]
            try:
                await until(lambda: all(c.ready.is_set() for c in clients), 30, "everybody being connected")
                await until(lambda: node.heard, 30, "the welcome")
                assert node.heard[0] == {"welcome": ["public", "web", f"person:{follower_.id}"]}

                mine = (await node.say("question.ask", text="Asked from another language?"))["result"]["id"]
                assert (await node.say("question.upvote", id=other, on=True))["result"]["support"] == 1
                await moderator.say("question.approve", id=mine)
                version = next(iter(moderator.layers["staff"]["meeting"].values()))["version"]
                await moderator.say("programme.start", item=hall.items[1], expected_version=version)
                seen = await node.picture(lambda p: p["questions"][mine]["state"] == "approved")
                assert seen["questions"][mine]["mine"] and seen["questions"][other]["support"] == 1
                assert seen["upvotes"] == {other: {"on": True}}
                seen = await node.picture(lambda p: p["meeting"][hall.id]["now_on"][""] == hall.items[1])
                assert seen["programme"][hall.items[0]]["state"] == "done"
                assert await node.say("question.take", id=mine) == {"ok": False, "code": "role", "times": 1}

                cable.pull()
                node.request("say", name="question.ask", fields={"text": "Asked without a line?"})
                new = (await author.say("question.ask", text="Asked meanwhile?"))["result"]["id"]
                await moderator.say("question.approve", id=new)
                await moderator.say("question.reject", id=mine, reason="Answered by the speaker already.")
                cable.plug()
                await until(lambda: len(node.answers) == 4, 30, "the answer to what was said without a line")
                alone = node.answers[3]["result"]["id"]
                seen = await node.picture(lambda p: alone in p["questions"] and new in p["questions"])
                assert seen["questions"][mine]["state"] == "rejected" and len(seen["receipts"]) == 1
                assert [q.text for q in hall.truth().questions.values()].count("Asked without a line?") == 1
                assert node.comparisons[-1]["counts"]["connects"] == 2

                caught_up = node.comparisons[-1]["counts"].get("caughtUp", 0)
                node.request("miss", count=1)
                await voter.say("question.upvote", id=new, on=True)
                await until(lambda: {"missed": "public"} in node.heard, 10, "a message being lost")
                await author.say("question.upvote", id=alone, on=True)  # refused: it is not public
                await moderator.say("question.take", id=new)
                seen = await node.picture(lambda p: p["questions"][new]["state"] == "on_stage")
                assert seen["questions"][new]["support"] == 1
                assert node.comparisons[-1]["counts"]["caughtUp"] > caught_up, "there was no gap"

                await organiser.say("person.revoke", person=follower_.id)
                await until(lambda: {"ended": "unknown_caller"} in node.heard, 6, "the end")
                assert any("presence" in told for told in node.heard)

                node.request("name")
                used = set((await until(lambda: [t for t in node.heard if "used" in t], 10, "the names"))[0]["used"])
                assert {"welcome", "changes", "ended", "catch_up", "command", "from", "to", "op", "code", "seq"} <= used
                unnamed = used - words_in_code(page)
                assert not unnamed, f"the page does not name {sorted(unnamed)}"
            finally:
                await asyncio.gather(*(c.stop() for c in clients))

    run_async(story())
    assert "Traceback" not in app.text()
