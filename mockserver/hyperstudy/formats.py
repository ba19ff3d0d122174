"""CSV and NDJSON: the same records as in JSON, written one by one while they are sent.

Source: `format=csv` from the data page, `ndjson` from the API overview (documented); headers, line ends and the
missing byte order mark inferred.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mockserver.hyperstudy.shape import Shape
from mockserver.words import exact_json

__all__ = ["CONTENT_TYPES", "csv_lines", "ndjson_lines"]

CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}
# The writer quotes a text that has any of its line end in it, and a lone CR is a line end to most readers.
_QUOTED = "\r\n"
Rows = Iterable[Sequence[dict[str, Any]]]


def ndjson_lines(shape: Shape, chunks: Rows) -> Iterator[bytes]:
    """A record a line, chunk by chunk."""
    for rows in chunks:
        yield b"".join(exact_json.dumps_any(row) + b"\n" for row in rows)


def csv_lines(shape: Shape, chunks: Rows) -> Iterator[bytes]:
    """A header, then a record a line; nested objects as `parent.child`, lists and objects by data as JSON text.

    Quoted as in RFC 4180, but lines end with LF: the data page saves the text with `open(…, 'w')`, which writes LF as
    CR LF on Windows, and CR LF as CR CR LF, which no reader takes. No byte order mark, which would be part of the first
    column's name (inferred).
    """
    yield _lines([[".".join(path) for path in shape.columns]])
    for rows in chunks:
        yield _lines([[_cell(row, path) for path in shape.columns] for row in rows])


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    lines = _Lines()
    csv.writer(lines, lineterminator=_QUOTED).writerows(rows)
    return "".join(lines).encode()


class _Lines(list[str]):
    """What `csv.writer` writes, a row at a time, with LF at the end."""

    def write(self, line: str) -> None:
        self.append(line.removesuffix(_QUOTED) + "\n")


def _cell(row: Any, path: tuple[str, ...]) -> str:
    value = row
    for name in path:
        value = None if value is None else value[name]
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    # `str` writes a whole number as JSON does, and faster; `True` is no such number.
    return str(value) if type(value) is int else exact_json.dumps_any(value).decode()
