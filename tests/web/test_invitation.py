"""A meeting's first page: what it says before, during and after, to people and to the programs that read pages."""

import datetime as dt
import json
import re
import struct
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from hybridmote.db import Base
from hybridmote.invitation import countdown
from hybridmote.meetings.store import Meeting, MeetingText, TextStep
from hybridmote.registration.store import Fee, Rules
from tests.matrix.world import HERE, World

PAGE = "/m/here"
ZONE = ZoneInfo("Europe/Stockholm")
SV, EN = {"Accept-Language": "sv"}, {"Accept-Language": "en"}


def move(world: World, **by: float) -> dt.datetime:
    """The meeting begins so long from now, and lasts eight hours. Returns when."""
    starts = world.now + dt.timedelta(**by)
    with Session(world.engine) as session:
        meeting = session.get_one(Meeting, HERE)
        meeting.starts, meeting.ends = starts, starts + dt.timedelta(hours=8)
        session.commit()
    return starts


def registering(world: World, fees: list[dict[str, Any]] | None = None, **rules: Any) -> None:
    """These fees and these rules, and nobody registered."""
    with Session(world.engine) as session:
        for table in ("registration_needs", "transfer_key", "transfer", "registration", "invoice_line", "fee"):
            session.execute(delete(Base.metadata.tables[table]))
        session.execute(delete(Rules))
        if fees is not None:
            given = {"opens": None, "deadline": world.now + dt.timedelta(days=10), "waiting_list": False} | rules
            session.add(Rules(id=HERE, meeting_id=HERE, binding={"en": "It is binding."}, **given))
            for number, fee in enumerate(fees):
                more = {"name": {"sv": f"Avgift {number}", "en": f"Fee {number}"}, "price": 90_000, "place": "hall"}
                session.add(Fee(id=f"f-{number}", meeting_id=HERE, position=number, **(more | fee)))
        session.commit()


def write(world: World, field: str, language: str, text: str) -> None:
    with Session(world.engine) as session:
        id = f"x-{field}-{language}"
        told = {"id": id, "meeting_id": HERE, "field": field, "language": language, "text": text, "at": world.now}
        session.add(MeetingText(**told))
        session.flush()
        session.add(TextStep(text_id=id, number=0, meeting_id=HERE, text=text, at=world.now))
        session.commit()


def told(client: FlaskClient, **more: Any) -> dict[str, Any]:
    """The page's structured data."""
    page = client.get(PAGE, **more).text
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    said: dict[str, Any] = json.loads(found)
    return said


def door(page: str) -> str:
    """What is said and offered at the entrance, in one line."""
    section = page.partition('id="door"')[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", section).split())


# ---- to people -------------------------------------------------------------------------------------------------------


def test_before_it_says_when_where_what_it_costs_until_when_and_how_to_register(
    client: FlaskClient, world: World
) -> None:
    move(world, days=30)
    registering(world, [{"price": 120_000}, {"price": 90_050, "place": "web"}, {"price": 0}])
    page = client.get(PAGE, headers=EN).text
    said = door(page)
    assert "The hall" in said and "Last day" in said and "10 days left" in said and "It is binding." in said
    assert "SEK" in said and "1,200" in said
    assert re.search(r'href="/m/here/register">Register<', page) and "/m/here/check" in page
    assert "900.50" in page and "Excluding VAT, 25 per cent." in page


@pytest.mark.parametrize(
    ("fees", "rules", "offers", "says"),
    [
        ([{}], {}, True, "Register"),
        ([{}], {"opens": 1}, False, "Registration opens"),
        ([{}], {"deadline": -1}, False, "Registration is closed."),
        ([{}], {"deadline": -1, "waiting_list": True}, True, "The last day has passed. You can wait"),
        ([{"capacity": 0}], {}, False, "All places are taken."),
        ([{"capacity": 0}], {"waiting_list": True}, True, "All places are taken. You can wait"),
        ([{"capacity": 0}, {}], {}, True, "Register"),
        ([{"open": False}], {}, False, "Registration is closed."),
        (None, {}, False, "You enter with your personal link."),
    ],
)
def test_what_can_be_done_follows_the_rules(
    client: FlaskClient, world: World, fees: Any, rules: dict[str, Any], offers: bool, says: str
) -> None:
    move(world, days=30)
    for name in ("opens", "deadline"):
        if name in rules:
            rules = rules | {name: world.now + dt.timedelta(days=rules[name])}
    registering(world, fees, **rules)
    page = client.get(PAGE, headers=EN).text
    assert ('href="/m/here/register"' in page) == offers
    assert says in door(page)


def test_during_one_enters_and_after_it_is_an_archive(
    client: FlaskClient, browser_of: Callable[[str], FlaskClient], world: World
) -> None:
    registering(world, [{}])
    during = client.get(PAGE, headers=EN).text
    assert "Item i-talk" in during and re.search(r'btn--main btn--wide" href="/m/here/join">Enter the meeting<', during)
    assert 'class="btn" href="/m/here/register"' in during, "who has not registered still can"
    assert 'href="/m/here/live">Follow and ask<' in browser_of("hall").get(PAGE, headers=EN).text
    move(world, days=-3)
    after = client.get(PAGE, headers=EN).text
    assert "The meeting is over." in door(after) and "/register" not in after and 'id="fees"' not in after
    assert ">Look back<" in browser_of("hall").get(PAGE, headers=EN).text


def test_who_waits_for_a_place_is_led_to_it_and_not_into_the_meeting(
    browser_of: Callable[[str], FlaskClient], world: World
) -> None:
    page = browser_of("waits").get(PAGE, headers=EN).text
    assert 'href="/m/here/place"' in page and 'href="/m/here/live"' not in page


def test_its_words_come_in_the_readers_language_and_else_in_the_other(client: FlaskClient, world: World) -> None:
    write(world, "audience", "sv", "För **alla** <script>alert(1)</script> [här](javascript:alert(1))")
    write(world, "practical", "sv", "Mat finns.")
    write(world, "practical", "en", "There is food.")
    english, swedish = (client.get(PAGE, headers=one).text for one in (EN, SV))
    assert "There is food." in english and "Mat finns." not in english and "Mat finns." in swedish
    assert re.search(r'class="inv__prose" lang="sv"><p>För <strong>alla</strong>', english)
    assert 'lang="sv"' not in swedish.partition("<strong>alla")[0][-60:]
    for page in (english, swedish):
        assert "<script>alert" not in page and 'href="javascript' not in page


def test_each_item_says_which_fees_open_it_where_not_all_do(client: FlaskClient, world: World) -> None:
    move(world, days=30)
    fees = [{"items": ["i-talk"]}, {"items": []}, {"place": "web", "name": {"sv": "Webben"}}]
    registering(world, fees)
    page = client.get(PAGE, headers=EN).text
    rows = {name: row for row in re.findall(r"<li.*?</li>", page, re.S) for name in re.findall(r"Item (i-\w+)", row)}
    assert "For:" not in rows["i-talk"]
    assert "Fee 0" not in rows["i-coffee"] and "Fee 1" in rows["i-coffee"] and "Webben" in rows["i-coffee"]
    assert "For:" not in rows["i-discussion"], "a part is opened with what it is part of"


AT = dt.datetime(2026, 3, 10, 12, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("until", "says"),
    [
        (dt.datetime(2026, 3, 10, 12, 0, tzinfo=ZONE), ""),
        (dt.datetime(2026, 3, 10, 12, 0, 30, tzinfo=ZONE), "1 minute left"),
        (dt.datetime(2026, 3, 10, 12, 59, tzinfo=ZONE), "59 minutes left"),
        (dt.datetime(2026, 3, 10, 13, 0, tzinfo=ZONE), "1 hour left"),
        (dt.datetime(2026, 3, 11, 0, 0, tzinfo=ZONE), "12 hours left"),
        (dt.datetime(2026, 3, 11, 0, 1, tzinfo=ZONE), "1 day left"),
        (dt.datetime(2026, 3, 12, 0, 0, tzinfo=ZONE), "1 day left"),
        (dt.datetime(2026, 3, 13, 0, 0, tzinfo=ZONE), "2 days left"),
        (dt.datetime(2026, 3, 30, 0, 0, tzinfo=ZONE), "19 days left"),  # over the change of the clocks
    ],
)
def test_days_are_counted_by_the_meetings_own_calendar(app: Any, until: dt.datetime, says: str) -> None:
    with app.test_request_context(headers=EN):
        assert countdown(until, AT, "Europe/Stockholm") == says
        assert countdown(until.astimezone(dt.UTC), AT.astimezone(dt.UTC), "Europe/Stockholm") == says


# ---- to programs -----------------------------------------------------------------------------------------------------


def test_it_is_a_schema_org_event(client: FlaskClient, world: World) -> None:
    starts = move(world, days=30)
    deadline = world.now + dt.timedelta(days=10)
    registering(
        world,
        [{"capacity": 0}, {"place": "web", "price": 90_050, "includes": {"en": "the recording"}}],
        deadline=deadline,
    )
    write(world, "contact_email", "both", "office@example.org")
    event = told(client, headers=EN)
    assert event["@context"] == "https://schema.org" and event["@type"] == "Event"
    assert event["name"] == "The meeting here" and event["url"].endswith("/m/here")
    assert dt.datetime.fromisoformat(event["startDate"]) == starts
    assert dt.datetime.fromisoformat(event["endDate"]) > dt.datetime.fromisoformat(event["startDate"])
    assert event["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert event["eventStatus"] == "https://schema.org/EventScheduled"
    hall, web = event["location"]
    assert (hall["@type"], hall["name"], hall["address"]) == ("Place", "The hall", "The hall")
    assert web == {"@type": "VirtualLocation", "url": event["url"]}
    assert event["organizer"] == {"@type": "Organization", "email": "office@example.org"}
    assert {"@type": "Person", "name": "Another", "jobTitle": "Host"} in event["performer"]
    full, open_ = event["offers"]
    assert full["availability"] == "https://schema.org/SoldOut"
    assert open_["availability"] == "https://schema.org/InStock"
    assert (open_["price"], open_["priceCurrency"], open_["description"]) == ("900.50", "SEK", "the recording")
    assert open_["priceSpecification"]["valueAddedTaxIncluded"] is False
    assert dt.datetime.fromisoformat(open_["validThrough"]) == deadline
    assert open_["url"].startswith(event["url"] + "/register")


def test_where_one_can_be_is_what_the_fees_say(client: FlaskClient, world: World) -> None:
    registering(world, [{"place": "web"}])
    event = told(client)
    assert event["eventAttendanceMode"].endswith("/OnlineEventAttendanceMode")
    assert [place["@type"] for place in event["location"]] == ["VirtualLocation"]
    registering(world, [{"place": "hall"}])
    event = told(client)
    assert event["eventAttendanceMode"].endswith("/OfflineEventAttendanceMode")
    assert [place["@type"] for place in event["location"]] == ["Place"]


def test_no_words_of_it_end_the_block_they_stand_in(client: FlaskClient, world: World) -> None:
    world.write("UPDATE meeting SET title = :t WHERE id = 'm-here'", t='</script><b>"x" & \'')
    page = client.get(PAGE)
    assert told(client)["name"] == '</script><b>"x" & \''
    assert "</script><b>" not in page.text and '<meta property="og:title" content="&lt;/script&gt;' in page.text
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]


def test_a_link_to_it_can_be_shown(client: FlaskClient, world: World) -> None:
    page = client.get(PAGE, headers=EN).text
    for name in ("og:title", "og:type", "og:url", "og:description", "og:site_name", "og:locale", "og:image:alt"):
        assert re.search(rf'<meta property="{name}" content="[^"]+">', page), name
    (said,) = re.findall(r'<meta name="description" content="([^"]+)">', page)
    assert said.startswith("For tests.") and len(said) <= 301
    (address,) = re.findall(r'<meta property="og:image" content="(http[^"]+)">', page)
    (event,) = re.findall(r'ld\+json">(.+?)</script>', page)
    assert json.loads(event)["image"] == address, "the whole address: whoever shows it is elsewhere"
    with client.get(address) as picture:
        assert picture.mimetype == "image/png" and len(picture.data) < 30_000
        assert picture.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert struct.unpack(">II", picture.data[16:24]) == (1200, 630)


def test_it_is_light(client: FlaskClient, world: World) -> None:
    """Its page, styles and script, without the letters' shapes, are less than 60 kB on the wire."""
    registering(world, [{}, {}, {}])
    page = client.get(PAGE, headers={"Accept-Encoding": "gzip"})
    text = client.get(PAGE).text
    sources = set(re.findall(r'(?:src|href)="(/static/[^"]+\.(?:css|js|svg))"', text))
    base = next(one.partition("/js/")[0] for one in sources if one.endswith("page.js"))
    sources |= {f"{base}/js/{name}.js" for name in ("lib/times", "meetings/left")}
    weights = {}
    for one in sources:
        with client.get(one, headers={"Accept-Encoding": "gzip"}) as answer:
            weights[one] = len(answer.data)
    assert len(page.data) + sum(weights.values()) < 60_000, weights


# ---- not published ---------------------------------------------------------------------------------------------------

PUBLIC = (
    "",
    "/now",
    "/programme.ics",
    "/register",
    "/place",
    "/join",
    "/check",
    "/live",
    "/moderate",
    "/screen",
    "/speaker",
    "/desk/",
    "/desk/programme",
)


def test_until_it_is_published_it_is_not_there_for_those_we_do_not_know(
    client: FlaskClient, browser_of: Callable[[str], FlaskClient], world: World
) -> None:
    organiser, participant = browser_of("organiser"), browser_of("web")
    world.did("organiser", "meeting.publish", on=False)
    for path in PUBLIC:
        answer = client.get(f"{PAGE}{path}")
        assert answer.status_code == 404 and "The meeting here" not in answer.text, path
    for path in ("/now", "/state"):
        assert client.get(f"/api/v1/m/here{path}").status_code == 404
    body = {"op": "6d0e2d4c-8a3e-4a64-8d36-0d27f4d2f0a1"}
    for name in ("question.ask", "registration.register", "registration.resend"):
        assert client.post(f"/api/v1/m/here/commands/{name}", json=body).status_code == 404
        assert client.post(f"/m/here/do/{name}", data=body).status_code == 404
    assert "The meeting here" not in client.get("/").text
    shown = organiser.get(PAGE, headers=EN)
    assert shown.status_code == 200 and "Not published." in shown.text and "/m/here/desk/" in shown.text
    assert "ld+json" not in shown.text and 'name="robots" content="noindex"' in shown.text
    assert participant.get(PAGE).status_code == 200 and participant.get("/m/here/live").status_code == 200
    world.did("organiser", "meeting.publish", on=True)
    assert client.get(PAGE).status_code == 200 and "The meeting here" in client.get("/").text


def test_a_meeting_without_any_words_still_stands(client: FlaskClient, world: World) -> None:
    registering(world)
    world.write("DELETE FROM meeting_text_step")
    world.write("DELETE FROM meeting_text")
    world.write("UPDATE meeting SET tagline = '', place = '' WHERE id = 'm-here'")
    page = client.get(PAGE, headers=EN)
    assert page.status_code == 200 and told(client)["location"][0]["name"] == "The meeting here"
