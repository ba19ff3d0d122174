"""JSON Schemas of records, from the shapes that write them; and which schemas become components. Pure.

A schema with a `title` is written once, below `components/schemas`, and referred to everywhere else. That is
the only rule: no list of names has to be kept in step.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from mockserver.hyperstudy.shape import Field, Shape
from mockserver.hyperstudy.shapes import SHAPES
from mockserver.openapi.field_notes import note_of
from mockserver.words.fidelity import Fidelity, weaker
from mockserver.words.json_schema import INSTANT, KEYWORD, NAMES, Schema, object_of, optional

__all__ = ["Components", "record_name", "record_schema"]

# What one record of a data type is called.
_RECORDS: Mapping[str, str] = MappingProxyType(
    {
        "events": "Event",
        "recordings": "Recording",
        "chat": "ChatMessage",
        "videochat": "VideoChatEvent",
        "ratings/continuous": "ContinuousRating",
        "ratings/sparse": "SparseRating",
        "sync": "SyncMetric",
        "components": "ComponentRecord",
        "eyetracking": "GazeSample",
        "participants": "Participant",
        "rooms": "Room",
    }
)

# Keywords of JSON Schema whose value is a schema, a list of schemas, or schemas by name.
_SCHEMAS = ("additionalProperties", "contains", "items", "not", "propertyNames")
# Conditions are checked and not described: of a schema with some, generators make nothing at all.
_CONDITIONS = frozenset({"if", "then", "else"})
_SCHEMA_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED_SCHEMAS = ("$defs", "dependentSchemas", "patternProperties", "properties")
_LEAST_INT32, _MOST_INT32 = -(2**31), 2**31 - 1

_NUMBERS: Schema = {"type": "object", "additionalProperties": {"type": "number"}}
_TYPES: Mapping[str, Schema] = MappingProxyType({"timestamp": INSTANT, "strings": NAMES, "numbers": _NUMBERS})


def record_name(shape: Shape) -> str:
    """What one record of a shape is called."""
    return next(_RECORDS[data_type] for data_type, known in SHAPES.items() if known is shape)


def record_schema(shape: Shape, fidelity: Fidelity, least: Fidelity = "inferred") -> Schema:
    """The schema of a record: every field is always there, and null where nothing applies.

    Args:
        fidelity: Of the operations that answer it; fields that differ say so.
        least: The weakest label that is shown.
    """
    return {"title": record_name(shape), **_object(shape.shown(fidelity, least).fields, fidelity)}


def _object(fields: tuple[Field, ...], fidelity: Fidelity) -> Schema:
    return object_of(**{field.name: _field(field, fidelity) for field in fields})


def _field(field: Field, around: Fidelity) -> Schema:
    fidelity = weaker(field.fidelity, around)
    schema = _of_kind(field, fidelity)
    if field.nullable:
        schema = optional(schema)
    return schema if fidelity == around else {**schema, KEYWORD: fidelity}


def _of_kind(field: Field, fidelity: Fidelity) -> Schema:
    if field.kind == "object":
        return _object(field.fields, fidelity)
    return dict(_TYPES.get(field.kind, {"type": field.kind}))


class Components:
    """The schemas of a document that have a name, finished for the programs that read documents.

    Every schema of a document goes through here: fields get their descriptions, and integers that may be too large
    for 32 bits a format that says so, since a generated client keeps others in 32. Conditions are left out.

    Args:
        least: The weakest label of the fields that the document shows.
    """

    def __init__(self, least: Fidelity = "inferred") -> None:
        self.schemas: dict[str, Schema] = {}
        self.least = least

    def hoisted(self, schema: Any, place: str = "") -> Any:
        """The same schema, finished, with a reference in place of each part that has a title.

        Args:
            place: What its fields are told under (`field_notes.py`), where it has no title.

        Raises:
            ValueError: Two schemas that differ have one title.
        """
        if not isinstance(schema, Mapping):
            return schema
        # A property may be called "title"; what names a schema is text.
        title = schema.get("title")
        place = title if isinstance(title, str) else place
        told = {key: self._part(key, value, place) for key, value in schema.items() if key not in _CONDITIONS}
        parts = _with_width({key: part for key, part in told.items() if not (key in _SCHEMA_LISTS and not part)})
        if not isinstance(title, str):
            return parts
        del parts["title"]
        if self.schemas.setdefault(title, parts) != parts:
            raise ValueError(f"two schemas are called {title}")
        return {"$ref": f"#/components/schemas/{title}"}

    def _part(self, key: str, value: Any, place: str) -> Any:
        """The value of a keyword: a schema, several of them, or anything else, which stays as it is."""
        if key == "properties":
            return {name: self._property(name, inner, place) for name, inner in value.items()}
        if key in _NAMED_SCHEMAS:
            return {name: self.hoisted(inner, place) for name, inner in value.items()}
        if key in _SCHEMA_LISTS:
            return [self.hoisted(inner, place) for inner in value if not _is_condition(inner)]
        return self.hoisted(value, place) if key in _SCHEMAS else value

    def _property(self, name: str, schema: Any, place: str) -> Any:
        finished = self.hoisted(schema, f"{place}.{name}")
        note = note_of(place, name)
        if note is None or "description" in finished:
            return finished
        # A closed list needs no open one beside it.
        return {**finished, **(note.described() if "enum" not in finished else {"description": note.about})}


def _is_condition(schema: Mapping[str, Any]) -> bool:
    """Does it say when something is needed, and nothing of what there is?"""
    return bool(set(schema) & _CONDITIONS) or set(schema) == {"required"}


def _with_width(schema: Schema) -> Schema:
    """The same, with `format: int64` on an integer that 32 bits may not hold."""
    types = schema.get("type", ())
    if "integer" not in ([types] if isinstance(types, str) else types) or "format" in schema:
        return schema
    fits = schema.get("minimum", -math.inf) >= _LEAST_INT32 and schema.get("maximum", math.inf) <= _MOST_INT32
    return schema if fits else {**schema, "format": "int64"}
