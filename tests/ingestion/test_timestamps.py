"""Timestamps as people and programs write them: which are understood, as which instant, and which are not."""

import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.words.timestamps import iso_from_ms, names_zone, parse_iso_us

ZONES = st.integers(-(24 * 60 - 1), 24 * 60 - 1).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# A day's distance from both ends, so that no offset leads out of the years that there are.
AWARE = st.datetimes(
    datetime.fromisoformat("0001-01-02"), datetime.fromisoformat("9999-12-30"), timezones=st.just(UTC) | ZONES
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        # Calendar, ordinal and week dates, extended and basic.
        ("2026-03-16", "2026-03-16T00:00:00.000Z"),
        ("20260316", "2026-03-16T00:00:00.000Z"),
        ("2026-075", "2026-03-16T00:00:00.000Z"),
        ("2026075", "2026-03-16T00:00:00.000Z"),
        ("2024-366", "2024-12-31T00:00:00.000Z"),
        ("2026-W12-1", "2026-03-16T00:00:00.000Z"),
        ("2026W121", "2026-03-16T00:00:00.000Z"),
        ("2026-W01-1", "2025-12-29T00:00:00.000Z"),
        ("2020-W53-7T23:59Z", "2021-01-03T23:59:00.000Z"),
        # Hours, minutes and seconds, each with decimals, after a point or a comma.
        ("2026-03-16T10Z", "2026-03-16T10:00:00.000Z"),
        ("2026-03-16T10", "2026-03-16T10:00:00.000Z"),
        ("20260316T10Z", "2026-03-16T10:00:00.000Z"),
        ("2026-03-16T10.5Z", "2026-03-16T10:30:00.000Z"),
        ("2026-03-16T10,25", "2026-03-16T10:15:00.000Z"),
        ("2026-03-16T10:14Z", "2026-03-16T10:14:00.000Z"),
        ("2026-03-16T10:14.5Z", "2026-03-16T10:14:30.000Z"),
        ("20260316T1014,25Z", "2026-03-16T10:14:15.000Z"),
        ("2026-03-16T10:14:32,120Z", "2026-03-16T10:14:32.120Z"),
        ("2026-03-16T10:14:32.1Z", "2026-03-16T10:14:32.100Z"),
        ("2026-03-16T10:14:32.1209999999999999Z", "2026-03-16T10:14:32.120Z"),
        pytest.param("2026-03-16T10:14:32." + "9" * 10_000 + "Z", "2026-03-16T10:14:32.999Z", id="many decimals"),
        # The next second, and the next day.
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
        ("2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00.500Z"),
        ("2017-01-01T05:29:60+05:30", "2017-01-01T00:00:00.000Z"),
        ("2026-03-16T24:00:00.000Z", "2026-03-17T00:00:00.000Z"),
        ("2026-03-16T24Z", "2026-03-17T00:00:00.000Z"),
        # Zones.
        ("2026-03-16t10:14:32z", "2026-03-16T10:14:32.000Z"),
        ("2026-03-16 10:14:32", "2026-03-16T10:14:32.000Z"),
        ("2026-03-16T10:14:32+01:00", "2026-03-16T09:14:32.000Z"),
        ("2026-03-16T10:14:32-0530", "2026-03-16T15:44:32.000Z"),
        ("2026-03-16T10:14:32+14", "2026-03-15T20:14:32.000Z"),
        ("2026-03-16T10:14:32\u221205:00", "2026-03-16T15:14:32.000Z"),
        ("2026-03-16T10-05", "2026-03-16T15:00:00.000Z"),
        # Mixed, and clear all the same.
        ("2026-03-16T101432Z", "2026-03-16T10:14:32.000Z"),
        ("20260316T10:14:32+0100", "2026-03-16T09:14:32.000Z"),
        ("0001-01-01", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999Z"),
    ],
)
def test_iso_8601_is_understood(text: str, meant: str) -> None:
    """In all forms that name an instant."""
    assert iso_from_ms(parse_iso_us(text) // 1000) == meant


@pytest.mark.parametrize(
    "text",
    [
        "", "2026", "2026-03", "202603", "2026-W12", "2026W12", "20", "+002026-03-16", "-2026-03-16", "0000-01-01",
        "26-03-16", "2026-3-16", "2026-0316", "202603-16", "2026-W121", "2026W12-1", "2026-w12-1", "2026-00-01",
        "2026-13-01", "2026-02-29", "2026-000", "2026-366", "2024-367", "2026-W00-1", "2026-W54-1", "2026-W12-0",
        "2026-W12-8", "9999-W52-7", "2026-03-16T", "2026-03-16T1", "2026-03-16T10:", "2026-03-16T10:1",
        "2026-03-16T1014:32", "2026-03-16T10:1432", "2026-03-16T10:14:32.", "2026-03-16T.5", "2026-03-16T10.5:14",
        "2026-03-16T10:60", "2026-03-16T10:14:61", "2026-03-16T25", "2026-03-16T24:01", "2026-03-16T24:00:00.001",
        "2026-03-16T10:14:60Z", "2026-03-16T23:59:60+01:00", "2026-03-16T00:00:60Z", "2026-03-17T00:59:60+02:00",
        "2026-03-16T23:60", "9999-12-31T23:59:60Z", "9999-12-31T24:00Z", "0001-01-01T00:00+01:00", "2026-03-16Z",
        "2026-03-16T10:14+24:00", "2026-03-16T10:14+01:60", "2026-03-16T10:14+1", "2026-03-16T10:14+01:00:00",
        "2026-03-16T10:14\u221201:", "2026-03-16_10:14", "2026-03-16T10:14Z\n", "\u0662026-03-16", "10:14:32Z",
    ],
)  # fmt: skip
def test_other_text_is_refused(text: str) -> None:
    """What is no ISO 8601, names no instant, or names one that is none."""
    with pytest.raises(ValueError, match=".+"):
        parse_iso_us(text)


def instant_us(instant: datetime) -> int:
    return (instant - datetime.fromisoformat("1970-01-01T00:00:00Z")) // timedelta(microseconds=1)


@given(AWARE, st.sampled_from("Tt "), st.sampled_from(["auto", "milliseconds", "microseconds"]))
def test_what_python_writes_is_understood_as_python_does(instant: datetime, separator: str, timespec: str) -> None:
    """`isoformat()` in its forms is the oracle; no zone means UTC."""
    text = instant.isoformat(separator, timespec)
    assert parse_iso_us(text) == instant_us(datetime.fromisoformat(text))
    naive = instant.replace(tzinfo=None).isoformat(separator, timespec)
    assert parse_iso_us(naive) == instant_us(datetime.fromisoformat(naive).replace(tzinfo=UTC))
    assert (names_zone(text), names_zone(naive)) == (True, False)


@given(AWARE)
def test_every_form_of_a_date_is_the_same_day(instant: datetime) -> None:
    """By month, by day of the year, by week; extended and basic."""
    year, week, weekday = instant.isocalendar()
    day, time = instant.strftime("%j"), instant.isoformat()[10:]
    dates = [f"{instant:%Y}".zfill(4) + f"-{day}", f"{year:04}-W{week:02}-{weekday}"]
    for date in (*dates, *(date.replace("-", "") for date in dates)):
        assert parse_iso_us(date + time) == instant_us(instant)


USUAL = st.from_regex(
    r"\A(19|20)\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-6]\d:[0-6]\d([.,]\d{0,9})?(Z|[+]00:00)\Z", fullmatch=True
)
BROKEN = st.tuples(USUAL, st.integers(0, 32), st.integers(0, 2), st.sampled_from([*"0169:-+.,TWZ ", "", "\u0662"]))


def outcome_of(text: str) -> int | None:
    try:
        return parse_iso_us(text)
    except ValueError:
        return None


@given(USUAL | BROKEN.map(lambda drawn: drawn[0][: drawn[1]] + drawn[3] + drawn[0][drawn[1] + drawn[2] :]))
@example("2026-03-16T24:00:00Z")
@example("2016-12-31T23:59:60.5Z")
@example("2026-03-16T10:14:32.Z")
@example("2026-03-16T10:14.5Z")
def test_the_usual_form_is_read_as_any_other(text: str) -> None:
    """Which Python reads, faster; with a small t the whole parser does. The same answer, or the same refusal."""
    assert outcome_of(text) == outcome_of(text.replace("T", "t"))


@given(st.text() | st.from_regex(r"\A[0-9:.,TWZ+\-\u2212 ]{1,30}\Z"))
@example("9999-W53-1")
@example("2026-03-16\ud83c10:14")
def test_any_text_is_understood_or_refused(text: str) -> None:
    """And nothing crashes."""
    with contextlib.suppress(ValueError):
        assert isinstance(parse_iso_us(text), int)
