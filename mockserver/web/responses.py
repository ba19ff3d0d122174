"""Answers of views: JSON bytes in the order in which keys were made."""

from typing import Any

from flask import Response

from mockserver.words import exact_json
from mockserver.words.media_types import JSON

__all__ = ["json_response"]


def json_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer with JSON."""
    return Response(exact_json.dumps_any(body), status=status, headers=headers, content_type=JSON)
