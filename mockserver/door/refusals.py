"""What the server itself answers, in the envelope of the API that the request was meant for.

The application never saw these requests, so there is no route and no sandbox; all that is known is a path,
perhaps. Bodies and codes are those that the APIs use for their own errors.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import orjson

from mockserver import control, hyperstudy, ingestion
from mockserver.door.routing import api_of
from mockserver.ingestion.errors import error_body as ingestion_body

__all__ = ["refusal_body"]

_CODES = {400: "VALIDATION_ERROR", 413: "PAYLOAD_TOO_LARGE", 500: "INTERNAL_SERVER_ERROR"}


def refusal_body(path: str, status: int, message: str) -> bytes:
    """An error as JSON; in the data API's envelope where it is unclear what was wanted.

    Args:
        path: What was asked for, or `/` where that could not be understood.
        status: HTTP status that goes with it.
        message: What is wrong and what would be right.
    """
    body = _ENVELOPES[api_of(path) or hyperstudy]
    return orjson.dumps(body(status, message))


def _data_body(status: int, message: str) -> dict[str, Any]:
    code = _CODES.get(status, f"HTTP_{status}")
    details = {"errors": [{"path": "", "message": message}]} if status == 400 else {}
    return {"status": "error", "error": {"code": code, "message": message, "details": details}}


def _ingestion_body(status: int, message: str) -> dict[str, Any]:
    return ingestion_body(message)


def _control_body(status: int, message: str) -> dict[str, Any]:
    return {"error": message}


_ENVELOPES: dict[ModuleType, Callable[[int, str], dict[str, Any]]] = {
    hyperstudy: _data_body,
    ingestion: _ingestion_body,
    control: _control_body,
}
