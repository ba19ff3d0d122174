"""Request bodies: JSON objects, checked against a JSON Schema, every problem with its path."""

from collections.abc import Iterable
from typing import Any

import orjson
from jsonschema import Draft202012Validator

from mockserver.http import MalformedJsonError, read_json
from mockserver.hyperstudy.errors import InvalidBody

__all__ = ["checked_body", "problems", "read_body"]


def read_body() -> Any:
    """The request's body, if it can also be written again: within what is kept, and within an answer.

    Raises:
        MalformedJsonError: It is not JSON, or nests deeper than about 250 levels.
        BodyTooLargeError: It is over the limit.
    """
    body = read_json()
    try:
        orjson.dumps([[[[body]]]])
    except orjson.JSONEncodeError:
        raise MalformedJsonError("it nests deeper than 250 levels") from None
    return body


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
    body = read_body()
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
