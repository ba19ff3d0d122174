"""The OpenAPI document of API B, made from the schemas that check what it is sent. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from mockserver.ingestion.described import rules_schema
from mockserver.ingestion.limits import LIMITS
from mockserver.ingestion.schemas import ENVELOPE, KINDS, Kind
from mockserver.openapi.document import OPENAPI
from mockserver.openapi.headers import HEADERS, LIMIT_HEADERS, header_references
from mockserver.openapi.ingestion_examples import CASES, IngestionExamples
from mockserver.openapi.labels import legend
from mockserver.openapi.references import only_used
from mockserver.words.fidelity import Fidelity
from mockserver.words.json_schema import COUNT, ID, KEYWORD, TEXT, list_of, object_of
from mockserver.words.version import VERSION

__all__ = ["ingestion_document"]

Object = dict[str, Any]
_NAMES = MappingProxyType({"events": "InteractionEvent", "facial": "FacialFrame", "voice": "VoiceSegment"})
_SUMMARIES = MappingProxyType(
    {
        "events": "Ingest interaction events",
        "facial": "Ingest analysed video frames",
        "voice": "Ingest transcribed speech",
    }
)


@dataclass(frozen=True, slots=True)
class _ErrorKind:
    """One way in which a whole request is refused."""

    name: str
    status: int
    when: str
    headers: tuple[str, ...] = ()
    fidelity: Fidelity = "inferred"


_ERRORS = (
    _ErrorKind("BadRequest", 400, "The body is not JSON, or not a batch."),
    _ErrorKind("Unauthorized", 401, "There is no valid token; the message says why.", ("WWW-Authenticate",)),
    _ErrorKind("SessionNotFound", 404, "The session is unknown; only where sessions are strict.", (), "documented"),
    _ErrorKind("TooLarge", 413, "The body is larger than this server accepts."),
    _ErrorKind("UnsupportedMediaType", 415, "The body is not said to be JSON."),
    _ErrorKind("TooManyRequests", 429, "Over a limit; only where limits are on.", ("Retry-After",), "documented"),
    _ErrorKind("InternalServerError", 500, "A bug of the emulator, or a fault that was asked for."),
)


def ingestion_document(base_path: str, examples: IngestionExamples) -> Object:
    """The document.

    Args:
        base_path: What the paths are below. examples: as from `ingestion_examples`.
    """
    paths = {f"/data/{kind.name}": {"post": _operation(kind, examples)} for kind in KINDS.values()}
    paths |= {path: {"get": described} for path, described in _OWN.items()}
    parts = {
        "schemas": _schemas(),
        "responses": {error.name: _error_response(error, examples.errors) for error in _ERRORS},
        "headers": dict(HEADERS),
    }
    return {
        "openapi": OPENAPI,
        "info": _info(),
        "servers": [{"url": base_path, "description": "This emulator"}],
        "tags": [
            {"name": "ingestion", "description": "Batches of what was captured in a test session; write-only."},
            {"name": "reference", "description": "This description."},
        ],
        "paths": paths,
        "components": {**only_used(parts, paths), "securitySchemes": {"Bearer": _BEARER}},
    }


def _info() -> Object:
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
            f"Limits a minute, where they are on (`--rate-limits`): {limits}.\n\n{legend()}"
        ),
    }


_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "HS256, valid for 24 hours. `POST /_mock/tokens` or `mockserver token` mints one; `plan` is `free` "
    "or `pro`.",
}


def _operation(kind: Kind, examples: IngestionExamples) -> Object:
    body = {"schema": {"$ref": f"#/components/schemas/{_NAMES[kind.name]}Batch"}}
    answer = {"schema": {"$ref": "#/components/schemas/Confirmation"}}
    return {
        "operationId": f"ingest{kind.name.capitalize()}",
        "tags": ["ingestion"],
        "summary": _SUMMARIES[kind.name],
        "description": "Items that break a rule are rejected one by one; an empty batch is accepted.",
        KEYWORD: kind.fidelity,
        "security": [{"Bearer": []}],
        "requestBody": {
            "required": True,
            "content": {"application/json": {**body, "examples": _examples(examples.bodies[kind.name])}},
        },
        "responses": {
            "200": {
                "description": "How many items were accepted, and why the others were not.",
                "headers": header_references(("X-Mock-Version", *LIMIT_HEADERS)),
                "content": {"application/json": {**answer, "examples": _examples(examples.answers[kind.name])}},
            },
            **{str(error.status): {"$ref": f"#/components/responses/{error.name}"} for error in _ERRORS},
        },
    }


def _examples(values: Mapping[str, Object]) -> Object:
    return {name: {"summary": CASES[name], "value": value} for name, value in values.items()}


def _schemas() -> dict[str, Object]:
    schemas: dict[str, Object] = {}
    for kind in KINDS.values():
        name = _NAMES[kind.name]
        batch = rules_schema(ENVELOPE)
        batch["properties"]["batch"]["items"] = {"$ref": f"#/components/schemas/{name}"}
        schemas |= {f"{name}Batch": batch, name: rules_schema(kind.schema)}
    return {**schemas, "Confirmation": _CONFIRMATION, "Rejection": _REJECTION, "Error": _ERROR}


_NULL = {"type": "null"}
_REJECTION = object_of(index=COUNT, reason=ID)
_CONFIRMATION = object_of(
    success={"const": True},
    data=object_of(
        sessionId=TEXT,
        accepted=COUNT,
        rejected=COUNT,
        rejections=list_of({"$ref": "#/components/schemas/Rejection"}),
    ),
    error=_NULL,
    metadata=_NULL,
)
_ERROR = object_of(success={"const": False}, data=_NULL, error=ID, metadata=_NULL)


def _error_response(error: _ErrorKind, examples: Mapping[str, Object]) -> Object:
    content: Object = {"schema": {"$ref": "#/components/schemas/Error"}}
    if error.name in examples:
        content["example"] = examples[error.name]
    limits = LIMIT_HEADERS if error.status != 500 else ()
    return {
        "description": error.when,
        KEYWORD: error.fidelity,
        "headers": header_references(("X-Mock-Version", *limits, *error.headers)),
        "content": {"application/json": content},
    }


def _own(operation_id: str, summary: str, content: Object) -> Object:
    """An operation that tells of the API itself; the real service has none."""
    return {
        "operationId": operation_id,
        "tags": ["reference"],
        "summary": summary,
        "description": "Needs no token.",
        KEYWORD: "inferred",
        "security": [],
        "responses": {
            "200": {"description": "OK", "headers": header_references(("X-Mock-Version",)), "content": content},
            "500": {"$ref": "#/components/responses/InternalServerError"},
        },
    }


_OWN = MappingProxyType(
    {
        "/openapi.json": _own(
            "getOpenApiJson", "This document as JSON", {"application/json": {"schema": {"type": "object"}}}
        ),
        "/openapi.yaml": _own(
            "getOpenApiYaml", "This document as YAML", {"application/yaml": {"schema": {"type": "object"}}}
        ),
    }
)
