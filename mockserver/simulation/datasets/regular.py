"""Lanes: regular samples whose times are arithmetic, so that any of them can be had without the others.

Sample k of a lane is taken at `start + jitter + k * period + j(k)` with `|j(k)| <= jitter < period / 2`.
The samples are in order, and "how many lie before T" is one division and a look at one neighbour. Over
many lanes at once that is a handful of vector operations, whatever the number of samples.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mockserver.simulation.chance import Ints, Keys, hash_at

__all__ = ["Lane", "Lanes", "samples_between"]


@dataclass(frozen=True, slots=True)
class Lane:
    """A run of regular samples of one participant.

    Attributes:
        code: Begins every sample's id; unique in its data type.
        start_ms, period_ms, jitter_ms, count: The times, as in the module's text.
        zero_ms: The room's start, from which onsets count.
        key: Stream of chance.
    """

    code: str
    experiment_id: str
    room_id: str
    participant_id: str
    start_ms: int
    period_ms: int
    jitter_ms: int
    count: int
    zero_ms: int
    key: int


def samples_between(start_ms: int, end_ms: int, period_ms: int, jitter_ms: int) -> int:
    """How many samples fit into `[start, end)` whatever their jitter."""
    return max(0, (end_ms - start_ms - 2 * jitter_ms - 1) // period_ms + 1)


class Lanes:
    """The times of many lanes as columns of equal length."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self.start = np.array([lane.start_ms + lane.jitter_ms for lane in lanes], dtype=np.int64)
        self.period = np.array([lane.period_ms for lane in lanes], dtype=np.int64)
        self.jitter = np.array([lane.jitter_ms for lane in lanes], dtype=np.int64)
        self.count = np.array([lane.count for lane in lanes], dtype=np.int64)
        self.zero = np.array([lane.zero_ms for lane in lanes], dtype=np.int64)
        self.key: Keys = np.array([lane.key for lane in lanes], dtype=np.uint64)
        self.identities = [(lane.room_id, lane.participant_id, lane.code) for lane in lanes]

    def times(self, lane: Ints, k: Ints) -> Ints:
        """When sample `k[i]` of lane `lane[i]` was taken, in ms since the epoch."""
        jitter = self.jitter[lane]
        span = (2 * jitter + 1).astype(np.uint64)
        drawn = (hash_at(self.key[lane], k) >> np.uint64(32)) * span >> np.uint64(32)
        taken: Ints = self.start[lane] + k * self.period[lane] + drawn.astype(np.int64) - jitter
        return taken

    def before(self, at_ms: Ints | int) -> Ints:
        """How many samples of each lane lie before an instant (one for all, or one for each)."""
        sure = -(-(at_ms - self.start - self.jitter) // self.period)
        sure = np.clip(sure, 0, self.count)
        lane = np.flatnonzero(sure < self.count)
        at = np.broadcast_to(np.asarray(at_ms, dtype=np.int64), self.start.shape)[lane]
        sure[lane] += self.times(lane, sure[lane]) < at
        counted: Ints = sure
        return counted
