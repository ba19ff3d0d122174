"""A sandbox's clock: read, frozen, run, scaled, advanced, set forward, and never back; no test waits for time."""

import itertools
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.sandbox.clock import Clock, ClockError, Reading
from mockserver.words.timestamps import YEAR_9000_MS, parse_iso_us

WALL_MS = 1_700_000_000_000
ORIGIN_MS = 1_730_000_000_000


class Machine:
    """The machine's time, which only a test moves."""

    def __init__(self) -> None:
        self.passed_ms = 700

    def clock(self, origin_ms: int | None = ORIGIN_MS, speed: float = 0) -> Clock:
        return Clock(origin_ms, speed=speed, wall=lambda: WALL_MS + self.passed_ms, passed=lambda: self.passed_ms)


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_the_limit_is_the_year_9000() -> None:
    assert parse_iso_us("9000-01-01T00:00:00Z") // 1000 == YEAR_9000_MS


# --- reading ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("speed", "passed_ms", "ran_ms"), [(0, 5000, 0), (1, 5000, 5000), (60, 5000, 300_000), (0.5, 5001, 2500)]
)
def test_a_clock_is_frozen_real_or_scaled(machine: Machine, speed: float, passed_ms: int, ran_ms: int) -> None:
    """Now is where it began, and the real time that passed, times the speed."""
    clock = machine.clock(speed=speed)
    assert (clock.now_ms(), clock.speed) == (ORIGIN_MS, speed)
    machine.passed_ms += passed_ms
    assert clock.now_ms() == ORIGIN_MS + ran_ms


def test_a_clock_can_begin_at_the_machines_time(machine: Machine) -> None:
    """And goes on from there at its own speed."""
    clock = machine.clock(None, speed=2)
    machine.passed_ms += 10
    assert clock.now_ms() == WALL_MS + 700 + 20


def test_a_reading_says_all_of_one_instant(machine: Machine) -> None:
    clock = machine.clock(speed=60)
    clock.advance(250)
    machine.passed_ms += 100
    assert clock.reading() == Reading(
        now_ms=ORIGIN_MS + 250 + 6000, token_now_ms=WALL_MS + 800 + 250, speed=60, advanced_ms=250
    )


def test_a_frozen_clock_does_not_ask_the_machine() -> None:
    """It is read for every request."""
    passed = iter([0])
    clock = Clock(ORIGIN_MS, passed=lambda: next(passed))
    assert [clock.now_ms(), clock.now_ms()] == [ORIGIN_MS, ORIGIN_MS]


# --- changing --------------------------------------------------------------------------------------


def test_a_clock_freezes_runs_and_scales_from_where_it_is(machine: Machine) -> None:
    """Whatever it did before."""
    clock, readings = machine.clock(), []
    for speed in (60, 0, 1, 0.5, 0):
        clock.set_speed(speed)
        readings.append(clock.now_ms() - ORIGIN_MS)
        machine.passed_ms += 1000
    assert readings == [0, 60_000, 60_000, 61_000, 61_500]
    assert clock.now_ms() == ORIGIN_MS + 61_500


@pytest.mark.parametrize("speed", [0, 0.5, 60])
def test_advancing_and_setting_forward_move_now_and_tokens_alike(machine: Machine, speed: float) -> None:
    """By simulated ms, whatever the speed; that time runs on or stands still is nothing to tokens."""
    clock = machine.clock(speed=speed)
    machine.passed_ms += 1001
    ran_ms = int(1001 * speed)
    clock.advance(250)
    assert (clock.now_ms(), clock.token_now_ms()) == (ORIGIN_MS + ran_ms + 250, WALL_MS + 1701 + 250)
    clock.set_forward(ORIGIN_MS + ran_ms + 1000)
    assert (clock.now_ms(), clock.token_now_ms()) == (ORIGIN_MS + ran_ms + 1000, WALL_MS + 1701 + 1000)
    clock.set_speed(1 - min(1, speed))
    assert clock.reading().advanced_ms == 1000
    machine.passed_ms += 50
    assert clock.token_now_ms() == WALL_MS + 1751 + 1000


def test_a_change_to_what_is_already_so_changes_nothing(machine: Machine) -> None:
    clock = machine.clock(speed=3)
    machine.passed_ms += 7
    before = clock.reading()
    clock.advance(0)
    clock.set_forward(before.now_ms)
    clock.set_speed(3)
    assert clock.reading() == before


# --- refusals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        (lambda clock: clock.advance(-1), "can be advanced by 0 to 220115392000000 ms; only a reset of the sandbox"),
        (lambda clock: clock.advance(220_115_392_000_001), "can be advanced by 0 to 220115392000000 ms"),
        (
            lambda clock: clock.set_forward(ORIGIN_MS - 1),
            "an instant from 2024-10-27T03:33:20.000Z to 9000-01-01T00:00:00.000Z; only a reset of the sandbox",
        ),
        (lambda clock: clock.set_forward(YEAR_9000_MS + 1), "to 9000-01-01T00:00:00.000Z;"),
        (lambda clock: clock.set_forward(-(10**30)), "from 2024-10-27T03:33:20.000Z"),
        (lambda clock: clock.set_speed(-1), "from 0, which freezes it, to 1000000; 1 is real time"),
        (lambda clock: clock.set_speed(1_000_001), "to 1000000;"),
        (lambda clock: clock.set_speed(float("nan")), "to 1000000;"),
        (lambda clock: Clock(0, speed=-1), "from 0,"),
        (lambda clock: Clock(0, speed=float("inf")), "to 1000000;"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(
    machine: Machine, change: Callable[[Clock], None], advice: str
) -> None:
    """And the clock is as before."""
    clock = machine.clock()
    before = clock.reading()
    with pytest.raises(ClockError) as refused:
        change(clock)
    assert advice in str(refused.value)
    assert clock.reading() == before


def test_tokens_too_end_with_the_year_9000(machine: Machine) -> None:
    """A world of the year 1000 would else carry them where no timestamp can be written."""
    clock = machine.clock(-30_000_000_000_000)
    with pytest.raises(ClockError, match="to 220145391999300 ms"):
        clock.advance(YEAR_9000_MS - WALL_MS - 699)
    clock.advance(YEAR_9000_MS - WALL_MS - 700)
    assert clock.token_now_ms() == YEAR_9000_MS


@pytest.mark.parametrize("origin_ms", [YEAR_9000_MS - 10, YEAR_9000_MS + 10])
def test_a_running_clock_stands_still_at_the_year_9000(machine: Machine, origin_ms: int) -> None:
    """Or where it began, if that is later."""
    clock = machine.clock(origin_ms, speed=1e6)
    machine.passed_ms += 10**9
    assert clock.now_ms() == max(origin_ms, YEAR_9000_MS)
    with pytest.raises(ClockError, match="by 0 to 0 ms"):
        clock.advance(1)


# --- never back ------------------------------------------------------------------------------------

speeds = st.sampled_from((0, 0.001, 0.5, 1, 60, 1e6)) | st.floats(allow_nan=True)
spans_ms = st.integers(-10, 10_000) | st.integers(-(2**60), 2**60)
steps = st.one_of(
    st.tuples(st.just("wait"), st.integers(0, 10_000) | st.integers(0, 10**12)),
    st.tuples(st.just("speed"), speeds),
    st.tuples(st.just("advance"), spans_ms),
    st.tuples(st.just("forward"), spans_ms),
)


@given(origin_ms=st.integers(-(10**13), YEAR_9000_MS + 10**6), steps=st.lists(steps, max_size=30))
def test_time_never_goes_back_whatever_is_done(origin_ms: int, steps: list[tuple[str, float]]) -> None:
    """Waiting moves it by the speed, changes by what they say, refused ones not at all; all before the year 9000."""
    machine = Machine()
    clock = machine.clock(origin_ms)
    for kind, value in steps:
        before = clock.reading()
        if kind == "wait":
            machine.passed_ms += int(value)
            moved_ms = min(int(value) * before.speed, max(0, YEAR_9000_MS - before.now_ms))
            assert abs(clock.now_ms() - before.now_ms - moved_ms) <= 1 + moved_ms * 1e-15
            assert clock.reading().advanced_ms == before.advanced_ms
        else:
            try:
                by_ms = change(clock, kind, value)
            except ClockError:
                assert clock.reading() == before
            else:
                assert clock.now_ms() - before.now_ms == clock.reading().advanced_ms - before.advanced_ms == by_ms
        assert before.now_ms <= clock.now_ms() <= max(origin_ms, YEAR_9000_MS)
        assert clock.token_now_ms() == WALL_MS + machine.passed_ms + clock.reading().advanced_ms


def change(clock: Clock, kind: str, value: float) -> int:
    """Change a clock, and say by how much that should have moved it."""
    if kind == "speed":
        clock.set_speed(value)
        return 0
    by_ms = int(value)
    if kind == "advance":
        clock.advance(by_ms)
    else:
        clock.set_forward(clock.now_ms() + by_ms)
    return by_ms


@pytest.fixture
def _threads_change_places_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_threads_change_places_often")
def test_no_thread_reads_what_is_earlier_than_another_one_has_read() -> None:
    """Also while a third freezes the clock, lets it run, and advances it: no change is lost."""
    passed = itertools.count()
    clock = Clock(0, wall=lambda: 0, passed=lambda: next(passed))
    latest_ms, lock, over = [0], threading.Lock(), threading.Event()

    def read() -> int:
        wrong = 0
        while not over.is_set():
            earlier_ms = latest_ms[0]
            now_ms = clock.now_ms()
            wrong += now_ms < earlier_ms
            with lock:
                latest_ms[0] = max(latest_ms[0], now_ms)
        return wrong

    def write() -> None:
        for number in range(500):
            clock.set_speed((1000, 0)[number % 2])
            clock.advance(1)

    with ThreadPoolExecutor() as threads:
        readers = [threads.submit(read) for _ in range(3)]
        writers = [threads.submit(write) for _ in range(2)]
        for writer in writers:
            writer.result()
        over.set()
        assert [reader.result() for reader in readers] == [0, 0, 0]
    assert clock.reading().advanced_ms == 1000
