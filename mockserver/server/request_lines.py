"""What people write in a request line that no parser of HTTP takes, said in words that help. Pure."""

import re

__all__ = ["begins_like_http", "complaint"]

_BEGINNING = re.compile(rb"[A-Z]{3,10} +(?:/|https?://)")
_ENCODE = "percent-encode it: a blank is %20, ü is %C3%BC."


def begins_like_http(head: bytes) -> bool:
    """Is that the beginning of a head, and not of another protocol?"""
    return _BEGINNING.match(head) is not None


def complaint(data: bytes) -> str | None:
    """Why the first line of a head would be refused without a reason; None where nothing is known against it.

    Args:
        data: A piece of the head that begins in that line.
    """
    line, ended, _ = data.partition(b"\n")
    if not line.isascii():
        return f"The request's target has a character outside ASCII; {_ENCODE}"
    if ended and len(line.split()) > 3:
        return f"The request's target has a blank in it; {_ENCODE}"
    return None
