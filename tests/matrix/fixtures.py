"""Fixtures of the matrix, for the folders whose tests act in its world."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hybridmote import limits
from tests.matrix.site import Site
from tests.matrix.world import World
from tests.servers import Databases, Postgres

ASSERTING = ["checks", "law", "lines", "wild"]
pytest.register_assert_rewrite(
    *(f"tests.matrix.{name}" for name in ASSERTING),
    *(f"tests.{file.parent.name}.examples" for file in Path(__file__).parent.parent.glob("*/examples.py")),
)

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]


# Several folders' conftest.py share these, and each would have a session's fixture of its own: kept here instead.
_site: list[Site] = []
_worlds: dict[str, World] = {}


@pytest.fixture(scope="session")
def the_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    if not _site:
        _site.append(Site(tmp_path_factory.mktemp("site")))
    return _site[0]


@pytest.fixture(scope="session")
def all_worlds(
    tmp_path_factory: pytest.TempPathFactory, _postgres_when_wanted: Callable[[], Postgres], the_site: Site
) -> Iterator[Callable[[str], World]]:
    databases = Databases(tmp_path_factory.mktemp("worlds"), _postgres_when_wanted)

    def world(kind: str) -> World:
        if kind not in _worlds:
            _worlds[kind] = World(databases.new(kind))
        return _worlds[kind].open()

    yield world
    while _worlds:
        _worlds.popitem()[1].close()


@pytest.fixture(params=KINDS)
def world(request: pytest.FixtureRequest, all_worlds: Callable[[str], World], site: Site) -> World:
    """The world as it was in the beginning, on SQLite and on PostgreSQL; it is the process's database."""
    return all_worlds(request.param)


@pytest.fixture
def sqlite_world(all_worlds: Callable[[str], World], site: Site) -> World:
    return all_worlds("sqlite")


@pytest.fixture
def postgres_world(all_worlds: Callable[[str], World], site: Site) -> World:
    return all_worlds("postgresql")


@pytest.fixture
def site(the_site: Site) -> Iterator[Site]:
    """The application without its network; rate limits are off."""
    yield the_site.open()
    limits.limiter = the_site.limiter
