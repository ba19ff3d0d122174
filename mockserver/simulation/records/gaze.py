"""Eye tracking: where somebody looks while a state lasts (shape inferred, after common eye trackers).

The gaze rests on a place and jumps to the next: places are hashed for each stretch of time, so any sample
can be made alone. Samples are lost in blinks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mockserver.simulation.chance import Floats, Ints, normal_at, uniform_at
from mockserver.simulation.datasets.columns import Coded, Columns, Decimals
from mockserver.simulation.datasets.lanes import RenderedLanes
from mockserver.simulation.datasets.regular import Lane, samples_between
from mockserver.simulation.noise import smooth_noise
from mockserver.simulation.records.continuous import rating_window
from mockserver.simulation.records.records import GazeSample
from mockserver.simulation.story.plan import Plan

__all__ = ["GazeLane", "GazeLanes", "gaze_lanes"]

_FIXATION_MS = 320
# A blink begins in one of so many stretches, and loses what is seen in its first part.
_BLINK_CHANCE, _BLINK_MS = 0.06, 140
_TREMOR = 0.004


@dataclass(frozen=True, slots=True)
class GazeLane(Lane):
    """The samples of one participant's eyes in one state, without a gap.

    Attributes:
        moved_ms: The experiment's; eyes move as if it had not been moved.
    """

    state_id: str
    moved_ms: int = 0


def gaze_lanes(plan: Plan) -> list[GazeLane]:
    """Every eye tracker of a room: one lane for each stretch in which its participant was connected."""
    lanes = []
    for visit in plan.visits:
        every_ms = visit.state.gaze_interval_ms
        if every_ms is None:
            continue
        person = plan.participants[visit.seat]
        for part, (start_ms, end_ms) in enumerate(person.present_in(*rating_window(plan, visit))):
            chance = plan.chance("gaze", visit.state_id, visit.seat, part)
            lanes.append(
                GazeLane(
                    code=chance.code(9, "id"),
                    experiment_id=plan.room.experiment_id,
                    room_id=plan.room.room_id,
                    participant_id=person.participant_id,
                    start_ms=start_ms,
                    period_ms=every_ms,
                    jitter_ms=0,
                    count=samples_between(start_ms, end_ms, every_ms, 0),
                    zero_ms=plan.room.started_ms,
                    key=chance.stream("samples"),
                    state_id=visit.state_id,
                    moved_ms=plan.room.experiment.moved_ms,
                )
            )
    return [lane for lane in lanes if lane.count]


class GazeLanes(RenderedLanes):
    """Many eye trackers, and what they saw."""

    def __init__(self, lanes: Sequence[GazeLane]) -> None:
        super().__init__(lanes, "gaze")
        self.lanes = lanes
        self._states = [lane.state_id for lane in lanes]
        self.moved = np.array([lane.moved_ms for lane in lanes], dtype=np.int64)

    def columns(self, lane: Ints, k: Ints, t_ms: Ints) -> Columns:
        """The samples themselves, given lane, number and time of each."""
        own_ms = t_ms - self.moved[lane]
        seen = ~self._blinks(lane, own_ms)
        pupil_mm = 3.4 + 0.25 * smooth_noise(self.key[lane] + np.uint64(20), own_ms, 4000)
        arrays = (
            *self.identity(lane, k),
            Coded(self._states, lane),
            t_ms,
            t_ms - self.zero[lane],
            Decimals.rounded(self._gaze(lane, own_ms, k, 0), 4, seen),
            Decimals.rounded(self._gaze(lane, own_ms, k, 10), 4, seen),
            Decimals.rounded(pupil_mm, 3, seen),
            Coded((False, True), seen.astype(np.int64)),
        )
        return Columns(GazeSample, arrays, len(lane), self.kept)

    def _gaze(self, lane: Ints, t_ms: Ints, k: Ints, axis: int) -> Floats:
        """One coordinate, from 0 to 1 of the screen; most of what is worth seeing is in its middle."""
        place = 0.5 + 0.16 * normal_at(self.key[lane] + np.uint64(axis + 1), t_ms // _FIXATION_MS)
        tremor = _TREMOR * normal_at(self.key[lane] + np.uint64(axis + 2), k)
        seen: Floats = np.clip(place + tremor, 0.0, 1.0)
        return seen

    def _blinks(self, lane: Ints, t_ms: Ints) -> np.typing.NDArray[np.bool_]:
        blinks = uniform_at(self.key[lane] + np.uint64(30), t_ms // _FIXATION_MS) < _BLINK_CHANCE
        closed: np.typing.NDArray[np.bool_] = blinks & (t_ms % _FIXATION_MS < _BLINK_MS)
        return closed
