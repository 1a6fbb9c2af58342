"""Days on which everything happens at once. The seeds change with the date; the run prints them."""

import pytest

from tests.matrix.site import Site
from tests.matrix.wild import Day
from tests.matrix.world import World


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1])
def test_on_a_wild_day_everybody_sees_what_they_should_and_nothing_else(
    world: World, site: Site, seed: int, number: int
) -> None:
    day = Day(world, site, seed * 100 + number)
    day.live()
    assert day.counts["messages"] > 20 and day.counts["commands"] > 20, day.counts


@pytest.mark.long
@pytest.mark.parametrize("number", range(2, 22))
def test_on_twenty_longer_days_too(world: World, site: Site, seed: int, number: int) -> None:
    day = Day(world, site, seed * 100 + number)
    day.live(waves=25, crowd=24)
    print(dict(day.counts))
