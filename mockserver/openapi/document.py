"""An API's OpenAPI document, made from the same rows that its routes are made from. Pure."""

from typing import Any

from mockserver.door.apis import Api
from mockserver.door.paths import template
from mockserver.openapi.description import Description
from mockserver.openapi.example import Examples
from mockserver.openapi.headers import HEADERS
from mockserver.openapi.operations import IF_NONE_MATCH, operation_object
from mockserver.openapi.references import only_used, share_parameters
from mockserver.openapi.schemas import Components
from mockserver.words.fidelity import Fidelity

__all__ = ["document"]


def document(api: Api, description: Description, examples: Examples, least: Fidelity = "inferred") -> dict[str, Any]:
    """The document, without `servers`.

    Args:
        api: With the operations that are shown.
        examples: Real requests and answers; what is not among them has no example.
        least: The weakest label of the fields that are shown.
    """
    components, rows = Components(least), api.operations
    paths: dict[str, Any] = {}
    for row in rows:
        described = operation_object(row, rows, description, components, examples)
        paths.setdefault(template(row.path), {})[row.method.lower()] = described
    parts = {
        "schemas": components.schemas,
        "parameters": {**share_parameters(paths), **description.headers, **IF_NONE_MATCH},
        "headers": {n: {**header, "schema": components.hoisted(header["schema"])} for n, header in HEADERS.items()},
    }
    return {
        "openapi": "3.1.0",
        "info": dict(description.info),
        "tags": _tags(api, description),
        "paths": paths,
        "components": {**only_used(parts, paths), "securitySchemes": dict(description.schemes)},
    }


def _tags(api: Api, description: Description) -> list[dict[str, str]]:
    """Those that operations have, in the order of their explanations; the others afterwards."""
    used = dict.fromkeys(row.tag for row in api.operations)
    told = [{"name": name, "description": about} for name, about in description.tags.items() if name in used]
    return told + [{"name": name} for name in used if name not in description.tags]
