"""JSON Schema of what a marshmallow schema accepts: the ingestion rules have no other statement. Pure."""

from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, validate

from mockserver.ingestion.fields import Emotions, Items, Record, Text, Timestamp
from mockserver.ingestion.rules import Rule, beside
from mockserver.ingestion.schemas import ENVELOPE, KINDS, Kind
from mockserver.words.exact_json import MOST_LEVELS
from mockserver.words.json_schema import ISO_8601_FORMAT

__all__ = ["batch_schema", "rules_schema", "told_rules"]

Object = dict[str, Any]

_NULL = Rule("`null` is stored as it was sent, and is a lint (`null_field`)")
_EMPTY = Rule("may be empty")
_ITEM_RULES = (
    Rule(f"nests at most {MOST_LEVELS} levels"),
    Rule("fields of other names are kept, and not looked at"),
)
_BODY_RULES = (
    Rule("may come compressed (`Content-Encoding: gzip` or `deflate`); `--max-body-bytes` holds for the expanded size"),
    Rule("fields of other names are ignored"),
)


def rules_schema(rules: Schema, *, labelled: bool = False) -> Object:
    """The JSON Schema of what a marshmallow schema accepts, as far as JSON Schema can say it.

    Fields come in their order and with their descriptions; unknown fields are allowed, as they are there.

    Args:
        labelled: Each field says what of its rules is how well founded.
    """
    fields = {field.data_key or name: field for name, field in rules.fields.items()}
    return {
        "type": "object",
        "properties": {name: _field_schema(field, labelled=labelled) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.required],
        "additionalProperties": True,
    }


def batch_schema(kind: Kind) -> Object:
    """The JSON Schema of a request's body: session and batch, with a schema for each item."""
    batch = rules_schema(ENVELOPE, labelled=True)
    item = {"title": kind.title, **rules_schema(kind.schema, labelled=True), **beside(_ITEM_RULES)}
    batch["properties"]["batch"]["items"] = item
    return {"title": f"{kind.title}Batch", **batch, **beside(_BODY_RULES)}


def told_rules() -> Iterator[tuple[str, Rule]]:
    """Every rule that stands beside a body or a field of one, with the place that has it."""
    yield from (("body", rule) for rule in _BODY_RULES)
    yield from _rules_within(ENVELOPE)
    for kind in KINDS.values():
        yield from ((f"{kind.name}[]", rule) for rule in _ITEM_RULES)
        yield from _rules_within(kind.schema, f"{kind.name}[].")


def _rules_within(schema: Schema, above: str = "") -> Iterator[tuple[str, Rule]]:
    for name, field in schema.fields.items():
        place = above + (field.data_key or name)
        yield from ((place, rule) for rule in _rules_of(field))
        if isinstance(field, Record):
            yield from _rules_within(field.schema, f"{place}.")


def _rules_of(field: Any) -> Iterator[Rule]:
    """What is done with values of a field, beyond what the documentation says of it."""
    yield from getattr(field, "rules", ())
    for validator in field.validators:
        yield from getattr(validator, "rules", ())
    if isinstance(field, Text) and not field.validators:
        yield _EMPTY
    yield from field.metadata.get("rules", ())
    if field.allow_none:
        yield _NULL


def _field_schema(field: Any, *, labelled: bool) -> Object:
    schema: Object = {"type": field.expected}
    if isinstance(field, Record):
        schema = rules_schema(field.schema, labelled=labelled)
    elif isinstance(field, Timestamp):
        schema["format"] = ISO_8601_FORMAT
    elif isinstance(field, Items):
        schema["items"] = {}
    elif isinstance(field, Emotions):
        schema["additionalProperties"] = {"type": "number", "minimum": 0, "maximum": 1}
    for validator in field.validators:
        schema |= _limits(validator)
    if field.allow_none:
        schema["type"] = [schema["type"], "null"]
    about = field.metadata.get("description")
    described = {**schema, "description": f"{about}."} if about else schema
    return {**described, **beside(_rules_of(field))} if labelled else described


def _limits(validator: Any) -> Object:
    if isinstance(validator, validate.OneOf):
        return {"enum": list(validator.choices)}
    if isinstance(validator, validate.Range):
        return {"minimum": validator.min, "maximum": validator.max}
    if isinstance(validator, validate.Length):
        return {"minLength": validator.min}
    raise TypeError(f"no JSON Schema is known for {validator!r}")
