"""A room that is ended by force: the same story as before, cut off at an instant."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from mockserver.simulation.plan import Connection, Participant, Pause, Plan, Screening, Span, Visit
from mockserver.simulation.regular import Lane, Lanes
from mockserver.simulation.rooms import RoomRef

__all__ = ["stopped_lanes", "stopped_plan"]

L = TypeVar("L", bound=Lane)


def stopped_plan(plan: Plan, stopped_ms: int) -> Plan:
    """What was told up to the instant stays as it was; nothing happens after it.

    Whoever was still there leaves then, for a technical reason (inferred).
    """
    return replace(
        plan,
        participants=tuple(_person(person, stopped_ms) for person in plan.participants),
        visits=tuple(_visit(visit, stopped_ms) for visit in plan.visits if visit.shown_ms < stopped_ms),
        screenings=tuple(_screening(one, stopped_ms) for one in plan.screenings if one.playing[0][0] < stopped_ms),
        connections=tuple(_connection(one, stopped_ms) for one in plan.connections if one.connected_ms < stopped_ms),
        ended_ms=min(plan.ended_ms, stopped_ms),
    )


def _person(person: Participant, stopped_ms: int) -> Participant:
    if person.left_ms <= stopped_ms:
        return person
    return replace(
        person,
        outcome="TECHNICAL",
        left_ms=stopped_ms,
        before=tuple(step for step in person.before if step.at_ms <= stopped_ms),
        after=tuple(step for step in person.after if step.at_ms <= stopped_ms),
        gaps=tuple(_spans(person.gaps, stopped_ms)),
    )


def _visit(visit: Visit, stopped_ms: int) -> Visit:
    done = visit.completed_ms is not None and visit.completed_ms <= stopped_ms
    return replace(
        visit,
        completed_ms=visit.completed_ms if done else None,
        response=visit.response if done else None,
        exited_ms=min(visit.exited_ms, stopped_ms),
    )


def _screening(screening: Screening, stopped_ms: int) -> Screening:
    return replace(
        screening,
        playing=tuple(_spans(screening.playing, stopped_ms)),
        pauses=tuple(_pause(one, stopped_ms) for one in screening.pauses if one.paused_ms < stopped_ms),
        ended_ms=min(screening.ended_ms, stopped_ms),
    )


def _pause(pause: Pause, stopped_ms: int) -> Pause:
    """An answer needs its pause to have ended: without that it is not recorded."""
    whole = pause.resumed_ms <= stopped_ms
    return replace(pause, resumed_ms=min(pause.resumed_ms, stopped_ms), answers=pause.answers if whole else ())


def _connection(connection: Connection, stopped_ms: int) -> Connection:
    return replace(connection, disconnected_ms=min(connection.disconnected_ms, stopped_ms))


def _spans(spans: tuple[Span, ...], stopped_ms: int) -> list[Span]:
    return [(start, min(end, stopped_ms)) for start, end in spans if start < stopped_ms]


def stopped_lanes(lanes: list[L], rooms: Iterable[RoomRef]) -> list[L]:
    """Lanes with the samples that were taken before their room was stopped."""
    stops_ms = {room.room_id: room.stopped_ms for room in rooms if room.stopped_ms is not None}
    if not stops_ms:
        return lanes
    kept = []
    for lane in lanes:
        stopped_ms = stops_ms.get(lane.room_id)
        count = lane.count if stopped_ms is None else int(Lanes([lane]).before(stopped_ms)[0])
        if count:
            kept.append(replace(lane, count=count))
    return kept
