"""Lists that organisers bring, and what they take with them to invoice."""

import io
import random
import zipfile
from typing import Any

import openpyxl
import pytest
from sqlalchemy import event

from hybridmote.db import database, reading, transaction, utc_now
from hybridmote.due import run_due
from hybridmote.mail.store import Letter
from hybridmote.problems import WHY
from hybridmote.registration import model
from hybridmote.registration.commands import lists as bringing
from hybridmote.registration.jobs import about_the_place, forget_needs
from hybridmote.registration.model.sheet_in import LARGEST, Unreadable, read
from hybridmote.registration.views import lists
from hybridmote.worker import EVERY, keep_waiting, work_once
from tests.matrix.world import HERE, World, changed

HEAD = "Namn;E-post;Organisation;Avgift;Org.nr"
ROWS = ("Åsa Öst;asa@räksmörgås.example;Ale kommun;Dag;212000-0142", '"Nilsson; Bo";bo@mail.test;;Webb;', "")
EXPECTED = [
    {
        "row": "2",
        "name": "Åsa Öst",
        "email": "asa@räksmörgås.example",
        "organisation": "Ale kommun",
        "fee": "Dag",
        "orgnr": "212000-0142",
    },
    {"row": "3", "name": "Nilsson; Bo", "email": "bo@mail.test", "fee": "Webb"},
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("newline", ["\r\n", "\n"])
def test_a_list_is_read_as_excel_in_sweden_writes_it(encoding: str, newline: str) -> None:
    assert read(newline.join((HEAD, *ROWS)).encode(encoding)) == EXPECTED


@pytest.mark.parametrize("mark", [",", "\t"])
def test_a_list_is_read_as_others_write_it(mark: str) -> None:
    lines = [HEAD.replace(";", mark), ROWS[0].replace(";", mark)]
    assert read("\n".join(lines).encode()) == EXPECTED[:1]


def book(*rows: Any) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.create_sheet("Another").append(["not", "read"])
    packed = io.BytesIO()
    made.save(packed)
    return packed.getvalue()


def test_a_workbook_is_read_and_no_formula_reckoned() -> None:
    content = book(
        ["First name", "Last name", "E-mail", "Org nr", "Fee"],
        ["Åsa", "Öst", "asa@mail.test", 2120000142, '=HYPERLINK("http://x.test","Day")'],
        [None, None, None],
        ["=1+1", "", "two@mail.test"],
    )
    assert read(content) == [
        {"row": "2", "name": "Åsa Öst", "email": "asa@mail.test", "orgnr": "2120000142"},
        {"row": "4", "name": "", "email": "two@mail.test"},  # what nobody has reckoned is empty
    ]


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "sheet_empty"),
        (b"\n\n", "sheet_empty"),
        (b"x" * (LARGEST + 1), "sheet_too_large"),
        (b"\x89PNG\r\n\x00\x00", "sheet_broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", "sheet_broken"),  # an .xls of old
        (b"PK\x03\x04 not a zip", "sheet_broken"),
        (packed({"a": b"0" * 120_000_000}), "sheet_too_large"),
        (packed({"a": b"a"}), "sheet_broken"),
        (b"Name;Organisation\nA;B", "sheet_headings"),
        (b"E-mail\na@b.se", "sheet_headings"),
        (b"Name;E-mail\n" + b"A;a@b.se\n" * 2001, "sheet_too_many"),
    ],
)
def test_what_is_no_list_is_said(content: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as no:
        read(content)
    assert no.value.why == why and why in WHY


def test_10_mb_of_a_list_end_in_a_word() -> None:
    line = b"Somebody with a name;somebody@mail.test;A municipality;Day;212000-0142\n"
    with pytest.raises(Unreadable):
        read((HEAD.encode() + b"\n" + line * (LARGEST // len(line)))[:LARGEST])
    one = HEAD.encode() + b'\nA;a@b.se;"' + b"x" * 9_000_000 + b'"\n'
    assert len(read(one)[0]["organisation"]) == 2000


NOISE = random.Random(4)


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_refused_or_read_but_never_breaks(seed: int) -> None:
    rnd = random.Random(seed)
    good = bytearray(book(["Name", "E-mail"], ["A", "a@mail.test"]) if seed % 2 else "\n".join((HEAD, *ROWS)).encode())
    for _ in range(30):
        good[rnd.randrange(len(good))] = rnd.randrange(256)
    try:
        assert isinstance(read(bytes(good)), list)
    except Unreadable as no:
        assert no.why in WHY


# ---- an import taken back ----------------------------------------------------------------------------------------------

NOT_UNDONE = {
    "op",
    "audit",
    "change",
    "registration_import",
    "meeting.seq",
    "outbox.stamp",
    *(f"registration_tally.{name}" for name in ("stamp", "number", "place_in_line")),
}


@pytest.mark.parametrize("letter", [False, True])
def test_an_import_is_taken_back_exactly(world: World, letter: bool) -> None:
    world.did("organiser", "registration.resend", email="nobody@mail.test")
    before = world.dump()
    rows = [
        {
            "row": n,
            "name": f"Person {n}",
            "email": f"p{n}@many.test",
            "fee": "f-web",
            "diet": "Nuts",
            "orgnr": "2120000142",
        }
        for n in range(2, 60)
    ]
    first = world.did("organiser", "registration.import", rows=rows[:30], name="List.csv", letter=letter)
    more = world.did(
        "organiser", "registration.import", rows=[*rows[20:], {"name": "x"}], into=first["id"], letter=letter
    )
    assert (first["taken"], more["taken"]) == (30, 28)
    assert {e["why"] for e in more["errors"]} == {"has_place", "empty"} and len(more["errors"]) == 11
    undone = world.did("organiser", "registration.undo_import", id=first["id"])
    assert (undone["removed"], undone["cancelled"]) == (58, 0)
    assert changed(before, world.dump(), NOT_UNDONE) == []
    again = world.ask("organiser", "registration.undo_import", {"id": first["id"]})
    assert again["params"] == {"why": "import_undone"}
    # numbers are not given twice
    new = world.did("organiser", "registration.enrol", fee="f-web", name="A")
    assert new["number"] == 10 + 58 + 1


def test_of_an_import_who_was_told_is_told_again(world: World) -> None:
    rows = [{"name": f"P{n}", "email": f"p{n}@many.test", "fee": "f-web"} for n in range(4)]
    made = world.did("organiser", "registration.import", rows=rows, letter=True)
    world.write("UPDATE letter SET state = 'sent' WHERE address = 'p0@many.test'")
    known = world.one(
        "SELECT r.id FROM registration r JOIN participant p ON p.id = r.participant_id WHERE p.name = 'P1'"
    )
    world.did("moderator", "registration.arrive", id=known)
    undone = world.did("organiser", "registration.undo_import", id=made["id"])
    assert (undone["removed"], undone["cancelled"]) == (2, 2)
    assert world.one("SELECT count(*) FROM letter WHERE template = 'cancelled' AND id LIKE 'i%'") == 2


def test_what_has_been_done_for_somebody_is_not_taken_back_with_them(world: World) -> None:
    """A question that a moderator asked for them stands; a letter that only waits is not sent; who had come in stays as
    somebody whose place was cancelled."""
    rows = [{"name": f"P{n}", "email": f"p{n}@many.test", "fee": "f-web"} for n in range(3)]
    made = world.did("organiser", "registration.import", rows=rows)
    ids = [row[0] for row in world.all("SELECT id FROM participant WHERE email LIKE 'p_@many.test' ORDER BY email")]
    world.did("moderator", "question.record", person=ids[0], text="On their behalf?")
    world.did("organiser", "mail.send", template="thanks", to="chosen", people=[ids[1]])
    undone = world.did("organiser", "registration.undo_import", id=made["id"])
    assert (undone["removed"], undone["cancelled"]) == (2, 1)
    left_ = world.all("SELECT id, roles FROM participant WHERE email LIKE 'p_@many.test'")
    assert [tuple(row) for row in left_] == [(ids[0], "")]
    assert world.one("SELECT count(*) FROM letter WHERE participant_id = :p", p=ids[1]) == 0


def test_places_that_an_import_took_are_passed_on(world: World) -> None:
    world.did("organiser", "fee.add", name_sv="Fem", price=100, capacity=5)
    fee = str(world.one("SELECT id FROM fee WHERE capacity = 5"))
    rows = [{"name": f"P{n}", "email": f"p{n}@many.test", "fee": fee} for n in range(5)]
    made = world.did("organiser", "registration.import", rows=rows)
    waiting = "UPDATE registration SET state = 'waiting', fee_id = :f WHERE id IN ('b-waits', 'b-waits_too')"
    world.write(waiting, f=fee)
    assert world.did("organiser", "registration.undo_import", id=made["id"])["removed"] == 5
    states = world.all("SELECT state FROM registration WHERE fee_id = :f", f=fee)
    assert [row[0] for row in states] == ["offered", "offered"]


def test_many_who_were_told_are_cancelled_in_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bringing, "AT_ONCE", 4)
    rows = [{"name": f"P{n}", "email": f"p{n}@many.test", "fee": "f-web"} for n in range(12)]
    made = world.did("organiser", "registration.import", rows=rows, letter=True)
    world.write("UPDATE letter SET state = 'sent' WHERE address LIKE 'p%@many.test' AND address <> 'p7@many.test'")

    def living() -> int:
        here = "SELECT count(*) FROM registration WHERE import_id = :i AND state = 'confirmed'"
        return int(world.one(here, i=made["id"]))

    undone = world.did("organiser", "registration.undo_import", id=made["id"])
    assert (undone["removed"], undone["cancelled"]) == (1, 11) and living() == 7
    again = world.ask("organiser", "registration.undo_import", {"id": made["id"]})
    more = world.ask("organiser", "registration.import", {"rows": rows, "into": made["id"]})
    assert again["params"] == more["params"] == {"why": "import_undone"}
    run_due()
    assert living() == 3
    run_due()
    run_due()
    assert living() == 0 and world.one("SELECT count(*) FROM due WHERE command = 'registration.undo_rest'") == 0
    assert world.one("SELECT count(*) FROM letter WHERE template = 'cancelled' AND id LIKE 'i%'") == 11


def test_it_is_asked_once_for_all_of_an_import(world: World) -> None:
    """Whether 300 may go is asked in as many statements as of 30: an import of 2,000 holds nobody up."""

    def statements(count: int) -> int:
        rows = [{"name": f"P{n}", "email": f"p{n}@many.test", "fee": "f-web", "diet": "Nuts"} for n in range(count)]
        made = world.did("organiser", "registration.import", rows=rows, letter=True)
        said: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            said.append(statement)

        event.listen(database().writer, "before_cursor_execute", note)
        try:
            assert world.did("organiser", "registration.undo_import", id=made["id"])["removed"] == count
        finally:
            event.remove(database().writer, "before_cursor_execute", note)
        return sum(statement.startswith("SELECT") for statement in said)

    many, few = statements(300), statements(30)
    assert many - few <= 270 + 3, f"{few} of 30, {many} of 300: more than the change log's one look at each"


def test_a_reason_that_is_told_has_words(world: World) -> None:
    rows: list[dict[str, Any]] = [
        {"name": "x" * 101, "email": "a@b.test"},
        {"name": "A", "email": "a@b.test", "language": "fi"},
        {"name": "A", "email": "a@b.test", "planet": "Mars"},
        {"name": ["A"], "email": "a@b.test"},
        {"name": "A", "email": "a@b.test", "phone": "call me"},
        {"name": "A\ud800", "email": "a@b.test"},
        {"name": "A", "email": "a@b.test", "municipality": "9999"},
        {"name": "A", "email": "a@b.test", "gln": "1"},
        {"name": "A", "email": "evil@b.test\nBcc: all@b.test"},
        {"row": 10**400, "email": {}},
        {},
    ]
    answer = world.did("organiser", "registration.import", rows=rows, fee="f-web")
    said = [(e["row"], e["field"], e["why"]) for e in answer["errors"]]
    assert answer["taken"] == 0 and len(said) == len(rows)
    assert said[:3] == [(1, "name", "too_long"), (2, "language", "literal_error"), (3, "planet", "unknown_field")]
    assert said[8] == (9, "email", "invalid") and said[9][0] == 10 and said[10] == (11, "name", "empty")
    assert {why for _, _, why in said} <= {*WHY, "too_long", "unknown_field", "invalid", "bad_text", "empty"}


# ---- invoices ----------------------------------------------------------------------------------------------------------


def test_the_next_export_holds_only_what_changed(world: World) -> None:
    def exported() -> list[tuple[int, str, int]]:
        with reading() as session:
            newest = lists.exports(session, HERE)[0]
            return [(line.number, line.payer[0], line.sign * line.net) for i in newest.invoices for line in i.lines]

    def agrees() -> None:
        with reading() as session:
            owed = lists.sums(session, HERE)
            net = sum(t.net for e in lists.exports(session, HERE) for t in e.totals)
            assert net == sum(t.net for t in owed.totals) == sum(t.net for p in owed.payers for t in p.totals)
            assert sum(net for _, _, net in owed.fees) == net

    assert world.did("organiser", "registration.invoice")["number"] == 2
    agrees()
    answer = world.ask("organiser", "registration.invoice", {})
    assert answer["params"] == {"why": "nothing_to_invoice"}
    world.did("organiser", "registration.payer", id="b-hall", payer_name="Region Skåne", orgnr="232100-0255")
    world.did("organiser", "registration.cancel", id="b-quiet")
    world.did("organiser", "registration.move", id="b-leader", fee="f-web", keep_price=True)
    world.did("organiser", "registration.edit", id="b-hall", title="Another title")  # not what an invoice tells
    assert world.did("organiser", "registration.invoice")["number"] == 3
    assert sorted(exported()) == [
        (1, "A municipality", -90_000),
        (1, "Region Skåne", 90_000),
        (3, "A municipality", -120_000),
        (4, "A municipality", -90_000),  # it is called something else now
        (4, "A municipality", 90_000),
    ]
    agrees()
    with reading() as session:
        (export, *_) = lists.exports(session, HERE)
        assert [i.payer.key for i in export.invoices] == ["a municipality", "2120000142", "2321000255"]
        (total,) = export.totals
        assert (total.net, total.vat) == (-120_000, -30_000)


def test_who_comes_from_where_and_who_did_not_come(world: World) -> None:
    with reading() as session:
        assert [(f.code, f.name, f.hall, f.web, f.arrived) for f in lists.attendance(session, HERE)] == [
            ("", "A municipality", 2, 2, 1),
            ("0180", "Stockholms kommun", 0, 1, 0),
        ]
        assert [e.id for e in lists.no_shows(session, HERE)] == ["b-hall", "b-speaker"]


def test_the_list_is_searched_and_filtered(world: World) -> None:
    def found(**wanted: Any) -> list[str]:
        with reading() as session:
            return [e.id[2:] for e in lists.entries(session, HERE, **wanted)]

    assert found() == ["hall", "web", "quiet", "leader", "speaker", "waits", "waits_too", "offered", "late"]
    assert found(state="all")[5] == "gone" and found(state="cancelled") == ["gone"]
    assert found(search="ECOLOGIST the") == ["hall"] and found(search="2120000142") == ["quiet"]
    assert found(search="#7") == ["waits"] and found(search="% _") == []
    assert found(fee="f-evening", state="waiting") == ["waits", "waits_too"]
    assert found(payer="2120000142") == ["quiet"] and found(arrived=True) == ["leader"]
    with reading() as session:
        assert {e.diet for e in lists.entries(session, HERE)} == {""}, "needs only when asked for"
        assert lists.entries(session, HERE, with_needs=True)[0].diet == "No nuts"
        assert lists.as_dict(lists.entries(session, HERE)[0])["payer"]["name"] == "A municipality"


# ---- after the meeting -------------------------------------------------------------------------------------------------


def test_needs_are_erased_after_the_meeting(world: World) -> None:
    def ended(ago: int) -> int:
        when = f"datetime('now', '-{ago} days')" if world.sqlite else f"now() - interval '{ago} days'"
        world.write(f"UPDATE meeting SET ends = {when} WHERE id = 'm-here'")
        forget_needs({}, lambda _: None)
        return int(world.one("SELECT count(*) FROM registration_needs WHERE meeting_id = 'm-here'"))

    assert ended(13) == 1
    assert ended(15) == 0
    assert world.one("SELECT count(*) FROM registration_needs") == 1, "another meeting's are its own"


def test_the_worker_erases_them_without_being_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in [kind for kind in EVERY if kind != "registration.forget_needs"]:
        monkeypatch.delitem(EVERY, kind)
    world.write("DELETE FROM job")
    when = "datetime('now', '-15 days')" if world.sqlite else "now() - interval '15 days'"
    world.write(f"UPDATE meeting SET ends = {when} WHERE id = 'm-here'")
    keep_waiting()
    assert work_once() and not work_once()
    assert world.one("SELECT count(*) FROM registration_needs WHERE meeting_id = 'm-here'") == 0


def test_a_letter_says_what_is_so_when_it_is_sent(world: World) -> None:
    world.did("web", "registration.switch", fee="f-day")
    with transaction() as session:
        letter = next(one for one in session.query(Letter).filter_by(template="confirmed") if one.id.startswith("i"))
        said = about_the_place(session, letter, utc_now())
    assert (said["number"], said["fee"], said["payer"]) == ("2", "Avgift day", "A municipality")
    assert "900" in said["price"] and "25" in said["price"] and said["own_page"] == "/m/here/place"


def test_a_price_is_read_in_both_languages() -> None:
    assert model.kronor(90_000) == "900.00" and model.kronor(-5) == "-0.05"
