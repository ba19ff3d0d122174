"""What is left of a schema, and of a value that it describes, once everything with a weaker label is hidden. Pure.

The label of an object holds for all that is in it, and what is in it may have a weaker one. So of an object whose own
label is too weak nothing is left but the object: `{}`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.words.fidelity import Fidelity, shows, weaker
from mockserver.words.json_schema import KEYWORD, Schema

__all__ = ["shown_schema", "shown_value"]

# Keywords whose value is a schema of the same value, of each value in it, or a list of such.
_INNER = ("items", "additionalProperties")
_CHOICES = ("anyOf", "oneOf", "allOf")


def shown_schema(schema: Schema, around: Fidelity, least: Fidelity) -> Schema:
    """A schema without the properties that are less well founded.

    Args:
        around: The label of what it is part of.
        least: The weakest label that is shown.
    """
    around = weaker(schema.get(KEYWORD, around), around)
    shown = dict(schema)
    if "properties" in schema:
        shown["properties"] = {
            name: shown_schema(inner, around, least)
            for name, inner in schema["properties"].items()
            if shows(_label(inner, around), least)
        }
        hidden = set(schema["properties"]) - set(shown["properties"])
        if "required" in schema:
            shown["required"] = [name for name in schema["required"] if name not in hidden]
    for keyword in _INNER:
        if isinstance(schema.get(keyword), Mapping):
            shown[keyword] = shown_schema(schema[keyword], around, least)
    for keyword in _CHOICES:
        if keyword in schema:
            shown[keyword] = [shown_schema(inner, around, least) for inner in schema[keyword]]
    return shown


def shown_value(value: Any, schema: Schema, around: Fidelity, least: Fidelity) -> Any:
    """A value without the fields that are less well founded; fields that the schema does not name are as it is.

    Args:
        schema: Of the value. around, least: As for `shown_schema`.
    """
    around = weaker(schema.get(KEYWORD, around), around)
    if isinstance(value, list):
        inner = schema.get("items", {})
        return [shown_value(item, inner, around, least) for item in value]
    if not isinstance(value, dict):
        return value
    schema = _choice(schema, value)
    around = weaker(schema.get(KEYWORD, around), around)
    named = schema.get("properties", {})
    others = schema.get("additionalProperties")
    others = others if isinstance(others, Mapping) else {}
    parts = {name: named.get(name, others) for name in value}
    return {
        name: shown_value(value[name], part, around, least)
        for name, part in parts.items()
        if shows(_label(part, around), least)
    }


def _label(schema: Mapping[str, Any], around: Fidelity) -> Fidelity:
    return weaker(schema.get(KEYWORD, around), around)


def _choice(schema: Schema, value: Mapping[str, Any]) -> Schema:
    """Of several schemas that a value may have, the one that names most of its fields."""
    choices: Sequence[Schema] = [inner for keyword in ("anyOf", "oneOf") for inner in schema.get(keyword, ())]
    if not choices:
        return schema
    return max(choices, key=lambda inner: len(set(inner.get("properties", ())) & set(value)))
