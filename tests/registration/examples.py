"""How each command of registration succeeds, who may use it, and what people try with it."""

from random import Random
from typing import Any

from tests.matrix.declared import ANYBODY, HOLDERS, NOBODY, STAFF, Body, Example, Text, example, tries
from tests.matrix.world import FEES, PLACES, SYSTEM, TRANSFER_TOKEN, World

ORGANISER = frozenset({"organiser"})
PAYER = {
    "payer_name": Text(120, optional=True),
    "reference": Text(60, optional=True),
    "invoice_address": Text(300, optional=True, multiline=True),
}
WHO = {
    "name": Text(100),
    "organisation": Text(120, optional=True),
    "title": Text(100, optional=True),
    "challenge": Text(280, optional=True, multiline=True),
    "diet": Text(300, optional=True, multiline=True),
    "access": Text(300, optional=True, multiline=True),
}
SOMEBODY: dict[str, Any] = {
    "name": "Somebody new",
    "organisation": "Another municipality",
    "title": "Planner",
    "language": "sv",
    "payer_name": "Another municipality",
    "reference": "R 77",
    "invoice_address": "Box 1",
    "diet": "Nothing that has been alive",
    "access": "A hearing loop",
    "challenge": "Time.",
}


def state_of(world: World, id: str) -> str:
    return str(world.one("SELECT state FROM registration WHERE id = :id", id=id))


def letters(world: World, template: str) -> int:
    """Those that were left since the world began: what has a name of its own in it is older."""
    return int(world.one("SELECT count(*) FROM letter WHERE template = :t AND id LIKE 'i%'", t=template))


# ---- anybody ----------------------------------------------------------------------------------------------------------


@example("registration.register", may=ANYBODY, texts=WHO | PAYER)
def somebody_takes_a_place(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT * FROM registration WHERE id = :id", id=result["registration"])
        assert (row.number, row.state, row.price, row.payer_name) == (11, "confirmed", 90_000, "Another municipality")
        assert world.one("SELECT roles FROM participant WHERE id = :p", p=result["person"]) == "participant"
        assert world.one("SELECT participant_id FROM grant_ WHERE id = :g", g=result["grant"]) == result["person"]
        assert letters(world, "confirmed") == 1

    return Example("quiet", {"fee": "f-day", "email": "New@Mail.test", "agreed": True, **SOMEBODY}, check)


@example("registration.register")
def somebody_waits(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result["state"] == "waiting"
        assert world.one("SELECT roles FROM participant WHERE id = :p", p=result["person"]) == "applicant"
        assert letters(world, "waiting") == 1

    return Example("screen", {"fee": "f-evening", "email": "new@mail.test", "agreed": True, **SOMEBODY}, check)


@example("registration.register")
def who_has_a_place_is_sent_the_link(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == dict.fromkeys(("registration", "number", "person", "grant")) | {"state": "has_place"}
        assert letters(world, "link") == 1
        assert world.one("SELECT count(*) FROM registration WHERE meeting_id = 'm-here'") == len(PLACES)

    return Example("web", {"fee": "f-web", "email": "waits@example.org", "agreed": True, "name": "Somebody"}, check)


@tries("registration.register")
def register(world: World, rnd: Random) -> Body:
    who = rnd.choice(["hall", "new1", "new2", "new3", "new4", "new5", "new6"])
    fee = rnd.choice(["f-day", "f-web", "f-evening", "f-closed", "f-removed"])
    return {"fee": fee, "email": f"{who}@mail.test", "name": who, "agreed": rnd.random() < 0.9, "diet": "Nuts"}


@example("registration.resend", may=ANYBODY)
def the_link_is_sent_again(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"sent": True}
        assert letters(world, "link") == 1

    return Example("screen", {"email": "waits@example.org"}, check)


@example("registration.resend")
def nobody_is_told_who_is_known(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"sent": True}
        assert letters(world, "link") == 0

    return Example("screen", {"email": "nobody@mail.test"}, check)


@example("registration.take_over", may=ANYBODY, texts=WHO | PAYER)
def a_place_is_taken_over(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT * FROM registration WHERE id = 'b-speaker'")
        assert (row.participant_id, row.payer_name) == (result["person"], "Another municipality")
        # who speaks goes on speaking
        assert world.one("SELECT count(*) FROM grant_ WHERE participant_id='p-speaker' AND revoked_at IS NULL") == 1
        assert world.one("SELECT state FROM transfer WHERE id = 'x-open'") == "done"
        assert world.one("SELECT email FROM participant WHERE id = :p", p=result["person"]) == "new@mail.test"
        assert (letters(world, "transferred"), letters(world, "confirmed")) == (1, 1)

    return Example("screen", {"token": TRANSFER_TOKEN, "agreed": True, "new_payer": True, **SOMEBODY}, check)


@example("registration.refuse_transfer", may=ANYBODY)
def a_place_is_not_wanted(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result == {"state": "refused"}
        assert world.one("SELECT participant_id FROM registration WHERE id = 'b-speaker'") == "p-speaker"

    return Example("screen", {"token": TRANSFER_TOKEN}, check)


# ---- who has a place, or waits ----------------------------------------------------------------------------------------


@example("registration.switch", may=HOLDERS)
def another_fee_is_chosen(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT fee_id FROM registration WHERE id = 'b-hall'") == "f-web"
        assert world.one("SELECT attendance FROM participant WHERE id = 'p-hall'") == "web"

    return Example("hall", {"fee": "f-web"}, check)


@example("registration.switch")
def the_place_that_came_free_is_offered(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert state_of(world, "b-waits") == "offered" and state_of(world, "b-waits_too") == "waiting"
        assert letters(world, "offered") == 1

    return Example("quiet", {"fee": "f-day"}, check)


@tries("registration.switch")
def choose_another(world: World, rnd: Random) -> Body:
    return {"fee": f"f-{rnd.choice(list(FEES))}"}


@example("registration.cancel", may=HOLDERS, texts={"reason": Text(300, optional=True)})
def a_place_is_cancelled_for_somebody(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert state_of(world, "b-hall") == "cancelled"
        (grant,) = world.all("SELECT why, revoked_at FROM grant_ WHERE id = 'g-hall'")
        assert grant.why == "cancelled" and grant.revoked_at is not None
        assert world.one("SELECT count(*) FROM registration_needs WHERE registration_id = 'b-hall'") == 0
        assert letters(world, "cancelled") == 1

    return Example("organiser", {"id": "b-hall", "reason": "They asked for it", "charged": True}, check)


@example("registration.cancel")
def ones_own_place_is_cancelled(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert state_of(world, "b-quiet") == "cancelled" and state_of(world, "b-waits") == "offered"

    return Example("quiet", {}, check)


@tries("registration.cancel")
def cancel(world: World, rnd: Random) -> Body:
    return {} if rnd.random() < 0.5 else {"id": f"b-{rnd.choice(list(PLACES))}"}


@example("registration.accept", may=HOLDERS)
def an_offered_place_is_taken(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert state_of(world, "b-offered") == "confirmed"
        assert world.one("SELECT roles FROM participant WHERE id = 'p-offered'") == "participant"

    return Example("offered", {}, check)


@example("registration.decline", may=HOLDERS)
def an_offered_place_goes_on(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert state_of(world, "b-offered") == "cancelled"

    return Example("offered", {}, check)


@example("registration.hand_over", may=HOLDERS, texts={"name": Text(100)})
def a_place_is_offered_to_somebody(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT * FROM transfer WHERE id = :t", t=result["transfer"])
        assert (row.to_email, row.state, row.from_id) == ("other@mail.test", "offered", "p-hall")
        assert letters(world, "transfer") == 1
        assert state_of(world, "b-hall") == "confirmed"

    return Example("organiser", {"id": "b-hall", "email": "other@mail.test", "name": "Another"}, check)


@example("registration.hand_over")
def ones_own_place_is_offered(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT keep_payer FROM transfer WHERE id = :t", t=result["transfer"]) in (0, False)

    return Example("quiet", {"email": "other@mail.test", "name": "Another", "keep_payer": False}, check)


@tries("registration.hand_over")
def hand_over(world: World, rnd: Random) -> Body:
    return {"email": f"{rnd.choice(['hall', 'x', 'y'])}@mail.test", "name": "Another"}


@example("registration.withdraw_transfer", may=HOLDERS)
def a_transfer_is_taken_back_for_somebody(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT state FROM transfer WHERE id = 'x-open'") == "withdrawn"

    return Example("organiser", {"id": "b-speaker"}, check)


@example("registration.withdraw_transfer")
def ones_own_transfer_is_taken_back(world: World) -> Example:
    return Example("speaker", {}, lambda world, result: None)


@tries("registration.withdraw_transfer")
def withdraw(world: World, rnd: Random) -> Body:
    return {}


@example(
    "registration.present",
    may=HOLDERS,
    texts={name: WHO[name] for name in ("name", "organisation", "title", "challenge")},
)
def somebody_presents_themselves(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT name, organisation FROM participant WHERE id = 'p-waits'")
        assert tuple(row) == ("A name", "A place")

    return Example("waits", {"name": "A name", "organisation": "A place", "challenge": "One\nthing"}, check)


@example("registration.needs", may=HOLDERS, texts={name: WHO[name] for name in ("diet", "access")})
def somebody_says_what_they_need(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT diet, access FROM registration_needs WHERE registration_id = 'b-hall'")
        assert tuple(row) == ("", "A ramp")

    return Example("hall", {"access": "A ramp"}, check)


# ---- organisers -------------------------------------------------------------------------------------------------------

FEE_TEXTS = {
    "name_sv": Text(80, optional=True),
    "name_en": Text(80, optional=True),
    "includes_sv": Text(300, optional=True, multiline=True),
    "includes_en": Text(300, optional=True, multiline=True),
}
FEE: dict[str, Any] = {"name_sv": "Kväll", "name_en": "Evening", "price": 45_000, "vat": 12, "place": "web"}


@example("fee.add", may=ORGANISER, texts=FEE_TEXTS)
def a_fee_is_added(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT price, vat, position FROM fee WHERE id = :id", id=result["id"])
        assert tuple(row) == (45_000, 12, len(FEES))

    return Example("organiser", {**FEE, "items": ["i-talk"], "capacity": 20}, check)


@example("fee.edit", may=ORGANISER, texts=FEE_TEXTS)
def a_fee_is_edited(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT version FROM fee WHERE id = 'f-day'") == result["version"] == 3
        # who has a place keeps its price
        assert world.one("SELECT price FROM registration WHERE id = 'b-hall'") == 90_000

    return Example("organiser", {"id": "f-day", "expected_version": 2, **FEE, "capacity": 9}, check)


@example("fee.edit")
def more_room_is_offered_in_order(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert state_of(world, "b-waits") == "offered" and state_of(world, "b-waits_too") == "waiting"

    return Example("organiser", {"id": "f-evening", **FEE, "capacity": 2}, check)


@example("fee.move", may=ORGANISER)
def a_fee_stands_before_another(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        rows = world.all("SELECT id FROM fee WHERE meeting_id = 'm-here' AND id != 'f-removed' ORDER BY position, id")
        assert [row[0] for row in rows] == ["f-evening", "f-day", "f-web", "f-closed"]

    return Example("organiser", {"id": "f-evening", "before": "f-day"}, check)


@example("fee.remove", may=ORGANISER)
def a_fee_is_taken_away(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT removed FROM fee WHERE id = 'f-web'") in (1, True)

    return Example("organiser", {"id": "f-web"}, check)


@example("fee.restore", may=ORGANISER)
def a_fee_is_put_back(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT removed FROM fee WHERE id = 'f-removed'") in (0, False)

    return Example("organiser", {"id": "f-removed"}, check)


@example(
    "registration.rules",
    may=ORGANISER,
    texts={name: Text(1000, optional=True, multiline=True) for name in ("binding_sv", "binding_en")},
)
def rules_are_changed(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT * FROM registration_rules WHERE id = 'm-here'")
        assert (row.walk_ins, row.offer_hours, row.version) == ("ask", 24, 3)
        assert row.cancel_until is None and row.switch_until is not None

    return Example("organiser", {"expected_version": 2, "walk_ins": "ask", "cancel_until": None}, check)


@example("registration.enrol", may=ORGANISER, texts=WHO | PAYER)
def somebody_is_registered_by_hand(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT * FROM registration WHERE id = :id", id=result["registration"])
        assert (row.state, row.by, row.orgnr) == ("confirmed", "staff", "2120000142")

    body = {"fee": "f-day", "email": "x@mail.test", "municipality": "0180", "phone": "070-1", **SOMEBODY}
    return Example("organiser", body, check)


@tries("registration.enrol")
def enrol(world: World, rnd: Random) -> Body:
    return {"fee": f"f-{rnd.choice(list(FEES))}", "email": f"{rnd.choice('abc')}@mail.test", "name": "By hand"}


EDITED = {name: WHO[name] for name in ("name", "organisation", "title", "challenge", "diet", "access")}


@example("registration.edit", may=ORGANISER, texts=EDITED)
def a_registration_is_corrected(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT email FROM participant WHERE id = 'p-hall'") == "right@mail.test"
        assert world.one("SELECT price FROM registration WHERE id = 'b-hall'") == 50_000
        assert world.one("SELECT diet FROM registration_needs WHERE registration_id = 'b-hall'") == "No nuts"

    body = {"id": "b-hall", "expected_version": 1, "email": "right@mail.test", "price": 50_000}
    return Example("organiser", body, check)


@example("registration.payer", may=ORGANISER, texts=PAYER | {"payer_name": Text(120)})
def somebody_else_pays(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT payer_name, orgnr, peppol FROM registration WHERE id = 'b-hall'")
        assert tuple(row) == ("Region Skåne", "2321000255", "0007:2321000255")

    body = {"id": "b-hall", "payer_name": "Region Skåne", "orgnr": "232100-0255", "peppol": "0007:2321000255"}
    return Example("organiser", body | {"expected_version": 1}, check)


@example("registration.move", may=ORGANISER)
def somebody_is_given_another_fee(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT fee_id FROM registration WHERE id = 'b-hall'") == "f-web"

    return Example("organiser", {"id": "b-hall", "fee": "f-web"}, check)


@tries("registration.move")
def move(world: World, rnd: Random) -> Body:
    return {"id": f"b-{rnd.choice(list(PLACES))}", "fee": f"f-{rnd.choice(list(FEES))}", "over": rnd.random() < 0.3}


@example("registration.offer", may=ORGANISER)
def somebody_is_let_in_before_their_turn(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert state_of(world, "b-waits_too") == "confirmed" and state_of(world, "b-waits") == "waiting"

    return Example("organiser", {"id": "b-waits_too", "at_once": True, "over": True}, check)


@tries("registration.offer")
def let_in(world: World, rnd: Random) -> Body:
    return {"id": f"b-{rnd.choice(list(PLACES))}", "at_once": rnd.random() < 0.5, "over": True}


@example("registration.invoice", may=ORGANISER)
def what_is_new_is_invoiced(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        # the web's price was another: taken back and put anew; hall, quiet, leader and what gone owes are new
        assert (result["number"], result["lines"]) == (2, 6)
        net = world.one("SELECT sum(net * sign) FROM invoice_line WHERE meeting_id = 'm-here'")
        assert net == 90_000 * 4 + 120_000

    return Example("organiser", {}, check)


@example("registration.import", may=ORGANISER, texts={"name": Text(120, optional=True)})
def a_further_part_of_a_list_is_brought(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert result["taken"] == 2
        assert [(e["row"], e["field"], e["why"]) for e in result["errors"]] == [
            (3, "email", "no_email"),
            (4, "email", "has_place"),
            (5, "name", "empty"),
            (6, "orgnr", "orgnr_check"),
            (7, "fee", "no_such_fee"),
        ]
        assert world.one("SELECT taken FROM registration_import WHERE id = 'y-list'") == 3

    rows = [
        {"row": 2, "name": "A", "email": "a@mail.test", "fee": " avgift  DAY "},
        {"row": 3, "name": "B", "email": "b"},
        {"row": 4, "name": "C", "email": "Hall@Example.org"},
        {"row": 5, "email": "d@mail.test"},
        {"row": 6, "name": "E", "email": "e@mail.test", "orgnr": "212000-0143"},
        {"row": 7, "name": "F", "email": "f@mail.test", "fee": "Lunch"},
        {"row": "8", "name": "G", "email": "g@mail.test"},
    ]
    return Example("organiser", {"rows": rows, "into": "y-list", "fee": "f-web"}, check)


@example("registration.import")
def a_list_is_brought(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT name FROM registration_import WHERE id = :i", i=result["id"]) == "People.xlsx"
        assert letters(world, "confirmed") == 1

    rows = [{"name": "A", "email": "a@mail.test", "fee": "f-day"}]
    return Example("organiser", {"rows": rows, "name": "People.xlsx", "letter": True}, check)


@example("registration.undo_import", may=ORGANISER)
def an_import_is_taken_back(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        # there is a link to it, so it is cancelled, not forgotten
        assert (result["removed"], result["cancelled"]) == (0, 1)
        assert state_of(world, "b-web") == "cancelled"

    return Example("organiser", {"id": "y-list"}, check)


# ---- at the door ------------------------------------------------------------------------------------------------------


@example("registration.arrive", may=STAFF)
def somebody_is_here(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT arrived_by FROM registration WHERE id = 'b-hall'") == "p-moderator"

    return Example("moderator", {"id": "b-hall"}, check)


@tries("registration.arrive")
def arrive(world: World, rnd: Random) -> Body:
    return {"id": f"b-{rnd.choice(list(PLACES))}"}


@example("registration.undo_arrive", may=STAFF)
def it_was_somebody_else(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT arrived_at FROM registration WHERE id = 'b-leader'") is None

    return Example("moderator", {"id": "b-leader"}, check)


@tries("registration.undo_arrive")
def undo_arrive(world: World, rnd: Random) -> Body:
    return {"id": f"b-{rnd.choice(list(PLACES))}"}


@example("registration.walk_in", may=STAFF, texts={"name": Text(100), "organisation": Text(120, optional=True)})
def somebody_comes_unregistered(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        (row,) = world.all("SELECT * FROM registration WHERE id = :id", id=result["registration"])
        assert (row.by, row.state, row.price) == ("walk_in", "confirmed", 120_000) and row.arrived_at is not None

    return Example("moderator", {"name": "A passer-by", "fee": "f-evening"}, check)


@example("registration.walk_in")
def somebody_comes_who_pays_nothing(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT fee_id FROM registration WHERE id = :id", id=result["registration"]) is None

    return Example("organiser", {"name": "A passer-by", "email": "passer@mail.test"}, check)


# ---- time -------------------------------------------------------------------------------------------------------------


@example("registration.pass_on", may=NOBODY)
def an_offer_lapses(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert state_of(world, "b-late") == "cancelled"
        assert letters(world, "cancelled") == 1

    return Example(SYSTEM, {"id": "b-late"}, check)


@example("registration.expire_transfer", may=NOBODY)
def a_transfer_lapses(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert world.one("SELECT state FROM transfer WHERE id = 'x-late'") == "expired"
        assert state_of(world, "b-web") == "confirmed"

    return Example(SYSTEM, {"id": "x-late"}, check)


@example("registration.undo_rest", may=NOBODY)
def the_rest_of_an_import_is_cancelled(world: World) -> Example:
    def check(world: World, result: Any) -> None:
        assert state_of(world, "b-web") == "cancelled"
        assert letters(world, "cancelled") == 1

    return Example(SYSTEM, {"id": "y-list"}, check)
