"""Instants as integers: milliseconds since 1970-01-01T00:00:00Z, and their ISO 8601 text.

One reader and one writer for the whole product, so that every endpoint accepts and prints the same forms.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

__all__ = [
    "EPOCH",
    "LAST_MS",
    "TIMESTAMP_TOLD",
    "YEAR_9000_MS",
    "has_lost_plus",
    "instants",
    "iso_from_ms",
    "iso_prefix_of_day",
    "names_zone",
    "parse_iso_us",
]

# What a value of another type should have been, as clients read it.
TIMESTAMP_TOLD = "ISO 8601 string, such as 2026-03-16T10:14:32.120Z"

_SECONDS_PER_DAY = 86_400
_MINUTE_US = 60_000_000
_HOUR_US = 60 * _MINUTE_US
_DAY_US = 24 * _HOUR_US

# A separator that is there once is there throughout the date, and the same holds for the time.
_ISO = re.compile(
    r"""
    (?P<year>\d{4})
    (?: (-?) (?P<month>\d\d) \2 (?P<day>\d\d) | (-?) W(?P<week>\d\d) \5 (?P<weekday>\d) | -?(?P<ordinal>\d{3}) )
    (?: [Tt ]
        (?P<hour>\d\d) (?: (:?) (?P<minute>\d\d) (?: \10 (?P<second>\d\d) )? )?
        (?: [.,] (?P<fraction>\d+) )?
        (?P<zone> [Zz] | [-+\u2212] \d\d (?: :? \d\d )? )?
    )?
    """,
    re.ASCII | re.VERBOSE,
)
# What nearly all programs write, and Python's own reader reads alike; of other forms it takes more than ISO 8601 has
# (any letter for the T, weeks without a day), or something else (decimals of a minute).
_USUAL = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]++)?+(?:Z|\+00:00)"
_USUAL_TEXT, _USUAL_LINES = re.compile(_USUAL), re.compile(rf"(?:{_USUAL}\n)*+")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = EPOCH.toordinal()
# What can be written with a year of four digits, to the millisecond.
_FIRST_MS = -62_135_596_800_000
LAST_MS = 253_402_300_799_999
# Here worlds and their clocks end: what a client does in them later has to be written too.
YEAR_9000_MS = 221_845_392_000_000


@lru_cache(maxsize=64)
def iso_prefix_of_day(day: int) -> str:
    """`2024-10-20` for a number of days since 1970-01-01."""
    return (EPOCH + timedelta(days=day)).date().isoformat()


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

    Calendar, week and ordinal dates are understood, extended and basic; hours alone, minutes or seconds with any
    number of decimals to the last of them; `Z`, offsets (with the minus of typesetters, U+2212, too) and no zone,
    which means UTC, because the data page's own example sends `datetime.now().isoformat()` (documented). A leap
    second, 23:59:60 in UTC whatever the offset, is the next second (inferred: there is one at the end of some days
    and of no hour); 24:00 is the next day. What is finer than a microsecond is cut off.

    Inferred: date, time and zone may each be basic or extended, which ISO 8601 forbids, since a mixture can be
    taken in one way only; a space may stand for the T (as in RFC 3339). A year, month or week alone is refused:
    it names no instant.

    Raises:
        ValueError: The text is no ISO 8601 timestamp, or names an instant that does not exist.
    """
    usual = _usual_instant(text)
    if usual is None:
        return _parse_any_form_us(text)
    since = usual - EPOCH
    return (since.days * _SECONDS_PER_DAY + since.seconds) * 1_000_000 + since.microseconds


def _usual_instant(text: str) -> datetime | None:
    """What a text of the usual form says; None for another form, 24:00, a leap second, and days that there are not."""
    try:
        return datetime.fromisoformat(text) if _USUAL_TEXT.fullmatch(text) else None
    except ValueError:
        return None


def _parse_any_form_us(text: str) -> int:
    match = _ISO.fullmatch(text)
    if match is None:
        raise ValueError(f"not an ISO 8601 timestamp: {text!r}")
    time_us = _time_us(match) - _zone_us(match["zone"])
    if match["second"] == "60" and time_us % _DAY_US >= 1_000_000:
        raise ValueError(f"a leap second is the last of a UTC day: {text!r}")
    instant_us = _day(match) * _DAY_US + time_us
    if not _FIRST_MS * 1000 <= instant_us <= LAST_MS * 1000 + 999:
        raise ValueError(f"not within the years 1 to 9999: {text!r}")
    return instant_us


def instants(texts: Sequence[str]) -> list[datetime | None]:
    """Read many timestamps, as `parse_iso_us` does; None where it refuses one."""
    try:
        # One look at all of them takes a fourth of the time.
        if _USUAL_LINES.fullmatch("\n".join([*texts, ""])):
            return list(map(datetime.fromisoformat, texts))
    except ValueError:
        pass
    return list(map(_instant, texts))


def _instant(text: str) -> datetime | None:
    try:
        return _usual_instant(text) or EPOCH + timedelta(microseconds=_parse_any_form_us(text))
    except ValueError:
        return None


def names_zone(text: str) -> bool:
    """Does a timestamp that `parse_iso_us` reads say in which zone it is?"""
    if text.endswith("Z"):
        return True
    match = _ISO.fullmatch(text)
    return match is not None and match["zone"] is not None


def has_lost_plus(text: str) -> bool:
    """Is that a timestamp whose + arrived as a blank, as an unencoded one does in a query?"""
    before, blank, after = text.rpartition(" ")
    try:
        parse_iso_us(f"{before}+{after}")
    except ValueError:
        return False
    return bool(blank)


def _day(match: re.Match[str]) -> int:
    """The date, in days since 1970-01-01.

    Raises:
        ValueError: There is no such day.
    """
    year = int(match["year"])
    if match["month"]:
        return date(year, int(match["month"]), int(match["day"])).toordinal() - _EPOCH_DAY
    if match["week"]:
        return date.fromisocalendar(year, int(match["week"]), int(match["weekday"])).toordinal() - _EPOCH_DAY
    first, number = date(year, 1, 1).toordinal(), int(match["ordinal"])
    if not 1 <= number <= date(year, 12, 31).toordinal() - first + 1:
        raise ValueError(f"the year {year} has no day {number}")
    return first + number - 1 - _EPOCH_DAY


def _time_us(match: re.Match[str]) -> int:
    """The time of day in microseconds; midnight where there is none.

    Raises:
        ValueError: No clock shows it.
    """
    if match["hour"] is None:
        return 0
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0)
    time_us = hour * _HOUR_US + minute * _MINUTE_US + second * 1_000_000
    if match["fraction"]:
        unit_us = 1_000_000 if match["second"] else _MINUTE_US if match["minute"] else _HOUR_US
        # No more decimals than Python likes to convert; far fewer make a microsecond.
        decimals = match["fraction"][:40]
        time_us += int(decimals) * unit_us // 10 ** len(decimals)
    if minute > 59 or second > 60 or (hour > 23 and time_us != _DAY_US):
        raise ValueError("no such time of day")
    return time_us


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
    return (1 if zone[0] == "+" else -1) * (hours * _HOUR_US + minutes * _MINUTE_US)
