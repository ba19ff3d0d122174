"""What each field is, in which unit, and which values of it are known: read from `fields.toml`. Pure."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["KNOWN_VALUES", "FieldNote", "field_notes", "note_of"]

# The extension that lists known values where others may come: no client has to refuse what it does not know.
KNOWN_VALUES = "x-extensible-enum"
# The table of names that mean the same wherever they stand.
_ANYWHERE = "any"
# And the one that says which tables are looked in for the fields of others.
_ALSO = "like"


@dataclass(frozen=True, slots=True)
class FieldNote:
    """What there is to say about a field.

    Attributes:
        about: A sentence, with the unit where it has one.
        values: That are known; an open list, empty where any value will do.
    """

    about: str
    values: tuple[str, ...] = ()

    def described(self) -> dict[str, Any]:
        """The note as keywords of JSON Schema."""
        if not self.values:
            return {"description": self.about}
        named = ", ".join(f"`{value}`" for value in self.values)
        told = f"{self.about} Known values: {named}; others may come."
        return {"description": told, KNOWN_VALUES: list(self.values)}


def note_of(place: str, name: str) -> FieldNote | None:
    """The note on a field; None where there is none.

    Args:
        place: The object that has it: the name of a schema, and the names that lead deeper, with dots between.
    """
    notes = field_notes()
    return next((notes[table][name] for table in _tables(place) if name in notes.get(table, {})), None)


@cache
def field_notes() -> Mapping[str, Mapping[str, FieldNote]]:
    """All notes, by table and name."""
    tables = {table: fields for table, fields in _read().items() if table != _ALSO}
    return {table: {name: _note(told) for name, told in fields.items()} for table, fields in tables.items()}


@cache
def _read() -> dict[str, dict[str, Any]]:
    text = files("mockserver.openapi").joinpath("fields.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _note(told: str | Mapping[str, Any]) -> FieldNote:
    return FieldNote(told) if isinstance(told, str) else FieldNote(told["about"], tuple(told["values"]))


def _tables(place: str) -> Iterator[str]:
    """The tables that may tell of an object's fields, the most special first."""
    also, parts = _read()[_ALSO], place.split(".")
    for start, first in enumerate(parts):
        for name in (first, also.get(first)):
            if name is not None:
                yield ".".join([name, *parts[start + 1 :]])
    yield _ANYWHERE
