"""Headers, paths and queries of a request as the door reads them."""

from collections import Counter
from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl, unquote_to_bytes

from mockserver.door.steps import Headers

__all__ = ["decoded", "fields_of", "unread_parameters"]


def fields_of(headers: Headers) -> Mapping[bytes, bytes]:
    """Headers by name; the values of one that came repeatedly are joined with commas (RFC 9110, 5.3)."""
    fields = dict(headers)
    if len(fields) == len(headers):
        return fields
    joined: dict[bytes, bytes] = {}
    for name, value in headers:
        joined[name] = joined[name] + b"," + value if name in joined else value
    return joined


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
