"""Synchronised video: how far each viewer's playback is from the host's, once a second.

The drift of a viewer is the sum of two parts. A slow wander (what the engine's estimate is wrong by) is
smooth noise, a function of the instant. The control error is what buffering stalls cause and the
controller takes back by nudging the playback rate, or by a seek when the drift is above 600 ms. Stalls
happen in the first part of an epoch of 60 samples and are taken back within it, so every epoch begins
with no error and can be computed alone: record k costs at most 60 steps, whatever k is. Each lane begins
somewhere within its first epoch, so that viewers do not stall together.

    drift(k+1) - drift(k) = (rate(k) - 1 + skew) * dt - stall(k)        unless a seek lies between

Source: thresholds, rate limits and cooldown from the video synchronization page (documented); the shape
of the noise and the gains are inferred.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mockserver.simulation.chance import Floats, Ints, normal_at, uniform_at
from mockserver.simulation.datasets.columns import Columns, Decimals
from mockserver.simulation.datasets.lanes import RenderedLanes
from mockserver.simulation.datasets.regular import Lane, samples_between
from mockserver.simulation.noise import smooth_noise
from mockserver.simulation.records.records import SyncSample
from mockserver.simulation.scenario.specs import Network
from mockserver.simulation.story.plan import Plan

__all__ = ["Seek", "SyncLane", "SyncLanes", "sync_lanes"]

EVERY_MS = 1000
SEEK_ABOVE_MS = 600
# The engine's cooldown of 2.5 s, in samples.
_COOLDOWN_STEPS = 3
_EPOCH = 60
# A video that stands still cannot lose more in a sample than the time that passes.
LONGEST_STALL_MS = 950.0
# In so many samples a stall has had its seek; one that comes later in a lane is at most this long.
_SEEK_TAKES = 6
_LONGEST_LATE_STALL_MS = 450.0
# Where less is lost in an epoch, no drift comes so far that it is seeked away.
_SEEKS_ABOVE_MS = SEEK_ABOVE_MS - 200
# Where in an epoch a stall may begin, and how long each such place is, in samples. Two stalls are further
# apart than the cooldown, so that a drift above the threshold is always seeked away.
_STALL_PLACES = (2, 9, 16)
_STALL_ROOM = 5
# So many epochs' states are kept, about a kilobyte each where something stalls.
_MOST_KNOWN = 4096
_TIMER_JITTER_MS = 15
_WANDER_MS = 14.0
_WANDER_PERIOD_MS = 20_000
# Of the engine's limits on the rate (0.05) and its change (0.01 a step), what the wander leaves free.
_ERROR_RATE = 0.04
_ERROR_RATE_STEP = 0.007
_GAIN_PER_MS = 0.0002


@dataclass(frozen=True, slots=True)
class SyncLane(Lane):
    """The samples of one viewer while the video plays without a pause.

    Attributes:
        skew: Own media clock against the host's, as a factor (parts per million times 1e-6).
        planned: How many samples there would be if nobody stopped the room.
        phase: Where in an epoch the lane's first sample lies, 0 to 59.
        moved_ms: The experiment's; what wanders does so as if it had not been moved.
    """

    skew: float
    latency_ms: float
    jitter_of_drift_ms: float
    stall_chance: float
    stall_ms: float
    planned: int
    phase: int
    state_id: str
    moved_ms: int = 0


@dataclass(frozen=True, slots=True)
class Seek:
    """A viewer's jump to the host's position. `drift_ms` is what it took away."""

    participant_id: str
    at_ms: int
    drift_ms: int


def sync_lanes(plan: Plan, network: Network) -> list[SyncLane]:
    """The viewers' lanes of a room: one for each stretch of playing video they were connected in.

    Only rooms with two or more participants and a ShowVideo component have any (documented).
    """
    return [
        _lane(plan, network, number, screening.state_id, seat, span)
        for number, screening in enumerate(plan.screenings)
        for seat, person in enumerate(plan.participants)
        if not plan.room.is_host(seat) and person.started
        for start_ms, end_ms in screening.playing
        for span in person.present_in(start_ms, end_ms)
        if span[1] - span[0] > EVERY_MS
    ]


def _lane(plan: Plan, network: Network, number: int, state_id: str, seat: int, span: tuple[int, int]) -> SyncLane:
    person = plan.participants[seat]
    chance = plan.chance("sync", number, seat, span[0] - plan.room.started_ms)
    start_ms = span[0] + chance.integer(0, 900, "phase")
    count = samples_between(start_ms, span[1], EVERY_MS, _TIMER_JITTER_MS)
    return SyncLane(
        code=chance.code(9, "id"),
        experiment_id=plan.room.experiment_id,
        room_id=plan.room.room_id,
        participant_id=person.participant_id,
        start_ms=start_ms,
        period_ms=EVERY_MS,
        jitter_ms=_TIMER_JITTER_MS,
        count=count,
        planned=count,
        phase=chance.integer(0, _EPOCH - 1, "epoch"),
        zero_ms=plan.room.started_ms,
        key=chance.stream("samples"),
        skew=person.traits.skew_ppm * 1e-6,
        latency_ms=person.traits.latency_ms,
        jitter_of_drift_ms=network.jitter_ms,
        stall_chance=min(1.0, network.stalls_per_minute / len(_STALL_PLACES)),
        stall_ms=network.stall_ms,
        state_id=state_id,
        moved_ms=plan.room.experiment.moved_ms,
    )


class SyncLanes(RenderedLanes):
    """Many viewers' lanes, and what was measured in them."""

    def __init__(self, lanes: Sequence[SyncLane]) -> None:
        super().__init__(lanes, "sync")
        self.lanes = lanes
        # So many epochs are numbered in each lane.
        self._epochs = max((lane.count + lane.phase for lane in lanes), default=0) // _EPOCH + 2
        self._known: dict[int, Floats | None] = {}
        self.planned = np.array([lane.planned for lane in lanes], dtype=np.int64)
        self.phase = np.array([lane.phase for lane in lanes], dtype=np.int64)
        self.moved = np.array([lane.moved_ms for lane in lanes], dtype=np.int64)
        self.skew: Floats = np.array([lane.skew for lane in lanes], dtype=np.float64)
        self.latency: Floats = np.array([lane.latency_ms for lane in lanes], dtype=np.float64)
        self.noise: Floats = np.array([lane.jitter_of_drift_ms for lane in lanes], dtype=np.float64)
        self.stall_chance: Floats = np.array([lane.stall_chance for lane in lanes], dtype=np.float64)
        self.stall_ms: Floats = np.array([lane.stall_ms for lane in lanes], dtype=np.float64)

    def columns(self, lane: Ints, k: Ints, t_ms: Ints) -> Columns:
        """The samples themselves, given lane, number and time of each."""
        drift, rate, stalled = self._measured(lane, k, t_ms)
        latency = self.latency[lane] * (1.0 + 0.25 * self._wander(7, lane, t_ms, 9000))
        latency = np.maximum(5.0, latency + 0.03 * stalled)
        # Falls as drift and latency grow; 150 ms and 85 ms give the documented example's 0.95.
        scaled = np.abs(drift) / 700.0
        quality = 1.0 / (1.0 + scaled * scaled + latency / 17_000.0)
        buffered = 0.93 + 0.03 * self._wander(8, lane, t_ms, 5000) - stalled / 1500.0
        arrays = (
            *self.identity(lane, k),
            t_ms,
            t_ms - self.zero[lane],
            drift,
            Decimals.rounded(rate, 4),
            Decimals.rounded(quality, 3),
            np.rint(latency).astype(np.int64),
            Decimals.rounded(np.clip(buffered, 0.0, 1.0), 3),
        )
        return Columns(SyncSample, arrays, len(lane), self.kept)

    def seeks(self) -> list[Seek]:
        """Every seek in these lanes, lane by lane."""
        lane, epoch = self._every_epoch()
        lost = self.stalls(lane, epoch)
        much = lost.sum(axis=1) > _SEEKS_ABOVE_MS
        lane, epoch = lane[much], epoch[much]
        controlled = self._controlled(lane, epoch, lost[much])
        row, step = np.nonzero(controlled.seek.T)
        k = self._sample(lane[row], epoch[row], step)
        there = k < self.count[lane[row]]
        row, step, k = row[there], step[there], k[there]
        at_ms = self.times(lane[row], k)
        drift_ms = self._wandered(lane[row], at_ms) + controlled.error[step, row]
        return [
            Seek(self.lanes[viewer].participant_id, late_ms + 400, round(away_ms))
            for viewer, late_ms, away_ms in zip(lane[row].tolist(), at_ms.tolist(), drift_ms.tolist(), strict=True)
        ]

    def true_drift(self, lane: Ints, k: Ints) -> Floats:
        """The drift without what measuring adds, in ms."""
        error, _, _ = self._state(lane, k)
        return self._wandered(lane, self.times(lane, k)) + error

    def stalls(self, lane: Ints, epoch: Ints) -> Floats:
        """The stalls of an epoch in ms of lost playback, as a matrix (pair, sample of the epoch)."""
        lost = np.zeros((len(lane), _EPOCH))
        rows = np.arange(len(lane))
        calm = np.ones(len(lane), dtype=np.bool_)
        for place, first in enumerate(_STALL_PLACES):
            index = epoch * len(_STALL_PLACES) + place
            step = first + (uniform_at(self.key[lane] + np.uint64(1), index) * _STALL_ROOM).astype(np.int64)
            happens = uniform_at(self.key[lane] + np.uint64(2), index) < self.stall_chance[lane]
            # Nothing stalls before a lane begins. Towards its end, where a seek would come too late, a stall
            # comes alone and is too short for one.
            k = self._sample(lane, epoch, step)
            late = k >= self.planned[lane] - _SEEK_TAKES
            happens &= (k > 0) & (k < self.planned[lane] - 1) & (calm | ~late)
            calm &= ~happens
            size = uniform_at(self.key[lane] + np.uint64(3), index)
            longest_ms = np.where(late, _LONGEST_LATE_STALL_MS, LONGEST_STALL_MS)
            stall_ms = np.minimum(self.stall_ms[lane] * (0.3 + 2.2 * size * size), longest_ms)
            lost[rows, step] = np.where(happens, stall_ms, 0.0)
        return lost

    def _measured(self, lane: Ints, k: Ints, t_ms: Ints) -> tuple[Ints, Floats, Floats]:
        """Measured drift in whole ms, the rate in force, and what has just been lost to a stall."""
        error, nudge, stalled = self._state(lane, k)
        next_ms = self.times(lane, k + 1)
        wander, later = self._wandered(lane, t_ms), self._wandered(lane, next_ms)
        slope = (later - wander) / (next_ms - t_ms).astype(np.float64)
        true = wander + error
        noise = self.noise[lane] * 0.4 * normal_at(self.key[lane] + np.uint64(4), k)
        drift = np.rint(true + noise).astype(np.int64)
        # Noise must not carry a drift over the threshold, or a seek would seem to be missing; nor back
        # below it, or a seek would seem to have no reason.
        inside = np.clip(drift, -SEEK_ABOVE_MS, SEEK_ABOVE_MS)
        beyond = np.where(true > 0, 1, -1) * np.maximum(np.abs(drift), SEEK_ABOVE_MS + 1)
        drift = np.where(np.abs(true) <= SEEK_ABOVE_MS, inside, beyond)
        return drift, 1.0 + nudge + slope - self.skew[lane], stalled

    def _state(self, lane: Ints, k: Ints) -> tuple[Floats, Floats, Floats]:
        """What the controller has to take back at each sample, how it nudges the rate, and what has just been lost.

        All three are 0 in an epoch without a stall, and most are.
        """
        number = k + self.phase[lane]
        epochs, which = np.unique(lane * self._epochs + number // _EPOCH, return_inverse=True)
        runs = self._runs(epochs.tolist())
        state = np.zeros((3, len(lane)))
        uneasy = [place for place, run in enumerate(runs) if run is not None]
        if uneasy:
            row = np.full(len(epochs), -1)
            row[uneasy] = np.arange(len(uneasy))
            concerned = np.flatnonzero(row[which] >= 0)
            of_run = np.stack([run for run in runs if run is not None])
            state[:, concerned] = of_run[row[which[concerned]], :, number[concerned] % _EPOCH].T
        error, nudge, stalled = state
        return error, nudge, stalled

    def _runs(self, epochs: list[int]) -> list[Floats | None]:
        """The states of epochs, (3, step); None of one without a stall. Those of neighbouring pages are the same."""
        known = self._known
        if len(known) > _MOST_KNOWN:
            known = self._known = {}
        missing = [epoch for epoch in epochs if epoch not in known]
        if missing:
            lane, epoch = np.divmod(np.array(missing), self._epochs)
            lost = self.stalls(lane, epoch)
            uneasy = np.flatnonzero(lost.any(axis=1))
            found = self._controlled(lane[uneasy], epoch[uneasy], lost[uneasy])
            states = np.stack([found.error, found.nudge, found.stalled]).transpose(2, 0, 1).copy()
            # All at once, since another thread may be reading.
            known.update({**dict.fromkeys(missing), **{missing[n]: one for n, one in zip(uneasy, states, strict=True)}})
        return [known[epoch] for epoch in epochs]

    def _wandered(self, lane: Ints, t_ms: Ints) -> Floats:
        """The slow part of the drift, in ms."""
        return _WANDER_MS * self._wander(5, lane, t_ms, _WANDER_PERIOD_MS)

    def _wander(self, stream: int, lane: Ints, t_ms: Ints, period_ms: int) -> Floats:
        """Smooth noise of each lane's own, which does not turn when another lane's does."""
        own_ms = t_ms - self.moved[lane] + (self.key[lane] % np.uint64(period_ms)).astype(np.int64)
        return smooth_noise(self.key[lane] + np.uint64(stream), own_ms, period_ms)

    def _sample(self, lane: Ints, epoch: Ints, step: Ints | int) -> Ints:
        """The number of the sample at a step of an epoch; below 0 before the lane begins."""
        k: Ints = epoch * _EPOCH + step - self.phase[lane]
        return k

    def every_stall(self) -> list[tuple[int, int, float]]:
        """Every stall as (lane, instant of the sample before it, lost playback), in ms."""
        lane, epoch = self._every_epoch()
        lost = self.stalls(lane, epoch)
        row, step = np.nonzero(lost)
        k = self._sample(lane[row], epoch[row], step)
        at_ms = self.times(lane[row], k)
        return list(zip(lane[row].tolist(), at_ms.tolist(), lost[row, step].tolist(), strict=True))

    def _every_epoch(self) -> tuple[Ints, Ints]:
        per_lane = np.where(self.count > 0, -(-(self.count + self.phase) // _EPOCH), 0)
        lane = np.repeat(np.arange(len(self.count)), per_lane)
        return lane, np.arange(len(lane)) - np.repeat(np.cumsum(per_lane) - per_lane, per_lane)

    def _controlled(self, lane: Ints, epoch: Ints, lost: Floats) -> "_Controlled":
        """Let the controller run through the given epochs, all of them side by side.

        Args:
            lost: What stalls take in each, (epoch, step), in ms.
        """
        # Numbers below 0, before the lane begins, are as good as others: nothing happens there.
        k = self._sample(lane, epoch, np.arange(_EPOCH + 1)[:, None])
        lanes = np.broadcast_to(lane, k.shape)
        t_ms = self.times(lanes, k)
        much = np.flatnonzero(lost.sum(axis=1) > _SEEKS_ABOVE_MS)
        wander = self._wandered(lanes[:, much], t_ms[:, much])
        residual = 25.0 * normal_at(self.key[lane[much]] + np.uint64(6), k[:, much])
        dt = np.diff(t_ms, axis=0).astype(np.float64)
        return _control(dt, lost.T, self.skew[lane], much, wander, residual)


@dataclass(frozen=True, slots=True)
class _Controlled:
    """Epochs side by side, (step, epoch): what is to be taken back in ms, the nudge of the rate, a stall's remaining
    loss, and seeks."""

    error: Floats
    nudge: Floats
    stalled: Floats
    seek: np.typing.NDArray[np.bool_]


def _control(dt: Floats, lost: Floats, skew: Floats, much: Ints, wander: Floats, residual: Floats) -> _Controlled:
    """The controller's loop over the steps of an epoch; every array is (step, epoch).

    The rate carries three things: the wander's slope, the clock's skew taken back, and the correction
    of the error, which alone has a memory and is found here.

    Args:
        much: The epochs in which so much is lost that there may be a seek.
        wander, residual: Of these, the slow part of the drift, and what a seek leaves.
    """
    errors, nudges, stalled = np.empty_like(dt), np.empty_like(dt), np.empty_like(dt)
    seek = np.zeros(dt.shape, dtype=np.bool_)
    count = dt.shape[1]
    error, nudge, loss = np.zeros(count), np.zeros(count), np.zeros(count)
    free_from = np.zeros(len(much), dtype=np.int64)
    limit = _ERROR_RATE - np.abs(skew)
    for step in range(len(dt)):
        errors[step] = error
        wanted = np.minimum(np.maximum(-_GAIN_PER_MS * error, -limit), limit)
        nudge = np.minimum(np.maximum(wanted, nudge - _ERROR_RATE_STEP), nudge + _ERROR_RATE_STEP)
        nudges[step] = nudge
        loss = loss * 0.5 + lost[step]
        stalled[step] = loss
        taken_back = error + nudge * dt[step]
        if len(much):
            far = (np.abs(wander[step] + error[much]) > SEEK_ABOVE_MS) & (free_from <= step)
            seek[step, much] = far
            free_from[far] = step + _COOLDOWN_STEPS
            taken_back[much[far]] = residual[step, far]
        error = taken_back - lost[step]
    return _Controlled(errors, nudges, stalled, seek)
