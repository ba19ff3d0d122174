"""What a plot of a room shows, as plain numbers: its records, and the truth behind them.

Times are seconds since the room's experiment started, as `onset` is in milliseconds.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from mockserver.simulation.datasets.query import Query
from mockserver.simulation.records.records import ContinuousRating, Event, SyncSample
from mockserver.simulation.story.rooms import RoomRef
from mockserver.simulation.truth import RoomTruth
from mockserver.simulation.world import DataType, World

__all__ = ["Line", "Mark", "Person", "Span", "Story", "room_story"]

# A distance between two samples that means there were none in between.
_SYNC_BREAK_S = 2.5
_RATINGS_BREAK_S = 1.1
_CURVE_EVERY_S = 0.5


class Span(NamedTuple):
    """From and to, in seconds."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Line:
    """One participant's samples, in order; NaN between two that do not belong together."""

    seat: int
    at_s: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened to one participant at a place of their line."""

    seat: int
    at_s: float
    value: float


@dataclass(frozen=True, slots=True)
class Person:
    """One participant: presence, lost connections, and the completion code in the end."""

    participant_id: str
    present: Span
    gaps: tuple[Span, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class Story:
    """A room, ready to be drawn. `who` in lines and marks is a place in `people`.

    Attributes:
        states: The host's way through the experiment.
        drift: Measured time drift of each viewer in ms; seeks, stalls: at the drift they begin from.
        ratings: Continuous ratings from 0 to 1; shared: the latent curve that all share, for each state,
            at the room's mean level and spread.
        pauses: When the video stood still for a sparse rating.
    """

    room: RoomRef
    people: tuple[Person, ...]
    states: tuple[tuple[str, Span], ...]
    drift: tuple[Line, ...]
    seeks: tuple[Mark, ...]
    stalls: tuple[Mark, ...]
    ratings: tuple[Line, ...]
    shared: tuple[Line, ...]
    pauses: tuple[Span, ...]


def room_story(world: World, room: RoomRef) -> Story:
    """Everything about one room, whatever the time is in the world: the story is told to its end."""
    truth = world.room_truth(room)
    number = {person_id: who for who, person_id in enumerate(world.participant_ids(room))}
    events: list[Event] = _records(world, room, "events")
    sync: list[SyncSample] = _records(world, room, "sync")
    ratings: list[ContinuousRating] = _records(world, room, "ratings/continuous")
    drift = _lines(((number[one.participant_id], one.onset_ms, one.time_drift_ms) for one in sync), _SYNC_BREAK_S)
    sliders = ((number[one.participant_id], one.onset_ms, one.value) for one in ratings)
    host = [event for event in events if room.is_host(number[event.participant_id])]
    stalls = ((number[one.participant_id], (one.at_ms - room.started_ms) / 1000) for one in truth.stalls)
    seeks = ((number[e.participant_id], e.onset_ms / 1000) for e in events if e.event_type == "media.seek")
    return Story(
        room=room,
        people=_people(world, room),
        states=tuple(_states(host)),
        drift=drift,
        seeks=_marks(drift, seeks),
        stalls=_marks(drift, stalls),
        ratings=_lines(sliders, _RATINGS_BREAK_S),
        shared=tuple(_shared(host, truth)),
        pauses=tuple(_pauses(host)),
    )


def _records(world: World, room: RoomRef, data_type: DataType) -> list[Any]:
    found = world.select(data_type, [room], Query(now_ms=world.settled_ms(room.experiment_id)))
    return found.rows(0, found.total)


def _people(world: World, room: RoomRef) -> tuple[Person, ...]:
    zero_ms = room.started_ms
    return tuple(
        Person(
            participant_id=person.participant_id,
            present=_span(person.joined_ms - zero_ms, person.left_ms - zero_ms),
            gaps=tuple(_span(start_ms - zero_ms, end_ms - zero_ms) for start_ms, end_ms in person.gaps),
            outcome=person.outcome,
        )
        for person in world.plan(room).participants
    )


def _lines(samples: Iterable[tuple[int, int, float]], break_s: float) -> tuple[Line, ...]:
    """A line for everyone who has samples (who, onset in ms, value), which come in order of time."""
    columns: dict[int, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for who, onset_ms, value in samples:
        at_s, values = columns[who]
        if at_s and onset_ms / 1000 - at_s[-1] > break_s:
            at_s.append(at_s[-1])
            values.append(float("nan"))
        at_s.append(onset_ms / 1000)
        values.append(float(value))
    return tuple(Line(who, tuple(at_s), tuple(values)) for who, (at_s, values) in sorted(columns.items()))


def _marks(lines: Sequence[Line], moments: Iterable[tuple[int, float]]) -> tuple[Mark, ...]:
    """Marks at the last sample up to each moment (who, seconds)."""
    line_of = {line.seat: line for line in lines}
    marks = []
    for who, at_s in moments:
        place = bisect_right(line_of[who].at_s, at_s) - 1 if who in line_of else -1
        if place >= 0:
            marks.append(Mark(who, at_s, line_of[who].values[place]))
    return tuple(marks)


def _states(host: Sequence[Event]) -> list[tuple[str, Span]]:
    entered = {e.state_id: e.onset_ms for e in host if e.event_type == "state.enter"}
    left = {e.state_id: e.onset_ms for e in host if e.event_type == "state.exit"}
    return [(str(state), _span(start_ms, left[state])) for state, start_ms in entered.items()]


def _playing(host: Sequence[Event], state_id: str) -> list[Span]:
    """When the state's video played; where it has none, as long as the state was shown."""
    here = [event for event in host if event.state_id == state_id]
    starts = [e.onset_ms for e in here if e.event_type == "media.play"]
    ends = [e.onset_ms for e in here if e.event_type in ("media.pause", "media.ended")]
    if not starts:
        starts = [e.onset_ms for e in here if e.event_type == "component.start"][:1]
        ends = [e.onset_ms for e in here if e.event_type == "component.complete"][-1:]
    return [_span(*pair) for pair in zip(starts, ends, strict=False)]


def _pauses(host: Sequence[Event]) -> list[Span]:
    pauses = []
    for state_id in dict.fromkeys(e.state_id for e in host if e.event_type == "media.pause"):
        playing = _playing(host, str(state_id))
        pauses += [Span(a.end_s, b.start_s) for a, b in zip(playing, playing[1:], strict=False)]
    return pauses


def _shared(host: Sequence[Event], truth: RoomTruth) -> list[Line]:
    """The shared curves, moved from media time to the room's, and from z-values to the scale."""
    raters = [person for person in truth.participants if person.spread > 0]
    if not raters:
        return []
    level = sum(person.level for person in raters) / len(raters)
    spread = sum(person.spread for person in raters) / len(raters)
    lines = []
    for curve in truth.feelings:
        if curve.participant_id is None:
            at_s, media_s = _media_time(_playing(host, curve.state_id))
            known_s = np.arange(len(curve.values)) * (curve.every_ms / 1000)
            felt = level + spread * np.interp(media_s, known_s, curve.values)
            lines.append(Line(-1, tuple(at_s), tuple(np.clip(felt, 0.0, 1.0).tolist())))
    return lines


def _media_time(playing: Sequence[Span]) -> tuple[list[float], list[float]]:
    """Instants while the video plays, and how far it has come in each, in seconds."""
    at_s: list[float] = []
    media_s: list[float] = []
    before_s = 0.0
    for span in playing:
        lasted_s = span.end_s - span.start_s
        steps = np.linspace(0.0, lasted_s, max(2, round(lasted_s / _CURVE_EVERY_S)))
        at_s += (span.start_s + steps).tolist()
        media_s += (before_s + steps).tolist()
        before_s += lasted_s
    return at_s, media_s


def _span(start_ms: int, end_ms: int) -> Span:
    return Span(start_ms / 1000, end_ms / 1000)
