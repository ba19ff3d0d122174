"""Lint rules as a pure function: which items each finds, and in which words."""

from typing import Any

import pytest

from mockserver.ingestion.batch import check_batch
from mockserver.ingestion.lint import lint_batch
from mockserver.ingestion.schemas import KINDS
from mockserver.store import History, NewWarning
from mockserver.words.timestamps import parse_iso_us

NOW_MS = parse_iso_us("2026-03-16T12:00:00Z") // 1000


def event(timestamp: str = "2026-03-16T10:00:00Z") -> dict[str, Any]:
    return {"eventType": "click", "targetSelector": "body", "timestamp": timestamp}


def frame(number: float, timestamp: str = "2026-03-16T10:00:00Z") -> dict[str, Any]:
    return {"frameIndex": number, "timestamp": timestamp, "emotions": {"calm": 1}, "attentionScore": 1}


def segment(start: str, end: str) -> dict[str, Any]:
    return {
        "segmentIndex": 0,
        "startTime": start,
        "endTime": end,
        "transcript": "",
        "sentiment": "neutral",
        "sentimentScore": 0,
    }


def lint(kind: str, *batch: Any, history: History | None = None) -> list[NewWarning]:
    accepted = check_batch(KINDS[kind], batch).accepted
    return lint_batch(KINDS[kind], accepted, history or History(), NOW_MS)


def test_ordinary_batches_are_not_remarked_upon() -> None:
    """The promise of a lint: silence where all is well."""
    assert lint("events") == []
    assert lint("events", event(), event()) == []
    assert lint("facial", frame(7), frame(8), frame(9.0)) == []
    assert lint("facial", frame(3), history=History(highest=2)) == []
    assert lint("voice", segment("2026-03-16T10:00:00Z", "2026-03-16T10:00:00+00:00")) == []


class TestOrdinals:
    def test_repeated_number(self) -> None:
        """Within the batch."""
        assert lint("facial", frame(4), frame(5), frame(4), frame(5)) == [
            NewWarning("repeated_index", (2, 3), "frameIndex 4 was sent before in this session (and 1 more)")
        ]

    def test_number_of_an_earlier_batch(self) -> None:
        """Or in the session so far."""
        history = History(highest=5, seen=frozenset({5}))
        assert lint("facial", frame(5), frame(6), history=history) == [
            NewWarning("repeated_index", (0,), "frameIndex 5 was sent before in this session")
        ]

    def test_skipped_numbers(self) -> None:
        """Within the batch, and since the last one."""
        assert lint("facial", frame(0), frame(3)) == [NewWarning("skipped_index", (1,), "frameIndex goes from 0 to 3")]
        assert lint("facial", frame(12), frame(13), history=History(highest=9)) == [
            NewWarning("skipped_index", (0,), "frameIndex goes from 9 to 12")
        ]

    def test_late_batch_fills_its_gap_in_silence(self) -> None:
        """Batches may overtake each other on the way."""
        assert lint("facial", frame(3), frame(4), history=History(highest=9)) == []
        assert lint("facial", frame(5), frame(3), frame(10), history=History(highest=9)) == []

    def test_negative_number(self) -> None:
        """Legal, since the page only asks for an integer."""
        assert lint("facial", frame(-1), frame(0)) == [NewWarning("negative_index", (0,), "frameIndex -1 is negative")]

    def test_numbers_beyond_counting_are_left_alone(self) -> None:
        """There is no next one after 1e300."""
        assert lint("facial", frame(1e300), frame(1e300), frame(2**64)) == []

    def test_segments_are_counted_by_their_own_name(self) -> None:
        """As clients spell it."""
        times = "2026-03-16T10:00:00Z", "2026-03-16T10:00:01Z"
        assert lint("voice", segment(*times), segment(*times)) == [
            NewWarning("repeated_index", (1,), "segmentIndex 0 was sent before in this session")
        ]

    def test_foreign_field_is_not_taken_for_the_number(self) -> None:
        """`frame_index` is a name of ours, not of the API."""
        assert lint("facial", frame(1) | {"frame_index": "x"}, frame(2) | {"frame_index": 1}) == []


class TestTimes:
    def test_segment_that_ends_before_it_starts(self) -> None:
        """By a microsecond, across time zones."""
        assert lint("voice", segment("2026-03-16T11:00:00.000001+01:00", "2026-03-16T10:00:00Z")) == [
            NewWarning("reversed_segment", (0,), "endTime is before startTime")
        ]

    def test_timestamp_in_the_future(self) -> None:
        """Beyond what two clocks may differ by."""
        assert lint("events", event("2026-03-16T12:00:05Z")) == []
        assert lint("events", event(), event("2026-03-16T12:00:05.001Z"), event("2027-01-01T00:00:00Z")) == [
            NewWarning(
                "future_timestamp",
                (1, 2),
                "timestamp 2026-03-16T12:00:05.001Z is in the future, now is 2026-03-16T12:00:00.000Z (and 1 more)",
            )
        ]

    def test_segment_in_the_future_is_one_finding(self) -> None:
        """Its start tells as much as its end."""
        warnings = lint("voice", segment("2027-01-01T00:00:00Z", "2027-01-01T00:00:01Z"))
        assert [(warning.rule, warning.indexes) for warning in warnings] == [("future_timestamp", (0,))]
        assert warnings[0].message.startswith("startTime 2027-01-01T00:00:00Z is in the future")

    @pytest.mark.parametrize("text", ["2026-03-16T10:00:00", "2026-03-16 10:00", "2026-03-16", "2026-03-16T10:00:00.5"])
    def test_timestamp_without_a_zone(self, text: str) -> None:
        """It is taken as UTC, which its sender may not have meant."""
        assert lint("events", event(text)) == [
            NewWarning("timestamp_without_zone", (0,), f"timestamp {text} names no time zone, so it is taken as UTC")
        ]

    def test_long_timestamp_is_told_in_short(self) -> None:
        """It may have a million decimals."""
        (warning,) = lint("events", event("2026-03-16T10:00:00." + "1" * 1000))
        assert warning.message == (
            f"timestamp 2026-03-16T10:00:00.{'1' * 20}… names no time zone, so it is taken as UTC"
        )

    @pytest.mark.parametrize("zone", ["Z", "z", "+01:00", "-0500", "+01", "\u221205:00"])
    def test_every_zone_is_one(self, zone: str) -> None:
        """As `timestamps.py` reads them."""
        assert lint("events", event("2026-03-15T10:00:00" + zone)) == []


class TestNull:
    def test_every_optional_field_that_is_null_is_named(self) -> None:
        """In schema order, once an item; what it says of a required field is a rejection."""
        odd = event() | {"y": None, "x": None, "viewport": {"width": None, "height": 1}}
        assert lint("events", event(), odd, event() | {"scrollY": None}) == [
            NewWarning("null_field", (1, 2), "x, y, viewport.width are null; leave out what has no value (and 1 more)")
        ]
        assert lint("facial", frame(0) | {"gazeX": None}) == [
            NewWarning("null_field", (0,), "gazeX is null; leave out what has no value")
        ]

    def test_null_in_an_unknown_field_is_its_senders_matter(self) -> None:
        """Nothing is known about such a field."""
        assert lint("events", event() | {"extra": None, "viewport": {"width": 1, "height": 2, "dpr": None}}) == []


def test_a_viewport_without_a_side_is_told() -> None:
    """One without a null is no object, and null is told as such."""
    items = [event() | {"viewport": viewport} for viewport in ({"width": 1}, {"width": 1, "height": 2}, {}, None)]
    assert lint("events", *items) == [
        NewWarning("null_field", (3,), "viewport is null; leave out what has no value"),
        NewWarning("partial_viewport", (0, 2), "viewport has no height (and 1 more)"),
    ]


def test_duplicate_batch_is_one_warning() -> None:
    """Its numbers are repeated too, which goes without saying."""
    history = History(highest=1, seen=frozenset({0, 1}), twin=7)
    assert lint("facial", frame(0), frame(1), history=history) == [
        NewWarning("duplicate_batch", (), "the same items arrived before, as batch 7")
    ]


def test_rejected_items_are_not_linted() -> None:
    """The client hears of those; and positions still count them."""
    assert lint("facial", {}, frame(-1)) == [NewWarning("negative_index", (1,), "frameIndex -1 is negative")]
