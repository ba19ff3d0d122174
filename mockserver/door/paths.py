"""Paths and their placeholders: as Flask writes them, and as OpenAPI does. Pure."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from mockserver.words.camel_case import camel

__all__ = ["filled", "meaning", "placeholders", "template"]

_PLACEHOLDER = re.compile(r"<(?P<name>[a-z_]+)>")


def placeholders(path: str) -> list[str]:
    """The names in a Flask path, as they stand there."""
    return _PLACEHOLDER.findall(path)


def meaning(path: str, name: str) -> str:
    """What a placeholder stands for; a `scope_id` is an id of the scope that stands before it in the path."""
    if name != "scope_id":
        return name
    return path.partition("/<scope_id>")[0].rpartition("/")[2] + "_id"


def template(path: str) -> str:
    """`/rooms/<room_id>` as OpenAPI writes it: `/rooms/{roomId}`."""
    return _PLACEHOLDER.sub(lambda match: "{" + camel(match["name"]) + "}", path)


def filled(path: str, values: Mapping[str, str]) -> str:
    """A Flask path with values in place of its names, percent-encoded."""
    return _PLACEHOLDER.sub(lambda match: quote(values[match["name"]], safe=""), path)
