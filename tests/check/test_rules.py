"""Decisions of single rules that no world of ours leads to."""

import numpy as np
import pytest

from mockserver.check.chat import excused
from mockserver.check.formats import blocks
from mockserver.check.invariants import Invariant
from mockserver.check.lines import lines_of
from mockserver.check.observed_room import Window
from mockserver.check.rule import Counterexample, Rule
from mockserver.check.run import Result


@pytest.mark.parametrize(
    ("said", "named", "traces", "why"),
    [
        ([5000, 9000], [True, True], [], None),
        ([5000, 9000, 16_000], [True, False, True], [], None),
        ([5000, 9000, 16_000], [False, False, True], [], None),
        ([5000, 9000, 16_000], [True, False, False], [], None),
        ([5000, 9000, 16_000], [False, True, False], [], "between the messages"),
        ([5000, 9000, 16_000], [False, False, True], [7000], "between the messages"),
        ([5000, 9000, 16_000], [True, False, True], [8000, 9900], "1900 ms before and after"),
        ([5000, 9000, 16_000], [True, False, True], [8000, 10_000], None),
        ([5000, 24_999], [False, False], [], None),
        ([5000, 25_000], [False, False], [], "for 20000 ms no message names them"),
        ([500], [False], [1999], "1999 ms before and after"),
    ],
)
def test_one_lost_connection_excuses_who_is_left_out(
    said: list[int], named: list[bool], traces: list[int], why: str | None
) -> None:
    """Messages in a row, and time enough to lose the connection and to find it again."""
    times = (np.array(some, dtype=np.int64) for some in (said, traces))
    found = excused(next(times), np.array(named, dtype=np.bool_), next(times), Window(0, 60_000, "chat"))
    assert found is None if why is None else why in str(found)


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
