"""Video chat: when each participant's connection began and ended (shape inferred, after LiveKit's events)."""

from mockserver.simulation.datasets.entry import Entry
from mockserver.simulation.records.records import VideoChatEvent
from mockserver.simulation.story.plan import Connection, Plan

__all__ = ["videochat_entries"]


def videochat_entries(plan: Plan) -> list[Entry]:
    """A room's connection events; final as they happen."""
    return [_entry(plan, connection, ended) for connection in plan.connections for ended in (False, True)]


def _entry(plan: Plan, connection: Connection, ended: bool) -> Entry:
    person = plan.participants[connection.seat]
    chance = plan.chance("connection", connection.state_id, connection.seat, connection.number)
    at_ms = connection.disconnected_ms if ended else connection.connected_ms
    record = VideoChatEvent(
        id="vc_" + chance.code(9, "id") + ("_1" if ended else "_0"),
        timestamp_ms=at_ms,
        onset_ms=at_ms - plan.room.started_ms,
        experiment_id=plan.room.experiment_id,
        room_id=plan.room.room_id,
        participant_id=person.participant_id,
        participant_name=person.name,
        event_type="participant_disconnected" if ended else "participant_connected",
        connection_id="PA_" + chance.code(12, "connection"),
        state_id=connection.state_id,
        duration_ms=connection.disconnected_ms - connection.connected_ms if ended else None,
        reason=None if not ended else "connection_lost" if connection.lost else "client_initiated",
    )
    return Entry(at_ms, person.participant_id, record.id, at_ms, record)
