"""Heads of answers as bytes, for what is written past the library: the same that it would write."""

import functools
import http

from mockserver.door.steps import Head, Headers

__all__ = ["CLOSE", "WHOLE_BYTES", "header_block", "header_lines", "raw_head", "status_line"]

CLOSE = (b"connection", b"close")
# A larger chunk is sent in pieces, so that no more than a piece waits in memory for a client that reads slowly.
WHOLE_BYTES = 1024 * 1024

_UNSAFE = (b"\r", b"\n", b"\0")


@functools.cache
def status_line(status: int) -> bytes:
    """The first line of an answer."""
    return b"HTTP/1.1 %d %b\r\n" % (status, _phrase(status))


def header_block(headers: Headers) -> bytes:
    """Headers as they are written, a line each; the end of the head is not among them."""
    return b"".join(b"%b: %b\r\n" % (name.lower(), value) for name, value in headers)


def header_lines(head: Head) -> bytes | None:
    """The rest of a head; None where the library would add to it, refuse it, or end the connection afterwards."""
    fields = {name.lower(): value for name, value in head.headers}
    has_length = b"content-length" in fields or head.status in (204, 304)
    if not has_length or b"connection" in fields or b"transfer-encoding" in fields:
        return None
    lines = [b"%b: %b" % (name.lower(), value) for name, value in head.headers]
    if any(mark in line for line in lines for mark in _UNSAFE):
        return None
    return b"\r\n".join([*lines, b"", b""])


def raw_head(head: Head) -> bytes:
    """A whole head of an answer that ends with its connection."""
    return status_line(head.status) + b"\r\n".join([*map(b": ".join, head.headers), b": ".join(CLOSE), b"", b""])


def _phrase(status: int) -> bytes:
    try:
        return http.HTTPStatus(status).phrase.encode()
    except ValueError:
        return b""
