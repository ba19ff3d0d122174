"""A page of records as an answer: in the envelope, or as a file. A long one is made and sent chunk by chunk.

So memory does not grow with the page, and whoever reads slowly holds no more of it than a chunk. Source: `format` from
the data page and the API overview (documented); headers inferred.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response

from mockserver.hyperstudy.envelope import success_around
from mockserver.hyperstudy.pages import Page
from mockserver.hyperstudy.rows import Rows
from mockserver.simulation.datasets.query import Selection
from mockserver.words.media_types import JSON

__all__ = ["as_file", "in_envelope"]

# Records that are made, written and forgotten together.
_CHUNK = 4000
_CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}


def in_envelope(found: Selection, page: Page, rows: Rows, metadata: dict[str, Any]) -> Response:
    """The envelope with the records, and what is said about them.

    Args:
        rows: Writes them as JSON, each with a comma behind it.
    """
    before, behind = success_around(metadata)
    if page.stop - page.start > _CHUNK:
        return Response(_in_list(before, _chunks(found, page, rows), behind), content_type=JSON)
    written = found.written(page.start, page.stop, rows)
    return Response(before + written[:-1] + behind, content_type=JSON)


def as_file(found: Selection, page: Page, rows: Rows, format_: str, name: str) -> Response:
    """A file to download, with the page's total and the next page's offset as headers."""
    headers = {
        "Content-Type": _CONTENT_TYPES[format_],
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Total-Count": str(page.total),
    }
    if page.next_offset is not None:
        headers["X-Next-Offset"] = str(page.next_offset)
    return Response(_parts(rows.head, _chunks(found, page, rows)), headers=headers)


def _chunks(found: Selection, page: Page, rows: Rows) -> Iterator[bytes]:
    for start in range(page.start, page.stop, _CHUNK):
        yield found.written(start, min(start + _CHUNK, page.stop), rows)


def _parts(head: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    yield head
    yield from chunks


def _in_list(before: bytes, chunks: Iterable[bytes], behind: bytes) -> Iterator[bytes]:
    """The chunks without the last comma, which is not part of a list."""
    held = before
    for chunk in chunks:
        yield held
        held = chunk
    yield held if held is before else held[:-1]
    yield behind
