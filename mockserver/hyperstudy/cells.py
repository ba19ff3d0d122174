"""Cells: columns of numbers and instants as text, all rows at once.

A column of cells is a matrix of bytes with a row for each record. What a text is shorter than the widest of its column
is filled up with a byte that no UTF-8 text has, wherever it is convenient, and left out in the end (`packed`).
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from mockserver.simulation.chance import Ints
from mockserver.words.timestamps import iso_from_ms

__all__ = ["Cells", "decimals", "filled", "instants", "packed", "texts", "whole"]

Cells = NDArray[np.uint8]

_FILL = 0xFF
_FILLER = bytes([_FILL])
_ZERO, _MINUS, _POINT = b"0-."
_DAY_MS = 86_400_000
_GROUP = 4


def texts(values: list[bytes]) -> Cells:
    """Texts as they are.

    Args:
        values: UTF-8; at least one.
    """
    width = max(map(len, values))
    joined = b"".join([value.ljust(width, _FILLER) for value in values])
    return np.frombuffer(joined, np.uint8).reshape(len(values), width)


def filled(cells: Cells, known: NDArray[np.bool_] | None, text: bytes) -> Cells:
    """The same with one text where nothing is known.

    Args:
        known: False where that is; None where all is known.
    """
    if known is None:
        return cells
    width = max(cells.shape[1], len(text))
    wider = np.full((len(cells), width), _FILL, np.uint8)
    wider[:, : cells.shape[1]] = cells
    wider[~known] = np.frombuffer(text.ljust(width, _FILLER), np.uint8)
    return wider


def whole(values: Ints, least: int = 1) -> Cells:
    """Whole numbers.

    Args:
        least: Digits that each has at the least, zeros in front.
    """
    negative = values < 0
    digits = _digits(np.abs(values), least)
    if not negative.any():
        return digits
    signs = np.where(negative, _MINUS, _FILL).astype(np.uint8)
    return np.concatenate([signs[:, None], digits], axis=1)


def decimals(scaled: Ints, places: int) -> Cells:
    """Numbers with decimals, as short as they can be written, and with one decimal at the least.

    Args:
        scaled: The numbers times 10 to the power of `places`.
        places: From 1 to 4.
    """
    negative = scaled < 0
    before, behind = np.divmod(np.abs(scaled), 10**places)
    parts = [_digits(before, 1), _fractions(places)[behind]]
    if negative.any():
        parts.insert(0, np.where(negative, _MINUS, _FILL).astype(np.uint8)[:, None])
    return np.concatenate(parts, axis=1)


@cache
def _fractions(places: int) -> Cells:
    """What may stand behind a whole number, the point included: zeros at the end are left out, but for the first."""
    digits = _zero_filled(np.arange(10**places))[:, _GROUP - places :]
    trailing = np.logical_and.accumulate(digits[:, :0:-1] == _ZERO, axis=1)[:, ::-1]
    written = np.concatenate([np.full((len(digits), 1), _POINT, np.uint8), digits], axis=1)
    written[:, 2:][trailing] = _FILL
    return written


def instants(at_ms: Ints) -> Cells:
    """Instants in UTC, such as `2024-10-20T14:30:00.000Z`.

    Args:
        at_ms: ms since the epoch; at least one.
    """
    day, rest = np.divmod(at_ms, _DAY_MS)
    first = int(day.min())
    # All but the hour and what follows it; most pages are of one day.
    days, which = np.unique(day, return_inverse=True) if (day != first).any() else (day[:1], np.zeros_like(day))
    cells: Cells = texts([iso_from_ms(one * _DAY_MS).encode() for one in days.tolist()])[which]
    second, ms = np.divmod(rest, 1000)
    minute, second = np.divmod(second, 60)
    hour, minute = np.divmod(minute, 60)
    for place, part, width in ((11, hour, 2), (14, minute, 2), (17, second, 2), (20, ms, 3)):
        cells[:, place : place + width] = _zero_filled(part)[:, _GROUP - width :]
    return cells


def packed(rows: NDArray[np.void]) -> bytes:
    """Rows of texts, one after the other. There is little to leave out in each, so looking for it takes no time."""
    return rows.tobytes().replace(_FILLER, b"")


def _digits(values: Ints, least: int) -> Cells:
    """Numbers that are not negative, filled up at the left with zeros to so many digits, and then with nothing."""
    width = max(least, len(str(int(values.max(initial=0)))))
    groups, rest = [], values
    for _ in range(-(-width // _GROUP)):
        rest, group = np.divmod(rest, 10**_GROUP) if width > _GROUP else (rest, rest)
        groups.append(_zero_filled(group))
    digits = groups[0] if len(groups) == 1 else np.concatenate(groups[::-1], axis=1)
    digits = digits[:, digits.shape[1] - width :]
    if width == least:
        return digits
    digits = digits.copy()
    leading = np.logical_and.accumulate(digits[:, : width - least] == _ZERO, axis=1)
    digits[:, : width - least][leading] = _FILL
    return digits


# Made by arithmetic, which is faster than writing ten thousand texts.
_EVERY_DIGIT = np.arange(10**_GROUP)[:, None] // 10 ** np.arange(_GROUP)[::-1] % 10 + _ZERO
_FOUR_DIGITS = _EVERY_DIGIT.astype(np.uint8).view(np.uint32)[:, 0]


def _zero_filled(values: Ints) -> Cells:
    """Numbers below 10,000, four digits each."""
    return _FOUR_DIGITS[values].view(np.uint8).reshape(len(values), _GROUP)
