"""Rate limits of API B: off unless the settings say otherwise.

Source: 30 requests a minute without credentials, 120 with a free plan, 600 with a pro plan (the API overview,
documented). That a token names its plan in a claim `plan`, that all tokens of one subject share its limit, and that
windows begin with their first request, is inferred.
"""

from collections.abc import Mapping
from typing import Any, Final

from mockserver.door.asked import Asked
from mockserver.ingestion.errors import TooManyRequests
from mockserver.sandbox.counters import Limit

__all__ = ["LIMITS", "check_limit", "plan_of", "subject_of"]

_MINUTE_S: Final = 60
LIMITS: Final = {
    "none": Limit("client without credentials", 30, _MINUTE_S),
    "free": Limit("subject with a free plan", 120, _MINUTE_S),
    "pro": Limit("subject with a pro plan", 600, _MINUTE_S),
}


def plan_of(claims: Mapping[str, Any]) -> str:
    """The plan that a token's claims name; free where they name none that is known."""
    return "pro" if claims.get("plan") == "pro" else "free"


def subject_of(claims: Mapping[str, Any]) -> str | None:
    """Whom a token's claims are about; None where they do not say."""
    subject = claims.get("sub")
    return subject if isinstance(subject, str) else None


def check_limit(asked: Asked, plan: str, *who: str) -> None:
    """Count one request, if limits are on.

    Args:
        plan: `none`, `free` or `pro`.
        who: What is counted: `subject` and the token's, or `address` and the client's.

    Raises:
        TooManyRequests: It is one too many.
    """
    sandbox = asked.sandbox
    if not sandbox.settings.rate_limits:
        return
    now_ms = sandbox.clock.token_now_ms()
    count = sandbox.counters.count(LIMITS[plan], ("ingestion", *who), now_ms)
    asked.remarks.rate_count = count
    if not count.allowed:
        raise TooManyRequests(count.limit.name, count.limit.most, count.wait_s(now_ms))
