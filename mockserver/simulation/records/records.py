"""What is recorded of a world, a tuple per record, fields in the order in which the APIs show them.

Instants are ms since the epoch; onsets and durations are ms. How a record is written (names, ISO
timestamps, links) is the API's business (`hyperstudy/shapes.py`).
"""

from typing import NamedTuple

__all__ = [
    "ChatMessage",
    "ComponentConfig",
    "ComponentData",
    "ComponentRecord",
    "ContinuousRating",
    "Event",
    "GazeSample",
    "Labels",
    "ParticipantRecord",
    "Recording",
    "RecordingMetadata",
    "ResponseRecord",
    "RoomRecord",
    "Scale",
    "SparseDetail",
    "SparseMetadata",
    "SparseRating",
    "SyncSample",
    "Variables",
    "VideoChatEvent",
]


class ResponseRecord(NamedTuple):
    """An answer: always text, so that the column has one type. None is only in events in which a client did not say."""

    value: str | None
    response_time_ms: int | None


class Event(NamedTuple):
    """Something that happened to one participant. `duration` and `response` only where they apply."""

    id: str
    timestamp_ms: int
    onset_ms: int
    experiment_id: str
    session_id: str
    participant_id: str
    event_type: str
    category: str
    component_type: str | None
    component_id: str | None
    content: str
    state_name: str | None
    participant_role: str
    duration_ms: int | None
    response: ResponseRecord | None
    room_id: str
    state_id: str | None


class RecordingMetadata(NamedTuple):
    """What LiveKit says of a recording."""

    type: str
    recording_type: str
    room_name: str
    experiment_id: str


class Recording(NamedTuple):
    """A recording of one participant in a video chat; the links to its file are the API's to make.

    `file_size_bytes` is None while, or where, there is no file.
    """

    recording_id: str
    participant_id: str
    participant_name: str
    experiment_id: str
    room_id: str
    start_ms: int
    end_ms: int | None
    duration_ms: int | None
    video_offset_ms: int
    file_size_bytes: int | None
    status: str
    format: str
    resolution: str | None
    egress_id: str
    metadata: RecordingMetadata


class ChatMessage(NamedTuple):
    """A text message; the recipients are the others present at that instant."""

    message_id: str
    experiment_id: str
    room_id: str
    sender_id: str
    sender_name: str
    content: str
    timestamp_ms: int
    onset_ms: int
    recipient_ids: list[str]
    message_type: str


class ContinuousRating(NamedTuple):
    """One sample of a slider. `value` and `normalized_value` run from 0 to 1, `raw_value` on the scale."""

    rating_id: str
    experiment_id: str
    room_id: str
    participant_id: str
    component_id: str
    timestamp_ms: int
    onset_ms: int
    value: float
    normalized_value: float
    raw_value: int
    scale_min: int
    scale_max: int


class Labels(NamedTuple):
    """What stands at the ends of a scale."""

    min: str
    max: str


class Scale(NamedTuple):
    """The ends of a scale."""

    min: float
    max: float


class SparseMetadata(NamedTuple):
    """What was asked, and the how-manieth time."""

    question: str
    dimension: str
    component_type: str
    sample_index: int


class ComponentData(NamedTuple):
    """The answer as the component reported it."""

    value: float


class SparseDetail(NamedTuple):
    """The media pause around a sparse rating; onsets and times in ms.

    `previous_ratings` are by video the last of the same person's earlier answers to the same component; None before
    there was one.
    """

    video_id: str | None
    pause_index: int | None
    video_relative_ms: int | None
    pause_timestamp_ms: int | None
    component_type: str
    component_data: ComponentData
    previous_ratings: dict[str, float] | None
    media_pause_onset_ms: int | None
    media_resume_onset_ms: int | None
    actual_pause_ms: int | None


class SparseRating(NamedTuple):
    """One answer on a scale, given while the video stood still; or in a state of its own, with no stimulus.

    A scale may be continuous, so that the answer and the ends of its scale are no whole numbers, even where they
    have no fraction.
    """

    rating_id: str
    experiment_id: str
    room_id: str
    participant_id: str
    component_id: str
    timestamp_ms: int
    onset_ms: int
    value: float
    response_time_ms: int
    scale_min: float
    scale_max: float
    labels: Labels
    raw_onset_ms: int
    clock_offset_ms: int
    raw_value: float
    scale: Scale
    type: str
    state_id: str
    stimulus_id: str | None
    stimulus_ms: int | None
    confidence: float | None
    metadata: SparseMetadata
    rating_end_onset_ms: int
    sparse_rating_data: SparseDetail
    state_start_ms: int
    state_duration_ms: int


class SyncSample(NamedTuple):
    """A viewer's playback against the host's. `time_drift` in ms, negative behind; quality from 0 to 1."""

    metric_id: str
    experiment_id: str
    room_id: str
    participant_id: str
    timestamp_ms: int
    onset_ms: int
    time_drift_ms: int
    playback_rate: float
    sync_quality: float
    latency_ms: int
    buffer_health: float


class ComponentConfig(NamedTuple):
    """How a component was set up; None where a setting does not belong to its type."""

    video_url: str | None
    autoplay: bool | None
    controls: bool | None
    prompt: str | None
    options: list[str] | None
    scale_min: int | None
    scale_max: int | None
    duration_ms: int | None
    interval_ms: int | None


class Variables(NamedTuple):
    """The experiment's variables when the component was shown."""

    participant_name: str
    condition: str


class ComponentRecord(NamedTuple):
    """One component as one participant saw and answered it."""

    component_id: str
    component_type: str
    experiment_id: str
    state_id: str
    config: ComponentConfig
    timestamp_ms: int
    onset_ms: int
    variable_snapshot: Variables
    completed: bool
    state_name: str
    participant_id: str
    room_id: str
    response: ResponseRecord | None
    response_time_ms: int | None


class VideoChatEvent(NamedTuple):
    """A participant's LiveKit connection begins or ends. `duration_ms` and `reason` only where it ends."""

    id: str
    timestamp_ms: int
    onset_ms: int
    experiment_id: str
    room_id: str
    participant_id: str
    participant_name: str
    event_type: str
    connection_id: str
    state_id: str
    duration_ms: int | None
    reason: str | None


class GazeSample(NamedTuple):
    """Where somebody looked, 0 to 1 of the screen, and their pupil in mm; None while the eyes were shut."""

    sample_id: str
    experiment_id: str
    room_id: str
    participant_id: str
    state_id: str
    timestamp_ms: int
    onset_ms: int
    gaze_x: float | None
    gaze_y: float | None
    pupil_diameter_mm: float | None
    valid: bool


class ParticipantRecord(NamedTuple):
    """Somebody who took part, as far as is known at the time."""

    participant_id: str
    id: str
    email: str
    role: str
    status: str
    completion_code: str
    joined_ms: int
    completed_ms: int | None
    room_id: str
    deployment_id: str | None


class RoomRecord(NamedTuple):
    """A room, as far as its story has come at the time."""

    id: str
    experiment_id: str
    deployment_id: str | None
    deployment_name: str | None
    status: str
    participant_count: int
    created_ms: int
    started_ms: int | None
    ended_ms: int | None
    duration_ms: int | None
