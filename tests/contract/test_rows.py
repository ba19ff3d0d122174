"""Arrays and records that were told one by one are written alike, in every format and whatever their values are."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.hyperstudy.rows import FORMATS, Rows
from mockserver.hyperstudy.shape import Field, Shape
from mockserver.simulation.datasets.columns import Coded, Columns, Decimals, Numbered, Told
from mockserver.words.timestamps import LAST_MS


class Sample(NamedTuple):
    """One attribute of each kind of array, and two that share codes with others."""

    id: str
    who: str
    at_ms: int
    count: int
    share: float | None
    scale: float
    note: str | None
    valid: bool


SHAPE = Shape(
    Sample,
    (
        Field("id", "string"),
        Field("who", "string"),
        Field("at", "timestamp", of="at_ms"),
        Field("count", "integer"),
        Field("share", "number", nullable=True),
        Field("scale", "number"),
        Field("note", "string", nullable=True),
        Field("valid", "boolean"),
    ),
)
WHOLE = st.integers(-(10**15), 10**15)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=9)


@st.composite
def some_columns(draw: st.DrawFn, lasting: bool = True) -> Columns:
    """Up to some hundred records of a few values."""
    size, places = draw(st.integers(1, 120)), draw(st.integers(1, 4))
    lanes = draw(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=6))

    def drawn(values: st.SearchStrategy[int]) -> Any:
        few = draw(st.lists(values, min_size=1, max_size=8))
        return np.array([few[n % len(few)] for n in range(size)], dtype=np.int64)

    lane = drawn(st.integers(0, len(lanes) - 1))
    notes = draw(st.lists(st.none() | TEXTS, min_size=1, max_size=4))
    floats = draw(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=4))
    arrays = (
        Numbered(Coded([f"sample_{n}_" for n in range(len(lanes))], lane), drawn(st.integers(0, 10**9)), 6),
        Coded([who for who, _ in lanes], lane),
        drawn(st.integers(-(10**13), LAST_MS)),
        drawn(WHOLE),
        Decimals(drawn(WHOLE), places, drawn(st.integers(0, 1)) == 1 if draw(st.booleans()) else None),
        Coded(floats, drawn(st.integers(0, len(floats) - 1)), lasting=False),
        Coded(notes, drawn(st.integers(0, len(notes) - 1)), lasting=False),
        Coded((False, True), drawn(st.integers(0, 1))),
    )
    return Columns(Sample, arrays, size, {})


@pytest.mark.parametrize("format_", FORMATS)
@given(columns=some_columns())
def test_arrays_are_written_like_records(format_: str, columns: Columns) -> None:
    """To the byte: numbers of any size and sign, instants of any year, texts that have to be quoted, and nulls."""
    rows = Rows(format_, SHAPE)
    expected = rows.block(Told(columns.records()))
    assert rows.block(columns) == expected
    # The second time, what the records share has been kept.
    assert rows.block(columns) == expected
    assert b"".join(rows.rows(Told(columns.records()))) == expected


@given(columns=some_columns())
def test_what_is_written_is_what_the_records_hold(columns: Columns) -> None:
    """Read by readers of others."""
    records: Sequence[Sample] = columns.records()
    lines = Rows("ndjson", SHAPE).block(columns).decode().split("\n")
    assert lines.pop() == ""
    for line, record in zip(lines, records, strict=True):
        read = json.loads(line)
        assert [read[name] for name in ("id", "who", "count", "scale", "note", "valid")] == [
            record.id, record.who, record.count, record.scale, record.note, record.valid,
        ]  # fmt: skip
        assert read["share"] == record.share
    listed = json.loads(b"[" + Rows("json", SHAPE).block(columns)[:-1] + b"]")
    assert listed == [json.loads(line) for line in lines]
    table = Rows("csv", SHAPE)
    text = (table.head + table.block(columns)).decode()
    for row, read in zip(csv.DictReader(io.StringIO(text, newline=""), strict=True), listed, strict=True):
        assert (row["id"], row["who"], row["at"]) == (read["id"], read["who"], read["at"])
        assert (int(row["count"]), row["note"]) == (read["count"], read["note"] or "")
        assert float(row["share"] or "nan") == read["share"] or row["share"] == "" and read["share"] is None


def test_what_lanes_share_is_kept_for_each_format_and_shape_by_itself() -> None:
    """Whatever is written first."""
    lane, one = np.zeros(3, np.int64), np.ones(3, np.int64)
    coded = Coded(["a"], lane)
    arrays = (Numbered(Coded(["s_"], lane), one, 6), coded, one, one, Decimals(one, 1), coded, coded, coded)
    columns = Columns(Sample, arrays, 3, {})
    hidden = Shape(Sample, (*SHAPE.fields[:1], *SHAPE.fields[:0:-1]))
    shapes = [SHAPE, hidden]
    written = [Rows(format_, shape).block(columns) for shape in shapes for format_ in FORMATS]
    alone = [Rows(format_, shape).block(Columns(Sample, arrays, 3, {})) for shape in shapes for format_ in FORMATS]
    assert written == alone
    assert len(set(written)) == 6


def test_no_records_are_no_rows() -> None:
    """Of neither kind."""
    nothing = np.empty(0, np.int64)
    coded = Coded(["a"], nothing)
    columns = Columns(Sample, (Numbered(coded, nothing, 6), coded, nothing, nothing, coded, coded, coded, coded), 0, {})
    for format_ in FORMATS:
        assert Rows(format_, SHAPE).block(columns) == Rows(format_, SHAPE).block(Told([])) == b""
