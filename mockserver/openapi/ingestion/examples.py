"""Examples for the document of API B: batches, and what an application of its own answered to them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import Flask

from mockserver.door.apis import Api
from mockserver.ingestion.errors import SessionNotFound, TooManyRequests, error_body
from mockserver.ingestion.limits import LIMITS
from mockserver.ingestion.tokens import mint
from mockserver.openapi.example import Example, Examples, Variant
from mockserver.openapi.notes import Notes, unasked
from mockserver.sandbox.sandboxes import Sandboxes

__all__ = ["ingestion_examples"]

Object = dict[str, Any]

_TOLD = MappingProxyType({"accepted": "Every item is accepted", "mixed": "One item breaks a rule"})

# Items of each kind, after the documentation's examples: two that are accepted, and one that is not. No item is
# sent twice, which would be worth a warning to the developer.
_BATCHES: Mapping[str, list[Object]] = MappingProxyType(
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


def ingestion_examples(app: Flask, api: Api) -> Examples:
    """Send a batch of each kind, and some requests that are refused, to an application that nobody else uses."""
    sandboxes: Sandboxes = app.extensions["mockserver"]
    sandbox = sandboxes.default
    token = mint(sandbox.settings.token_secret, sandbox.clock.token_now_ms())
    notes = Notes(app, api, {"Authorization": f"Bearer {token}"})
    session = sandbox.world.sample_ids()["session"] or "sess_001"
    sent = {f"ingest{kind.capitalize()}": _example(notes, kind, session) for kind in _BATCHES}
    refused = {operation_id: _errors(notes, operation_id, session) for operation_id in sent}
    documents = {row.id: unasked(notes, row) for row in notes.rows.values() if row.id not in sent}
    return Examples(sent, {**documents, **refused})


def _example(notes: Notes, kind: str, session: str) -> Example:
    """A batch that is accepted whole, and one with an item that breaks a rule."""
    operation_id, items = f"ingest{kind.capitalize()}", _BATCHES[kind]
    batches = {"accepted": items[:1], "mixed": items[1:]}
    variants = {}
    for name, batch in batches.items():
        body = {"sessionId": session, "batch": batch}
        variants[name] = Variant(_TOLD[name], body, notes.ask(operation_id, body=body).get_json())
    first = variants["accepted"]
    return Example({}, {}, first.body, {"application/json": first.answer}, variants)


def _errors(notes: Notes, operation_id: str, session: str) -> Object:
    """Errors of an operation, by the name of the kind."""
    refused = {
        "BadRequest": notes.ask(operation_id, body={"sessionId": session}),
        "Unauthorized": notes.ask(operation_id, body={}, headers={"Authorization": ""}),
        "UnsupportedMediaType": notes.ask(operation_id, body={}, headers={"Content-Type": "text/plain"}),
    }
    limit = LIMITS["free"]
    return {
        **{name: answer.get_json() for name, answer in refused.items()},
        **unasked(notes, notes.rows[operation_id]),
        "SessionNotFound": error_body(str(SessionNotFound())),
        "TooManyRequests": error_body(str(TooManyRequests(limit.name, limit.most, limit.window_s))),
    }
