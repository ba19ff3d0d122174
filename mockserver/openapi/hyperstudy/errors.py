"""Which errors an operation of API A may answer with, and what each looks like. Pure.

One rule for all operations, in `errors_of`: most of it follows from what the operation takes, and only what
cannot be known that way (409, 416, what a link answers) stands in the operation's own row.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from mockserver.door.operations import Operation
from mockserver.hyperstudy.errors import PARAMETER, PROBLEMS, WHOSE
from mockserver.openapi.description import ErrorKind
from mockserver.words.fidelity import Fidelity
from mockserver.words.json_schema import COUNT, KEYWORD, NAMES, TEXT, Schema, labelled, object_of

__all__ = ["ERRORS", "error_schema", "errors_of"]

_ROUTE = labelled(object_of(method=TEXT, path=TEXT), "inferred")


def _kind(
    name: str,
    status: int,
    codes: tuple[str, ...],
    details: Schema,
    when: str,
    fidelity: Fidelity = "documented",
    *headers: str,
    limited: bool = True,
) -> ErrorKind:
    return ErrorKind(name, status, when, headers, fidelity, limited, codes, details)


def _either(name: str, first: ErrorKind, second: ErrorKind) -> ErrorKind:
    """One of two kinds with the same status, as well founded as the first; what is less so says it."""
    schemas = [first.details] if first.details == second.details else [first.details, second.details]
    about = second.when if first.fidelity == second.fidelity else f"{second.when[:-1]} ({second.fidelity})."
    return replace(
        first,
        name=name,
        codes=tuple(dict.fromkeys((*first.codes, *second.codes))),
        details=schemas[0] if len(schemas) == 1 else {"anyOf": schemas},
        when=f"{first.when} Or: {about}",
        parts=(first, second),
    )


_PARAMETER_IS_BAD = _kind(
    "InvalidParameter", 400, ("INVALID_PARAMETER",), PARAMETER,
    "A query parameter is malformed, given twice or with brackets; the details say what would be right.",
)  # fmt: skip
_BODY_IS_BAD = _kind(
    "InvalidBody", 400, ("VALIDATION_ERROR",), PROBLEMS,
    "The body is invalid; the details list every problem.", "observed",
)  # fmt: skip
_NO_SCOPE = _kind("MissingScope", 403, ("FORBIDDEN",), WHOSE, "The key lacks the scope.")
_NOT_OURS = _kind(
    "OtherOrganisation", 403, ("FORBIDDEN",), WHOSE,
    "The key's organisation is not the one that the header names, or that this belongs to or was shared with.",
    "inferred",
)  # fmt: skip

ERRORS: Mapping[str, ErrorKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            _PARAMETER_IS_BAD,
            _BODY_IS_BAD,
            _either("InvalidRequest", _PARAMETER_IS_BAD, _BODY_IS_BAD),
            _kind(
                "Unauthorized", 401, ("UNAUTHORIZED", "AUTHENTICATION_ERROR"),
                labelled(
                    object_of(reason={"type": "string", "enum": ["missing", "unknown", "expired", "revoked"]}),
                    "inferred",
                ),
                "The API key is missing, unknown, expired or revoked. `UNAUTHORIZED` is documented, "
                "`AUTHENTICATION_ERROR` is what the official client has seen; the setting `reading` chooses.",
                limited=False,
            ),
            _NO_SCOPE,
            _NOT_OURS,
            _either("Forbidden", _NO_SCOPE, _NOT_OURS),
            _kind(
                "BadLink", 403, ("FORBIDDEN",), object_of(reason=TEXT),
                "The link is not signed, was tampered with, or has expired.", "inferred", limited=False,
            ),
            _kind(
                "NotFound", 404, ("NOT_FOUND",),
                labelled({"anyOf": [object_of(resource=TEXT, id=TEXT), _ROUTE]}, "inferred"),
                "There is nothing with this id; the details say what was looked for.",
            ),
            _kind(
                "Conflict", 409, ("CONFLICT",), object_of(id=TEXT),
                "The thing is not in a state in which this can be done to it.", "inferred",
            ),
            _kind(
                "TooLarge", 413, ("PAYLOAD_TOO_LARGE",), _ROUTE,
                "The body is larger than this server accepts.", "inferred",
            ),
            _kind(
                "UnsupportedCoding", 415, ("UNSUPPORTED_MEDIA_TYPE",), object_of(accepted=NAMES),
                "The body is compressed, and neither with gzip nor with deflate.", "inferred", "Accept-Encoding",
            ),
            _kind(
                "RangeNotSatisfiable", 416, ("RANGE_NOT_SATISFIABLE",), object_of(range=TEXT, size=COUNT),
                "The file has no such bytes.", "inferred", "Content-Range", limited=False,
            ),
            _kind(
                "RateLimited", 429, ("RATE_LIMIT_EXCEEDED",),
                labelled(object_of(limit=COUNT, window=COUNT), "inferred"),
                "Too many requests; only where limits are on (`--rate-limits`).", "documented", "Retry-After",
            ),
            _kind(
                "InternalServerError", 500, ("INTERNAL_SERVER_ERROR",), _ROUTE,
                "A bug of the emulator.",
            ),
        )
    }
)  # fmt: skip


def errors_of(operation: Operation) -> list[ErrorKind]:
    """The errors that an operation may answer with, one for each status, by status.

    400 where the query or the body says something, 401, 403 and 429 where a key is needed, 404 where the path names
    something, 413 and 415 where there is a body, 500 always; the operation's own row adds what is special to it.
    """
    names = _bad_request(operation)
    if operation.public:
        names += ["BadLink"] if 403 in operation.errors else []
    else:
        names += ["Unauthorized", "Forbidden" if operation.scope else "OtherOrganisation"]
    if "<" in operation.path or 404 in operation.errors:
        names.append("NotFound")
    names += ["Conflict"] if 409 in operation.errors else []
    names += ["TooLarge", "UnsupportedCoding"] if operation.body else []
    names += ["RangeNotSatisfiable"] if 416 in operation.errors else []
    names += [] if operation.public else ["RateLimited"]
    return [ERRORS[name] for name in [*names, "InternalServerError"]]


def _bad_request(operation: Operation) -> list[str]:
    if operation.parameters and operation.body:
        return ["InvalidRequest"]
    return ["InvalidParameter"] if operation.parameters else ["InvalidBody"] if operation.body else []


def error_schema(kind: ErrorKind) -> Schema:
    """The envelope of a kind of error."""
    code = {"type": "string", "enum": list(kind.codes)}
    details = kind.details if KEYWORD in kind.details or kind.parts else labelled(kind.details, kind.fidelity)
    error = object_of(code=code, message={"type": "string", "minLength": 1}, details=details)
    return object_of(kind.name.removesuffix("Error") + "Error", status={"const": "error"}, error=error)
