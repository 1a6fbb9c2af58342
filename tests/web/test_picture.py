"""Somebody else's picture on the participant's page: whom the page may ask for it, and how it reads without a script."""

import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hybridmote import sync
from tests.matrix.world import World

Browser = Callable[[str], FlaskClient]
YOUTUBE, PLAYLIST = "https://youtu.be/dQw4w9WgXcQ", "https://cdn.example.org/live/a.m3u8"
TUBE, TEAMS = "https://tube.example.org/w/kkGMgK9ZtnKfYAgnEtQxbv", "https://teams.example.org/l/x?a=b&c=d"
JITSI = "https://meet.jit.si/Rummet"
OURS = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "media-src 'self'{media}; connect-src 'self' ws://localhost{calls}; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; object-src 'none'{frames}"
)


def choose(world: World, meeting: str = "", **items: str) -> None:
    world.write("UPDATE meeting SET stream = :s WHERE id = 'm-here'", s=meeting)
    for item, address in items.items():
        world.write("UPDATE item SET stream = :s WHERE id = :i", s=address, i=f"i-{item}")
    sync._shared.clear()  # what the process remembers of the meeting: it was changed behind its back


def boot(page: str) -> dict:  # type: ignore[type-arg]
    found = re.search(r'<script type="application/json" id="boot">(.*?)</script>', page, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


@pytest.mark.parametrize(
    ("meeting", "items", "media", "calls", "frames"),
    [
        ("", {}, "", "", ""),
        (TEAMS, {}, "", "", ""),
        (YOUTUBE, {}, "", "", "; frame-src https://www.youtube-nocookie.com"),
        (YOUTUBE, {"talk": YOUTUBE}, "", "", "; frame-src https://www.youtube-nocookie.com"),
        (
            YOUTUBE,
            {"lunch": TUBE, "coffee": TEAMS},
            "",
            "",
            "; frame-src https://tube.example.org https://www.youtube-nocookie.com",
        ),
        (PLAYLIST, {}, " blob: https://cdn.example.org", " https://cdn.example.org", ""),
        (
            "",
            {"lunch": PLAYLIST, "talk": YOUTUBE},
            " blob: https://cdn.example.org",
            " https://cdn.example.org",
            "; frame-src https://www.youtube-nocookie.com",
        ),
        ("javascript:alert(1)", {"talk": "https://x.example;script-src *"}, "", "", ""),
    ],
)
def test_the_page_may_ask_exactly_those_whose_pictures_it_has(
    browser_of: Browser,
    world: World,
    meeting: str,
    items: dict[str, str],
    media: str,
    calls: str,
    frames: str,
) -> None:
    choose(world, meeting, **items)
    policy = browser_of("web").get("/m/here/live").headers["Content-Security-Policy"]
    assert policy == OURS.format(media=media, calls=calls, frames=frames)


def test_no_other_page_and_no_other_meeting_may(browser_of: Browser, world: World) -> None:
    choose(world, YOUTUBE, talk=PLAYLIST)
    plain = OURS.format(media="", calls="", frames="")
    moderator = browser_of("moderator")
    for path in ("/m/here", "/m/here/moderate", "/m/here/screen", "/m/here/now", "/"):
        policy = moderator.get(path).headers["Content-Security-Policy"]
        assert policy.replace("frame-ancestors *", "frame-ancestors 'none'") == plain
    assert browser_of("their_guest").get("/m/there/live").headers["Content-Security-Policy"] == plain


def test_camera_and_microphone_are_lent_only_to_where_one_talks(browser_of: Browser, world: World) -> None:
    closed = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    for address, expected in (
        ("", closed),
        (YOUTUBE, closed),
        (JITSI, closed.replace("camera=()", "camera=({})").replace("microphone=()", "microphone=({})")),
    ):
        choose(world, address)
        header = browser_of("web").get("/m/here/live").headers["Permissions-Policy"]
        assert header == expected.replace("{}", 'self "https://meet.jit.si"')


def test_the_operators_jitsi_hosts_are_known(app: Flask, browser_of: Browser, world: World) -> None:
    choose(world, "https://moten.example.org/Rummet")
    assert "frame-src" not in browser_of("web").get("/m/here/live").headers["Content-Security-Policy"]
    app.config["SETTINGS"].jitsi_hosts = ["moten.example.org"]
    try:
        policy = browser_of("web").get("/m/here/live").headers["Content-Security-Policy"]
    finally:
        app.config["SETTINGS"].jitsi_hosts = []
    assert policy.endswith("; frame-src https://moten.example.org")


@pytest.mark.parametrize(
    ("meeting", "talk", "shown"),
    [
        ("", "", None),
        (YOUTUBE, "", YOUTUBE),
        (YOUTUBE, TUBE, TUBE),
        ("", PLAYLIST, PLAYLIST),
        (TEAMS, "", TEAMS.replace("&", "&amp;")),
        ("javascript:alert(1)", "", None),
    ],
)
def test_without_a_script_it_is_a_plain_link(
    browser_of: Browser, world: World, meeting: str, talk: str, shown: str | None
) -> None:
    choose(world, meeting, talk=talk, lunch="https://vimeo.com/1")
    page = browser_of("web").get("/m/here/live").text
    drawn = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert ('class="picture"' in drawn) == (shown is not None)
    assert "<iframe" not in page and "<video" not in page and "vimeo" not in drawn and "javascript:" not in drawn
    if shown:
        (link,) = re.findall(
            r'<section class="picture".*?<a [^>]*href="([^"]+)" target="_blank" rel="noopener noreferrer"',
            drawn,
            re.DOTALL,
        )
        assert link == shown


def test_a_part_is_shown_with_the_picture_of_its_whole(browser_of: Browser, world: World) -> None:
    choose(world, YOUTUBE, talk=TUBE)
    world.did("moderator", "programme.next", expected_version=3)
    page = browser_of("web").get("/m/here/live").text
    assert f'href="{TUBE}" target="_blank"' in page, "the discussion is part of the talk"


def test_the_script_is_told_what_each_address_is_and_nothing_else(browser_of: Browser, world: World) -> None:
    choose(world, YOUTUBE, talk=TEAMS, lunch="http://insecure.example/")
    told = boot(browser_of("web").get("/m/here/live").text)["pictures"]
    assert told.keys() == {YOUTUBE, TEAMS}
    assert (told[YOUTUBE]["kind"], told[YOUTUBE]["service"]) == ("youtube", "YouTube")
    assert told[TEAMS]["embed"] is None and told[TEAMS]["address"] == TEAMS
    assert "pictures" not in boot(browser_of("moderator").get("/m/here/moderate").text)


# Choosing it


def save(browser: FlaskClient, address: str) -> tuple[int, str]:
    page = browser.get("/m/here/desk/programme").text
    form = re.search(r'<form [^>]*action="/m/here/do/meeting.stream".*?</form>', page, re.DOTALL)
    assert form
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    answer = browser.post("/m/here/do/meeting.stream", data={**hidden, "stream": address})
    return answer.status_code, answer.text


def test_the_organiser_chooses_it_by_a_plain_form(browser_of: Browser, world: World) -> None:
    organiser = browser_of("organiser")
    for address, said in (
        (YOUTUBE, "Nu: visas på sidan, från YouTube."),
        (TEAMS, "Nu: en länk till teams.example.org."),
        ("", ""),
    ):
        assert save(organiser, address)[0] == 303
        assert world.one("SELECT stream FROM meeting WHERE id = 'm-here'") == address
        page = re.sub(r"<script.*?</script>", "", organiser.get("/m/here/desk/programme").text, flags=re.DOTALL)
        assert said in page and ("Nu:" in page) == bool(said)


@pytest.mark.parametrize(
    "address", ["http://insecure.example/", "https://me:it@x.example/", "javascript:alert(1)", "x"]
)
def test_what_cannot_be_chosen_is_said_by_the_field_and_kept_in_it(
    browser_of: Browser, world: World, address: str
) -> None:
    status, page = save(browser_of("organiser"), address)
    assert status == 422 and 'id="stream-wrong"' in page and 'aria-invalid="true"' in page
    assert f'value="{address}"' in page and world.one("SELECT stream FROM meeting WHERE id = 'm-here'") == ""
