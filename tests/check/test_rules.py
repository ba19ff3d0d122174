"""Decisions of single rules that no world of ours leads to."""

import numpy as np
import pytest

from mockserver.check.chat import surely_connected
from mockserver.check.formats import blocks
from mockserver.check.invariants import Invariant
from mockserver.check.lines import lines_of
from mockserver.check.rule import Counterexample, Rule
from mockserver.check.run import Result


@pytest.mark.parametrize(
    ("traces", "connected"),
    [
        ([], False),
        ([5000], True),
        ([4500, 5500], True),
        ([4500], False),
        ([5500], False),
        ([4000, 6000], False),
        ([1000, 4500, 5500, 9000], True),
    ],
)
def test_who_left_traces_just_before_and_after_was_connected(traces: list[int], connected: bool) -> None:
    """Between them there was no time to lose a connection and to find it again."""
    assert surely_connected(np.array(traces, dtype=np.int64), 5000) is connected


@pytest.mark.parametrize(
    ("total", "compared"),
    [
        (0, [(0, 0)]),
        (1, [(0, 1)]),
        (10_000, [(0, 10_000)]),
        (25_000, [(0, 10_000), (10_000, 20_000), (20_000, 25_000)]),
        (100_000_000, [(0, 10_000), (50_000_000, 50_010_000), (99_990_000, 100_000_000)]),
    ],
)
def test_a_long_list_is_compared_at_both_ends_and_in_the_middle(total: int, compared: list[tuple[int, int]]) -> None:
    """A short one is compared whole."""
    assert blocks(total) == compared


def test_a_text_with_control_characters_stays_on_its_line() -> None:
    """What a record holds cannot move the cursor of whoever reads about it."""
    found = Counterexample("two\nlines and \x1b[31mred", "http://127.0.0.1:4747/")
    lines = lines_of([Result(Invariant(1, "Title", Rule), 3, "records", found, None)])
    assert len(lines) == 3
    assert "two\\nlines and \\x1b[31mred" in lines[1]
