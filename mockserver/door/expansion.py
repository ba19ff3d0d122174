"""Bodies of requests that came compressed, as the client made them. Pure.

Source: `Content-Encoding` of HTTP (RFC 9110, 8.4). That gzip and deflate are read, that the expanded size counts, and
every refusal is inferred: no page says whether the services read compressed bodies.
"""

import zlib
from collections.abc import Sequence
from typing import Final

__all__ = [
    "ACCEPTED_CODINGS",
    "ExpandsTooFarError",
    "NotExpandableError",
    "UnknownCodingError",
    "codings_of",
    "expanded",
    "unsaid_coding",
]

ACCEPTED_CODINGS: Final = "gzip, deflate, identity"
# One in another; a header could name thousands, and each costs as much as the first.
_MOST_CODINGS = 8
# `wbits` of zlib.
_GZIP, _ZLIB, _RAW = 31, 15, -15
# A window of 32 KiB at each level of compression.
_USUAL_ZLIB_HEADERS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
# Gzip may be many members one after the other, and at the end of each the rest of a piece is copied.
_PIECE_BYTES = 4096


class UnknownCodingError(ValueError):
    """A body is compressed in a way that is not read; `str()` says what to send."""


class NotExpandableError(ValueError):
    """A body is not what its codings say; `str()` says what is wrong with it."""


class ExpandsTooFarError(ValueError):
    """A body is larger than allowed once it is expanded, or half way there. It was not expanded any further."""


def codings_of(content_encoding: str) -> list[str]:
    """The codings that a header names, in the order in which they were applied; `identity` is none.

    Raises:
        UnknownCodingError: One is neither gzip nor deflate, or there are more than eight.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    codings = ["gzip" if name == "x-gzip" else name for name in names if name not in ("", "identity")]
    unknown = next((name for name in codings if name not in ("gzip", "deflate")), None)
    if unknown is not None:
        said = f"The body is compressed with {unknown[:40]} (Content-Encoding)"
        raise UnknownCodingError(f"{said}; send it as gzip or deflate, or as it is")
    if len(codings) > _MOST_CODINGS:
        raise UnknownCodingError(f"The body is compressed {len(codings)} times; compress it once, or send it as it is")
    return codings


def expanded(body: bytes, codings: Sequence[str], most: int) -> bytes:
    """A body without its codings.

    Args:
        codings: `gzip` and `deflate`, in the order in which they were applied.
        most: Bytes that it may have, without the last coding and without each before.

    Raises:
        NotExpandableError: It is cut off, damaged, or something else.
        ExpandsTooFarError: It has more bytes.
    """
    for coding in reversed(codings):
        try:
            body = _without(coding, body, most)
        except zlib.error as error:
            # Such as: Error -3 while decompressing data: incorrect header check.
            reason = str(error).rpartition(": ")[2]
            raise NotExpandableError(f"the body is not {coding}, as its Content-Encoding says ({reason})") from None
    return body


def unsaid_coding(body: bytes) -> str:
    """The coding that a body obviously has; empty where it has none. No JSON begins like that."""
    if body.startswith(b"\x1f\x8b"):
        return "gzip"
    return "deflate" if body[:2] in _USUAL_ZLIB_HEADERS else ""


def _without(coding: str, body: bytes, most: int) -> bytes:
    # Half of all clients send deflate without the header that HTTP wants.
    wbits = _GZIP if coding == "gzip" else _ZLIB if _has_zlib_header(body) else _RAW
    reader = zlib.decompressobj(wbits)
    made, size, place = [], 0, 0
    while place < len(body):
        if reader.eof:
            if wbits != _GZIP or not body.startswith(b"\x1f\x8b", place):
                break
            reader = zlib.decompressobj(wbits)
        piece = body[place : place + _PIECE_BYTES]
        made.append(reader.decompress(piece, most + 1 - size))
        size += len(made[-1])
        if size > most:
            raise ExpandsTooFarError
        place += len(piece) - len(reader.unused_data)
    if not reader.eof:
        raise NotExpandableError(f"the body is cut off: its {coding} ends too early")
    # Zeros are padding.
    if body[place:].strip(b"\0"):
        raise NotExpandableError(f"the body goes on after the end of its {coding}")
    return b"".join(made)


def _has_zlib_header(body: bytes) -> bool:
    """RFC 1950: method 8, a window of at most 32 KiB, and a checksum of both bytes.

    Raw deflate could only begin so with a stored block whose padding is not zero, which nobody writes.
    """
    return len(body) >= 2 and body[0] & 0x8F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
