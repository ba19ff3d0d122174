"""Rate limits of API A: off unless the settings say otherwise.

Source: 1000 requests an hour for a key and 100 a minute for an endpoint (documented); windows that begin
with the first request in them, and the headers, are inferred (after the documented headers of API v4).
"""

from mockserver.door.asked import Asked
from mockserver.hyperstudy.errors import ApiError
from mockserver.sandbox.counters import Count, Limit
from mockserver.simulation.scenario.specs import KeySpec

__all__ = ["LIMITS", "RateLimited", "check_limits"]

# The endpoint's stands first: a request that it refuses does not use up the key's hour.
LIMITS = (Limit("endpoint", 100, 60), Limit("key", 1000, 3600))


class RateLimited(ApiError):
    """Over a limit (429, documented); `Retry-After` says when to come back."""

    def __init__(self, count: Count, now_ms: int) -> None:
        limit, wait_s = count.limit, count.wait_s(now_ms)
        super().__init__(
            429,
            "RATE_LIMIT_EXCEEDED",
            f"Too many requests: {limit.most} in {limit.window_s} s are allowed for each {limit.name}; "
            f"try again in {wait_s} s.",
            {"limit": limit.most, "window": limit.window_s},
            {"Retry-After": str(wait_s)},
        )


def check_limits(asked: Asked, key: KeySpec, operation_id: str) -> None:
    """Count a request of a key to an operation, if limits are on. Time is the wall's, as for tokens.

    The headers tell of the limit that is nearest.

    Raises:
        RateLimited: It is one too many.
    """
    sandbox = asked.sandbox
    if not sandbox.settings.rate_limits:
        return
    now_ms = sandbox.clock.token_now_ms()
    counts: list[Count] = []
    for limit in LIMITS:
        who = (key.value, operation_id) if limit.name == "endpoint" else (key.value,)
        counts.append(sandbox.counters.count(limit, who, now_ms))
        asked.remarks.rate_count = min(counts, key=lambda count: (count.allowed, count.left))
        if not counts[-1].allowed:
            raise RateLimited(counts[-1], now_ms)
