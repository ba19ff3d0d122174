"""The part of invariant 8 about time: the change of `timeDrift` follows from `playbackRate`, clock skew and stalls.

Between two samples of one viewer, without a seek and while the video plays,

    change of timeDrift = (playbackRate - 1 + skew) * time between + noise - stall

with the rate of the first of the two. The skew is one constant per viewer, unknown, and estimated by the median,
which stalls cannot move. A stall is a sudden fall: what rises too fast is a counter-example, and so is what falls
by more than the time between, since a player that stands still loses no more than that.

Two more claims are about many steps together, since one step says little about a rate that is a few percent off:

- A rise over several steps is explained as well: however long it takes, it has the noise of its two ends only.
- Over all steps of a room's viewers, the changes grow by one for each of `(playbackRate - 1) * time between`, give
  or take a half (the slope of a regression), if the rates differ enough for the noise to say that surely.

How noisy a measured drift is, is the network's affair, so noise is judged by the spread of the room's viewers
(median absolute deviation), and nothing is said of a room with too few samples to know it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mockserver.check.instants import Floats, Ints
from mockserver.check.observed_room import ObservedRoom
from mockserver.check.rule import Counterexample, Counterexamples

__all__ = ["Track", "drift_follows"]

# A media clock that is further off than 1 %, and a little, is no clock.
_MOST_SKEW = 0.012
# Jitter has tails: six spreads, more where few samples tell the spread, and never less than a frame at 25/s.
_SPREADS = 6.0
_SPREADS_OF_ONE_STEP = 60.0
_LEAST_TOLERANCE_MS = 40.0
_LEAST_STEPS = 12
_MAD_TO_SPREAD = 1.4826
# The change of a change of white noise has three times the variance of its change.
_BEND_TO_STEP = 3.0**-0.5
# A controller takes back in so many steps most of what a stall has cost.
_STEPS_OF_A_RISE = 15
# A median is a little less exact than a mean, and three times that is seldom exceeded.
_SPREADS_OF_SKEW = 3 * 1.2533
_SLOPE_TOLERANCE = 0.5
_SPREADS_OF_SLOPE = 6.0


class Track(NamedTuple):
    """One viewer's sync samples.

    Attributes:
        places: Where they stand in the table. at_ms: when they were taken.
        pairs: Every n for which sample n + 1 is the next of n in one stretch of playing video.
        seeks: When the viewer's media was sought, in ms since the epoch.
    """

    who: str
    places: Ints
    at_ms: Ints
    drift_ms: Floats
    rate: Floats
    pairs: Ints
    seeks: Ints


class _Steps(NamedTuple):
    """Steps of one viewer between samples without a seek; `rest_ms` is what rate and skew do not explain.

    Attributes:
        first: The number of each step's first sample. places: of its second sample.
    """

    first: Ints
    places: Ints
    dt_ms: Floats
    change_ms: Floats
    rate: Floats
    skew: float
    rest_ms: Floats

    def runs(self) -> list[Ints]:
        """The steps that follow each other without a gap."""
        return np.split(np.arange(len(self.first)), np.flatnonzero(np.diff(self.first) != 1) + 1)


def drift_follows(observed: ObservedRoom, tracks: Sequence[Track]) -> Counterexamples:
    """Every step of every viewer of a room."""
    viewers = [steps for steps in map(_steps, tracks) if len(steps.places)]
    count = sum(len(steps.places) for steps in viewers)
    if count < _LEAST_STEPS:
        return
    tolerance_ms = _tolerance_ms([steps.rest_ms for steps in viewers], count)
    for steps in viewers:
        yield from _skew(observed, steps, tolerance_ms)
        yield from _falls(observed, steps, tolerance_ms)
        yield from _rises(observed, steps, tolerance_ms)
    # What a wrong rate leaves unexplained bends slowly, so bends tell the noise without it.
    bends = [np.diff(steps.rest_ms[run]) * _BEND_TO_STEP for steps in viewers for run in steps.runs()]
    noise_ms = _tolerance_ms(bends, count)
    for steps in viewers:
        yield from _long_rises(observed, steps, noise_ms)
    yield from _slope(observed, viewers, tolerance_ms)


def _tolerance_ms(rests: Sequence[Floats], count: int) -> float:
    """How far a step may be off by its noise, given what is noise about the steps of all viewers."""
    spread_ms = _MAD_TO_SPREAD * float(np.median(np.abs(np.concatenate(rests))))
    return max(_LEAST_TOLERANCE_MS, (_SPREADS + _SPREADS_OF_ONE_STEP / count) * spread_ms)


def _steps(track: Track) -> _Steps:
    before = np.searchsorted(track.seeks, track.at_ms[track.pairs])
    after = np.searchsorted(track.seeks, track.at_ms[track.pairs + 1], side="right")
    n = track.pairs[before == after]
    dt_ms = (track.at_ms[n + 1] - track.at_ms[n]).astype(np.float64)
    change_ms = track.drift_ms[n + 1] - track.drift_ms[n]
    unexplained_ms = change_ms - (track.rate[n] - 1.0) * dt_ms
    skew = float(np.median(unexplained_ms / dt_ms)) if len(n) else 0.0
    rest_ms = unexplained_ms - skew * dt_ms
    return _Steps(n, track.places[n + 1], dt_ms, change_ms, track.rate[n], skew, rest_ms)


def _skew(observed: ObservedRoom, steps: _Steps, tolerance_ms: float) -> Counterexamples:
    count = len(steps.places)
    uncertain = tolerance_ms / float(np.median(steps.dt_ms)) / count**0.5
    if abs(steps.skew) > _MOST_SKEW + uncertain:
        said = f"ends {count} steps with a media clock off by {steps.skew:+.2%}, more than {_MOST_SKEW:.1%}"
        yield _about(observed, steps.places[-1], said)


def _falls(observed: ObservedRoom, steps: _Steps, tolerance_ms: float) -> Counterexamples:
    for n in np.flatnonzero(-steps.change_ms > steps.dt_ms + tolerance_ms).tolist():
        yield _about(
            observed,
            steps.places[n],
            f"falls behind by {-steps.change_ms[n]:.0f} ms in {steps.dt_ms[n]:.0f} ms; a video that stands "
            "still falls behind by no more than the time that passes",
        )


def _rises(observed: ObservedRoom, steps: _Steps, tolerance_ms: float) -> Counterexamples:
    for n in np.flatnonzero(steps.rest_ms > tolerance_ms).tolist():
        yield _about(
            observed,
            steps.places[n],
            f"drifts by {steps.change_ms[n]:+.0f} ms in {steps.dt_ms[n]:.0f} ms at rate {steps.rate[n]}, without "
            f"a seek: {steps.rest_ms[n]:.0f} ms more than rate and skew ({steps.skew:+.4%}) explain",
        )


def _long_rises(observed: ObservedRoom, steps: _Steps, noise_ms: float) -> Counterexamples:
    """Rises over several steps. The skew is known only so well, which adds up over the steps."""
    of_skew_ms = noise_ms / _SPREADS * _SPREADS_OF_SKEW / len(steps.places) ** 0.5
    for run in steps.runs():
        level_ms = np.concatenate([[0.0], np.cumsum(steps.rest_ms[run])])
        for count in range(2, min(_STEPS_OF_A_RISE, len(run)) + 1):
            rise_ms = level_ms[count:] - level_ms[:-count]
            for n in np.flatnonzero(rise_ms > noise_ms + count * of_skew_ms)[:1].tolist():
                yield _about(
                    observed,
                    steps.places[run[n + count - 1]],
                    f"ends {count} steps without a seek in which timeDrift rises by {rise_ms[n]:.0f} ms more than "
                    f"their rates and the skew ({steps.skew:+.4%}) explain",
                )


def _slope(observed: ObservedRoom, viewers: Sequence[_Steps], tolerance_ms: float) -> Counterexamples:
    """Changes against what the rates explain, all viewers together, each around their own mean.

    What falls by more than the tolerance is taken for a stall and left out, which cannot be known from a rate.
    """
    x, y = [], []
    for steps in viewers:
        calm = steps.change_ms > -tolerance_ms
        explained_ms, change_ms = ((steps.rate - 1.0) * steps.dt_ms)[calm], steps.change_ms[calm]
        if len(change_ms) > 1:
            x.append(explained_ms - explained_ms.mean())
            y.append(change_ms - change_ms.mean())
    if not x:
        return
    explained, changes = np.concatenate(x), np.concatenate(y)
    squares = float(explained @ explained)
    free = len(explained) - len(x) - 1
    if squares <= 0 or free < _LEAST_STEPS:
        return
    slope = float(explained @ changes) / squares
    rest = changes - slope * explained
    error = float(rest @ rest / free / squares) ** 0.5
    if abs(slope - 1.0) > _SLOPE_TOLERANCE and abs(slope - 1.0) > _SPREADS_OF_SLOPE * error:
        yield _about(
            observed,
            viewers[-1].places[-1],
            f"ends {len(explained)} steps of {len(x)} viewers in which timeDrift changes by {slope:.2f} +- {error:.2f} "
            f"of what their rates say; expected 1 +- {_SLOPE_TOLERANCE}",
        )


def _about(observed: ObservedRoom, place: int, what: str) -> Counterexample:
    return Counterexample(f"{observed.tell('sync', int(place))} {what}", observed.table("sync").url(int(place)))
