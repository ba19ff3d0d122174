"""Which web pages may call, and what a browser is told of that.

Source: browser clients may call the ingestion API (the API overview, documented); the same is inferred for the data
API. An allowed origin is named one by one and never by `*`, so that requests with credentials can be answered too:
trackers and beacons send `include` (inferred).
"""

import logging
import threading
from collections.abc import Collection, Iterable, Sequence

from mockserver.door.asked import Asked
from mockserver.door.replies import Headers, Reply, encoded
from mockserver.sandbox.origins import DEFAULT, DEFAULT_ORIGINS, normal_origin
from mockserver.words.errors import SettingsError

__all__ = ["RefusedOrigins", "cross_origin_headers", "is_allowed", "is_preflight", "options_reply", "readable_by"]

# What a browser client may read of an answer beside the body.
_EXPOSED = encoded(
    "Access-Control-Expose-Headers",
    "Accept-Ranges, Content-Disposition, Content-Range, ETag, Retry-After, X-Mock-Fault, X-Mock-Version, "
    "X-Next-Offset, X-Total-Count, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset",
)
_CREDENTIALS = encoded("Access-Control-Allow-Credentials", "true")
_VARY = encoded("Vary", "Origin")
_USUAL_HEADERS = "Authorization, Content-Type, X-API-Key"
# More than these are not told apart: whoever makes origins up shall not fill the log.
_MOST_TOLD = 100
_LONGEST_TOLD = 200
_log = logging.getLogger("mockserver")


def is_preflight(asked: Asked) -> bool:
    """Is that a browser's question whether a page may send a request (the Fetch standard)?"""
    names = (b"origin", b"access-control-request-method")
    return asked.request.method == "OPTIONS" and all(name in asked.fields for name in names)


def options_reply(allowed: Sequence[str]) -> Reply:
    """The empty answer to OPTIONS, for which a browser sends no credentials.

    Args:
        allowed: The methods that the path knows; a preflight is answered for a path that knows none, too, since a page
            could read no refusal otherwise.
    """
    return Reply(204, (encoded("Allow", ", ".join(allowed)),) if allowed else (), b"")


def cross_origin_headers(asked: Asked, reply: Reply) -> list[tuple[bytes, bytes]]:
    """What lets a page from an allowed origin read an answer, and answers its preflight."""
    headers = readable_by(asked.header(b"origin"), asked.allowed_origins)
    if asked.request.method == "OPTIONS" and len(headers) > 1:
        headers += _permissions(asked, reply)
    return headers


def readable_by(origin: str, allowed: Iterable[str]) -> list[tuple[bytes, bytes]]:
    """What lets the pages of an origin read an answer, if they may."""
    if not origin or not is_allowed(origin, allowed):
        return [_VARY]
    return [_VARY, encoded("Access-Control-Allow-Origin", origin), _CREDENTIALS, _EXPOSED]


def _permissions(asked: Asked, reply: Reply) -> Headers:
    """What a page may send: whatever it asks for, since every refusal says better than a browser what is wrong."""
    allow = dict(reply.headers).get(b"Allow", b"").decode("latin-1")
    methods = [*filter(None, allow.split(", ")), asked.header(b"access-control-request-method")]
    wanted = asked.header(b"access-control-request-headers")
    permissions = [
        encoded("Access-Control-Allow-Methods", ", ".join(dict.fromkeys(filter(None, methods)))),
        encoded("Access-Control-Allow-Headers", wanted or _USUAL_HEADERS),
        encoded("Access-Control-Max-Age", "600"),
    ]
    if asked.header(b"access-control-request-private-network") == "true":
        # Browsers that do not ask the user for a permission ask the server for this one.
        permissions.append(encoded("Access-Control-Allow-Private-Network", "true"))
    return permissions


class RefusedOrigins:
    """Says once of each origin that its pages may not call, and how they may; safe between threads."""

    def __init__(self) -> None:
        self._told: set[str] = set()
        self._lock = threading.Lock()

    def tell(self, origin: str, allowed: Collection[str]) -> None:
        """Say it in the log, if it was not said before.

        Args:
            allowed: The origins that may call; this one is none of them.
        """
        shown = origin[:_LONGEST_TOLD]
        with self._lock:
            if shown in self._told or len(self._told) >= _MOST_TOLD:
                return
            self._told.add(shown)
        _log.warning("%s", _told(shown, allowed))


def _told(origin: str, allowed: Collection[str]) -> str:
    # What a client sends must not steer a terminal.
    said = f"pages of {ascii(origin)[1:-1]} may not call, and their browser shows them no answer"
    if not _is_origin(origin):
        return f"{said}: it is no origin as browsers send one"
    has_default = set(DEFAULT_ORIGINS) <= set(allowed)
    others = [one for one in allowed if not has_default or one not in DEFAULT_ORIGINS]
    listed = ",".join([*([DEFAULT] if has_default else []), *others, origin])
    return f"{said}; to let them: --allowed-origins {listed}"


def _is_origin(text: str) -> bool:
    """Would `--allowed-origins` take it, and mean it and no other by it?"""
    try:
        return "*" not in text and normal_origin(text) == text
    except SettingsError:
        return False


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
