"""What is kept is made once, whoever else asks for it meanwhile, and nobody waits for what is not theirs."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mockserver.simulation.kept import Kept

THREADS = 16
SOON_S = 20


def at_once(work: Callable[[int], Any], threads: int = THREADS) -> list[Any]:
    """What every thread came back with: a value, or what it raised."""
    gate = threading.Barrier(threads)

    def run(number: int) -> Any:
        gate.wait(SOON_S)
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(run, number) for number in range(threads)]
        return [future.exception(SOON_S) or future.result() for future in futures]


class Maker:
    """Makes a value slowly: not before so many others have come to wait for it."""

    def __init__(self, kept: Kept, result: Callable[[], Any] = object) -> None:
        self.kept = kept
        self.made = 0
        self._result = result
        self._asked = threading.Semaphore(0)

    def ask(self, key: str) -> Any:
        self._asked.release()
        return self.kept.get(key, self._make)

    def _make(self) -> Any:
        self.made += 1
        for _ in range(THREADS):
            assert self._asked.acquire(timeout=SOON_S)
        return self._result()


def test_a_value_is_made_once_however_many_ask() -> None:
    """All get the same object, though none had it when the last one asked."""
    maker = Maker(Kept(10))
    found = at_once(lambda _: maker.ask("one"))
    assert maker.made == 1
    assert {id(value) for value in found} == {id(maker.kept.get("one", object))}


def test_what_the_maker_raises_reaches_all_and_is_not_kept() -> None:
    """Who asks next tries again."""
    error = RuntimeError("a bug in telling")

    def fail() -> None:
        raise error

    maker = Maker(Kept(10), fail)
    assert at_once(lambda _: maker.ask("one")) == [error] * THREADS
    assert maker.made == 1
    assert "one" not in maker.kept
    assert maker.kept.get("one", lambda: "told") == "told"


def test_what_weighing_raises_leaves_nobody_waiting() -> None:
    """It is the maker's error too."""
    kept = Kept(10, len)
    with pytest.raises(TypeError):
        kept.get("one", lambda: 1)
    assert kept.get("one", lambda: "told") == "told"


def test_different_values_are_made_side_by_side() -> None:
    """Each maker waits until all of them are at work; what is kept is found meanwhile."""
    kept = Kept(100)
    kept.get("there", lambda: "found")
    together = threading.Barrier(4)

    def make() -> str:
        together.wait(SOON_S)
        return str(kept.get("there", lambda: "made again"))

    assert at_once(lambda number: kept.get(number, make), 4) == ["found"] * 4


def test_making_may_ask_for_what_it_is_made_of() -> None:
    """A dataset of records of plans, asked for from both ends at once: each of the three is made once."""
    plans, entries, datasets = Kept(10), Kept(10), Kept(10)
    made: list[str] = []

    def tell(what: str, of: Callable[[], str]) -> Callable[[], str]:
        def make() -> str:
            inner = of()
            made.append(what)
            return f"{what}({inner})"

        return make

    def plan() -> str:
        return plans.get("room", tell("plan", lambda: "room"))

    def records() -> str:
        return entries.get("room", tell("records", plan))

    def dataset() -> str:
        return datasets.get("rooms", tell("dataset", records))

    asked = (plan, records, dataset)
    found = at_once(lambda number: asked[number % 3]())
    assert set(found) == {"plan(room)", "records(plan(room))", "dataset(records(plan(room)))"}
    assert made == ["plan", "records", "dataset"]


def test_what_was_not_asked_for_longest_goes_first() -> None:
    """By weight; the last value is kept whatever it weighs."""
    kept = Kept(5, len)
    for key in ("ab", "cd", "e"):
        kept.get(key, lambda key=key: key)
    kept.get("ab", lambda: "made again")
    kept.get("f", lambda: "f")
    assert [key in kept for key in ("ab", "cd", "e", "f")] == [True, False, True, True]
    kept.get("all", lambda: "much more than five")
    assert [key in kept for key in ("ab", "e", "f", "all")] == [False, False, False, True]
