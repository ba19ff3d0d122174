"""A request's path and the size of its body as the door and the server read them."""

from urllib.parse import unquote_to_bytes

__all__ = ["decoded", "declared_bytes"]

# Python converts no more than some thousands.
_MANY_DIGITS = 20


def decoded(path: bytes) -> str:
    """A path without percent signs; what is not UTF-8 becomes replacement characters."""
    if b"%" in path:
        path = unquote_to_bytes(path)
    return path.decode("utf-8", "replace")


def declared_bytes(content_length: bytes) -> int | None:
    """The size that a header says, or something as far beyond all; None where it says none.

    Zeros before it are part of the number (RFC 9110, 8.6), however many there are.
    """
    if not content_length.isdigit():
        return None
    digits = content_length.lstrip(b"0") or b"0"
    return int(digits) if len(digits) < _MANY_DIGITS else 10**_MANY_DIGITS
