"""The only source of "now". Nothing else in the product asks the machine for the time; a test looks for it.

A clock is a frozen, a real or a scaled one, which is one formula with another speed:
`now = origin + real time passed x speed + what it was advanced by`.
"""

import threading
import time
from collections.abc import Callable

__all__ = ["Clock", "wall_ms"]


def wall_ms() -> int:
    """The machine's own time in ms since the epoch."""
    return time.time_ns() // 1_000_000


def passed_ms() -> int:
    """Real ms since some fixed instant; unlike `wall_ms` it never goes back."""
    return time.monotonic_ns() // 1_000_000


class Clock:
    """A sandbox's now, in ms since the epoch.

    Args:
        origin_ms: What the clock says when it is made; None starts it at the machine's time.
        speed: Simulated ms per real ms: 0 is frozen, 1 real, 60 a minute a second. At least 0.
        wall, passed: The machine's time, replaceable so that tests need not wait.

    Raises:
        ValueError: `speed` is negative.
    """

    def __init__(
        self,
        origin_ms: int | None,
        *,
        speed: float = 0.0,
        wall: Callable[[], int] = wall_ms,
        passed: Callable[[], int] = passed_ms,
    ) -> None:
        if speed < 0:
            raise ValueError("a clock cannot run backwards")
        self.speed = speed
        self._wall = wall
        self._passed = passed
        self._start_ms = passed()
        self._origin_ms = wall() if origin_ms is None else origin_ms
        self._advanced_ms = 0
        self._lock = threading.Lock()

    def now_ms(self) -> int:
        """Now, in ms since the epoch; never less than it said before."""
        return self._origin_ms + int((self._passed() - self._start_ms) * self.speed) + self._advanced_ms

    def token_now_ms(self) -> int:
        """Now for credentials: the machine's time plus what this clock was advanced by.

        A client may mint its own tokens with its own clock, so the world's date must not matter.
        """
        return self._wall() + self._advanced_ms

    def advance(self, by_ms: int) -> None:
        """Move now forward.

        Raises:
            ValueError: `by_ms` is negative.
        """
        if by_ms < 0:
            raise ValueError("a clock cannot run backwards")
        with self._lock:
            self._advanced_ms += by_ms
