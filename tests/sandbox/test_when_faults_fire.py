"""When faults fire: exactly as often as they were ordered, and the same every time."""

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.sandbox.faults import EVERY_OPERATION, Fault, FaultOrder, Faults
from mockserver.sandbox.journal import Entry

CALLED = "getEventsByRoom"


class _Head:
    weight = 0
    method, path, query, headers, scheme, http_version = "GET", b"/", b"", (), "http", "1.1"


def claim(faults: Faults, operation: str = CALLED, when: Any = "before", script: str | None = None) -> Fault | None:
    """One call, and what goes wrong in it."""
    head: Any = _Head()
    return faults.claim(operation, when, script, Entry(head, 0, 0, 0, 0), lambda kind: True)


def fired(faults: Faults, calls: int) -> list[bool]:
    return [claim(faults) is not None for _ in range(calls)]


@given(after=st.integers(0, 6), times=st.none() | st.integers(1, 6), calls=st.integers(0, 20))
def test_a_fault_lets_pass_and_then_fires_so_often(after: int, times: int | None, calls: int) -> None:
    """Call by call."""
    faults = Faults(7)
    faults.set(FaultOrder(kind="reset", after=after, times=times))
    last = calls if times is None else min(calls, after + times)
    assert fired(faults, calls) == [after <= call < last for call in range(calls)]


@given(seed=st.integers(0, 2**63 - 1), probability=st.sampled_from([0.0, 0.3, 0.5, 1.0]))
def test_chance_is_drawn_from_the_seed(seed: int, probability: float) -> None:
    """The same calls go wrong again, and about as many as were to."""
    order = FaultOrder(kind="reset", times=None, probability=probability)
    found = []
    for _ in range(2):
        faults = Faults(seed)
        faults.set(order)
        found.append(fired(faults, 400))
    assert found[0] == found[1]
    assert abs(sum(found[0]) - 400 * probability) <= 60


def test_two_faults_of_one_seed_do_not_draw_alike() -> None:
    faults = Faults(7)
    first, second = (faults.set(FaultOrder(kind="reset", times=None, probability=0.5)) for _ in range(2))
    for _ in range(200):
        claim(faults)
    calls = [{one.call for one in fault.firings} for fault in (first, second)]
    assert (first.calls, second.calls) == (200, 200)
    # One fires at each moment, so the second fires where the first does not.
    assert not calls[0] & calls[1]
    assert 60 < len(calls[0]) < 140
    assert 20 < len(calls[1]) < 80


def test_the_oldest_fires_first_and_scripts_before_all() -> None:
    """One at each moment; a script's is for those who name it."""
    faults = Faults(7)
    older, younger, scripted = (faults.set(FaultOrder(kind="reset", script=script)) for script in (None, None, "mine"))
    assert [claim(faults, script="mine"), claim(faults), claim(faults), claim(faults)] == [
        scripted, older, younger, None,
    ]  # fmt: skip
    assert not faults.has_script("other")
    assert faults.has_script("mine")


def test_a_fault_is_for_its_operation_and_its_moment() -> None:
    """Other calls use nothing up."""
    faults = Faults(7)
    fault = faults.set(FaultOrder(kind="reset", operation=CALLED, when="after", after=1))
    assert claim(faults, "getHealth", "after") is None
    assert claim(faults, CALLED, "before") is None
    assert fault.calls == 0
    assert claim(faults, CALLED, "after") is None
    assert claim(faults, CALLED, "after") is fault
    assert fault.is_spent


def test_ids_are_never_used_again() -> None:
    faults = Faults(7)
    first = faults.set(FaultOrder(kind="reset"))
    assert faults.remove(first.id)
    assert not faults.remove(first.id)
    second = faults.set(FaultOrder(kind="reset", operation=EVERY_OPERATION))
    assert (first.id, second.id, faults.clear(), len(faults)) == ("fault_1", "fault_2", 1, 0)


@pytest.mark.parametrize("times", [1, 7, 400])
def test_eight_threads_at_once_make_it_fire_exactly_so_often(times: int) -> None:
    """To the last call."""
    faults, ready = Faults(7), threading.Barrier(8)
    fault = faults.set(FaultOrder(kind="reset", times=times, after=10))

    def call() -> None:
        ready.wait()
        for _ in range(100):
            claim(faults)

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (fault.calls, fault.fired) == (800, times)
    assert sorted(one.call for one in fault.firings) == list(range(11, 11 + times))
