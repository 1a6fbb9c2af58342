"""How each command of the help room succeeds, who may use it, and what people try with it."""

from random import Random
from typing import Any

from tests.matrix.declared import ASKERS, STAFF, Body, Example, Text, example, tries
from tests.matrix.world import World


@example("help.ask", may=ASKERS, texts={"text": Text(300, multiline=True), "browser": Text(80, optional=True)})
def somebody_hears_nothing_and_says_how_they_are_connected(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = [one for one in world.dump()["help_call"] if one["id"] == result["id"]]
        assert (row["author_id"], row["text"], row["reply"]) == ("p-web", "I hear nothing.", "")
        line = [row[name] for name in ("line", "transport", "rtt_ms", "browser")]
        assert line == ["live", "websocket", 80, "Firefox 128"]

    line = {"transport": "websocket", "line": "live", "rtt_ms": 80, "browser": " Firefox 128"}
    return Example("web", {"text": " I hear nothing.", **line}, check)


@example("help.ask")
def a_page_without_a_script_cannot_tell_its_line(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = [one for one in world.dump()["help_call"] if one["id"] == result["id"]]
        assert (row["line"], row["browser"]) == (None, "")

    return Example("hall", {"text": "The screen is too far away."}, check)


@example("help.reply", may=STAFF, texts={"text": Text(300, multiline=True)})
def staff_answer_the_one_who_asked(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT reply FROM help_call WHERE id = 'h-waits'") == "The sound is on its way."
        assert world.one("SELECT count(*) FROM audit WHERE what = 'help.reply'") == 1

    return Example("second_moderator", {"id": "h-waits", "text": "The sound is on its way."}, check)


@tries("help.ask")
def ask_for_help(world: World, rnd: Random) -> Body:
    body: Body = {"text": rnd.choice(["I hear nothing.", "I see nothing.", ""])}
    line = {"transport": rnd.choice(["polling", None]), "line": "plain", "rtt_ms": rnd.randrange(900)}
    return body | (line if rnd.random() < 0.5 else {})


@tries("help.reply")
def answer_somebody(world: World, rnd: Random) -> Body:
    return {"id": rnd.choice([row[0] for row in world.all("SELECT id FROM help_call ORDER BY id")]), "text": "Soon."}
