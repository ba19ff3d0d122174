"""Regular samples of many lanes in one order, found by arithmetic and made only when a page shows them."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mockserver.simulation.chance import Ints
from mockserver.simulation.datasets.columns import Coded, Columns, Numbered, RowWriter, Told
from mockserver.simulation.datasets.query import Query
from mockserver.simulation.datasets.regular import Lane, Lanes

__all__ = ["LaneDataset", "LaneSelection", "RenderedLanes"]

Mask = NDArray[np.bool_]
# Beyond every instant of a world, and small enough that nothing overflows.
_FAR_MS = 2**53


class RenderedLanes(Lanes, ABC):
    """Lanes that can also make their records.

    Args:
        prefix: What the ids of the records begin with.
    """

    def __init__(self, lanes: Sequence[Lane], prefix: str) -> None:
        super().__init__(lanes)
        self._begins = [f"{prefix}_{lane.code}_" for lane in lanes]
        self._experiments = [lane.experiment_id for lane in lanes]
        self._rooms = [lane.room_id for lane in lanes]
        self._people = [lane.participant_id for lane in lanes]
        self.kept: dict[Hashable, Any] = {}

    def identity(self, lane: Ints, k: Ints) -> tuple[Numbered | Coded, ...]:
        """The columns that records of every kind begin with: id, experiment, room and participant.

        Args:
            lane, k: Lane and number of each sample.
        """
        return (
            Numbered(Coded(self._begins, lane), k, 6),
            Coded(self._experiments, lane),
            Coded(self._rooms, lane),
            Coded(self._people, lane),
        )

    @abstractmethod
    def columns(self, lane: Ints, k: Ints, t_ms: Ints) -> Columns | Told:
        """Make samples, given lane, number and time of each."""


class LaneDataset:
    """Regular samples of many lanes, never made before they are asked for."""

    def __init__(self, lanes: RenderedLanes) -> None:
        self.lanes = lanes
        identities = lanes.identities
        self._rooms = np.array([room for room, _, _ in identities], dtype=object)
        self._people = np.array([person for _, person, _ in identities], dtype=object)
        order = sorted(range(len(identities)), key=lambda i: identities[i][1:])
        self.rank = np.empty(len(order), dtype=np.int64)
        self.rank[order] = np.arange(len(order))

    @property
    def size(self) -> int:
        """Lanes; their samples are not held."""
        return len(self.lanes.count)

    def select(self, query: Query) -> "LaneSelection":
        """Turn the window into a range of samples for each lane."""
        lanes = self.lanes
        wanted: Mask = np.ones(len(lanes.count), dtype=np.bool_)
        if query.room_ids is not None:
            wanted &= np.array([room in query.room_ids for room in self._rooms], dtype=np.bool_)
        if query.participant_id is not None:
            wanted &= self._people == query.participant_id
        last_ms = query.now_ms if query.end_ms is None else min(query.end_ms, query.now_ms)
        low = lanes.before(max(query.start_ms, -_FAR_MS)) if query.start_ms is not None else np.zeros_like(lanes.count)
        high = np.maximum(low, lanes.before(min(last_ms, _FAR_MS) + 1))
        return LaneSelection(self, np.where(wanted, low, 0), np.where(wanted, high, 0), query)


class LaneSelection:
    """A range of samples in each lane, read in the merged order of all."""

    def __init__(self, dataset: LaneDataset, low: Ints, high: Ints, query: Query) -> None:
        self._dataset = dataset
        self._low, self._high = low, high
        self._by_onset = query.sort == "onset"
        self._descending = query.descending
        self.total = int((high - low).sum())

    def rows(self, start: int, stop: int) -> list[Any]:
        """Records `start` to `stop` of the selection, whatever stands before them."""
        return self._columns(start, stop).records()

    def written(self, start: int, stop: int, writer: RowWriter) -> bytes:
        """The same, written."""
        return writer.block(self._columns(start, stop))

    def _columns(self, start: int, stop: int) -> Columns | Told:
        start, stop = max(0, start), min(stop, self.total)
        return self._dataset.lanes.columns(*self._samples(start, max(start, stop)))

    def _samples(self, start: int, stop: int) -> tuple[Ints, Ints, Ints]:
        """Lane, number and time of the samples at some places of the order."""
        if start == stop:
            return (np.empty(0, np.int64),) * 3
        if not self._descending:
            return self._ascending(start, stop)
        lane, k, t = self._ascending(self.total - stop, self.total - start)
        return lane[::-1], k[::-1], t[::-1]

    def _ascending(self, start: int, stop: int) -> tuple[Ints, Ints, Ints]:
        first = self._instant_of(start)
        last = self._instant_of(stop - 1)
        low, high = self._before(first), self._before(last + 1)
        taken = high - low
        lane = np.repeat(np.arange(len(taken)), taken)
        k = np.arange(len(lane)) - np.repeat(np.cumsum(taken) - taken, taken) + low[lane]
        t = self._dataset.lanes.times(lane, k)
        key = t - self._dataset.lanes.zero[lane] if self._by_onset else t
        order = np.lexsort((k, self._dataset.rank[lane], key))
        skipped = start - int((low - self._low).sum())
        order = order[skipped : skipped + stop - start]
        return lane[order], k[order], t[order]

    def _before(self, key_ms: int) -> Ints:
        """How many samples of each lane lie before a timestamp or an onset, within the lane's range."""
        at_ms = self._dataset.lanes.zero + key_ms if self._by_onset else key_ms
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
        zero = lanes.zero[used] if self._by_onset else 0
        first = lanes.times(used, self._low[used]) - zero
        last = lanes.times(used, self._high[used] - 1) - zero
        return int(first.min()), int(last.max()) + 1
