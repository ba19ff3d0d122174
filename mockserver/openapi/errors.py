"""Errors as a document describes them: what each kind looks like, and an example. Pure."""

from typing import Any

from mockserver.openapi.description import Description, ErrorKind
from mockserver.openapi.headers import LIMIT_HEADERS, header_references
from mockserver.openapi.schemas import Components
from mockserver.words.fidelity import Fidelity
from mockserver.words.founded import shown_schema
from mockserver.words.json_schema import KEYWORD, Schema

__all__ = ["error_response"]


def error_response(
    kind: ErrorKind, description: Description, components: Components, example: Any | None
) -> dict[str, Any]:
    """The response object of a kind of error, at one operation.

    Args:
        components: Gets the schema, if it has a name.
        example: A real one; None leaves it out.
    """
    schema = _shown(description.error_schema(kind), components.least)
    content: dict[str, Any] = {"schema": components.hoisted(schema)}
    if example is not None:
        content["example"] = example
    limits = LIMIT_HEADERS if description.limited and kind.limited else ()
    return {
        "description": kind.when,
        KEYWORD: kind.fidelity,
        "headers": header_references(("X-Mock-Version", *limits, *kind.headers)),
        "content": {"application/json": content},
    }


def _shown(schema: Schema, least: Fidelity) -> Schema:
    """The schema of an error without what is less well founded; that there are details at all is documented."""
    shown, error = shown_schema(schema, "documented", least), schema["properties"]["error"]
    if "details" in error.get("properties", ()):
        kept = shown["properties"]["error"]
        kept["properties"].setdefault("details", {"type": "object"})
        kept["required"] = error["required"]
    return shown
