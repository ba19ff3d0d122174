"""What is shipped keeps its promises, and nothing is green because nothing was looked at."""

from pathlib import Path

import pytest
from check_support import broken, results_of

from mockserver.check.invariants import INVARIANTS


def test_the_table_has_the_thirteen_invariants_in_order() -> None:
    """Their numbers are those of the documentation, and each is one short sentence."""
    assert [invariant.number for invariant in INVARIANTS] == list(range(1, 14))
    assert all(20 < len(invariant.title) < 75 for invariant in INVARIANTS)
    assert len({invariant.title for invariant in INVARIANTS}) == 13


@pytest.mark.parametrize(
    ("scenario", "experiment"),
    [("pair", "exp_pair"), pytest.param("demo", "exp_research_001", marks=pytest.mark.thorough)],
)
def test_every_invariant_holds_and_was_looked_at(scenario: str, experiment: str) -> None:
    """No line is red, none is skipped, and none has nothing behind it."""
    results = results_of(scenario, experiments=[experiment], most_rooms=1)
    assert {number: result.broken for number, result in results.items() if result.broken} == {}
    assert {number: result.skipped for number, result in results.items() if result.skipped} == {}
    assert [number for number, result in results.items() if result.looked_at == 0] == []


@pytest.mark.parametrize("scenario", ["empty", "edge"])
def test_stories_that_go_wrong_keep_the_invariants(scenario: str) -> None:
    """Nobody there, people who never begin, awkward text; `test_library.py` looks at all the others."""
    assert broken(results_of(scenario, most_rooms=1)) == []


@pytest.mark.parametrize("seed", [0, 2**63 - 1])
def test_another_seed_keeps_the_invariants(seed: int) -> None:
    """They are properties of the simulation, not of one world."""
    assert broken(results_of("pair", seed)) == []


@pytest.mark.parametrize(
    "now",
    [
        "14:28:45",
        pytest.param("14:30:05", marks=pytest.mark.thorough),
        pytest.param("14:30:40", marks=pytest.mark.thorough),
        "14:31:03.500",
        pytest.param("14:31:18", marks=pytest.mark.thorough),
        "15:01:12",
    ],
)
def test_a_story_that_is_not_over_keeps_the_invariants(now: str, tmp_path: Path) -> None:
    """Nobody there yet, in the chats, in a pause of the video, at its end, and with one room behind another."""
    scenario = tmp_path / "stopped.toml"
    scenario.write_text(f'about = "Now"\nextends = "unfinished"\n[clock]\nnow = 2024-10-20T{now}Z\n')
    assert broken(results_of(str(scenario))) == []
