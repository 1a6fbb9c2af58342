"""The checks of the matrix. Each is a plain function of a world and what was declared of one command, so that it can be
shown to fail when a fault is planted in the product. Each leaves the world to be reset.
"""

import contextlib
import dataclasses
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pydantic import ValidationError

from hybridmote.access import Caller
from hybridmote.committer import Committer
from hybridmote.db import reading
from hybridmote.dispatch import COMMANDS, Command, dispatch
from hybridmote.participants.store import ROLES
from hybridmote.problems import CODES
from hybridmote.sync import Topic, merged, snapshot
from tests.matrix.declared import Declared, Example
from tests.matrix.law import Watch
from tests.matrix.payloads import bad_bodies, fields, good_texts
from tests.matrix.site import Said, Site
from tests.matrix.world import HERE, PEOPLE, SYSTEM, THERE, Person, World, changed, new_op

ASKED = ("op", "meeting.seq")  # all that a refusal by a handler leaves behind: its answer, in a batch of its own
BATCH = ("meeting.seq",)  # all that is left of what was refused inside the transaction before its handler


@contextlib.contextmanager
def nothing_changes(world: World, what: str, but: tuple[str, ...] = ()) -> Iterator[None]:
    before = world.dump()
    yield
    lines = changed(before, world.dump(), but)
    assert not lines, f"{what}, and yet:\n" + "\n".join(lines)


# ---- it works --------------------------------------------------------------------------------------------------------


def it_succeeds(world: World, declared: Declared, number: int = 0) -> dict[str, Any]:
    example = declared.examples[number](world)
    answer = world.ask(example.caller, declared.name, example.body)
    assert answer["ok"], answer
    assert set(answer) == {"ok", "result", "seq"} and answer["seq"] == world.seq()
    json.dumps(answer)
    example.check(world, answer["result"])
    return answer


def texts_are_stored_as_they_should_be_read(world: World, declared: Declared) -> None:
    """What a person may write is taken: emoji count as one, what nobody sees is left out."""
    example = declared.example(world)
    for name, text in declared.texts.items():
        for what, sent, stored in good_texts(text):
            world.reset()
            body = example.body | {name: sent}
            answer = world.ask(example.caller, declared.name, body)
            assert answer["ok"], f"{name}: {what}: {answer}"
            found = [row for rows in world.dump().values() for row in rows if _holds(row, stored)]
            assert found, f"{name}: {what}: {stored[:40]!r} is stored nowhere"


def _holds(row: dict[str, Any], text: str) -> bool:
    """In a column, or in one of words by language."""
    return any(text == value or (isinstance(value, dict) and text in value.values()) for value in row.values())


# ---- who may ---------------------------------------------------------------------------------------------------------


def only_those_who_may(world: World, declared: Declared, site: Site | None = None) -> None:
    """Everybody with a role that may not is refused with 403, or 404 for what only time does; nothing changes. Those
    who may are not refused for their role."""
    assert declared.may is not None and declared.may <= {*ROLES, "guest"}
    example = declared.example(world)
    may_not, code = _may_not(declared), ((404, "no_such_command") if not declared.may else (403, "role"))
    assert may_not or declared.may >= set(ROLES)
    doors: list[Callable[[World, str, str, Any], Said]] = [_dispatched]
    doors += [site.posted, site.emitted] if site else []
    with nothing_changes(world, f"{declared.name} was refused to those who may not"):
        for person in may_not:
            for door in doors:
                said = door(world, person.key, declared.name, example.body)
                assert said[:2] == code, f"{person.key} ({person.roles}) was told {said}"
    for person in world.people():
        if declared.may & set(person.roles.split()):
            said = _dispatched(world, person.key, declared.name, example.body)
            theirs = said.code != "muted" and not (said.field == "id" and said.code in ("role", "not_found"))
            assert said.status in (200, 409) or not theirs, f"{person.key} ({person.roles}) may, but was told {said}"
            world.reset()


def a_role_taken_away_a_moment_ago_counts(world: World, declared: Declared) -> None:
    """Who asks is read again inside the transaction: what the caller was when they connected does not count."""
    if not declared.may or "guest" in declared.may:
        return
    example = declared.example(world)
    caller = world.caller(example.caller)
    assert caller is not None
    world.write("UPDATE participant SET roles = 'screen' WHERE id = :p", p=caller.participant_id)
    with nothing_changes(world, "a role that was taken away did something", BATCH):
        answer = dispatch(caller, HERE, declared.name, {**example.body, "op": new_op()})
    assert answer.get("code") == "role", answer


def a_link_revoked_a_moment_ago_opens_nothing(world: World, declared: Declared) -> None:
    """Also for those who hold a socket, or sent the command just before."""
    example = declared.example(world)
    if not declared.may:
        return
    callers = [world.caller(p.key) for p in world.people() if declared.may & set(p.roles.split())]
    world.write("UPDATE grant_ SET revoked_at = :now", now="2026-01-01 00:00:00" if world.sqlite else world.now)
    world.write("UPDATE account SET stamp = 'another'")
    with nothing_changes(world, "a revoked link did something", BATCH):
        for caller in callers:
            assert caller is not None
            answer = dispatch(caller, HERE, declared.name, {**example.body, "op": new_op()})
            assert answer.get("code") == "unknown_caller", f"{caller.name}: {answer}"


def strangers_are_unknown(world: World, declared: Declared, site: Site) -> None:
    """No link, a made-up one, a revoked one, one of the other meeting, a meeting that is not: 401 or 404."""
    body = declared.example(world).body
    unknown = {"no link": "", "a made-up link": "x" * 32, "a revoked link": PEOPLE["gone"].token}
    theirs = world.people(THERE)
    if "guest" in (declared.may or ()):  # anybody may: only the meeting must be there
        unknown, theirs = {}, []
    with nothing_changes(world, "a stranger was refused"):
        for who, token in unknown.items():
            said = site.posted(world, "nobody", declared.name, body, slug="here", token=token)
            assert said[:2] == (401, "unknown_caller"), f"{who}: {said}"
        for person in theirs:
            said = site.posted(world, person.key, declared.name, body, slug="here", token=person.token)
            assert said[:2] == (401, "unknown_caller"), f"{person.key} is not of this meeting: {said}"
        for slug in ("nowhere", "HERE", "m-here", "here%00", "%ED%A0%80"):
            said = site.posted(world, "organiser", declared.name, body, slug=slug, token=PEOPLE["organiser"].token)
            assert said.status == 404, f"{slug}: {said}"


def people_of_another_meeting_are_unknown(world: World, declared: Declared) -> None:
    """Even when the one who asks has been taken for somebody of this meeting: the transaction looks again."""
    if not declared.may:
        return
    body = declared.example(world).body
    forged: list[Caller] = []
    for person in world.people(THERE):
        caller = world.caller(person.key)
        assert caller is not None
        every = frozenset(ROLES)
        forged += [caller, dataclasses.replace(caller, meeting_id=HERE, slug="here", roles=every, layers=("staff",))]
    somebody = world.caller(declared.example(world).caller)
    assert somebody is not None
    forged.append(dataclasses.replace(somebody, grant_id=None, stamp=None))
    forged.append(dataclasses.replace(somebody, grant_id=None, stamp="stamp-of-nobody"))
    forged.append(dataclasses.replace(somebody, grant_id="g-their_organiser", participant_id="p-their_organiser"))
    with nothing_changes(world, "a stranger was refused", BATCH):
        for caller in forged:
            answer = dispatch(caller, HERE, declared.name, {**body, "op": new_op()})
            assert answer.get("code") in ("unknown_caller", "role"), f"{caller}: {answer}"


def _may_not(declared: Declared) -> list[Person]:
    assert declared.may is not None
    return [
        p
        for p in PEOPLE.values()
        if p.way != "revoked" and p.meeting == HERE and not declared.may & set(p.roles.split())
    ]


# ---- what they send --------------------------------------------------------------------------------------------------


def ids_of_another_meeting_are_not_found(world: World, declared: Declared) -> None:
    """Ids of every kind of thing there, in every field that holds an id; and of nothing, and of another kind of thing."""
    command = COMMANDS[declared.name]
    example = declared.example(world)
    theirs = {id for ids in world.ids(THERE).values() for id in ids[:2]}
    for name in fields(command, "id"):
        right = example.body.get(name)
        kinds = {kind for kind, ids in world.ids(HERE).items() if right in ids}
        others = {ids[0] for kind, ids in world.ids(HERE).items() if kind not in kinds and ids}
        with nothing_changes(world, f"{name} of another meeting was refused", ASKED):
            for id in sorted(theirs | others | {"q-nothing", "-", "0" * 64}):
                answer = world.ask(example.caller, declared.name, example.body | {name: id})
                assert not answer["ok"] and CODES[answer["code"]][0] == 404, f"{name}={id}: {answer}"
                assert answer.get("field") == name, f"{name}={id}: {answer}"
                assert "current" not in answer


def what_one_may_not_see_is_not_found(world: World, declared: Declared) -> None:
    """It is refused exactly as what is not there at all: the answer does not tell that it exists."""
    command = COMMANDS[declared.name]
    example = declared.example(world)
    topics = {str(topic.model.__table__.name): name for name, topic in Topic.all.items() if not topic.internal}
    for who in [p.key for p in world.people() if declared.may and declared.may & set(p.roles.split())]:
        caller = world.caller(who)
        assert caller is not None
        with reading() as session:
            seen = merged(snapshot(session, HERE, caller.layers))
        for name in fields(command, "id"):
            right = example.body.get(name)
            for kind, ids in world.ids(HERE).items():
                shown = seen[topics[kind]] if kind in topics else {}
                hidden = [id for id in ids if id not in shown] if right in ids and right in shown else []
                for id in hidden:
                    answers = [world.ask(who, declared.name, example.body | {name: it}) for it in (id, "q-nothing")]
                    assert [a.pop("seq") for a in answers]
                    assert answers[0] == answers[1] == {"ok": False, "code": "not_found", "field": name}, f"{who}, {id}"


def bad_payloads_are_refused(world: World, declared: Declared, site: Site | None = None) -> None:
    """Always a problem with the right status and code, naming the field, never a 500; and nothing changes."""
    command = COMMANDS[declared.name]
    example = declared.example(world)
    doors: list[Callable[[World, str, str, Any], Said]] = [_dispatched]
    if site and example.caller != SYSTEM:
        doors += [site.posted, site.emitted]
    with nothing_changes(world, "bad payloads were refused"):
        for bad in bad_bodies(command, example.body, declared.texts):
            if bad.large and not site:
                continue
            for door in doors[:1] if bad.large else doors:
                said = door(world, example.caller, declared.name, bad.body)
                assert said.code in bad.codes, f"{bad.what}, {door.__name__}: {said.status} {said.code} {said.field}"
                assert said.status == CODES[said.code][0] and said.status in (400, 413, 422)
                assert bad.field is None or said.field == bad.field, f"{bad.what} names {said.field}"
                json.dumps(said.problem, ensure_ascii=False).encode()
        if site and example.caller != SYSTEM:
            said = site.posted(world, example.caller, declared.name, example.body | {"other": "x" * 1_000_000})
            assert said[:2] == (413, "too_large"), said


def what_is_no_object_is_malformed(world: World, declared: Declared, site: Site | None = None) -> None:
    """Bodies and ops that cannot be read: 400, and nothing changes."""
    example = declared.example(world)
    caller = world.caller(example.caller)
    with nothing_changes(world, "what could not be read was refused"):
        for body in (None, [], ["op"], "text", 5, 1.5, True):
            answer = dispatch(caller, HERE, declared.name, body)
            assert answer.get("code") == "malformed", f"{body!r}: {answer}"
        for name in (None, 5, ["question.ask"], {"a": 1}, "", "question.ask ", "\ud800", "x" * 1_000_000, "system"):
            answer = dispatch(caller, HERE, name, {**example.body, "op": new_op()})  # type: ignore[arg-type]
            assert answer.get("code") in ("malformed", "no_such_command"), f"{str(name)[:40]!r}: {answer}"
        if caller is None:
            return
        for op in (
            None,
            "",
            5,
            1.5,
            True,
            [],
            {},
            "op",
            "\ud800",
            "\x00",
            new_op() + "0",
            new_op()[:-1],
            "x" * 1_000_000,
        ):
            answer = dispatch(caller, HERE, declared.name, {**example.body, "op": op})
            assert (answer.get("code"), answer.get("field")) == ("malformed", "op"), f"{str(op)[:40]!r}: {answer}"
        answer = dispatch(caller, HERE, declared.name, example.body)
        assert (answer.get("code"), answer.get("field")) == ("malformed", "op"), "without an op"
        for body in ("", "{", "null", "[]", '"x"', "5", "NaN", '{"op": 1e999}', '{"op":' + "9" * 5000 + "}", "\x00"):
            if site:
                said = site.posted(world, example.caller, declared.name, body)
                assert said[:2] == (400, "malformed"), f"{body[:40]!r}: {said}"


def a_stale_version_is_refused_with_what_is_now(world: World, declared: Declared) -> None:
    """409 with the object as the caller sees it now; nothing changes."""
    command = COMMANDS[declared.name]
    if "expected_version" not in command.payload.model_fields:
        return
    example = declared.example(world)
    right = example.body.get("expected_version", 2)
    caller = world.caller(example.caller)
    assert caller is not None
    with reading() as session:
        seen = merged(snapshot(session, HERE, caller.layers))
    with nothing_changes(world, "a stale version was refused", ASKED):
        for wrong in (right - 1, right + 1, -1, 0, 2**31, 2**63, 10**40):
            answer = world.ask(example.caller, declared.name, example.body | {"expected_version": wrong})
            assert answer.get("code") == "stale", f"{wrong}: {answer}"
            current = answer["current"]
            assert current["version"] == right
            if "id" in current:  # what has none is on no topic, but on a page of its own
                assert current in [objects.get(current["id"]) for objects in seen.values()], "not as the caller sees it"


# ---- once ------------------------------------------------------------------------------------------------------------


def the_same_op_counts_once(world: World, declared: Declared, number: int = 0) -> None:
    """Sent again: one after another, twenty at once, and to another process; always the answer of the first."""
    example = declared.examples[number](world)
    before = _counts(world)
    it_succeeds(world, declared, number)
    once = _difference(before, _counts(world))
    world.reset()

    example = declared.examples[number](world)
    op = new_op()
    caller = world.caller(example.caller)

    def send() -> dict[str, Any]:
        return dispatch(caller, HERE, declared.name, {**example.body, "op": op})

    with ThreadPoolExecutor(20) as people:
        waiting = [people.submit(send) for _ in range(10)]
        Committer.running.pop(HERE, None)  # what comes now meets a committer of its own, as in another process
        waiting += [people.submit(send) for _ in range(10)]
        answers = [w.result(30) for w in waiting]
    Committer.running.pop(HERE, None)  # a restart
    answers += [send(), send()]
    assert answers[0]["ok"], answers[0]
    assert all(answer == answers[0] for answer in answers), [a for a in answers if a != answers[0]][:3]
    example.check(world, answers[0]["result"])
    assert _difference(before, _counts(world)) == once, "it was done more than once"
    with nothing_changes(world, "a repeat changed something", BATCH):
        assert send() == answers[0]


def the_same_op_for_another_body_is_refused(world: World, declared: Declared) -> None:
    """An op is used for one thing: 422 for another body, and for another command."""
    example = declared.example(world)
    command = COMMANDS[declared.name]
    op = new_op()
    assert world.ask(example.caller, declared.name, example.body, op)["ok"]
    with nothing_changes(world, "a reused op did something", BATCH):
        for body in _other_bodies(command, example):
            answer = world.ask(example.caller, declared.name, body, op)
            assert answer.get("code") == "op_reused", f"{body}: {answer}"
        for name, other in COMMANDS.items():
            if (
                name != declared.name
                and (other.role == SYSTEM) == (example.caller == SYSTEM)
                and _fits(other, example.body)
            ):
                answer = world.ask(example.caller, name, example.body, op)
                assert answer.get("code") in ("op_reused", "role"), f"{name}: {answer}"


def _fits(command: Command, body: dict[str, Any]) -> bool:
    try:
        command.payload.model_validate(body)
    except ValidationError:
        return False
    return True


def a_refusal_is_kept_and_repeated(world: World, declared: Declared) -> None:
    """A handler's refusal is an answer too: the same again, also when it would succeed by now."""
    example = declared.example(world)
    if (body := _refused_body(declared, example)) is None:
        return
    op = new_op()
    caller = world.caller(example.caller)
    with nothing_changes(world, "a refusal changed something", ASKED):
        first = dispatch(caller, HERE, declared.name, {**body, "op": op})
        assert not first["ok"] and "seq" in first, first
    kept = world.all("SELECT answer FROM op WHERE op = :op", op=op)
    assert len(kept) == 1 and json.loads(kept[0][0]) == first
    assert world.ask(example.caller, declared.name, example.body)["ok"]
    Committer.running.pop(HERE, None)
    with ThreadPoolExecutor(8) as people:
        again = list(people.map(lambda _: dispatch(caller, HERE, declared.name, {**body, "op": op}), range(8)))
    assert all(answer == first for answer in again), again


def what_is_refused_before_the_handler_is_not_kept(world: World, declared: Declared) -> None:
    """401, 403, 422: the op is free, and the corrected command may use it."""
    example = declared.example(world)
    op = new_op()
    answer = world.ask(example.caller, declared.name, example.body | {"other": 1}, op)
    assert answer.get("code") == "unknown_field"
    if declared.may:
        for person in _may_not(declared):
            assert world.ask(person.key, declared.name, example.body, op)["code"] == "role"
    assert world.one("SELECT count(*) FROM op") == 0
    answer = world.ask(example.caller, declared.name, example.body, op)
    assert answer["ok"], answer


def _other_bodies(command: Command, example: Example) -> Iterator[dict[str, Any]]:
    """Other bodies that are good in themselves."""
    body = example.body
    for name in fields(command, "id"):
        yield body | {name: "q-another"}
    for name in fields(command, "text"):
        yield body | {name: "Something else?"}
    schema = command.payload.model_json_schema()["properties"]
    for name in fields(command, "integer"):
        yield body | {name: min(77, schema[name].get("maximum", 77))}
    for name in fields(command, "choice"):
        plain = [schema[name], *schema[name].get("anyOf", [])]  # one that may be left out says so beside it
        every = next(one["enum"] for one in plain if "enum" in one)
        yield body | {name: next(one for one in every if one != body.get(name))}
    for name in fields(command, "boolean"):
        yield body | {name: not body.get(name, False)}


def _refused_body(declared: Declared, example: Example) -> dict[str, Any] | None:
    """A good body that its handler refuses."""
    command = COMMANDS[declared.name]
    if ids := fields(command, "id"):
        return example.body | {ids[0]: "q-nothing"}
    if "expected_version" in command.payload.model_fields:
        return example.body | {"expected_version": 77}
    return None


def _counts(world: World) -> dict[str, int]:
    return {name: len(rows) for name, rows in world.dump().items()}


def _difference(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in before}


# ---- the law ---------------------------------------------------------------------------------------------------------

FOLLOWED_BY: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("second_moderator", "question.reject", {"id": "q-approved"}),
    ("leader", "question.upvote", {"id": "q-approved_hidden", "on": True}),
)


def the_law_holds(world: World, declared: Declared, number: int = 0) -> None:
    """Old snapshot + changes = new snapshot, for everybody in both meetings: by asking from any moment before, and by
    what the pump writes. Some things happen after it, so that steps are skipped."""
    with Watch(world) as watch:
        it_succeeds(world, declared, number)
        watch.look()
        watch.pump()
        for who, name, body in FOLLOWED_BY:
            world.ask(who, name, body)  # it may be refused by now
            watch.look()
        watch.alone()


def a_refusal_is_heard_by_nobody(world: World, declared: Declared) -> None:
    """No row in the log and no message, whatever it was refused for."""
    example = declared.example(world)
    bodies = [example.body | {"other": 1}, _refused_body(declared, example)]
    with Watch(world) as watch:
        for body in filter(None, bodies):
            assert not world.ask(example.caller, declared.name, body)["ok"]
            watch.look()
        watch.pump()
        assert not watch.ears.written, watch.ears.written
    assert world.one("SELECT count(*) FROM change") == 0


def _dispatched(world: World, who: str, name: str, body: Any) -> Said:
    answer = world.ask(who, name, body)
    if answer["ok"]:
        return Said(200, result=answer["result"])
    return Said(CODES[answer["code"]][0], answer["code"], answer.get("field"), problem=answer)
