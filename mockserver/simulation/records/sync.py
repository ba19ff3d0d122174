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
# Where in an epoch a stall may begin, and how long each such place is, in samples. Two stalls are further
# apart than the cooldown, so that a drift above the threshold is always seeked away.
_STALL_PLACES = (2, 9, 16)
_STALL_ROOM = 5
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
        drift, rate, stalled = self._measured(lane, k)
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
        pairs = self._epochs_with_much_stalling()
        if not len(pairs):
            return []
        lane, epoch = pairs[:, 0], pairs[:, 1]
        run = self._run(lane, epoch)
        found = []
        for row, step in np.argwhere(run.seek).tolist():
            k = self._sample(lane[row], epoch[row], step)
            if k < self.count[lane[row]]:
                at_ms = int(self.times(lane[row : row + 1], k[None])[0]) + 400
                drift_ms = int(round(float(run.drift[row, step])))
                found.append(Seek(self.lanes[int(lane[row])].participant_id, at_ms, drift_ms))
        return found

    def true_drift(self, lane: Ints, k: Ints) -> Floats:
        """The drift without what measuring adds, in ms."""
        epochs, where = self._epochs(lane, k)
        return self._run(epochs[:, 0], epochs[:, 1]).drift[where, self._step(lane, k)]

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

    def _measured(self, lane: Ints, k: Ints) -> tuple[Ints, Floats, Floats]:
        """Measured drift in whole ms, the rate in force, and what has just been lost to a stall."""
        epochs, where = self._epochs(lane, k)
        run = self._run(epochs[:, 0], epochs[:, 1])
        step = self._step(lane, k)
        noise = self.noise[lane] * 0.4 * normal_at(self.key[lane] + np.uint64(4), k)
        drift = np.rint(run.drift[where, step] + noise).astype(np.int64)
        # Noise must not carry a drift over the threshold, or a seek would seem to be missing; nor back
        # below it, or a seek would seem to have no reason.
        true = run.drift[where, step]
        inside = np.clip(drift, -SEEK_ABOVE_MS, SEEK_ABOVE_MS)
        beyond = np.where(true > 0, 1, -1) * np.maximum(np.abs(drift), SEEK_ABOVE_MS + 1)
        drift = np.where(np.abs(true) <= SEEK_ABOVE_MS, inside, beyond)
        return drift, run.rate[where, step], run.stalled[where, step]

    def _wander(self, stream: int, lane: Ints, t_ms: Ints, period_ms: int) -> Floats:
        """Smooth noise of each lane's own, which does not turn when another lane's does."""
        own_ms = t_ms - self.moved[lane] + (self.key[lane] % np.uint64(period_ms)).astype(np.int64)
        return smooth_noise(self.key[lane] + np.uint64(stream), own_ms, period_ms)

    def _step(self, lane: Ints, k: Ints) -> Ints:
        """Where in its epoch a sample lies."""
        step: Ints = (k + self.phase[lane]) % _EPOCH
        return step

    def _sample(self, lane: Ints, epoch: Ints, step: Ints | int) -> Ints:
        """The number of the sample at a step of an epoch; below 0 before the lane begins."""
        k: Ints = epoch * _EPOCH + step - self.phase[lane]
        return k

    def _epochs(self, lane: Ints, k: Ints) -> tuple[Ints, Ints]:
        pairs = np.stack([lane, (k + self.phase[lane]) // _EPOCH], axis=1)
        epochs, where = np.unique(pairs, axis=0, return_inverse=True)
        return epochs, where.reshape(-1)

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

    def _epochs_with_much_stalling(self) -> Ints:
        lane, epoch = self._every_epoch()
        much = self.stalls(lane, epoch).sum(axis=1) > SEEK_ABOVE_MS - 200
        return np.stack([lane[much], epoch[much]], axis=1)

    def _run(self, lane: Ints, epoch: Ints) -> "_Run":
        """Let the controller run through the given epochs, all of them side by side."""
        steps = np.arange(_EPOCH + 1)
        lanes = np.broadcast_to(lane[:, None], (len(lane), len(steps)))
        # Numbers below 0, before the lane begins, are as good as others: nothing happens there.
        k = self._sample(lanes, epoch[:, None], steps[None, :])
        t = self.times(lanes, k)
        wander = _WANDER_MS * self._wander(5, lanes, t, _WANDER_PERIOD_MS)
        dt = np.diff(t, axis=1).astype(np.float64)
        slope = np.diff(wander, axis=1) / dt
        lost = self.stalls(lane, epoch)
        residual = 25.0 * normal_at(self.key[lanes] + np.uint64(6), k)
        return _control(wander[:, :-1], slope, dt, lost, residual[:, :-1], self.skew[lane])


@dataclass(frozen=True, slots=True)
class _Run:
    """Epochs side by side, (epoch, sample): drift in ms, rate, a stall's remaining loss, seeks."""

    drift: Floats
    rate: Floats
    stalled: Floats
    seek: np.typing.NDArray[np.bool_]


def _control(wander: Floats, slope: Floats, dt: Floats, lost: Floats, residual: Floats, skew: Floats) -> _Run:
    """The controller's loop over the samples of an epoch; every array is (epoch, sample).

    The rate carries three things: the wander's slope, the clock's skew taken back, and the correction
    of the error, which alone has a memory.
    """
    count = len(wander)
    drift, rate, stalled = np.empty_like(wander), np.empty_like(wander), np.empty_like(wander)
    seek = np.zeros(wander.shape, dtype=np.bool_)
    error, nudge, wait = np.zeros(count), np.zeros(count), np.zeros(count, dtype=np.int64)
    loss = np.zeros(count)
    limit = _ERROR_RATE - np.abs(skew)
    for step in range(wander.shape[1]):
        wanted = np.clip(-_GAIN_PER_MS * error, -limit, limit)
        nudge = np.clip(wanted, nudge - _ERROR_RATE_STEP, nudge + _ERROR_RATE_STEP)
        drift[:, step] = wander[:, step] + error
        rate[:, step] = 1.0 + nudge + slope[:, step] - skew
        seek[:, step] = (np.abs(drift[:, step]) > SEEK_ABOVE_MS) & (wait <= 0)
        loss = loss * 0.5 + lost[:, step]
        stalled[:, step] = loss
        error = np.where(seek[:, step], residual[:, step], error + nudge * dt[:, step]) - lost[:, step]
        wait = np.where(seek[:, step], _COOLDOWN_STEPS, wait) - 1
    return _Run(drift, rate, stalled, seek)
