"""Which errors an operation of API A may answer with, and what each looks like. Pure.

One rule for all operations, in `errors_of`: most of it follows from what the operation takes, and only what
cannot be known that way (409, 416, what a link answers) stands in the operation's own row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from mockserver.hyperstudy.operations import Operation, Parameter
from mockserver.hyperstudy.shapes import Fidelity
from mockserver.openapi.headers import LIMIT_HEADERS, header_references
from mockserver.openapi.labels import KEYWORD

__all__ = ["ERRORS", "ErrorKind", "error_response", "error_schemas", "errors_of", "is_checked"]

Schema = dict[str, Any]
_TEXT = {"type": "string"}
_NAMES = {"type": "array", "items": _TEXT}
_WHOLE = {"type": "integer", "minimum": 0}


def _details(*required: str, **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


_ROUTE = _details(method=_TEXT, path=_TEXT)
_WHOSE = _details("required", "provided", required=_NAMES, provided=_NAMES)
_PARAMETER = _details(
    "parameter", "value", "expected", parameter=_TEXT, value={"type": ["string", "null"]}, expected=_TEXT
)
_PROBLEM = _details(path=_TEXT, message=_TEXT, role=_TEXT, reason=_TEXT)
_PROBLEMS = _details("errors", errors={"type": "array", "items": {"anyOf": [_TEXT, _PROBLEM]}})


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """One way to fail: a row of the table of errors.

    Attributes:
        name: Of the component. codes: that `error.code` may be.
        details: JSON Schema of `error.details`. when: it happens, as a sentence.
        headers: That come with it, beside those of every answer.
    """

    name: str
    status: int
    codes: tuple[str, ...]
    details: Schema
    when: str
    headers: tuple[str, ...] = ()
    fidelity: Fidelity = "documented"


ERRORS: Mapping[str, ErrorKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            ErrorKind(
                "InvalidParameter", 400, ("INVALID_PARAMETER",), _PARAMETER,
                "A query parameter is malformed; the details say what would be right.",
            ),
            ErrorKind(
                "InvalidBody", 400, ("VALIDATION_ERROR",), _PROBLEMS,
                "The body is invalid; the details list every problem.", fidelity="observed",
            ),
            ErrorKind(
                "InvalidRequest", 400, ("INVALID_PARAMETER", "VALIDATION_ERROR"), {"anyOf": [_PARAMETER, _PROBLEMS]},
                "A query parameter or the body is invalid.", fidelity="observed",
            ),
            ErrorKind(
                "Unauthorized", 401, ("UNAUTHORIZED", "AUTHENTICATION_ERROR"),
                _details("reason", reason={"type": "string", "enum": ["missing", "unknown", "expired", "revoked"]}),
                "The API key is missing, unknown, expired or revoked. `UNAUTHORIZED` is documented, "
                "`AUTHENTICATION_ERROR` is what the official client has seen; the setting `reading` chooses.",
            ),
            ErrorKind(
                "Forbidden", 403, ("FORBIDDEN",), _WHOSE,
                "The key lacks the scope, or belongs to another organisation.",
            ),
            ErrorKind(
                "BadLink", 403, ("FORBIDDEN",), _details("reason", reason=_TEXT),
                "The link is not signed, was tampered with, or has expired.", fidelity="inferred",
            ),
            ErrorKind(
                "NotFound", 404, ("NOT_FOUND",),
                {"anyOf": [_details("resource", "id", resource=_TEXT, id=_TEXT), _ROUTE]},
                "There is nothing with this id; the details say what was looked for.",
            ),
            ErrorKind(
                "Conflict", 409, ("CONFLICT",), _details("id", id=_TEXT),
                "The thing is not in a state in which this can be done to it.", fidelity="inferred",
            ),
            ErrorKind(
                "TooLarge", 413, ("PAYLOAD_TOO_LARGE",), _ROUTE,
                "The body is larger than this server accepts.", fidelity="inferred",
            ),
            ErrorKind(
                "RangeNotSatisfiable", 416, ("RANGE_NOT_SATISFIABLE",),
                _details("range", "size", range=_TEXT, size=_WHOLE),
                "The file has no such bytes.", ("Content-Range",), "inferred",
            ),
            ErrorKind(
                "RateLimited", 429, ("RATE_LIMIT_EXCEEDED",), _details("limit", "window", limit=_WHOLE, window=_WHOLE),
                "Too many requests; only where limits are on (`--rate-limits`).", ("Retry-After",),
            ),
            ErrorKind(
                "InternalServerError", 500, ("INTERNAL_SERVER_ERROR",), _ROUTE,
                "A bug of the emulator, or a fault that was asked for.",
            ),
        )
    }
)  # fmt: skip


def errors_of(operation: Operation) -> list[ErrorKind]:
    """The errors that an operation may answer with, by status.

    400 where something is checked, 401, 403 and 429 where a key is needed, 404 where the path names
    something, 413 where there is a body, 500 always; the operation's own row adds what is special to it.
    """
    names = _bad_request(operation)
    if operation.public:
        names += ["BadLink"] if 403 in operation.errors else []
    else:
        names += ["Unauthorized", "Forbidden"]
    if "<" in operation.path or 404 in operation.errors:
        names.append("NotFound")
    names += ["Conflict"] if 409 in operation.errors else []
    names += ["TooLarge"] if operation.body else []
    names += ["RangeNotSatisfiable"] if 416 in operation.errors else []
    names += [] if operation.public else ["RateLimited"]
    return [ERRORS[name] for name in [*names, "InternalServerError"]]


def _bad_request(operation: Operation) -> list[str]:
    checked = any(is_checked(parameter) for parameter in operation.parameters)
    if checked and operation.body:
        return ["InvalidRequest"]
    return ["InvalidParameter"] if checked else ["InvalidBody"] if operation.body else []


def is_checked(parameter: Parameter) -> bool:
    """May a value of the parameter be refused? Not where any text will do."""
    return parameter.required or parameter.schema != {"type": "string"}


def error_schemas() -> dict[str, Schema]:
    """A schema for every kind of error, by component name, and `Error`, which all of them are."""
    return {
        "Error": _error_schema({"type": "string"}, {"type": "object"}),
        **{
            _schema_name(kind): _error_schema({"type": "string", "enum": list(kind.codes)}, kind.details)
            for kind in ERRORS.values()
        },
    }


def _schema_name(kind: ErrorKind) -> str:
    return kind.name.removesuffix("Error") + "Error"


def _error_schema(code: Schema, details: Schema) -> Schema:
    error = {
        "type": "object",
        "properties": {"code": code, "message": {"type": "string", "minLength": 1}, "details": details},
        "required": ["code", "message", "details"],
    }
    return {
        "type": "object",
        "properties": {"status": {"const": "error"}, "error": error},
        "required": ["status", "error"],
    }


def error_response(kind: ErrorKind, example: Any | None) -> dict[str, Any]:
    """The response component of a kind of error.

    Args:
        example: A real one; None leaves it out.
    """
    content: dict[str, Any] = {"schema": {"$ref": f"#/components/schemas/{_schema_name(kind)}"}}
    if example is not None:
        content["example"] = example
    limits = () if kind.name in ("Unauthorized", "BadLink", "RangeNotSatisfiable") else LIMIT_HEADERS
    return {
        "description": kind.when,
        KEYWORD: kind.fidelity,
        "headers": header_references(("X-Mock-Version", *limits, *kind.headers)),
        "content": {"application/json": content},
    }
