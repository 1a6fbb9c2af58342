"""What the participant's page says before one asks, and what became of what one has asked. All is told of views;
static/js/questions/asking.js and lists.js count the same."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from .db import iso
from .programme import model as programme
from .questions.model import UNASKED, item_for
from .sync import View


def asking(
    meeting: View,
    line: Sequence[View],
    rules: Iterable[programme.Item],
    on: View | None,
    next_: View | None,
    now: datetime,
) -> dict[str, Any]:
    """Of those who follow that line. `target`: the item that a question asked now belongs to, None when none are taken;
    `elsewhere`: that is another than the one on now; `opens`: what takes questions next."""
    by_id = {i["id"]: i for i in line}
    followed = [rule for rule in rules if rule.id in by_id]
    shut = frozenset(i["id"] for i in line if i["asking"] == "closed")
    given = on["id"] if on and on["kind"] not in UNASKED else None
    found = item_for(followed, given, now, timedelta(minutes=meeting["window"]), shut)
    target = by_id.get(found or "")
    speaks_now = on is not None and target is not None and target["id"] in (on["id"], on["parent"])
    later = line[line.index(next_) :] if next_ in line else []
    return {
        "target": target,
        "elsewhere": target is not None and not speaks_now,
        "opens": next((i for i in later if _takes(i)), None),
    }


def _takes(item: View) -> bool:
    open_ = item["asking"] != "closed" and item["kind"] not in UNASKED
    return open_ and item["state"] == "waiting" and bool(item["expected_start"])


def muted(topic: Mapping[str, View], now: datetime) -> View | None:
    """Why somebody may not ask for now, if they may not."""
    return next((m for m in topic.values() if m["until"] is None or m["until"] > (iso(now) or "")), None)


def told(receipts: Iterable[View], questions: Iterable[View]) -> list[View]:
    """The receipts that still say how it is, the newest first: what was taken up again has not been answered after all."""
    own = {q["id"]: q for q in questions if q.get("mine")}
    receipts = list(receipts)
    replied = {r["question"] for r in receipts if r["end"] == "replied"}
    still = [
        r
        for r in receipts
        if r["question"] in own
        and _still(r, own[r["question"]])
        and not (r["end"] == "answered" and r["question"] in replied)
    ]
    return sorted(sorted(still, key=lambda r: r["id"]), key=lambda r: str(r["at"]), reverse=True)


def _still(receipt: View, question: View) -> bool:
    end = receipt["end"]
    if end == "revealed":
        return True
    if receipt["into"] and end != "merged":  # of what it was merged into
        return bool(question["state"] == "merged")
    return question["reply"] != "" if end == "replied" else bool(question["state"] == end)
