"""Counting requests in windows of time, for rate limits."""

import threading
from dataclasses import dataclass

__all__ = ["Count", "Counters", "Limit"]


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
    """Requests counted in windows that begin with their first request; safe between threads."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, ...], tuple[int, int]] = {}
        self._lock = threading.Lock()

    def count(self, limit: Limit, who: tuple[str, ...], now_ms: int) -> Count:
        """Count one request of somebody; one that is not allowed uses nothing up."""
        with self._lock:
            began_ms, used = self._windows.get((limit.name, *who), (now_ms, 0))
            if now_ms >= began_ms + limit.window_s * 1000:
                began_ms, used = now_ms, 0
            allowed = used < limit.most
            self._windows[limit.name, *who] = (began_ms, used + allowed)
            return Count(limit, allowed, limit.most - used - allowed, began_ms + limit.window_s * 1000)
