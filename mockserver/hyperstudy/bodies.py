"""Request bodies: JSON objects, checked against a JSON Schema, every problem with its path."""

from collections.abc import Iterable
from typing import Any

from jsonschema import Draft202012Validator

from mockserver.http import read_json
from mockserver.hyperstudy.errors import InvalidBody

__all__ = ["checked_body", "problems"]


def problems(value: Any, schema: dict[str, Any]) -> list[dict[str, str]]:
    """Every way in which a value breaks a schema: `path` such as `states/0/id`, and `message`."""
    errors = sorted(
        Draft202012Validator(schema).iter_errors(value), key=lambda error: list(map(str, error.absolute_path))
    )
    return [{"path": "/".join(map(str, error.absolute_path)), "message": error.message[:300]} for error in errors]


def checked_body(schema: dict[str, Any], more: Iterable[dict[str, str]] = ()) -> dict[str, Any]:
    """The request's body.

    Args:
        more: Problems found by other means, told together with those of the schema.

    Raises:
        InvalidBody: It breaks the schema.
        MalformedJsonError, BodyTooLargeError: It could not be read.
    """
    body = read_json()
    found = [*problems(body, schema), *more]
    if found:
        raise InvalidBody(said(found), found)
    if not isinstance(body, dict):
        raise InvalidBody("The body must be a JSON object.", [{"path": "", "message": "not an object"}])
    return body


def said(found: list[dict[str, str]]) -> str:
    """The problems as a sentence: the first, and how many more."""
    first = found[0]
    where = f" at {first['path']}" if first["path"] else ""
    more = f" (and {len(found) - 1} more, see details.errors)" if len(found) > 1 else ""
    return f"The body is invalid{where}: {first['message']}{more}."
