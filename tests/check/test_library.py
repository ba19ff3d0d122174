"""Every scenario that is shipped, as it is shipped, and worlds that nobody chose.

Takes longer than all other tests together, so it is a run of its own: `python -m pytest -m thorough --dist worksteal`.
"""

import random

import pytest
from check_support import broken, results_of

from mockserver.simulation.library import scenario_names

pytestmark = pytest.mark.thorough

# Rooms in which to look where looking at all of them would take hours, or where they are many and alike.
MOST_ROOMS = {"huge": 2, "live": 3}
# Twenty seeds that nobody picked, the same in every run.
SEEDS = [random.Random(number).getrandbits(63) for number in range(20)]


@pytest.mark.parametrize("scenario", scenario_names())
def test_every_shipped_scenario_keeps_the_invariants(scenario: str) -> None:
    """With its own seed and its own clock."""
    assert broken(results_of(scenario, most_rooms=MOST_ROOMS.get(scenario))) == []


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scenario", ["agents", "pair", "unfinished"])
def test_any_seed_keeps_the_invariants(scenario: str, seed: int) -> None:
    """A study that is over, one that is running, and one with agents."""
    assert broken(results_of(scenario, seed)) == []


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scenario", ["drift", "dropout", "noconsent", "technical"])
def test_any_seed_of_a_study_that_goes_wrong_keeps_the_invariants(scenario: str, seed: int) -> None:
    """Stalls and seeks, lost connections, people who leave or never begin: the first room and the last."""
    assert broken(results_of(scenario, seed, most_rooms=2)) == []
