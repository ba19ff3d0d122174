"""What a marshmallow schema accepts, compiled: msgspec reads a batch while marshmallow would read two of its items.

Made of the schema's own fields, so that the rules have no other statement. What is accepted here is accepted; what is
refused here is refused once marshmallow has refused it too, and said why (`batch.py`). It refuses 3.0 as an integer,
which marshmallow then accepts; a test holds the two together.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import attrgetter, or_
from typing import Annotated, Any, Final, Literal

import msgspec
from marshmallow import EXCLUDE, Schema

from mockserver.ingestion.fields import (
    Choice,
    Emotions,
    Filled,
    Number,
    Record,
    Text,
    Timestamp,
    Whole,
    Within,
    wrong_sum,
)
from mockserver.words.timestamps import instants

__all__ = ["Compiled", "Read", "compiled"]

# What msgspec takes for the values of a field of exactly this type; what is derived from one may have other rules. It
# is as strict as these fields are: no boolean is a number, nor is a text.
_TYPES: Final[Mapping[type, tuple[type, ...]]] = {Text: (str,), Timestamp: (str,), Whole: (int,), Number: (int, float)}
_Check = Callable[[Sequence[Any]], Sequence[Any]]
# Of a text that should be something else, msgspec refuses half a surrogate pair in another way.
_REFUSALS = (msgspec.ValidationError, UnicodeEncodeError)


@dataclass(frozen=True, slots=True)
class Read:
    """What was accepted of a batch, as columns.

    Attributes:
        indexes: Positions in the batch, in order.
        columns: By attribute, the values of these items as `schema.load` would load them.
    """

    indexes: Sequence[int]
    columns: Mapping[str, Sequence[Any]]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The index and the values of one item after the other."""
        return zip(self.indexes, *self.columns.values(), strict=True)

    def with_rows(self, rows: Iterable[tuple[Any, ...]]) -> "Read":
        """Other items, with values of the same attributes."""
        indexes, *columns = list(zip(*rows, strict=True)) or [()] * (1 + len(self.columns))
        return Read(indexes, dict(zip(self.columns, columns, strict=True)))


class Compiled:
    """The rules of a schema.

    Args:
        schema: One without hooks and defaults, which overlooks fields that it does not know.

    Raises:
        TypeError: It has a field or a validator that nobody has compiled so far.
    """

    def __init__(self, schema: Schema) -> None:
        self._item = _object(schema)
        self._items = list[self._item]  # type: ignore[name-defined]
        self._checks = _checks(schema)
        self._alone = {name: (_object(schema, only=name), self._checks.get(name)) for name in schema.load_fields}

    def read(self, batch: Sequence[Any], wanted: Sequence[str]) -> Read:
        """Look at every item by itself.

        Args:
            wanted: Attributes of required fields, whose values are to be known.
        """
        indexes, items = self._converted(batch)
        names = dict.fromkeys((*self._checks, *wanted))
        columns: dict[str, Sequence[Any]] = {name: list(map(attrgetter(name), items)) for name in names}
        for name, check in self._checks.items():
            columns[name] = check(columns[name])
        read = Read(indexes, columns)
        if any(None in columns[name] for name in self._checks):
            return read.with_rows(row for row in read.rows() if None not in row)
        return read

    def refused(self, item: Mapping[str, Any]) -> list[str]:
        """The attribute names of the fields of an item for which it is refused."""
        names = []
        for name, (alone, check) in self._alone.items():
            try:
                converted = msgspec.convert(item, alone)
            except _REFUSALS:
                names.append(name)
                continue
            if check is not None and check([getattr(converted, name)]) == [None]:
                names.append(name)
        return names

    def _converted(self, batch: Sequence[Any]) -> tuple[Sequence[int], Sequence[Any]]:
        """The items that have the right types and values, and where they stand."""
        try:
            return range(len(batch)), msgspec.convert(batch, self._items)
        except _REFUSALS:
            return self._converted_singly(batch)

    def _converted_singly(self, batch: Sequence[Any]) -> tuple[Sequence[int], Sequence[Any]]:
        indexes, items = [], []
        for index, item in enumerate(batch):
            try:
                items.append(msgspec.convert(item, self._item))
            except _REFUSALS:
                continue
            indexes.append(index)
        return indexes, items


@cache
def compiled(schema: Schema) -> Compiled:
    """The rules of a schema, compiled when they are first asked for."""
    return Compiled(schema)


def _object(schema: Schema, only: str = "") -> type[msgspec.Struct]:
    if schema.unknown != EXCLUDE:
        raise TypeError(f"{schema!r} does not overlook fields that it does not know")
    members = [_member(field) for name, field in schema.load_fields.items() if only in (name, "")]
    return msgspec.defstruct(type(schema).__name__, members, kw_only=True, gc=False)


def _member(field: Any) -> tuple[str, Any, Any]:
    name = field.data_key or field.name
    if field.required:
        return field.name, _type_or_null(field), msgspec.field(name=name)
    return field.name, _type_or_null(field) | msgspec.UnsetType, msgspec.field(name=name, default=msgspec.UNSET)


def _type_or_null(field: Any) -> Any:
    return _type(field) | None if field.allow_none else _type(field)


def _type(field: Any) -> Any:
    if type(field) is Record and not field.validators:
        return _object(field.schema)
    if type(field) is Emotions and not field.validators:
        return dict[_type(field.key_field), _type(field.value_field)]  # type: ignore[misc]
    types = _TYPES.get(type(field))
    match field.validators:
        case [] if types:
            return reduce(or_, types)
        case [Choice() as choice] if types == (str,):
            return Literal[tuple(choice.choices)]
        case [Filled()] if types == (str,):
            return Annotated[str, msgspec.Meta(min_length=1)]
        case [Within() as range_] if types and str not in types:
            limits = msgspec.Meta(ge=range_.min, le=range_.max)
            return reduce(or_, (Annotated[type_, limits] for type_ in types))
    raise TypeError(f"nobody has compiled {field!r} so far")


def _near_one(column: Sequence[Mapping[str, float]]) -> list[Mapping[str, float] | None]:
    return [scores if wrong_sum(scores) is None else None for scores in column]


# What no type can say, of fields of exactly this type: given values, what each loads as, or None where it is refused.
_CHECKS: Final[Mapping[type, _Check]] = {Timestamp: instants, Emotions: _near_one}


def _checks(schema: Schema) -> Mapping[str, _Check]:
    checked = {name: field for name, field in schema.load_fields.items() if type(field) in _CHECKS}
    hidden = [record for record in schema.load_fields.values() if type(record) is Record and _checks(record.schema)]
    if hidden or not all(field.required for field in checked.values()):
        raise TypeError(f"{schema!r} has a timestamp or emotions that are optional, or within another field")
    return {name: _CHECKS[type(field)] for name, field in checked.items()}
