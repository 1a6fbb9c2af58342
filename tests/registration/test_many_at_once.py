"""Many at once, on both databases: places are never too many, nobody passes anybody in the line, and what was sent twice
counts once."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from hybridmote import access, committer
from hybridmote.access import Caller
from hybridmote.committer import Committer
from hybridmote.db import reading, transaction, utc_now
from hybridmote.dispatch import dispatch
from hybridmote.mail.store import Letter
from hybridmote.meetings.store import Meeting
from hybridmote.registration.jobs import about_the_transfer
from hybridmote.registration.store import Registration
from tests.matrix.site import Site
from tests.matrix.world import HERE, PEOPLE, TRANSFER_TOKEN, World, new_op


def guest(number: int = 1) -> Caller:
    with reading() as session:
        return access.guest(session.get_one(Meeting, HERE), f"192.0.2.{number % 250}")


def register(number: int, fee: str, op: str = "", **more: Any) -> dict[str, Any]:
    who = {"email": f"person{number}@many.test", "name": f"Person {number}", "fee": fee, "agreed": True}
    return dispatch(guest(number), HERE, "registration.register", {"op": op or new_op(), **who, **more})


def states(world: World, fee: str) -> list[str]:
    """In the order of arrival."""
    rows = world.all('SELECT state FROM registration WHERE fee_id = :f ORDER BY "order"', f=fee)
    return [str(row[0]) for row in rows]


@pytest.mark.parametrize("processes", [1, 4])
def test_200_at_once_for_10_places_give_exactly_10(world: World, processes: int) -> None:
    """The rest wait, in the order in which they came. With several committers, as in several processes."""
    world.did("organiser", "fee.add", name_sv="Tio", price=100, capacity=10)
    fee = str(world.one("SELECT id FROM fee WHERE capacity = 10"))

    def one(number: int) -> dict[str, Any]:
        if processes > 1 and number % 7 == 0:
            Committer.running.pop(HERE, None)  # who comes now meets a committer of its own
        return register(number, fee)

    with ThreadPoolExecutor(40) as people:
        answers = list(people.map(one, range(200)))
    assert all(a["ok"] for a in answers), [a for a in answers if not a["ok"]][:2]
    assert states(world, fee) == ["confirmed"] * 10 + ["waiting"] * 190
    assert sorted(a["result"]["state"] for a in answers) == ["confirmed"] * 10 + ["waiting"] * 190
    numbers = sorted(a["result"]["number"] for a in answers)
    assert numbers == list(range(numbers[0], numbers[0] + 200)), "each has a number of its own"
    # three places come free: the first three of the line are asked, however quick the others were
    had = world.all("SELECT id FROM registration WHERE fee_id = :f AND state = 'confirmed'", f=fee)
    with ThreadPoolExecutor(3) as staff:
        ended = list(staff.map(lambda row: world.ask("organiser", "registration.cancel", {"id": row[0]}), had[:3]))
    assert all(a["ok"] for a in ended)
    line = [state for state in states(world, fee) if state in ("offered", "waiting")]
    assert line == ["offered"] * 3 + ["waiting"] * 187
    assert world.one("SELECT count(*) FROM letter WHERE template = 'offered' AND id LIKE 'i%'") == 3


def test_an_offer_that_nobody_takes_goes_to_the_next(world: World) -> None:
    world.did("organiser", "registration.cancel", id="b-quiet")
    assert states(world, "f-evening") == ["cancelled", "offered", "waiting"]
    world.did("organiser", "fee.edit", id="f-evening", name_sv="Kväll", price=100, capacity=2)
    assert states(world, "f-evening") == ["cancelled", "offered", "offered"]
    world.did("organiser", "fee.edit", id="f-evening", name_sv="Kväll", price=100, capacity=1)
    late = "2026-01-01 00:00:00" if world.sqlite else "2026-01-01 00:00:00+00"
    world.write("UPDATE registration SET offered_until = :t WHERE id = 'b-waits'", t=late)
    assert world.ask("waits", "registration.accept", {})["params"] == {"why": "offer_over"}
    world.did("system", "registration.pass_on", id="b-waits")
    world.did("system", "registration.pass_on", id="b-waits")  # twice is no harm
    assert states(world, "f-evening") == ["cancelled", "cancelled", "offered"]
    world.did("waits_too", "registration.accept")
    assert states(world, "f-evening") == ["cancelled", "cancelled", "confirmed"]
    assert world.one("SELECT roles FROM participant WHERE id = 'p-waits_too'") == "participant"


def test_a_transfer_and_a_cancellation_at_once_are_one_of_them(world: World) -> None:
    """Either somebody has taken the place over, or it is gone; never both, and never half."""
    for _ in range(6):
        world.reset()
        take = {"token": TRANSFER_TOKEN, "name": "New", "agreed": True}
        with ThreadPoolExecutor(2) as both:
            taken = both.submit(
                lambda take=take: dispatch(guest(), HERE, "registration.take_over", {"op": new_op(), **take})
            )
            gone = both.submit(world.ask, "organiser", "registration.cancel", {"id": "b-speaker"})
            answers = taken.result(20), gone.result(20)
        (row,) = world.all("SELECT state, participant_id FROM registration WHERE id = 'b-speaker'")
        (transfer,) = world.all("SELECT state FROM transfer WHERE id = 'x-open'")
        if answers[0]["ok"]:  # then it was the new holder's that was cancelled
            assert answers[1]["ok"] and transfer[0] == "done"
            assert row == ("cancelled", answers[0]["result"]["person"])
            assert world.one("SELECT roles FROM participant WHERE id = :p", p=row[1]) == ""
        else:
            assert answers[0]["params"] == {"why": "transfer_over"} and answers[1]["ok"]
            assert row == ("cancelled", "p-speaker") and transfer[0] == "withdrawn"


def test_two_who_take_over_at_once_are_one(world: World) -> None:
    take = {"token": TRANSFER_TOKEN, "name": "New", "agreed": True}
    with ThreadPoolExecutor(8) as people:
        answers = list(
            people.map(lambda _: dispatch(guest(), HERE, "registration.take_over", {"op": new_op(), **take}), range(8))
        )
    assert sum(a["ok"] for a in answers) == 1
    assert {a["params"]["why"] for a in answers if not a["ok"]} == {"transfer_over"}


def test_a_form_that_was_sent_twice_counts_once(world: World) -> None:
    op = new_op()
    with ThreadPoolExecutor(10) as people:
        answers = list(people.map(lambda _: register(1, "f-web", op), range(10)))
    assert all(a == answers[0] for a in answers) and answers[0]["ok"]
    assert world.one("SELECT count(*) FROM participant WHERE email = 'person1@many.test'") == 1


def test_a_plain_form_that_is_pressed_many_times_counts_once(world: World, site: Site) -> None:
    """One page, sent eight times at once over HTTP: one place, and whichever answer the browser keeps, it is let in."""
    first, named = site.app.test_client(), site.app.config["SESSION_COOKIE_NAME"]
    page = first.get("/m/here/register").text
    hidden = {name: re.findall(rf'name="{name}" value="([^"]+)"', page)[0] for name in ("op", "csrf_token")}
    form = {
        **hidden,
        "page": "register",
        "fee": "f-web",
        "name": "Person",
        "email": "twice@many.test",
        "agreed": "true",
    }
    cookie = first.get_cookie(named)
    assert cookie is not None

    def press(_number: int) -> tuple[int, str | None, str]:
        browser = site.app.test_client()
        browser.set_cookie(named, cookie.value)
        answer = browser.post("/m/here/do/registration.register", data=form)
        return answer.status_code, answer.location, browser.get("/m/here/place").text

    with ThreadPoolExecutor(8) as fingers:
        answers = list(fingers.map(press, range(8)))
    assert {(status, location) for status, location, _ in answers} == {(303, "/m/here/place?did=register")}
    assert all("twice@many.test" in place or "Person" in place for _, _, place in answers)
    who = "FROM participant WHERE email = 'twice@many.test'"
    assert world.one(f"SELECT count(*) {who}") == 1
    assert world.one(f"SELECT count(*) FROM registration WHERE participant_id IN (SELECT id {who})") == 1
    assert world.one("SELECT count(*) FROM letter WHERE address = 'twice@many.test'") == 1
    assert world.one(f"SELECT count(*) FROM grant_ WHERE participant_id IN (SELECT id {who})") == 1


def test_the_same_address_has_one_place_however_quick_it_is(world: World) -> None:
    with ThreadPoolExecutor(10) as people:
        answers = list(people.map(lambda _: register(1, "f-web"), range(10)))
    assert sorted(a["result"]["state"] for a in answers) == ["confirmed"] + ["has_place"] * 9
    letters = "SELECT count(*) FROM letter WHERE address = 'person1@many.test' AND template = "
    assert (world.one(letters + "'confirmed'"), world.one(letters + "'link'")) == (1, 2), "two links an hour"


def test_two_organisers_who_edit_the_same_registration_see_each_other(world: World) -> None:
    """Both have looked at version 1: one is kept, the other is shown what it is now, and may then decide again."""
    for _ in range(4):
        world.reset()
        bodies = ({"title": "Biologist"}, {"payer_name": "Region Skåne"}, {"price": 1}, {"payer_name": "Ale kommun"})
        commands = ("registration.edit", "registration.payer") * 2

        def one(command: str, body: dict[str, Any]) -> dict[str, Any]:
            return world.ask("organiser", command, {"id": "b-hall", "expected_version": 1, **body})

        with ThreadPoolExecutor(4) as staff:
            answers = list(staff.map(one, commands, bodies))
        (kept,) = (number for number, a in enumerate(answers) if a["ok"])
        for a in answers:
            assert a["ok"] or (a["code"] == "stale" and a["current"]["version"] == 2), a
        (row,) = world.all("SELECT version, title, price, payer_name FROM registration WHERE id = 'b-hall'")
        as_it_was = {"title": "Ecologist", "price": 90_000, "payer_name": "A municipality"}
        assert row._asdict() == {"version": 2, **as_it_was, **bodies[kept]}
        assert one(commands[kept - 1], {**bodies[kept - 1], "expected_version": 2})["ok"], "and the other after it"


# ---- an offer, at the very moment it ends ------------------------------------------------------------------------------


@pytest.mark.parametrize("microseconds", [-1, 0, 1])
def test_an_offer_ends_at_its_moment_and_for_both_at_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch, microseconds: int
) -> None:
    """The clock stands on the moment until which the place is kept, a little before or a little after: to accept it and to
    pass it on agree whose it is."""
    with reading() as session:
        until = session.get_one(Registration, "b-offered").offered_until
    assert until is not None
    now = until + timedelta(microseconds=microseconds)
    monkeypatch.setattr(committer, "utc_now", lambda: now)
    for first in ("accept", "pass_on"):
        world.reset()
        world.write("UPDATE registration SET offered_until = :t WHERE id = 'b-offered'", t=kept(world, until))
        who = world.caller("offered")  # who may have no way in a moment later
        asked = {
            "accept": lambda who=who: dispatch(who, HERE, "registration.accept", {"op": new_op()}),
            "pass_on": lambda: world.ask("system", "registration.pass_on", {"id": "b-offered"}),
        }
        answers = {first: asked.pop(first)(), **{other: ask() for other, ask in asked.items()}}
        one_outcome(world, answers["accept"], over=microseconds >= 0)


def test_an_offer_is_accepted_while_it_ends(world: World) -> None:
    """The real clock runs out between many who press and the one that passes it on."""
    outcomes = set()
    for number in range(8):
        world.reset()
        until = utc_now() + timedelta(milliseconds=40)
        world.write("UPDATE registration SET offered_until = :t WHERE id = 'b-offered'", t=kept(world, until))
        late = number % 4 * 0.02
        who = world.caller("offered")

        def accept(at: float, who: Any = who) -> dict[str, Any]:
            time.sleep(at)
            return dispatch(who, HERE, "registration.accept", {"op": new_op()})

        def pass_on(at: float) -> dict[str, Any]:
            time.sleep(at)
            return world.ask("system", "registration.pass_on", {"id": "b-offered"})

        with ThreadPoolExecutor(4) as both:
            asked = [both.submit(accept, late), both.submit(pass_on, 0.045), both.submit(pass_on, 0.06)]
            accepted, *_passed_on = (one.result(20) for one in asked)
        one_outcome(world, accepted, over=not accepted["ok"])
        outcomes.add(accepted["ok"])
    print(f"accepted or not: {outcomes}")


def kept(world: World, at: datetime) -> str:
    """An instant as the database keeps it."""
    return at.strftime("%Y-%m-%d %H:%M:%S.%f" + ("" if world.sqlite else "+00"))


def one_outcome(world: World, accepted: dict[str, Any], over: bool) -> None:
    state, roles, fee = world.all(
        "SELECT r.state, p.roles, r.fee_id FROM registration r JOIN participant p ON p.id = r.participant_id"
        " WHERE r.id = 'b-offered'"
    )[0]
    letters = [row[0] for row in world.all("SELECT template FROM letter WHERE id LIKE 'i%' ORDER BY template")]
    if over:
        assert accepted["code"] in ("closed", "unknown_caller"), accepted
        assert (state, roles) == ("cancelled", "") and letters == ["cancelled"]
    else:
        assert accepted["ok"], accepted
        assert (state, roles) == ("confirmed", "participant") and letters == ["confirmed"]
    taken = "SELECT count(*) FROM registration WHERE fee_id = :f AND state IN ('confirmed', 'offered')"
    capacity = world.one("SELECT capacity FROM fee WHERE id = :f", f=fee)
    assert capacity is None or world.one(taken, f=fee) <= capacity


# ---- handing over ------------------------------------------------------------------------------------------------------


def test_who_hands_over_is_out_and_their_link_says_so(world: World, site: Site) -> None:
    token = hand_over(world, "hall")
    taken = dispatch(
        guest(), HERE, "registration.take_over", {"op": new_op(), "token": token, "name": "New", "agreed": True}
    )
    assert taken["ok"], taken
    old = PEOPLE["hall"].token
    page = site.http.get(f"/j/{old}", headers={"Accept-Language": "en"})
    assert page.status_code == 410 and b"handed over" in page.data
    assert b"New" not in page.data and b"new@" not in page.data, "not to whom"
    assert site.http.post(f"/j/{old}").status_code in (400, 410)
    # the browser that was let in by it is nobody's any more, and nor is its socket
    said = site.posted(world, "hall", "question.ask", {"text": "Still here?"})
    assert said[:2] == (401, "unknown_caller")
    (audit,) = world.all("SELECT * FROM audit WHERE what = 'registration.take_over'")
    assert "p-hall" in str(audit.before) and taken["result"]["person"] in str(audit.after)
    assert world.one("SELECT payer_name FROM registration WHERE id = 'b-hall'") == "A municipality", "the payer stays"
    assert world.one("SELECT count(*) FROM registration_needs WHERE registration_id = 'b-hall'") == 0, (
        "needs are one's own"
    )
    changed = "SELECT count(*) FROM change WHERE topic = 'access' AND object_id = 'p-hall'"
    assert world.one(changed) == 1, "their sockets are looked at again"


def test_the_payer_changes_only_when_the_new_holder_says_so(world: World) -> None:
    token = hand_over(world, "hall", keep_payer=False)
    body = {"token": token, "name": "New", "agreed": True}
    answer = dispatch(guest(), HERE, "registration.take_over", {"op": new_op(), **body})
    assert (answer["code"], answer["field"], answer["params"]) == ("invalid", "payer_name", {"why": "payer_needed"})
    answer = dispatch(guest(), HERE, "registration.take_over", {"op": new_op(), **body, "municipality": "0180"})
    assert answer["ok"]
    (row,) = world.all("SELECT payer_name, orgnr FROM registration WHERE id = 'b-hall'")
    assert tuple(row) == ("Stockholms kommun", "2120000142")


@pytest.mark.parametrize("token", ["x" * 32, "token-of-another-one"])
def test_a_link_that_opens_nothing_here_is_no_link(world: World, token: str) -> None:
    body = {"op": new_op(), "token": token, "name": "New", "agreed": True}
    assert dispatch(guest(), HERE, "registration.take_over", body)["code"] == "bad_link"


def hand_over(world: World, who: str, **more: Any) -> str:
    """Offer somebody's place to new2@mail.test; the token that its letter brings."""
    given = world.did(who, "registration.hand_over", email="new2@mail.test", name="New", **more)
    with transaction() as session:
        letter = next(
            one
            for one in session.query(Letter).filter_by(template="transfer")
            if one.data.get("transfer") == given["transfer"]
        )
        return about_the_transfer(session, letter, utc_now())["link"].rpartition("/")[2]
