"""Links, sign-in, and out again."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hybridmote.staff import Wrong, add_staff
from tests.matrix.world import World
from tests.web.conftest import csrf


def without_token(page: str) -> str:
    """The page without what it says of its own address."""
    return re.sub(r'name="(csrf_token|next)" value="[^"]+"', "", page)


PASSWORD = "en lång mening att minnas"


def test_opening_a_link_changes_nothing_however_often(client: FlaskClient, world: World) -> None:
    before = world.dump()
    for method in ("GET", "HEAD") * 5:
        assert client.open("/j/the-link-of-web", method=method).status_code == 200
    assert world.dump() == before
    assert client.get("/m/here/live").status_code == 401


def test_the_button_lets_in_any_number_of_devices_until_the_link_is_revoked(
    browser_of: Callable[[str], FlaskClient], world: World, client: FlaskClient
) -> None:
    phone, laptop = browser_of("web"), browser_of("web")
    assert [d.get("/m/here/live").status_code for d in (phone, laptop)] == [200, 200]
    world.did("organiser", "person.revoke", person="p-web")
    assert [d.get("/m/here/live").status_code for d in (phone, laptop)] == [401, 401]
    gone, never = client.get("/j/the-link-of-web"), client.get("/j/there-never-was-such-a-link")
    assert gone.status_code == never.status_code == 404
    assert without_token(gone.text) == without_token(never.text)


def test_a_link_opens_its_own_meeting_only(browser_of: Callable[[str], FlaskClient]) -> None:
    assert browser_of("web").get("/m/there/live").status_code == 401


@pytest.mark.parametrize(
    ("key", "page"), [("web", "live"), ("moderator", "moderate"), ("screen", "screen"), ("lectern", "speaker")]
)
def test_a_link_leads_to_where_one_works(client: FlaskClient, key: str, page: str) -> None:
    path = f"/j/the-link-of-{key}"
    assert client.post(path, data={"csrf_token": csrf(client, path)}).location == f"/m/here/{page}"


def test_guessing_links_is_stopped_by_its_failures_alone(app: Flask, client: FlaskClient) -> None:
    for n in range(20):
        assert client.get(f"/j/guess-{n}").status_code == 404
    stopped = client.get("/j/the-link-of-web")
    assert stopped.status_code == 429 and int(stopped.headers["Retry-After"]) > 0
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.9"
    for _ in range(30):
        assert elsewhere.get("/j/the-link-of-web").status_code == 200


def test_staff_sign_in_and_out(client: FlaskClient) -> None:
    add_staff(email="Åsa@kommun.example", name="Åsa", slug="here", role="moderator", password=PASSWORD)
    wrong = client.post(
        "/sign-in", data={"csrf_token": csrf(client, "/sign-in"), "email": "åsa@kommun.example", "password": "x"}
    )
    assert (
        wrong.status_code == 401
        and "åsa@kommun.example" in wrong.text
        and "x" not in wrong.headers.get("Set-Cookie", "")
    )
    form = {"csrf_token": csrf(client, "/sign-in"), "email": "åsa@KOMMUN.example ", "password": PASSWORD}
    assert client.post("/sign-in", data=form).location == "/m/here/moderate"
    assert client.get("/m/here/moderate").status_code == 200
    assert client.get("/m/there/moderate").status_code == 401
    client.post("/sign-out", data={"csrf_token": csrf(client, "/m/here/moderate")})
    assert client.get("/m/here/moderate").status_code == 401


def test_a_new_password_ends_earlier_sign_ins(client: FlaskClient) -> None:
    for password in (PASSWORD, PASSWORD + " till"):
        add_staff(email="a@b.example", name="A", slug="here", role="organiser", password=password)
        if password == PASSWORD:
            form = {"csrf_token": csrf(client, "/sign-in"), "email": "a@b.example", "password": PASSWORD}
            client.post("/sign-in", data=form)
            assert client.get("/m/here/moderate").status_code == 200
    assert client.get("/m/here/moderate").status_code == 401


@pytest.mark.parametrize(
    ("field", "value"), [("email", "no address"), ("password", "short"), ("name", "  "), ("slug", "nowhere")]
)
def test_what_is_wrong_with_an_account_is_said_and_nothing_is_made(world: World, field: str, value: str) -> None:
    right = {"email": "a@b.example", "name": "A", "slug": "here", "role": "organiser", "password": PASSWORD}
    before = world.dump()
    with pytest.raises(Wrong):
        add_staff(**{**right, field: value})
    assert world.dump() == before


def test_revoking_somebody_ends_their_sign_in_to_this_meeting(client: FlaskClient, world: World) -> None:
    person = add_staff(email="a@b.example", name="A", slug="here", role="moderator", password=PASSWORD)
    form = {"csrf_token": csrf(client, "/sign-in"), "email": "a@b.example", "password": PASSWORD}
    client.post("/sign-in", data=form)
    assert client.get("/m/here/moderate").status_code == 200
    assert world.did("organiser", "person.revoke", person=person) == {"closed": 1}
    assert client.get("/m/here/moderate").status_code == 401
