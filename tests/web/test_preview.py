"""What a step would lead to: who may ask, what is said of it, and clear words for what cannot be."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from hybridmote.ahead import nearest
from tests.matrix.world import PEOPLE, World
from tests.web.conftest import csrf

Browsers = Callable[[str], FlaskClient]
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def ask(browser_of: Browsers) -> Callable[..., Any]:
    client = browser_of("moderator")

    def asked(status: int = 200, **query: Any) -> Any:
        answer = client.get("/m/here/programme/preview", query_string=query, headers=ENGLISH)
        assert answer.status_code == status, answer.text
        return answer.json

    return asked


@pytest.mark.parametrize(("who", "status"), [("web", 403), ("speaker", 403), ("organiser", 200), ("moderator", 200)])
def test_staff_may_ask_and_nobody_else(browser_of: Browsers, who: str, status: int) -> None:
    answer = browser_of(who).get("/m/here/programme/preview?do=extend&item=i-talk&minutes=10")
    assert answer.status_code == status
    assert answer.is_json, "a program is told in its own language"


def test_strangers_and_staff_of_another_meeting_are_not_answered(client: FlaskClient) -> None:
    path = "/m/here/programme/preview?do=finish"
    assert client.get(path).status_code == 401
    theirs = client.get(path, headers={"Authorization": f"Bearer {PEOPLE['their_moderator'].token}"})
    assert theirs.status_code == 401
    here = client.get(path, headers={"Authorization": f"Bearer {PEOPLE['moderator'].token}"})
    assert here.status_code == 200


BAD: list[tuple[int, str, dict[str, Any]]] = [
    (422, "do", {}),
    (422, "do", {"do": "explode"}),
    (422, "minutes", {"do": "extend", "item": "i-talk"}),
    (422, "minutes", {"do": "extend", "item": "i-talk", "minutes": -5}),
    (422, "minutes", {"do": "extend", "item": "i-talk", "minutes": 0}),
    (422, "minutes", {"do": "more", "item": "i-talk", "minutes": 241}),
    (422, "minutes", {"do": "more", "item": "i-talk", "minutes": "10**9"}),
    (422, "item", {"do": "start", "item": "<script>"}),
    (404, "item", {"do": "start", "item": "i-nowhere"}),
    (404, "item", {"do": "start", "item": "i-their_talk"}),
    (404, "item", {"do": "start", "item": "i-removed"}),
    (422, "track", {"do": "next", "track": "another"}),
    (404, "cue", {"do": "correct", "cue": "c-nowhere", "time": "10:00"}),
    (422, "time", {"do": "correct", "cue": "c-talk-on"}),
    (422, "time", {"do": "correct", "cue": "c-talk-on", "time": "25:00"}),
    (422, "time", {"do": "correct", "cue": "c-talk-on", "time": "soon"}),
    (422, "at", {"do": "correct", "cue": "c-talk-on", "at": "2026-01-01T10:00"}),
    (422, "haste", {"do": "finish", "haste": "1"}),
]


@pytest.mark.parametrize(("status", "field", "query"), BAD, ids=[f"{b[1]}-{n}" for n, b in enumerate(BAD)])
def test_what_is_wrong_is_said_with_its_field(
    ask: Callable[..., Any], status: int, field: str, query: dict[str, Any]
) -> None:
    said = ask(status, **query)
    assert said["field"] == field and said["title"] and said["detail"]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({"do": "extend", "item": "i-coffee", "minutes": 5}, "It is not on now."),
        ({"do": "start", "item": "i-talk"}, "It is on already."),
        ({"do": "start", "item": "i-welcome"}, "It is over already."),
        ({"do": "start", "item": "i-dropped"}, "It is cancelled."),
        ({"do": "correct", "cue": "c-talk-on", "at": "2199-01-01T10:00:00Z"}, "That time has not come yet."),
    ],
)
def test_what_the_rules_refuse_is_refused_in_their_words(
    ask: Callable[..., Any], query: dict[str, Any], why: str
) -> None:
    assert ask(409, **query)["detail"] == why


def test_more_time_says_what_moves_and_what_is_kept_and_changes_nothing(ask: Callable[..., Any], world: World) -> None:
    before = world.dump()
    told = ask(do="extend", item="i-talk", minutes=15)
    assert world.dump() == before
    assert told["command"]["name"] == "programme.extend"
    assert told["command"]["payload"] == {"item": "i-talk", "minutes": 15, "expected_version": world.version()}
    coffee = next(one for one in told["shifts"] if one["item"] == "i-coffee")
    assert coffee["promised"] and coffee["before"]["start"] < coffee["after"]["start"]
    line = next(one for one in told["lines"] if one["item"] == "i-coffee")
    assert line["broken"] and "not kept" in line["words"]
    assert "Item i-lunch" in told["kept"] and "is kept" in told["kept"]


def test_what_is_foreseen_is_what_comes(ask: Callable[..., Any], world: World) -> None:
    for query in ({"do": "more", "item": "i-talk", "minutes": 10}, {"do": "next"}, {"do": "finish"}, {"do": "break"}):
        world.reset()
        told = ask(**query)
        world.did("moderator", told["command"]["name"], **told["command"]["payload"])
        rows = world.all("SELECT id, expected_start FROM item")
        starts = {id: dt.datetime.fromisoformat(str(at)).replace(tzinfo=dt.UTC) for id, at in rows if at}
        for shift in told["shifts"]:
            after = dt.datetime.fromisoformat(shift["after"]["start"])
            assert abs(starts[shift["item"]] - after) <= dt.timedelta(minutes=1), (query, shift)


def test_more_time_counts_from_now_when_the_end_has_passed(ask: Callable[..., Any], world: World) -> None:
    world.write(
        "UPDATE item SET planned_start = :a, planned_end = :b WHERE id = 'i-talk'",
        a=str(world.now - dt.timedelta(minutes=60))[:19],
        b=str(world.now - dt.timedelta(minutes=42))[:19],
    )
    minutes = ask(do="more", item="i-talk", minutes=5)["command"]["payload"]["minutes"]
    since = (dt.datetime.now(dt.UTC) - world.now).total_seconds() / 60
    assert 18 <= minutes - since <= 21  # it had eighteen minutes, began 32 ago, and goes on for five


def test_coffee_early_says_what_is_passed_over(ask: Callable[..., Any], world: World) -> None:
    told = ask(do="start", item="i-lunch")
    assert told["command"]["payload"]["item"] == "i-lunch"
    assert "Item i-talk ends now." in told["first"]
    assert "Item i-second_talk is passed over." in told["first"] and "Item i-coffee is passed over." in told["first"]
    assert ask(do="break")["item"] == "i-coffee"
    world.write("UPDATE item SET kind = 'talk' WHERE kind = 'break'")
    assert ask(409, do="break")["detail"] == "No break is left today."


def test_a_corrected_time_is_the_nearest_by_the_meetings_clock(ask: Callable[..., Any], world: World) -> None:
    was = world.now - dt.timedelta(minutes=32)
    zone = ZoneInfo(world.one("SELECT timezone FROM meeting WHERE id = 'm-here'"))
    at = was - dt.timedelta(minutes=1)
    told = ask(do="correct", cue="c-talk-on", time=at.astimezone(zone).strftime("%H:%M"))
    assert dt.datetime.fromisoformat(told["command"]["payload"]["at"]) == at
    assert told["button"] == f"Change to {at.astimezone(zone):%H.%M}"
    assert told["first"]


YEARS = dt.datetime.fromisoformat("2024-01-01"), dt.datetime.fromisoformat("2028-01-01")
ZONES = ["Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]


@given(
    st.datetimes(*YEARS, timezones=st.just(dt.UTC)),
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(ZONES),
)
def test_the_nearest_is_at_most_half_a_day_away_and_shows_that_time(
    was: dt.datetime, hour: int, minute: int, name: str
) -> None:
    zone = ZoneInfo(name)
    found = nearest(f"{hour}:{minute:02}", was, zone)
    assert abs(found - was) <= dt.timedelta(hours=13)
    shown = found.astimezone(zone)
    skipped = abs(shown.replace(tzinfo=None) - shown.replace(tzinfo=None, hour=hour, minute=minute))
    assert (shown.hour, shown.minute) == (hour, minute) or skipped <= dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("was", "time", "found"),
    [
        ("2026-03-12T00:05+01:00", "23:58", "2026-03-11T23:58+01:00"),
        ("2026-03-11T23:55+01:00", "00.03", "2026-03-12T00:03+01:00"),
        ("2026-10-25T02:50+02:00", "2:40", "2026-10-25T02:40+02:00"),  # the hour that comes twice: the nearer of them
        ("2026-10-25T02:50+01:00", "2:40", "2026-10-25T02:40+01:00"),
    ],
)
def test_over_midnight_and_in_the_hour_that_comes_twice(was: str, time: str, found: str) -> None:
    assert nearest(time, dt.datetime.fromisoformat(was), ZoneInfo("Europe/Stockholm")) == dt.datetime.fromisoformat(
        found
    )


# ---- the same without a script ----


def test_the_page_shows_the_step_and_its_button_does_it(browser_of: Browsers, world: World) -> None:
    client = browser_of("moderator")
    page = client.get("/m/here/moderate?do=more&item=i-talk&minutes=10", headers=ENGLISH).text
    assert 'id="step"' in page and "10 more minutes for Item i-talk?" in page and "Give 10 min" in page
    assert 'action="/m/here/do/programme.extend"' in page
    for query, words in (
        ("do=more&item=i-talk&minutes=-5", "Write how many minutes, 1 to 240."),
        ("do=more&item=i-coffee&minutes=5", "It is not on now."),
        ("do=start&item=nowhere", "That cannot be done now"),
        ("do=correct", "Correct a time"),
        ("do=correct&cue=c-talk-on", "Show what it leads to"),
        ("do=dance", "That cannot be done now"),
        ("ready=3", "We go on in two minutes."),
        ("ready=-1", "Short word"),
        ("ready=no", "Short word"),
        ("track=nowhere", "To review"),
    ):
        answer = client.get(f"/m/here/moderate?{query}", headers=ENGLISH)
        assert answer.status_code == 200 and words in answer.text, query


def test_who_comes_too_late_sees_the_step_anew(browser_of: Browsers, world: World) -> None:
    client = browser_of("moderator")
    old = world.version()
    world.did("second_moderator", "programme.extend", item="i-talk", minutes=5, expected_version=old)
    form = {"csrf_token": csrf(client, "/m/here/moderate"), "op": str(uuid4())}
    form |= {"page": "moderate", "item": "i-talk", "minutes": "10", "expected_version": str(old)}
    answer = client.post("/m/here/do/programme.extend", data=form, headers=ENGLISH)
    assert answer.status_code == 409
    assert "Somebody was faster" in answer.text and "10 more minutes for Item i-talk?" in answer.text
    assert f'name="expected_version" value="{old + 1}"' in answer.text


def test_a_notice_is_sent_taken_down_and_what_is_refused_stands_in_its_field(
    browser_of: Browsers, world: World
) -> None:
    client = browser_of("moderator")

    def send(command: str, **fields: str) -> Any:
        form = {"csrf_token": csrf(client, "/m/here/moderate"), "op": str(uuid4())}
        return client.post(f"/m/here/do/{command}", data=form | {"page": "moderate"} | fields, headers=ENGLISH)

    sent = send("notice.send", text="Ljudet kommer.", to="all", minutes="5", anchor="notices")
    assert sent.status_code == 303 and sent.location.endswith("/moderate#notices")
    id = world.one("SELECT id FROM notice WHERE text = 'Ljudet kommer.'")
    assert "Ljudet kommer." in client.get("/m/here/moderate").text
    assert send("notice.clear", id=id, anchor="notices").status_code == 303
    assert world.one("SELECT cleared FROM notice WHERE id = :id", id=id)
    long = "Långt " * 60
    refused = send("notice.send", text=long, to="hall", minutes="5")
    assert refused.status_code == 422
    assert long.strip() in refused.text and 'id="notice-wrong"' in refused.text
    unknown = send("screen.pair", code="QQ9999", use="lectern", name="Stora salen")
    assert unknown.status_code == 422
    assert 'id="pair-wrong"' in unknown.text and 'value="QQ9999"' in unknown.text and "Stora salen" in unknown.text
