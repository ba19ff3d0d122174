"""Recordings of the video chat: one of the picture and one of the sound for every connection."""

from mockserver.simulation.chance import Chance
from mockserver.simulation.media import smallest_size
from mockserver.simulation.plan import Connection, Plan
from mockserver.simulation.records import Entry, Recording, RecordingMetadata
from mockserver.simulation.scenario import Recordings

__all__ = ["recording_entries"]

# A shorter connection is over before the recorder has started.
_SHORTEST_MS = 4000
# The data page's example says 1280x720; the audio format is the client's default for sound.
_KINDS = (("video", "individual", "mp4", "1280x720"), ("audio", "audio", "webm", None))


def recording_entries(plan: Plan, spec: Recordings) -> list[Entry]:
    """A room's recordings, by start; final when they end."""
    return [
        _entry(plan, connection, kind, spec)
        for connection in plan.connections
        if connection.disconnected_ms - connection.connected_ms >= _SHORTEST_MS
        for kind in _KINDS
    ]


def _entry(
    plan: Plan, connection: Connection, kind: tuple[str, str, str, str | None], spec: Recordings
) -> Entry:
    type_, recording_type, format_, resolution = kind
    person = plan.participants[connection.who]
    chance = plan.chance("recording", connection.state_id, connection.who, connection.number, type_)
    typical_bytes = spec.video_bytes if type_ == "video" else spec.audio_bytes
    start_ms = connection.connected_ms + chance.integer(400, 1600, "start")
    end_ms = connection.disconnected_ms - chance.integer(50, 700, "end")
    record = Recording(
        recording_id="rec_" + chance.code(9, "id"),
        participant_id=person.participant_id,
        participant_name=person.name,
        experiment_id=plan.room.experiment_id,
        room_id=plan.room.room_id,
        start_ms=start_ms,
        end_ms=end_ms,
        duration_ms=end_ms - start_ms,
        video_offset_ms=start_ms - plan.room.started_ms,
        file_size_bytes=max(smallest_size(format_, end_ms - start_ms), _size(typical_bytes, chance)),
        status="completed",
        format=format_,
        resolution=resolution,
        egress_id="EG_" + chance.code(12, "egress"),
        metadata=RecordingMetadata(type_, recording_type, plan.room.room_id, plan.room.experiment_id),
    )
    return Entry(start_ms, person.participant_id, record.recording_id, end_ms, record)


def _size(typical_bytes: int, chance: Chance) -> int:
    return typical_bytes + chance.integer(0, typical_bytes // 10, "size")
