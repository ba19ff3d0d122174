"""How a record is written: which fields, in which order, from which of its attributes.

A shape names the class of the records that it writes, and a field the attribute that it is read from. That both
fit is checked when a shape is made, which is when the table of shapes is imported.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, Protocol, TypeVar

from mockserver.words.camel_case import snake
from mockserver.words.fidelity import Fidelity, shows, weaker
from mockserver.words.timestamps import iso_from_ms

__all__ = ["Field", "Kind", "Links", "Shape"]

Kind = Literal["string", "integer", "number", "boolean", "timestamp", "strings", "object", "numbers"]

T = TypeVar("T")


class Links(Hashable, Protocol):
    """What a record does not know by itself: links for the host that the request came to, and the chosen reading.

    Equal ones make the same of the same record.
    """

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
        made: Makes the value from the record and the `Links`, where it is not the record's own as it is.
        own: The record has an attribute for it.
    """

    name: str
    kind: Kind
    fidelity: Fidelity = "documented"
    nullable: bool = False
    of: str = ""
    shape: "Shape | None" = None
    made: Callable[[Any, Any], Any] | None = None
    own: bool = True

    @property
    def attribute(self) -> str:
        """The record's attribute that it is read from."""
        return self.of or snake(self.name)

    @property
    def fields(self) -> tuple["Field", ...]:
        """Of a nested object; else none."""
        return self.shape.fields if self.shape else ()

    def plain(self, value: Any) -> Any:
        """A record's value as it is written: an instant as text, an object as a dictionary of what is shown of it."""
        if value is None:
            return None
        if self.kind == "timestamp":
            return iso_from_ms(value)
        if self.shape is None:
            return value
        return {field.name: field.plain(getattr(value, field.attribute)) for field in self.fields}


@dataclass(frozen=True, eq=False)
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
    _kept: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

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

        def narrower(whole: Shape) -> Shape:
            fields = _shown(whole.fields, around, least)
            return whole if fields == whole.fields else _ShownShape(whole.record, fields)

        return self.kept((around, least), narrower)

    def kept(self, key: Hashable, make: Callable[["Shape"], T]) -> T:
        """What is made of the shape and is always the same, made once."""
        if key not in self._kept:
            self._kept[key] = make(self)
        made: T = self._kept[key]
        return made

    def plain(self, records: Sequence[Any], links: Links | None) -> dict[str, list[Any]]:
        """The columns of some records by name, as they are written; None where nothing applies."""
        columns = dict(zip(_attributes(self.record), zip(*records, strict=True), strict=False))
        return {
            field.name: [field.made(record, links) for record in records]
            if field.made
            else list(map(field.plain, columns.get(field.attribute, ())))
            for field in self.fields
        }

    @cached_property
    def is_linked(self) -> bool:
        """Has it fields that are not made from the record alone?"""
        return any(field.made for field in self.fields)


def _attributes(record: type[tuple[Any, ...]]) -> tuple[str, ...]:
    """The names of a NamedTuple's fields."""
    names: tuple[str, ...] = getattr(record, "_fields", ())
    return names


def _paths(fields: Sequence[Field], above: tuple[str, ...]) -> list[tuple[str, ...]]:
    paths: list[tuple[str, ...]] = []
    for one in fields:
        path = (*above, one.name)
        paths += _paths(one.fields, path) if one.kind == "object" else [path]
    return paths


def _shown(fields: tuple[Field, ...], around: Fidelity, least: Fidelity) -> tuple[Field, ...]:
    """The fields that are well enough founded, and of those in them the same."""
    kept = [(field, weaker(field.fidelity, around)) for field in fields if shows(field.fidelity, least)]
    return tuple(
        replace(field, shape=field.shape.shown(label, least)) if field.shape else field for field, label in kept
    )


@dataclass(frozen=True, eq=False)
class _ShownShape(Shape):
    """A shape some of whose fields are hidden."""

    def __post_init__(self) -> None:
        """What is hidden is not written, so there is nothing to check."""
