"""Rows: records as bytes, in each of the formats, made from a shape.

What was told record by record is written value by value. Regular samples come as arrays and are written as a matrix of
bytes, with no object for any of their fields; what neighbouring columns have in common for each lane is one piece.

Source: `format=csv` from the data page, `ndjson` from the API overview (documented); line ends and the missing byte
order mark inferred.
"""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, repeat
from typing import Any, Protocol

import numpy as np
import orjson
from numpy.typing import NDArray

from mockserver.hyperstudy.cells import Cells, decimals, filled, instants, packed, texts, whole
from mockserver.hyperstudy.shape import Field, Links, Shape
from mockserver.simulation.datasets.columns import Array, Coded, Columns, Decimals, Numbered, Told
from mockserver.words import exact_json

__all__ = ["FORMATS", "Rows"]


_TO_QUOTE = re.compile(rb'[,"\r\n]')


class _Notation(Protocol):
    """How values look in a format.

    Attributes:
        quote: Stands around a text that needs nothing else. nothing: is written for null.
    """

    quote: bytes
    nothing: bytes

    def text(self, value: Any) -> bytes:
        """A value as it is written; instants and objects are texts and dictionaries by now."""
        ...

    def quick(self, value: Any) -> bytes:
        """The same, faster.

        Raises:
            JSONEncodeError: Not of this value.
        """
        ...


class _Json:
    quote = b'"'
    nothing = b"null"

    def text(self, value: Any) -> bytes:
        return exact_json.dumps_any(value)

    quick = staticmethod(orjson.dumps)


class _Csv:
    """Quoted as in RFC 4180, a lone CR too, which is a line end to most readers; lists and objects are JSON text."""

    quote = b""
    nothing = b""

    def text(self, value: Any) -> bytes:
        if value is None:
            return b""
        text = value.encode(errors="surrogatepass") if isinstance(value, str) else exact_json.dumps_any(value)
        return b'"%b"' % text.replace(b'"', b'""') if _TO_QUOTE.search(text) else text

    quick = text


@dataclass(frozen=True)
class _Layout:
    """How the rows of a shape look in a format.

    Attributes:
        notation: How values look.
        leaves: What stands in a row, as paths into the record.
        around: What stands before each of them, and after the last.
        head: What stands before the first row.
    """

    notation: _Notation
    leaves: Sequence[tuple[str, ...]]
    around: Sequence[bytes]
    head: bytes = b""

    @cached_property
    def row(self) -> bytes:
        """A row to fill in."""
        return b"%b".join(text.replace(b"%", b"%%") for text in self.around)


def _objects(end: bytes) -> Callable[[Shape], _Layout]:
    """Objects with every field, in order, null where nothing applies."""

    def layout(shape: Shape) -> _Layout:
        names = [exact_json.dumps_any(name) + b":" for name in shape.names]
        around = [(b"," if place else b"{") + name for place, name in enumerate(names)]
        return _Layout(_Json(), [(name,) for name in shape.names], [*around, (b"}" if names else b"{}") + end])

    return layout


def _table(shape: Shape) -> _Layout:
    """Lines of a table, nested objects as columns of their own; lines end with LF.

    The data page saves the text with `open(…, 'w')`, which writes LF as CR LF on Windows, and CR LF as CR CR LF, which
    no reader takes (inferred).
    """
    leaves = shape.columns
    head = b",".join(_Csv().text(".".join(path)) for path in leaves) + b"\n"
    return _Layout(_Csv(), leaves, [b"," if place else b"" for place in range(len(leaves))] + [b"\n"], head)


# In JSON, each record has a comma behind it.
_LAYOUTS: Mapping[str, Callable[[Shape], _Layout]] = {"json": _objects(b","), "csv": _table, "ndjson": _objects(b"\n")}
FORMATS = tuple(_LAYOUTS)


class Rows:
    """Writes records of a shape, each as a row.

    Args:
        format_: One of `FORMATS`; rows of `json` have a comma behind them.
        shape: What is written of a record.
        links: What a record does not know by itself; None only where the shape asks for nothing.
        keep: The shape is asked for again, so that what was written may be kept.
    """

    def __init__(self, format_: str, shape: Shape, links: Links | None = None, *, keep: bool = True) -> None:
        self._shape, self._links = shape, links
        self._layout: _Layout = shape.kept(format_, _LAYOUTS[format_])
        self.key: Hashable | None = (shape, format_, links) if keep else None

    @property
    def head(self) -> bytes:
        """What stands before the first row."""
        return self._layout.head

    def block(self, records: Columns | Told) -> bytes:
        """All rows, one after the other."""
        if isinstance(records, Told):
            return b"".join(self.rows(records))
        return self._matrix(records) if records.size else b""

    def rows(self, records: Told) -> list[bytes]:
        """Each row by itself."""
        columns = self._shape.plain(records.told, self._links)
        leaves = [_leaf(columns[path[0]], path[1:]) for path in self._layout.leaves]
        row, notation = self._layout.row, self._layout.notation
        if not leaves:
            # Of a record all of whose fields are hidden, an empty row is left.
            return [row] * len(records.told)
        # Row by row, so that only one row's texts are there at a time.
        try:
            return [row % values for values in zip(*(map(notation.quick, leaf) for leaf in leaves), strict=True)]
        except orjson.JSONEncodeError:
            return [row % values for values in zip(*(map(notation.text, leaf) for leaf in leaves), strict=True)]

    def _matrix(self, records: Columns) -> bytes:
        layout = self._layout
        parts = _Parts(records, self.key, layout.notation)
        fields = {field.name: field for field in self._shape.fields}
        for before, (name,) in zip(layout.around, layout.leaves, strict=False):
            field = fields[name]
            parts.constant(before)
            parts.column(field, records.array(field.attribute))
        parts.constant(layout.around[-1])
        return packed(parts.joined())


def _whole_texts(part: bytes | Cells) -> NDArray[np.void]:
    """Each row of a part as one element; a constant is one for all."""
    if isinstance(part, bytes):
        return np.frombuffer(part, f"V{len(part)}")
    rows: NDArray[np.void] = np.ascontiguousarray(part).view(f"V{part.shape[1]}")[:, 0]
    return rows


def _leaf(values: Sequence[Any], path: Sequence[str]) -> Sequence[Any]:
    """What a path leads to in each value; None where it leads nowhere."""
    for name in path:
        values = [None if value is None else value[name] for value in values]
    return values


class _Parts:
    """What a row is made of from left to right, for all rows at once.

    What is the same for all rows of a code is one part with its neighbours.

    Args:
        key: Under which parts that every page has are kept; None where they are not.
    """

    def __init__(self, records: Columns, key: Hashable | None, notation: _Notation) -> None:
        self._records, self._key, self._notation = records, key, notation
        self._parts: list[bytes | Cells] = []
        self._constant = b""
        self._shared: list[bytes | tuple[Coded, Callable[[Any], bytes]]] = []
        self._coded: Coded | None = None

    def constant(self, text: bytes) -> None:
        """The same text in every row."""
        if self._coded is None:
            self._constant += text
        else:
            self._shared.append(text)

    def column(self, field: Field, array: Array) -> None:
        """A text of each row's own."""
        quote = self._notation.quote
        if isinstance(array, Coded):
            self._share(array, self._notation.text)
        elif isinstance(array, Numbered):
            self.constant(quote)
            self._share(array.begins, self._unquoted)
            self._own(whole(array.number, array.digits))
            self.constant(quote)
        elif isinstance(array, Decimals):
            self._own(filled(decimals(array.scaled, array.places), array.known, self._notation.nothing))
        elif field.kind == "timestamp":
            self.constant(quote)
            self._own(instants(array))
            self.constant(quote)
        else:
            self._own(whole(array))

    def joined(self) -> NDArray[np.void]:
        """The rows."""
        self._close()
        # Whole texts are copied, and not their bytes one by one.
        parts = [_whole_texts(part) for part in self._parts]
        rows = np.empty(
            self._records.size, np.dtype([(f"part_{place}", part.dtype) for place, part in enumerate(parts)])
        )
        for place, part in enumerate(parts):
            rows[f"part_{place}"] = part
        return rows

    def _unquoted(self, value: str) -> bytes:
        quote = len(self._notation.quote)
        text = self._notation.text(value)
        return text[quote : len(text) - quote]

    def _own(self, cells: Cells) -> None:
        self._close()
        self._parts.append(cells)

    def _share(self, coded: Coded, text: Callable[[Any], bytes]) -> None:
        if self._coded is not None and self._coded.codes is not coded.codes:
            self._close()
        if self._coded is None:
            self._coded, self._shared, self._constant = coded, [self._constant], b""
        self._shared.append((coded, text))

    def _close(self) -> None:
        """What came last is a part."""
        if self._coded is None:
            self._parts += [self._constant] if self._constant else []
        else:
            self._parts.append(self._texts(self._coded)[self._coded.codes])
        self._constant, self._coded, self._shared = b"", None, []

    def _texts(self, coded: Coded) -> Cells:
        """The text of each code, from all that shares the codes."""
        key = (self._key, len(self._parts))
        if self._key is None or not coded.lasting:
            return self._made(coded)
        if key not in self._records.kept:
            self._records.kept[key] = self._made(coded)
        kept: Cells = self._records.kept[key]
        return kept

    def _made(self, coded: Coded) -> Cells:
        pieces = [
            repeat(piece) if isinstance(piece, bytes) else map(piece[1], piece[0].values) for piece in self._shared
        ]
        return texts([b"".join(row) for row in islice(zip(*pieces, strict=False), len(coded.values))])
