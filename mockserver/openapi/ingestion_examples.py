"""Examples for the document of API B: batches, and what an application of its own answered to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import Flask

from mockserver.door.refusals import Refusal
from mockserver.ingestion.errors import SessionNotFound, TooLarge, TooManyRequests, error_body
from mockserver.ingestion.limits import LIMITS
from mockserver.ingestion.responses import wrap
from mockserver.ingestion.tokens import mint
from mockserver.openapi.notes import ORIGIN
from mockserver.sandbox.sandboxes import Sandboxes

__all__ = ["CASES", "IngestionExamples", "ingestion_examples"]

Object = dict[str, Any]

CASES = MappingProxyType({"accepted": "Every item is accepted", "mixed": "One item breaks a rule"})

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


@dataclass(frozen=True, slots=True)
class IngestionExamples:
    """Real bodies and answers, by kind and case; and errors by name."""

    bodies: Mapping[str, Mapping[str, Object]]
    answers: Mapping[str, Mapping[str, Object]]
    errors: Mapping[str, Object]


def ingestion_examples(app: Flask, base_path: str) -> IngestionExamples:
    """Send a batch of each kind, and some requests that are refused, to an application that nobody else uses."""
    sandboxes: Sandboxes = app.extensions["mockserver"]
    sandbox = sandboxes.default
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
        for kind, items in _BATCHES.items()
    }
    answers = {kind: {case: post(kind, json=body) for case, body in cases.items()} for kind, cases in bodies.items()}
    errors = {
        "BadRequest": post("events", json={"sessionId": session}),
        "Unauthorized": post("events", json={}, headers={"Authorization": ""}),
        "UnsupportedMediaType": post("events", data=b"sessionId=1", content_type="text/plain"),
        "SessionNotFound": error_body(str(SessionNotFound())),
        "TooLarge": error_body(str(TooLarge(sandbox.settings.max_body_bytes))),
        "InternalServerError": wrap(Refusal(500, "crash", "POST", f"{base_path}/data/events")),
        "TooManyRequests": error_body(str(TooManyRequests(LIMITS["free"].name, LIMITS["free"].most, 60))),
    }
    return IngestionExamples(bodies, answers, errors)
