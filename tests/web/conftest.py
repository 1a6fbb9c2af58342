"""A Flask client on a world of its own: no server, no sockets."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hybridmote import create_app, limits
from hybridmote.config import Settings
from tests.matrix.world import PEOPLE, World
from tests.servers import Databases


@pytest.fixture(scope="session")
def _site(_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Flask]:
    """One application for all of these tests: making one takes longer than most of them."""
    world = World(_databases.new("sqlite"))
    return world, create_app(Settings(data=tmp_path_factory.mktemp("data"), database_url=world.url, log_level="error"))


@pytest.fixture
def world(_site: tuple[World, Flask]) -> World:
    return _site[0].open()


@pytest.fixture
def app(_site: tuple[World, Flask], world: World) -> Iterator[Flask]:
    _, app = _site
    limits.configure("", on=True)
    yield app
    app.config["SETTINGS"].metrics_token = ""


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody we do not know."""
    return app.test_client()


@pytest.fixture
def browser_of(app: Flask) -> Callable[[str], FlaskClient]:
    """A browser that has opened its personal link and pressed the button."""

    def bound(key: str) -> FlaskClient:
        client = app.test_client()
        answer = client.post(f"/j/{PEOPLE[key].token}", data={"csrf_token": csrf(client, f"/j/{PEOPLE[key].token}")})
        assert answer.status_code == 303
        return client

    return bound


def csrf(client: FlaskClient, path: str) -> str:
    """The token in a page's form."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found, f"{path} has no form"
    return found[1]
