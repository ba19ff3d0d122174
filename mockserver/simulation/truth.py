"""Ground truth: what stands behind a world's records, so that an analysis can be tested for finding it.

Everything here is read from the same plans, traits and lanes that the records are told from.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mockserver.simulation.continuous import HAND_LAG_MS, ContinuousLane, ContinuousLanes
from mockserver.simulation.plan import Participant, Plan
from mockserver.simulation.scenario import Scenario, Tolerances
from mockserver.simulation.sync import SyncLane, SyncLanes

__all__ = [
    "Agreement",
    "DriftTruth",
    "Effect",
    "ExperimentTruth",
    "FeelingTruth",
    "GapTruth",
    "PersonTruth",
    "RoomTruth",
    "StallTruth",
    "experiment_truth",
    "room_truth",
]

FEELING_EVERY_MS = 1000


@dataclass(frozen=True, slots=True)
class Effect:
    """A planted effect: the condition's mean ratings lie `d` standard deviations above the others'."""

    name: str
    condition: str
    d: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the mean pairwise correlation of ratings in a room is."""

    correlation: float


@dataclass(frozen=True, slots=True)
class PersonTruth:
    """One participant.

    Attributes:
        level: Mean rating, 0 to 1. spread: standard deviation of their slider. lag_ms: how late
            the slider shows a feeling, on average.
        rt_mu_ms, rt_sigma_ms, rt_tau_ms: Ex-Gaussian of their response times.
        typing_ms: For one character. reading_ms: for one of a question that is read before it is answered.
        skew_ppm: Media clock against the host's.
        clock_offset_ms: Own clock minus the server's.
        outlier: Answers and moves nothing.
    """

    participant_id: str
    room_id: str
    condition: str
    outcome: str
    level: float
    spread: float
    lag_ms: int
    rt_mu_ms: float
    rt_sigma_ms: float
    rt_tau_ms: float
    typing_ms: int
    reading_ms: int
    skew_ppm: float
    latency_ms: float
    clock_offset_ms: int
    outlier: bool


@dataclass(frozen=True, slots=True)
class ExperimentTruth:
    """What was planted in an experiment, and in whom; how closely it can be measured is in `tolerances`."""

    experiment_id: str
    effects: tuple[Effect, ...]
    agreement: Agreement
    tolerances: Tolerances
    participants: tuple[PersonTruth, ...]


@dataclass(frozen=True, slots=True)
class FeelingTruth:
    """A latent curve: mean 0, variance 1, a value every `every_ms` of media time from 0.

    `participant_id` is None for the curve that all share.
    """

    participant_id: str | None
    state_id: str
    every_ms: int
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DriftTruth:
    """A viewer's drift before anything is measured, at every sync sample: instants in ms, drift in ms."""

    participant_id: str
    state_id: str
    at_ms: tuple[int, ...]
    drift_ms: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class StallTruth:
    """A buffering stall: playback lost after `at_ms`, in ms."""

    participant_id: str
    at_ms: int
    lost_ms: float


@dataclass(frozen=True, slots=True)
class GapTruth:
    """A lost connection, from and to in ms since the epoch."""

    participant_id: str
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class RoomTruth:
    """What happened in a room behind its records."""

    room_id: str
    condition: str
    participants: tuple[PersonTruth, ...]
    feelings: tuple[FeelingTruth, ...]
    drift: tuple[DriftTruth, ...]
    stalls: tuple[StallTruth, ...]
    gaps: tuple[GapTruth, ...]


def experiment_truth(experiment_id: str, plans: Sequence[Plan], scenario: Scenario) -> ExperimentTruth:
    """Everything planted in an experiment, given its rooms' plans."""
    return ExperimentTruth(
        experiment_id=experiment_id,
        effects=tuple(Effect(name, effect.condition, effect.d) for name, effect in scenario.effects.items()),
        agreement=Agreement(scenario.ratings.shared),
        tolerances=scenario.tolerances,
        participants=tuple(_person(plan, person) for plan in plans for person in plan.participants),
    )


def room_truth(plan: Plan, sliders: Sequence[ContinuousLane], viewers: Sequence[SyncLane]) -> RoomTruth:
    """Everything behind one room, given its plan and lanes."""
    return RoomTruth(
        room_id=plan.room.room_id,
        condition=plan.room.condition,
        participants=tuple(_person(plan, person) for person in plan.participants),
        feelings=tuple(_feelings(sliders)),
        drift=tuple(_drift(viewers)),
        stalls=tuple(_stalls(viewers)),
        gaps=tuple(GapTruth(person.participant_id, *gap) for person in plan.participants for gap in person.gaps),
    )


def _person(plan: Plan, person: Participant) -> PersonTruth:
    traits = person.traits
    return PersonTruth(
        participant_id=person.participant_id,
        room_id=plan.room.room_id,
        condition=plan.room.condition,
        outcome=person.outcome,
        level=traits.level,
        spread=0.0 if person.idle else traits.spread,
        lag_ms=traits.lag_ms + HAND_LAG_MS,
        rt_mu_ms=traits.rt_mu_ms,
        rt_sigma_ms=traits.rt_sigma_ms,
        rt_tau_ms=traits.rt_tau_ms,
        typing_ms=traits.typing_ms,
        reading_ms=traits.reading_ms,
        skew_ppm=traits.skew_ppm,
        latency_ms=traits.latency_ms,
        clock_offset_ms=traits.clock_offset_ms,
        outlier=person.idle,
    )


def _feelings(sliders: Sequence[ContinuousLane]) -> list[FeelingTruth]:
    """The shared curve of each state once, and each participant's once."""
    columns = ContinuousLanes(sliders)
    found: dict[tuple[str | None, str], FeelingTruth] = {}
    for number, slider in enumerate(sliders):
        media_ms = np.arange(0, slider.feeling.duration_ms, FEELING_EVERY_MS, dtype=np.int64)
        lane = np.full(len(media_ms), number, dtype=np.int64)
        for who, values in (
            (None, columns.feelings.at(lane, media_ms)),
            (slider.participant_id, columns.feeling(lane, media_ms)),
        ):
            curve = FeelingTruth(who, slider.state_id, FEELING_EVERY_MS, tuple(np.round(values, 6).tolist()))
            found.setdefault((who, slider.state_id), curve)
    return list(found.values())


def _drift(viewers: Sequence[SyncLane]) -> list[DriftTruth]:
    columns, found = SyncLanes(viewers), []
    for number, viewer in enumerate(viewers):
        k = np.arange(viewer.count, dtype=np.int64)
        lane = np.full(viewer.count, number, dtype=np.int64)
        drift = np.round(columns.true_drift(lane, k), 3).tolist()
        at_ms = tuple(columns.times(lane, k).tolist())
        found.append(DriftTruth(viewer.participant_id, viewer.state_id, at_ms, tuple(drift)))
    return found


def _stalls(viewers: Sequence[SyncLane]) -> list[StallTruth]:
    columns = SyncLanes(viewers)
    return [
        StallTruth(viewers[lane].participant_id, at_ms, round(lost_ms, 3))
        for lane, at_ms, lost_ms in columns.every_stall()
    ]
