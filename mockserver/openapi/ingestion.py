"""The OpenAPI document of API B, made from the schemas that check what it is sent. Pure, but for its examples."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import Flask
from marshmallow import Schema as Rules
from marshmallow import validate

from mockserver.hyperstudy.shapes import Fidelity
from mockserver.ingestion.errors import SessionNotFound, TooLarge, TooManyRequests, error_body
from mockserver.ingestion.fields import SUM_TOLERANCE, Emotions, Items, Record, Timestamp
from mockserver.ingestion.limits import LIMITS
from mockserver.ingestion.responses import render_http_error
from mockserver.ingestion.schemas import ENVELOPE, KINDS, Kind
from mockserver.ingestion.tokens import mint
from mockserver.openapi.document import OPENAPI
from mockserver.openapi.headers import HEADERS, LIMIT_HEADERS, header_references
from mockserver.openapi.labels import KEYWORD, legend
from mockserver.openapi.notes import ORIGIN
from mockserver.openapi.references import only_used
from mockserver.sandbox import Sandbox
from mockserver.version import VERSION

__all__ = ["BATCHES", "IngestionExamples", "ingestion_document", "ingestion_examples", "rules_schema"]

Object = dict[str, Any]
_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_NAMES = MappingProxyType({"events": "InteractionEvent", "facial": "FacialFrame", "voice": "VoiceSegment"})
_SUMMARIES = MappingProxyType(
    {
        "events": "Ingest interaction events",
        "facial": "Ingest analysed video frames",
        "voice": "Ingest transcribed speech",
    }
)

_CASES = MappingProxyType({"accepted": "Every item is accepted", "mixed": "One item breaks a rule"})

# Items of each kind, after the documentation's examples: two that are accepted, and one that is not. No item is
# sent twice, which would be worth a warning to the developer.
BATCHES: Mapping[str, list[Object]] = MappingProxyType(
    {
        "events": [
            {
                "eventType": "click",
                "targetSelector": "#checkout-btn",
                "timestamp": "2026-03-16T10:14:32.120Z",
                "x": 540,
                "y": 210,
                "viewport": {"width": 1440, "height": 900},
            },
            {
                "eventType": "scroll",
                "targetSelector": "body",
                "timestamp": "2026-03-16T10:14:35.400Z",
                "scrollY": 820,
            },
            {"targetSelector": "#email-field", "timestamp": "2026-03-16T10:14:40.000Z", "inputLength": 18},
        ],
        "facial": [
            {
                "frameIndex": 0,
                "timestamp": "2026-03-16T10:14:30.000Z",
                "emotions": {"neutral": 0.72, "surprise": 0.14, "confusion": 0.09, "frustration": 0.05},
                "attentionScore": 0.91,
                "gazeX": 0.53,
                "gazeY": 0.47,
            },
            {
                "frameIndex": 1,
                "timestamp": "2026-03-16T10:14:31.000Z",
                "emotions": {"neutral": 0.45, "confusion": 0.38, "frustration": 0.17},
                "attentionScore": 0.74,
            },
            {
                "frameIndex": 2,
                "timestamp": "2026-03-16T10:14:32.000Z",
                "emotions": {"neutral": 0.9, "confusion": 0.47},
                "attentionScore": 0.81,
            },
        ],
        "voice": [
            {
                "segmentIndex": 0,
                "startTime": "2026-03-16T10:14:30.000Z",
                "endTime": "2026-03-16T10:14:38.200Z",
                "transcript": "I'm trying to find the settings but I can't see where it is.",
                "sentiment": "negative",
                "sentimentScore": -0.62,
                "hesitationCount": 2,
                "wordsPerMinute": 124,
            },
            {
                "segmentIndex": 1,
                "startTime": "2026-03-16T10:14:40.000Z",
                "endTime": "2026-03-16T10:14:48.500Z",
                "transcript": "Oh I see it now, it was hidden in the profile menu.",
                "sentiment": "positive",
                "sentimentScore": 0.71,
                "hesitationCount": 0,
                "wordsPerMinute": 138,
            },
            {
                "segmentIndex": 2,
                "startTime": "2026-03-16T10:14:50.000Z",
                "endTime": "2026-03-16T10:14:52.000Z",
                "transcript": "That was easy.",
                "sentiment": "happy",
                "sentimentScore": 0.8,
            },
        ],
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


# --- rules -----------------------------------------------------------------------------------------


def rules_schema(rules: Rules) -> Object:
    """The JSON Schema of what a marshmallow schema accepts, as far as JSON Schema can say it.

    Fields come in their order and with their descriptions; unknown fields are allowed, as they are there.
    """
    fields = {field.data_key or name: field for name, field in rules.fields.items()}
    return {
        "type": "object",
        "properties": {name: _field_schema(field) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.required],
        "additionalProperties": True,
    }


def _field_schema(field: Any) -> Object:
    schema: Object = {"type": field.expected}
    if isinstance(field, Record):
        schema = rules_schema(field.schema)
    elif isinstance(field, Timestamp):
        schema["format"] = "date-time"
    elif isinstance(field, Items):
        schema["items"] = {}
    elif isinstance(field, Emotions):
        schema["additionalProperties"] = {"type": "number", "minimum": 0, "maximum": 1}
    for validator in field.validators:
        schema |= _limits(validator)
    about = field.metadata.get("description")
    if isinstance(field, Emotions):
        about = f"{about} (within {SUM_TOLERANCE})"
    return {**schema, "description": f"{about}."} if about else schema


def _limits(validator: Any) -> Object:
    if isinstance(validator, validate.OneOf):
        return {"enum": list(validator.choices)}
    if isinstance(validator, validate.Range):
        return {"minimum": validator.min, "maximum": validator.max}
    if isinstance(validator, validate.Length):
        return {"minLength": validator.min}
    raise TypeError(f"no JSON Schema is known for {validator!r}")


# --- the document ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IngestionExamples:
    """Real bodies and answers, by kind and case; and errors by name."""

    bodies: Mapping[str, Mapping[str, Object]]
    answers: Mapping[str, Mapping[str, Object]]
    errors: Mapping[str, Object]


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
    return {name: {"summary": _CASES[name], "value": value} for name, value in values.items()}


def _schemas() -> dict[str, Object]:
    schemas: dict[str, Object] = {}
    for kind in KINDS.values():
        name = _NAMES[kind.name]
        batch = rules_schema(ENVELOPE)
        batch["properties"]["batch"]["items"] = {"$ref": f"#/components/schemas/{name}"}
        schemas |= {f"{name}Batch": batch, name: rules_schema(kind.schema)}
    return {**schemas, "Confirmation": _CONFIRMATION, "Rejection": _REJECTION, "Error": _ERROR}


def _closed(**properties: Object) -> Object:
    return {"type": "object", "properties": properties, "required": list(properties)}


_NULL = {"type": "null"}
_REJECTION = _closed(index=_COUNT, reason={**_TEXT, "minLength": 1})
_CONFIRMATION = _closed(
    success={"const": True},
    data=_closed(
        sessionId=_TEXT,
        accepted=_COUNT,
        rejected=_COUNT,
        rejections={"type": "array", "items": {"$ref": "#/components/schemas/Rejection"}},
    ),
    error=_NULL,
    metadata=_NULL,
)
_ERROR = _closed(success={"const": False}, data=_NULL, error={**_TEXT, "minLength": 1}, metadata=_NULL)


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


# --- examples --------------------------------------------------------------------------------------


def ingestion_examples(app: Flask, base_path: str) -> IngestionExamples:
    """Send a batch of each kind, and some requests that are refused, to an application that nobody else uses."""
    sandbox: Sandbox = app.extensions["mockserver"]
    token = mint(sandbox.settings.token_secret, sandbox.clock.token_now_ms())
    session = sandbox.world.sample_ids()["session"] or "sess_001"
    client = app.test_client(use_cookies=False)

    def post(kind: str, **request: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}", **request.pop("headers", {})}
        return client.post(f"{base_path}/data/{kind}", headers=headers, base_url=ORIGIN, **request).get_json()

    bodies = {
        kind: {
            "accepted": {"sessionId": session, "batch": items[:1]},
            "mixed": {"sessionId": session, "batch": items[1:]},
        }
        for kind, items in BATCHES.items()
    }
    answers = {kind: {case: post(kind, json=body) for case, body in cases.items()} for kind, cases in bodies.items()}
    errors = {
        "BadRequest": post("events", json={"sessionId": session}),
        "Unauthorized": post("events", json={}, headers={"Authorization": ""}),
        "UnsupportedMediaType": post("events", data=b"sessionId=1", content_type="text/plain"),
        "SessionNotFound": error_body(str(SessionNotFound())),
        "TooLarge": error_body(str(TooLarge(sandbox.settings.max_body_bytes))),
        "InternalServerError": _failure(app, base_path),
        "TooManyRequests": error_body(str(TooManyRequests(LIMITS["free"].name, LIMITS["free"].most, 60))),
    }
    return IngestionExamples(bodies, answers, errors)


def _failure(app: Flask, base_path: str) -> Object:
    with app.test_request_context(f"{base_path}/data/events", method="POST", base_url=ORIGIN):
        failure: Object = render_http_error(500, {}).get_json()
    return failure
