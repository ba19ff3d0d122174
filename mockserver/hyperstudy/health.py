"""Is the server up?"""

from flask import Response

from mockserver.door.operations import Answer, Operation
from mockserver.hyperstudy.calls import Call
from mockserver.hyperstudy.data import API_VERSION
from mockserver.web.responses import json_response
from mockserver.words.timestamps import iso_from_ms

__all__ = ["health_operations"]

_HEALTH = {
    "title": "Health",
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": ["healthy", "success"]},
        "version": {"type": "string"},
        "timestamp": {"type": "string", "format": "date-time"},
    },
    "required": ["status", "version", "timestamp"],
}


def health_operations() -> list[Operation]:
    """The one operation that needs no key."""
    return [
        Operation(
            id="getHealth",
            method="GET",
            path="/health",
            view=health,
            summary="Is the server up?",
            tag="health",
            answer=Answer(_HEALTH, many=False, enveloped=False),
            public=True,
            note="`healthy` is documented; the client's guide shows `success` (setting `reading`).",
        )
    ]


def health(call: Call) -> Response:
    """Say so, without an envelope (documented)."""
    status = "healthy" if call.sandbox.settings.reading == "documented" else "success"
    return json_response({"status": status, "version": API_VERSION, "timestamp": iso_from_ms(call.now_ms)})
