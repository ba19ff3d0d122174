"""What goes back over the wire: the confirmation of a batch, and every kind of refusal."""

from http import HTTPStatus
from typing import Any

from flask import Response

from mockserver.door.refusals import Refusal
from mockserver.ingestion.batch import Outcome
from mockserver.ingestion.errors import ApiError, TooLarge, error_body
from mockserver.ingestion.reasons import WORDINGS, reason_text
from mockserver.ingestion.rules import beside
from mockserver.ingestion.schemas import KINDS
from mockserver.web.requests import current_remarks
from mockserver.web.responses import json_response
from mockserver.words.addresses import INGESTION_API
from mockserver.words.json_schema import COUNT, ID, TEXT, list_of, object_of

__all__ = ["CONFIRMATION", "REJECTION", "confirmation", "error_response", "wrap"]

_NULL = {"type": "null"}
# JSON Schemas of the answer to a batch (the ingestion page, documented).
REJECTION = object_of("Rejection", index=COUNT, reason={**ID, **beside(WORDINGS)})
CONFIRMATION = object_of(
    "Confirmation",
    success={"const": True},
    data=object_of(sessionId=TEXT, accepted=COUNT, rejected=COUNT, rejections=list_of(REJECTION)),
    error=_NULL,
    metadata=_NULL,
)
_PATHS = ", ".join(f"{INGESTION_API}/data/{name}" for name in KINDS)


def confirmation(session_id: str, outcome: Outcome) -> dict[str, Any]:
    """The answer to a batch, keys in documented order (the ingestion page)."""
    rejections = [{"index": item.index, "reason": reason_text(item.problems)} for item in outcome.rejected]
    data = {
        "sessionId": session_id,
        "accepted": len(outcome.accepted.indexes),
        "rejected": len(outcome.rejected),
        "rejections": rejections,
    }
    return {"success": True, "data": data, "error": None, "metadata": None}


def error_response(error: ApiError) -> Response:
    """The answer to a request that is refused as a whole."""
    remarks = current_remarks()
    remarks.cause, remarks.message = error.cause, str(error)
    return json_response(error_body(str(error)), error.status, dict(error.headers))


def wrap(refusal: Refusal) -> dict[str, Any]:
    """The envelope of what no view answered: an unknown route, a wrong method, a crash."""
    return error_body(refusal.message or _advice(refusal))


def _advice(refusal: Refusal) -> str:
    """What went wrong, and what to do instead."""
    asked = f"{refusal.method} {refusal.path}"
    if refusal.status == 404:
        return f"Nothing is served at {refusal.path}: batches are posted to {_PATHS}"
    if refusal.status == 405:
        return f"{asked} is not possible, this API is write-only: POST a batch instead"
    if refusal.status == 413:
        return str(TooLarge(refusal.most_bytes))
    if refusal.status == 500:
        return "Internal error of the emulator: this is a bug in it, and its log says more"
    return f"{asked} failed: {_phrase(refusal.status)}"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"status {status}"
