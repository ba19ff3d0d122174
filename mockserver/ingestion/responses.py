"""What goes back over the wire: the confirmation of a batch, and every kind of refusal."""

from http import HTTPStatus
from typing import Any

from flask import Response, request

from mockserver.door.http import json_response
from mockserver.ingestion.batch import Outcome
from mockserver.ingestion.errors import ApiError, TooLarge, error_body
from mockserver.ingestion.reasons import reason_text
from mockserver.ingestion.schemas import KINDS
from mockserver.words.addresses import INGESTION_API

__all__ = ["confirmation", "refusal", "render_http_error"]

_PATHS = ", ".join(f"{INGESTION_API}/data/{name}" for name in KINDS)


def confirmation(session_id: str, outcome: Outcome) -> dict[str, Any]:
    """The answer to a batch, keys in documented order (the ingestion page)."""
    rejections = [{"index": item.index, "reason": reason_text(item.problems)} for item in outcome.rejected]
    data = {
        "sessionId": session_id,
        "accepted": len(outcome.accepted),
        "rejected": len(outcome.rejected),
        "rejections": rejections,
    }
    return {"success": True, "data": data, "error": None, "metadata": None}


def refusal(error: ApiError) -> Response:
    """The answer to a request that is refused as a whole."""
    return json_response(error_body(str(error)), error.status, dict(error.headers))


def render_http_error(status: int, headers: dict[str, str]) -> Response:
    """An error below `/api` that no route of ours saw, in the envelope.

    Args:
        status: 404, 405, 413, 500 or any other HTTP error.
        headers: Go with the answer (`Allow` with 405).
    """
    return json_response(error_body(_advice(status)), status, headers)


def _advice(status: int) -> str:
    """What went wrong, and what to do instead."""
    asked = f"{request.method} {request.path}"
    if status == 404:
        return f"Nothing is served at {request.path}: batches are posted to {_PATHS}"
    if status == 405:
        return f"{asked} is not possible, this API is write-only: POST a batch instead"
    if status == 413:
        return str(TooLarge(request.max_content_length))
    if status == 500:
        return "Internal error of the emulator: this is a bug in it, and its log says more"
    return f"{asked} failed: {_phrase(status)}"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"status {status}"
