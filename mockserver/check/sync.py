"""Invariant 8: sync samples exist for viewers only, while the video plays; the change of `timeDrift` follows
from `playbackRate`, clock skew and stalls; beyond 600 ms a seek event follows within 3 s; `syncQuality` falls
as |drift| and latency grow.

What may become of `timeDrift` between two samples is told in `drift.py`, what `syncQuality` is made of in
`quality.py`. Whoever watches with others has samples from shortly after the beginning of each stretch of playing
video to shortly before its end, if they were connected (`absence.py`) and are not the host.

Source: limits of the rate, its step, the seek threshold and the cooldown from the video synchronization page
(documented); one record a second is inferred.
"""

import numpy as np

from mockserver.check.absence import sliders, viewers, within
from mockserver.check.drift import Track, drift_follows
from mockserver.check.instants import Ints
from mockserver.check.observed_room import ObservedRoom
from mockserver.check.quality import quality_falls
from mockserver.check.rule import Counterexample, Counterexamples

__all__ = ["viewers_follow_the_host"]

_SEEK_ABOVE_MS = 600
_SEEK_WITHIN_MS = 3000
_COOLDOWN_MS = 2500
_RATES = (0.95, 1.05)
# A step of 0.01, and the rounding of two rates to four decimals.
_RATE_STEP = 0.0101
# Samples come once a second. Two that lie further apart than this are no neighbours.
_NEIGHBOURS_WITHIN_MS = 1500


def viewers_follow_the_host(observed: ObservedRoom) -> Counterexamples:
    """Every sync sample of a room, viewer by viewer, and then the room's samples against each other.

    Samples of somebody who is none of the room's participants are invariant 2's to tell.
    """
    table = observed.table("sync")
    window = _windows(observed, table.at_ms)
    for place in np.flatnonzero(window < 0)[:1].tolist():
        yield _about(observed, place, "was taken while the video did not play")
    own = {who: places for who, places in table.places_of.items() if who in observed.room.participants}
    watched = {event.who for event in observed.events_of("media.play")}
    for places in own.values():
        if not watched - own.keys():
            yield _about(observed, int(places[0]), "is a viewer's, but nobody is left to follow: the host is no viewer")
    tracks = [_track(observed, who, places, window[places]) for who, places in own.items()]
    for track in tracks:
        yield from _rates(observed, track)
        yield from _seeks(observed, track)
    if len(own) == len(table.places_of):
        yield from _gaps(observed)
    yield from drift_follows(observed, tracks)
    yield from quality_falls(observed)


def _windows(observed: ObservedRoom, at_ms: Ints) -> Ints:
    """Which stretch of playing each instant lies in; -1 for none."""
    starts = np.array([window.start_ms for window in observed.playing], dtype=np.float64)
    ends = np.array([window.end_ms for window in observed.playing], dtype=np.float64)
    window = np.searchsorted(starts, at_ms, side="right") - 1
    inside = window >= 0
    inside[inside] = at_ms[inside] <= ends[window[inside]]
    return np.where(inside, window, -1).astype(np.int64)


def _track(observed: ObservedRoom, who: str, places: Ints, window: Ints) -> Track:
    table = observed.table("sync")
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
        seeks=np.array([e.at_ms for e in observed.events_of("media.seek") if e.who == who], dtype=np.int64),
    )


def _rates(observed: ObservedRoom, track: Track) -> Counterexamples:
    low, high = _RATES
    for n in np.flatnonzero((track.rate < low) | (track.rate > high)).tolist():
        yield _about(observed, track.places[n], f"has playbackRate {track.rate[n]}, outside {low} to {high}")
    step = track.rate[track.pairs + 1] - track.rate[track.pairs]
    for n in np.flatnonzero(np.abs(step) > _RATE_STEP).tolist():
        place = track.places[track.pairs[n] + 1]
        yield _about(observed, place, f"changes playbackRate by {step[n]:+.4f}, more than 0.01 in one step")


def _gaps(observed: ObservedRoom) -> Counterexamples:
    """Viewers have samples while the video plays and they are connected, and none while they are not.

    One who watched has none at all: the host. Nobody says who that is, so of two without one is a viewer.
    """
    table = observed.table("sync")
    silences = list(viewers(observed))
    without = list(dict.fromkeys(one.stay.who for one in silences if one.stay.who not in table.places_of))
    if len(without) > 1:
        told = next(one.told(observed) for one in silences if one.stay.who == without[1])
        yield Counterexample(f"{told}, nor at any time, and {without[0]} has none; only one is the host", table.url(0))
    for silence in silences:
        if silence.fault and silence.stay.who not in without:
            yield Counterexample(
                f"{silence.told(observed)} of the video, {silence.fault}", table.url(silence.place or 0)
            )
    for silence in sliders(observed):
        own = within(table.at_ms, table.of(silence.stay.who), silence.core)
        for place in own.tolist() if not silence.fault else ():
            yield _about(observed, place, f"was taken while its participant was disconnected: {silence.told(observed)}")


def _seeks(observed: ObservedRoom, track: Track) -> Counterexamples:
    seeks = track.seeks
    for first_ms, second_ms in zip(seeks[:-1].tolist(), seeks[1:].tolist(), strict=True):
        if second_ms - first_ms < _COOLDOWN_MS:
            seek = next(e for e in observed.events_of("media.seek") if (e.who, e.at_ms) == (track.who, second_ms))
            yield Counterexample(
                f"{observed.tell_event(seek)} comes {second_ms - first_ms} ms after the seek before, within the "
                f"cooldown of {_COOLDOWN_MS} ms",
                observed.url_of(seek),
            )
    far = np.flatnonzero(np.abs(track.drift_ms) > _SEEK_ABOVE_MS)
    following = np.searchsorted(seeks, track.at_ms[far])
    for n, k in zip(far.tolist(), following.tolist(), strict=True):
        at_ms = int(track.at_ms[n])
        sought = k < len(seeks) and seeks[k] <= at_ms + _SEEK_WITHIN_MS
        if not sought and not observed.may_still_come(at_ms + _SEEK_WITHIN_MS):
            said = f"has timeDrift {track.drift_ms[n]:.0f} ms, but no media.seek event follows within 3 s"
            yield _about(observed, track.places[n], said)


def _about(observed: ObservedRoom, place: int, what: str) -> Counterexample:
    return Counterexample(f"{observed.tell('sync', int(place))} {what}", observed.table("sync").url(int(place)))
