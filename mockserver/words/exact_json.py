"""JSON without loss: a value that was read is written again as the same value, whoever sent it.

orjson, which writes nearly all of our answers, takes integers beyond 64 bits for floats and refuses half of a
surrogate pair, both of which are JSON: `JSON.stringify` writes `"\\ud83c"` where a text was cut inside an emoji.
So what has to be kept as it is gets read by msgspec, which refuses what it would not read exactly, and by the standard
library where it does; and is written by the standard library where orjson cannot.
Numbers with a fraction or an exponent are doubles, as in every browser.
"""

import json
import math
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NoReturn

import msgspec
import orjson

from mockserver.words.json_places import CONSTANTS, Place, places

__all__ = [
    "MOST_LEVELS",
    "NotANumberError",
    "TooDeepError",
    "TooLargeError",
    "TooLargeNumber",
    "dumps",
    "dumps_all",
    "dumps_any",
    "loads",
    "loads_quickly",
    "texts_of",
]

# How deep objects and arrays may nest in what `dumps` writes. Inside an answer a few levels are added, and with
# those it is still less than the 254 that orjson writes, and the 256 that some readers (jq 1.6) stop at.
MOST_LEVELS = 250
_SPARE_LEVELS = 254 - MOST_LEVELS
# What may be an integer beyond 64 bits: the shortest has so many digits.
_LONG_NUMBER = re.compile("[0-9]{19}")
# What is put between two values, and what is between them then: in a text, a line break is written as an escape.
_BREAK, _BROKEN = orjson.Fragment(b"\n"), b",\n,"
# Of so many numbers in a text that are too large it is known where they stand; finding them takes a while.
_MOST_PLACES = 1000


class TooDeepError(ValueError):
    """The value nests deeper than `MOST_LEVELS`."""


class TooLargeNumber(float):
    """What a number beyond what can be kept is read as: infinite to whoever looks at it, and not to be written.

    Attributes:
        place: Where it stood in the text; None after the first thousand of a text.
    """

    place: Place | None

    def __new__(cls) -> "TooLargeNumber":
        number = super().__new__(cls, math.inf)
        number.place = None
        return number


class TooLargeError(ValueError):
    """The value has a number that is beyond what can be kept.

    Args:
        path: Where in the value the first one is: names of fields and positions in lists.
        number: That number.
    """

    def __init__(self, path: tuple[str, ...], number: TooLargeNumber) -> None:
        super().__init__("a number is too large to be kept")
        self.path = path
        self.number = number


class NotANumberError(ValueError):
    """The text has NaN or Infinity, which are not JSON; `str()` says where the first one is.

    Args:
        place: Where that is.
    """

    def __init__(self, constant: str, place: Place) -> None:
        super().__init__(f"{constant} at {place}: NaN and Infinity are not JSON")
        self.place = place


def loads(text: bytes) -> Any:
    """Read JSON strictly, and with all that it says.

    Integers of up to 4300 digits are exact. A longer one, or a number beyond a double (about 1.8e308), is read as
    a `TooLargeNumber`, and `dumps` refuses it.

    Args:
        text: UTF-8 without a byte order mark.

    Raises:
        NotANumberError: It has NaN or Infinity.
        ValueError: It is not UTF-8 or not JSON, or nests deeper than this Python reads, which is some 900 levels at
            least; `str()` says which.
    """
    try:
        # Five times as fast. A test holds it against the other way: what it reads, it reads as the same.
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return _loads_slowly(text)


def _loads_slowly(text: bytes) -> Any:
    decoded, numbers = text.decode(), _Numbers()
    try:
        value = json.loads(decoded, parse_int=numbers.whole, parse_float=numbers.double, parse_constant=numbers.refuse)
    except RecursionError:
        raise ValueError("it nests too deep to be read") from None
    except _ConstantError as error:
        place = next(places(decoded, CONSTANTS.__contains__))
        raise NotANumberError(str(error), place) from None
    # They were met in the order in which they stand.
    found = places(decoded, _is_too_large) if numbers.too_large else iter(())
    for number, place in zip(islice(numbers.too_large, _MOST_PLACES), found, strict=False):
        number.place = place
    return value


def loads_quickly(text: str) -> Any:
    """Read JSON that orjson takes, as quickly as it does, but with every integer as it was written.

    Raises:
        ValueError: orjson does not take it, or it has a long number and nests too deep for `loads`.
    """
    value = orjson.loads(text)
    return loads(text.encode()) if _LONG_NUMBER.search(text) else value


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


def dumps_all(values: Sequence[Any]) -> bytes:
    """Write values for keeping, each as `dumps` writes it, all at once; `texts_of` takes them apart again.

    Raises:
        TooDeepError, TooLargeError: As for `dumps`, of any of them.
    """
    broken: list[Any] = [_BREAK] * (2 * len(values) - 1)
    broken[::2] = values
    try:
        # The list is one of the brackets.
        return orjson.dumps([[[broken]]])[_SPARE_LEVELS:-_SPARE_LEVELS]
    except orjson.JSONEncodeError:
        return _BROKEN.join(dumps(value).encode() for value in values)


def texts_of(written: bytes) -> list[str]:
    """The values' texts, one by one, of what `dumps_all` wrote."""
    return written.decode().split(_BROKEN.decode()) if written else []


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
        raise TooLargeError(*next(_too_large(value))) from None


def _levels(value: Any) -> int:
    """How deep objects and arrays nest: 0 for a number, 1 for `[1]`, at any depth without recursion."""
    levels, layer = 0, [value]
    while layer := [one for one in layer if isinstance(one, dict | list)]:
        layer = [inner for one in layer for inner in (one.values() if isinstance(one, dict) else one)]
        levels += 1
    return levels


def _too_large(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], TooLargeNumber]]:
    """The numbers in a value that cannot be written, with where they are; it nests no deeper than `MOST_LEVELS`."""
    if isinstance(value, TooLargeNumber):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _too_large(inner, (*path, name))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _too_large(inner, (*path, str(position)))


class _ConstantError(Exception):
    """NaN or Infinity was met; `str()` is which."""


class _Numbers:
    """Reads the numbers of one text.

    Attributes:
        too_large: Those that are, in the order in which they were read.
    """

    def __init__(self) -> None:
        self.too_large: list[TooLargeNumber] = []

    def whole(self, digits: str) -> int | float:
        try:
            return int(digits)
        except ValueError:
            # Python refuses to convert very long ones, because that takes a time that grows with their square.
            return self._too_large()

    def double(self, digits: str) -> float:
        value = float(digits)
        return value if math.isfinite(value) else self._too_large()

    def refuse(self, constant: str) -> NoReturn:
        raise _ConstantError(constant)

    def _too_large(self) -> TooLargeNumber:
        self.too_large.append(TooLargeNumber())
        return self.too_large[-1]


def _is_too_large(token: str) -> bool:
    numbers = _Numbers()
    (numbers.whole if token.lstrip("-").isdigit() else numbers.double)(token)
    return bool(numbers.too_large)
