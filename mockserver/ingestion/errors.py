"""What the ingestion API answers when a whole request is refused, as exceptions with a status each.

Source: the envelope and its human-readable `error` are those of the API overview (documented); which request gets
which status is inferred.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final

from mockserver.door.expansion import ACCEPTED_CODINGS

__all__ = [
    "MOST_ITEMS",
    "ApiError",
    "BadRequest",
    "SessionNotFound",
    "TooLarge",
    "TooManyItems",
    "TooManyRequests",
    "Unauthorized",
    "UnsupportedCoding",
    "UnsupportedMediaType",
    "error_body",
]


# Of one batch: each item costs a multiple of its text in time and memory (inferred).
MOST_ITEMS: Final = 100_000


class ApiError(Exception):
    """A refused request. `str()` is what the client reads, `headers` go with the answer, `cause` is for programs."""

    status: ClassVar[int]
    cause: ClassVar[str]
    headers: Mapping[str, str] = MappingProxyType({})


class BadRequest(ApiError):
    """The body is not JSON, or not a batch."""

    status = 400
    cause = "bad_request"


class Unauthorized(ApiError):
    """There is no valid token."""

    status = 401
    cause = "unauthorized"
    headers = MappingProxyType({"WWW-Authenticate": "Bearer"})


class SessionNotFound(ApiError):
    """The scenario lists no such session; only asked for with `Settings.strict_sessions`.

    Source: status and wording of the API overview (documented).
    """

    status = 404
    cause = "session_not_found"

    def __init__(self) -> None:
        super().__init__("Session not found")


class TooLarge(ApiError):
    """The body is over `Settings.max_body_bytes`, as it is sent or once it is expanded."""

    status = 413
    cause = "body_too_large"

    def __init__(self, max_bytes: int | None, *, expanded: bool = False) -> None:
        once = " once it is expanded" if expanded else ""
        super().__init__(f"The body is larger than {max_bytes} bytes{once}: send smaller batches")


class TooManyItems(ApiError):
    """The batch has more than `MOST_ITEMS`, and none of them was looked at (inferred)."""

    status = 413
    cause = "too_many_items"

    def __init__(self) -> None:
        super().__init__(f"The batch has more than {MOST_ITEMS} items: send smaller batches")


class TooManyRequests(ApiError):
    """Over a limit (429, documented); `Retry-After` says when to come back."""

    status = 429
    cause = "too_many_requests"

    def __init__(self, who: str, most: int, wait_s: int) -> None:
        super().__init__(f"Too many requests: {most} a minute for a {who}; try again in {wait_s} s")
        self.headers = {"Retry-After": str(wait_s)}


class UnsupportedMediaType(ApiError):
    """The body is not said to be JSON."""

    status = 415
    cause = "unsupported_media_type"

    def __init__(self, sent: str) -> None:
        super().__init__(
            f"Content-Type must be application/json (got {sent})"
            if sent
            else "Missing Content-Type header: send 'Content-Type: application/json'"
        )


class UnsupportedCoding(ApiError):
    """The body is compressed in a way that is not read (inferred); `Accept-Encoding` says which are (RFC 9110)."""

    status = 415
    cause = "unsupported_coding"
    headers = MappingProxyType({"Accept-Encoding": ACCEPTED_CODINGS})


def error_body(message: str) -> dict[str, Any]:
    """The envelope of a refused request (the API overview, documented)."""
    return {"success": False, "data": None, "error": message, "metadata": None}
