"""API A's envelope: every answer under its base path is one, whatever happened.

Source: `{"status", "data", "metadata"}` and `{"status", "error"}` from the API overview (documented).
"""

from typing import Any

from flask import Response, request

from mockserver.door.http import BodyTooLargeError, MalformedJsonError, current_sandbox, json_response
from mockserver.hyperstudy.catalogue import CATALOGUE, DataTypeRow
from mockserver.hyperstudy.errors import ApiError, InvalidBody, shown
from mockserver.words.addresses import DATA_API

__all__ = ["error_response", "render_http_error", "success"]

_BASE_CODES = {
    400: "VALIDATION_ERROR",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "PAYLOAD_TOO_LARGE",
    500: "INTERNAL_SERVER_ERROR",
}


def success(data: Any, metadata: dict[str, Any] | None = None, status: int = 200) -> Response:
    """An answer that worked."""
    return json_response({"status": "success", "data": data, "metadata": metadata or {}}, status)


def error_response(error: Exception) -> Response:
    """Turn what a view raised into the envelope."""
    if isinstance(error, MalformedJsonError):
        error = InvalidBody(f"The body is not valid JSON: {error}.", [{"path": "", "message": str(error)}])
    if isinstance(error, BodyTooLargeError):
        return render_http_error(413, {})
    if not isinstance(error, ApiError):
        raise error
    code = "AUTHENTICATION_ERROR" if error.status == 401 and _observed() else error.code
    body = {"code": code, "message": error.message, "details": error.details}
    return json_response({"status": "error", "error": body}, error.status, error.headers)


def render_http_error(status: int, headers: dict[str, str]) -> Response:
    """The envelope of an error that no view raised: an unknown route, a wrong method, a crash."""
    code = _BASE_CODES.get(status, f"HTTP_{status}")
    details = {"method": request.method, "path": request.path[:200]}
    return error_response(ApiError(status, code, _message(status, headers), details, headers))


def _observed() -> bool:
    """Is the reading of the official client wanted, where it disagrees with the documentation?"""
    return current_sandbox().settings.reading == "observed"


def _hint(path: str) -> str:
    """Where the data would be that a path without a route seems to ask for."""
    parts = path.split("/data/", 1)[-1].split("/") if "/data/" in path else []
    rows: dict[str, DataTypeRow] = {row.name: row for row in CATALOGUE}
    row = rows.get("/".join(parts[:2])) or rows.get(parts[0] if parts else "")
    if row is not None:
        places = ", ".join(f"/data/{row.name}/{scope}/{{id}}" for scope in row.levels)
        return f"This data type is at {places}; an id must be one path segment."
    if parts:
        similar = [name for name in rows if name.startswith(f"{parts[0]}/")] or list(rows)
        return (
            f"Data types are {', '.join(similar)}, "
            f"at {DATA_API}/data/{{dataType}}/{{experiment|room|participant}}/{{id}}."
        )
    place = "{dataType}/{experiment|room|participant}/{id}"
    return f"Data is at {DATA_API}/data/{place}; all routes are at {DATA_API}/docs."


def _message(status: int, headers: dict[str, str]) -> str:
    path = shown(request.path)
    if status == 404:
        return f"No route {request.method} {path}. {_hint(request.path)}"
    if status == 405:
        return f"{request.method} is not allowed for {path}; use {headers.get('Allow', 'another method')}."
    if status == 400:
        return "The request's Host header is not valid; send the name and port that this server is called by."
    if status == 413:
        return f"The body is larger than the {request.max_content_length} bytes that are accepted; send smaller parts."
    if status == 500:
        return "The emulator failed while answering; this is a bug of its own, and its log has a traceback."
    return f"The request could not be answered (HTTP {status})."
