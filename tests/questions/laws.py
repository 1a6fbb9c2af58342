"""What holds of the questions of a meeting at every moment, read from the tables and not from the code."""

import datetime as dt
from typing import Any

from sqlalchemy import select

from hybridmote.db import Base
from tests.matrix.world import HERE, World

Row = dict[str, Any]
OPEN = ("pending", "approved", "on_stage")
# A claim is of one who acts and of the moment, and a version only ever grows: parting two questions undoes all the rest.
BUT = ("version", "claimed_by", "claimed_until")


def rows(world: World, table: str) -> list[Row]:
    there = Base.metadata.tables[table]
    return [dict(row) for row in world.side.execute(select(there)).mappings()]


def questions(world: World) -> dict[str, Row]:
    return {q["id"]: q for q in rows(world, "question") if q["meeting_id"] == HERE}


def inside(all: dict[str, Row], question: str) -> set[str]:
    """It, and all that is merged into it, however deep."""
    parts = [q for q in all if all[q]["merged_into"] == question]
    return {question}.union(*(inside(all, part) for part in parts))


def all_hold(world: World) -> None:
    there = questions(world)
    votes = [u for u in rows(world, "upvote") if u["question_id"] in there]
    told = [r for r in rows(world, "receipt") if r["question_id"] in there]
    support_is_the_union(there, votes)
    one_receipt_for_each_end(there, told)
    tracks = {item["id"]: item["track"] for item in rows(world, "item")}
    one_stage_and_one_line_in_each_track(there, tracks)
    nobody_claims_for_long(there)
    for q in there.values():
        assert (q["state"] == "merged") == (q["merged_into"] is not None) == (q["was"] is not None), q
        assert (q["ended_at"] is None) == (q["state"] in OPEN), q
        assert q["reason"] == "" or q["state"] == "rejected", q


def support_is_the_union(there: dict[str, Row], votes: list[Row]) -> None:
    for id, q in there.items():
        family = inside(there, id)
        own = {(u["question_id"], u["participant_id"]) for u in votes if u["via"] is None}
        union = {person for question, person in own if question in family} - {q["author_id"]}
        given = {u["participant_id"]: u["via"] for u in votes if u["question_id"] == id}
        assert set(given) == union, f"{id}: {given} is not {union}"
        assert q["support"] == len(union), f"{id}: {q['support']} is not {len(union)}"
        for person, via in given.items():
            assert via is None or (via in family - {id} and (via, person) in own), f"{person} for {id} through {via}"


def one_receipt_for_each_end(there: dict[str, Row], told: list[Row]) -> None:
    keys = [(r["question_id"], r["end"]) for r in told]
    assert len(keys) == len(set(keys))
    for id, q in there.items():
        mine = {r["end"]: r for r in told if r["question_id"] == id}
        assert all(r["participant_id"] == q["author_id"] for r in mine.values()), f"{id} is told to somebody else"
        if q["author_id"] is None:
            continue
        ends = set(mine) - {"revealed"}
        whole = q
        while whole["merged_into"] is not None:
            whole = there[whole["merged_into"]]
        may = {"answered": {"answered", "replied"}, "rejected": {"rejected"}}.get(whole["state"], set())
        may |= {"replied"} if whole["reply"] or q["reply"] else set()
        must = {"merged"} if q["state"] == "merged" else set()
        if whole["state"] == "rejected":
            must |= {"rejected"}
        if whole["state"] == "answered":
            assert ends & {"answered", "replied"}, f"{id} is answered and nobody told"
        assert must <= ends <= may | must, f"{id} is {q['state']} in {whole['state']}: {ends}"
        for end, r in mine.items():
            above = {w for w in there if w != id and id in inside(there, w)}
            assert r["into_id"] is None or r["into_id"] in above, f"{id} was told of {end} with {r['into_id']}"


def one_stage_and_one_line_in_each_track(there: dict[str, Row], tracks: dict[str, str]) -> None:
    on = [tracks[q["item_id"]] for q in there.values() if q["state"] == "on_stage"]
    assert len(on) == len(set(on)), f"two on one stage: {on}"
    lines: dict[str, list[int]] = {}
    for q in there.values():
        if q["state"] == "approved" and q["queue"] is not None:
            lines.setdefault(tracks[q["item_id"]], []).append(q["queue"])
        else:
            assert q["queue"] is None or q["state"] == "merged", f"{q['id']} is {q['state']} and has a place"
    for track, places in lines.items():
        assert sorted(places) == list(range(1, len(places) + 1)), f"up next in {track!r}: {sorted(places)}"


def nobody_claims_for_long(there: dict[str, Row]) -> None:
    latest = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=120)
    for q in there.values():
        assert (q["claimed_by"] is None) == (q["claimed_until"] is None)
        assert q["claimed_until"] is None or q["claimed_until"] <= latest, q["claimed_until"]


def state_of_things(world: World) -> dict[str, list[Row]]:
    """Questions, votes and receipts, as exactly as parting two questions must give them back."""
    kept = {table: sorted(rows(world, table), key=repr) for table in ("upvote", "receipt")}
    plain = [{k: v for k, v in q.items() if k not in BUT} for q in rows(world, "question")]
    return {**kept, "question": sorted(plain, key=lambda q: q["id"])}
