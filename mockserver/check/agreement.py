"""Invariant 13: participants who watch the same video together share part of their rating: the mean pairwise
correlation is the scenario's, within its stated tolerance.

Measured from what the API shows: the continuous ratings of a component in a state whose video plays, moved from
room time to media time (time since the first `media.play` without the pauses), read off a grid of 500 ms by
linear interpolation where both participants were sampled nearby, and correlated (Pearson) for every pair in a
room that moved their sliders at all. The mean is over all pairs of all rooms that were looked into.

What to expect is the emulator's own secret: `GET /_mock/truth` has it in
`{"interSubjectCorrelation": {"expected": r, "tolerance": t}}`. Without that the value is only reported.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from mockserver.check.instants import Floats, Ints
from mockserver.check.reader import Reader
from mockserver.check.rule import Counterexample, Counterexamples, Rule
from mockserver.check.study import Study, Window

__all__ = ["RatingsAgree", "correlations"]

_TRUTH_PATH = "/_mock/truth"
_GRID_MS = 500
# A grid point counts where a sample lies this near: the largest distance of two samples.
_NEAR_MS = 500
# Fewer shared grid points than ten seconds of video say nothing.
_LEAST_POINTS = 20


class RatingsAgree(Rule):
    """Collects the pairs of all rooms; says how they agree at the end."""

    unit = "pairs"

    def __init__(self) -> None:
        super().__init__()
        self._found: list[float] = []
        self._reader: Reader | None = None
        self._url = ""

    def room(self, study: Study) -> Counterexamples:
        """Measure the pairs of a room; nothing can be said of them yet."""
        pairs = list(correlations(study))
        self.looked_at += len(pairs)
        if pairs and self._reader is None:
            self._reader, self._url = study.reader, study.table("ratings/continuous").url(0)
        self._found += pairs
        return iter(())

    def end(self) -> Counterexamples:
        """Compare the mean of all pairs with what the scenario plants."""
        if self._reader is None:
            self.skipped = "nobody rates a video together with somebody else"
            return
        measured = float(np.mean(self._found))
        shown = f"the mean pairwise correlation is {measured:.3f}"
        truth = self._reader.control(_TRUTH_PATH)
        planted = truth.get("interSubjectCorrelation") if isinstance(truth, dict) else None
        if not isinstance(planted, dict):
            self.skipped = f"{shown}, but {_TRUTH_PATH} does not say what to expect"
            return
        expected, tolerance = float(planted["expected"]), float(planted["tolerance"])
        if abs(measured - expected) > tolerance:
            yield Counterexample(f"{shown}, the scenario's is {expected:.3f} +- {tolerance:.3f}", self._url)


def correlations(study: Study) -> Iterator[float]:
    """The correlation of every pair of participants who rated the same video at the same time, from -1 to 1."""
    for windows in _videos(study):
        tracks = list(_tracks(study, windows))
        for (one, near_one), (other, near_other) in combinations(tracks, 2):
            both = near_one & near_other
            if both.sum() >= _LEAST_POINTS and np.ptp(one[both]) > 0 and np.ptp(other[both]) > 0:
                yield float(np.corrcoef(one[both], other[both])[0, 1])


def _videos(study: Study) -> Iterator[Sequence[Window]]:
    """The stretches in which each state's video played."""
    for state_id in dict.fromkeys(window.state_id for window in study.playing):
        yield [window for window in study.playing if window.state_id == state_id]


def _tracks(study: Study, windows: Sequence[Window]) -> Iterator[tuple[Floats, Floats]]:
    """For each slider in a video: its value on the grid, and where on the grid samples are near."""
    table = study.table("ratings/continuous")
    first_ms, last_ms = windows[0].start_ms, min(windows[-1].end_ms, study.horizon_ms)
    played_ms = sum(min(window.end_ms, last_ms) - window.start_ms for window in windows)
    grid = np.arange(0.0, played_ms, _GRID_MS)
    values = table.numbers("value")
    for places in table.places_of.values():
        during = places[(table.at_ms[places] >= first_ms) & (table.at_ms[places] <= last_ms)]
        media_ms, played = _media_time(table.at_ms[during], windows)
        rated = values[during][played]
        if len(rated) > 1:
            yield np.interp(grid, media_ms[played], rated), _is_near(grid, media_ms[played])


def _media_time(at_ms: Ints, windows: Sequence[Window]) -> tuple[Floats, Floats]:
    """Room time to media time, and whether the video played then."""
    media_ms, played = np.zeros(len(at_ms)), np.zeros(len(at_ms), dtype=np.bool_)
    before_ms = 0.0
    for window in windows:
        during = (at_ms >= window.start_ms) & (at_ms < window.end_ms)
        media_ms[during] = at_ms[during] - window.start_ms + before_ms
        played |= during
        before_ms += window.end_ms - window.start_ms
    return media_ms, played


def _is_near(grid: Floats, media_ms: Floats) -> Floats:
    after = np.clip(np.searchsorted(media_ms, grid), 1, len(media_ms) - 1)
    distance = np.minimum(np.abs(media_ms[after - 1] - grid), np.abs(media_ms[after] - grid))
    return distance <= _NEAR_MS
