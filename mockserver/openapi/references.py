"""References inside a document: what is said several times is said once, and nothing that nobody needs. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

__all__ = ["only_used", "share_parameters"]

_PREFIX = "#/components/"


def share_parameters(paths: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Replace query parameters that several operations describe in the same words by references, in place.

    Returns:
        The components: of each name, the words that are used most often.
    """
    lists = [operation.get("parameters", []) for path in paths.values() for operation in path.values()]
    uses = Counter(orjson.dumps(p) for parameters in lists for p in parameters if p.get("in") == "query")
    shared: dict[str, Any] = {}
    for words, count in uses.most_common():
        parameter = orjson.loads(words)
        if count > 1:
            shared.setdefault(parameter["name"], parameter)
    for parameters in lists:
        for index, parameter in enumerate(parameters):
            if parameter.get("in") == "query" and shared.get(parameter["name"]) == parameter:
                parameters[index] = {"$ref": f"{_PREFIX}parameters/{parameter['name']}"}
    return shared


def only_used(components: Mapping[str, Mapping[str, Any]], root: Any) -> dict[str, dict[str, Any]]:
    """The components that something refers to, from `root` on or from another one that is in use; in their order."""
    wanted: set[tuple[str, str]] = set()
    unread = list(_references(root))
    while unread:
        kind, name = unread.pop()
        if (kind, name) not in wanted:
            wanted.add((kind, name))
            unread += _references(components[kind][name])
    used = {kind: {n: v for n, v in named.items() if (kind, n) in wanted} for kind, named in components.items()}
    return {kind: named for kind, named in used.items() if named}


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
