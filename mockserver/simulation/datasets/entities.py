"""Rooms and participants as datasets: a few rows, which change while time passes."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from mockserver.simulation.datasets.columns import RowWriter, Told
from mockserver.simulation.datasets.query import Query
from mockserver.simulation.kept import Kept

__all__ = ["Entity", "EntityDataset", "EntitySelection"]


class Entity(NamedTuple):
    """A row, and what it is sorted and filtered by.

    Attributes:
        late: Fields that are slow to tell, so that the record has them only when it is shown. source: has them all.
    """

    at_ms: int
    who: str
    id: str
    room_id: str
    record: NamedTuple
    late: tuple[str, ...] = ()
    source: object = None

    def value(self, name: str) -> Any:
        """A field of the whole record."""
        return getattr(self.source if name in self.late else self.record, name)

    def whole(self) -> NamedTuple:
        """The record with all that it shows."""
        return self.record._replace(**{name: getattr(self.source, name) for name in self.late})


class EntityDataset:
    """Rows that are told anew for every instant; those of the last one are kept, since time mostly stands still.

    Args:
        rows: Tells the rows as they are at a time. size: how many there are in the end, at the most.
    """

    def __init__(self, rows: Callable[[int], Sequence[Entity]], size: int) -> None:
        self._tell = rows
        self._told = Kept(1)
        self.size = size

    def _rows(self, now_ms: int) -> Sequence[Entity]:
        return self._told.get(now_ms, lambda: self._tell(now_ms))

    def select(self, query: Query) -> "EntitySelection":
        """Filter and sort the rows; what is null sorts last, and first where the order is descending."""
        found = [row for row in self._rows(query.now_ms) if _fits(row, query)]
        found.sort(key=lambda row: (_key(row, query.sort), row.who, row.id))
        return EntitySelection(found[::-1] if query.descending else found)


class EntitySelection:
    """The rows that fit a query, in its order."""

    def __init__(self, rows: Sequence[Entity]) -> None:
        self.total = len(rows)
        self._found = rows

    def rows(self, start: int, stop: int) -> list[NamedTuple]:
        """Records `start` to `stop` of the selection."""
        return [row.whole() for row in self._found[start:stop]]

    def written(self, start: int, stop: int, writer: RowWriter) -> bytes:
        """The same, written."""
        return writer.block(Told(self.rows(start, stop)))


def _fits(row: Entity, query: Query) -> bool:
    return (
        (query.start_ms is None or row.at_ms >= query.start_ms)
        and (query.end_ms is None or row.at_ms <= query.end_ms)
        and (query.room_ids is None or row.room_id in query.room_ids)
        and all(row.value(name) == value for name, value in query.where.items())
    )


def _key(row: Entity, sort: str) -> tuple[bool, Any]:
    value = row.at_ms if sort == "at" else row.value(sort)
    return (value is None, 0 if value is None else value)
