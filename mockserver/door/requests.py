"""Paths and queries of a request as the door reads them."""

from collections import Counter
from collections.abc import Collection
from urllib.parse import parse_qsl, unquote_to_bytes

__all__ = ["decoded", "unread_parameters"]


def decoded(path: bytes) -> str:
    """A path without percent signs; what is not UTF-8 becomes replacement characters."""
    if b"%" in path:
        path = unquote_to_bytes(path)
    return path.decode("utf-8", "replace")


def unread_parameters(query: bytes, known: Collection[str]) -> tuple[str, ...]:
    """The parameters of a query that nobody reads, in order: unknown ones, and what repeats a known one."""
    if not query:
        return ()
    names = Counter(name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    return tuple(name for name, times in names.items() if name not in known or times > 1)
