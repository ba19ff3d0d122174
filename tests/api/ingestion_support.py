"""What the ingestion tests share: an application per caller, the documented bodies, one way to post."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from emulator import app_of, make_sandbox
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mockserver import Settings, create_app
from mockserver.ingestion import tokens
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.sandbox import Sandbox

KINDS = ("events", "facial", "voice")

# The request bodies of the ingestion page, as they stand there.
DOCUMENTED: dict[str, str] = {
    "events": """
        {
        "sessionId": "sess_001",
        "batch": [
        {
        "eventType": "click",
        "targetSelector": "#checkout-btn",
        "timestamp": "2026-03-16T10:14:32.120Z",
        "x": 540,
        "y": 210,
        "viewport": { "width": 1440, "height": 900 }
        },
        {
        "eventType": "scroll",
        "targetSelector": "body",
        "timestamp": "2026-03-16T10:14:35.400Z",
        "scrollY": 820
        },
        {
        "eventType": "input",
        "targetSelector": "#email-field",
        "timestamp": "2026-03-16T10:14:40.000Z",
        "inputLength": 18
        }
        ]
        }
        """,
    "facial": """
        {
        "sessionId": "sess_001",
        "batch": [
        {
        "frameIndex": 0,
        "timestamp": "2026-03-16T10:14:30.000Z",
        "emotions": {
        "neutral": 0.72,
        "surprise": 0.14,
        "confusion": 0.09,
        "frustration": 0.05
        },
        "attentionScore": 0.91,
        "gazeX": 0.53,
        "gazeY": 0.47
        },
        {
        "frameIndex": 1,
        "timestamp": "2026-03-16T10:14:31.000Z",
        "emotions": {
        "neutral": 0.45,
        "confusion": 0.38,
        "frustration": 0.17
        },
        "attentionScore": 0.74,
        "gazeX": 0.12,
        "gazeY": 0.80
        }
        ]
        }
        """,
    "voice": """
        {
        "sessionId": "sess_001",
        "batch": [
        {
        "segmentIndex": 0,
        "startTime": "2026-03-16T10:14:30.000Z",
        "endTime": "2026-03-16T10:14:38.200Z",
        "transcript": "I'm trying to find the settings but I can't see where it is.",
        "sentiment": "negative",
        "sentimentScore": -0.62,
        "hesitationCount": 2,
        "wordsPerMinute": 124
        },
        {
        "segmentIndex": 1,
        "startTime": "2026-03-16T10:14:40.000Z",
        "endTime": "2026-03-16T10:14:48.500Z",
        "transcript": "Oh I see it now, it was hidden in the profile menu.",
        "sentiment": "positive",
        "sentimentScore": 0.71,
        "hesitationCount": 0,
        "wordsPerMinute": 138
        }
        ]
        }
        """,
}


def documented_items(kind: str) -> list[dict[str, Any]]:
    """The items of a documented body, free to be changed."""
    items: list[dict[str, Any]] = json.loads(DOCUMENTED[kind])["batch"]
    return items


# When it is for a client whose clock is handed in: the day of the documented items.
WALL_MS = 1_773_656_072_123


def make_app(**settings: Any) -> Flask:
    """An application with a small world."""
    return create_app(Settings(scenario="pair", **settings))


def make_app_at(wall_ms: int, **settings: Any) -> Flask:
    """The same on a machine whose clock stands still, in ms since the epoch."""
    sandbox = make_sandbox(Settings(scenario="pair", **settings))
    clock = Clock(sandbox.clock.now_ms(), wall=lambda: wall_ms)
    return app_of(replace(sandbox, clock=clock))


class Ingestion:
    """A client with a valid token."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.sandbox: Sandbox = app.extensions["mockserver"].default
        self.token = tokens.mint(self.sandbox.settings.token_secret, self.sandbox.clock.token_now_ms())

    def send(self, kind: str, data: str | bytes, **headers: str) -> TestResponse:
        """Post bytes with the token and as JSON, unless `headers` say otherwise."""
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        for name, value in headers.items():
            sent[name.replace("_", "-")] = value
        return self.client.post(f"/api/data/{kind}", data=data, headers=sent)

    def post(self, kind: str, batch: Sequence[Any], session_id: str = "sess_001") -> TestResponse:
        """Post a batch."""
        return self.send(kind, json.dumps({"sessionId": session_id, "batch": batch}))

    def reasons(self, kind: str, item: Any) -> list[str]:
        """Why a single item is rejected; empty when it is accepted."""
        data = self.post(kind, [item]).get_json()["data"]
        return [rejection["reason"] for rejection in data["rejections"]]

    def stored(self, **query: str) -> list[dict[str, Any]]:
        """What the control API says was ingested."""
        items: list[dict[str, Any]] = self.client.get("/_mock/ingested", query_string=query).get_json()["items"]
        return items
