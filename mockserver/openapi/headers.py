"""Headers of answers, as components: which there are, and which operation's answers carry them. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from mockserver.door.expansion import ACCEPTED_CODINGS
from mockserver.door.operations import Operation
from mockserver.words.json_schema import COUNT, KEYWORD, TEXT

__all__ = ["HEADERS", "LIMIT_HEADERS", "header_references", "success_headers"]

_FIDELITY = {KEYWORD: "inferred"}

HEADERS: Mapping[str, dict[str, Any]] = MappingProxyType(
    {
        "X-Mock-Version": {
            "description": "Which version of the emulator answered. The real service does not send it.",
            "required": True,
            "schema": TEXT,
            **_FIDELITY,
        },
        "X-RateLimit-Limit": {
            "description": "Requests allowed in the window; only where limits are on.",
            "schema": COUNT,
            **_FIDELITY,
        },
        "X-RateLimit-Remaining": {
            "description": "Requests left in the window; only where limits are on.",
            "schema": COUNT,
            **_FIDELITY,
        },
        "X-RateLimit-Reset": {
            "description": "When the window ends, in seconds since the epoch; only where limits are on.",
            "schema": COUNT,
            **_FIDELITY,
        },
        "X-Total-Count": {
            "description": "Records in all pages; CSV and NDJSON only.",
            "schema": COUNT,
            **_FIDELITY,
        },
        "X-Next-Offset": {
            "description": "Where the next page begins, while there is one; CSV and NDJSON only.",
            "schema": COUNT,
            **_FIDELITY,
        },
        "Content-Disposition": {"description": "A name for the file.", "schema": TEXT, **_FIDELITY},
        "Retry-After": {
            "description": "Seconds until the window ends.",
            "required": True,
            "schema": {"type": "integer", "minimum": 1},
        },
        "WWW-Authenticate": {"description": "`Bearer`.", "required": True, "schema": TEXT, **_FIDELITY},
        "Accept-Encoding": {
            "description": f"`{ACCEPTED_CODINGS}`: the `Content-Encoding` that a body may have, where it has another.",
            "schema": TEXT,
            **_FIDELITY,
        },
        "Accept-Ranges": {"description": "`bytes`.", "required": True, "schema": TEXT},
        "ETag": {
            "description": "Tells this answer from others: sent as `If-None-Match`, it gets 304 while nothing changed.",
            "required": True,
            "schema": TEXT,
            **_FIDELITY,
        },
        "Content-Range": {"description": "Which bytes of how many.", "required": True, "schema": TEXT},
    }
)

LIMIT_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def success_headers(operation: Operation, status: int, *, limited: bool) -> tuple[str, ...]:
    """Names of the headers that an operation's answers carry when it works, beside the usual ones of HTTP.

    Args:
        limited: The API's requests are counted where limits are on.
    """
    names = ["X-Mock-Version"]
    if limited and not operation.public:
        names += LIMIT_HEADERS
    if len(operation.answer.formats) > 1 and operation.answer.enveloped:
        names += ["X-Total-Count", "X-Next-Offset", "Content-Disposition"]
    names += ["ETag"] if operation.kept else []
    if operation.tag == "files":
        names += ["Accept-Ranges", "ETag", "Content-Disposition"]
        names += ["Content-Range"] if status == 206 else []
    return tuple(names)


def header_references(names: tuple[str, ...]) -> dict[str, Any]:
    """The `headers` block of an answer."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
