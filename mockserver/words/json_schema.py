"""The words of JSON Schema that descriptions of bodies and answers are made of. Pure."""

from typing import Any

from mockserver.words.fidelity import Fidelity

__all__ = [
    "COUNT",
    "FLAG",
    "ID",
    "INSTANT",
    "ISO_8601",
    "ISO_8601_FORMAT",
    "KEYWORD",
    "MOST_WHOLE",
    "NAMES",
    "NUMBER",
    "SENT_COUNT",
    "SENT_WHOLE",
    "TEXT",
    "Schema",
    "labelled",
    "list_of",
    "object_of",
    "optional",
]

Schema = dict[str, Any]

# The extension that carries a fidelity label.
KEYWORD = "x-fidelity"

TEXT: Schema = {"type": "string"}
ID: Schema = {"type": "string", "minLength": 1}
FLAG: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}
# What every client can count to exactly: JavaScript's whole numbers. A client that sends more has made a mistake
# (inferred).
MOST_WHOLE = 2**53
SENT_COUNT: Schema = {**COUNT, "maximum": MOST_WHOLE}
SENT_WHOLE: Schema = {"type": "integer", "minimum": -MOST_WHOLE, "maximum": MOST_WHOLE}
# An instant as it is written: RFC 3339, always.
INSTANT: Schema = {"type": "string", "format": "date-time"}
# One as it is read: any form of `timestamps.parse_iso_us`, most of which are not RFC 3339. The format is our own name,
# so that generated clients take it for a text.
ISO_8601_FORMAT = "iso-8601"
ISO_8601: Schema = {"type": "string", "format": ISO_8601_FORMAT}


def list_of(items: Schema) -> Schema:
    """A list of such values."""
    return {"type": "array", "items": items}


NAMES = list_of(TEXT)


def object_of(title: str | None = None, /, **properties: Schema) -> Schema:
    """An object that has all of these properties, and perhaps more.

    Args:
        title: Its name; what has one is written once in a document.
    """
    named = {"title": title} if title else {}
    return {**named, "type": "object", "properties": properties, "required": list(properties)}


def optional(schema: Schema) -> Schema:
    """The same, or null; for schemas with one type and no choices."""
    return {**schema, "type": [schema["type"], "null"]}


def labelled(schema: Schema, fidelity: Fidelity) -> Schema:
    """The same with a label of its own."""
    return {**schema, KEYWORD: fidelity}
