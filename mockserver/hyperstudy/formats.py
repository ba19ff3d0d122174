"""CSV and NDJSON: the same records as in JSON, written one by one while they are sent.

Source: `format=csv` from the data page, `ndjson` from the API overview (documented); headers inferred.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from mockserver.hyperstudy.shape import Shape

__all__ = ["CONTENT_TYPES", "csv_lines", "ndjson_lines"]

CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}
Rows = Iterable[Sequence[dict[str, Any]]]


def ndjson_lines(shape: Shape, chunks: Rows) -> Iterator[bytes]:
    """A record a line, chunk by chunk."""
    for rows in chunks:
        yield b"".join(orjson.dumps(row) + b"\n" for row in rows)


def csv_lines(shape: Shape, chunks: Rows) -> Iterator[bytes]:
    """RFC 4180: a header, then a record a line; nested objects as `parent.child`, lists as JSON text."""
    yield _lines([[".".join(path) for path in shape.columns]])
    for rows in chunks:
        yield _lines([[_cell(row, path) for path in shape.columns] for row in rows])


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(row: Any, path: tuple[str, ...]) -> str:
    value = row
    for name in path:
        value = None if value is None else value[name]
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    # `str` writes a whole number as JSON does, and faster; `True` is no such number.
    return str(value) if type(value) is int else orjson.dumps(value).decode()
