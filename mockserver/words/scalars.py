"""Values of one column: which type they have in common, and a value as that type."""

from collections.abc import Iterable
from typing import Literal

from mockserver.words.exact_json import dumps_any

__all__ = ["Scalar", "ScalarType", "as_type", "common_type"]

Scalar = str | int | float | bool
ScalarType = Literal["as it is", "decimal", "text"]


def common_type(values: Iterable[Scalar]) -> ScalarType:
    """The type that a column of these values has.

    Whole numbers beside others become `decimal`; values of different kinds become `text`.
    """
    types = {type(value) for value in values}
    if len(types) < 2:
        return "as it is"
    return "decimal" if types == {int, float} else "text"


def as_type(value: Scalar, type_: ScalarType) -> Scalar:
    """A value as its column's type; as text it is written as JSON, unless it is text."""
    if type_ == "decimal":
        return float(value)
    if type_ == "text" and not isinstance(value, str):
        return dumps_any(value).decode()
    return value
