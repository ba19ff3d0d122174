"""What the control API answers when it cannot do what it was asked: `{"error": "..."}`."""

from http import HTTPStatus

from flask import Response, request

from mockserver.door.http import BodyTooLargeError, MalformedJsonError, json_response

__all__ = ["ControlError", "UnknownError", "refusal", "render_http_error"]


class ControlError(Exception):
    """A request that cannot be served; `str()` says what would be right."""

    status = 400


class UnknownError(ControlError):
    """What the path names is not there."""

    status = 404


def refusal(error: Exception) -> Response:
    """The answer to a request that cannot be served, or whose body cannot be read."""
    if isinstance(error, BodyTooLargeError):
        return render_http_error(413, {})
    said = f"The body is not valid JSON: {error}" if isinstance(error, MalformedJsonError) else str(error)
    return json_response({"error": said}, getattr(error, "status", 400))


def render_http_error(status: int, headers: dict[str, str]) -> Response:
    """An error below `/_mock` that no route of ours saw.

    Args:
        status: 404, 405, 413, 500 or any other HTTP error.
        headers: Go with the answer (`Allow` with 405).
    """
    return json_response({"error": _advice(status, headers)}, status, headers)


def _advice(status: int, headers: dict[str, str]) -> str:
    """What went wrong, and what to do instead."""
    if status == 404:
        return f"Nothing is served at {request.path}"
    if status == 405:
        return f"{request.method} is not possible at {request.path}: use {headers.get('Allow', 'another')}"
    if status == 413:
        return f"The body is larger than {request.max_content_length} bytes"
    if status == 500:
        return "Internal error of the emulator: this is a bug in it, and its log says more"
    return f"{request.method} {request.path} failed: {HTTPStatus(status).phrase}"
