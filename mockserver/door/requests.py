"""Paths of a request as the door reads them."""

from urllib.parse import unquote_to_bytes

__all__ = ["decoded"]


def decoded(path: bytes) -> str:
    """A path without percent signs; what is not UTF-8 becomes replacement characters."""
    if b"%" in path:
        path = unquote_to_bytes(path)
    return path.decode("utf-8", "replace")
