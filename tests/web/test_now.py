"""What is on now, for other web pages: what it says, to whom, and that it may be embedded and nothing besides."""

import html
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.matrix.world import World

PAGE, JSON = "/m/here/now", "/api/v1/m/here/now"


def test_as_json_it_says_what_is_on_what_comes_next_and_how_late(client: FlaskClient, world: World) -> None:
    told = client.get(JSON).json
    assert set(told) == {"now", "meeting", "tracks"}
    assert told["meeting"]["title"] == "The meeting here" and told["meeting"]["url"].endswith("/m/here")
    (track,) = told["tracks"]
    assert (track["track"], track["on"]["id"], track["next"]["id"]) == ("", "i-talk", "i-discussion")
    assert 3 <= track["late_minutes"] <= 5 and track["next"]["part_of"] == "Item i-talk"
    assert track["on"]["expected_end"].endswith("Z") and track["on"]["attendance"] == "both"
    world.did("moderator", "programme.extend", item="i-talk", minutes=60, expected_version=3)
    assert client.get(JSON).json["tracks"][0]["late_minutes"] >= 50


def test_it_tells_strangers_nothing_that_the_meetings_page_does_not(client: FlaskClient, world: World) -> None:
    world.write("UPDATE item SET stream = 'https://video.example.org/secret.m3u8'")
    world.write("UPDATE meeting SET stream = 'https://video.example.org/secret.m3u8' WHERE id = 'm-here'")
    for path in (PAGE, JSON, "/m/here", "/m/here/programme.ics"):
        text = client.get(path).text
        assert "secret" not in text and world.one("SELECT join_code FROM meeting WHERE id = 'm-here'") not in text


def test_by_track_where_there_are_several(client: FlaskClient, world: World) -> None:
    world.write("UPDATE item SET track = 'Sal A' WHERE id = 'i-talk'")
    world.write("UPDATE item SET track = 'Sal B' WHERE id = 'i-second_talk'")
    told = client.get(JSON).json["tracks"]
    assert told[0]["on"]["id"] == "i-talk"
    assert [t["track"] for t in told] == ["Sal A", "Sal B"] and told[1]["next"]["id"] == "i-coffee"
    page = client.get(PAGE).text
    assert "Sal A" in page and "Sal B" in page
    one = client.get(PAGE + "?track=Sal B").text
    assert "Sal A" not in one and "Sal B" in one
    assert client.get(PAGE + "?track=Sal X").text.count("<section") == 2, "an unknown one is not asked for"


def test_any_page_may_embed_it_and_only_it(client: FlaskClient) -> None:
    for path in ("/m/here", PAGE + "/x", JSON):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"] and headers["X-Frame-Options"] == "DENY"
    headers = client.get(PAGE).headers
    assert "frame-ancestors *;" in headers["Content-Security-Policy"] and "X-Frame-Options" not in headers
    assert (
        "unsafe" not in headers["Content-Security-Policy"]
        and "default-src 'none'" in headers["Content-Security-Policy"]
    )


def test_any_program_may_read_it_from_a_browser(client: FlaskClient) -> None:
    headers = client.get(JSON, headers={"Origin": "https://kommun.example"}).headers
    assert headers["Access-Control-Allow-Origin"] == "*" and "Access-Control-Allow-Credentials" not in headers
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Origin" not in client.get("/api/v1/m/here/state").headers


def test_it_sets_no_cookie_and_is_the_same_for_everyone(
    client: FlaskClient, browser_of: Callable[[str], FlaskClient]
) -> None:
    for path in (PAGE, JSON):
        stranger, known = client.get(path), browser_of("moderator").get(path)
        assert "Set-Cookie" not in stranger.headers and "Set-Cookie" not in known.headers
        assert "Cookie" not in stranger.headers.get("Vary", "")
        assert stranger.headers["Cache-Control"] == "public, max-age=10"
    assert "The moderator" not in browser_of("moderator").get(PAGE).text
    assert not re.search(r"<form|csrf", client.get(PAGE).text)


@pytest.mark.parametrize(
    ("query", "accepts", "language"),
    [
        ("", "en", "en"),
        ("", "sv-SE, en;q=0.5", "sv"),
        ("", "de", "sv"),
        ("?lang=en", "sv", "en"),
        ("?lang=sv", "en", "sv"),
        ("?lang=xx", "en", "en"),
    ],
)
def test_its_language_is_asked_for_or_the_browsers(
    client: FlaskClient, query: str, accepts: str, language: str
) -> None:
    answer = client.get(PAGE + query, headers={"Accept-Language": accepts})
    assert f'<html lang="{language}">' in answer.text
    assert ("till ca" in answer.text) == (language == "sv") and ("until about" in answer.text) == (language == "en")
    assert ('lang="sv"' in answer.text) == (True if language == "en" else 'html lang="sv"' in answer.text)
    assert "Accept-Language" in answer.headers["Vary"]


def test_before_and_after_it_still_says_something(client: FlaskClient, world: World) -> None:
    world.write("UPDATE item SET actual_start = NULL, actual_end = NULL WHERE meeting_id = 'm-here'")
    world.did("moderator", "programme.start", item="i-registration", expected_version=3)
    world.did("moderator", "programme.finish", expected_version=4)
    assert client.get(JSON).json["tracks"][0]["on"] is None and "now__row--on" not in client.get(PAGE).text
    world.write("DELETE FROM speaker WHERE meeting_id = 'm-here'")
    world.write("UPDATE item SET removed = :yes WHERE meeting_id = 'm-here'", yes=True)
    (track,) = client.get(JSON).json["tracks"]
    assert (track["on"], track["next"], track["late_minutes"]) == (None, None, 0)
    assert client.get(PAGE, headers={"Accept-Language": "en"}).text.count("The programme is over") == 1


def test_the_answer_is_as_described(app: Flask, client: FlaskClient) -> None:
    """The shape in openapi.json against a real answer."""
    document = client.get("/api/v1/openapi.json").json
    assert document["paths"]["/api/v1/m/{slug}/now"]["get"]["security"] == []

    def fits(schema: dict, value: object) -> None:  # type: ignore[type-arg]
        if "oneOf" in schema:
            schema = schema["oneOf"][0] if value is not None else schema["oneOf"][1]
        if schema.get("type") == "object":
            assert isinstance(value, dict) and set(value) == set(schema["properties"]) == set(schema["required"])
            for name, part in schema["properties"].items():
                fits(part, value[name])
        elif schema.get("type") == "array":
            assert isinstance(value, list)
            for one in value:
                fits(schema["items"], one)

    fits(document["components"]["schemas"]["Now"], client.get(JSON).json)


def test_staff_find_what_to_paste_and_nobody_can_put_markup_into_it(
    client: FlaskClient, browser_of: Callable[[str], FlaskClient], world: World
) -> None:
    assert "iframe" not in client.get("/m/here").text and "iframe" not in browser_of("web").get("/m/here").text
    world.write("""UPDATE meeting SET title = '"><script>x' WHERE id = 'm-here'""")
    page = browser_of("moderator").get("/m/here").text
    (pasted,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    code = html.unescape(pasted)
    assert re.fullmatch(r'<iframe src="http://[^"]+/m/here/now" title="[^"<>]*" [^<>]*></iframe>', code)
