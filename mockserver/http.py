"""What both APIs and the control API share of HTTP: the request's sandbox, JSON in and out, CORS.

Envelopes are not shared: each API has its own.
"""

import re
from collections.abc import Iterable
from typing import Any

import orjson
from flask import Response, current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from mockserver.counters import Count
from mockserver.sandbox import Sandbox

__all__ = [
    "BodyTooLargeError",
    "MalformedJsonError",
    "add_limit_headers",
    "allow_origin",
    "current_sandbox",
    "json_response",
    "preflight",
    "read_json",
]

# What a browser client may read of an answer beside the body.
_EXPOSED_HEADERS = (
    "Accept-Ranges, Content-Disposition, Content-Range, ETag, Retry-After, X-Mock-Version, "
    "X-Next-Offset, X-Total-Count, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
)


class MalformedJsonError(Exception):
    """The request's body is not JSON; `str()` says what is wrong with it."""


class BodyTooLargeError(Exception):
    """The request's body is larger than the settings allow."""


def current_sandbox() -> Sandbox:
    """The sandbox that this request was handed when it came in (`app.py`)."""
    sandbox: Sandbox = g.sandbox
    return sandbox


def json_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer with JSON bytes in the order in which the body's keys were made."""
    return Response(orjson.dumps(body), status=status, headers=headers, mimetype="application/json")


def read_json() -> Any:
    """The request's body, read strictly: NaN, Infinity and trailing text are not JSON.

    Raises:
        MalformedJsonError: The body is empty, compressed or not JSON.
        BodyTooLargeError: It is over `Settings.max_body_bytes`.
    """
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise BodyTooLargeError from None
    if not body:
        raise MalformedJsonError("the body is empty")
    encoding = request.headers.get("Content-Encoding", "identity")
    if encoding.lower() != "identity":
        raise MalformedJsonError(f"the body is compressed (Content-Encoding: {encoding[:40]}); send it as it is")
    try:
        body.decode()
    except UnicodeDecodeError:
        raise MalformedJsonError("the body is not UTF-8; send it in UTF-8") from None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedJsonError(str(error)) from None


def preflight() -> Response | None:
    """The empty answer to OPTIONS, before a key is asked for; None lets any other request pass.

    A browser asks so without credentials; `allow_origin` adds the headers that it asks for.
    """
    if request.method != "OPTIONS" or request.url_rule is None:
        return None
    adapter = current_app.create_url_adapter(request)
    allowed = adapter.allowed_methods() if adapter else ()
    response = Response(status=204, headers={"Allow": ", ".join(sorted(allowed))})
    del response.headers["Content-Type"]
    return response


def add_limit_headers(response: Response) -> None:
    """Tell the client how far it has used up its window, where a limit was counted (inferred)."""
    count: Count | None = g.get("rate_count")
    if count is not None:
        response.headers["X-RateLimit-Limit"] = str(count.limit.most)
        response.headers["X-RateLimit-Remaining"] = str(count.left)
        response.headers["X-RateLimit-Reset"] = str(-(-count.reset_ms // 1000))


def allow_origin(response: Response, allowed: Iterable[str]) -> Response:
    """Let a page from an allowed origin read the answer, and answer its preflight.

    Source: browser clients may call the ingestion API (OSD); the same is inferred for the data API.
    """
    origin = request.headers.get("Origin")
    response.headers.add("Vary", "Origin")
    if origin is None or not any(_matches(pattern, origin) for pattern in allowed):
        return response
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = _EXPOSED_HEADERS
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", request.method)
        asked = request.headers.get("Access-Control-Request-Headers", "")
        response.headers["Access-Control-Allow-Headers"] = asked or "Authorization, Content-Type, X-API-Key"
        response.headers["Access-Control-Max-Age"] = "600"
    return response


def _matches(pattern: str, origin: str) -> bool:
    """Does the origin match, where `*` stands for anything but a slash? A lone `*` matches all."""
    if pattern == "*":
        return True
    return re.fullmatch(re.escape(pattern).replace(r"\*", "[^/]*"), origin) is not None
