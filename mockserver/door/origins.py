"""Which web pages may call, and what a browser is told of that.

Source: browser clients may call the ingestion API (the API overview, documented); the same is inferred for the data
API.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from mockserver.door.asked import Asked
from mockserver.door.replies import Reply, encoded

__all__ = ["cross_origin_headers", "is_allowed", "preflight"]

# What a browser client may read of an answer beside the body.
_EXPOSED = encoded(
    "Access-Control-Expose-Headers",
    "Accept-Ranges, Content-Disposition, Content-Range, ETag, Retry-After, X-Mock-Version, "
    "X-Next-Offset, X-Total-Count, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset",
)
_VARY = encoded("Vary", "Origin")
_USUAL_HEADERS = "Authorization, Content-Type, X-API-Key"


def preflight(allowed: Sequence[str]) -> Reply:
    """The empty answer to OPTIONS, for which a browser sends no credentials."""
    return Reply(204, (encoded("Allow", ", ".join(allowed)),), b"")


def cross_origin_headers(asked: Asked, reply: Reply) -> list[tuple[bytes, bytes]]:
    """What lets a page from an allowed origin read an answer, and answers its preflight."""
    origin = asked.header(b"origin")
    if not origin or not is_allowed(origin, asked.allowed_origins):
        return [_VARY]
    headers = [_VARY, encoded("Access-Control-Allow-Origin", origin), _EXPOSED]
    if asked.request.method == "OPTIONS":
        allow = dict(reply.headers).get(b"Allow", asked.request.method.encode())
        wanted = asked.header(b"access-control-request-headers")
        headers += [
            (b"Access-Control-Allow-Methods", allow),
            encoded("Access-Control-Allow-Headers", wanted or _USUAL_HEADERS),
            encoded("Access-Control-Max-Age", "600"),
        ]
    return headers


def is_allowed(origin: str, allowed: Iterable[str]) -> bool:
    """May pages of that origin call?"""
    return any(pattern == "*" or _origins(pattern).fullmatch(origin) is not None for pattern in allowed)


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
