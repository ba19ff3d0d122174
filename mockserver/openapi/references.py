"""References inside a document: which components are in use. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["only_used"]

_PREFIX = "#/components/"


def only_used(components: Mapping[str, Mapping[str, Any]], root: Any) -> dict[str, dict[str, Any]]:
    """The components that something refers to, from `root` on or from another one that is in use; in their order."""
    wanted: set[tuple[str, str]] = set()
    unread = list(_references(root))
    while unread:
        kind, name = unread.pop()
        if (kind, name) not in wanted:
            wanted.add((kind, name))
            unread += _references(components[kind][name])
    return {kind: {n: v for n, v in named.items() if (kind, n) in wanted} for kind, named in components.items()}


def _references(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        target = value.get("$ref")
        if isinstance(target, str) and target.startswith(_PREFIX):
            kind, name = target.removeprefix(_PREFIX).split("/")
            yield kind, name
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)
