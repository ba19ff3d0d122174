"""What the control API's document says beside its rows."""

from http import HTTPStatus

from mockserver.control.access import TOKEN_HEADER
from mockserver.door.choice import HEADER, PREFIX
from mockserver.door.operations import Operation
from mockserver.openapi.control.examples import control_examples
from mockserver.openapi.description import Access, Description, ErrorKind
from mockserver.words.json_schema import ID, Schema, object_of
from mockserver.words.version import VERSION

__all__ = ["CONTROL"]

_INFO = {
    "title": "mockserver control API",
    "version": VERSION,
    "summary": "Steers the emulator and tells what stands behind its answers; no real service has anything like it.",
    "description": (
        "Everything here is the emulator's own, so all of it is labelled `inferred`. An error is "
        '`{"error": "what is wrong, and what would be right"}`.\n\n'
        f"A request is for the sandbox that its path names (`{PREFIX}NAME/_mock/...`), or its header `{HEADER}`, or "
        "its credential; else for `default`. An unknown sandbox is a 404, and two that disagree are a 400, at any "
        "operation.\n\n"
        "A parameter that an operation does not know, or that is empty, given twice or with brackets, is a 400.\n\n"
        f"Callers on the same machine are let in. Others send the server's `--control-token` as `{TOKEN_HEADER}`. "
        "Pages of other origins may change nothing (`--allowed-origins`)."
    ),
}
_TAGS = {
    "sandboxes": "Emulators within the emulator, each with a world, clock and journal of its own.",
    "world": "Which world is simulated, and which ids are in it.",
    "clock": "What time it is in the world.",
    "credentials": "Keys and tokens for the emulated APIs.",
    "journal": "What was asked of the emulated APIs, and what was answered.",
    "ingestion": "What the ingestion API was sent.",
    "truth": "What was planted in the world, to test an analysis against.",
    "reference": "This description.",
}
_TOKEN = {
    "type": "apiKey",
    "in": "header",
    "name": TOKEN_HEADER,
    "description": "The server's `--control-token`; not needed on the machine that it runs on.",
}
_KINDS = {
    kind.status: kind
    for kind in (
        ErrorKind("BadRequest", 400, "A parameter or the body is not right; the text says what would be."),
        ErrorKind("Forbidden", 403, "The caller may not steer this emulator; the text says who may."),
        ErrorKind("NotFound", 404, "What the path names is not there."),
        ErrorKind("Conflict", 409, "What is asked does not go with what is there."),
        ErrorKind("TooLarge", 413, "The body is larger than this server accepts."),
        ErrorKind(
            "UnsupportedCoding",
            415,
            "The body is compressed, and neither with gzip nor with deflate.",
            ("Accept-Encoding",),
        ),
        ErrorKind("InternalServerError", 500, "A bug of the emulator."),
    )
}


def _access(operation: Operation) -> Access:
    return Access("", [{}, {"ControlToken": []}])


def _errors_of(operation: Operation) -> list[ErrorKind]:
    """Those of its row; anything can fail by a bug."""
    return [_KINDS.get(status) or _plain(status) for status in sorted({*operation.errors, 500})]


def _plain(status: int) -> ErrorKind:
    """A kind of which nothing more is said than HTTP does."""
    phrase = HTTPStatus(status).phrase
    return ErrorKind(phrase.replace(" ", ""), status, f"{phrase}; the text says why.")


def _error_schema(kind: ErrorKind) -> Schema:
    return object_of("Error", error=ID)


CONTROL = Description(
    info=_INFO,
    tags=_TAGS,
    schemes={"ControlToken": _TOKEN},
    access=_access,
    errors_of=_errors_of,
    error_schema=_error_schema,
    examples=control_examples,
    limited=False,
)
