"""How a record is written: which fields, in which order, from which of its attributes.

A shape names the class of the records that it writes, and a field the attribute that it is read from. That both
fit is checked when a shape is made, which is when the table of shapes is imported.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, Protocol

from mockserver.words.camel_case import snake
from mockserver.words.fidelity import Fidelity, shows, weaker
from mockserver.words.timestamps import iso_from_ms

__all__ = ["Field", "Kind", "Links", "Shape"]

Kind = Literal["string", "integer", "number", "boolean", "timestamp", "strings", "object", "numbers"]


class Links(Protocol):
    """What a record does not know by itself: links for the host that the request came to, and the chosen reading."""

    def download_url(self, record: Any) -> str | None:
        """A signed link to the file; None where there is no file."""
        ...

    def download_path(self, record: Any) -> str | None:
        """The path that mints such a link, below the API's base path."""
        ...

    def status(self, record: Any) -> str:
        """The recording's status in the words of the chosen reading."""
        ...

    def rating(self, record: Any) -> float:
        """A sparse rating's value in the chosen reading."""
        ...


@dataclass(frozen=True)
class Field:
    """One field of a record.

    Attributes:
        name: As written.
        kind: Its type; `numbers` is an object of numbers under names that are data.
        fidelity: `documented` (the data page), `observed` (in the client), or `inferred`.
        nullable: It may be null.
        of: The record's attribute that it is read from; empty where that has the same name, in snake case.
        shape: Of a nested object.
        made: Makes the value from the record and the links, where it is not the record's own as it is.
        own: The record has an attribute for it.
    """

    name: str
    kind: Kind
    fidelity: Fidelity = "documented"
    nullable: bool = False
    of: str = ""
    shape: "Shape | None" = None
    made: Callable[[Any, Links], Any] | None = None
    own: bool = True

    @property
    def attribute(self) -> str:
        """The record's attribute that it is read from."""
        return self.of or snake(self.name)

    @property
    def fields(self) -> tuple["Field", ...]:
        """Of a nested object; else none."""
        return self.shape.fields if self.shape else ()

    @property
    def change(self) -> Callable[[Sequence[Any]], Sequence[Any]] | None:
        """What turns values of records, none of them null, into the written ones; None where they are written as is."""
        if self.kind == "timestamp":
            return lambda values: list(map(iso_from_ms, values))
        if self.shape is None:
            return None
        write = self.shape.write
        return lambda values: write(values, _NO_LINKS)


@dataclass(frozen=True)
class Shape:
    """The fields of a data type's records, and how to write one.

    Attributes:
        record: The class of the records, a NamedTuple.
        fields: In the order in which they are written.

    Raises:
        TypeError: A field is read from an attribute that the class does not have, or one of its attributes is not
            written.
    """

    record: type[tuple[Any, ...]]
    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        attributes = Counter(_attributes(self.record))
        read = Counter(field.attribute for field in self.fields if field.own)
        if read != attributes:
            unknown = [name if name not in attributes else f"second {name}" for name in sorted(read - attributes)]
            unread = sorted(attributes - read)
            said = f"it has no {', '.join(unknown)}" if unknown else f"{', '.join(unread)} is not written"
            raise TypeError(f"the shape of {self.record.__name__} does not fit: {said}")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The top-level names in order."""
        return tuple(field.name for field in self.fields)

    @cached_property
    def columns(self) -> tuple[tuple[str, ...], ...]:
        """The CSV's columns as paths into the object: nested objects with names of their own are flattened."""
        return tuple(_paths(self.fields, ()))

    def shown(self, around: Fidelity, least: Fidelity) -> "Shape":
        """The same without the fields that are less well founded.

        Args:
            around: The label of the operation that answers with it.
            least: The weakest label that is shown.
        """
        fields = _shown(self.fields, around, least)
        return self if fields == self.fields else _ShownShape(self.record, fields, self)

    def write(self, records: Sequence[Any], links: Links) -> list[dict[str, Any]]:
        """Records as plain objects: every field, in order, null where nothing applies."""
        names = self._names_read
        written = [dict(zip(names, values, strict=True)) for values in self._values(records)]
        for name, change in self._changes:
            filled = [row for row in written if row[name] is not None]
            for row, value in zip(filled, change([row[name] for row in filled]), strict=True):
                row[name] = value
        if not self._made:
            return written
        return [self._with_made(record, row, links) for record, row in zip(records, written, strict=True)]

    def _with_made(self, record: Any, row: dict[str, Any], links: Links) -> dict[str, Any]:
        """The row with what is made for it, in the order of the fields."""
        made = self._made
        return {name: made[name](record, links) if name in made else row[name] for name in self.names}

    def _values(self, records: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """What is read of each record. Most have nothing else, and in the order of the fields."""
        if self._attributes_read == _attributes(self.record):
            return records
        return [[getattr(record, name) for name in self._attributes_read] for record in records]

    @cached_property
    def _read(self) -> tuple[Field, ...]:
        """The fields that are the record's own as they are, or as instants and objects are written."""
        return tuple(field for field in self.fields if field.own and field.made is None)

    @cached_property
    def _names_read(self) -> tuple[str, ...]:
        return tuple(field.name for field in self._read)

    @cached_property
    def _attributes_read(self) -> tuple[str, ...]:
        return tuple(field.attribute for field in self._read)

    @cached_property
    def _changes(self) -> tuple[tuple[str, Callable[[Sequence[Any]], Sequence[Any]]], ...]:
        return tuple((field.name, field.change) for field in self._read if field.change is not None)

    @cached_property
    def _made(self) -> dict[str, Callable[[Any, Links], Any]]:
        return {field.name: field.made for field in self.fields if field.made is not None}


def _attributes(record: type[tuple[Any, ...]]) -> tuple[str, ...]:
    """The names of a NamedTuple's fields."""
    names: tuple[str, ...] = getattr(record, "_fields", ())
    return names


def _paths(fields: Sequence[Field], above: tuple[str, ...]) -> list[tuple[str, ...]]:
    paths: list[tuple[str, ...]] = []
    for field in fields:
        path = (*above, field.name)
        paths += _paths(field.fields, path) if field.kind == "object" else [path]
    return paths


def _shown(fields: tuple[Field, ...], around: Fidelity, least: Fidelity) -> tuple[Field, ...]:
    """The fields that are well enough founded, and of those in them the same."""
    kept = [(field, weaker(field.fidelity, around)) for field in fields if shows(field.fidelity, least)]
    return tuple(
        replace(field, shape=field.shape.shown(label, least)) if field.shape else field for field, label in kept
    )


@dataclass(frozen=True)
class _ShownShape(Shape):
    """A shape some of whose fields are hidden.

    Attributes:
        whole: With all of them.
    """

    whole: Shape

    def __post_init__(self) -> None:
        """What is hidden is not written, so there is nothing to check."""

    def write(self, records: Sequence[Any], links: Links) -> list[dict[str, Any]]:
        """Records as plain objects, without what is hidden."""
        return [_kept(row, self.fields) for row in self.whole.write(records, links)]


def _kept(row: Any, fields: Sequence[Field]) -> dict[str, Any]:
    """What a written object has of some fields."""
    return {field.name: _kept_part(row[field.name], field) for field in fields}


def _kept_part(value: Any, field: Field) -> Any:
    if value is None or not field.shape:
        return value
    return _kept(value, field.fields)


class _NoLinks:
    """Nested objects have no links."""

    def download_url(self, record: Any) -> str | None:
        return None

    def download_path(self, record: Any) -> str | None:
        return None

    def status(self, record: Any) -> str:
        return str(record.status)

    def rating(self, record: Any) -> float:
        return float(record.value)


_NO_LINKS = _NoLinks()
