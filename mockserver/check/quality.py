"""The part of invariant 8 about `syncQuality`: it falls as |drift| grows, and it falls as latency grows.

Its formula is nobody's to know, so samples of a room are compared with each other. One with more of both is not
of better quality. And each of the two has to show by itself: a sample with clearly more drift and no less latency
is of worse quality, and so is one with clearly more latency and no less drift. What "clearly" is comes from the
three decimals of a quality and the documented example (150 ms and 85 ms give 0.95), by which 50 ms of drift cost
about half a hundredth, and 30 ms of latency more than a thousandth as long as the quality is good (inferred).
"""

from typing import NamedTuple

import numpy as np

from mockserver.check.instants import Flags, Floats, Ints
from mockserver.check.observed_room import ObservedRoom
from mockserver.check.rule import Counterexample, Counterexamples

__all__ = ["quality_falls"]

# Quality is written with three decimals.
_ROUNDING = 0.001 + 1e-9
_MORE_DRIFT_MS, _MORE_LATENCY_MS = 50.0, 30.0
# Where drift and latency are small a little more shows; the worse the quality, the less does.
_SMALL_DRIFT_MS, _SMALL_LATENCY_MS = 100.0, 1000.0


class _Samples(NamedTuple):
    """A room's samples, or some of them: |drift|, latency, quality."""

    places: Ints
    drift_ms: Floats
    latency_ms: Floats
    quality: Floats

    def those(self, chosen: Flags) -> "_Samples":
        """Some of them."""
        return _Samples(self.places[chosen], self.drift_ms[chosen], self.latency_ms[chosen], self.quality[chosen])


def quality_falls(observed: ObservedRoom) -> Counterexamples:
    """Every sample of a room against those with more of one and no less of the other."""
    table = observed.table("sync")
    drift_ms, latency_ms = np.abs(table.numbers("timeDrift")), table.numbers("latency")
    every = _Samples(np.arange(len(table)), drift_ms, latency_ms, table.numbers("syncQuality"))
    low_latency = every.those(latency_ms <= _SMALL_LATENCY_MS)
    both_low = low_latency.those(low_latency.drift_ms <= _SMALL_DRIFT_MS)
    yield from _compare(observed, every, (1.0, 1.0), _ROUNDING)
    yield from _compare(observed, low_latency, (_MORE_DRIFT_MS, 0.0), -1e-9)
    yield from _compare(observed, both_low, (0.0, _MORE_LATENCY_MS), -1e-9)


def _compare(observed: ObservedRoom, samples: _Samples, more: tuple[float, float], gain: float) -> Counterexamples:
    """No sample with so much more drift and latency than another has a quality higher by more than the gain."""
    if not len(samples.places):
        return
    best = _Best(samples)
    of_others = best.beyond(samples.drift_ms + more[0], samples.latency_ms + more[1])
    for n in np.flatnonzero(of_others > samples.quality + gain).tolist():
        drift_ms, latency_ms, quality = samples.drift_ms[n], samples.latency_ms[n], samples.quality[n]
        beyond: Flags = (samples.drift_ms >= drift_ms + more[0]) & (samples.latency_ms >= latency_ms + more[1])
        other = int(np.flatnonzero(beyond & (samples.quality == of_others[n]))[0])
        table = observed.table("sync")
        yield Counterexample(
            f"{observed.tell('sync', int(samples.places[other]))} has syncQuality {samples.quality[other]} at "
            f"|timeDrift| {samples.drift_ms[other]:.0f} ms and latency {samples.latency_ms[other]:.0f} ms; another "
            f"sample, with only {drift_ms:.0f} and {latency_ms:.0f} ms, has {quality}: "
            f"{table.url(int(samples.places[n]))}",
            table.url(int(samples.places[other])),
        )


class _Best:
    """The best quality of all samples with at least so much drift and at least so much latency.

    It is kept for each pair of different values, and accumulated from the far corner.
    """

    def __init__(self, samples: _Samples) -> None:
        self._drift, row = np.unique(samples.drift_ms, return_inverse=True)
        self._latency, column = np.unique(samples.latency_ms, return_inverse=True)
        best = np.full((len(self._drift) + 1, len(self._latency) + 1), -np.inf)
        np.maximum.at(best, (row.reshape(-1), column.reshape(-1)), samples.quality)
        best = np.maximum.accumulate(best[::-1], axis=0)[::-1]
        self._best = np.maximum.accumulate(best[:, ::-1], axis=1)[:, ::-1]

    def beyond(self, drift_ms: Floats, latency_ms: Floats) -> Floats:
        """Of those with as much or more; -inf where there is none."""
        row, column = np.searchsorted(self._drift, drift_ms), np.searchsorted(self._latency, latency_ms)
        found: Floats = self._best[row, column]
        return found
