"""The programme as iCalendar, read back by another library than the one that wrote it, and line by line."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
import structlog
import vobject
from flask import Flask
from flask.testing import FlaskClient

from hybridmote.log import redact
from tests.matrix.world import PEOPLE, World

WHOLE = "/m/here/programme.ics"
Browser = Callable[[str], FlaskClient]


def read(text: str) -> Any:
    """The one calendar in it, strictly: CRLF, lines of at most 75 octets, every BEGIN with its END (RFC 5545 3.1)."""
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    open_parts = []
    for line in re.sub(r"\r\n[ \t]", "", text).split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        assert re.fullmatch(r'[A-Z0-9-]+(;[A-Z0-9-]+=("[^"]*"|[^";:,]*))*', name), line
        if name == "BEGIN":
            open_parts.append(value)
        elif name == "END":
            assert open_parts.pop() == value
    assert not open_parts
    return vobject.readOne(text)


def events(text: str) -> dict[str, Any]:
    return {event.uid.value.partition("@")[0]: event for event in read(text).vevent_list}


def test_the_whole_programme_is_open_to_everyone_as_its_page_is(client: FlaskClient, world: World) -> None:
    answer = client.get(WHOLE)
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    calendar = read(answer.text)
    assert calendar.version.value == "2.0" and "hybridmote" in calendar.prodid.value
    for name in ("name", "x-wr-calname"):
        assert calendar.contents[name][0].value == "The meeting here"
    assert (calendar.refresh_interval.value, calendar.refresh_interval.params) == ("PT5M", {"VALUE": ["DURATION"]})
    assert calendar.url.value.endswith("/m/here") and calendar.x_wr_timezone.value == "Europe/Stockholm"
    assert client.get("/m/nowhere/programme.ics").status_code == 404
    told = events(answer.text)
    timed = "SELECT id FROM item WHERE meeting_id = 'm-here' AND NOT removed AND planned_start IS NOT NULL"
    assert set(told) == {row[0] for row in world.all(timed)}, "what has no time of its own is a line in its parent"
    assert "– Item i-discussion" in told["i-talk"].description.value


def test_times_are_those_expected_and_the_planned_ones_are_told(client: FlaskClient, world: World) -> None:
    before = events(client.get(WHOLE).text)["i-second_talk"]
    assert before.dtstart.value == world.now + dt.timedelta(minutes=20)
    assert "Planned for" not in before.description.value and "Planerat" not in before.description.value
    world.did("moderator", "programme.extend", item="i-talk", minutes=60, expected_version=3)
    after = events(client.get(WHOLE).text)["i-second_talk"]
    expected = world.one("SELECT expected_start FROM item WHERE id = 'i-second_talk'")
    assert str(after.dtstart.value.replace(tzinfo=None))[:16] == str(expected)[:16]
    assert after.dtstart.value > before.dtstart.value and after.dtend.value > after.dtstart.value
    assert after.dtstart.value.utcoffset() == dt.timedelta(0)
    planned = before.dtstart.value.astimezone(dt.timezone(dt.timedelta(hours=1)))
    assert re.search(r"Planerat till \d\d\.\d\d–\d\d\.\d\d\.", after.description.value)
    assert planned.strftime(".%M–") in after.description.value


def test_the_same_event_keeps_its_name_and_its_sequence_rises(client: FlaskClient, world: World) -> None:
    def told() -> dict[str, tuple[int, dt.datetime]]:
        return {id: (int(e.sequence.value), e.last_modified.value) for id, e in events(client.get(WHOLE).text).items()}

    before = told()
    world.did("moderator", "programme.extend", item="i-talk", minutes=60, expected_version=3)
    after = told()
    assert before.keys() == after.keys()
    moved = {id for id in after if after[id] != before[id]}
    assert {"i-talk", "i-second_talk"} <= moved and "i-welcome" not in moved
    for id in moved:
        assert after[id][0] > before[id][0] and after[id][1] >= before[id][1]
    assert all(e.dtstamp.value == e.last_modified.value for e in events(client.get(WHOLE).text).values())


def test_what_is_cancelled_says_so_and_what_was_removed_is_gone(client: FlaskClient, world: World) -> None:
    told = events(client.get(WHOLE).text)
    assert {e.status.value for id, e in told.items() if id != "i-dropped"} == {"CONFIRMED"}
    assert told["i-dropped"].status.value == "CANCELLED" and told["i-dropped"].summary.value.startswith("Inställt: ")
    assert "i-removed" not in told
    world.write("UPDATE item SET cancelled = :yes WHERE id = 'i-talk'", yes=True)
    assert events(client.get(WHOLE).text)["i-talk"].status.value == "CANCELLED"


def test_parts_with_times_stand_for_their_whole(client: FlaskClient, world: World) -> None:
    planned = "planned_start, planned_end, expected_start, expected_end"
    world.write(
        f"UPDATE item SET parent_id = 'i-lunch', attendance = 'both', ({planned}) = "
        f"(SELECT {planned} FROM item AS other WHERE other.id = 'i-lunch') WHERE id = 'i-dropped'"
    )
    told = events(client.get(WHOLE).text)
    assert {"i-lunch", "i-dropped"} <= set(told), "a part that is cancelled does not stand for anything"
    world.write("UPDATE item SET cancelled = :no WHERE id = 'i-dropped'", no=False)
    told = events(client.get(WHOLE).text)
    assert "i-lunch" not in told and "Del av: Item i-lunch" in told["i-dropped"].description.value
    world.write("UPDATE item SET cancelled = :yes, attendance = 'hall' WHERE id = 'i-lunch'", yes=True)
    told = events(client.get(WHOLE).text)
    assert told["i-dropped"].status.value == "CANCELLED", "with what it is part of"
    assert told["i-dropped"].location.value == "Bara i salen: The hall", "as what it is part of"


WILD = [
    'Semicolon; comma, back\\slash "quotes" and a colon:',
    "x" * 200,
    "å" * 100 + "👩‍👩‍👧‍👦" * 20,
    "BEGIN:VEVENT",
    "\\n is not a new line",
    "مرحبا",
]


@pytest.mark.parametrize("text", WILD)
def test_texts_come_through_as_they_were_written(client: FlaskClient, world: World, text: str) -> None:
    world.write("UPDATE item SET title = :t, description = :d WHERE id = 'i-lunch'", t=text, d=f"{text}\n\n{text}")
    world.write("UPDATE meeting SET title = :t, place = :t WHERE id = 'm-here'", t=text)
    answer = client.get(WHOLE)
    lunch = events(answer.text)["i-lunch"]
    assert lunch.summary.value == text and lunch.location.value == text
    assert f"{text}\n\n{text}" in lunch.description.value
    assert len(events(answer.text)) == len(read(answer.text).vevent_list)


def test_an_event_that_ends_as_it_begins_has_no_end(client: FlaskClient, world: World) -> None:
    world.write("UPDATE item SET expected_end = expected_start WHERE id = 'i-lunch'")
    assert not hasattr(events(client.get(WHOLE).text)["i-lunch"], "dtend")


def test_where_one_goes_and_who_speaks(client: FlaskClient, world: World) -> None:
    world.write("UPDATE item SET attendance = 'hall', track = 'Sal A' WHERE id = 'i-lunch'")
    world.write("UPDATE item SET attendance = 'web' WHERE id = 'i-coffee'")
    told = events(client.get(WHOLE).text)
    assert told["i-lunch"].location.value == "Bara i salen: Sal A, The hall"
    assert told["i-coffee"].location.value == "Bara över webben"
    assert told["i-second_talk"].location.value == "The hall"
    assert "I salen" in told["i-lunch"].categories.value and "Bara för dem" in told["i-lunch"].description.value
    name = world.one("SELECT name FROM speaker WHERE item_id = 'i-talk' ORDER BY position LIMIT 1")
    assert not name or name in told["i-talk"].description.value
    assert {e.transp.value for e in told.values()} == {"TRANSPARENT"}, "a programme takes nobody's time"


def test_the_words_are_in_the_meetings_language_whoever_asks(client: FlaskClient, world: World) -> None:
    for language, words in (("sv", "Inställt: Item i-dropped"), ("en", "Cancelled: Item i-dropped")):
        world.write("UPDATE meeting SET language = :l WHERE id = 'm-here'", l=language)
        answer = client.get(WHOLE, headers={"Accept-Language": "de, en;q=0.5, sv;q=0.4"})
        assert events(answer.text)["i-dropped"].summary.value == words


def test_who_asks_again_gets_it_only_when_it_has_changed(client: FlaskClient, world: World) -> None:
    first = client.get(WHOLE)
    assert first.headers["Cache-Control"] == "public, max-age=60" and "Set-Cookie" not in first.headers
    again = client.get(WHOLE, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"") and again.headers["ETag"] == first.headers["ETag"]
    world.did("moderator", "programme.extend", item="i-talk", minutes=60, expected_version=3)
    changed = client.get(WHOLE, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200 and changed.headers["ETag"] != first.headers["ETag"]


def test_several_days_and_both_changes_of_the_clocks(client: FlaskClient, world: World) -> None:
    for day in (dt.datetime(2027, 3, 28, 0, 30, tzinfo=dt.UTC), dt.datetime(2027, 10, 31, 0, 30, tzinfo=dt.UTC)):
        ends = day + dt.timedelta(hours=2)
        for column, at in (("start", day), ("end", ends)):
            value = at.replace(tzinfo=None).isoformat(" ") + ".000000"
            world.write(f"UPDATE item SET planned_{column} = :v, expected_{column} = :v WHERE id = 'i-lunch'", v=value)
        lunch = events(client.get(WHOLE).text)["i-lunch"]
        assert (lunch.dtstart.value, lunch.dtend.value) == (day, ends)


# One person's


def address_of(browser: FlaskClient) -> str:
    """The path of somebody's calendar, as their page offers it."""
    page = browser.get("/m/here/live").text
    (https,) = re.findall(r'href="https?://[^"/]+(/m/here/calendar/[^"]+\.ics)"', page)
    assert re.search(rf'href="webcal://[^"/]+{re.escape(https)}"', page)
    return str(https)


@pytest.mark.parametrize("key", ["web", "hall", "quiet", "speaker", "moderator"])
def test_a_persons_calendar_holds_what_is_for_where_they_are(
    app: Flask, browser_of: Browser, world: World, key: str
) -> None:
    world.write("UPDATE item SET attendance = 'hall' WHERE id = 'i-lunch'")
    world.write("UPDATE item SET attendance = 'web' WHERE id = 'i-coffee'")
    path = address_of(browser_of(key))
    answer = app.test_client().get(path)
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, max-age=60" and answer.headers["ETag"]
    told = events(answer.text)
    here = PEOPLE[key].attendance
    assert ("i-lunch" in told) == (here != "web") and ("i-coffee" in told) == (here != "hall")
    assert "i-second_talk" in told
    assert told["i-second_talk"].transp.value == "OPAQUE" and told["i-second_talk"].url.value.endswith("/m/here/live")
    assert f"\r\nNAME:The meeting here\\, för The {key}\r\n" in answer.text
    assert PEOPLE[key].token not in path and PEOPLE[key].token not in answer.text


def test_those_who_speak_find_their_own_items_marked(app: Flask, browser_of: Browser, world: World) -> None:
    own = {row[0] for row in world.all("SELECT item_id FROM speaker WHERE participant_id = :p", p=PEOPLE["speaker"].id)}
    assert own
    world.write("UPDATE item SET attendance = 'web' WHERE id = :i", i=min(own))
    told = events(app.test_client().get(address_of(browser_of("speaker"))).text)
    marked = {id for id, event in told.items() if event.summary.value.startswith("Du talar: ")}
    assert marked == own & set(told) and min(own) in marked, "also where others would not have to be"


def test_it_dies_with_the_way_in_and_opens_nothing_else(app: Flask, browser_of: Browser, world: World) -> None:
    path = address_of(browser_of("web"))
    token = path.rpartition("/")[2].removesuffix(".ics")
    stranger = app.test_client()
    assert stranger.get(path).status_code == 200
    assert stranger.get(path.replace("/here/", "/there/")).status_code == 404
    assert stranger.get(f"/j/{token}").status_code == 404
    state = stranger.get("/api/v1/m/here/state", headers={"Authorization": f"Bearer {token}"})
    assert state.status_code == 401
    world.did("organiser", "person.revoke", person=PEOPLE["web"].id)
    assert stranger.get(path).status_code == 404


def test_an_account_has_one_too_until_its_stamp_changes(app: Flask, client: FlaskClient, world: World) -> None:
    with client.session_transaction() as session:
        session["account"] = ["a-second_moderator", "stamp-of-second_moderator"]
    path = address_of(client)
    assert app.test_client().get(path).status_code == 200
    world.write("UPDATE account SET stamp = 'another' WHERE id = 'a-second_moderator'")
    assert app.test_client().get(path).status_code == 404


@pytest.mark.parametrize(
    "token", ["x", "the-link-of-web", "W10.x", "%00", "a" * 3000, "é", ".", "WyJwLXdlYiIsImctd2ViIl0"]
)
def test_what_is_not_signed_here_opens_nothing(client: FlaskClient, token: str) -> None:
    assert client.get(f"/m/here/calendar/{token}.ics").status_code == 404


def test_another_purposes_signature_does_not_do(app: Flask, client: FlaskClient) -> None:
    from itsdangerous import URLSafeSerializer

    way = ("p-web", "g-web")
    with app.app_context():
        key = app.config["SECRET_KEY"]
    for salt, status in (("calendar", 200), ("cookie-session", 404), ("itsdangerous", 404)):
        assert client.get(f"/m/here/calendar/{URLSafeSerializer(key, salt=salt).dumps(way)}.ics").status_code == status
    for odd in ("p-web", ["p-web"], {"p": 1}, None, 7, ["p-hall", "g-web"], ["p-web", "g-gone"], [[], {}]):
        token = URLSafeSerializer(key, salt="calendar").dumps(odd)
        assert client.get(f"/m/here/calendar/{token}.ics").status_code == 404


def test_the_log_never_holds_the_token() -> None:
    entry: Any = {
        "event": "request",
        "path": "/m/here/calendar/WyJwLTEi.abc-DEF_1.ics",
        "text": "GET /m/x/calendar/y.z",
    }
    told = redact(structlog.get_logger(), "info", entry)
    assert told["path"] == "/m/here/calendar/…" and told["text"] == "GET /m/x/calendar/…"


def test_a_screen_has_no_calendar(browser_of: Browser) -> None:
    assert "webcal:" not in browser_of("screen").get("/m/here/live").text
