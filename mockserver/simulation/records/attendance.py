"""Who took part, and what became of the rooms, as it is known at any time of the story."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mockserver.simulation.datasets.entities import Entity
from mockserver.simulation.records.records import ParticipantRecord, RoomRecord
from mockserver.simulation.story.plan import Participant, Plan

__all__ = ["COMPLETION_CODES", "Attendance", "arrivals", "participant_rows", "room_rows"]

# Source: the data types overview (documented).
COMPLETION_CODES = (
    "SUCCESS", "TIMEOUT", "TECHNICAL", "NOCONSENT", "ABANDONED", "IN_PROGRESS", "COMPLETED_NO_CODE",
)  # fmt: skip


def participant_rows(plan: Plan, now_ms: int) -> list[Entity]:
    """Everybody who has joined by then: `IN_PROGRESS` until they leave, then how their story ended."""
    return [_participant(plan, person, now_ms) for person in plan.participants if person.joined_ms <= now_ms]


def _participant(plan: Plan, person: Participant, now_ms: int) -> Entity:
    ended = person.left_ms <= now_ms
    finished = ended and person.outcome in ("SUCCESS", "COMPLETED_NO_CODE")
    started = person.started and plan.room.started_ms <= now_ms
    status = "completed" if finished else "left" if ended else "active" if started else "waiting"
    record = ParticipantRecord(
        participant_id=person.participant_id,
        id=person.participant_id,
        email="",
        role=person.role,
        status=status,
        completion_code=person.outcome if ended else "IN_PROGRESS",
        joined_ms=person.joined_ms,
        completed_ms=person.left_ms if finished else None,
        room_id=plan.room.room_id,
        deployment_id=plan.room.deployment_id,
    )
    id_ = person.participant_id
    return Entity(person.joined_ms, id_, id_, plan.room.room_id, record, late=("email",), source=person)


def room_rows(plan: Plan, now_ms: int) -> list[Entity]:
    """The room, once somebody has joined it: waiting, then active, then completed."""
    here = [person for person in plan.participants if person.joined_ms <= now_ms]
    if not here:
        return []
    room = plan.room
    started, ended = room.started_ms <= now_ms, plan.ended_ms <= now_ms
    # A launched room is older than its first participant.
    made_ms = plan.created_ms if room.launched_ms is None else room.launched_ms
    record = RoomRecord(
        id=room.room_id,
        experiment_id=room.experiment_id,
        deployment_id=room.deployment_id,
        deployment_name=room.deployment_name,
        status="completed" if ended else "active" if started else "waiting",
        participant_count=len(here),
        created_ms=made_ms,
        started_ms=room.started_ms if started else None,
        ended_ms=plan.ended_ms if ended else None,
        duration_ms=plan.ended_ms - room.started_ms if ended else None,
    )
    return [Entity(made_ms, "", room.room_id, room.room_id, record)]


@dataclass(frozen=True, slots=True)
class Attendance:
    """When rooms came to be, and when people joined them: in order, ms since the epoch."""

    rooms: Sequence[int]
    people: Sequence[int]

    def by(self, now_ms: int) -> tuple[int, int]:
        """How many rooms and how many people there were by then."""
        return bisect_right(self.rooms, now_ms), bisect_right(self.people, now_ms)


def arrivals(plans: Iterable[Plan]) -> Attendance:
    """All that `room_rows` and `participant_rows` count, without their rows."""
    joined = [[person.joined_ms for person in plan.participants] for plan in plans]
    return Attendance(sorted(map(min, joined)), sorted(at_ms for room in joined for at_ms in room))
