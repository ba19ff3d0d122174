"""What the control API answers when it cannot do what it was asked: `{"error": "..."}`."""

from http import HTTPStatus
from typing import Any

from flask import Response

from mockserver.door.expansion import ACCEPTED_CODINGS
from mockserver.door.refusals import Refusal
from mockserver.web.bodies import BodyTooLargeError, MalformedJsonError, UnsupportedCodingError
from mockserver.web.requests import current_asked
from mockserver.web.responses import json_response

__all__ = ["ConflictingError", "ControlError", "UnknownError", "error_response", "wrap"]


class ControlError(Exception):
    """A request that cannot be served; `str()` says what would be right."""

    status = 400


class UnknownError(ControlError):
    """What the path names is not there."""

    status = 404


class ConflictingError(ControlError):
    """What is asked does not go with what is there."""

    status = 409


def error_response(error: Exception) -> Response:
    """The answer to a request that cannot be served, or whose body cannot be read."""
    if isinstance(error, BodyTooLargeError):
        asked = current_asked()
        most = asked.sandbox.settings.max_body_bytes
        refusal = Refusal(
            413, "body_too_large", asked.request.method, asked.path, most_bytes=most, expanded=error.expanded
        )
        return json_response(wrap(refusal), 413)
    if isinstance(error, UnsupportedCodingError):
        return json_response({"error": str(error)}, 415, {"Accept-Encoding": ACCEPTED_CODINGS})
    said = f"The body is not valid JSON: {error}" if isinstance(error, MalformedJsonError) else str(error)
    return json_response({"error": said}, getattr(error, "status", 400))


def wrap(refusal: Refusal) -> dict[str, Any]:
    """What no view answered, as this API says it."""
    return {"error": refusal.message or _advice(refusal)}


def _advice(refusal: Refusal) -> str:
    """What went wrong, and what to do instead."""
    if refusal.status == 404:
        return f"Nothing is served at {refusal.path[:200]}: GET /_mock lists what is"
    if refusal.status == 405:
        return f"{refusal.method} is not possible at {refusal.path}: use {', '.join(refusal.allow) or 'another'}"
    if refusal.status == 413:
        once = " once it is expanded" if refusal.expanded else ""
        return f"The body is larger than {refusal.most_bytes} bytes{once}"
    if refusal.status == 500:
        return "Internal error of the emulator: this is a bug in it, and its log says more"
    return f"{refusal.method} {refusal.path} failed: {HTTPStatus(refusal.status).phrase}"
