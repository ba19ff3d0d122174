"""Answers compressed for clients that accept it, where whoever started the server asked for that.

Off by default: on one machine it costs more time than it saves.
"""

import gzip
import zlib
from collections.abc import Iterator

from mockserver.door.replies import Reply

__all__ = ["compressed"]

_TYPES = (b"application/json", b"application/x-ndjson", b"application/yaml", b"text/")
# What fits into a packet is not worth it.
_LEAST_BYTES = 1_000
_LEVEL = 5
_VARY = (b"Vary", b"Accept-Encoding")
_ENCODING = (b"Content-Encoding", b"gzip")


def compressed(reply: Reply, accepted: bytes) -> Reply:
    """The same answer as gzip, if it is a whole one of text and the client accepts it.

    Args:
        accepted: The request's `Accept-Encoding`.
    """
    headers = {name.lower(): value for name, value in reply.headers}
    if not headers.get(b"content-type", b"").startswith(_TYPES) or reply.status == 206:
        return reply
    if int(headers.get(b"content-length", _LEAST_BYTES)) < _LEAST_BYTES or not _accepts_gzip(accepted):
        return Reply(reply.status, [*reply.headers, _VARY], reply.body)
    kept = [(name, value) for name, value in reply.headers if name.lower() != b"content-length"]
    if not reply.body:
        # To HEAD: how long the body would be is not known before it is made.
        return Reply(reply.status, [*kept, _ENCODING, _VARY], b"")
    if not isinstance(reply.body, bytes):
        return Reply(reply.status, [*kept, _ENCODING, _VARY], _parts(reply.body))
    body = gzip.compress(reply.body, _LEVEL, mtime=0)
    length = (b"Content-Length", str(len(body)).encode())
    return Reply(reply.status, [*kept, length, _ENCODING, _VARY], body)


def _accepts_gzip(accepted: bytes) -> bool:
    """By name, and not with a quality of 0."""
    offers = [offer.replace(b" ", b"").partition(b";q=") for offer in accepted.lower().split(b",")]
    return any(name == b"gzip" and (not quality or quality.strip(b"0.") != b"") for name, _, quality in offers)


def _parts(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Compressed as they are made: what a part leaves unsent goes with the next one."""
    packer = zlib.compressobj(_LEVEL, wbits=31)
    try:
        for part in parts:
            yield packer.compress(part)
        yield packer.flush()
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
