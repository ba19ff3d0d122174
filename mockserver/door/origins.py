"""Which web pages may call, and what a browser is told of that.

Source: browser clients may call the ingestion API (the API overview, documented); the same is inferred for the data
API.
"""

from collections.abc import Iterable, Sequence

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
    return any(pattern == "*" or _fits(pattern, origin) for pattern in allowed)


def _fits(pattern: str, origin: str) -> bool:
    """Does an origin fit a pattern? `*` stands for anything but a slash, as a port for any port, the default one too.

    A browser leaves the default port out. `http://localhost:30*` are the ports that begin with 30.
    """
    place, colon, port = pattern.rpartition(":")
    if not colon or not port or port.strip("0123456789*"):
        return _matches(pattern, origin)
    host, _, digits = origin.rpartition(":")
    has_port = digits.isascii() and digits.isdigit()
    if port == "*" and not has_port:
        return _matches(place, origin)
    return has_port and _matches(port, digits) and _matches(place, host)


def _matches(pattern: str, text: str) -> bool:
    """Does a text match? It takes no longer than pattern times text, whatever they are, unlike a regular expression."""
    at = place = began = 0
    star = -1
    while place < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, began, at = at, place, at + 1
        elif at < len(pattern) and pattern[at] == text[place]:
            at, place = at + 1, place + 1
        elif star >= 0 and text[began] != "/":
            # The star takes one character more.
            began += 1
            at, place = star + 1, began
        else:
            return False
    return not pattern[at:].strip("*")
