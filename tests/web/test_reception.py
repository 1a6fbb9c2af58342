"""The organiser's desk of registration and the door, without a script: fees, people, lists, invoices, badges."""

import csv
import datetime as dt
import html
import io
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pypdfium2
import pytest
from flask.testing import FlaskClient

from hybridmote.db import reading
from hybridmote.problems import Refused
from hybridmote.reception import arrivals
from hybridmote.reception.door import hundredths, moment, on_clock
from hybridmote.registration.views import lists
from tests.matrix.world import HERE, World, new_op

DESK = "/m/here/desk"
EN = {"Accept-Language": "en"}
HEAD = "Namn;E-post;Organisation;Avgift;Kost"


@pytest.fixture
def organiser(browser_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return browser_of("organiser")


@pytest.fixture
def moderator(browser_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return browser_of("moderator")


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path if path.startswith("/") else f"{DESK}/{path}", headers=EN)
    assert answer.status_code == 200, path
    return html.unescape(answer.text)


def token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(f"{DESK}/arrivals").text)
    assert found
    return found[1]


def send(client: FlaskClient, path: str, **typed: Any) -> Any:
    form = {"csrf_token": token(client), "op": new_op(), **typed}
    return client.post(f"{DESK}/{path}", data=form, headers=EN)


def entry(id: str, **query: Any) -> lists.Entry:
    with reading() as db:
        return next(e for e in lists.entries(db, HERE, state="all", with_needs=True, **query) if e.id == id)


# ---- fees ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "ore"), [("900", 90_000), ("900,50", 90_050), ("1 200", 120_000), ("1\u00a0200,5 kr", 120_050), ("0", 0)]
)
def test_an_amount_is_read_as_people_write_it(typed: str, ore: int) -> None:
    assert hundredths(typed) == ore


def test_a_fee_is_added_in_kronor_and_opens_what_is_ticked(organiser: FlaskClient, world: World) -> None:
    typed = {
        "command": "fee.add",
        "flags": "open",
        "name_sv": "Kväll",
        "kronor": "1 200,50",
        "vat": "12",
        "place": "web",
    }
    went = send(organiser, "fees", **typed, items=["i-talk", "i-lunch"], open="true", capacity="")
    assert went.status_code == 303
    row = "SELECT price FROM fee WHERE price = 120050 AND vat = 12 AND capacity IS NULL AND place = 'web'"
    assert world.one(row) == 120_050
    shown = page(organiser, "fees")
    assert "Opens 2 items." in shown and "kr1,200.50" in shown.replace("SEK", "kr").replace("\u00a0", "")


def test_what_is_wrong_with_a_fee_stands_by_its_field_with_what_was_typed(organiser: FlaskClient) -> None:
    said = send(organiser, "fees", command="fee.add", name_sv="Dag", kronor="nio hundra", includes_sv="Lunch")
    shown = html.unescape(said.text)
    assert said.status_code == 422 and "Write an amount as 900 or 900,50." in shown
    assert (
        'value="nio hundra"' in shown
        and "Lunch" in shown
        and 'aria-describedby="fee-kronor-help fee-kronor-wrong"' in shown
    )


def test_a_fee_is_edited_and_somebody_elses_edit_is_not_lost(organiser: FlaskClient) -> None:
    shown = page(organiser, "fees?fee=f-day")
    assert 'value="900"' in shown
    version = re.findall(r'name="expected_version" value="(\d+)"', shown)[0]
    typed = {
        "command": "fee.edit",
        "id": "f-day",
        "expected_version": version,
        "name_sv": "Dag",
        "kronor": "950",
        "vat": "25",
    }
    assert send(organiser, "fees?fee=f-day", **typed).status_code == 303
    assert send(organiser, "fees?fee=f-day", **typed).status_code == 409


def test_the_rules_are_written_by_the_meetings_clock_and_boxes_can_be_emptied(
    organiser: FlaskClient, world: World
) -> None:
    typed = {"command": "registration.rules", "flags": "waiting_list challenge", "deadline": "2126-11-30 12.00"}
    version = re.findall(r'name="expected_version" value="(\d+)"', page(organiser, "fees"))[-1]
    went = send(organiser, "fees", **typed, opens="", binding_sv="", expected_version=version)
    assert went.status_code == 303
    row = "SELECT count(*) FROM registration_rules WHERE meeting_id = 'm-here' AND NOT waiting_list AND opens IS NULL"
    assert world.one(row) == 1
    assert 'value="2126-11-30 12.00"' in page(organiser, "fees")
    refused = send(organiser, "fees", **typed | {"deadline": "soon"})
    assert refused.status_code == 422 and "r-deadline-wrong" in refused.text and 'value="soon"' in refused.text


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("2026-12-01 12.00", "2026-12-01T11:00"),
        ("2026-07-01 12:00", "2026-07-01T10:00"),
        (" 2026-07-01T09.05 ", "2026-07-01T07:05"),
        ("2026-10-25 02.30+02:00", "2026-10-25T00:30"),
    ],
)
def test_an_instant_is_read_by_the_meetings_clock_and_written_as_it_was(typed: str, utc: str) -> None:
    read = moment(typed, "Europe/Stockholm", "deadline")
    assert read[:16] == utc
    shown = on_clock(datetime.fromisoformat(read), "Europe/Stockholm")
    assert moment(shown, "Europe/Stockholm", "deadline") == read
    assert shown == typed.strip().replace("T", " ").replace(":", ".", typed.count(":") - typed.count("+"))


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("soon", "no_moment"),
        ("2026-12-01", "no_moment"),
        ("2026-13-01 12.00", "no_moment"),
        ("2026-12-01 25.00", "no_moment"),
        ("2026-03-29 02.30", "no_such_time"),
        ("2026-10-25 02.30", "twice"),
    ],
)
def test_what_is_no_instant_says_what_to_write(typed: str, why: str) -> None:
    with pytest.raises(Refused) as no:
        moment(typed, "Europe/Stockholm", "deadline")
    assert no.value.params["why"] == why and no.value.field == "deadline"


# ---- people ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "there", "absent"),
    [
        ("", ["b-hall", "b-web", "b-waits"], ["b-gone"]),
        ("?state=waiting", ["b-waits", "b-waits_too"], ["b-hall"]),
        ("?state=all", ["b-gone"], []),
        ("?only=here", ["b-leader"], ["b-hall"]),
        ("?only=absent", ["b-hall"], ["b-leader", "b-web"]),
        ("?fee=f-web", ["b-web"], ["b-hall"]),
        ("?payer=2120000142", ["b-quiet"], ["b-hall"]),
        ("?only=by_hand", ["b-web"], ["b-hall"]),
        ("?q=nobody-is-called-so", [], ["b-hall"]),
    ],
)
def test_the_list_is_sought_in(organiser: FlaskClient, query: str, there: list[str], absent: list[str]) -> None:
    shown = page(organiser, f"people{query}")
    assert all(f'id="{id}"' in shown for id in there) and not any(f'id="{id}"' in shown for id in absent)


def test_the_sums_of_the_page_agree(organiser: FlaskClient) -> None:
    shown = page(organiser, "people?see=owed")
    table = shown[shown.index('id="h-sums"') : shown.index('id="h-by-fee"')]
    body, foot = table.split("<tfoot")

    def column(rows: str, at: int) -> list[int]:
        cells = [re.findall(r'<td [^>]*class="n"[^>]*>(?:<b>)?([\d,.\u00a0]+)', row) for row in rows.split("</tr>")]
        return [int(re.sub(r"\D", "", row[at])) for row in cells if len(row) == 4]

    for at in (0, 1, 2, 3):
        assert sum(column(body, at)) == sum(column(foot, at)) > 0
    assert column(foot, 1)[0] + column(foot, 2)[0] == column(foot, 3)[0]


def test_what_programs_read_of_the_list_holds_no_needs(organiser: FlaskClient) -> None:
    told: Any = organiser.get(f"{DESK}/people.json?q=%231").json
    assert told["stamp"] >= 0 and {"b-hall"} <= {one["id"] for one in told["people"]}
    assert "No nuts" not in json.dumps(told) and "diet" not in told["people"][0]


def test_a_person_is_shown_with_their_needs_and_letters(organiser: FlaskClient) -> None:
    shown = page(organiser, "people/b-hall")
    for words in ("No nuts", "A seat in front", "Ecologist", "Trees.", "Letters to them"):
        assert words in shown
    for other in ("b-their_guest", "nothing", "%00"):
        assert organiser.get(f"{DESK}/people/{other}").status_code == 404


def test_a_person_is_changed_and_what_is_emptied_is_gone(organiser: FlaskClient) -> None:
    typed = {"command": "registration.edit", "id": "b-hall", "name": "Somebody else", "title": "", "kronor": "450,50"}
    went = send(organiser, "people/b-hall", **typed, diet="", access="A ramp", language="en")
    assert went.status_code == 303 and went.headers["Location"].endswith("?did=registration.edit")
    now = entry("b-hall")
    assert (now.name, now.title, now.net, now.diet, now.access) == ("Somebody else", "", 45_050, "", "A ramp")
    refused = send(organiser, "people/b-hall", **typed | {"name": " "})
    assert refused.status_code == 422 and "e-name-wrong" in refused.text


def test_two_who_change_the_same_person_see_each_other(organiser: FlaskClient) -> None:
    """The second is told, keeps what they typed, and may save it when they have seen what it is now."""
    typed = {"command": "registration.edit", "id": "b-hall", "name": "Somebody else"}
    (seen, _) = re.findall(r'name="expected_version" value="(\d+)"', page(organiser, "people/b-hall"))
    assert send(organiser, "people/b-hall", **typed, expected_version=seen).status_code == 303
    late = send(organiser, "people/b-hall", **typed | {"name": "A third"}, expected_version=seen)
    assert late.status_code == 409 and "Somebody was faster" in late.text and 'value="A third"' in late.text
    assert entry("b-hall").name == "Somebody else"
    (now, _) = re.findall(r'name="expected_version" value="(\d+)"', late.text)
    assert send(organiser, "people/b-hall", **typed | {"name": "A third"}, expected_version=now).status_code == 303
    assert entry("b-hall").name == "A third"


def test_what_two_wrote_in_different_fields_is_both_there(organiser: FlaskClient) -> None:
    """The second wrote nothing in the first's fields: theirs are the first's when the form is shown again, and saving it
    takes nothing back. In a field that both wrote in, both texts stand."""
    shown = page(organiser, "people/b-hall")
    (version, _) = re.findall(r'name="expected_version" value="(\d+)"', shown)
    was = re.findall(r'name="was" value="(\{[^\n]*?\})">', shown)[0]
    opened = json.loads(was) | {"command": "registration.edit", "id": "b-hall", "expected_version": version, "was": was}
    first = send(organiser, "people/b-hall", **opened | {"name": "Kim", "phone": "08 111", "title": "Ekolog"})
    assert first.status_code == 303
    late = send(organiser, "people/b-hall", **opened | {"phone": "08 222", "diet": "Inga nötter"})
    shown = html.unescape(late.text)
    assert late.status_code == 409 and "It is now:" in shown
    for held in (
        'id="e-name" name="name" type="text" value="Kim"',
        'value="08 222"',
        'value="Ekolog"',
        ">Inga nötter<",
    ):
        assert held.replace(">", ">\n", 1) in shown if held[0] == ">" else held in shown, held
    beside = re.findall(r'<p class="rec__now" id="([\w-]+)">.*?<span>([^<]*)</span>', shown)
    assert beside == [("e-phone-now", "08 111")]
    (version, _) = re.findall(r'name="expected_version" value="(\d+)"', shown)
    again = {"name": "Kim", "title": "Ekolog", "phone": "08 222", "diet": "Inga nötter", "expected_version": version}
    assert send(organiser, "people/b-hall", **opened | again).status_code == 303
    now = entry("b-hall")
    assert (now.name, now.title, now.phone, now.diet) == ("Kim", "Ekolog", "08 222", "Inga nötter")


def test_what_was_refused_is_still_decided_on_what_was_seen_then(organiser: FlaskClient) -> None:
    """A field that was wrong does not hide that somebody else saved meanwhile."""
    shown = page(organiser, "people/b-hall")
    (version, _) = re.findall(r'name="expected_version" value="(\d+)"', shown)
    typed = {"command": "registration.edit", "id": "b-hall", "expected_version": version}
    assert send(organiser, "people/b-hall", **typed, name="Somebody else").status_code == 303
    wrong = send(organiser, "people/b-hall", **typed, name="A third", kronor="nio")
    assert wrong.status_code in (409, 422)
    seen = re.findall(r'name="expected_version" value="(\d+)"', wrong.text)[0]
    late = send(organiser, "people/b-hall", **typed | {"expected_version": seen}, name="A third")
    assert late.status_code == 409 and entry("b-hall").name == "Somebody else"


@pytest.mark.parametrize(
    ("command", "typed", "state"),
    [
        ("registration.cancel", {"id": "b-hall", "charged": "true", "flags": "charged letter"}, "cancelled"),
        ("registration.move", {"id": "b-hall", "fee": "f-web"}, "confirmed"),
        (
            "registration.hand_over",
            {"id": "b-hall", "email": "new@mail.test", "name": "New", "flags": "keep_payer"},
            "confirmed",
        ),
        ("registration.arrive", {"id": "b-hall"}, "confirmed"),
    ],
)
def test_what_is_done_about_a_place(organiser: FlaskClient, command: str, typed: dict[str, str], state: str) -> None:
    assert send(organiser, "people/b-hall", command=command, **typed).status_code == 303
    assert entry("b-hall").state == state
    assert page(organiser, f"people/b-hall?did={command}")


def test_who_waits_is_given_a_place_out_of_turn(organiser: FlaskClient) -> None:
    typed = {"command": "registration.offer", "id": "b-waits_too", "at_once": "true", "over": "true"}
    assert send(organiser, "people/b-waits_too", **typed).status_code == 303
    assert entry("b-waits_too").state == "confirmed"


def test_a_form_of_the_desk_runs_its_own_commands_alone(organiser: FlaskClient, moderator: FlaskClient) -> None:
    assert send(organiser, "people/b-hall", command="meeting.publish").status_code == 400
    assert send(moderator, "people/b-hall", command="registration.cancel", id="b-hall").status_code == 403
    stale = organiser.post(
        f"{DESK}/people/b-hall", data={"command": "registration.cancel", "id": "b-hall", "op": new_op()}
    )
    assert stale.status_code == 400 and entry("b-hall").state == "confirmed"


def test_somebody_is_registered_by_hand(organiser: FlaskClient) -> None:
    assert "Register somebody" in page(organiser, "enrol")
    typed = {"command": "registration.enrol", "flags": "over letter", "name": "By Hand", "fee": "f-web"}
    refused = send(organiser, "enrol", **typed, orgnr="123")
    assert refused.status_code == 422 and "ten digits" in refused.text and 'value="By Hand"' in refused.text
    went = send(organiser, "enrol", **typed, email="hand@mail.test")
    assert went.status_code == 303
    shown = page(organiser, went.headers["Location"])
    assert "By Hand" in shown and "by staff" in shown


# ---- files -----------------------------------------------------------------------------------------------------------


def read_csv(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_the_list_as_files_runs_nothing(organiser: FlaskClient) -> None:
    send(organiser, "people/b-hall", command="registration.edit", id="b-hall", name='=HYPERLINK("http://x.test")')
    answer = organiser.get(f"{DESK}/people.csv?fee=f-day")
    assert "here-people.csv" in answer.headers["Content-Disposition"]
    (row,) = [row for row in read_csv(answer.data) if row["number"] == "1"]
    assert row["name"].startswith("'=") and row["price"] == "900,00" and "diet" not in row
    book = openpyxl.load_workbook(io.BytesIO(organiser.get(f"{DESK}/people.xlsx").data))
    names = {cell.value: cell.data_type for cell in book.worksheets[0]["B"]}
    assert names['=HYPERLINK("http://x.test")'] == "s"


def test_the_list_can_be_brought_back(organiser: FlaskClient) -> None:
    content = organiser.get(f"{DESK}/people.csv").data
    shown = html.unescape(upload(organiser, content).text)
    assert "That address has a place already." in shown


def test_the_kitchen_is_told_numbers_and_names(organiser: FlaskClient, moderator: FlaskClient) -> None:
    shown = page(organiser, "needs")
    assert "No nuts" in shown and "A seat in front" in shown
    (row,) = read_csv(organiser.get(f"{DESK}/needs.csv").data)
    assert row["diet"] == "No nuts"
    assert moderator.get(f"{DESK}/needs").status_code == 403


def test_badges_can_be_read_aloud_and_open_nothing(organiser: FlaskClient, client: FlaskClient) -> None:
    send(
        organiser,
        "people/b-hall",
        command="registration.edit",
        id="b-hall",
        name="Anna-Karin Västergötland",
        organisation="x",
    )
    answer = organiser.get(f"{DESK}/badges.pdf", headers={"Accept-Language": "sv"})
    assert answer.mimetype == "application/pdf" and b"/StructTreeRoot" in answer.data and b"pdfuaid" in answer.data
    read = " ".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(answer.data))
    assert "Anna-Karin" in read and "Västergötland" in read
    shown = page(client, "/b/b-hall")
    assert "here it opens nothing" in shown and "Anna-Karin" not in shown
    assert client.get("/b/nobody").status_code == 404


# ---- lists that are brought ------------------------------------------------------------------------------------------


def upload(client: FlaskClient, content: bytes, name: str = "list.csv") -> Any:
    """A file, in a form written by hand: the client would put a large one in a file of its own, and leave it open."""
    fields = {"csrf_token": token(client), "op": new_op(), "do": "read"}
    parts = [f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    parts.append(f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n')
    form = "".join(parts).encode() + content + b"\r\n--x--\r\n"
    return client.post(f"{DESK}/import", data=form, content_type="multipart/form-data; boundary=x", headers=EN)


def again(client: FlaskClient, shown: str, do: str, **more: str) -> Any:
    rows = html.unescape(re.search(r'name="rows" value="([^"]*)"', shown)[1])  # type: ignore[index]
    data = {"csrf_token": token(client), "op": new_op(), "do": do, "rows": rows, "name": "list.csv", **more}
    return client.post(f"{DESK}/import", data=data, content_type="multipart/form-data", headers=EN)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-16"])
def test_a_list_is_looked_through_before_anything_is_done(organiser: FlaskClient, world: World, encoding: str) -> None:
    rows = [
        HEAD,
        "Åsa Öst;asa@mail.test;Ale kommun;Fee web;",
        ";no-name@mail.test;;Fee web;",
        "Bo;bo@;;Fee web;",
        "C;c@x.test;;None;",
    ]
    before = world.dump()
    said = upload(organiser, "\r\n".join(rows).encode(encoding))
    shown = html.unescape(said.text)
    assert said.status_code == 200 and world.dump() == before
    assert "1 row can be registered." in shown and "3 rows cannot." in shown and "Åsa Öst" in shown
    for words in ("It is empty.", "That is not an e-mail address.", "There is no place that is called that."):
        assert words in shown
    bad = read_csv(again(organiser, said.text, "bad").data)
    assert [row["row"] for row in bad] == ["3", "4", "5"] and bad[1]["email"] == "bo@" and bad[2]["why"]
    assert world.dump() == before


def test_the_good_rows_are_taken_the_bad_ones_listed_and_all_undone(organiser: FlaskClient, world: World) -> None:
    rows = [HEAD] + [f"Person {n};p{n}@mail.test;Org;Fee web;Vegan" for n in range(250)] + ["X;x@;;Fee web;"]
    said = upload(organiser, "\n".join(rows).encode())
    went = again(organiser, said.text, "take")
    assert went.status_code == 303
    shown = page(organiser, went.headers["Location"])
    assert "250 people were registered." in shown and "1 row was not taken:" in shown and ">252<" in shown
    many = "SELECT count(*) FROM registration WHERE by = 'import' AND state = 'confirmed'"
    assert world.one(many) == 251  # one was there
    found = went.headers["Location"].partition("done=")[2]
    undone = organiser.post(
        "/m/here/do/registration.undo_import",
        data={"csrf_token": token(organiser), "op": new_op(), "id": found, "page": "desk/import"},
    )
    assert undone.status_code == 303 and world.one(many) == 1
    assert "Taken back." in page(organiser, "import")


def test_a_workbook_with_formulas_is_read_and_reckons_nothing(organiser: FlaskClient) -> None:
    made = openpyxl.Workbook()
    made.active.append(["Name", "E-mail", "Fee"])
    made.active.append(["=1+1", "f@mail.test", "Fee web"])
    made.active.append(["Sane", "s@mail.test", "Fee web"])
    packed = io.BytesIO()
    made.save(packed)
    shown = html.unescape(upload(organiser, packed.getvalue(), "list.xlsx").text)
    assert "1 row can be registered." in shown and "Sane" in shown and "=1+1" not in shown


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "There is nothing in the file."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "The file cannot be read."),
        (b"nothing;here\n1;2", "The first row must say what the columns are"),
        (b"Namn;E-post\n" + b"A;a@mail.test\n" * 2001, "There are more than 2,000 rows."),
        (b"Namn;E-post\n" + b"x" * 11_000_000, "The file is too large: 10 MB at most."),
    ],
)
def test_what_cannot_be_read_is_said(organiser: FlaskClient, world: World, content: bytes, says: str) -> None:
    before = world.one("SELECT count(*) FROM registration")
    said = upload(organiser, content)
    assert said.status_code in (413, 422) and says in html.unescape(said.text)
    assert world.one("SELECT count(*) FROM registration") == before


def test_nearly_ten_megabytes_are_taken(organiser: FlaskClient) -> None:
    rows = "".join(f"P {n};p{n}@mail.test;{'x' * 4900};Fee web;\n" for n in range(1990))
    said = upload(organiser, f"{HEAD}\n{rows}".encode())
    assert said.status_code == 200 and "1990 rows" in said.text


def test_rows_that_somebody_made_up_are_read_like_a_files(organiser: FlaskClient) -> None:
    for rows in ("", "[1]", '{"a": 1}', "[" * 3000, '[{"row": "x"}]'):
        data = {"csrf_token": token(organiser), "op": new_op(), "do": "take", "rows": rows}
        assert organiser.post(f"{DESK}/import", data=data, headers=EN).status_code == 422


# ---- invoices --------------------------------------------------------------------------------------------------------


def test_exports_hold_differences_and_their_sum_is_what_is_owed(organiser: FlaskClient) -> None:
    def export() -> list[dict[str, str]]:
        form = {"csrf_token": token(organiser), "op": new_op(), "page": "desk/invoices"}
        assert organiser.post("/m/here/do/registration.invoice", data=form).status_code == 303
        (id,) = re.findall(r"desk/invoices/([\w-]+)\.csv", page(organiser, "invoices"))[:1]
        return read_csv(organiser.get(f"{DESK}/invoices/{id}.csv").data)

    def ore(row: dict[str, str], name: str = "net") -> int:
        assert re.fullmatch(r"-?\d+,\d\d", row[name])
        return int(row[name].replace(",", ""))

    first = export()
    assert first and {row["kind"] for row in first} == {"line", "total"}
    for row in first:
        if row["kind"] == "total":
            same = ("payer", "orgnr", "rate", "currency")
            lines = [r for r in first if r["kind"] == "line" and all(r[name] == row[name] for name in same)]
            assert sum(map(ore, lines)) == ore(row) and ore(row) + ore(row, "vat") == ore(row, "gross")
    send(organiser, "people/b-hall", command="registration.cancel", id="b-hall", flags="charged letter")
    assert "taken back" in page(organiser, "invoices") or "\u2212900" in page(organiser, "invoices")
    second = export()
    assert [ore(row) for row in second if row["kind"] == "line"] == [-90_000]
    with reading() as db:
        all_nets = [total.net for one in lists.exports(db, HERE) for total in one.totals]
        assert sum(all_nets) == sum(total.net for total in lists.sums(db, HERE).totals)
    shown = page(organiser, "invoices")
    assert "Nothing has changed since the last export." in shown
    newest = re.findall(r"invoices/([\w-]+)\.xlsx", shown)[0]
    book = organiser.get(f"{DESK}/invoices/{newest}.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(book.data)).worksheets[0]
    assert -900 in [cell.value for row in sheet.iter_rows() for cell in row]
    assert organiser.get(f"{DESK}/invoices/nothing.csv").status_code == 404


# ---- the door --------------------------------------------------------------------------------------------------------


def test_a_moderator_ticks_people_off_and_reads_no_needs(moderator: FlaskClient) -> None:
    shown = page(moderator, "arrivals?only=absent")
    assert (
        'id="b-hall"' in shown
        and "people.csv" not in shown
        and "No nuts" not in shown
        and "A seat in front" not in shown
    )
    told: Any = moderator.get(f"{DESK}/arrivals.json").json
    assert set(told["people"][0]) == {"id", "number", "name", "organisation", "fee", "place", "state", "arrived_at"}
    form = {"csrf_token": token(moderator), "op": new_op(), "page": "desk/arrivals", "id": "b-hall"}
    assert moderator.post("/m/here/do/registration.arrive", data=form).status_code == 303
    assert 'id="b-hall"' in page(moderator, "arrivals?only=here")
    assert 'id="b-hall"' not in page(moderator, "arrivals?only=absent")
    form |= {"op": new_op()}
    assert moderator.post("/m/here/do/registration.undo_arrive", data=form).status_code == 303
    assert 'id="b-hall"' in page(moderator, "arrivals?only=absent")


def test_accents_are_no_hindrance_at_the_door(organiser: FlaskClient) -> None:
    send(organiser, "people/b-hall", command="registration.edit", id="b-hall", name="Åsa Öberg")
    assert 'id="b-hall"' in page(organiser, "arrivals?q=asa+oberg")


PEOPLE = [
    ("a", "Åsa Öberg", 12, "Lunds kommun"),
    ("b", "Anna-Karin Ek", 3, "Region Skåne"),
    ("c", "Johan Al", 120, "Ale kommun"),
    ("d", "Ali O'Neil", 4, ""),
]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        *[("asa", "a"), ("ÅSA", "a"), ("ober asa", "a"), ("karin", "b"), ("anna-k", "b"), ("skane", "b"), ("an", "b")],
        *[("al", "cd"), ("#12", "ac"), ("#120", "c"), ("a", "abcd"), ("k", "b"), ("l", "cd"), ("r", "ab")],
        *[("kommun", "ac"), ("ommun", "ac"), ("asa ek", ""), ("nobody", "")],
    ],
)
def test_who_is_sought_is_found_by_how_their_words_begin(typed: str, found: str) -> None:
    """As tests/js/arrivals.test.mjs says of those with a script."""
    guests = [{"id": id, "name": n, "number": number, "organisation": org} for id, n, number, org in PEOPLE]
    assert "".join(one["id"] for one in arrivals.sought(guests, typed)) == found
    assert arrivals.letters(guests) == ["A", "E", "J", "K", "O"]


def test_at_rest_the_door_shows_who_came_last_and_how_to_reach_the_others(moderator: FlaskClient) -> None:
    form = {"csrf_token": token(moderator), "op": new_op(), "page": "desk/arrivals", "id": "b-hall"}
    assert moderator.post("/m/here/do/registration.arrive", data=form).status_code == 303
    shown = page(moderator, "arrivals")
    latest = shown[shown.index('id="latest"') : shown.index("</ul>", shown.index('id="latest"'))]
    assert 'id="b-hall"' in latest and latest.count("<li") <= 3
    told: Any = moderator.get(f"{DESK}/arrivals.json").json
    placed = [one for one in told["people"] if one["state"] == "confirmed"]
    here = sum(1 for one in placed if one["arrived_at"])
    absent = sum(1 for one in placed if one["place"] == "hall" and not one["arrived_at"])
    assert f"<b>{here}</b> of {here + absent} here" in shown and f"Not come ({absent})" in shown


def test_who_cancelled_is_no_stranger_at_the_door(organiser: FlaskClient) -> None:
    send(organiser, "people/b-hall", command="registration.edit", id="b-hall", name="Åsa Öberg")
    send(organiser, "people/b-hall", command="registration.cancel", id="b-hall", flags="charged letter")
    shown = page(organiser, "arrivals?q=oberg")
    assert 'id="b-hall"' in shown and "Has cancelled" in shown and 'value="b-hall"' not in shown
    assert 'id="b-hall"' not in page(organiser, "arrivals?only=absent")


def test_a_walk_in_came_when_the_phone_says(moderator: FlaskClient) -> None:
    def come(name: str, at: dt.datetime) -> dt.datetime:
        form = {"csrf_token": token(moderator), "op": new_op(), "page": "desk/arrivals", "name": name}
        form["at"] = at.isoformat()
        assert moderator.post("/m/here/do/registration.walk_in", data=form).status_code == 303
        told: Any = moderator.get(f"{DESK}/arrivals.json").json
        (one,) = (one for one in told["people"] if one["name"] == name)
        return dt.datetime.fromisoformat(one["arrived_at"])

    now = dt.datetime.now(dt.UTC)
    assert come("Early", now - dt.timedelta(minutes=40)) == (now - dt.timedelta(minutes=40)).replace(
        microsecond=now.microsecond // 1000 * 1000
    )
    assert abs(come("Of tomorrow", now + dt.timedelta(days=1)) - now) < dt.timedelta(minutes=1), "its clock is wrong"


def test_the_camera_is_allowed_at_the_door_alone(organiser: FlaskClient) -> None:
    assert "camera=(self)" in organiser.get(f"{DESK}/arrivals").headers["Permissions-Policy"]
    assert "camera=()" in organiser.get(f"{DESK}/people").headers["Permissions-Policy"]


def test_who_is_not_on_the_list_is_let_in(moderator: FlaskClient) -> None:
    form = {"csrf_token": token(moderator), "op": new_op(), "page": "desk/arrivals", "name": "Walked In"}
    assert moderator.post("/m/here/do/registration.walk_in", data=form).status_code == 303
    assert "Walked In" in page(moderator, "arrivals?only=here")
