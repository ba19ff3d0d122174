"""JSON Schema of what a marshmallow schema accepts: the ingestion rules have no other statement. Pure."""

from typing import Any

from marshmallow import Schema, validate

from mockserver.ingestion.fields import SUM_TOLERANCE, Emotions, Items, Record, Timestamp
from mockserver.ingestion.schemas import ENVELOPE, Kind
from mockserver.words.json_schema import ISO_8601_FORMAT

__all__ = ["batch_schema", "rules_schema"]

Object = dict[str, Any]


def rules_schema(rules: Schema) -> Object:
    """The JSON Schema of what a marshmallow schema accepts, as far as JSON Schema can say it.

    Fields come in their order and with their descriptions; unknown fields are allowed, as they are there.
    """
    fields = {field.data_key or name: field for name, field in rules.fields.items()}
    return {
        "type": "object",
        "properties": {name: _field_schema(field) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.required],
        "additionalProperties": True,
    }


def batch_schema(kind: Kind) -> Object:
    """The JSON Schema of a request's body: session and batch, with a schema for each item."""
    batch = rules_schema(ENVELOPE)
    batch["properties"]["batch"]["items"] = {"title": kind.title, **rules_schema(kind.schema)}
    return {"title": f"{kind.title}Batch", **batch}


def _field_schema(field: Any) -> Object:
    schema: Object = {"type": field.expected}
    if isinstance(field, Record):
        schema = rules_schema(field.schema)
    elif isinstance(field, Timestamp):
        schema["format"] = ISO_8601_FORMAT
    elif isinstance(field, Items):
        schema["items"] = {}
    elif isinstance(field, Emotions):
        schema["additionalProperties"] = {"type": "number", "minimum": 0, "maximum": 1}
    for validator in field.validators:
        schema |= _limits(validator)
    about = field.metadata.get("description")
    if isinstance(field, Emotions):
        about = f"{about} (within {SUM_TOLERANCE})"
    return {**schema, "description": f"{about}."} if about else schema


def _limits(validator: Any) -> Object:
    if isinstance(validator, validate.OneOf):
        return {"enum": list(validator.choices)}
    if isinstance(validator, validate.Range):
        return {"minimum": validator.min, "maximum": validator.max}
    if isinstance(validator, validate.Length):
        return {"minLength": validator.min}
    raise TypeError(f"no JSON Schema is known for {validator!r}")
