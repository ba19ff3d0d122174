"""Marshmallow fields that read JSON strictly, and report typed problems instead of sentences.

Marshmallow's own fields are kind: "5" is a number to them, and so is true. Here a value has the documented
JSON type or is refused (inferred): a boolean is no number, a string of digits neither; 3.0 is an
integer; null is a value of the wrong type, unless the schema says otherwise of a field.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from marshmallow import ValidationError, fields, validate

from mockserver.ingestion.problems import (
    HasNul,
    Missing,
    NotATimestamp,
    NotOneOf,
    OutOfRange,
    Problem,
    TooLarge,
    TooShort,
    WrongSum,
    WrongType,
)
from mockserver.ingestion.rules import Rule
from mockserver.words.exact_json import TooLargeNumber
from mockserver.words.timestamps import TIMESTAMP_TOLD, instants

__all__ = [
    "SUM_TOLERANCE",
    "Choice",
    "Emotions",
    "Filled",
    "Items",
    "Number",
    "Record",
    "Text",
    "Timestamp",
    "Whole",
    "Within",
    "too_large",
    "wrong_sum",
]

# How far emotion scores may sum from 1, inclusive. "Approximately" is documented, the number inferred.
SUM_TOLERANCE = 0.05
# 0.65 + 0.4 is 1.05 to a reader, but not to a computer.
_ROUNDING = 1e-9

_STRICT = Rule('`true` and `"5"` are no numbers')
_NOT_TOO_LARGE = Rule("beyond 1.8e308, or 4,300 digits, it cannot be kept and rejects its item")

_Loaded = TypeVar("_Loaded")


class _Strict(fields.Field[_Loaded]):
    """What all fields here share: they refuse with problems, and null is of the wrong type.

    Attributes:
        expected: The JSON type.
        told: The same as a client reads it, where more can be said.
        rules: What is done with values of the field, beyond what the documentation says of it.
    """

    expected: ClassVar[str]
    told: ClassVar[str] = ""
    rules: ClassVar[Sequence[Rule]] = ()

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        """The problem behind one of marshmallow's error keys; everything but absence is a matter of type."""
        return ValidationError([Missing() if key == "required" else WrongType(expected=self.told or self.expected)])

    def _validate(self, value: Any) -> None:
        # Marshmallow prepares as much for one validator or none as for many, and a batch has a million values.
        if len(self.validators) > 1:
            super()._validate(value)
        elif self.validators:
            self.validators[0](value)


class Text(_Strict[str], fields.String):
    """A JSON string; may be empty."""

    expected = "string"

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return value


class Number(_Strict[float], fields.Float):
    """A JSON number, whole or not; loads as it was sent."""

    expected = "number"
    rules = (_STRICT, _NOT_TOO_LARGE)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid")
        if isinstance(value, TooLargeNumber):
            raise ValidationError([too_large(value)])
        return value


class Whole(_Strict[int], fields.Integer):
    """A JSON number without a fraction, of any size; 3.0 is one, since JSON has one kind of number."""

    expected = "integer"
    rules = (_STRICT, Rule("`3.0` is an integer, and so are negative ones"), _NOT_TOO_LARGE)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        if isinstance(value, TooLargeNumber):
            raise ValidationError([too_large(value)])
        if isinstance(value, bool) or not isinstance(value, int | float) or value % 1 != 0:
            raise self.make_error("invalid")
        return int(value)


class Timestamp(_Strict[datetime]):
    """A string with an ISO 8601 date, alone or with a time; loads as a datetime in UTC.

    A date alone is ISO 8601, and only documented rules reject: it is accepted (inferred), and linted.
    """

    expected = "string"
    told = TIMESTAMP_TOLD
    rules = (
        Rule(
            "any form of ISO 8601 that names an instant, with a year from 0001 to 9999: calendar, week and ordinal "
            "dates, extended or basic; a date alone is its midnight; hours, minutes or seconds with any number of "
            "decimals, after `.` or `,`; a space may stand for the `T`"
        ),
        Rule("no time zone means UTC, and is a lint (`timestamp_without_zone`)"),
        Rule("`24:00` is the next day, and a leap second (`:60`, only at the end of a UTC day) the next second"),
    )

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        (instant,) = instants([value])
        if instant is None:
            raise ValidationError([NotATimestamp()])
        return instant


class Record(_Strict[Any], fields.Nested):
    """A JSON object with fields of its own; unknown ones are left alone."""

    expected = "object"

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        return super()._deserialize(value, *args, **kwargs)


class Items(_Strict[list[Any]], fields.Raw):
    """A JSON array, whose items are checked elsewhere, one by one."""

    expected = "array"

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        return value


class Emotions(_Strict[dict[Any, Any]], fields.Dict):
    """A JSON object of emotion labels and scores, whose scores sum to approximately 1.

    Each score is a number from 0 to 1; any label is one (the ingestion page, documented). The sum is told beside the
    range where both are broken, and left out where a score is no number, or too large a one (inferred).
    """

    expected = "object"
    rules = (
        Rule(f"scores may sum to {1 - SUM_TOLERANCE:g} to {1 + SUM_TOLERANCE:g}"),
        Rule("any text is a label"),
        _STRICT,
        _NOT_TOO_LARGE,
    )

    def __init__(self, **kwargs: Any) -> None:
        self._score = Number(validate=Within(0, 1))
        super().__init__(keys=Text(), values=self._score, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> dict[str, float]:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        problems = [problem for label, score in value.items() for problem in self._refused(label, score)]
        if not any(isinstance(problem, WrongType | TooLarge) for problem in problems):
            total = wrong_sum(value)
            problems += [] if total is None else [WrongSum(total=total, tolerance=SUM_TOLERANCE)]
        if problems:
            raise ValidationError(problems)
        return value

    def _refused(self, label: str, score: Any) -> list[Problem]:
        try:
            self._score.deserialize(score)
        except ValidationError as error:
            messages: Any = error.messages
            return [problem.under(label) for problem in messages]
        return []


def too_large(number: TooLargeNumber) -> TooLarge:
    """The problem that a number is too large, with where it stands in the body."""
    return TooLarge(at=number.place.at if number.place else "")


def wrong_sum(scores: Mapping[str, float]) -> float | None:
    """What emotion scores sum to, where that is not approximately 1; None where it is."""
    try:
        total = float(sum(scores.values()))
    except OverflowError:
        # An integer may be beyond all doubles.
        total = math.inf
    # What is not near is far: a sum that overflowed is refused too.
    return None if math.isclose(total, 1, rel_tol=0, abs_tol=SUM_TOLERANCE + _ROUNDING) else total


class Within(validate.Range):
    """A number from `low` to `high`, both included."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__(min=low, max=high)
        self._problem = OutOfRange(low=low, high=high)

    def __call__(self, value: Any) -> Any:
        """Let the number pass, or raise `ValidationError` with the problem."""
        if not self._problem.low <= value <= self._problem.high:
            raise ValidationError([self._problem])
        return value


class Choice(validate.OneOf):
    """One of some strings, spelled exactly so."""

    rules: ClassVar[Sequence[Rule]] = (Rule("capitals matter"),)

    def __init__(self, *allowed: str) -> None:
        super().__init__(allowed)
        self._problem = NotOneOf(allowed=allowed)

    def __call__(self, value: Any) -> Any:
        """Let the string pass, or raise `ValidationError` with the problem."""
        if value not in self._problem.allowed:
            raise ValidationError([self._problem])
        return value


class Filled(validate.Length):
    """A string that can name something: not empty, and without NUL."""

    rules: ClassVar[Sequence[Rule]] = (Rule("may not be empty"), Rule("may not have a NUL (`\\u0000`) in it"))

    def __init__(self) -> None:
        super().__init__(min=1)

    def __call__(self, value: Any) -> Any:
        """Let the string pass, or raise `ValidationError` with the problem."""
        if not value:
            raise ValidationError([TooShort()])
        if "\0" in value:
            raise ValidationError([HasNul()])
        return value
