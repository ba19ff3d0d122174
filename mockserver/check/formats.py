"""Invariant 12: all pages together = one large page = the CSV = the NDJSON, record by record; and the
descending order is the ascending one reversed, for every field that one can sort by.

Looked at for every data type in every room and in the experiment. A page holds at most 10,000 records, so a
longer list is compared in blocks of that size: all of them up to three, of a longer list the first, the
middle and the last one. Orders are looked at in experiments, and in rooms where the list is short; there
onset and timestamp give the same order, and it takes as long as all the rest.

The links of recordings name the time at which they expire, which moves with the clock; they are compared
without their query.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from mockserver.check.errors import UnreadableError
from mockserver.check.observed_room import ObservedRoom
from mockserver.check.reader import MAX_LIMIT, Reader, data_path
from mockserver.check.rule import Counterexample, Counterexamples, Rule
from mockserver.check.survey import Survey
from mockserver.check.tables import KINDS

__all__ = ["FormatsHoldTheSame", "blocks"]

_MOST_BLOCKS = 3
_SHORT = 2000
_LINKS = ("downloadUrl", "url")
Records = Sequence[Mapping[str, Any]]


class FormatsHoldTheSame(Rule):
    """Every list of every room and experiment, in every form that it can be had in."""

    of_story = False

    def room(self, observed: ObservedRoom) -> Counterexamples:
        """The lists of a room."""
        for data_type in observed.data_types:
            yield from self._list(observed.reader, data_type, data_path(data_type, "room", observed.room.id))

    def experiment(self, survey: Survey) -> Counterexamples:
        """The lists of an experiment."""
        for data_type in survey.data_types:
            path = data_path(data_type, "experiment", survey.experiment_id)
            yield from self._list(survey.reader, data_type, path)

    def _list(self, reader: Reader, data_type: str, path: str) -> Counterexamples:
        window = reader.horizon().query
        total = reader.total(path, window)
        for start, stop in blocks(total):
            block = _Block(reader, path, window, total, start, stop)
            records = block.json()
            self.looked_at += len(records)
            if len(records) != stop - start:
                said = f"a page with room for {stop - start} of {total} records has {len(records)}"
                yield Counterexample(said, block.url())
            yield from _same(block, "small pages", records, block.small_pages, limit=block.odd_limit)
            yield from _same(block, "CSV", records, block.csv, format="csv")
            yield from _same(block, "NDJSON", records, block.ndjson, format="ndjson")
            if total <= _SHORT or "/experiment/" in path:
                yield from _orders(block, records, KINDS[data_type].at)


def blocks(total: int) -> list[tuple[int, int]]:
    """Places from and to which to compare; one empty block where there is nothing."""
    starts = list(range(0, total, MAX_LIMIT)) or [0]
    if len(starts) > _MOST_BLOCKS:
        starts = [0, total // 2, total - MAX_LIMIT]
    return [(start, min(start + MAX_LIMIT, total)) for start in starts]


@dataclass(frozen=True, slots=True)
class _Block:
    """A stretch of a list, and the forms that it can be read in."""

    reader: Reader
    path: str
    window: Mapping[str, str]
    total: int
    start: int
    stop: int

    @property
    def odd_limit(self) -> int:
        """An odd number of records, so that the block takes about three pages that fit nothing else."""
        return max(1, (self.stop - self.start) // 3) | 1

    def query(self, **more: Any) -> dict[str, Any]:
        """What asks for the block; `more` goes on top."""
        return {**self.window, "offset": self.start, "limit": max(1, self.stop - self.start), **more}

    def url(self, **more: Any) -> str:
        """Shows the block."""
        return self.reader.url(self.path, self.query(**more))

    def json(self, **more: Any) -> Records:
        """One large page."""
        return _still(self.reader.page(self.path, self.query(**more)).data)

    def small_pages(self) -> Records:
        """Small pages, as a client follows them until it has seen the block."""
        found: list[Mapping[str, Any]] = []
        for page in self.reader.pages(self.path, self.query(limit=self.odd_limit)):
            found += page.data
            if len(found) >= self.stop - self.start:
                break
        return _still(found[: self.stop - self.start])

    def ndjson(self) -> Records:
        """A record a line."""
        body = self._streamed("ndjson")
        return _still(orjson.loads(b"[" + b",".join(body.splitlines()) + b"]"))

    def csv(self) -> Records:
        """A row a record, as a mapping of column to text."""
        rows = csv.reader(io.StringIO(self._streamed("csv").decode(), newline=""), strict=True)
        header = next(rows)
        return _still([dict(zip(header, row, strict=True)) for row in rows])

    def _streamed(self, format_: str) -> bytes:
        answer = self.reader.answer(self.path, self.query(format=format_))
        following = str(self.stop) if self.stop < self.total else None
        said = (answer.headers.get("x-total-count"), answer.headers.get("x-next-offset"))
        if said != (str(self.total), following) and not self.reader.moving:
            raise UnreadableError(
                f"the {format_} of {self.total} records names X-Total-Count and X-Next-Offset {said}, not "
                f"{(str(self.total), following)}",
                self.url(format=format_),
            )
        return answer.body


def _same(block: _Block, form: str, expected: Records, read: Callable[[], Records], **query: Any) -> Counterexamples:
    """A form of the block against the records of the large page."""
    try:
        found = read()
    except (ValueError, csv.Error, StopIteration) as error:
        yield Counterexample(f"the {form} cannot be read: {error}", block.url(**query))
        return
    if form == "CSV" and found:
        columns = list(found[0])
        expected = [_flat(record, columns) for record in expected]
    yield from _difference(block, f"in {form}", expected, found, query)


def _difference(
    block: _Block, where: str, expected: Records, found: Records, query: Mapping[str, Any]
) -> Counterexamples:
    # The same bytes: the same values, and the same fields in the same order.
    if orjson.dumps(found) == orjson.dumps(expected):
        return
    for n, (one, other) in enumerate(zip(expected, found, strict=False)):
        if one != other or list(one) != list(other):
            names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
            name = names[0] if names else "the order of fields"
            yield Counterexample(
                f"record {block.start + n} differs {where} from one large page: {name} is "
                f"{other.get(name)!r}, not {one.get(name)!r}",
                block.url(**query),
            )
            return
    said = f"{len(found)} records {where}, {len(expected)} in one large page"
    yield Counterexample(said, block.url(**query))


def _orders(block: _Block, records: Records, at: str) -> Counterexamples:
    """Ascending and descending, by each field that one can sort by.

    While the clock runs, what comes new has the latest timestamp but not the latest onset, so that onset has no
    order that two answers could share.
    """
    sorts = (at,) if at == "startTime" or block.reader.moving else (at, "onset")
    for number, sort in enumerate(sorts):
        ascending = records if number == 0 else block.json(sort=sort)
        keys = [record[sort] for record in ascending]
        if any(later < earlier for earlier, later in zip(keys, keys[1:], strict=False)):
            yield Counterexample(f"records are not in the order of {sort}", block.url(sort=sort))
        if block.total <= MAX_LIMIT and _sorted(ascending) != _sorted(records):
            yield Counterexample(f"sorted by {sort} there are other records", block.url(sort=sort))
        backwards = {"sort": sort, "order": "desc", "offset": block.total - block.stop}
        page = block.reader.page(block.path, block.query(**backwards))
        if page.total != block.total and block.reader.moving:
            continue
        descending = list(reversed(_still(page.data)))
        yield from _difference(block, f"in descending order of {sort}", ascending, descending, backwards)


def _sorted(records: Records) -> list[bytes]:
    return sorted(map(orjson.dumps, records))


def _still(records: Records) -> Records:
    """Records without what moves with the clock."""
    if not records or _LINKS[0] not in records[0]:
        return records
    return [{name: _cut(name, value) for name, value in record.items()} for record in records]


def _cut(name: str, value: Any) -> Any:
    return value.split("?")[0] if name in _LINKS and isinstance(value, str) else value


def _flat(record: Mapping[str, Any], columns: Sequence[str]) -> dict[str, str]:
    """A record as a row of CSV: nested objects as `parent.child`, lists and objects whose names are data as
    JSON text, null as nothing.

    Args:
        columns: The CSV's own; they decide how far a nested object is flattened.
    """
    row: dict[str, str] = {}
    for name, value in record.items():
        if isinstance(value, str):
            row[name] = value
        elif value is None:
            below = [column for column in columns if column == name or column.startswith(f"{name}.")]
            row.update(dict.fromkeys(below or [name], ""))
        else:
            row.update(_cells(name, value, columns))
    return row


def _cells(name: str, value: Any, columns: Sequence[str]) -> dict[str, str]:
    # An object whose names are data is one column.
    if isinstance(value, dict) and name not in columns:
        return {f"{name}.{inner}": text for inner, text in _flat(value, _below(name, columns)).items()}
    # `str` writes a whole number as JSON does, and faster; `True` is no such number.
    return {name: str(value) if type(value) is int else orjson.dumps(value).decode()}


def _below(name: str, columns: Sequence[str]) -> list[str]:
    return [column.removeprefix(f"{name}.") for column in columns if column.startswith(f"{name}.")]
