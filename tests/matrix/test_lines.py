"""Lines that break in the worst moment, and what a client finds when it comes back."""

import pytest

from tests.matrix import lines
from tests.matrix.lines import Careless, Impatient, NewClient, OneLast
from tests.matrix.site import Site
from tests.matrix.world import World


@pytest.mark.parametrize("story", lines.STORIES, ids=lambda story: story.__name__)
def test_the_client_sees_in_the_end_what_is(world: World, site: Site, story: lines.Callable[..., None]) -> None:
    story(world, site)


@pytest.mark.parametrize(
    ("client", "story"),
    [
        (OneLast, lines.a_personal_message_is_lost),
        (OneLast, lines.one_layer_lags_behind_when_it_asks),
        (Careless, lines.a_message_to_everyone_is_lost),
        (Careless, lines.a_personal_message_is_lost),
        (Impatient, lines.a_catch_up_is_overtaken),
    ],
)
def test_a_client_that_is_wrong_is_found_out(
    sqlite_world: World, site: Site, client: NewClient, story: lines.Callable[..., None]
) -> None:
    story(sqlite_world, site)
    sqlite_world.reset()
    site.open()
    with pytest.raises(AssertionError):
        story(sqlite_world, site, client)
