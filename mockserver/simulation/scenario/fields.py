"""What a value in a scenario file may be: marshmallow's fields, strict about types and in our own words.

A number is no text and a text is no number, whatever could be made of them: TOML has both, and whoever
wrote quotes meant something by it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields

from mockserver.words.timestamps import parse_iso_us

__all__ = ["Boolean", "Float", "Instant", "Integer", "List", "Now", "PerId", "String"]


def _words(expected: str) -> dict[str, Any]:
    """Marshmallow's messages for a field, said our way."""
    said = f"expected {expected}"
    return {"required": f"missing; {said}", "invalid": said, "too_large": said, "special": said}


class String(fields.String):
    """A text in quotes."""

    default_error_messages = {**_words("a text in quotes"), "invalid_utf8": "expected a text in quotes"}


class Integer(fields.Integer):
    """A number without decimal point."""

    default_error_messages = _words("a whole number")

    def __init__(self, *, strict: bool = True, **rules: Any) -> None:
        super().__init__(strict=strict, **rules)


class Float(fields.Float):
    """A number, with or without decimals; not infinite."""

    default_error_messages = _words("a number")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Boolean(fields.Field[bool]):
    """`true` or `false`."""

    default_error_messages = _words("true or false")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class List(fields.List[Any]):
    """Values of one kind, in square brackets."""

    default_error_messages = _words("a list in square brackets")


class Instant(fields.Field[Any]):
    """A TOML date-time (or ISO 8601 text) as ms since the epoch; no zone means UTC."""

    default_error_messages = _words("a date-time such as 2024-10-20T14:30:00Z")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | None:
        if isinstance(value, datetime):
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            return parse_iso_us(aware.isoformat()) // 1000
        try:
            return parse_iso_us(value) // 1000
        except (TypeError, ValueError):
            raise self.make_error("invalid", input=value) from None


class Now(Instant):
    """An instant, or `"machine"` for the machine's own time when the clock is made: None."""

    default_error_messages = _words('a date-time such as 2024-10-20T14:30:00Z, or "machine"')

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | None:
        return None if value == "machine" else super()._deserialize(value, attr, data, **kwargs)


class PerId(fields.Field[dict[str, Any]]):
    """A table whose keys are ids, such as `[states.ID]`; the order is the file's.

    Args:
        inner: What stands under each id.
        key: What an id may look like.
    """

    default_error_messages = _words("a table")

    def __init__(self, inner: fields.Field[Any], key: fields.Field[Any], **rules: Any) -> None:
        super().__init__(**rules)
        self.inner = inner
        self.key = key

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.make_error("invalid", input=value)
        read: dict[str, Any] = {}
        mistakes: dict[str, Any] = {}
        for name, held in value.items():
            try:
                self.key.deserialize(name)
                read[name] = self.inner.deserialize(held)
            except ValidationError as error:
                mistakes[name] = error.messages
        if mistakes:
            raise ValidationError(mistakes)
        return read
