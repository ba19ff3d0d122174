"""Counting requests in windows of time, for rate limits."""

import threading
from dataclasses import dataclass

__all__ = ["Count", "Counters", "Limit"]

# Fewer windows than these are not worth going through.
_TIDY_FROM = 256


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` requests in `window_s` seconds, for each of what `name` says."""

    name: str
    most: int
    window_s: int


@dataclass(frozen=True, slots=True)
class Count:
    """How far a window is used up.

    Attributes:
        left: How many more requests are allowed. reset_ms: when the window ends, ms since the epoch.
    """

    limit: Limit
    allowed: bool
    left: int
    reset_ms: int

    def wait_s(self, now_ms: int) -> int:
        """Whole seconds until the window ends, at least 1."""
        return max(1, -(-(self.reset_ms - now_ms) // 1000))


class Counters:
    """Requests counted in windows that begin with their first request; safe between threads.

    Windows that are over are forgotten, so that what is remembered are the clients of about the last window.
    """

    def __init__(self) -> None:
        # When each window ends, in ms since the epoch, and how far it is used up.
        self._windows: dict[tuple[str, ...], tuple[int, int]] = {}
        self._tidy_at = _TIDY_FROM
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many windows are remembered."""
        return len(self._windows)

    def count(self, limit: Limit, who: tuple[str, ...], now_ms: int) -> Count:
        """Count one request of somebody; one that is not allowed uses nothing up."""
        with self._lock:
            self._tidy(now_ms)
            fresh = (now_ms + limit.window_s * 1000, 0)
            ends_ms, used = self._windows.get((limit.name, *who), fresh)
            if now_ms >= ends_ms:
                ends_ms, used = fresh
            allowed = used < limit.most
            self._windows[limit.name, *who] = (ends_ms, used + allowed)
            return Count(limit, allowed, limit.most - used - allowed, ends_ms)

    def _tidy(self, now_ms: int) -> None:
        """Forget what is over, once there are twice as many windows as were left the last time."""
        if len(self._windows) < self._tidy_at:
            return
        self._windows = {who: window for who, window in self._windows.items() if window[0] > now_ms}
        self._tidy_at = max(_TIDY_FROM, 2 * len(self._windows))
