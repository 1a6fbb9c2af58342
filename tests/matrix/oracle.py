"""What every audience should see, worked out from the tables by other means than the product's views.

Written from the design, not from the code: a view that gives more, less or something else is wrong.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.matrix.world import World

Row = dict[str, Any]
Tables = dict[str, list[Row]]
View = dict[str, Any]
Topics = dict[str, dict[str, View]]
Picture = dict[str, Topics]  # audience -> topic -> id -> view

OPEN_STATES = ("approved", "on_stage", "answered")


def picture(world: World, meeting: str, tables: Tables | None = None) -> Picture:
    """The layers of everybody in a meeting, as they should be now."""
    tables = tables or world.dump()
    here = {name: [row for row in rows if row.get("meeting_id") == meeting] for name, rows in tables.items()}
    here["meeting"] = [row for row in tables["meeting"] if row["id"] == meeting]
    mine = {q["id"] for q in here["question"]}
    here["upvote"] = [row for row in tables["upvote"] if row["question_id"] in mine]
    polls = {p["id"] for p in here["poll"]}
    here["poll_answer"] = [row for row in tables["poll_answer"] if row["poll_id"] in polls]
    seen: Picture = {a: {topic: {} for topic in TOPICS} for a in audiences(here)}
    for topic, tell in TOPICS.items():
        for audience, id, view in tell(here):
            if audience not in seen:
                continue  # nobody of this meeting hears it
            seen[audience][topic][id] = view
    return seen


def audiences(here: Tables) -> list[str]:
    people = sorted(p["id"] for p in here["participant"])
    speakers = sorted({s["item_id"] for s in here["speaker"] if s["participant_id"]})
    return [
        "public",
        "staff",
        "web",
        "hall",
        "lectern",
        *(f"person:{p}" for p in people),
        *(f"speaker:{i}" for i in speakers),
    ]


Told = Iterator[tuple[str, str, View]]  # audience, id, view


def _meeting(here: Tables) -> Told:
    plain = (
        "id",
        "version",
        "slug",
        "title",
        "tagline",
        "language",
        "timezone",
        "place",
        "stream",
        "join_code",
        "demo",
        "now_on",
        "published",
    )
    for m in here["meeting"]:
        view = {name: m[name] for name in plain} | {"starts": _said(m["starts"]), "ends": _said(m["ends"])}
        view |= {"window": m["window_minutes"], "slow": m["slow_seconds"]}
        yield "public", m["id"], view
        yield "staff", m["id"], view | {"words": m["words"]}


def _texts(here: Tables) -> Told:
    for t in here["meeting_text"]:
        yield "staff", t["id"], {key: t[key] for key in ("id", "version", "field", "language", "text", "by", "step")}


def _programme(here: Tables) -> Told:
    plain = (
        "id",
        "version",
        "title",
        "description",
        "kind",
        "track",
        "day",
        "position",
        "promised",
        "minimum",
        "attendance",
        "extended",
        "by_clock",
        "stream",
        "asking",
    )
    times = [f"{what}_{edge}" for what in ("planned", "expected", "actual") for edge in ("start", "end")]
    for item in here["item"]:
        if item["removed"]:
            continue
        speakers = sorted((s for s in here["speaker"] if s["item_id"] == item["id"]), key=lambda s: s["position"])
        state = "waiting" if item["actual_start"] is None else "on" if item["actual_end"] is None else "done"
        view = {name: item[name] for name in plain} | {name: _said(item[name]) for name in times}
        view["state"] = "cancelled" if item["cancelled"] else state
        view["parent"] = item["parent_id"]
        view["speakers"] = [{key: s[key] for key in ("name", "role", "organisation")} for s in speakers]
        yield "public", item["id"], view
        yield "staff", item["id"], view


def _steps(here: Tables) -> Told:
    for step in here["step"]:
        if not step["undone"]:
            view = {key: step[key] for key in ("id", "number", "track", "what")}
            yield "staff", step["id"], view | {"item": step["item_id"], "at": _said(step["at"])}


def _cues(here: Tables) -> Told:
    for cue in here["cue"]:
        view = {key: cue[key] for key in ("id", "kind", "page")}
        yield "staff", cue["id"], view | {"item": cue["item_id"], "at": _said(cue["at"])}


def _screens(here: Tables) -> Told:
    for p in here["participant"]:
        if p["roles"] in ("screen", "lectern"):
            yield "staff", p["id"], {"id": p["id"], "name": p["name"], "use": p["roles"], "track": p["track"]}


def _letters(here: Tables) -> Told:
    for o in here["outbox"]:
        told = {key: o[key] for key in ("stamp", "counts", "bounced", "trouble")}
        yield "staff", o["meeting_id"], told | {"id": o["meeting_id"]}


def _notices(here: Tables) -> Told:
    for n in here["notice"]:
        if n["cleared"]:
            continue
        view = {key: n[key] for key in ("id", "text", "to", "track")}
        view |= {"at": _said(n["at"]), "until": _said(n["until"])}
        heard = {"all": ["public"], "web": ["web"], "hall": ["hall"], "speaker": ["lectern"]}[n["to"]]
        if n["to"] == "speaker" and n["item_id"]:
            heard.append(f"speaker:{n['item_id']}")
        for audience in ("staff", *heard):
            yield audience, n["id"], view


def _slides(here: Tables) -> Told:
    for d in here["deck"]:
        shared = {key: d[key] for key in ("id", "version", "state", "done", "pages", "page")} | {"item": d["item_id"]}
        for audience in ("staff", f"speaker:{d['item_id']}"):
            yield audience, d["id"], shared | {"name": d["name"], "error": d["error"]}
        if d["state"] == "ready":
            yield "lectern", d["id"], shared
            if d["page"] >= 1:
                yield "public", d["id"], shared


def _muted(here: Tables) -> Told:
    for p in here["participant"]:
        if p["muted"]:
            yield f"person:{p['id']}", p["id"], {"reason": p["muted"], "until": _said(p["muted_until"])}


def _questions(here: Tables) -> Told:
    people = {p["id"]: p for p in here["participant"]}
    questions = {q["id"]: q for q in here["question"]}
    (meeting,) = here["meeting"]
    for q in here["question"]:
        shared = {name: q[name] for name in ("id", "version", "text", "state", "aloud", "reply")}
        shared |= {
            "item": q["item_id"],
            "asked_at": _said(q["asked_at"]),
            "replied_at": _said(q["replied_at"]),
            "support": len(_supporters(here, q["id"]) - {q["author_id"]}),
            "queue": q["queue"] if q["state"] == "approved" else None,
        }
        if q["author_id"] is None:
            author = {"name": q["by_name"], "organisation": "", "attendance": "hall"}
        else:
            author = {key: people[q["author_id"]][key] for key in ("name", "organisation", "attendance")}
        known = {key: q[key] for key in ("name_hidden", "reason", "merged_into")}
        may_change = q["state"] in ("pending", "approved", "on_stage")
        like = questions.get(q["resembles"]) if may_change else None
        alike = like is not None and like["state"] in ("pending", "approved", "on_stage")
        claimer = people.get(q["claimed_by"]) if may_change else None
        yield (
            "staff",
            q["id"],
            shared
            | known
            | {
                "author": author,
                "author_id": q["author_id"],
                "author_muted": q["author_id"] is not None and people[q["author_id"]]["muted"] != "",
                "author_walk_in": q["author_id"] is not None and bool(people[q["author_id"]]["walk_in"]),
                "original": q["original"],
                "claim": {"person": claimer["id"], "name": claimer["name"], "until": _said(q["claimed_until"])}
                if claimer
                else None,
                "like": q["resembles"] if alike and like["item_id"] == q["item_id"] else None,
                "flags": [word for word in meeting["words"] if _stands_in(word, q["text"])],
            },
        )
        if q["author_id"] is not None:
            edited = q["original"] != ""
            yield f"person:{q['author_id']}", q["id"], shared | known | {"mine": True, "edited": edited}
        if q["state"] in OPEN_STATES:
            yield "public", q["id"], shared | {"author": None if q["name_hidden"] else author}


def _supporters(here: Tables, question: str) -> set[str]:
    """Of it, and of all that is merged into it: what each person said themselves of each."""
    own = {u["participant_id"] for u in here["upvote"] if u["question_id"] == question and u["via"] is None}
    parts = [q["id"] for q in here["question"] if q["merged_into"] == question]
    return own.union(*(_supporters(here, part) for part in parts))


def _stands_in(word: str, text: str) -> bool:
    """Whole, whatever the case; `*` at its end stands for any ending."""
    ending = "" if word.endswith("*") else r"(?!\w)"
    return re.search(rf"(?<!\w){re.escape(word.rstrip('*'))}{ending}", text, re.IGNORECASE) is not None


def _help(here: Tables) -> Told:
    people = {p["id"]: p for p in here["participant"]}
    for c in here["help_call"]:
        view = {name: c[name] for name in ("id", "text", "reply")}
        line = {"state": c["line"]} | {name: c[name] for name in ("transport", "rtt_ms", "browser")}
        view["connection"] = line if c["line"] or c["browser"] else None
        view |= {"asked_at": _said(c["asked_at"]), "replied_at": _said(c["replied_at"])}
        yield f"person:{c['author_id']}", c["id"], view | {"mine": True}
        by = people[c["author_id"]]
        yield "staff", c["id"], view | {"author": {name: by[name] for name in ("name", "organisation", "attendance")}}


def _polls(here: Tables) -> Told:
    plain = ("id", "version", "kind", "prompt", "options", "most", "state", "on_screen")
    people = {person["id"]: person for person in here["participant"]}
    for p in here["poll"]:
        all_of_it = [a for a in here["poll_answer"] if a["poll_id"] == p["id"]]
        walked_in = [a for a in all_of_it if people[a["participant_id"]]["walk_in"]]
        shown = [a for a in all_of_it if not (p["places_only"] and a in walked_in)]
        given = [str(one).casefold() for a in shown for one in a["answers"]]
        numbers = {word: given.count(word) for word in given}
        names = [str(n) for n in range(len(p["options"]))] if p["kind"] == "choice" else []
        names = [str(n) for n in range(1, p["most"] + 1)] if p["kind"] == "scale" else names
        total = sum(int(n) for n in given) if p["kind"] == "scale" else 0
        view = {name: p[name] for name in plain} | {"item": p["item_id"], "made_at": _said(p["made_at"])}
        view |= {"answered": len(shown), "walk_ins": len(walked_in), "places_only": p["places_only"]}
        view["bars"] = [numbers.get(name, 0) for name in names]
        words = sorted(([word, n] for word, n in numbers.items()), key=lambda one: (-one[1], one[0]))
        view["words"] = words[:40] if p["kind"] == "words" else []
        view["mean"] = round(total / len(given), 1) if p["kind"] == "scale" and given else None
        yield "staff", p["id"], view
        if p["state"] != "draft":
            yield "public", p["id"], view


def _answers(here: Tables) -> Told:
    for a in here["poll_answer"]:
        yield f"person:{a['participant_id']}", a["poll_id"], {"answers": a["answers"]}


def _upvotes(here: Tables) -> Told:
    for u in here["upvote"]:
        yield f"person:{u['participant_id']}", u["question_id"], {"on": True}


def _receipts(here: Tables) -> Told:
    for r in here["receipt"]:
        view = {"id": r["id"], "question": r["question_id"], "at": _said(r["at"])}
        view |= {key: r[key] for key in ("end", "text", "reason")}
        yield f"person:{r['participant_id']}", r["id"], view | {"into": r["into_id"]}


def _audit(here: Tables) -> Told:
    for a in here["audit"]:
        view = {key: a[key] for key in ("id", "who", "who_name", "what", "before", "after", "reason")}
        yield "staff", a["id"], view | {"at": _said(a["at"]), "object": a["object_id"]}


def _taken(here: Tables, fee: str) -> int:
    return sum(1 for r in here["registration"] if r["fee_id"] == fee and r["state"] in ("confirmed", "offered"))


def _fees(here: Tables) -> Told:
    plain = ("id", "version", "position", "name", "includes", "price", "vat", "currency", "place", "items", "open")
    for f in here["fee"]:
        if f["removed"]:
            continue
        taken, capacity = _taken(here, f["id"]), f["capacity"]
        view = {name: f[name] for name in plain}
        view["left"] = None if capacity is None else max(0, capacity - taken)
        yield "public", f["id"], view
        yield "staff", f["id"], view | {"capacity": capacity, "taken": taken}


def _registering(here: Tables) -> Told:
    for r in here["registration_rules"]:
        view = {name: r[name] for name in ("id", "version", "waiting_list", "binding", "challenge", "walk_ins")}
        view |= {name: _said(r[name]) for name in ("opens", "deadline", "switch_until", "cancel_until")}
        yield "public", r["id"], view
        yield "staff", r["id"], view | {name: r[name] for name in ("offer_hours", "walk_in_cap", "needs_kept_days")}


def _tally(here: Tables) -> Told:
    for t in here["registration_tally"]:
        states: dict[str, int] = {}
        fees: dict[str, dict[str, int]] = {}
        for r in here["registration"]:
            states[r["state"]] = states.get(r["state"], 0) + 1
            of = fees.setdefault(r["fee_id"] or "", {})
            of[r["state"]] = of.get(r["state"], 0) + 1
        came = [r for r in here["registration"] if r["arrived_at"] and r["state"] == "confirmed"]
        yield (
            "staff",
            t["id"],
            {"id": t["id"], "stamp": t["stamp"], "states": states, "fees": fees, "arrived": len(came)},
        )


def _place(here: Tables) -> Told:
    for r in here["registration"]:
        view = {name: r[name] for name in ("id", "number", "state", "title", "challenge", "price", "vat", "currency")}
        view |= {"fee": r["fee_id"], "payer": r["payer_name"]}
        view |= {name: _said(r[name]) for name in ("offered_until", "arrived_at")}
        moving = [t for t in here["transfer"] if t["registration_id"] == r["id"] and t["state"] == "offered"]
        view["transfer"] = None
        for t in moving:
            view["transfer"] = {"email": t["to_email"], "name": t["to_name"], "until": _said(t["until"])}
        yield f"person:{r['participant_id']}", r["id"], view


TOPICS: dict[str, Callable[[Tables], Told]] = {
    "meeting": _meeting,
    "texts": _texts,
    "programme": _programme,
    "steps": _steps,
    "cues": _cues,
    "screens": _screens,
    "muted": _muted,
    "letters": _letters,
    "notices": _notices,
    "slides": _slides,
    "fees": _fees,
    "registering": _registering,
    "tally": _tally,
    "place": _place,
    "questions": _questions,
    "upvotes": _upvotes,
    "receipts": _receipts,
    "help": _help,
    "polls": _polls,
    "answers": _answers,
    "audit": _audit,
}


def _said(at: dt.datetime | None) -> str | None:
    """ISO 8601 in UTC, with a Z, and milliseconds only where there are any."""
    if at is None:
        return None
    at = at.astimezone(dt.UTC)
    thousandths = f".{at.microsecond // 1000:03}" if at.microsecond >= 1000 else ""
    return f"{at:%Y-%m-%dT%H:%M:%S}{thousandths}Z"
