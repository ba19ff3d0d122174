"""Invariant 8: sync samples exist for viewers only, while the video plays; the change of `timeDrift` follows
from `playbackRate`, clock skew and stalls; beyond 600 ms a seek event follows within 3 s; `syncQuality` falls
as |drift| and latency grow.

What may become of `timeDrift` between two samples is told in `drift.py`.

Source: limits of the rate, its step, the seek threshold and the cooldown from the video synchronization page
(documented); one record a second from contract A4.
"""

import numpy as np

from mockserver.check.drift import Track, drift_follows
from mockserver.check.instants import Flags, Floats, Ints
from mockserver.check.rule import Counterexample, Counterexamples
from mockserver.check.study import Study

__all__ = ["viewers_follow_the_host"]

_SEEK_ABOVE_MS = 600
_SEEK_WITHIN_MS = 3000
_COOLDOWN_MS = 2500
_RATES = (0.95, 1.05)
# A step of 0.01, and the rounding of two rates to four decimals.
_RATE_STEP = 0.0101
# Samples come once a second. Two that lie further apart than this are no neighbours.
_NEIGHBOURS_WITHIN_MS = 1500
_SAMPLE_EVERY_MS = 1000
# Quality is written with three decimals.
_QUALITY_ROUNDING = 0.001 + 1e-9


def viewers_follow_the_host(study: Study) -> Counterexamples:
    """Every sync sample of a room, viewer by viewer, and then the room's samples against each other."""
    table = study.table("sync")
    window = _windows(study, table.at_ms)
    for place in np.flatnonzero(window < 0)[:1].tolist():
        yield _about(study, place, "was taken while the video did not play")
    watched = {event.who for event in study.events_of("media.play")}
    for places in table.places_of.values():
        if not watched - table.places_of.keys():
            yield _about(study, int(places[0]), "is a viewer's, but nobody is left to follow: the host is no viewer")
    tracks = [_track(study, who, places, window[places]) for who, places in table.places_of.items()]
    for track in tracks:
        yield from _rates(study, track)
        yield from _holes(study, track)
        yield from _seeks(study, track)
    yield from drift_follows(study, tracks)
    yield from _quality(study)


def _windows(study: Study, at_ms: Ints) -> Ints:
    """Which stretch of playing each instant lies in; -1 for none."""
    starts = np.array([window.start_ms for window in study.playing], dtype=np.float64)
    ends = np.array([window.end_ms for window in study.playing], dtype=np.float64)
    window = np.searchsorted(starts, at_ms, side="right") - 1
    inside = window >= 0
    inside[inside] = at_ms[inside] <= ends[window[inside]]
    return np.where(inside, window, -1).astype(np.int64)


def _track(study: Study, who: str, places: Ints, window: Ints) -> Track:
    table = study.table("sync")
    at_ms = table.at_ms[places]
    together = (np.diff(window) == 0) & (window[1:] >= 0)
    near = np.diff(at_ms) <= _NEIGHBOURS_WITHIN_MS
    return Track(
        who=who,
        places=places,
        at_ms=at_ms,
        drift_ms=table.numbers("timeDrift")[places],
        rate=table.numbers("playbackRate")[places],
        pairs=np.flatnonzero(together & near),
        holes=np.flatnonzero(together & ~near),
        seeks=np.array([e.at_ms for e in study.events_of("media.seek") if e.who == who], dtype=np.int64),
    )


def _rates(study: Study, track: Track) -> Counterexamples:
    low, high = _RATES
    for n in np.flatnonzero((track.rate < low) | (track.rate > high)).tolist():
        yield _about(study, track.places[n], f"has playbackRate {track.rate[n]}, outside {low} to {high}")
    step = track.rate[track.pairs + 1] - track.rate[track.pairs]
    for n in np.flatnonzero(np.abs(step) > _RATE_STEP).tolist():
        place = track.places[track.pairs[n] + 1]
        yield _about(study, place, f"changes playbackRate by {step[n]:+.4f}, more than 0.01 in one step")


def _holes(study: Study, track: Track) -> Counterexamples:
    """Samples are missing only while the viewer was disconnected; that is disproved as in invariant 5."""
    traces = study.traces(track.who, "events", "ratings/continuous")
    for n in track.holes.tolist():
        start_ms, end_ms = track.at_ms[n] + _SAMPLE_EVERY_MS, track.at_ms[n + 1] - _SAMPLE_EVERY_MS
        between = traces[(traces > start_ms) & (traces < end_ms)]
        if len(between):
            yield _about(
                study,
                track.places[n + 1],
                f"comes {track.at_ms[n + 1] - track.at_ms[n]} ms after the one before in the video, though "
                f"{track.who} was connected at onset {int(between[0]) - study.started_ms} ms",
            )


def _seeks(study: Study, track: Track) -> Counterexamples:
    seeks = track.seeks
    for first_ms, second_ms in zip(seeks[:-1].tolist(), seeks[1:].tolist(), strict=True):
        if second_ms - first_ms < _COOLDOWN_MS:
            seek = next(e for e in study.events_of("media.seek") if (e.who, e.at_ms) == (track.who, second_ms))
            yield Counterexample(
                f"{study.tell_event(seek)} comes {second_ms - first_ms} ms after the seek before, within the "
                f"cooldown of {_COOLDOWN_MS} ms",
                study.url_of(seek),
            )
    far = np.flatnonzero(np.abs(track.drift_ms) > _SEEK_ABOVE_MS)
    following = np.searchsorted(seeks, track.at_ms[far])
    for n, k in zip(far.tolist(), following.tolist(), strict=True):
        at_ms = int(track.at_ms[n])
        sought = k < len(seeks) and seeks[k] <= at_ms + _SEEK_WITHIN_MS
        if not sought and not study.may_still_come(at_ms + _SEEK_WITHIN_MS):
            said = f"has timeDrift {track.drift_ms[n]:.0f} ms, but no media.seek event follows within 3 s"
            yield _about(study, track.places[n], said)


def _quality(study: Study) -> Counterexamples:
    """No two samples of the room with more drift and more latency in the one of better quality.

    The best quality is kept for each pair of different values of |drift| and latency, and accumulated from
    the far corner, so that all samples with more of both are one cell.
    """
    table = study.table("sync")
    if not len(table):
        return
    drift, latency = np.abs(table.numbers("timeDrift")), table.numbers("latency")
    quality = table.numbers("syncQuality")
    row, column = _ranks(drift), _ranks(latency)
    best = np.full((row.max() + 2, column.max() + 2), -np.inf)
    np.maximum.at(best, (row, column), quality)
    best = np.maximum.accumulate(best[::-1], axis=0)[::-1]
    best = np.maximum.accumulate(best[:, ::-1], axis=1)[:, ::-1]
    worse = best[row + 1, column + 1]
    for place in np.flatnonzero(worse > quality + _QUALITY_ROUNDING).tolist():
        more: Flags = (drift > drift[place]) & (latency > latency[place])
        other = int(np.flatnonzero(more & (quality == worse[place]))[0])
        yield _about(
            study,
            other,
            f"has syncQuality {quality[other]} at |timeDrift| {drift[other]:.0f} ms and latency "
            f"{latency[other]:.0f} ms; another sample, with less of both ({drift[place]:.0f} and "
            f"{latency[place]:.0f} ms), has only {quality[place]}: {table.url(place)}",
        )


def _ranks(values: Floats) -> Ints:
    """Each value's place among the different values, from 0."""
    return np.unique(values, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _about(study: Study, place: int, what: str) -> Counterexample:
    return Counterexample(f"{study.tell('sync', int(place))} {what}", study.table("sync").url(int(place)))
