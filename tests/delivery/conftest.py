"""Sites to follow: one process on SQLite, or two on PostgreSQL that nudge each other by Redis."""

from collections.abc import Callable, Iterator

import pytest

from tests.delivery.hall import Hall
from tests.servers import App, Redis

OFF = {"HYBRIDMOTE_RATE_LIMITS": "off"}


@pytest.fixture
def _halls() -> Iterator[list[Hall]]:
    halls: list[Hall] = []
    yield halls
    for hall in halls:
        hall.close()


@pytest.fixture
def new_hall(_halls: list[Hall]) -> Callable[..., Hall]:
    """`new_hall(database_url, slug="hall")`: a meeting in a migrated database."""

    def new(database_url: str, slug: str = "hall") -> Hall:
        _halls.append(Hall(database_url, slug))
        return _halls[-1]

    return new


@pytest.fixture
def hall(sqlite_url: str, new_hall: Callable[..., Hall]) -> Hall:
    return new_hall(sqlite_url)


@pytest.fixture
def app(hall: Hall, sqlite_url: str, start_app: Callable[..., App]) -> App:
    """One process for `hall`, with the rate limits on."""
    return start_app(sqlite_url)


@pytest.fixture
def shared_hall(postgres_url: str, new_hall: Callable[..., Hall]) -> Hall:
    return new_hall(postgres_url)


@pytest.fixture
def two_apps(shared_hall: Hall, postgres_url: str, redis: Redis, start_app: Callable[..., App]) -> list[App]:
    """Two processes for `shared_hall`, with the rate limits on."""
    apps = [start_app(postgres_url, redis_url=redis.url, ready=False) for _ in range(2)]
    return [app.wait_ready(60) for app in apps]
