"""JSON Schemas of records, from the shapes that write them; and which schemas become components. Pure.

A schema with a `title` is written once, below `components/schemas`, and referred to everywhere else. That is
the only rule: no list of names has to be kept in step.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from mockserver.hyperstudy.shape import Field, Shape
from mockserver.hyperstudy.shapes import SHAPES
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

_NUMBERS: Schema = {"type": "object", "additionalProperties": {"type": "number"}}
_TYPES: Mapping[str, Schema] = MappingProxyType({"timestamp": INSTANT, "strings": NAMES, "numbers": _NUMBERS})


def record_name(shape: Shape) -> str:
    """What one record of a shape is called."""
    return next(_RECORDS[data_type] for data_type, known in SHAPES.items() if known is shape)


def record_schema(shape: Shape, fidelity: Fidelity) -> Schema:
    """The schema of a record: every field is always there, and null where nothing applies.

    Args:
        fidelity: Of the operations that answer it; fields that differ say so.
    """
    return {"title": record_name(shape), **_object(shape.fields, fidelity)}


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
    """The schemas of a document that have a name."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {}

    def hoisted(self, schema: Any) -> Any:
        """The same schema with a reference in place of each part that has a title.

        Raises:
            ValueError: Two schemas that differ have one title.
        """
        if isinstance(schema, list):
            return [self.hoisted(part) for part in schema]
        if not isinstance(schema, Mapping):
            return schema
        parts = {name: self.hoisted(part) for name, part in schema.items()}
        # A property may be called "title"; what names a schema is text.
        if not isinstance(parts.get("title"), str):
            return parts
        name = parts.pop("title")
        if self.schemas.setdefault(name, parts) != parts:
            raise ValueError(f"two schemas are called {name}")
        return {"$ref": f"#/components/schemas/{name}"}
