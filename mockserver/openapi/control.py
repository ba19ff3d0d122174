"""The OpenAPI document of the control API, made from its rows. Pure."""

from collections.abc import Sequence
from typing import Any

from mockserver.door.operations import Operation
from mockserver.openapi.document import OPENAPI
from mockserver.openapi.paths import template
from mockserver.words.version import VERSION

__all__ = ["control_document"]


def control_document(operations: Sequence[Operation], base_path: str) -> dict[str, Any]:
    """The document."""
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(template(operation.path), {})[operation.method.lower()] = {
            "operationId": operation.id,
            "summary": operation.summary,
            "responses": {str(operation.status): {"description": "OK"}},
        }
    return {
        "openapi": OPENAPI,
        "info": {"title": "mockserver control", "version": VERSION},
        "servers": [{"url": base_path}],
        "paths": paths,
    }
