"""A simulation that is wrong in one place makes exactly that invariant's line red: each of the thirteen.

`test_breaking.py` writes single records wrongly; here the generator itself is patched.
"""

import pytest
from breaks import MORE, SMALL, Break
from check_support import broken, results_of


def assert_breaks_its_own(broken_on_purpose: Break, patch: pytest.MonkeyPatch) -> None:
    """That line is red, and no other."""
    number, owner, name, wrap, scenario, experiments, rooms = broken_on_purpose
    patch.setattr(owner, name, wrap(getattr(owner, name)))
    results = results_of(scenario, experiments=experiments, most_rooms=rooms)
    assert broken(results) == [number], {n: result.broken for n, result in results.items() if result.broken}


def test_there_is_one_for_every_invariant() -> None:
    assert [one.number for one in SMALL.values()] == list(range(1, 14))


@pytest.mark.parametrize("name", SMALL)
def test_a_wrong_generator_breaks_exactly_its_invariant(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the smallest of worlds."""
    assert_breaks_its_own(SMALL[name], monkeypatch)


@pytest.mark.thorough
@pytest.mark.parametrize("name", MORE)
def test_another_wrong_generator_breaks_exactly_its_invariant(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In worlds where it shows."""
    assert_breaks_its_own(MORE[name], monkeypatch)
