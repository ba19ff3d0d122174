"""Instants as integers: milliseconds since 1970-01-01T00:00:00Z, and their ISO 8601 text.

One reader and one writer for the whole product, so that every endpoint accepts and prints the same forms.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

__all__ = ["LAST_MS", "iso_from_ms", "iso_prefix_of_day", "parse_iso_us"]

_SECONDS_PER_DAY = 86_400

# The extended form and the basic one, without separators.
_ISO = re.compile(
    r"(\d{4})(-?)(\d{2})\2(\d{2})"
    r"(?:[Tt ](\d{2})(:?)(\d{2})(?:\6(\d{2})(?:[.,](\d{1,9}))?)?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What can be written with a year of four digits, to the millisecond.
_FIRST_MS = -62_135_596_800_000
LAST_MS = 253_402_300_799_999


@lru_cache(maxsize=64)
def iso_prefix_of_day(day: int) -> str:
    """`2024-10-20` for a number of days since 1970-01-01."""
    return (_EPOCH + timedelta(days=day)).date().isoformat()


def iso_from_ms(instant_ms: int) -> str:
    """Write an instant as the APIs do: UTC, three decimals, `Z`.

    Source: every example of the data page (documented).
    """
    second, ms = divmod(int(instant_ms), 1000)
    return f"{_iso_prefix_of_second(second)}.{ms:03d}Z"


# Records of one page lie close together: a page of samples needs a few dozen of these, thousands of times.
@lru_cache(maxsize=4096)
def _iso_prefix_of_second(second: int) -> str:
    day, rest = divmod(second, _SECONDS_PER_DAY)
    minutes, s = divmod(rest, 60)
    h, m = divmod(minutes, 60)
    return f"{iso_prefix_of_day(day)}T{h:02d}:{m:02d}:{s:02d}"


def parse_iso_us(text: str) -> int:
    """Read an ISO 8601 timestamp, or a date (its midnight), into microseconds since the epoch.

    The extended and the basic form, `Z`, offsets and up to nine decimals are understood. No zone means UTC,
    because the data page's own example sends `datetime.now().isoformat()` (documented). What is finer than a
    microsecond is cut off.

    Raises:
        ValueError: The text is no ISO 8601 timestamp, or names an instant that does not exist.
    """
    match = _ISO.fullmatch(text)
    if match is None:
        raise ValueError(f"not an ISO 8601 timestamp: {text!r}")
    year, _, month, day, hour, _, minute, second, fraction, zone = match.groups()
    # A day may end at 24:00:00, which is the next one's midnight.
    midnight = hour == "24" and int(minute) == int(second or 0) == int(fraction or 0) == 0
    hours = 0 if midnight else int(hour or 0)
    naive = datetime(int(year), int(month), int(day), hours, int(minute or 0), int(second or 0), tzinfo=UTC)
    try:
        naive += timedelta(days=midnight)
    except OverflowError:
        raise ValueError(f"not within the years 1 to 9999: {text!r}") from None
    fraction_us = int((fraction or "0").ljust(6, "0")[:6])
    instant_us = (naive - _EPOCH) // timedelta(microseconds=1) + fraction_us - _zone_us(zone)
    if not _FIRST_MS * 1000 <= instant_us <= LAST_MS * 1000 + 999:
        raise ValueError(f"not within the years 1 to 9999: {text!r}")
    return instant_us


def _zone_us(zone: str | None) -> int:
    """The offset from UTC in microseconds.

    Raises:
        ValueError: More than 23 hours or 59 minutes.
    """
    if zone is None or zone in "Zz":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 23 or minutes > 59:
        raise ValueError(f"no such offset from UTC: {zone}")
    return (1 if zone[0] == "+" else -1) * (hours * 60 + minutes) * 60_000_000
