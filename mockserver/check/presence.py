"""Invariant 2: every record's participant belongs to that room and was present at that time.

What the API shows of it:

- Who belongs to a room: the participants endpoint, or what stands in for it (`discovery.py`).
- Presence: from a participant's first event to their last. That is the least that is true, since consent or
  instructions come first and leaving a state or a questionnaire comes last. So every record of another data
  type has to lie between the two, with the end of what lasts (recordings, sparse ratings). Where the
  participants endpoint is served, everything has to lie between `joinedAt` and `completedAt` as well.
- In a room that is not over, who has come may still be there: there is no last event yet.
- A connection that was lost and found again in a video chat shows in the video chat's records, where they are
  served: no event and no message of the participant lies between. In other states it leaves no record of its
  own. It shows only as a gap in regular streams, and what must not lie in such a gap is told by invariants 5
  (ratings) and 8 (sync); in a text chat, as somebody who is left out (invariant 6).
- A participants endpoint that lists fewer than the room's `participantCount` lacks somebody, which is invariant
  11's to tell; who is not in that list is not called a stranger then.
"""

import math
from collections.abc import Iterator

import numpy as np

from mockserver.check.absence import agreed, within
from mockserver.check.instants import Ints, ms_from_iso
from mockserver.check.observed_room import ObservedRoom, Span
from mockserver.check.rule import Counterexample, Counterexamples
from mockserver.check.tables import Table

__all__ = ["participants_were_there"]


def participants_were_there(observed: ObservedRoom) -> Counterexamples:
    """Every record of every data type."""
    attended = _attended(observed)
    yield from _nothing_while_lost(observed)
    for data_type in observed.data_types:
        table = observed.table(data_type)
        yield from _belongs(observed, table)
        ends_ms = _ends_ms(table)
        for who, places in table.places_of.items():
            spans = [attended[who]] if who in attended else []
            # That events lie between the first and the last of them would prove nothing.
            if data_type != "events" and who in observed.presence:
                first_ms, last_ms = observed.presence[who]
                spans.append((first_ms, last_ms if observed.is_over else math.inf))
            for span in spans:
                yield from _inside(observed, table, places, ends_ms, span)
            if who not in observed.presence:
                yield Counterexample(
                    f"{observed.tell(data_type, int(places[0]))}: {who} has no event in room {observed.room.id}, "
                    "so was never present",
                    table.url(int(places[0])),
                )


def _belongs(observed: ObservedRoom, table: Table) -> Counterexamples:
    known = set(observed.room.participants)
    for place, (who, room_id, experiment_id) in _firsts(table):
        if room_id != observed.room.id or experiment_id != observed.experiment_id:
            where = f"room {room_id!r} of experiment {experiment_id!r}"
            yield Counterexample(
                f"{observed.tell(table.data_type, place)} says that it belongs to {where}", table.url(place)
            )
        elif who not in known and not _is_cut_short(observed):
            yield Counterexample(
                f"{observed.tell(table.data_type, place)}: no such participant in room {observed.room.id} "
                f"(see {observed.room.url})",
                table.url(place),
            )


def _is_cut_short(observed: ObservedRoom) -> bool:
    """Does the room say that more people took part than are listed?"""
    record, people = observed.room.record, observed.room.people
    return record is not None and people is not None and record["participantCount"] > len(people)


def _nothing_while_lost(observed: ObservedRoom) -> Counterexamples:
    """No event and no message between two video chat connections in one state, or where both streams are silent."""
    lost = [(who, span) for who, spans in observed.lost_in_chats.items() for span in spans]
    lost += agreed(observed)
    for data_type in ("events", "chat"):
        table = observed.table(data_type)
        for who, span in lost:
            for place in within(table.at_ms, table.of(who), span).tolist():
                until_ms = span[1] - observed.started_ms
                said = (
                    f"{observed.tell(data_type, place)}: {who} was disconnected until onset {until_ms:.0f} ms at least"
                )
                yield Counterexample(said, table.url(place))


def _firsts(table: Table) -> Iterator[tuple[int, tuple[str, str, str]]]:
    """The different owners of records, each with the place of its first."""
    owners = list(zip(table.who, table.rooms, table.experiments, strict=True))
    seen: dict[tuple[str, str, str], int] = {}
    for place, owner in enumerate(owners):
        seen.setdefault(owner, place)
    return ((place, owner) for owner, place in seen.items())


def _inside(observed: ObservedRoom, table: Table, places: Ints, ends_ms: Ints, span: Span) -> Counterexamples:
    first_ms, last_ms = span
    outside = (table.at_ms[places] < first_ms) | (ends_ms[places] > last_ms)
    for place in places[np.flatnonzero(outside)].tolist():
        there = f"onset {first_ms - observed.started_ms:.0f} to {last_ms - observed.started_ms:.0f} ms"
        yield Counterexample(
            f"{observed.tell(table.data_type, place)}: {table.who[place]} was present from {there} only",
            table.url(place),
        )


def _ends_ms(table: Table) -> Ints:
    """When each record is over: its own instant, unless it lasts."""
    if table.data_type == "recordings":
        ends = [record["endTime"] or record["startTime"] for record in table.records]
        return ms_from_iso(ends)
    if table.data_type == "ratings/sparse":
        lasted = [record["responseTime"] for record in table.records]
        return table.at_ms + np.array(lasted, dtype=np.int64)
    return table.at_ms


def _attended(observed: ObservedRoom) -> dict[str, Span]:
    """Participant to joining and leaving, where the participants endpoint says so."""
    spans: dict[str, Span] = {}
    for person in observed.room.people or ():
        joined_ms = int(ms_from_iso([person["joinedAt"]])[0])
        completed = person["completedAt"]
        left_ms = math.inf if completed is None else int(ms_from_iso([completed])[0])
        spans[person["participantId"]] = (joined_ms, left_ms)
    return spans
