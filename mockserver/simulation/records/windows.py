"""Windows: one averaged sync record for each viewer and window of so many ms, never made before it is asked for.

Window n of a room begins at `zero + n * window`. Samples of a lane are a period apart, give or take twice
the jitter. So where a window is at least as long as the longest way from one sample to the next, no window
between a lane's first and last sample is empty, and counting windows is a subtraction. Where it is no
longer than the shortest way, every sample has a window of its own. Only in between have all times to be
looked at, once for each length; what is kept of that are the few samples that follow another in its window.

A viewer has several lanes: every pause and every lost connection begins a new one. Where a lane begins in
the window in which the one before it ended (a *joint*), the window is the earlier lane's.

Source: the parameter `aggregationWindow` is the client's (observed); windows that begin at the room's
start, plain means with the window's beginning as timestamp, which a time window is about as for every other
record, and when a window is there (inferred).
"""

from collections.abc import Sequence
from itertools import pairwise
from math import fsum

import numpy as np

from mockserver.simulation.chance import Ints
from mockserver.simulation.datasets.columns import Told
from mockserver.simulation.datasets.lanes import LaneDataset, RenderedLanes
from mockserver.simulation.datasets.regular import Lanes
from mockserver.simulation.records.records import SyncSample
from mockserver.simulation.records.sync import SyncLanes

__all__ = ["WindowDataset", "last_closed_ms"]

# Samples that are made, averaged and forgotten together, some hundred bytes each.
_BATCH = 20_000


def last_closed_ms(samples: Lanes, window_ms: int, now_ms: int) -> int:
    """The last instant at which a window can begin so that neither it nor any before it gets another sample.

    A window is closed when it is over, or when its room has no sample to come; and it is there when all
    that begin before it are closed too, so that nothing slips in behind a client that polls. In short:
    windows are there up to the first that is running in a room with samples to come (inferred).

    Args:
        samples: Of all rooms that may have samples to come; every lane has at least one.
        window_ms: Length of a window, 1 or more.
        now_ms: ms since the epoch.

    Returns:
        ms since the epoch, `now_ms` at most.
    """
    last_ms = samples.times(np.arange(len(samples.count)), samples.count - 1)
    zero_ms = samples.zero[last_ms > now_ms]
    running_ms = zero_ms + np.maximum(now_ms - zero_ms, 0) // window_ms * window_ms
    return int(np.min(running_ms - 1, initial=now_ms))


class WindowDataset(LaneDataset):
    """The averages of many lanes' samples.

    Args:
        samples: The lanes, in any order; those of one viewer do not overlap.
        window_ms: Length of a window, 1 or more.
    """

    def __init__(self, samples: SyncLanes, window_ms: int) -> None:
        ordered = SyncLanes(sorted(samples.lanes, key=lambda x: (x.room_id, x.participant_id, x.start_ms)))
        numbers = _Numbers(ordered, window_ms)
        super().__init__(_WindowLanes(ordered, numbers))
        self._kept = len(numbers.followers)

    @property
    def size(self) -> int:
        """Lanes, and what is kept of having looked at all times."""
        return super().size + self._kept


class _Numbers:
    """Which window each sample lies in: as the room counts them, and in the row of those that are not empty."""

    def __init__(self, samples: SyncLanes, window_ms: int) -> None:
        self.window_ms = window_ms
        self._samples = samples
        self._dense = bool(np.all(samples.period + 2 * samples.jitter <= window_ms))
        sparse = bool(np.all(samples.period - 2 * samples.jitter >= window_ms))
        # Samples are numbered through all lanes, by what lies before each lane and their number in it.
        self._offset = _sums_before(samples.count)
        self.followers = np.empty(0, np.int64) if self._dense or sparse else self._all_followers()

    def of_sample(self, lane: Ints, k: Ints) -> Ints:
        """The window that a sample lies in; 0 is the room's first."""
        number: Ints = (self._samples.times(lane, k) - self._samples.zero[lane]) // self.window_ms
        return number

    def in_row(self, lane: Ints, k: Ints) -> Ints:
        """A sample's window in the row of the windows of its lane, without the empty ones; only differences count."""
        if self._dense:
            return self.of_sample(lane, k)
        place = self._offset[lane] + k
        row: Ints = place - np.searchsorted(self.followers, place, side="right")
        return row

    def of_row(self, lane: Ints, row: Ints) -> Ints:
        """The window at a place of a lane's row."""
        if self._dense:
            return row
        # As far into the row of all lanes as into all samples, but for the followers passed on the way.
        passed = self.followers - np.arange(len(self.followers))
        place = row + np.searchsorted(passed, row, side="right")
        return self.of_sample(lane, place - self._offset[lane])

    def _all_followers(self) -> Ints:
        """The samples that lie in the window of the sample before them, lane by lane so that little is held at once."""
        found = [np.empty(0, np.int64)]
        for lane, count in enumerate(self._samples.count.tolist()):
            number = self.of_sample(np.full(count, lane), np.arange(count))
            found.append(self._offset[lane] + 1 + np.flatnonzero(np.diff(number) == 0))
        return np.concatenate(found)


class _WindowLanes(RenderedLanes):
    """Lanes whose items are windows in place of samples.

    Args:
        samples: The lanes, a viewer's together and in order of time.
        numbers: Of these samples' windows.
    """

    def __init__(self, samples: SyncLanes, numbers: _Numbers) -> None:
        super().__init__(samples.lanes, "sync")
        self._samples, self._numbers = samples, numbers
        self._every = np.arange(len(samples.count))
        self._first = numbers.in_row(self._every, np.zeros_like(self._every)) + self._joints()
        self.count = self._own(samples.count)
        # Samples are numbered through all lanes, so that a window with joints is one range of them.
        self._place = _sums_before(samples.count)
        self._end = self._ends()

    def times(self, lane: Ints, k: Ints) -> Ints:
        """When window `k[i]` of lane `lane[i]` begins, in ms since the epoch."""
        number = self._numbers.of_row(lane, self._first[lane] + k)
        begins: Ints = self.zero[lane] + number * self._numbers.window_ms
        return begins

    def before(self, at_ms: Ints | int) -> Ints:
        """How many windows of each lane begin before an instant (one for all, or one for each)."""
        window_ms = self._numbers.window_ms
        next_begin_ms = self.zero - (self.zero - at_ms) // window_ms * window_ms
        return self._own(self._samples.before(next_begin_ms))

    def columns(self, lane: Ints, k: Ints, t_ms: Ints) -> Told:
        """Average windows, given lane, number and beginning of each."""
        start = self._place_at(lane, t_ms)
        last = k == self.count[lane] - 1
        stop = np.where(last, self._end[lane], self._place_at(lane, t_ms + self._numbers.window_ms))
        batch = np.cumsum(stop - start) // _BATCH
        return Told(
            [
                record
                for some in np.split(np.arange(len(lane)), np.flatnonzero(np.diff(batch)) + 1)
                for record in self._means(start[some], stop[some], t_ms[some], self.zero[lane[some]])
            ]
        )

    def _means(self, start: Ints, stop: Ints, t_ms: Ints, zero_ms: Ints) -> list[SyncSample]:
        size = stop - start
        end = np.cumsum(size)
        place = np.arange(size.sum()) + np.repeat(stop - end, size)
        lane = np.searchsorted(self._place, place, side="right") - 1
        k = place - self._place[lane]
        samples = self._samples.columns(lane, k, self._samples.times(lane, k)).records()
        bounds = zip((end - size).tolist(), end.tolist(), strict=True)
        instants = zip(t_ms.tolist(), (t_ms - zero_ms).tolist(), strict=True)
        return [_mean(samples[i:j], *instant) for (i, j), instant in zip(bounds, instants, strict=True)]

    def _own(self, upto: Ints) -> Ints:
        """How many windows each lane has of its own, of its samples that come before `upto`."""
        own = self._numbers.in_row(self._every, upto - 1) - self._first + 1
        counted: Ints = np.where(upto > 0, own, 0)
        return counted

    def _joints(self) -> Ints:
        """1 for a lane that begins in the window in which the viewer's lane before it ended, else 0."""
        used = np.flatnonzero(self._samples.count)
        first = self._numbers.of_sample(used, np.zeros_like(used))
        last = self._numbers.of_sample(used, self._samples.count[used] - 1)
        viewers = [self.identities[lane][:2] for lane in used.tolist()]
        same = np.array([one == other for one, other in pairwise(viewers)], dtype=np.bool_)
        joint = np.zeros_like(self._samples.count)
        joint[used[1:]] = same & (last[:-1] == first[1:])
        return joint

    def _ends(self) -> Ints:
        """The place after the last sample of each lane's last window, which may lie in a later lane."""
        used = np.flatnonzero(self.count)
        start = self._place_at(used, self.times(used, np.zeros_like(used)))
        end = np.full_like(self.count, self._samples.count.sum())
        end[used[:-1]] = start[1:]
        return end

    def _place_at(self, lane: Ints, at_ms: Ints) -> Ints:
        """The place of the first sample of each lane given that does not lie before an instant."""
        place: Ints = self._place[lane] + Lanes([self._samples.lanes[i] for i in lane.tolist()]).before(at_ms)
        return place


def _sums_before(counts: Ints) -> Ints:
    sums: Ints = np.cumsum(counts) - counts
    return sums


def _mean(samples: Sequence[SyncSample], at_ms: int, onset_ms: int) -> SyncSample:
    """Average a window's samples, in order of time, under the id of the first."""
    count = len(samples)
    first = samples[0]
    # An exact sum does not depend on the order of the samples.
    return first._replace(
        metric_id=f"{first.metric_id}_avg",
        timestamp_ms=at_ms,
        onset_ms=onset_ms,
        time_drift_ms=round(sum(s.time_drift_ms for s in samples) / count),
        playback_rate=round(fsum(s.playback_rate for s in samples) / count, 4),
        sync_quality=round(fsum(s.sync_quality for s in samples) / count, 3),
        latency_ms=round(sum(s.latency_ms for s in samples) / count),
        buffer_health=round(fsum(s.buffer_health for s in samples) / count, 3),
    )
