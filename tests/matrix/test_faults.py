"""The matrix is worth its seconds: each fault that is planted in the product is noticed by the check that should."""

import pytest

from tests.matrix import checks
from tests.matrix.declared import declared
from tests.matrix.faults import FAULTS, Fault, harmless
from tests.matrix.law import forget_first_looks
from tests.matrix.site import Site
from tests.matrix.world import World

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what.replace(" ", "_"))
def test_it_is_noticed(sqlite_world: World, site: Site, monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    with monkeypatch.context() as planted:
        fault.plant(planted)
        forget_first_looks()
        with pytest.raises(AssertionError) as noticed:
            fault.look(sqlite_world, site)
    clumsy = any(f"'code': '{code}'" in str(noticed.value) for code in ("busy", "error"))
    assert clumsy == fault.breaks, f"not the fault was noticed but what its planting broke: {noticed.value}"
    forget_first_looks()
    sqlite_world.reset()
    site.open()
    fault.look(sqlite_world, site)  # and it is the fault that was noticed


def test_a_handler_that_changes_before_it_refuses_is_taken_back(
    sqlite_world: World, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    harmless(monkeypatch)
    for check in (checks.a_refusal_is_kept_and_repeated, checks.a_refusal_is_heard_by_nobody):
        sqlite_world.reset()
        check(sqlite_world, declared()["programme.start"])
