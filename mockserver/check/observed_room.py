"""One room as the API shows it: its data types, read when first asked for, and what follows from them.

All rules share an observed room, so each data type of a room is read once; when the room is done, it is forgotten.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from mockserver.check.discovery import Room
from mockserver.check.instants import Ints, ms_from_iso
from mockserver.check.reader import Horizon, Reader
from mockserver.check.tables import KINDS, Table, read_table

__all__ = ["Event", "ObservedRoom", "Span", "Window"]

Span = tuple[float, float]

# A room in which nothing happens for this long is over, where the rooms endpoint is not there to say so.
_SILENCE_MS = 15 * 60_000


class Event(NamedTuple):
    """An event, with its place in the room's events and its instant in ms since the epoch."""

    place: int
    at_ms: int
    who: str
    type: str
    record: Mapping[str, Any]


class Window(NamedTuple):
    """From a component's start to its completion, or to the exit from its state, or still open."""

    start_ms: int
    end_ms: float
    state_id: str | None


class ObservedRoom:
    """A room under examination.

    Attributes:
        room: What was found of it. data_types: what the server serves.
        horizon_ms: The time in the world when the examination began; with a clock that moves, nothing later
            is read.
    """

    def __init__(
        self, reader: Reader, experiment_id: str, room: Room, data_types: Sequence[str], horizon: Horizon
    ) -> None:
        self.reader = reader
        self.experiment_id = experiment_id
        self.room = room
        self.data_types = data_types
        self.horizon_ms = horizon.at_ms
        self._until = horizon.query
        self._tables: dict[str, Table] = {}

    def table(self, data_type: str) -> Table:
        """A data type of the room.

        Raises:
            CheckError, UnreadableError: As for `read_table`.
        """
        if data_type not in self._tables:
            self._tables[data_type] = read_table(self.reader, self.room.id, data_type, self._until)
        return self._tables[data_type]

    def tell(self, data_type: str, place: int) -> str:
        """A record's type, id and onset, to begin a sentence with."""
        table = self.table(data_type)
        shown = f"of {table.who[place]} at onset {int(table.at_ms[place]) - self.started_ms} ms"
        if not table.records:
            return f"{data_type} sample {shown}"
        record = table.records[place]
        return f"{data_type} record {record[KINDS[data_type].id]!r} {shown}"

    def tell_event(self, event: Event) -> str:
        """An event's type, id and onset, to begin a sentence with."""
        onset_ms = event.at_ms - self.started_ms
        return f"event {event.type} {event.record['id']!r} of {event.who} at onset {onset_ms} ms"

    def url_of(self, event: Event) -> str:
        """Shows the event, alone."""
        return self.table("events").url(event.place)

    @cached_property
    def started_ms(self) -> int:
        """The room's start, in ms since the epoch, as its events' answer names it."""
        return self.table("events").started_ms

    @cached_property
    def is_over(self) -> bool:
        """Can nothing be added to the room any more?

        The rooms endpoint says so by `endedAt`. Where it is not served, a silence of 15 minutes does.
        """
        if self.room.record is not None:
            ended = self.room.record.get("endedAt")
            return ended is not None and int(ms_from_iso([ended])[0]) <= self.horizon_ms
        told = (table.at_ms[~table.written] for table in map(self.table, self.data_types))
        last_ms = max((int(at_ms[-1]) for at_ms in told if len(at_ms)), default=self.horizon_ms)
        return last_ms + _SILENCE_MS < self.horizon_ms

    @property
    def is_settled(self) -> bool:
        """Is everything there that there will be?

        A record that can still change is withheld until it is final, and with it all that sort behind it in the
        experiment, so that nothing slips in between; in a room that is over, too, while another one is not.
        """
        return self.is_over and not self.room.siblings_open

    def may_still_come(self, at_ms: float) -> bool:
        """Could something of that instant be missing only because the room has not got there yet?"""
        return not self.is_over and at_ms >= self.horizon_ms

    # --- events --------------------------------------------------------------------------------

    @cached_property
    def events(self) -> Mapping[str, Sequence[Event]]:
        """Event type to its events, in order, but for those that clients wrote."""
        table, found = self.table("events"), dict[str, list[Event]]()
        for place in np.flatnonzero(~table.written).tolist():
            record = table.records[place]
            event = Event(place, int(table.at_ms[place]), table.who[place], record["eventType"], record)
            found.setdefault(event.type, []).append(event)
        return found

    @property
    def left_out(self) -> int:
        """How many events clients wrote, as far as the events were read."""
        return int(self._tables["events"].written.sum()) if "events" in self._tables else 0

    def events_of(self, *types: str) -> list[Event]:
        """The events of some types, in order."""
        return sorted(event for type_ in types for event in self.events.get(type_, ()))

    @cached_property
    def presence(self) -> Mapping[str, Span]:
        """Participant to the instants of their first and their last event, in ms since the epoch."""
        table = self.table("events")
        return {
            who: (int(table.at_ms[places[0]]), int(table.at_ms[places[-1]])) for who, places in table.places_of.items()
        }

    def traces(self, who: str, *data_types: str) -> Ints:
        """When a participant left records of some types, in order."""
        found = [table.at_ms[table.places_of[who]] for table in map(self.table, data_types) if who in table.places_of]
        return np.sort(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)

    @cached_property
    def declined(self) -> Collection[str]:
        """Who declined consent, and so takes part in nothing: if something is recorded of them all the same, that is
        invariant 10's to tell.
        """
        return {event.who for event in self.events.get("consent.declined", ())}

    # --- what lasts ----------------------------------------------------------------------------

    def windows(self, component_type: str) -> Mapping[tuple[str, str], Sequence[Window]]:
        """(Participant, component id) to the times in which the component was there, in order.

        A window lasts from `component.start`, or the time of a component record without that event, which is
        invariant 3's to tell, to the next `component.complete` of the same component, or, where that is missing,
        to the participant's `state.exit`, or, in a room that is not over, for ever.
        """
        found: dict[tuple[str, str], list[Window]] = {}
        for shown in self._shown(component_type):
            window = Window(shown.at_ms, self._end_of(shown), shown.state_id)
            found.setdefault((shown.who, shown.component_id), []).append(window)
        return found

    def _shown(self, component_type: str) -> list["_Shown"]:
        """When components of a type appeared, in order, each once."""
        told = [(event.at_ms, event.who, event.record) for event in self.events.get("component.start", ())]
        table = self.table("components")
        told += zip(table.at_ms.tolist(), table.who, table.records, strict=True)
        of_type = (one for one in told if one[2]["componentType"] == component_type)
        found = {_Shown(at, who, record["componentId"], record["stateId"]) for at, who, record in of_type}
        return sorted(found, key=lambda one: (one.at_ms, one.who, str(one.component_id)))

    def _end_of(self, shown: "_Shown") -> float:
        ends = [
            end.at_ms
            for type_ in ("component.complete", "state.exit")
            for end in self.events.get(type_, ())
            if end.at_ms >= shown.at_ms and end.who == shown.who and end.record["stateId"] == shown.state_id
            if type_ == "state.exit" or end.record["componentId"] == shown.component_id
        ]
        return min(ends, default=shown.at_ms if self.is_over else math.inf)

    @cached_property
    def connections(self) -> Mapping[str, Sequence[Window]]:
        """Participant to their video chat connections, in order; empty where those are not served.

        A connection lasts from the record that says `…connected` to the one with the same `connectionId` that
        says `…disconnected`; without that, for ever.
        """
        if "videochat" not in self.data_types:
            return {}
        table, found = self.table("videochat"), dict[str, dict[str, Window]]()
        for at_ms, who, record in zip(table.at_ms.tolist(), table.who, table.records, strict=True):
            own, number = found.setdefault(who, {}), record["connectionId"]
            if not record["eventType"].endswith("disconnected"):
                own[number] = Window(at_ms, math.inf, record["stateId"])
            elif number in own:
                own[number] = own[number]._replace(end_ms=at_ms)
        return {who: list(own.values()) for who, own in found.items()}

    @cached_property
    def lost_in_chats(self) -> Mapping[str, Sequence[Span]]:
        """Participant to the times between two of their video chat connections in one state."""
        return {
            who: [(a.end_ms, b.start_ms) for a, b in pairwise(chats) if a.state_id == b.state_id]
            for who, chats in self.connections.items()
        }

    @cached_property
    def playing(self) -> Sequence[Window]:
        """When the room's video played, in order: from anybody's `media.play` to the next pause or end.

        A room plays together, so everybody's events tell of the same instants; who was disconnected at one
        has no event there. Pauses and resumptions that only sparse ratings tell of count as well: that their
        events are missing is invariant 4's to tell.
        """
        moments = {(e.at_ms, e.type in _PLAY, e.record["stateId"]) for e in self.events_of(*_PLAY, *_STOP)}
        windows: list[Window] = []
        since: int | None = None
        for at_ms, plays, state_id in sorted(moments | self._told_by_ratings(moments), key=lambda one: one[:2]):
            if plays and since is None:
                since = at_ms
            elif not plays and since is not None:
                windows.append(Window(since, at_ms, state_id))
                since = None
        if since is not None:
            windows.append(Window(since, since if self.is_over else math.inf, state_id))
        return windows

    def _told_by_ratings(self, moments: Collection["_Moment"]) -> set["_Moment"]:
        """What sparse ratings tell of playing and stopping, where a stop would follow a stop or a play a play."""
        missing: set[_Moment] = set()
        for rating in self.table("ratings/sparse").records:
            detail, state_id = rating["sparseRatingData"], rating["stateId"]
            for name, plays in (("mediaPauseOnset", False), ("mediaResumeOnset", True)):
                if detail[name] is not None and not _is_told(moments, self.started_ms + detail[name], plays, state_id):
                    missing.add((self.started_ms + detail[name], plays, state_id))
        return missing


def _is_told(moments: Collection["_Moment"], at_ms: int, plays: bool, state_id: str | None) -> bool:
    """Is there such a moment between those of the other kind before and after an instant?"""
    other = [at for at, kind, where in moments if kind is not plays and where == state_id]
    since_ms = max((at for at in other if at <= at_ms), default=-math.inf)
    until_ms = min((at for at in other if at > at_ms), default=math.inf)
    return any(kind is plays and where == state_id and since_ms <= at <= until_ms for at, kind, where in moments)


class _Shown(NamedTuple):
    """A component that appeared."""

    at_ms: int
    who: str
    component_id: str
    state_id: str


# When a video began to play (or else stopped), and in which state.
_Moment = tuple[int, bool, str | None]
_PLAY = ("media.play",)
_STOP = ("media.pause", "media.ended")
