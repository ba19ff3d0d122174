"""Ground truth: what stands behind a world's records, so that an analysis can be tested for finding it.

Everything here is read from the same plans, traits and lanes that the records are told from. The dataclasses are
the reference of what is told, their docstrings included: `truth_schema.py` makes a JSON Schema of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mockserver.simulation.records.continuous import HAND_LAG_MS, ContinuousLane, ContinuousLanes
from mockserver.simulation.records.sync import SyncLane, SyncLanes
from mockserver.simulation.scenario.specs import Scenario, Tolerances
from mockserver.simulation.story.plan import Participant, Plan

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
    "TruthOverview",
    "experiment_truth",
    "room_truth",
]

FEELING_EVERY_MS = 1000


@dataclass(frozen=True, slots=True)
class Effect:
    """A planted effect: the condition's mean ratings lie `d` standard deviations above the others'.

    Attributes:
        name: What the scenario calls it. condition: Whose ratings are raised.
        d: By how many standard deviations between people (Cohen's d); below 0 they are lowered.
    """

    name: str
    condition: str
    d: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far people who watch together feel the same.

    Attributes:
        correlation: Of the latent curves of any two of them, 0 to 1; the mean of their ratings' correlations.
    """

    correlation: float


@dataclass(frozen=True, slots=True)
class PersonTruth:
    """One participant.

    Attributes:
        participant_id, room_id: Who, and where.
        condition: The room's, whose planted effects count for its participants.
        outcome: The completion code that their story ends with.
        level: Mean rating, 0 to 1. spread: Standard deviation of their slider. lag_ms: How late
            the slider shows a feeling, on average.
        rt_mu_ms, rt_sigma_ms, rt_tau_ms: Ex-Gaussian of their response times: normal(mu, sigma) plus exponential(tau).
        typing_ms: For one character of a message. reading_ms: For one of a question that is read before it is
            answered; 0 for agents.
        skew_ppm: Media clock against the host's. latency_ms: Typical latency to the server.
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
    """What was planted in an experiment, and in whom.

    Attributes:
        experiment_id: Which experiment.
        effects: The planted effects of conditions. agreement: How far people who watch together feel the same.
        tolerances: How closely what was planted can be measured in the records.
        participants: Everybody in every room, in the order of the rooms; none in an overview.
    """

    experiment_id: str
    effects: tuple[Effect, ...]
    agreement: Agreement
    tolerances: Tolerances
    participants: tuple[PersonTruth, ...]


@dataclass(frozen=True, slots=True)
class TruthOverview:
    """What was planted in each experiment of a world.

    Attributes:
        experiments: In their order, without their participants.
    """

    experiments: tuple[ExperimentTruth, ...]


@dataclass(frozen=True, slots=True)
class FeelingTruth:
    """A latent curve over media time, the time that the video has played: mean 0, variance 1.

    Attributes:
        participant_id: Whose curve it is; null for the one that all share.
        state_id: In which the video is watched.
        every_ms: Media time from one value to the next; the first is at 0.
        values: The curve itself.
    """

    participant_id: str | None
    state_id: str
    every_ms: int
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DriftTruth:
    """A viewer's drift before anything is measured, at every sync sample of a stretch of playing video.

    Attributes:
        participant_id, state_id: Whose, and in which state.
        at_ms: When each sample was taken, since the epoch.
        drift_ms: Behind the host's playback where it is below 0, ahead where it is above.
    """

    participant_id: str
    state_id: str
    at_ms: tuple[int, ...]
    drift_ms: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class StallTruth:
    """A buffering stall of a viewer.

    Attributes:
        participant_id: Who stalled.
        at_ms: When the sync sample before it was taken, since the epoch. lost_ms: How much playback was lost.
    """

    participant_id: str
    at_ms: int
    lost_ms: float


@dataclass(frozen=True, slots=True)
class GapTruth:
    """A lost connection.

    Attributes:
        participant_id: Who lost it.
        from_ms, to_ms: When it was lost and when it was back, since the epoch.
    """

    participant_id: str
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class RoomTruth:
    """What happened in a room behind its records.

    Attributes:
        room_id: Which room. condition: Its condition.
        participants: Everybody in it, by seat.
        feelings: The latent curves behind their ratings: of each video one that all share, and everybody's own.
        drift: Every viewer's, a stretch of playing video at a time.
        stalls: Every viewer's. gaps: Everybody's lost connections.
    """

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
            (None, columns.shared_feeling(lane, media_ms)),
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
