"""Invariant 2: every record's participant belongs to that room and was present at that time.

What the API shows of it:

- Who belongs to a room: the participants endpoint, or what stands in for it (`discovery.py`).
- Presence: from a participant's first event to their last. That is the least that is true, since consent or
  instructions come first and leaving a state or a questionnaire comes last. So every record of another data
  type has to lie between the two, with the end of what lasts (recordings, sparse ratings). Where the
  participants endpoint is served, everything has to lie between `joinedAt` and `completedAt` as well.
- In a room that is not over, who has come may still be there: there is no last event yet.
- A connection that was lost and found again in a video chat shows in the video chat's records, where they are
  served: nothing of the participant lies between. In other states it leaves no record of its own. It shows
  only as a gap in regular streams, and what must not lie in such a gap is told by invariants 5 (ratings) and
  8 (sync). In states without a stream, a text chat for instance, it cannot be seen, and nothing is claimed of
  it.
"""

import math
from collections.abc import Iterator

import numpy as np

from mockserver.check.instants import Ints, ms_from_iso
from mockserver.check.rule import Counterexample, Counterexamples
from mockserver.check.study import Span, Study
from mockserver.check.tables import Table

__all__ = ["participants_were_there"]


def participants_were_there(study: Study) -> Counterexamples:
    """Every record of every data type."""
    attended = _attended(study)
    yield from _nothing_while_lost(study)
    for data_type in study.data_types:
        table = study.table(data_type)
        yield from _belongs(study, table)
        ends_ms = _ends_ms(table)
        for who, places in table.places_of.items():
            spans = [attended[who]] if who in attended else []
            # That events lie between the first and the last of them would prove nothing.
            if data_type != "events" and who in study.presence:
                first_ms, last_ms = study.presence[who]
                spans.append((first_ms, last_ms if study.is_over else math.inf))
            for span in spans:
                yield from _inside(study, table, places, ends_ms, span)
            if who not in study.presence:
                yield Counterexample(
                    f"{study.tell(data_type, int(places[0]))}: {who} has no event in room {study.room.id}, "
                    "so was never present",
                    table.url(int(places[0])),
                )


def _belongs(study: Study, table: Table) -> Counterexamples:
    known = set(study.room.participants)
    for place, (who, room_id, experiment_id) in _firsts(table):
        if room_id != study.room.id or experiment_id != study.experiment_id:
            where = f"room {room_id!r} of experiment {experiment_id!r}"
            yield Counterexample(
                f"{study.tell(table.data_type, place)} says that it belongs to {where}", table.url(place)
            )
        elif who not in known:
            yield Counterexample(
                f"{study.tell(table.data_type, place)}: no such participant in room {study.room.id} "
                f"(see {study.room.url})",
                table.url(place),
            )


def _nothing_while_lost(study: Study) -> Counterexamples:
    """Nothing of a participant between two video chat connections in one state."""
    for data_type in ("events", "chat", "ratings/continuous", "sync"):
        table = study.table(data_type)
        for who, chats in study.connections.items():
            for before, after in zip(chats, chats[1:], strict=False):
                places = table.places_of.get(who, ()) if before.state_id == after.state_id else ()
                for place in places:
                    if before.end_ms < table.at_ms[place] < after.start_ms:
                        yield Counterexample(
                            f"{study.tell(data_type, place)}: {who} was disconnected until onset "
                            f"{after.start_ms - study.started_ms} ms",
                            table.url(place),
                        )


def _firsts(table: Table) -> Iterator[tuple[int, tuple[str, str, str]]]:
    """The different owners of records, each with the place of its first."""
    owners = list(zip(table.who, table.rooms, table.experiments, strict=True))
    seen: dict[tuple[str, str, str], int] = {}
    for place, owner in enumerate(owners):
        seen.setdefault(owner, place)
    return ((place, owner) for owner, place in seen.items())


def _inside(study: Study, table: Table, places: Ints, ends_ms: Ints, span: Span) -> Counterexamples:
    first_ms, last_ms = span
    outside = (table.at_ms[places] < first_ms) | (ends_ms[places] > last_ms)
    for place in places[np.flatnonzero(outside)].tolist():
        there = f"onset {first_ms - study.started_ms:.0f} to {last_ms - study.started_ms:.0f} ms"
        yield Counterexample(
            f"{study.tell(table.data_type, place)}: {table.who[place]} was present from {there} only",
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


def _attended(study: Study) -> dict[str, Span]:
    """Participant to joining and leaving, where the participants endpoint says so."""
    spans: dict[str, Span] = {}
    for person in study.room.people or ():
        joined_ms = int(ms_from_iso([person["joinedAt"]])[0])
        completed = person["completedAt"]
        left_ms = math.inf if completed is None else int(ms_from_iso([completed])[0])
        spans[person["participantId"]] = (joined_ms, left_ms)
    return spans
