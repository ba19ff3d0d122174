"""Request bodies: JSON objects, checked against a JSON Schema, every problem with its path."""

from typing import Any

from flask import request

from mockserver.hyperstudy.breaches import Breach, Rules
from mockserver.hyperstudy.errors import InvalidBody, shown
from mockserver.web.bodies import MalformedJsonError, read_json
from mockserver.words import exact_json

__all__ = ["checked", "checked_body", "problems", "read_body"]

_JSON_TYPES = {dict: "object", list: "array", str: "string", int: "integer", float: "number", bool: "boolean"}


def read_body() -> Any:
    """The request's body, if it can also be written again: within what is kept, and within an answer.

    Raises:
        InvalidBody: It says that it is no JSON.
        MalformedJsonError: It is not JSON, or nests deeper than about 250 levels.
        BodyTooLargeError: It is over the limit.
        UnsupportedCodingError: It is compressed in a way that is not read.
    """
    # A client that says nothing is taken at its bytes (inferred).
    if request.mimetype and not request.is_json:
        said = f"Send the body as JSON with Content-Type: application/json; this one says {shown(request.mimetype)}."
        raise InvalidBody(said, [{"path": "", "message": "the Content-Type is not application/json"}])
    body = read_json()
    try:
        exact_json.dumps(body)
    except exact_json.TooDeepError:
        raise MalformedJsonError("it nests deeper than 250 levels") from None
    return body


def problems(value: Any, rules: Rules) -> list[dict[str, str]]:
    """Every way in which a value breaks rules, by place: `path` such as `states/0/id`, and `message`."""
    told = sorted((breach.nearest or breach for breach in rules.breaches(value)), key=_place)
    # What is of another type is none of the choices either, and may break two rules about its type: once is enough.
    of_wrong_type = {tuple(breach.path): breach for breach in told if breach.keyword == "type"}
    return [
        {"path": "/".join(map(str, breach.path)), "message": _message(breach)}
        for breach in told
        if breach.keyword not in ("type", "enum") or of_wrong_type.get(tuple(breach.path), breach) is breach
    ]


def _place(breach: Breach) -> list[tuple[int, str]]:
    """By the alphabet, but items of a list in their order: the tenth comes after the ninth."""
    return [(step, "") if isinstance(step, int) else (-1, step) for step in breach.at]


def _message(breach: Breach) -> str:
    """What would be right, and what was sent if that is short."""
    wanted, value = breach.rule[breach.keyword], breach.value
    match breach.keyword:
        case "required":
            return "is missing"
        case "type":
            types = [wanted] if isinstance(wanted, str) else wanted
            return f"expected {' or '.join(types)}, got {_brief(value)}"
        case "enum":
            choices = ["null" if choice is None else str(choice) for choice in wanted]
            return f"expected one of {', '.join(choices)}, got {_brief(value)}"
        case "maxItems":
            return f"expected at most {wanted} items, got {len(value)}"
        case "minItems":
            return f"expected at least {wanted} items, got {len(value)}"
        case "minLength":
            return "expected a text that is not empty" if wanted == 1 else f"expected at least {wanted} characters"
        case "pattern":
            return "expected a text that is not empty" if wanted == r"\S" else f"expected a text that matches {wanted}"
        case "maxLength":
            return f"expected at most {wanted} characters, got {len(value)}"
        case "minimum":
            return f"expected a number from {wanted}, got {_brief(value)}"
        case "exclusiveMinimum":
            return f"expected a number above {wanted}, got {_brief(value)}"
        case "maximum":
            return f"expected a number up to {wanted}, got {_brief(value)}"
        case "minProperties":
            return "expected at least one field"
        case other:
            raise TypeError(f"no wording for {other!r}")


def _brief(value: Any) -> str:
    """A value as JSON writes it, if it is short; else its type."""
    text = exact_json.dumps_any(value).decode()
    return text if len(text) <= 60 else f"{_JSON_TYPES[type(value)]} of {len(text)} characters"


def checked_body(rules: Rules) -> dict[str, Any]:
    """The request's body.

    Raises:
        InvalidBody: It breaks the rules.
        UnreadableBodyError: It could not be read.
    """
    body = read_body()
    return checked(body, problems(body, rules))


def checked(body: Any, found: list[dict[str, str]]) -> dict[str, Any]:
    """A body in which these problems were found.

    Raises:
        InvalidBody: There are any, or it is no object.
    """
    if found:
        raise InvalidBody(_said(found), found)
    if not isinstance(body, dict):
        raise InvalidBody("The body must be a JSON object.", [{"path": "", "message": "not an object"}])
    return body


def _said(found: list[dict[str, str]]) -> str:
    """The problems as a sentence: the first, and how many more."""
    first = found[0]
    where = f" at {first['path']}" if first["path"] else ""
    more = f" (and {len(found) - 1} more, see details.errors)" if len(found) > 1 else ""
    return f"The body is invalid{where}: {first['message']}{more}."
