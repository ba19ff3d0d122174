"""What API A answers when it does not answer: one class for each row of its error table.

Source: error codes and envelope from the API overview (documented); messages are ours and say what to
send instead.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.door.expansion import ACCEPTED_CODINGS
from mockserver.words.json_schema import NAMES, TEXT, Schema, labelled, list_of, object_of

__all__ = [
    "KEPT_CHARACTERS",
    "PARAMETER",
    "PROBLEMS",
    "WHOSE",
    "ApiError",
    "BadLink",
    "Conflict",
    "Forbidden",
    "InvalidBody",
    "InvalidParameter",
    "NotFound",
    "Unauthorized",
    "UnsupportedCoding",
    "shown",
]

# What the details hold: JSON Schemas with their labels.
PARAMETER = object_of(parameter=TEXT, value={"type": ["string", "null"]}, expected=TEXT)
WHOSE = labelled(object_of(required=NAMES, provided=NAMES), "observed")
_PROBLEM = {**labelled(object_of(path=TEXT, message=TEXT), "inferred"), "description": "Where in the body, and what."}
_OBSTACLE = {
    **object_of(role=TEXT, reason=TEXT),
    "description": "Why an agent cannot be launched, and which role it is about.",
}
PROBLEMS = labelled(object_of(errors=list_of({"anyOf": [_PROBLEM, _OBSTACLE]})), "observed")

_SHOWN_CHARACTERS = 100
# The details are for programs, which may compare; what is longer than this nobody meant.
KEPT_CHARACTERS = 1000


def shown(value: str) -> str:
    """A client's own text as a message may repeat it: quoted, and not at any length."""
    return repr(value if len(value) <= _SHOWN_CHARACTERS else value[:_SHOWN_CHARACTERS] + "…")


class ApiError(Exception):
    """An answer with an error envelope.

    Args:
        status: HTTP status. code: machine-readable; message: what to send instead; details: an object.

    Attributes:
        described: JSON Schema of the details, with their labels.
    """

    described: Schema = labelled({"type": "object"}, "inferred")

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details or {}
        self.headers = headers or {}


class InvalidParameter(ApiError):
    """A query parameter is malformed (400, documented)."""

    described = PARAMETER

    def __init__(self, parameter: str, value: str | None, expected: str, message: str | None = None) -> None:
        got = "it is missing" if value is None else f"got {shown(value)}"
        super().__init__(
            400,
            "INVALID_PARAMETER",
            message or f"Invalid value for {parameter}: expected {expected}, {got}.",
            {"parameter": parameter, "value": value and value[:KEPT_CHARACTERS], "expected": expected},
        )


class InvalidBody(ApiError):
    """A request body is invalid (400, observed in the client).

    Args:
        errors: Every problem: `path`, such as `states/0/id`, empty for the whole, and `message` (inferred). Why agents
            cannot be launched is told as in the client's fixtures: `role`, or `path`, and `reason`.
    """

    described = PROBLEMS

    def __init__(self, message: str, errors: Sequence[Mapping[str, str]]) -> None:
        super().__init__(400, "VALIDATION_ERROR", message, {"errors": list(errors)})


class Unauthorized(ApiError):
    """The key is missing, unknown, expired or revoked (401, documented); `reason` is which of the four."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(401, "UNAUTHORIZED", message, {"reason": reason})


class Forbidden(ApiError):
    """The key may not do this (403): it lacks the scope (documented), or its organisation may not (inferred)."""

    described = WHOSE

    def __init__(self, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(403, "FORBIDDEN", message, details)


class BadLink(ApiError):
    """A signed link that is none, or none any more (403, inferred); `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(403, "FORBIDDEN", f"No download: {reason}.", {"reason": reason})


class NotFound(ApiError):
    """There is no such thing (404, documented); the details say what was looked for."""

    def __init__(self, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(404, "NOT_FOUND", message, details)


class UnsupportedCoding(ApiError):
    """The body is compressed in a way that is not read (415, inferred); `Accept-Encoding` says which are (RFC 9110)."""

    def __init__(self, said: str) -> None:
        details = {"accepted": ACCEPTED_CODINGS.split(", ")}
        super().__init__(415, "UNSUPPORTED_MEDIA_TYPE", f"{said}.", details, {"Accept-Encoding": ACCEPTED_CODINGS})


class Conflict(ApiError):
    """The thing is not in a state in which this can be done to it (409, inferred)."""

    def __init__(self, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(409, "CONFLICT", message, details)
