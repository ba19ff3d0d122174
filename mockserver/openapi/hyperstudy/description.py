"""What the data API's document says beside its rows."""

from typing import Any

from mockserver.door.operations import Operation
from mockserver.hyperstudy.data import API_VERSION
from mockserver.hyperstudy.keys import HEADER, ORGANISATION_FIDELITY, ORGANISATION_HEADER
from mockserver.hyperstudy.limits import LIMITS
from mockserver.openapi.description import Access, Description
from mockserver.openapi.hyperstudy.errors import error_schema, errors_of
from mockserver.openapi.hyperstudy.examples import hyperstudy_examples
from mockserver.openapi.hyperstudy.links import links_of
from mockserver.openapi.labels import disagreements, legend
from mockserver.openapi.query_rule import QUERY_RULE
from mockserver.words.json_schema import KEYWORD, TEXT
from mockserver.words.version import VERSION

__all__ = ["HYPERSTUDY"]

_TAGS = {
    "health": "Is the server up?",
    "events": "What participants did and what happened to them; clients can record events of their own.",
    "recordings": "Video and audio recordings of video chats, and links to their files.",
    "chat": "Messages of the text chat.",
    "videochat": "Connections to the video chat.",
    "ratings": "Continuous ratings (a sample every 100 to 500 ms) and sparse ones (one answer at a time).",
    "sync": "How well participants who watch together are in sync.",
    "components": "What participants were shown, and how they answered.",
    "eyetracking": "Gaze samples.",
    "participants": "Who took part, and how it ended.",
    "rooms": "Sessions of an experiment.",
    "files": "Files behind signed links.",
    "agents": "What AI agents decided, and their runs.",
    "experiments": "Definitions of experiments.",
    "deployments": "How experiments are run; agent-only deployments launch rooms by themselves.",
    "personas": "AI agents that roles can be bound to.",
    "reference": "This description.",
}


def _access(operation: Operation) -> Access:
    if operation.public:
        return Access("Needs no key.", [])
    scope, label = operation.scope, operation.scope_fidelity
    extensions = {"x-required-scope": scope, **({"x-required-scope-fidelity": label} if label else {})}
    if scope is None:
        return Access("Needs a key, of any scope.", [{"ApiKey": []}], extensions)
    founded = f" ({label})" if label else ""
    return Access(f"Needs the scope `{scope}`{founded}.", [{"ApiKey": [scope]}], extensions)


def _info() -> dict[str, Any]:
    limits = " and ".join(f"{limit.most} in {limit.window_s} s for each {limit.name}" for limit in LIMITS)
    return {
        "title": "HyperStudy API v3, emulated",
        "version": API_VERSION,
        "summary": "The data and management API of a platform for behavioural experiments, served by mockserver.",
        "description": (
            "Made from the tables that serve the requests; the examples are real answers of this world.\n\n"
            'An answer is `{"status": "success", "data", "metadata"}`, an error '
            '`{"status": "error", "error": {"code", "message", "details"}}`. What is wrong with a request is looked '
            "for in this order: key (401), limits (429), scope or organisation (403), parameters and body (400), "
            "existence (404), state (409). Wherever `GET` is served, so is `HEAD`; `OPTIONS` answers preflights; any "
            "other method gets 405 with `Allow`. Lists of data come as JSON, CSV or NDJSON (`format`), with the same "
            f"records.\n\n{QUERY_RULE}\n\n"
            f"Limits, where they are on (`--rate-limits`): {limits}.\n\n{legend()}\n\n{disagreements()}"
        ),
        "x-mock-version": VERSION,
    }


_ORGANISATION = {
    "name": ORGANISATION_HEADER,
    "in": "header",
    "required": False,
    "description": "The organisation to act for; it must be the key's own.",
    "schema": TEXT,
    KEYWORD: ORGANISATION_FIDELITY,
}
_SECURITY = {
    "ApiKey": {
        "type": "apiKey",
        "in": "header",
        "name": HEADER,
        "description": "`hst_live_your_key_here` may do everything in the shipped scenarios; the server's banner and "
        "`--json` name others, among them expired, revoked and narrow ones.",
    }
}
HYPERSTUDY = Description(
    info=_info(),
    tags=_TAGS,
    schemes=_SECURITY,
    access=_access,
    errors_of=errors_of,
    error_schema=error_schema,
    examples=hyperstudy_examples,
    headers={"organisation": _ORGANISATION},
    links_of=links_of,
)
