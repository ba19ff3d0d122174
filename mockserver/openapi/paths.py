"""Paths and their placeholders: as Flask writes them, and as OpenAPI does. Pure."""

import re
from collections.abc import Mapping
from urllib.parse import quote

__all__ = ["camel", "filled", "placeholders", "template"]

_PLACEHOLDER = re.compile(r"<(?P<name>[a-z_]+)>")


def camel(name: str) -> str:
    """`room_id` as the API writes names: `roomId`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def placeholders(path: str) -> list[str]:
    """The names in a Flask path, as they stand there."""
    return _PLACEHOLDER.findall(path)


def template(path: str) -> str:
    """`/rooms/<room_id>` as OpenAPI writes it: `/rooms/{roomId}`."""
    return _PLACEHOLDER.sub(lambda match: "{" + camel(match["name"]) + "}", path)


def filled(path: str, values: Mapping[str, str]) -> str:
    """A Flask path with values in place of its names, percent-encoded."""
    return _PLACEHOLDER.sub(lambda match: quote(values[match["name"]], safe=""), path)
