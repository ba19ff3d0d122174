"""Datasets: many streams in one order. Counting and paging never make the records before a page.

There are three kinds. What is regular (`LaneDataset`) is counted by arithmetic, bisected by instant, and
made only for the page. What happens when it happens (`IndexDataset`) has an index of plain columns, a few
bytes a record, and its records are made room by room when a page shows them. Rooms and participants
(`EntityDataset`) are few, and change while time passes.

Order: by the field that is asked for, then participant, then the record's own id; descending is its exact
reverse (inferred), so paging never repeats or drops a record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from mockserver.simulation.datasets.columns import RowWriter

__all__ = ["Dataset", "Query", "Selection"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of a dataset.

    Attributes:
        now_ms: Nothing later than this is there yet.
        start_ms, end_ms: Time window, both ends included; None leaves it open.
        sort: `at` for the record's instant, `onset`, or a field of the record (entities only).
        room_ids, participant_id: Only these; None means all.
        where: Field of the record to the value it must have.
        below: Where the records end that are there at `now_ms`, as (instant, participant, id); the
            world fills it in while an experiment is running.
    """

    now_ms: int
    start_ms: int | None = None
    end_ms: int | None = None
    sort: str = "at"
    descending: bool = False
    room_ids: frozenset[str] | None = None
    participant_id: str | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    below: tuple[int, str, str] | None = None


class Selection(Protocol):
    """What a query found, ready to be read from any place."""

    total: int

    def rows(self, start: int, stop: int) -> list[Any]:
        """Records `start` to `stop` (not included) in the query's order; the range may reach past the end."""
        ...

    def written(self, start: int, stop: int, writer: RowWriter) -> bytes:
        """The same records, written one after the other."""
        ...


class Dataset(Protocol):
    """Something that can be queried.

    Attributes:
        size: How much of it is held in memory, in records.
    """

    @property
    def size(self) -> int: ...

    def select(self, query: Query) -> Selection:
        """Find out what fits the query, and how much it is."""
        ...
