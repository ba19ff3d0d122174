"""API A's envelope: every answer under its base path is one, whatever happened.

Source: `{"status", "data", "metadata"}` and `{"status", "error"}` from the API overview (documented).
"""

from typing import Any

from flask import Response

from mockserver.door.operations import Operation
from mockserver.door.refusals import Refusal
from mockserver.hyperstudy.catalogue import CATALOGUE, DataTypeRow
from mockserver.hyperstudy.errors import KEPT_CHARACTERS, ApiError, InvalidBody, UnsupportedCoding, shown
from mockserver.web.bodies import BodyTooLargeError, MalformedJsonError, UnsupportedCodingError
from mockserver.web.requests import current_asked, current_remarks, current_sandbox
from mockserver.web.responses import json_response
from mockserver.words import exact_json
from mockserver.words.addresses import DATA_API
from mockserver.words.fidelity import Fidelity, shows
from mockserver.words.founded import shown_value
from mockserver.words.json_schema import list_of, object_of

__all__ = ["error_body", "error_response", "success", "success_around", "wrap"]

_BASE_CODES = {
    400: "VALIDATION_ERROR",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "PAYLOAD_TOO_LARGE",
    500: "INTERNAL_SERVER_ERROR",
}


def success_around(metadata: dict[str, Any]) -> tuple[bytes, bytes]:
    """What stands before and behind the records of an answer that are written already: a list without its brackets."""
    asked = current_asked()
    least = asked.sandbox.settings.least_fidelity
    if least != "inferred" and asked.operation is not None:
        _, metadata = _shown(asked.operation, [], metadata, least)
    return b'{"status":"success","data":[', b'],"metadata":' + exact_json.dumps_any(metadata) + b"}"


def success(data: Any, metadata: dict[str, Any] | None = None, status: int = 200) -> Response:
    """An answer that worked, without the fields that the sandbox hides; records come without theirs already."""
    asked, metadata = current_asked(), metadata or {}
    least = asked.sandbox.settings.least_fidelity
    if least != "inferred" and asked.operation is not None:
        data, metadata = _shown(asked.operation, data, metadata, least)
    return json_response({"status": "success", "data": data, "metadata": metadata}, status)


def _shown(operation: Operation, data: Any, metadata: dict[str, Any], least: Fidelity) -> tuple[Any, dict[str, Any]]:
    """What is well enough founded of an answer's two parts."""
    answer, around = operation.answer, operation.fidelity
    if isinstance(answer.data, dict):
        schema = list_of(answer.data) if answer.many else answer.data
        data = shown_value(data, schema, around, least)
    return data, shown_value(metadata, object_of(**answer.metadata), around, least)


def error_response(error: Exception) -> Response:
    """Turn what a view raised into the envelope."""
    if isinstance(error, MalformedJsonError):
        problem = {"path": "/".join(error.path)[:KEPT_CHARACTERS], "message": str(error)}
        error = InvalidBody(f"The body is not valid JSON: {error}.", [problem])
    if isinstance(error, UnsupportedCodingError):
        error = UnsupportedCoding(str(error))
    if isinstance(error, BodyTooLargeError):
        return _too_large(expanded=error.expanded)
    if not isinstance(error, ApiError):
        raise error
    remarks = current_remarks()
    remarks.cause, remarks.message = str(error.details.get("reason", error.code)), error.message
    body = error_body(error, observed=_observed())
    least = current_sandbox().settings.least_fidelity
    body["error"]["details"] = shown_value(error.details, error.described, "documented", least)
    return json_response(body, error.status, error.headers)


def error_body(error: ApiError, *, observed: bool = False) -> dict[str, Any]:
    """The envelope of an error.

    Args:
        observed: In the reading of the official client, where it disagrees with the documentation.
    """
    code = "AUTHENTICATION_ERROR" if error.status == 401 and observed else error.code
    return _error(code, error.message, error.details)


def wrap(refusal: Refusal) -> dict[str, Any]:
    """The envelope of what no view answered: an unknown route, a wrong method, a crash."""
    code = _BASE_CODES.get(refusal.status, f"HTTP_{refusal.status}")
    # The fields are ours.
    told = shows("inferred", refusal.least_fidelity)
    details = {"method": refusal.method, "path": refusal.path[:200]} if told else {}
    return _error(code, refusal.message or _message(refusal), details)


def _error(code: str, message: str, details: dict[str, Any]) -> dict[str, Any]:
    return {"status": "error", "error": {"code": code, "message": message, "details": details}}


def _too_large(*, expanded: bool) -> Response:
    asked = current_asked()
    most = asked.sandbox.settings.max_body_bytes
    least = asked.sandbox.settings.least_fidelity
    method, path = asked.request.method, asked.path
    refusal = Refusal(413, "body_too_large", method, path, most_bytes=most, expanded=expanded, least_fidelity=least)
    asked.remarks.cause = refusal.cause
    return json_response(wrap(refusal), 413)


def _observed() -> bool:
    """Is the reading of the official client wanted, where it disagrees with the documentation?"""
    return current_sandbox().settings.reading == "observed"


def _hint(path: str, least: Fidelity) -> str:
    """Where the data would be that a path without a route seems to ask for, of what is well enough founded."""
    parts = path.split("/data/", 1)[-1].split("/") if "/data/" in path else []
    rows: dict[str, DataTypeRow] = {row.name: row for row in CATALOGUE if shows(row.fidelity, least)}
    row = rows.get("/".join(parts[:2])) or rows.get(parts[0] if parts else "")
    if row is not None:
        places = ", ".join(f"/data/{row.name}/{level}/{{id}}" for level in row.levels)
        return f"This data type is at {places}; an id must be one path segment."
    if parts:
        similar = [name for name in rows if name.startswith(f"{parts[0]}/")] or list(rows)
        return (
            f"Data types are {', '.join(similar)}, "
            f"at {DATA_API}/data/{{dataType}}/{{experiment|room|participant}}/{{id}}."
        )
    place = "{dataType}/{experiment|room|participant}/{id}"
    return f"Data is at {DATA_API}/data/{place}; all routes are at {DATA_API}/docs."


def _message(refusal: Refusal) -> str:
    path = shown(refusal.path)
    if refusal.status == 404:
        return f"No route {refusal.method} {path}. {_hint(refusal.path, refusal.least_fidelity)}"
    if refusal.status == 405:
        return f"{refusal.method} is not allowed for {path}; use {', '.join(refusal.allow) or 'another method'}."
    if refusal.status == 413:
        body = "The body, once it is expanded," if refusal.expanded else "The body"
        return f"{body} is larger than the {refusal.most_bytes} bytes that are accepted; send smaller parts."
    if refusal.status == 500:
        return "The emulator failed while answering; this is a bug of its own, and its log has a traceback."
    return f"The request could not be answered (HTTP {refusal.status})."
