"""Bodies of control requests: read against a marshmallow schema, and refused where they have a field of no use."""

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema

from mockserver.control.errors import ControlError
from mockserver.ingestion.batch import check_object
from mockserver.ingestion.described import rules_schema
from mockserver.ingestion.fields import Items, Record
from mockserver.ingestion.reasons import reason_text
from mockserver.web.bodies import MalformedJsonError, read_json
from mockserver.web.requests import current_asked
from mockserver.words.resembling import resembling

__all__ = ["body_schema", "checked_body", "read_body"]

_SHOWN_LETTERS = 40


def read_body(schema: Schema) -> dict[str, Any]:
    """What the request's body says, by attribute name; an empty body says nothing.

    Raises:
        ControlError: It is no object, has an unknown field, or a field has a wrong type or value.
        BodyTooLargeError, UnsupportedCodingError: It could not be read.
    """
    asked = current_asked()
    if not asked.body and not asked.body_is_too_large:
        return {}
    try:
        body = read_json()
    except MalformedJsonError as error:
        raise ControlError(f"The body must be empty or a JSON object: {error}") from None
    return checked_body(schema, body)


def checked_body(schema: Schema, body: Any) -> dict[str, Any]:
    """What a decoded body says, by attribute name.

    Raises:
        ControlError: It is no object, has an unknown field, or a field has a wrong type or value.
    """
    unknown = next(_unknown(schema, body), None)
    if unknown is not None:
        raise ControlError(unknown)
    loaded, problems = check_object(schema, body)
    if problems:
        raise ControlError(reason_text(problems, whole="The body"))
    return loaded


def body_schema(title: str, rules: Schema) -> dict[str, Any]:
    """The JSON Schema of such a body."""
    return {"title": title, **_closed(rules, rules_schema(rules))}


def _unknown(schema: Schema, body: Any, within: str = "") -> Iterator[str]:
    """What is wrong with the names in a body, a sentence each."""
    if not isinstance(body, dict):
        return
    fields = _fields(schema)
    for name, value in body.items():
        field = fields.get(name)
        if field is None:
            yield _advice(within + name[:_SHOWN_LETTERS], name, fields)
        elif isinstance(field, Record):
            yield from _unknown(field.schema, value, f"{within}{name}.")


def _advice(shown: str, name: str, fields: Mapping[str, Any]) -> str:
    meant = resembling(name, fields)
    did_you_mean = f" Did you mean {meant}?" if meant else ""
    return f"Unknown field {shown!r}.{did_you_mean} Known are {', '.join(fields)}"


def _closed(rules: Schema, described: dict[str, Any]) -> dict[str, Any]:
    """The same schema, but for objects with no other fields, and with what the items of lists are."""
    properties = described["properties"]
    for name, field in _fields(rules).items():
        if isinstance(field, Record):
            properties[name] = _closed(field.schema, properties[name])
        elif isinstance(field, Items):
            properties[name]["items"] = {"type": "string"}
    return {**described, "additionalProperties": False}


def _fields(schema: Schema) -> dict[str, Any]:
    return {field.data_key or name: field for name, field in schema.fields.items()}
