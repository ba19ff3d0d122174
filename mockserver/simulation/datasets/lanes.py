"""Regular samples of many lanes in one order, found by arithmetic and made only when a page shows them."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mockserver.simulation.chance import Floats, Ints
from mockserver.simulation.datasets.columns import Coded, Columns, Numbered, RowWriter, Told
from mockserver.simulation.datasets.query import Query
from mockserver.simulation.datasets.regular import Lane, Lanes

__all__ = ["LaneDataset", "LaneSelection", "RenderedLanes"]

Mask = NDArray[np.bool_]
# Beyond every instant of a world, and small enough that nothing overflows.
_FAR_MS = 2**53
# So often an instant is guessed; then what is left is halved until it is found.
_GUESSES = 4


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
        # Pages of one query are asked for one after the other.
        self._ordered = lru_cache(maxsize=8)(self._order)
        used = np.flatnonzero(lanes.count)
        self._first_ms = int(np.min(lanes.times(used, np.zeros_like(used)), initial=_FAR_MS))
        self._last_ms = int(np.max(lanes.times(used, lanes.count[used] - 1), initial=-_FAR_MS))
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
        # Before the first sample and after the last, no instant differs from any other.
        last_ms = query.now_ms if query.end_ms is None else min(query.end_ms, query.now_ms)
        ordered = self._ordered(
            max(self._first_ms if query.start_ms is None else query.start_ms, self._first_ms),
            min(last_ms, self._last_ms),
            query.sort,
            query.room_ids,
            query.participant_id,
        )
        return LaneSelection(self.lanes, ordered, query.descending)

    def _order(
        self,
        start_ms: int,
        last_ms: int,
        sort: str,
        room_ids: frozenset[str] | None,
        participant_id: str | None,
    ) -> "_Order":
        lanes = self.lanes
        wanted: Mask = np.ones(len(lanes.count), dtype=np.bool_)
        if room_ids is not None:
            wanted &= np.array([room in room_ids for room in self._rooms], dtype=np.bool_)
        if participant_id is not None:
            wanted &= self._people == participant_id
        low = lanes.before(start_ms)
        high = np.maximum(low, lanes.before(last_ms + 1))
        return _Order(lanes, self.rank, np.where(wanted, low, 0), np.where(wanted, high, 0), by_onset=sort == "onset")


class LaneSelection:
    """A range of samples in each lane, read in the merged order of all."""

    def __init__(self, lanes: RenderedLanes, ordered: "_Order", descending: bool) -> None:
        self.total = ordered.total
        self._lanes = lanes
        self._ordered = ordered
        self._descending = descending

    def rows(self, start: int, stop: int) -> list[Any]:
        """Records `start` to `stop` of the selection, whatever stands before them."""
        return self._columns(start, stop).records()

    def written(self, start: int, stop: int, writer: RowWriter) -> bytes:
        """The same, written."""
        return writer.block(self._columns(start, stop))

    def _columns(self, start: int, stop: int) -> Columns | Told:
        start, stop = max(0, start), min(stop, self.total)
        if start >= stop:
            return Told(())
        if not self._descending:
            return self._lanes.columns(*self._ordered.samples(start, stop))
        lane, k, t_ms = self._ordered.samples(self.total - stop, self.total - start)
        return self._lanes.columns(lane[::-1], k[::-1], t_ms[::-1])


class _Order:
    """The samples of a range of each lane, by time or onset, then by participant and lane.

    Args:
        rank: Order of the lanes where samples are taken at once.
        low, high: Each lane's first sample, and the one after its last.
        by_onset: Sort by the time since the room's start.
    """

    def __init__(self, lanes: Lanes, rank: Ints, low: Ints, high: Ints, *, by_onset: bool) -> None:
        self.total = int((high - low).sum())
        self._lanes, self._rank = lanes, rank
        self._low, self._high = low, high
        self._zero = lanes.zero if by_onset else np.zeros_like(lanes.zero)
        self._knots_ms, self._reached = self._ramps()

    def samples(self, start: int, stop: int) -> tuple[Ints, Ints, Ints]:
        """Lane, number and time of the samples `start` to `stop`, at least one.

        More are looked at than are asked for: it takes fewer steps to find instants somewhere near the ends.
        """
        low, high = self._floor(start), self._ceiling(stop)
        taken = high - low
        lane = np.repeat(np.arange(len(taken)), taken)
        k = np.arange(len(lane)) - np.repeat(np.cumsum(taken) - taken - low, taken)
        t_ms = self._lanes.times(lane, k)
        key = t_ms - self._zero[lane]
        # A lane has no two samples at one instant.
        order = np.argsort((key - key.min()) * len(taken) + self._rank[lane], kind="stable")
        skipped = start - int((low - self._low).sum())
        order = order[skipped : skipped + stop - start]
        return lane[order], k[order], t_ms[order]

    def _floor(self, place: int) -> Ints:
        """How many samples of each lane lie before an instant at or not long before a place."""
        return self._low if place == 0 else self._near(place, -1)

    def _ceiling(self, place: int) -> Ints:
        """How many samples of each lane lie before an instant not long after the sample before a place."""
        return self._high if place == self.total else self._near(place, 1)

    def _near(self, place: int, side: int) -> Ints:
        """Counts that sum up to `place`, or to a few less (side -1) or more (1)."""
        spare = 50 + len(self._low) // 4
        least, most = (place - spare, place) if side < 0 else (place, place + spare)
        offset = int(self._low.sum())
        low_ms, high_ms, before, after = int(self._knots_ms[0]), int(self._knots_ms[-1]), self._low, self._high
        aim, tries = (least + most) / 2, 0
        while high_ms - low_ms > 1:
            guess_ms = int(np.interp(aim, self._reached, self._knots_ms)) if tries < _GUESSES else low_ms
            if not low_ms < guess_ms < high_ms:
                guess_ms = (low_ms + high_ms) // 2
            counts = np.clip(self._lanes.before(self._zero + guess_ms), self._low, self._high)
            count = int(counts.sum()) - offset
            if least <= count <= most:
                return counts
            if count < least:
                low_ms, before = guess_ms, counts
            else:
                high_ms, after = guess_ms, counts
            aim, tries = aim + (least + most) / 2 - count, tries + 1
        return before if side < 0 else after

    def _ramps(self) -> tuple[Ints, Floats]:
        """Instants, and about how many samples lie before each: what the counts would be if nothing jittered.

        None lies before the first instant, and none at the last or later.
        """
        used = np.flatnonzero(self._high > self._low)
        if not len(used):
            return np.zeros(1, np.int64), np.zeros(1)
        zero, low, high = self._zero[used], self._low[used], self._high[used]
        begins_ms = self._lanes.times(used, low) - zero
        ends_ms = self._lanes.times(used, high - 1) - zero + 1
        rate = (high - low) / (ends_ms - begins_ms)
        knots_ms = np.concatenate([begins_ms, ends_ms])
        order = np.argsort(knots_ms, kind="stable")
        knots_ms = knots_ms[order]
        slopes = np.cumsum(np.concatenate([rate, -rate])[order])
        reached = np.concatenate([[0.0], np.cumsum(slopes[:-1] * np.diff(knots_ms))])
        return knots_ms, np.maximum.accumulate(reached)
