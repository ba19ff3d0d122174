"""What is shipped keeps its promises, and nothing is green because nothing was looked at."""

import pytest
from check_support import broken, results_of

from mockserver.check.invariants import INVARIANTS


def test_the_table_has_the_thirteen_invariants_in_order() -> None:
    """Their numbers are those of the documentation, and each is one short sentence."""
    assert [invariant.number for invariant in INVARIANTS] == list(range(1, 14))
    assert all(20 < len(invariant.title) < 75 for invariant in INVARIANTS)
    assert len({invariant.title for invariant in INVARIANTS}) == 13


@pytest.mark.parametrize("scenario", ["pair", "demo"])
def test_every_invariant_holds_and_was_looked_at(scenario: str) -> None:
    """No line is red, none is skipped, and none has nothing behind it."""
    results = results_of(scenario)
    assert {number: result.broken for number, result in results.items() if result.broken} == {}
    assert {number: result.skipped for number, result in results.items() if result.skipped} == {}
    assert [number for number, result in results.items() if result.looked_at == 0] == []


@pytest.mark.parametrize("scenario", ["empty", "dropout", "edge", "unfinished", "live", "noconsent"])
def test_stories_that_go_wrong_keep_the_invariants(scenario: str) -> None:
    """Nobody there, people who leave, awkward text, recordings without a file, a clock that runs."""
    assert broken(results_of(scenario)) == []


@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**63 - 1])
def test_another_seed_keeps_the_invariants(seed: int) -> None:
    """They are properties of the simulation, not of one world."""
    assert broken(results_of("pair", seed)) == []
