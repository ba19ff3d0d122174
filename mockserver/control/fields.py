"""Marshmallow fields of control requests, beside those that ingestion has: as strict, with the same problems."""

from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, fields

from mockserver.ingestion.fields import Items, Text, Timestamp
from mockserver.ingestion.problems import WrongType
from mockserver.words.timestamps import EPOCH

__all__ = ["Flag", "Instant", "Moment", "TextMap", "Texts"]


class Flag(fields.Boolean):
    """A JSON boolean."""

    expected = "boolean"

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        """What is no boolean is of the wrong type, null too."""
        return ValidationError([WrongType(expected=self.expected)])

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Texts(Items):
    """A JSON array of strings; loads as a tuple."""

    def __init__(self, item: Text, **kwargs: Any) -> None:
        self.item = item
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        items = super()._deserialize(value, *args, **kwargs)
        problems = [problem for place, item in enumerate(items) for problem in self._refused(str(place), item)]
        if problems:
            raise ValidationError(problems)
        return tuple(items)

    def _refused(self, place: str, item: Any) -> list[Any]:
        try:
            self.item.deserialize(item)
        except ValidationError as error:
            messages: Any = error.messages
            return [problem.under(place) for problem in messages]
        return []


class TextMap(fields.Raw):
    """A JSON object of texts."""

    expected = "object"

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        """What is no object of texts is of the wrong type, null too."""
        return ValidationError([WrongType(expected="object of strings")])

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> dict[str, str]:
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            raise self.make_error("invalid")
        return value


class Instant(Timestamp):
    """An ISO 8601 instant; loads as ms since the epoch."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return (super()._deserialize(value, *args, **kwargs) - EPOCH) // timedelta(milliseconds=1)


class Moment(Instant):
    """The same, or `machine`, which loads as that word."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return "machine" if value == "machine" else super()._deserialize(value, *args, **kwargs)
