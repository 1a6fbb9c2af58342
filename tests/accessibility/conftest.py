"""One demo for each file here, and the two looks that every state is read with."""

import zlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests import servers
from tests.accessibility.house import House, Look
from tests.servers import SEED, Demo

SWEDISH_PHONE = Look("sv", "light", 390, 844)
ENGLISH_DESK = Look("en", "dark", 1280, 800)
LOOKS = [SWEDISH_PHONE, ENGLISH_DESK]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[House]:
    """The demo meeting, without rate limits: one person asks more here in a minute than anybody would."""
    folder = tmp_path_factory.mktemp("demo")
    environment = servers.product_environment(folder, HYBRIDMOTE_RATE_LIMITS="off")
    demo = Demo(folder, servers.free_port(), environment)
    demo.start()
    try:
        demo.wait_ready(60)
        there = House(demo, browser)
        yield there
        there.close()
    finally:
        demo.close()


# A fixture of the module with parameters: all that is read with one look is read together, with the same browsers.
@pytest.fixture(scope="module", params=LOOKS, ids=str)
def look(request: pytest.FixtureRequest, house: House) -> Iterator[Look]:
    yield request.param
    house.close()


@pytest.fixture(autouse=True)
def no_errors(request: pytest.FixtureRequest) -> Iterator[None]:
    """An uncaught error or a violation of the content security policy on any page fails the test."""
    house = request.getfixturevalue("house") if "house" in request.fixturenames else None
    yield
    if house:
        errors, house.errors = house.errors, []
        assert not errors, "errors in the browser:\n" + "\n".join(errors)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """`make test` reads every state with one of the two looks, another one from day to day; `make test-long` reads it
    with the other."""
    for item in items:
        if isinstance(item, pytest.Function) and (call := getattr(item, "callspec", None)) and "look" in call.params:
            rest = {name: value for name, value in call.params.items() if name != "look"}
            turn = zlib.crc32(f"{item.path.name} {item.originalname} {rest}".encode()) + SEED
            if LOOKS.index(call.params["look"]) != turn % len(LOOKS):
                item.add_marker(pytest.mark.long)
