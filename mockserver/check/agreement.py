"""Invariant 13: participants who watch the same video together share part of their rating: the mean pairwise
correlation is the scenario's, within its stated tolerance.

Measured from what the API shows: the continuous ratings while a state's video plays, moved from room time to
media time (time since the first `media.play` without the pauses), read off a grid of 500 ms by linear
interpolation where both participants were sampled nearby, and correlated (Pearson) for every pair in a room that
shared at least half of the video and moved their sliders at all. The mean is over all pairs of an experiment's
rooms that were looked into and are over.

What to expect no public endpoint tells. It is the one thing that the check asks the emulator's control API:
`GET /_mock/truth` has every experiment's `agreement`, a `correlation` and a tolerance for it. Where that is not
served the measured value is told, and the invariant is not checked.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from mockserver.check.errors import RefusedError
from mockserver.check.instants import Flags, Floats, Ints
from mockserver.check.observed_room import ObservedRoom, Window
from mockserver.check.rule import Counterexample, Counterexamples, Rule
from mockserver.check.survey import Survey

__all__ = ["RatingsAgree", "correlations"]

_TRUTH_PATH = "/_mock/truth"
_GRID_MS = 500
# A grid point counts where a sample lies this near: the largest distance of two samples.
_NEAR_MS = 500
# Who shared less than ten seconds of a video, or less than half of it, did not watch it together.
_LEAST_POINTS = 20
_LEAST_SHARE = 0.5


class RatingsAgree(Rule):
    """Collects the pairs of an experiment's rooms, and compares their mean with what was planted."""

    unit = "pairs"

    def __init__(self) -> None:
        super().__init__()
        self._pairs: list[float] = []
        self._url = ""

    def room(self, observed: ObservedRoom) -> Counterexamples:
        """Measure the pairs of a room; nothing can be said of them yet.

        What is shared is shared over a whole video, so a room that is not over has nothing to measure.
        """
        found = list(correlations(observed)) if observed.is_over else []
        self.looked_at += len(found)
        self._pairs += found
        self._url = self._url or observed.table("ratings/continuous").url(0)
        return iter(())

    def experiment(self, survey: Survey) -> Counterexamples:
        """Compare the mean of an experiment's pairs, and forget them."""
        pairs, url, self._pairs, self._url = self._pairs, self._url, [], ""
        measured = float(np.mean(pairs)) if pairs else None
        told = "" if measured is None else f" (the mean of {survey.experiment_id}'s pairs is {measured:.3f})"
        try:
            planted = _planted(survey)
        except RefusedError as error:
            self.skipped = f"not checked: {error}{told}"
            return
        if planted is None:
            self.skipped = f"not checked: {_TRUTH_PATH} does not say what to expect{told}"
        elif measured is not None and abs(measured - planted[0]) > planted[1]:
            said = f"the mean pairwise correlation in {survey.experiment_id} is {measured:.3f}"
            yield Counterexample(f"{said}, the scenario's is {planted[0]:.3f} +- {planted[1]:.3f}", url)


def _planted(survey: Survey) -> tuple[float, float] | None:
    """The experiment's correlation and tolerance, if the server tells them.

    Raises:
        RefusedError: It tells them to others.
    """
    truth = survey.reader.control(_TRUTH_PATH)
    for experiment in truth["experiments"] if isinstance(truth, dict) else ():
        if experiment["experimentId"] == survey.experiment_id:
            return float(experiment["agreement"]["correlation"]), float(experiment["tolerances"]["agreement"])
    return None


def correlations(observed: ObservedRoom) -> Iterator[float]:
    """The correlation, from -1 to 1, of every pair of participants who rated a video at the same time."""
    for windows in _videos(observed):
        tracks = list(_tracks(observed, windows))
        for (one, near_one), (other, near_other) in combinations(tracks, 2):
            both = near_one & near_other
            enough = max(_LEAST_POINTS, _LEAST_SHARE * len(both))
            if both.sum() >= enough and np.ptp(one[both]) > 0 and np.ptp(other[both]) > 0:
                yield float(np.corrcoef(one[both], other[both])[0, 1])


def _videos(observed: ObservedRoom) -> Iterator[Sequence[Window]]:
    """The stretches in which each state's video played."""
    for state_id in dict.fromkeys(window.state_id for window in observed.playing):
        yield [window for window in observed.playing if window.state_id == state_id]


def _tracks(observed: ObservedRoom, windows: Sequence[Window]) -> Iterator[tuple[Floats, Flags]]:
    """For each slider in a video: its value on the grid, and where on the grid samples are near."""
    table = observed.table("ratings/continuous")
    first_ms, last_ms = windows[0].start_ms, min(windows[-1].end_ms, observed.horizon_ms)
    played_ms = sum(min(window.end_ms, last_ms) - window.start_ms for window in windows)
    grid = np.arange(0.0, played_ms, _GRID_MS)
    values = table.numbers("value")
    for places in table.places_of.values():
        during = places[(table.at_ms[places] >= first_ms) & (table.at_ms[places] <= last_ms)]
        media_ms, played = _media_time(table.at_ms[during], windows)
        rated = values[during][played]
        if len(rated) > 1:
            yield np.interp(grid, media_ms[played], rated), _is_near(grid, media_ms[played])


def _media_time(at_ms: Ints, windows: Sequence[Window]) -> tuple[Floats, Flags]:
    """Room time to media time, and whether the video played then."""
    media_ms, played = np.zeros(len(at_ms)), np.zeros(len(at_ms), dtype=np.bool_)
    before_ms = 0.0
    for window in windows:
        during = (at_ms >= window.start_ms) & (at_ms < window.end_ms)
        media_ms[during] = at_ms[during] - window.start_ms + before_ms
        played |= during
        before_ms += window.end_ms - window.start_ms
    return media_ms, played


def _is_near(grid: Floats, media_ms: Floats) -> Flags:
    after = np.clip(np.searchsorted(media_ms, grid), 1, len(media_ms) - 1)
    distance = np.minimum(np.abs(media_ms[after - 1] - grid), np.abs(media_ms[after] - grid))
    near: Flags = distance <= _NEAR_MS
    return near
