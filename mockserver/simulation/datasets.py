"""Datasets: many streams in one order. Counting and paging never make the records before a page.

There are two kinds. What is regular (`LaneDataset`) is counted by arithmetic, bisected by instant, and
made only for the page. What is not (`IndexDataset`) has an index of plain columns, a few bytes a record,
and its records are made room by room when a page shows them.

Order: by timestamp or onset, then participant, then the record's own id; descending is its exact reverse
(inferred), so paging never repeats or drops a record.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from mockserver.simulation.chance import Ints
from mockserver.simulation.records import Entry
from mockserver.simulation.regular import Lanes

__all__ = ["Dataset", "IndexDataset", "LaneDataset", "Query", "RoomEntries", "Selection"]

Mask = NDArray[np.bool_]
_FAR_MS = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of a dataset.

    Attributes:
        now_ms: Nothing later than this is there yet.
        start_ms, end_ms: Time window, both ends included; None leaves it open.
        by_onset: Sort by onset instead of timestamp.
        room_ids, participant_id: Only these; None means all.
        where: Field of the record to the value it must have.
    """

    now_ms: int
    start_ms: int | None = None
    end_ms: int | None = None
    by_onset: bool = False
    descending: bool = False
    room_ids: frozenset[str] | None = None
    participant_id: str | None = None
    where: Mapping[str, Any] = field(default_factory=dict)


class Selection(Protocol):
    """What a query found, ready to be read from any place."""

    total: int

    def rows(self, start: int, stop: int) -> list[NamedTuple]:
        """Records `start` to `stop` (not included) in the query's order; the range may reach past the end."""
        ...


class Dataset(Protocol):
    """Something that can be queried."""

    def select(self, query: Query) -> Selection:
        """Find out what fits the query, and how much it is."""
        ...


# --- irregular: an index ---------------------------------------------------------------------------


class RoomEntries(Protocol):
    """Makes the entries of one room, in any order; the same entries every time."""

    def __call__(self, room_id: str) -> Sequence[Entry]: ...


class IndexDataset:
    """Records that happen when they happen: an index over the rooms, records on demand.

    Args:
        room_ids: The rooms, in order.
        zeros_ms: Each room's start, from which onsets count.
        entries: Makes a room's entries.
        filters: Fields of the record that a query may filter by.
    """

    def __init__(
        self,
        room_ids: Sequence[str],
        zeros_ms: Sequence[int],
        entries: RoomEntries,
        filters: Sequence[str] = (),
    ) -> None:
        self._room_ids = list(room_ids)
        self._entries = entries
        keys: list[tuple[int, str, str, int, int, int, tuple[Any, ...]]] = []
        for room, room_id in enumerate(room_ids):
            for local, entry in enumerate(entries(room_id)):
                values = tuple(getattr(entry.record, name) for name in filters)
                keys.append((entry.at_ms, entry.who, entry.id, room, local, entry.final_ms, values))
        keys.sort(key=lambda key: key[:3])
        self.at = np.array([key[0] for key in keys], dtype=np.int64)
        self._room = np.array([key[3] for key in keys], dtype=np.int32)
        self._local = np.array([key[4] for key in keys], dtype=np.int32)
        self._who, self._whos = _codes([key[1] for key in keys])
        self._columns = {name: _codes([key[6][n] for key in keys]) for n, name in enumerate(filters)}
        finals = np.array([key[5] for key in keys], dtype=np.int64)
        # A record shows once it is final, and all that sort before it are: so nothing ever slips in between.
        self._shown_from = np.maximum.accumulate(finals) if len(finals) else finals
        zeros = np.array(zeros_ms, dtype=np.int64)
        onset = self.at - zeros[self._room] if keys else self.at
        identity = np.arange(len(keys))
        ids, _ = _codes([key[2] for key in keys])
        self._by_onset = np.lexsort((ids, self._who, onset)) if keys else identity

    def visible(self, now_ms: int) -> int:
        """How many records of the default order are there at that time."""
        return int(np.searchsorted(self._shown_from, now_ms, side="right"))

    def select(self, query: Query) -> "IndexSelection":
        """Find out what fits, by masks over the index's columns."""
        mask = np.zeros(len(self.at), dtype=np.bool_)
        mask[: self.visible(query.now_ms)] = True
        if query.start_ms is not None:
            mask &= self.at >= query.start_ms
        if query.end_ms is not None:
            mask &= self.at <= query.end_ms
        if query.room_ids is not None:
            wanted = [room for room, room_id in enumerate(self._room_ids) if room_id in query.room_ids]
            mask &= np.isin(self._room, wanted)
        if query.participant_id is not None:
            mask &= self._who == self._whos.get(query.participant_id, -1)
        for name, value in query.where.items():
            codes, known = self._columns[name]
            mask &= codes == known.get(value, -1)
        place = self._by_onset[mask[self._by_onset]] if query.by_onset else np.flatnonzero(mask)
        return IndexSelection(place[::-1] if query.descending else place, self._record)

    def _record(self, place: int) -> NamedTuple:
        entry: Entry = self._entries(self._room_ids[self._room[place]])[self._local[place]]
        return entry.record


class IndexSelection:
    """The places of the index that fit a query."""

    def __init__(self, places: Ints, record: Callable[[int], NamedTuple]) -> None:
        self.total = len(places)
        self._places = places
        self._record = record

    def rows(self, start: int, stop: int) -> list[NamedTuple]:
        """Records `start` to `stop` of the selection."""
        return [self._record(place) for place in self._places[start:stop].tolist()]


def _codes(values: list[Any]) -> tuple[Ints, dict[Any, int]]:
    """Whole numbers in place of values, in the values' order as text, and which is which."""
    known = {value: code for code, value in enumerate(sorted(set(values), key=str))}
    return np.array([known[value] for value in values], dtype=np.int64), known


# --- regular: arithmetic ---------------------------------------------------------------------------


class RenderedLanes(Protocol):
    """Lanes that can also make their records."""

    def records(self, lane: Ints, k: Ints, t_ms: Ints) -> Sequence[NamedTuple]: ...


class LaneDataset:
    """Regular samples of many lanes, never made before they are asked for."""

    def __init__(
        self, lanes: Lanes, identities: Sequence[tuple[str, str, str]], render: RenderedLanes
    ) -> None:
        """`identities` are each lane's room id, participant id and code."""
        self.lanes = lanes
        self._render = render
        self._rooms = np.array([room for room, _, _ in identities], dtype=object)
        self._people = np.array([person for _, person, _ in identities], dtype=object)
        order = sorted(range(len(identities)), key=lambda i: identities[i][1:])
        self.rank = np.empty(len(order), dtype=np.int64)
        self.rank[order] = np.arange(len(order))

    def select(self, query: Query) -> "LaneSelection":
        """Turn the window into a range of samples for each lane."""
        lanes = self.lanes
        wanted: Mask = np.ones(len(lanes.count), dtype=np.bool_)
        if query.room_ids is not None:
            wanted &= np.array([room in query.room_ids for room in self._rooms], dtype=np.bool_)
        if query.participant_id is not None:
            wanted &= self._people == query.participant_id
        last_ms = query.now_ms if query.end_ms is None else min(query.end_ms, query.now_ms)
        low = (
            lanes.before(max(query.start_ms, -_FAR_MS))
            if query.start_ms is not None
            else np.zeros_like(lanes.count)
        )
        high = np.maximum(low, lanes.before(min(last_ms, _FAR_MS) + 1))
        return LaneSelection(self, np.where(wanted, low, 0), np.where(wanted, high, 0), query)

    def records(self, lane: Ints, k: Ints, t_ms: Ints) -> list[NamedTuple]:
        """The records of the given samples."""
        return list(self._render.records(lane, k, t_ms))


class LaneSelection:
    """A range of samples in each lane, read in the merged order of all."""

    def __init__(self, dataset: LaneDataset, low: Ints, high: Ints, query: Query) -> None:
        self._dataset = dataset
        self._low, self._high = low, high
        self._query = query
        self.total = int((high - low).sum())

    def rows(self, start: int, stop: int) -> list[NamedTuple]:
        """Records `start` to `stop` of the selection, whatever stands before them."""
        start, stop = max(0, start), min(stop, self.total)
        if start >= stop:
            return []
        if self._query.descending:
            return self._ascending(self.total - stop, self.total - start)[::-1]
        return self._ascending(start, stop)

    def _ascending(self, start: int, stop: int) -> list[NamedTuple]:
        first = self._instant_of(start)
        last = self._instant_of(stop - 1)
        low, high = self._before(first), self._before(last + 1)
        taken = high - low
        lane = np.repeat(np.arange(len(taken)), taken)
        k = np.arange(len(lane)) - np.repeat(np.cumsum(taken) - taken, taken) + low[lane]
        t = self._dataset.lanes.times(lane, k)
        key = t - self._dataset.lanes.zero[lane] if self._query.by_onset else t
        order = np.lexsort((k, self._dataset.rank[lane], key))
        skipped = start - int((low - self._low).sum())
        order = order[skipped : skipped + stop - start]
        return self._dataset.records(lane[order], k[order], t[order])

    def _before(self, key_ms: int) -> Ints:
        """How many samples of each lane lie before a timestamp or an onset, within the lane's range."""
        at_ms = self._dataset.lanes.zero + key_ms if self._query.by_onset else key_ms
        before: Ints = np.clip(self._dataset.lanes.before(at_ms), self._low, self._high)
        return before

    def _instant_of(self, place: int) -> int:
        """The timestamp or onset of the record at a place of the order, found between two bounds.

        Every step looks where the record would be if the samples were spread evenly between the bounds,
        and every other step in the middle, so that uneven samples cannot slow it down.
        """
        offset = int(self._low.sum())
        low_ms, high_ms = self._bounds()
        count_low, count_high = 0, self.total
        even = True
        while high_ms - low_ms > 1:
            share = (place + 0.5 - count_low) / (count_high - count_low) if even else 0.5
            guess_ms = low_ms + int((high_ms - low_ms) * share)
            guess_ms = min(high_ms - 1, max(low_ms + 1, guess_ms))
            count = int(self._before(guess_ms).sum()) - offset
            if count <= place:
                low_ms, count_low = guess_ms, count
            else:
                high_ms, count_high = guess_ms, count
            even = not even
        return low_ms

    def _bounds(self) -> tuple[int, int]:
        """Keys with no sample before the first, and none at or after the second."""
        lanes = self._dataset.lanes
        used = np.flatnonzero(self._high > self._low)
        zero = lanes.zero[used] if self._query.by_onset else 0
        first = lanes.times(used, self._low[used]) - zero
        last = lanes.times(used, self._high[used] - 1) - zero
        return int(first.min()), int(last.max()) + 1
