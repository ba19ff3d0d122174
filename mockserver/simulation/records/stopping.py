"""A room that is ended by force: the same story as before, cut off at an instant.

Whatever was to be seen before stays as it was, to the byte; what is added happens at that instant. So
nothing is told anew: records of the whole story are kept up to the stop, and what was open is closed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from mockserver.simulation.datasets.entry import Entry
from mockserver.simulation.datasets.regular import Lane, Lanes
from mockserver.simulation.records.records import ComponentRecord
from mockserver.simulation.story.plan import Connection, Participant, Plan
from mockserver.simulation.story.rooms import RoomRef

__all__ = ["stopped_components", "stopped_lanes", "stopped_plan", "until"]

L = TypeVar("L", bound=Lane)


def stopped_plan(plan: Plan, stopped_ms: int) -> Plan:
    """The story with everybody gone at the stop, and nobody connected; who had something left to do is gone for
    a technical reason (inferred).

    The states stay as they would have been; their records are cut where they are made.
    """
    cut_short = {v.seat for v in plan.visits if v.completed_ms is None or v.completed_ms > stopped_ms}
    return replace(
        plan,
        participants=tuple(_person(person, stopped_ms, person.index in cut_short) for person in plan.participants),
        connections=tuple(_connection(one, stopped_ms) for one in plan.connections if one.connected_ms <= stopped_ms),
        ended_ms=min(plan.ended_ms, stopped_ms),
    )


def _person(person: Participant, stopped_ms: int, cut_short: bool) -> Participant:
    if person.left_ms <= stopped_ms:
        return person
    return replace(person, outcome="TECHNICAL" if cut_short else person.outcome, left_ms=stopped_ms)


def _connection(connection: Connection, stopped_ms: int) -> Connection:
    if connection.disconnected_ms <= stopped_ms:
        return connection
    return replace(connection, disconnected_ms=stopped_ms, lost=False)


def until(entries: Iterable[Entry], stopped_ms: int) -> list[Entry]:
    """The records that were there at the stop."""
    return [entry for entry in entries if entry.final_ms <= stopped_ms]


def stopped_components(entries: Iterable[Entry], stopped_ms: int) -> list[Entry]:
    """Component records, those that were open at the stop without an answer."""
    kept = []
    for entry in entries:
        if entry.final_ms <= stopped_ms:
            kept.append(entry)
        elif entry.at_ms <= stopped_ms and isinstance(entry.record, ComponentRecord):
            unanswered = entry.record._replace(completed=False, response=None, response_time_ms=None)
            kept.append(entry._replace(final_ms=stopped_ms, record=unanswered))
    return kept


def stopped_lanes(lanes: Sequence[L], rooms: Iterable[RoomRef]) -> list[L]:
    """Lanes with the samples that were taken up to their room's stop."""
    stops_ms = {room.room_id: room.stopped_ms for room in rooms if room.stopped_ms is not None}
    kept = []
    for lane in lanes:
        stopped_ms = stops_ms.get(lane.room_id)
        count = lane.count if stopped_ms is None else int(Lanes([lane]).before(stopped_ms + 1)[0])
        if count:
            kept.append(lane if count == lane.count else replace(lane, count=count))
    return kept
