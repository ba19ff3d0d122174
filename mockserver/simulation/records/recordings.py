"""Recordings of the video chat: one of the picture and one of the sound for every connection."""

from mockserver.simulation.chance import Chance
from mockserver.simulation.datasets.entry import Entry
from mockserver.simulation.media.files import smallest_size
from mockserver.simulation.records.records import Recording, RecordingMetadata
from mockserver.simulation.scenario.specs import Recordings
from mockserver.simulation.story.plan import Connection, Plan

__all__ = ["recording_entries"]

# A shorter connection is over before the recorder has started.
_SHORTEST_MS = 4000
_WITH_FILE = ("completed", "limit_reached")
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


def _entry(plan: Plan, connection: Connection, kind: tuple[str, str, str, str | None], spec: Recordings) -> Entry:
    type_, recording_type, format_, resolution = kind
    person = plan.participants[connection.seat]
    chance = plan.chance("recording", connection.state_id, connection.seat, connection.number, type_)
    start_ms = connection.connected_ms + chance.integer(400, 1600, "start")
    status = _status(spec, chance.uniform("status"))
    latest_ms = connection.disconnected_ms - chance.integer(50, 700, "end")
    if status == "limit_reached" and latest_ms - start_ms < spec.limit_s * 1000:
        status = "completed"  # The connection was over before the limit.
    end_ms = _end_ms(status, start_ms, latest_ms, spec, chance)
    duration_ms = None if end_ms is None else end_ms - start_ms
    typical_bytes = spec.video_bytes if type_ == "video" else spec.audio_bytes
    record = Recording(
        recording_id="rec_" + chance.code(9, "id"),
        participant_id=person.participant_id,
        participant_name=person.name,
        experiment_id=plan.room.experiment_id,
        room_id=plan.room.room_id,
        start_ms=start_ms,
        end_ms=end_ms,
        duration_ms=duration_ms,
        video_offset_ms=start_ms - plan.room.started_ms,
        file_size_bytes=_size(status, format_, typical_bytes, duration_ms, chance),
        status=status,
        format=format_,
        resolution=resolution,
        egress_id="EG_" + chance.code(12, "egress"),
        metadata=RecordingMetadata(type_, recording_type, plan.room.room_id, plan.room.experiment_id),
    )
    # One that never ends is there from its start: nothing about it will change.
    final_ms = start_ms if end_ms is None else end_ms
    return Entry(start_ms, person.participant_id, record.recording_id, final_ms, record)


def _status(spec: Recordings, draw: float) -> str:
    """How a recording ended. Source: `completed` (documented); the others after LiveKit's (inferred)."""
    for share, status in (
        (spec.failed, "failed"),
        (spec.aborted, "aborted"),
        (spec.limited, "limit_reached"),
        (spec.unfinished, "active"),
    ):
        if draw < share:
            return status
        draw -= share
    return "completed"


def _end_ms(status: str, start_ms: int, end_ms: int, spec: Recordings, chance: Chance) -> int | None:
    """When it ended: cut by the limit, broken off somewhere, or not at all."""
    if status == "active":
        return None
    if status == "limit_reached":
        return start_ms + int(spec.limit_s * 1000)
    if status in ("failed", "aborted"):
        return start_ms + chance.integer(200, end_ms - start_ms, "broken off")
    return end_ms


def _size(status: str, format_: str, typical_bytes: int, duration_ms: int | None, chance: Chance) -> int | None:
    """A size near the typical one, but never too small for the duration; None where there is no file."""
    if duration_ms is None or status not in _WITH_FILE:
        return None
    drawn_bytes = typical_bytes + chance.integer(0, typical_bytes // 10, "size")
    return max(smallest_size(format_, duration_ms), drawn_bytes)
