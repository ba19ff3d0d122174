"""Bodies of requests: JSON, read strictly, and what is wrong with one that cannot be read."""

import codecs
import json
from typing import Any

import orjson
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from mockserver.words import exact_json

__all__ = ["BodyTooLargeError", "MalformedJsonError", "read_exact_json", "read_json"]


class MalformedJsonError(Exception):
    """The request's body is not JSON; `str()` says what is wrong with it."""


class BodyTooLargeError(Exception):
    """The request's body is larger than the settings allow."""


def read_json() -> Any:
    """The request's body, read strictly: NaN, Infinity and trailing text are not JSON.

    Integers beyond 64 bits are floats, as they are in JavaScript; everything in it can be written by orjson.

    Raises:
        MalformedJsonError: The body is empty, compressed, in another encoding or not JSON, or it has half of a
            surrogate pair or a number beyond a double.
        BodyTooLargeError: It is over `Settings.max_body_bytes`.
    """
    text = _json_text()
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise MalformedJsonError(_complaint(text, error)) from None


def read_exact_json() -> Any:
    """The request's body, read as strictly, and with every integer and every text as it was sent.

    Raises:
        MalformedJsonError: The body is empty, compressed, in another encoding, not JSON, or nests too deep.
        BodyTooLargeError: It is over `Settings.max_body_bytes`.
    """
    try:
        return exact_json.loads(_json_text())
    except ValueError as error:
        raise MalformedJsonError(str(error)) from None


def _json_text() -> bytes:
    """The request's body, once it is known to be UTF-8."""
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise BodyTooLargeError from None
    if not body:
        raise MalformedJsonError("the body is empty")
    encoding = request.headers.get("Content-Encoding", "").strip()
    if encoding.lower() not in ("", "identity"):
        raise MalformedJsonError(f"the body is compressed (Content-Encoding: {encoding[:40]}); send it as it is")
    charset = request.mimetype_params.get("charset", "")
    if charset.lower() not in ("", "utf-8", "utf8"):
        raise MalformedJsonError(f"the Content-Type says charset={charset[:40]}; send the body in UTF-8, and say so")
    if body.startswith(codecs.BOM_UTF8):
        raise MalformedJsonError("the body begins with a byte order mark; send UTF-8 without a byte order mark")
    try:
        body.decode()
    except UnicodeDecodeError:
        raise MalformedJsonError("the body is not UTF-8; send it in UTF-8") from None
    return body


def _complaint(text: bytes, error: orjson.JSONDecodeError) -> str:
    """Why orjson refused a text; it does so for some that are JSON."""
    try:
        exact_json.loads(text)
    except json.JSONDecodeError:
        return str(error)
    except ValueError as other:
        return str(other)
    return f"send whole characters, and numbers up to 1.8e308 ({error})"
