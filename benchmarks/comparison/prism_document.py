"""What Prism reads: the emulator's own OpenAPI document, cut to one operation, with the real answer as example."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

from comparison.cases import Case

__all__ = ["excerpt", "without_response_schema"]


def excerpt(case: Case) -> dict[str, Any]:
    """A document of the case's operation, its schemas and its answer."""
    template, operation = _operation(case)
    operation["responses"] = {"200": _answer(operation, case)}
    head = {name: case.document[name] for name in ("openapi", "info")}
    security = case.document.get("security", [])
    path = {case.base + template: {case.method.lower(): operation}}
    document = {**head, "security": security, "paths": path}
    return {**document, "components": _components(document, case.document["components"])}


def without_response_schema(case: Case) -> dict[str, Any]:
    """The same, where any answer is right."""
    document = excerpt(case)
    for item in document["paths"].values():
        for operation in item.values():
            del operation["responses"]["200"]["content"]["application/json"]["schema"]
    return document


def _operation(case: Case) -> tuple[str, dict[str, Any]]:
    """The path in the document that fits the case's, and a copy of what stands there for its method."""
    for template, item in case.document["paths"].items():
        pattern = re.sub(r"\{\w+\}", "[^/]+", case.base + template)
        if case.method.lower() in item and re.fullmatch(pattern, case.path):
            shared = {"parameters": item["parameters"]} if "parameters" in item else {}
            return template, shared | copy.deepcopy(item[case.method.lower()])
    raise LookupError(f"no operation {case.method} {case.path} in the OpenAPI document at {case.base}")


def _answer(operation: dict[str, Any], case: Case) -> dict[str, Any]:
    documented = operation["responses"]["200"]["content"]["application/json"]
    content = {"schema": documented["schema"], "example": json.loads(case.answer)}
    return {"description": "The answer", "content": {"application/json": content}}


def _components(document: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """Those that the document refers to, directly or through others."""
    chosen: dict[str, Any] = {"securitySchemes": components["securitySchemes"]}
    waiting = list(_references(document))
    while waiting:
        kind, name = waiting.pop().split("/")[-2:]
        if name not in chosen.setdefault(kind, {}):
            chosen[kind][name] = components[kind][name]
            waiting.extend(_references(components[kind][name]))
    return chosen


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _references(part)
