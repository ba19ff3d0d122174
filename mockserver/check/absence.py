"""Lost connections, as regular streams show them: what invariants 5 and 8 mean by "while disconnected".

No record says that a connection was lost (only the video chat's do, in a video chat). It shows in what is
missing: a slider that sends two to ten samples a second, and a viewer's sync samples, one a second while the
video plays, are both silent. So each is asked first whether what it lacks can be one lost connection. The
shape of such a one is inferred: in one stay in a state at most one, of 2 to 20 seconds, begun and over well
inside the state, and nothing else of the participant lies in it.

- What has another shape is a fault of the stream that lacks samples: some are missing. So is what an event or a
  message of the participant disproves.
- What has that shape is taken for a lost connection. Then the other stream must be silent as well, and if it is
  not, it is the one at fault: it has samples while its participant was disconnected.
- Where both are silent, two speak against one: an event or a message in between is at fault, which is invariant
  2's to tell.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from mockserver.check.instants import Ints
from mockserver.check.observed_room import ObservedRoom, Span, Window

__all__ = ["LONGEST_MS", "SHORTEST_MS", "Silence", "Stay", "Stream", "agreed", "sliders", "viewers", "within"]

SHORTEST_MS = 2_000
LONGEST_MS = 20_000
# From a component's appearance until the connection is lost at the earliest.
_AFTER_START_MS = 2_000
# From finding it again until a video's end.
_BEFORE_END_MS = 5_000
# Told from the viewers' samples themselves, so they are no other witnesses.
_OF_SYNC = ("sync.metrics", "media.seek")


class Stream(NamedTuple):
    """A regular stream, and what distances of its samples are no gap.

    Attributes:
        most_ms: Between two samples.
        edge_ms: Between a sample and the beginning or the end of the time in which there have to be some.
        margin_ms: A connection that is lost may have held so long after the last sample, and before the first.
    """

    data_type: str
    most_ms: int
    edge_ms: int
    margin_ms: int


_SLIDER = Stream("ratings/continuous", 500, 600, 600)
# The engine samples a stretch of playing video once a second, if it is connected for longer than that second.
_VIEWER = Stream("sync", 1500, 2000, 1100)


class Stay(NamedTuple):
    """One participant in one state, with one stream.

    Attributes:
        shown: When the component was there that the stream belongs to.
        due: Times in which there have to be samples, in order.
        places: The samples in the component's time, as places in the stream's table.
        over_ms: When the state's video came to its end; infinite where there is none, or where the end was forced.
    """

    who: str
    shown: Window
    due: Sequence[Span]
    places: Ints
    over_ms: float


class Silence(NamedTuple):
    """What a stay's stream lacks.

    Attributes:
        place: The sample after the gap, or else before it; None where there is no sample at all.
        gap: From the last sample before to the first one after, ms since the epoch.
        bounded: There is one after.
        fault: Why that is no lost connection; None where it may be one.
    """

    stream: Stream
    stay: Stay
    place: int | None
    gap: Span
    bounded: bool
    fault: str | None

    @property
    def core(self) -> Span:
        """When the connection was lost for certain, if it was."""
        return self.gap[0] + self.stream.margin_ms, self.gap[1] - self.stream.margin_ms

    def quiet(self, observed: ObservedRoom) -> Span:
        """From the last sample before to the first one after, whether samples were due all the time or not."""
        at_ms = observed.table(self.stream.data_type).at_ms[self.stay.places]
        return (
            max(at_ms[at_ms <= self.gap[0]].tolist(), default=self.stay.shown.start_ms),
            min(at_ms[at_ms >= self.gap[1]].tolist(), default=self.stay.shown.end_ms),
        )

    def told(self, observed: ObservedRoom) -> str:
        """What lacks, in words."""
        from_ms, to_ms = (end_ms - observed.started_ms for end_ms in self.gap)
        return f"{self.stay.who} has no {self.stream.data_type} sample from onset {from_ms:.0f} to {to_ms:.0f} ms"


def sliders(observed: ObservedRoom) -> list[Silence]:
    """What continuous ratings lack, stay by stay."""
    return _judged(observed, _of_sliders(observed), _of_viewers(observed))


def viewers(observed: ObservedRoom) -> list[Silence]:
    """What sync samples lack, stay by stay, of everybody who watched: the host's is all."""
    return _judged(observed, _of_viewers(observed), _of_sliders(observed))


def agreed(observed: ObservedRoom) -> Iterator[tuple[str, Span]]:
    """When a participant's connection was lost for certain by one stream, and the other has nothing against it."""
    both = [[one for one in silences if not one.fault] for silences in (_of_sliders(observed), _of_viewers(observed))]
    for ones, others in (both, both[::-1]):
        for one, other in product(ones, others):
            quiet_ms = other.quiet(observed)
            start_ms, end_ms = max(one.core[0], quiet_ms[0]), min(one.core[1], quiet_ms[1])
            if one.stay.who == other.stay.who and start_ms < end_ms:
                yield one.stay.who, (start_ms, end_ms)


def within(at_ms: Ints, places: Ints, span: Span) -> Ints:
    """Which of the places lie strictly inside a span."""
    found: Ints = places[(at_ms[places] > span[0]) & (at_ms[places] < span[1])]
    return found


# --- stays -----------------------------------------------------------------------------------------


def _slider_stays(observed: ObservedRoom) -> Iterator[Stay]:
    table = observed.table("ratings/continuous")
    components, videos = table.columns["componentId"], _videos(observed)
    for (who, component_id), windows in _sampled(observed, set(components)):
        own = np.array([n for n in table.of(who).tolist() if components[n] == component_id], dtype=np.int64)
        for shown in windows:
            due = _slider_due(observed, videos, shown)
            yield Stay(who, shown, due, _inside(table.at_ms, own, shown), _over_ms(observed, shown))


def _sampled(observed: ObservedRoom, known: Collection[str]) -> Iterator[tuple[tuple[str, str], Sequence[Window]]]:
    """The sliders that send samples: those that some are of, and in a state without any those with an interval.

    A slider that fills a state may stand beside the one that is sampled there.
    """
    shown = observed.windows("ContinuousRating")
    states = {window.state_id for (_, one), windows in shown.items() if one in known for window in windows}
    records = observed.table("components").records
    regular = {record["componentId"] for record in records if (record["config"] or {}).get("intervalMs")}
    for key, windows in shown.items():
        if key[1] in known:
            yield key, windows
        elif key[1] in regular:
            yield key, [window for window in windows if window.state_id not in states]


def _slider_due(observed: ObservedRoom, videos: Mapping[str | None, Sequence[Span]], shown: Window) -> Sequence[Span]:
    """Where there is a video, its slider is sampled from its beginning to its end, pauses included."""
    played = _common(observed, videos.get(shown.state_id, ()), shown)
    if played:
        return [(played[0][0], played[-1][1])]
    with_video = any(
        one.state_id == shown.state_id for windows in observed.windows("ShowVideo").values() for one in windows
    )
    return [] if with_video else _common(observed, [shown[:2]], shown)


def _viewer_stays(observed: ObservedRoom) -> Iterator[Stay]:
    table = observed.table("sync")
    videos = _videos(observed)
    for (who, _), windows in observed.windows("ShowVideo").items():
        for shown in windows:
            due = _common(observed, videos.get(shown.state_id, ()), shown)
            yield Stay(who, shown, due, _inside(table.at_ms, table.of(who), shown), _over_ms(observed, shown))


def _videos(observed: ObservedRoom) -> Mapping[str | None, Sequence[Span]]:
    """State to the times in which its video played."""
    found: dict[str | None, list[Span]] = {}
    for start_ms, end_ms, state_id in observed.playing:
        found.setdefault(state_id, []).append((start_ms, end_ms))
    return found


def _common(observed: ObservedRoom, spans: Sequence[Span], shown: Window) -> list[Span]:
    """The parts of spans in which a component was shown, as far as time has come."""
    last_ms = min(shown.end_ms, observed.horizon_ms)
    cut = [(max(start_ms, shown.start_ms), min(end_ms, last_ms)) for start_ms, end_ms in spans]
    return [(start_ms, end_ms) for start_ms, end_ms in cut if start_ms < end_ms]


def _inside(at_ms: Ints, places: Ints, shown: Window) -> Ints:
    found: Ints = places[(at_ms[places] >= shown.start_ms) & (at_ms[places] <= shown.end_ms)]
    return found


def _over_ms(observed: ObservedRoom, shown: Window) -> float:
    ends = [end.at_ms for end in observed.events_of("media.ended") if end.record["stateId"] == shown.state_id]
    # Who left before has seen no end.
    return min((at_ms for at_ms in ends if at_ms <= shown.end_ms), default=math.inf)


# --- silences --------------------------------------------------------------------------------------


class _Piece(NamedTuple):
    """A part of the time in which samples are due that has none.

    Attributes:
        place: The sample after it, or else before it. bounded: There is one after it.
    """

    from_ms: float
    to_ms: float
    place: int | None
    bounded: bool


def _of_sliders(observed: ObservedRoom) -> list[Silence]:
    stays = (stay for stay in _slider_stays(observed) if stay.who not in observed.declined)
    return [silence for stay in stays for silence in _silence(observed, _SLIDER, stay)]


def _of_viewers(observed: ObservedRoom) -> list[Silence]:
    stays = (stay for stay in _viewer_stays(observed) if stay.who not in observed.declined)
    return [silence for stay in stays for silence in _silence(observed, _VIEWER, stay)]


def _silence(observed: ObservedRoom, stream: Stream, stay: Stay) -> Iterator[Silence]:
    """What the stay lacks: nothing, or everything from the first to the last piece."""
    at_ms = observed.table(stream.data_type).at_ms
    pieces = [piece for span in stay.due for piece in _pieces(stream, at_ms, stay.places, span)]
    if not pieces:
        return
    first, last = pieces[0], pieces[-1]
    whole = Silence(stream, stay, first.place, (first.from_ms, last.to_ms), last.bounded, None)
    if len(within(at_ms, stay.places, whole.gap)):
        parted = "and lacks some at another time again, though a connection is lost once in a state at most"
        yield whole._replace(gap=(first.from_ms, first.to_ms), fault=parted)
    else:
        yield whole._replace(fault=_misshapen(whole))


def _pieces(stream: Stream, at_ms: Ints, places: Ints, span: Span) -> Iterator[_Piece]:
    start_ms, end_ms = span
    own = places[(at_ms[places] >= start_ms) & (at_ms[places] <= end_ms)]
    moments = np.concatenate([[start_ms], at_ms[own], [end_ms]])
    most_ms = np.full(len(own) + 1, stream.most_ms)
    most_ms[[0, -1]] = stream.edge_ms
    for n in np.flatnonzero(np.diff(moments) > most_ms).tolist():
        place = int(own[min(n, len(own) - 1)]) if len(own) else None
        yield _Piece(float(moments[n]), float(moments[n + 1]), place, n < len(own))


def _misshapen(silence: Silence) -> str | None:
    """What about its length and place is not as with a lost connection."""
    stay, (lost_ms, found_ms) = silence.stay, silence.core
    if silence.bounded and silence.gap[1] - silence.gap[0] < SHORTEST_MS:
        return "too little for a lost connection"
    if found_ms - lost_ms > LONGEST_MS:
        return "too much for a lost connection"
    if stay.shown.start_ms + _AFTER_START_MS > lost_ms:
        return "though no connection is lost at the very beginning"
    if found_ms > stay.over_ms - _BEFORE_END_MS:
        return "though every connection is found again before the video ends"
    return None


def _judged(observed: ObservedRoom, silences: Sequence[Silence], others: Sequence[Silence]) -> list[Silence]:
    """The silences of one stream, with what disproves them; those of the other one agree or do not."""
    return [one._replace(fault=_disproof(observed, one, others) or one.fault) for one in silences]


def _disproof(observed: ObservedRoom, silence: Silence, others: Sequence[Silence]) -> str | None:
    """Something that the participant did meanwhile, if the other stream is not silent then as well."""
    who = silence.stay.who
    agreeing = (other for other in others if other.stay.who == who and not other.fault and not silence.fault)
    quiet = [other.quiet(observed) for other in agreeing]
    for at_ms in _witnesses(observed, who).tolist():
        agrees = any(before_ms < at_ms < after_ms for before_ms, after_ms in quiet)
        if silence.core[0] < at_ms < silence.core[1] and not agrees:
            return f"though {who} was connected at onset {at_ms - observed.started_ms} ms"
    return None


def _witnesses(observed: ObservedRoom, who: str) -> Ints:
    """When the participant did something that needs a connection, beside what the streams themselves tell."""
    events = [
        event.at_ms
        for type_, happened in observed.events.items()
        if type_ not in _OF_SYNC
        for event in happened
        if event.who == who
    ]
    return np.sort(np.concatenate([np.array(events, dtype=np.int64), observed.traces(who, "chat")]))
