"""JSON without loss: a value that was read is written again as the same value, whoever sent it.

orjson, which writes nearly all of our answers, takes integers beyond 64 bits for floats and refuses half of a
surrogate pair, both of which are JSON: `JSON.stringify` writes `"\\ud83c"` where a text was cut inside an emoji.
So what has to be kept as it is gets read by the standard library, and is written by it where orjson cannot.
Numbers with a fraction or an exponent are doubles, as in every browser.
"""

import json
import math
from typing import Any, NoReturn

import orjson

__all__ = ["MOST_LEVELS", "TooDeepError", "TooLargeError", "dumps", "dumps_any", "loads"]

# How deep objects and arrays may nest in what `dumps` writes. Inside an answer a few levels are added, and with
# those it is still less than the 254 that orjson writes, and the 256 that some readers (jq 1.6) stop at.
MOST_LEVELS = 250
_SPARE_LEVELS = 254 - MOST_LEVELS


class TooDeepError(ValueError):
    """The value nests deeper than `MOST_LEVELS`."""


class TooLargeError(ValueError):
    """The value has a number that is beyond what can be kept."""


class _TooLarge(float):
    """What a number beyond what can be kept is read as: infinite to whoever looks at it, and not to be written."""

    def __new__(cls) -> "_TooLarge":
        return super().__new__(cls, math.inf)


def loads(text: bytes) -> Any:
    """Read JSON strictly, and with all that it says.

    Integers of up to 4300 digits are exact. A longer one, or a number beyond a double (about 1.8e308), is read as
    infinite, and `dumps` refuses it.

    Args:
        text: UTF-8 without a byte order mark.

    Raises:
        ValueError: It is not UTF-8 or not JSON, or nests deeper than this Python reads, which is some 900 levels at
            least; `str()` says which.
    """
    try:
        return json.loads(text.decode(), parse_int=_whole, parse_float=_double, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it nests too deep to be read") from None


def dumps(value: Any) -> str:
    """Write a value for keeping, compactly; equal values that are spelled the same give the same text.

    The text has neither a raw NUL nor half of a surrogate pair, so that every database can hold it: both are
    written as escapes.

    Raises:
        TooDeepError, TooLargeError: It could not be shown again, or not be written at all.
    """
    try:
        # The brackets make the deepest allowed value as deep as orjson goes.
        return orjson.dumps([[[[value]]]])[_SPARE_LEVELS:-_SPARE_LEVELS].decode()
    except orjson.JSONEncodeError:
        return _dumps_slowly(value)


def dumps_any(value: Any) -> bytes:
    """Write an answer, whatever texts and integers are in it."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def _dumps_slowly(value: Any) -> str:
    if _levels(value) > MOST_LEVELS:
        raise TooDeepError
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    except ValueError:
        raise TooLargeError from None


def _levels(value: Any) -> int:
    """How deep objects and arrays nest: 0 for a number, 1 for `[1]`, at any depth without recursion."""
    levels, layer = 0, [value]
    while layer := [one for one in layer if isinstance(one, dict | list)]:
        layer = [inner for one in layer for inner in (one.values() if isinstance(one, dict) else one)]
        levels += 1
    return levels


def _whole(digits: str) -> int | float:
    try:
        return int(digits)
    except ValueError:
        # Python refuses to convert very long ones, because that takes a time that grows with their square.
        return _TooLarge()


def _double(digits: str) -> float:
    value = float(digits)
    return value if math.isfinite(value) else _TooLarge()


def _refuse(constant: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")
