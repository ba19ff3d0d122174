"""What both APIs and the control API share of HTTP: the request's sandbox, JSON in and out, CORS.

Envelopes are not shared: each API has its own.
"""

import codecs
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import orjson
from flask import Response, current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from mockserver.sandbox.counters import Count
from mockserver.sandbox.sandbox import Sandbox
from mockserver.words import exact_json

__all__ = [
    "BodyTooLargeError",
    "MalformedJsonError",
    "add_limit_headers",
    "allow_origin",
    "current_sandbox",
    "is_allowed",
    "json_response",
    "preflight",
    "read_exact_json",
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
    return Response(exact_json.dumps_any(body), status=status, headers=headers, mimetype="application/json")


def read_json() -> Any:
    """The request's body, read strictly: NaN, Infinity and trailing text are not JSON.

    Integers beyond 64 bits are floats, as they are in JavaScript; everything in it can be written by orjson.

    Raises:
        MalformedJsonError: The body is empty, compressed, in another encoding or not JSON, or it has half of a
            surrogate pair or a number beyond a double.
        BodyTooLargeError: It is over `Settings.max_body_bytes`.
    """
    text = _json_text()
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise MalformedJsonError(_complaint(text, error)) from None


def read_exact_json() -> Any:
    """The request's body, read as strictly, and with every integer and every text as it was sent.

    Raises:
        MalformedJsonError: The body is empty, compressed, in another encoding, not JSON, or nests too deep.
        BodyTooLargeError: It is over `Settings.max_body_bytes`.
    """
    try:
        return exact_json.loads(_json_text())
    except ValueError as error:
        raise MalformedJsonError(str(error)) from None


def _json_text() -> bytes:
    """The request's body, once it is known to be UTF-8."""
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise BodyTooLargeError from None
    if not body:
        raise MalformedJsonError("the body is empty")
    encoding = request.headers.get("Content-Encoding", "").strip()
    if encoding.lower() not in ("", "identity"):
        raise MalformedJsonError(f"the body is compressed (Content-Encoding: {encoding[:40]}); send it as it is")
    charset = request.mimetype_params.get("charset", "")
    if charset.lower() not in ("", "utf-8", "utf8"):
        raise MalformedJsonError(f"the Content-Type says charset={charset[:40]}; send the body in UTF-8, and say so")
    if body.startswith(codecs.BOM_UTF8):
        raise MalformedJsonError("the body begins with a byte order mark; send UTF-8 without a byte order mark")
    try:
        body.decode()
    except UnicodeDecodeError:
        raise MalformedJsonError("the body is not UTF-8; send it in UTF-8") from None
    return body


def _complaint(text: bytes, error: orjson.JSONDecodeError) -> str:
    """Why orjson refused a text; it does so for some that are JSON."""
    try:
        exact_json.loads(text)
    except json.JSONDecodeError:
        return str(error)
    except ValueError as other:
        return str(other)
    return f"send whole characters, and numbers up to 1.8e308 ({error})"


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

    Source: browser clients may call the ingestion API (the API overview, documented); the same is inferred for the
    data API.
    """
    origin = request.headers.get("Origin")
    response.headers.add("Vary", "Origin")
    if origin is None or not is_allowed(origin, allowed):
        return response
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = _EXPOSED_HEADERS
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", request.method)
        asked = request.headers.get("Access-Control-Request-Headers", "")
        response.headers["Access-Control-Allow-Headers"] = asked or "Authorization, Content-Type, X-API-Key"
        response.headers["Access-Control-Max-Age"] = "600"
    return response


def is_allowed(origin: str, allowed: Iterable[str]) -> bool:
    """May pages of that origin call?"""
    return any(_matches(pattern, origin) for pattern in allowed)


def _matches(pattern: str, origin: str) -> bool:
    """Does the origin match? A lone `*` matches all."""
    return pattern == "*" or _origins(pattern).fullmatch(origin) is not None


@lru_cache(maxsize=256)
def _origins(pattern: str) -> re.Pattern[str]:
    """What a pattern matches: `*` stands for anything but a slash, as a port for any port, the default one too.

    A browser leaves the default port out. `http://localhost:30*` are the ports that begin with 30.
    """
    place, _, port = pattern.rpartition(":")
    if not port or port.strip("0123456789*"):
        place, port = pattern, ""
    expression = re.escape(place).replace(r"\*", "[^/]*")
    if port:
        expression += r"(?::[0-9]+)?" if port == "*" else ":" + port.replace("*", "[0-9]*")
    return re.compile(expression)
