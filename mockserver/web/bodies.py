"""Bodies of requests: JSON, read strictly, and what is wrong with one that cannot be read."""

import codecs
import json
from collections.abc import Sequence
from encodings import normalize_encoding
from encodings.aliases import aliases
from typing import Any

import orjson
from flask import request

from mockserver.door.asked import Asked
from mockserver.door.expansion import (
    ExpandsTooFarError,
    NotExpandableError,
    UnknownCodingError,
    codings_of,
    expanded,
    unsaid_coding,
)
from mockserver.web.requests import current_asked
from mockserver.words import exact_json
from mockserver.words.json_places import beyond_a_double, places

__all__ = [
    "BodyTooLargeError",
    "MalformedJsonError",
    "UnreadableBodyError",
    "UnsupportedCodingError",
    "read_exact_json",
    "read_json",
    "read_text",
]

# Names of UTF-8 and of US-ASCII, which is a part of it. A text that says it is ASCII and is not is read all the same.
_UTF_8 = frozenset(
    {"utf_8", "csutf8", "ascii", *(name for name, codec in aliases.items() if codec in ("utf_8", "ascii"))}
)


class UnreadableBodyError(Exception):
    """The request's body cannot be read: one of the three below."""


class MalformedJsonError(UnreadableBodyError):
    """The request's body is not JSON; `str()` says what is wrong with it.

    Args:
        said: That.
        path: Where in the body it is wrong, as far as that is known: names of fields and positions in lists.
    """

    def __init__(self, said: str, path: Sequence[str] = ()) -> None:
        super().__init__(said)
        self.path = path


class BodyTooLargeError(UnreadableBodyError):
    """The request's body is larger than the settings allow.

    Args:
        expanded: It is only since it was expanded.
    """

    def __init__(self, *, expanded: bool = False) -> None:
        super().__init__("the body is too large")
        self.expanded = expanded


class UnsupportedCodingError(UnreadableBodyError):
    """The request's body is compressed in a way that is not read; `str()` says what to send instead."""


def read_json() -> Any:
    """The request's body, read strictly: NaN, Infinity and trailing text are not JSON.

    Integers beyond 64 bits are kept, so what it has is written by `exact_json`.

    Raises:
        MalformedJsonError: The body is empty, in another encoding or not JSON, cannot be expanded, or it has half of a
            surrogate pair or a number beyond a double.
        BodyTooLargeError: It is over `Settings.max_body_bytes`, as it is sent or expanded.
        UnsupportedCodingError: It is compressed, and neither with gzip nor with deflate.
    """
    text = read_text()
    try:
        return exact_json.loads_quickly(text.decode())
    except orjson.JSONDecodeError as error:
        raise MalformedJsonError(*_complaint(text, error)) from None
    except ValueError as error:
        raise MalformedJsonError(str(error)) from None


def read_exact_json(text: bytes) -> Any:
    """A request's text, read as strictly, and with every integer and every text as it was sent.

    Raises:
        MalformedJsonError: It is not JSON, or nests too deep.
    """
    try:
        return exact_json.loads(text)
    except exact_json.NotANumberError as error:
        raise MalformedJsonError(str(error), error.place.path) from None
    except ValueError as error:
        raise MalformedJsonError(str(error)) from None


def read_text() -> bytes:
    """The request's body as it was before it was compressed, once it is known to be UTF-8.

    Raises:
        MalformedJsonError: It is empty, in another encoding, or cannot be expanded.
        BodyTooLargeError, UnsupportedCodingError: As for `read_json`.
    """
    body = _expanded_body(current_asked())
    if body.startswith(codecs.BOM_UTF8):
        raise MalformedJsonError("the body begins with a byte order mark; send UTF-8 without a byte order mark")
    try:
        body.decode()
    except UnicodeDecodeError:
        raise MalformedJsonError("the body is not UTF-8; send it in UTF-8") from None
    return body


def _expanded_body(asked: Asked) -> bytes:
    try:
        codings = codings_of(asked.header(b"content-encoding"))
    except UnknownCodingError as error:
        raise UnsupportedCodingError(str(error)) from None
    if asked.body_is_too_large:
        raise BodyTooLargeError
    if not asked.body:
        raise MalformedJsonError("the body is empty")
    charset = request.mimetype_params.get("charset", "")
    if charset and normalize_encoding(charset[:40]).lower() not in _UTF_8:
        raise MalformedJsonError(f"the Content-Type says charset={charset[:40]}; send the body in UTF-8, and say so")
    try:
        body = expanded(asked.body, codings, asked.sandbox.settings.max_body_bytes)
    except NotExpandableError as error:
        raise MalformedJsonError(str(error)) from None
    except ExpandsTooFarError:
        raise BodyTooLargeError(expanded=True) from None
    unsaid = unsaid_coding(body)
    if unsaid:
        said = ", ".join([*codings, unsaid])
        raise MalformedJsonError(
            f"the body is compressed with {unsaid} and does not say so; send Content-Encoding: {said}"
        )
    return body


def _complaint(text: bytes, error: orjson.JSONDecodeError) -> tuple[str, Sequence[str]]:
    """Why orjson refused a text, and in which field; it does so for some that are JSON."""
    try:
        exact_json.loads(text)
    except json.JSONDecodeError:
        return str(error), ()
    except exact_json.NotANumberError as other:
        return str(other), other.place.path
    except ValueError as other:
        return str(other), ()
    place = next(places(text.decode(), beyond_a_double), None)
    if place is None:
        return f"send whole characters ({error})", ()
    return f"too large a number at {place}: numbers go up to 1.8e308", place.path
