"""`aggregationWindow`: one averaged sync record for each participant and window.

Source: the parameter is the client's (observed); windows that begin at the room's start, and plain means
with the window's beginning as timestamp, are inferred.
"""

from collections.abc import Sequence
from math import fsum
from typing import NamedTuple

from mockserver.simulation.datasets import Query, Selection
from mockserver.simulation.records import SyncSample
from mockserver.simulation.rooms import RoomRef

__all__ = ["averaged"]

_CHUNK = 20_000


class Windows:
    """Averaged records, ready to be read from any place."""

    def __init__(self, records: Sequence[SyncSample]) -> None:
        self.total = len(records)
        self._records = records

    def rows(self, start: int, stop: int) -> list[NamedTuple]:
        """Records `start` to `stop`."""
        return list(self._records[start:stop])


def averaged(found: Selection, rooms: Sequence[RoomRef], window_ms: int, query: Query) -> Windows:
    """Average what a query found, in the query's order. Reads all of it, unlike a page without windows."""
    zeros_ms = {room.room_id: room.started_ms for room in rooms}
    windows: dict[tuple[str, str, int], list[SyncSample]] = {}
    for start in range(0, found.total, _CHUNK):
        for sample in found.rows(start, start + _CHUNK):
            if isinstance(sample, SyncSample):
                key = (sample.room_id, sample.participant_id, sample.onset_ms // window_ms)
                windows.setdefault(key, []).append(sample)
    records = [
        _mean(samples, number * window_ms, zeros_ms[room_id]) for (room_id, _, number), samples in windows.items()
    ]
    records.sort(
        key=lambda r: (r.onset_ms if query.sort == "onset" else r.timestamp_ms, r.participant_id),
        reverse=query.descending,
    )
    return Windows(records)


def _mean(samples: list[SyncSample], onset_ms: int, zero_ms: int) -> SyncSample:
    count = len(samples)
    first = min(samples, key=lambda sample: sample.timestamp_ms)
    # An exact sum does not depend on the order in which the query found the samples.
    return first._replace(
        metric_id=f"{first.metric_id}_avg",
        timestamp_ms=zero_ms + onset_ms,
        onset_ms=onset_ms,
        time_drift_ms=round(sum(s.time_drift_ms for s in samples) / count),
        playback_rate=round(fsum(s.playback_rate for s in samples) / count, 4),
        sync_quality=round(fsum(s.sync_quality for s in samples) / count, 3),
        latency_ms=round(sum(s.latency_ms for s in samples) / count),
        buffer_health=round(fsum(s.buffer_health for s in samples) / count, 3),
    )
