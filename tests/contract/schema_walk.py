"""Every schema in a document, at any depth, with the place where it stands. Examples are no schemas."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_BY_NAME = ("properties", "patternProperties", "$defs", "dependentSchemas")
_ONE = ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames")
_SEVERAL = ("anyOf", "oneOf", "allOf", "prefixItems")


def schemas_of(document: Json) -> Iterator[tuple[str, Json]]:
    """Each schema of components, parameters, headers, bodies and answers."""
    for place, schema in _roots(document):
        yield from within(place, schema)


def within(place: str, schema: Any) -> Iterator[tuple[str, Json]]:
    """A schema and all that lie in it."""
    if not isinstance(schema, dict):
        return
    yield place, schema
    for keyword in _BY_NAME:
        for name, inner in schema.get(keyword, {}).items():
            yield from within(f"{place}.{name}", inner)
    for keyword in _ONE:
        yield from within(f"{place}[{keyword}]", schema.get(keyword))
    for keyword in _SEVERAL:
        for index, inner in enumerate(schema.get(keyword, ())):
            yield from within(f"{place}[{keyword} {index}]", inner)


def _roots(document: Json) -> Iterator[tuple[str, Any]]:
    components = document["components"]
    yield from components.get("schemas", {}).items()
    for kind in ("parameters", "headers"):
        for name, told in components.get(kind, {}).items():
            yield f"{kind} {name}", told["schema"]
    for methods in document["paths"].values():
        for operation in methods.values():
            id_ = operation["operationId"]
            for parameter in operation.get("parameters", ()):
                yield f"{id_}?{parameter.get('name')}", parameter.get("schema")
            for status, told in {"body": operation.get("requestBody", {}), **operation["responses"]}.items():
                for content in told.get("content", {}).values():
                    yield f"{id_} {status}", content.get("schema")
