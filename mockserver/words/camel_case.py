"""Names as JSON writes them."""

__all__ = ["camel"]


def camel(name: str) -> str:
    """`room_id` as JSON writes names: `roomId`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
