"""The only source of "now". Nothing else in the product asks the machine for the time; a test looks for it.

A clock goes at a speed: 0 is frozen, 1 real, 60 a minute a second. From one change to the next it is one formula,
`now = where it was + real time passed since x speed`. It never goes back: for that, a sandbox gets a new clock.

Everybody asks a frozen clock, thousands of times a second, so that is one look at one immutable value. A running one
is read under a lock for as long as a multiplication takes: else somebody could read the time just before it is
frozen, another one the frozen time, and the second would be earlier than the first.
"""

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from mockserver.words.timestamps import YEAR_9000_MS, iso_from_ms

__all__ = ["Clock", "ClockError", "Reading", "checked_speed", "passed_ns", "wall_ms"]

# As fast as a scenario's clock may be.
_FASTEST = 1e6


def wall_ms() -> int:
    """The machine's own time in ms since the epoch."""
    return time.time_ns() // 1_000_000


def passed_ms() -> int:
    """Real ms since some fixed instant; unlike `wall_ms` it never goes back."""
    return time.monotonic_ns() // 1_000_000


def passed_ns() -> int:
    """The same in ns, for measuring how long something took."""
    return time.monotonic_ns()


class ClockError(ValueError):
    """A clock cannot be changed like that; the message says what would be right, and the clock is as before."""


class Reading(NamedTuple):
    """What a clock says at one instant; times in ms since the epoch.

    Attributes:
        token_now_ms: Now for credentials (`Clock.token_now_ms`).
        speed: Simulated ms per real ms.
        advanced_ms: How far it was advanced and set forward since it was made.
    """

    now_ms: int
    token_now_ms: int
    speed: float
    advanced_ms: int


class _Course(NamedTuple):
    """How a clock goes since it was last changed.

    Attributes:
        from_ms: What it said then. since_ms: Real ms that had passed then.
    """

    from_ms: int
    since_ms: int
    speed: float
    advanced_ms: int

    def at(self, passed_ms: int) -> int:
        """What the clock says when so much real time has passed; at the year 9000 it stands still."""
        now_ms = self.from_ms + int((passed_ms - self.since_ms) * self.speed)
        return min(now_ms, max(self.from_ms, YEAR_9000_MS))

    def advanced(self, by_ms: int) -> "_Course":
        return self._replace(from_ms=self.from_ms + by_ms, advanced_ms=self.advanced_ms + by_ms)


class Clock:
    """A sandbox's now, in ms since the epoch. Safe between threads.

    Args:
        origin_ms: What the clock says when it is made; None starts it at the machine's time.
        speed: Simulated ms per real ms, as for `set_speed`.
        wall: The machine's time, replaceable so that tests need not wait.
        passed: Real time passed, which never goes back; replaceable too.

    Raises:
        ClockError: There is no such speed.
    """

    def __init__(
        self,
        origin_ms: int | None,
        *,
        speed: float = 0.0,
        wall: Callable[[], int] = wall_ms,
        passed: Callable[[], int] = passed_ms,
    ) -> None:
        self._wall = wall
        self._passed = passed
        self._lock = threading.Lock()
        from_ms = wall() if origin_ms is None else origin_ms
        self._origin_ms = from_ms
        self._course = _Course(from_ms, passed(), checked_speed(speed), 0)

    @property
    def origin_ms(self) -> int:
        """What the clock said when it was made, in ms since the epoch."""
        return self._origin_ms

    @property
    def speed(self) -> float:
        """Simulated ms per real ms: 0 is frozen, 1 real, 60 a minute a second."""
        return self._course.speed

    @property
    def advanced_ms(self) -> int:
        """How far it was advanced and set forward since it was made."""
        return self._course.advanced_ms

    def now_ms(self) -> int:
        """Now, in ms since the epoch; never less than it said before, to whichever thread."""
        course = self._course
        if not course.speed:
            return course.from_ms
        with self._lock:
            return self._now_ms()

    def token_now_ms(self) -> int:
        """Now for credentials: the machine's time plus what this clock was advanced by and set forward.

        A client may mint its own tokens with its own clock, so neither the world's date nor its speed may matter.
        """
        return self._wall() + self._course.advanced_ms

    def reading(self) -> Reading:
        """All that the clock says, at one instant."""
        with self._lock:
            course = self._course
            return Reading(self._now_ms(), self._wall() + course.advanced_ms, course.speed, course.advanced_ms)

    def advance(self, by_ms: int) -> None:
        """Move now forward.

        Raises:
            ClockError: `by_ms` is negative, or leads beyond the year 9000.
        """
        with self._lock:
            most_ms = self._most_ms()
            if not 0 <= by_ms <= most_ms:
                raise ClockError(
                    f"The clock can be advanced by 0 to {most_ms} ms; only a reset of the sandbox takes it back"
                )
            self._course = self._course.advanced(by_ms)

    def set_forward(self, to_ms: int) -> None:
        """Move now forward to an instant.

        Args:
            to_ms: Ms since the epoch.

        Raises:
            ClockError: It is over, or beyond the year 9000.
        """
        with self._lock:
            now_ms = self._now_ms()
            last_ms = now_ms + self._most_ms()
            if not now_ms <= to_ms <= last_ms:
                raise ClockError(
                    f"The clock can be set to an instant from {iso_from_ms(now_ms)} to {iso_from_ms(last_ms)}; "
                    "only a reset of the sandbox takes it back"
                )
            self._course = self._course.advanced(to_ms - now_ms)

    def set_speed(self, speed: float) -> None:
        """Go on from now at another speed; what is less than a ms at that instant is lost.

        Args:
            speed: Simulated ms per real ms, 0 to a million: 0 freezes the clock, 1 lets it run as the machine's does.

        Raises:
            ClockError: There is no such speed.
        """
        checked = checked_speed(speed)
        with self._lock:
            passed_ms = self._passed()
            course = self._course
            self._course = _Course(course.at(passed_ms), passed_ms, checked, course.advanced_ms)

    def _now_ms(self) -> int:
        """Now; the lock is held."""
        return self._course.at(self._passed())

    def _most_ms(self) -> int:
        """By how much the clock can be advanced so that neither time leaves the years that can be written."""
        return max(0, YEAR_9000_MS - max(self._now_ms(), self.token_now_ms()))


def checked_speed(speed: float) -> float:
    """A speed that a clock can have.

    Raises:
        ClockError: There is no such speed.
    """
    if not 0 <= speed <= _FASTEST:
        raise ClockError(f"A clock's speed is a number from 0, which freezes it, to {_FASTEST:.0f}; 1 is real time")
    return speed
