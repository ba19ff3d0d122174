"""Continuous ratings: sliders, sampled while a state lasts.

What somebody feels is a latent curve over media time: one part shared by all who watch the same video,
one part their own. The hand follows late, moves in short strokes and holds in between. All of it is a
function of the instant, so any sample can be made alone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mockserver.simulation.chance import Chance, Floats, Ints, uniform_at
from mockserver.simulation.curves import Waves, WaveTable, waves
from mockserver.simulation.datasets.columns import Coded, Columns
from mockserver.simulation.datasets.lanes import RenderedLanes
from mockserver.simulation.datasets.regular import Lane, samples_between
from mockserver.simulation.records.records import ContinuousRating
from mockserver.simulation.scenario.specs import ContinuousSpec, Ratings
from mockserver.simulation.story.plan import Plan, Span, Visit

__all__ = ["HAND_LAG_MS", "ContinuousLane", "ContinuousLanes", "continuous_lanes", "rating_window"]

# A hand makes at most one stroke in this time, and takes this long for it.
_STROKE_EVERY_MS = 1600
_STROKE_STARTS_WITHIN_MS = 600
_STROKE_MS = 700
# How late the slider shows a feeling, on average and beside the person's own lag: until the stroke for it
# is half made, and for half of the time until the next one.
HAND_LAG_MS = _STROKE_STARTS_WITHIN_MS // 2 + _STROKE_MS // 2 + _STROKE_EVERY_MS // 2
# Strokes are made once the feeling has changed by this share of its spread; until then the hand holds.
_HOLD_STEP = 0.3


@dataclass(frozen=True, slots=True)
class ContinuousLane(Lane):
    """The samples of one slider of one participant, without a gap.

    Attributes:
        media_zero_ms, pauses: When the video began, and when it stood still: room time to media time.
        feeling, own: The latent curve that all share, and the person's own. shared: how much of what is
            felt is shared, as the correlation of two people.
        level, spread: Where on the scale (0 to 1) the person rates, and how far they move.
    """

    state_id: str
    component_id: str
    scale_min: int
    scale_max: int
    media_zero_ms: int
    pauses: tuple[Span, ...]
    feeling: Waves
    own: Waves
    shared: float
    lag_ms: int
    level: float
    spread: float


def rating_window(plan: Plan, visit: Visit) -> Span:
    """When a state's slider is sampled: while its video plays or pauses, else while the state is shown."""
    end_ms = visit.exited_ms if visit.completed_ms is None else visit.completed_ms
    for screening in plan.screenings:
        if screening.state_id == visit.state_id:
            return screening.playing[0][0], min(end_ms, screening.ended_ms)
    return visit.shown_ms, end_ms


def continuous_lanes(plan: Plan, ratings: Ratings) -> list[ContinuousLane]:
    """Every slider of a room: one lane for each stretch in which its participant was connected."""
    lanes = []
    for visit in plan.visits:
        spec = visit.state.continuous
        if spec is not None:
            person = plan.participants[visit.seat]
            window = rating_window(plan, visit)
            spans = person.present_in(*window)
            lanes += [_lane(plan, ratings, visit, spec, window, n, span) for n, span in enumerate(spans)]
    return [lane for lane in lanes if lane.count]


def _lane(
    plan: Plan, ratings: Ratings, visit: Visit, spec: ContinuousSpec, window: Span, part: int, span: Span
) -> ContinuousLane:
    person = plan.participants[visit.seat]
    chance = plan.chance("continuous", visit.state_id, visit.seat)
    video = Chance(plan.seed, "video", plan.room.experiment_id, visit.state_id, spec.dimension)
    duration_ms, curves = int(visit.state.duration_s * 1000), len(plan.participants) + 1
    period_ms = spec.interval_ms
    jitter_ms = min(spec.jitter_ms, (period_ms - 100) // 2, (500 - period_ms) // 2, (period_ms - 1) // 2)
    start_ms = span[0] + chance.integer(0, period_ms - 1, "phase", part)
    pauses = [p for s in plan.screenings if s.state_id == visit.state_id for p in s.pauses]
    return ContinuousLane(
        code=chance.code(9, "id", part),
        experiment_id=plan.room.experiment_id,
        room_id=plan.room.room_id,
        participant_id=person.participant_id,
        start_ms=start_ms,
        period_ms=period_ms,
        jitter_ms=jitter_ms,
        count=samples_between(start_ms, span[1], period_ms, jitter_ms),
        zero_ms=plan.room.started_ms,
        key=chance.stream("samples", part),
        state_id=visit.state_id,
        component_id=spec.component_id,
        scale_min=spec.scale_min,
        scale_max=spec.scale_max,
        media_zero_ms=window[0],
        pauses=tuple((pause.paused_ms, pause.resumed_ms) for pause in pauses),
        feeling=waves(video, duration_ms, 0, curves),
        own=waves(chance, duration_ms, 1 + visit.seat, curves),
        shared=ratings.shared,
        lag_ms=person.traits.lag_ms,
        level=person.traits.level,
        spread=0.0 if person.idle else person.traits.spread,
    )


class ContinuousLanes(RenderedLanes):
    """Many sliders, and what they were set to."""

    def __init__(self, lanes: Sequence[ContinuousLane]) -> None:
        super().__init__(lanes, "rating")
        self._components = [lane.component_id for lane in lanes]
        self._lows, self._highs = [lane.scale_min for lane in lanes], [lane.scale_max for lane in lanes]
        self.lanes = lanes
        # Of each lane the curve that all share, and then of each its own.
        self._curves = WaveTable([lane.feeling for lane in lanes] + [lane.own for lane in lanes])
        self.shared_weight: Floats = np.array([math.sqrt(lane.shared) for lane in lanes], dtype=np.float64)
        self.own_weight: Floats = np.array([math.sqrt(1 - lane.shared) for lane in lanes], dtype=np.float64)
        self.lag = np.array([lane.lag_ms for lane in lanes], dtype=np.int64)
        self.level: Floats = np.array([lane.level for lane in lanes], dtype=np.float64)
        self.spread: Floats = np.array([lane.spread for lane in lanes], dtype=np.float64)
        self.scale_min = np.array([lane.scale_min for lane in lanes], dtype=np.int64)
        self.scale_max = np.array([lane.scale_max for lane in lanes], dtype=np.int64)
        self.media_zero = np.array([lane.media_zero_ms for lane in lanes], dtype=np.int64)
        most = max((len(lane.pauses) for lane in lanes), default=0)
        never = (np.iinfo(np.int64).max // 2,) * 2
        padded = [[*lane.pauses, *[never] * (most - len(lane.pauses))] for lane in lanes]
        self.pauses = np.array(padded, dtype=np.int64).reshape(len(lanes), most, 2)

    def columns(self, lane: Ints, k: Ints, t_ms: Ints) -> Columns:
        """The samples themselves, given lane, number and time of each."""
        low, high = self.scale_min[lane], self.scale_max[lane]
        raw = low + np.rint(self.positions(lane, t_ms) * (high - low)).astype(np.int64)
        # Few places on a scale are shown, whatever their ratio is.
        ratios, codes = np.unique((raw - low) / (high - low), return_inverse=True)
        value = Coded(ratios.tolist(), codes, lasting=False)
        arrays = (
            *self.identity(lane, k),
            Coded(self._components, lane),
            t_ms,
            t_ms - self.zero[lane],
            value,
            value,
            raw,
            Coded(self._lows, lane),
            Coded(self._highs, lane),
        )
        return Columns(ContinuousRating, arrays, len(lane), self.kept)

    def positions(self, lane: Ints, t_ms: Ints) -> Floats:
        """Where the slider stands, from 0 to 1."""
        moved = self.level[lane] + self.spread[lane] * self._hand(lane, self.media_ms(lane, t_ms))
        return np.clip(moved, 0.0, 1.0)

    def media_ms(self, lane: Ints, t_ms: Ints) -> Ints:
        """Media time: room time since the video began, without the pauses."""
        media = t_ms - self.media_zero[lane]
        for paused, resumed in np.moveaxis(self.pauses[lane], 1, 0).transpose(0, 2, 1):
            media = media - np.clip(t_ms - paused, 0, resumed - paused)
        return media

    def shared_feeling(self, lane: Ints, media_ms: Ints) -> Floats:
        """The latent curve that all who watch have in common: mean 0, variance 1."""
        return self._curves.at(lane, media_ms)

    def feeling(self, lane: Ints, media_ms: Ints) -> Floats:
        """The latent curve: mean 0, variance 1, correlated between people as the scenario says."""
        both = self._curves.at(np.concatenate([lane, lane + len(self.lanes)]), np.concatenate([media_ms, media_ms]))
        shared, own = both.reshape(2, len(lane))
        felt: Floats = self.shared_weight[lane] * shared + self.own_weight[lane] * own
        return felt

    def _hand(self, lane: Ints, media_ms: Ints) -> Floats:
        """The feeling as the hand shows it: late, in strokes, holding between them.

        Many samples are taken in each stretch that has a stroke, so strokes are looked at stretch by stretch.
        """
        place = media_ms // _STROKE_EVERY_MS
        first = int(place.min(initial=0))
        width = int(place.max(initial=0)) - first + 1
        stretches, which = np.unique(lane * width + place - first, return_inverse=True)
        owner, at = stretches // width, stretches % width + first
        begins = self._stroke_begins(owner, at)[which]
        targets = self._target(np.tile(owner, 3), np.concatenate([at, at - 1, at - 2])).reshape(3, len(at))[:, which]
        # Until the stroke of its stretch begins, a sample is in the one before.
        early = media_ms < begins
        begins = np.where(early, self._stroke_begins(owner, at - 1)[which], begins)
        target, before = np.where(early, targets[1:], targets[:2])
        x = np.clip((media_ms - begins) / float(_STROKE_MS), 0.0, 1.0)
        shown: Floats = before + (target - before) * (x * x * (3.0 - 2.0 * x))
        return shown

    def _stroke_begins(self, lane: Ints, place: Ints) -> Ints:
        late = uniform_at(self.key[lane] + np.uint64(11), place) * _STROKE_STARTS_WITHIN_MS
        return place * _STROKE_EVERY_MS + late.astype(np.int64)

    def _target(self, lane: Ints, place: Ints) -> Floats:
        feeling = self.feeling(lane, place * _STROKE_EVERY_MS - self.lag[lane])
        return np.rint(feeling / _HOLD_STEP) * _HOLD_STEP
