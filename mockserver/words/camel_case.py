"""Names as JSON writes them."""

import re

__all__ = ["camel", "snake"]


def camel(name: str) -> str:
    """`room_id` as JSON writes names: `roomId`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def snake(name: str) -> str:
    """`roomId` as Python writes names: `room_id`."""
    return re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)
