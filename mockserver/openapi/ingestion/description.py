"""What the ingestion API's document says beside its rows."""

from typing import Any

from mockserver.door.operations import Operation
from mockserver.ingestion.errors import MOST_ITEMS
from mockserver.ingestion.limits import LIMITS
from mockserver.ingestion.rules import RULES_KEYWORD, beside
from mockserver.ingestion.tokens import RULES
from mockserver.openapi.description import Access, Description, ErrorKind
from mockserver.openapi.ingestion.examples import ingestion_examples
from mockserver.openapi.labels import legend
from mockserver.openapi.query_rule import QUERY_RULE
from mockserver.words.json_schema import ID, Schema, object_of
from mockserver.words.version import VERSION

__all__ = ["ERRORS", "INGESTION"]

ERRORS = (
    ErrorKind("BadRequest", 400, "The body is not JSON, or not a batch."),
    ErrorKind("Unauthorized", 401, "There is no valid token; the message says why.", ("WWW-Authenticate",)),
    ErrorKind("SessionNotFound", 404, "The session is unknown; only where sessions are strict.", (), "documented"),
    ErrorKind(
        "TooLarge", 413, f"The body is larger than this server accepts, or the batch has over {MOST_ITEMS} items."
    ),
    ErrorKind(
        "UnsupportedMediaType",
        415,
        "The body is not said to be JSON; or it is compressed, and neither with gzip nor with deflate.",
        ("Accept-Encoding",),
    ),
    ErrorKind("TooManyRequests", 429, "Over a limit; only where limits are on.", ("Retry-After",), "documented"),
    ErrorKind("InternalServerError", 500, "A bug of the emulator.", limited=False),
)
_TAGS = {
    "ingestion": "Batches of what was captured in a test session; write-only.",
    "reference": "This description.",
}
_NULL = {"type": "null"}


def _access(operation: Operation) -> Access:
    return Access("Needs no token.", []) if operation.public else Access("", [{"Bearer": []}])


def _errors_of(operation: Operation) -> list[ErrorKind]:
    """Those of its row; anything can fail by a bug."""
    return [kind for kind in ERRORS if kind.status in (*operation.errors, 500)]


def _error_schema(kind: ErrorKind) -> Schema:
    return object_of("Error", success={"const": False}, data=_NULL, error=ID, metadata=_NULL)


def _info() -> dict[str, Any]:
    limits = ", ".join(f"{limit.most} for a {limit.name}" for limit in LIMITS.values())
    return {
        "title": "OpenScouter data ingestion, emulated",
        "version": VERSION,
        "summary": "Takes batches of browser events, facial frames and voice segments, served by mockserver.",
        "description": (
            "A batch is judged item by item: what breaks a rule is rejected with its index and a reason, the rest is "
            "stored. So an item that does not fit its schema below is no bad request. Types are strict: a boolean is "
            'no number, `"5"` is no number, `3.0` is an integer. Unknown fields are kept.\n\n'
            'Every answer is `{"success", "data", "error", "metadata"}`; a request that is refused as a whole has '
            "`data: null` and a sentence in `error`. `OPTIONS` answers preflights; other methods get 405.\n\n"
            f"{QUERY_RULE}\n\n"
            f"Limits a minute, where they are on (`--rate-limits`): {limits}.\n\n{legend()}\n\n"
            "What is done with a field's values, beyond what the documentation says of it, stands beside the field, "
            f"rule by rule, each with a label of its own (`{RULES_KEYWORD}`)."
        ),
    }


_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "HS256, valid for 24 hours. `POST /_mock/tokens` or `mockserver token` mints one; `plan` is `free` "
    "or `pro`.",
    **beside(RULES),
}


INGESTION = Description(
    info=_info(),
    tags=_TAGS,
    schemes={"Bearer": _BEARER},
    access=_access,
    errors_of=_errors_of,
    error_schema=_error_schema,
    examples=ingestion_examples,
)
