"""The part of invariant 8 about time: the change of `timeDrift` follows from `playbackRate`, clock skew and stalls.

Between two samples of one viewer, without a seek and while the video plays,

    change of timeDrift = (playbackRate - 1 + skew) * time between + noise - stall

with the rate of the first of the two. The skew is one constant per viewer, unknown, and estimated by the median,
which stalls cannot move. A stall is a sudden fall: what rises too fast is a counter-example, and so is what falls
by more than the time between, since a player that stands still loses no more than that.

How noisy a measured drift is, is the network's affair, so noise is judged by the spread of the room's viewers
(median absolute deviation), and nothing is said of a room with too few samples to know it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mockserver.check.instants import Floats, Ints
from mockserver.check.rule import Counterexample, Counterexamples
from mockserver.check.study import Study

__all__ = ["Track", "drift_follows"]

# A media clock that is further off than 1 %, and a little, is no clock.
_MOST_SKEW = 0.012
# Jitter has tails: six spreads, more where few samples tell the spread, and never less than a frame at 25/s.
_SPREADS = 6.0
_SPREADS_OF_ONE_STEP = 60.0
_LEAST_TOLERANCE_MS = 40.0
_LEAST_STEPS = 12
_MAD_TO_SPREAD = 1.4826


class Track(NamedTuple):
    """One viewer's sync samples.

    Attributes:
        places: Where they stand in the table. at_ms: when they were taken.
        pairs: Every n for which sample n + 1 is the next of n in one stretch of playing video.
        holes: Every n for which it is not, though the video played on.
        seeks: When the viewer's media was sought, in ms since the epoch.
    """

    who: str
    places: Ints
    at_ms: Ints
    drift_ms: Floats
    rate: Floats
    pairs: Ints
    holes: Ints
    seeks: Ints


class _Steps(NamedTuple):
    """Steps of one viewer between samples without a seek; `rest_ms` is what rate and skew do not explain."""

    places: Ints
    dt_ms: Floats
    change_ms: Floats
    rate: Floats
    skew: float
    rest_ms: Floats


def drift_follows(study: Study, tracks: Sequence[Track]) -> Counterexamples:
    """Every step of every viewer of a room."""
    viewers = [steps for steps in map(_steps, tracks) if len(steps.places)]
    count = sum(len(steps.places) for steps in viewers)
    if count < _LEAST_STEPS:
        return
    spread_ms = _MAD_TO_SPREAD * float(np.median(np.abs(np.concatenate([v.rest_ms for v in viewers]))))
    tolerance_ms = max(_LEAST_TOLERANCE_MS, (_SPREADS + _SPREADS_OF_ONE_STEP / count) * spread_ms)
    for steps in viewers:
        yield from _skew(study, steps, tolerance_ms)
        yield from _falls(study, steps, tolerance_ms)
        yield from _rises(study, steps, tolerance_ms)


def _steps(track: Track) -> _Steps:
    before = np.searchsorted(track.seeks, track.at_ms[track.pairs])
    after = np.searchsorted(track.seeks, track.at_ms[track.pairs + 1], side="right")
    n = track.pairs[before == after]
    dt_ms = (track.at_ms[n + 1] - track.at_ms[n]).astype(np.float64)
    change_ms = track.drift_ms[n + 1] - track.drift_ms[n]
    unexplained_ms = change_ms - (track.rate[n] - 1.0) * dt_ms
    skew = float(np.median(unexplained_ms / dt_ms)) if len(n) else 0.0
    return _Steps(track.places[n + 1], dt_ms, change_ms, track.rate[n], skew, unexplained_ms - skew * dt_ms)


def _skew(study: Study, steps: _Steps, tolerance_ms: float) -> Counterexamples:
    count = len(steps.places)
    uncertain = tolerance_ms / float(np.median(steps.dt_ms)) / count**0.5
    if abs(steps.skew) > _MOST_SKEW + uncertain:
        said = f"ends {count} steps with a media clock off by {steps.skew:+.2%}, more than {_MOST_SKEW:.1%}"
        yield _about(study, steps.places[-1], said)


def _falls(study: Study, steps: _Steps, tolerance_ms: float) -> Counterexamples:
    for n in np.flatnonzero(-steps.change_ms > steps.dt_ms + tolerance_ms).tolist():
        yield _about(
            study,
            steps.places[n],
            f"falls behind by {-steps.change_ms[n]:.0f} ms in {steps.dt_ms[n]:.0f} ms; a video that stands "
            "still falls behind by no more than the time that passes",
        )


def _rises(study: Study, steps: _Steps, tolerance_ms: float) -> Counterexamples:
    for n in np.flatnonzero(steps.rest_ms > tolerance_ms).tolist():
        yield _about(
            study,
            steps.places[n],
            f"drifts by {steps.change_ms[n]:+.0f} ms in {steps.dt_ms[n]:.0f} ms at rate {steps.rate[n]}, without "
            f"a seek: {steps.rest_ms[n]:.0f} ms more than rate and skew ({steps.skew:+.4%}) explain",
        )


def _about(study: Study, place: int, what: str) -> Counterexample:
    return Counterexample(f"{study.tell('sync', int(place))} {what}", study.table("sync").url(int(place)))
