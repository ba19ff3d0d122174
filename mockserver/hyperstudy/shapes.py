"""The shapes of all records: the names, types and order of their fields, and where each is from.

One table per data type. JSON, CSV, NDJSON and the fidelity labels are made from it, so that what one format shows,
all show. A field is read from the record's attribute of the same name, unless it says from which.
"""

from collections.abc import Callable
from typing import Any

from mockserver.hyperstudy.shape import Field, Links, Shape
from mockserver.simulation.records.records import (
    ChatMessage,
    ComponentConfig,
    ComponentData,
    ComponentRecord,
    ContinuousRating,
    Event,
    GazeSample,
    Labels,
    ParticipantRecord,
    Recording,
    RecordingMetadata,
    ResponseRecord,
    RoomRecord,
    Scale,
    SparseDetail,
    SparseMetadata,
    SparseRating,
    SyncSample,
    Variables,
    VideoChatEvent,
)
from mockserver.words.fidelity import Fidelity

__all__ = ["SHAPES"]


def _text(name: str, fidelity: Fidelity = "documented", *, of: str = "", nullable: bool = False) -> Field:
    return Field(name, "string", fidelity, nullable, of)


def _whole(name: str, fidelity: Fidelity = "documented", *, of: str = "", nullable: bool = False) -> Field:
    return Field(name, "integer", fidelity, nullable, of)


def _number(name: str, fidelity: Fidelity = "documented", *, of: str = "", nullable: bool = False) -> Field:
    return Field(name, "number", fidelity, nullable, of)


def _instant(name: str, fidelity: Fidelity = "documented", *, of: str = "", nullable: bool = False) -> Field:
    return Field(name, "timestamp", fidelity, nullable, of or "timestamp_ms")


def _object(name: str, shape: Shape, fidelity: Fidelity = "documented", *, nullable: bool = False) -> Field:
    return Field(name, "object", fidelity, nullable, shape=shape)


def _linked(name: str, made: Callable[[Any, Links], Any], fidelity: Fidelity = "documented") -> Field:
    return Field(name, "string", fidelity, nullable=True, made=made, own=False)


_RESPONSE = Shape(ResponseRecord, (_text("value"), _whole("responseTime", of="response_time_ms")))
# A client may write an event without saying either.
_EVENT_RESPONSE = Shape(
    ResponseRecord, (_text("value", nullable=True), _whole("responseTime", of="response_time_ms", nullable=True))
)

EVENT = Shape(
    Event,
    (
        _text("id"),
        _instant("timestamp"),
        _whole("onset", of="onset_ms"),
        _text("experimentId"),
        _text("sessionId"),
        _text("participantId"),
        _text("eventType"),
        _text("category"),
        _text("componentType", nullable=True),
        _text("componentId", nullable=True),
        _text("content"),
        _text("stateName", nullable=True),
        _text("participantRole"),
        _whole("duration", of="duration_ms", nullable=True),
        _object("response", _EVENT_RESPONSE, nullable=True),
        _text("roomId", "observed"),
        _text("stateId", "observed", nullable=True),
    ),
)

_RECORDING_METADATA = Shape(
    RecordingMetadata,
    (
        _text("type", "observed"),
        _text("recordingType", "observed"),
        _text("roomName", "observed"),
        _text("experimentId", "observed"),
    ),
)

RECORDING = Shape(
    Recording,
    (
        _text("recordingId"),
        _text("participantId"),
        _text("participantName"),
        _text("experimentId"),
        _text("roomId"),
        _instant("startTime", of="start_ms"),
        _instant("endTime", of="end_ms", nullable=True),
        _whole("duration", of="duration_ms", nullable=True),
        _whole("videoOffset", of="video_offset_ms"),
        _linked("downloadUrl", lambda record, links: links.download_url(record)),
        _whole("fileSize", of="file_size_bytes", nullable=True),
        Field("status", "string", made=lambda record, links: links.status(record)),
        _text("format"),
        _text("resolution", nullable=True),
        _text("egressId", "observed"),
        _linked("url", lambda record, links: links.download_url(record), "observed"),
        _linked("downloadPath", lambda record, links: links.download_path(record), "observed"),
        _object("metadata", _RECORDING_METADATA, "observed"),
    ),
)

CHAT = Shape(
    ChatMessage,
    (
        _text("messageId"),
        _text("experimentId"),
        _text("roomId"),
        _text("senderId"),
        _text("senderName"),
        _text("content"),
        _instant("timestamp"),
        _whole("onset", of="onset_ms"),
        Field("recipientIds", "strings"),
        _text("messageType"),
    ),
)

CONTINUOUS = Shape(
    ContinuousRating,
    (
        _text("ratingId"),
        _text("experimentId"),
        _text("roomId"),
        _text("participantId"),
        _text("componentId"),
        _instant("timestamp"),
        _whole("onset", of="onset_ms"),
        _number("value"),
        _number("normalizedValue"),
        _whole("rawValue"),
        _whole("scaleMin"),
        _whole("scaleMax"),
    ),
)

_SPARSE_METADATA = Shape(
    SparseMetadata,
    (
        _text("question", "observed"),
        _text("dimension", "observed"),
        _text("componentType", "observed"),
        _whole("sampleIndex", "observed"),
    ),
)

_SPARSE_DETAIL = Shape(
    SparseDetail,
    (
        _text("videoId", "observed", nullable=True),
        _whole("pauseIndex", "observed", nullable=True),
        _whole("videoRelativeTime", "observed", of="video_relative_ms", nullable=True),
        _whole("pauseTimestamp", "observed", of="pause_timestamp_ms", nullable=True),
        _text("componentType", "observed"),
        _object("componentData", Shape(ComponentData, (_number("value", "observed"),)), "observed"),
        Field("previousRatings", "numbers", "observed", nullable=True),
        _whole("mediaPauseOnset", "observed", of="media_pause_onset_ms", nullable=True),
        _whole("mediaResumeOnset", "observed", of="media_resume_onset_ms", nullable=True),
        _whole("actualPauseDuration", "observed", of="actual_pause_ms", nullable=True),
    ),
)

SPARSE = Shape(
    SparseRating,
    (
        _text("ratingId"),
        _text("experimentId"),
        _text("roomId"),
        _text("participantId"),
        _text("componentId"),
        _instant("timestamp"),
        _whole("onset", of="onset_ms"),
        Field("value", "number", made=lambda record, links: links.rating(record)),
        _whole("responseTime", of="response_time_ms"),
        _number("scaleMin"),
        _number("scaleMax"),
        _object("labels", Shape(Labels, (_text("min"), _text("max")))),
        _whole("rawOnset", "observed", of="raw_onset_ms"),
        _whole("clockOffsetApplied", "observed", of="clock_offset_ms"),
        _number("rawValue", "observed"),
        _object("scale", Shape(Scale, (_number("min", "observed"), _number("max", "observed"))), "observed"),
        _text("type", "observed"),
        _text("stateId", "observed"),
        _text("stimulusId", "observed", nullable=True),
        _whole("stimulusTime", "observed", of="stimulus_ms", nullable=True),
        _number("confidence", "observed", nullable=True),
        _object("metadata", _SPARSE_METADATA, "observed"),
        _whole("ratingEndOnset", "observed", of="rating_end_onset_ms"),
        _object("sparseRatingData", _SPARSE_DETAIL, "observed"),
        _instant("stateStartTime", "observed", of="state_start_ms"),
        _whole("stateDuration", "observed", of="state_duration_ms"),
    ),
)

SYNC = Shape(
    SyncSample,
    (
        _text("metricId"),
        _text("experimentId"),
        _text("roomId"),
        _text("participantId"),
        _instant("timestamp"),
        _whole("onset", of="onset_ms"),
        _whole("timeDrift", of="time_drift_ms"),
        _number("playbackRate"),
        _number("syncQuality"),
        _whole("latency", of="latency_ms"),
        _number("bufferHealth"),
    ),
)

_CONFIG = Shape(
    ComponentConfig,
    (
        _text("videoUrl", nullable=True),
        Field("autoplay", "boolean", nullable=True),
        Field("controls", "boolean", nullable=True),
        _text("prompt", "inferred", nullable=True),
        Field("options", "strings", "inferred", nullable=True),
        _whole("scaleMin", "inferred", nullable=True),
        _whole("scaleMax", "inferred", nullable=True),
        _whole("durationMs", "inferred", nullable=True),
        _whole("intervalMs", "inferred", nullable=True),
    ),
)

COMPONENT = Shape(
    ComponentRecord,
    (
        _text("componentId"),
        _text("componentType"),
        _text("experimentId"),
        _text("stateId"),
        _object("config", _CONFIG),
        _instant("timestamp"),
        _whole("onset", of="onset_ms"),
        _object("variableSnapshot", Shape(Variables, (_text("participant_name"), _text("condition")))),
        Field("completed", "boolean", "observed"),
        _text("stateName", "observed"),
        _text("participantId", "observed"),
        _text("roomId", "observed"),
        _object("response", _RESPONSE, "observed", nullable=True),
        _whole("responseTime", "observed", of="response_time_ms", nullable=True),
    ),
)

VIDEOCHAT = Shape(
    VideoChatEvent,
    (
        _text("id", "inferred"),
        _instant("timestamp", "inferred"),
        _whole("onset", "inferred", of="onset_ms"),
        _text("experimentId", "inferred"),
        _text("roomId", "inferred"),
        _text("participantId", "inferred"),
        _text("participantName", "inferred"),
        _text("eventType", "inferred"),
        _text("connectionId", "inferred"),
        _text("stateId", "inferred"),
        _whole("duration", "inferred", of="duration_ms", nullable=True),
        _text("reason", "inferred", nullable=True),
    ),
)

GAZE = Shape(
    GazeSample,
    (
        _text("sampleId", "inferred"),
        _text("experimentId", "inferred"),
        _text("roomId", "inferred"),
        _text("participantId", "inferred"),
        _text("stateId", "inferred"),
        _instant("timestamp", "inferred"),
        _whole("onset", "inferred", of="onset_ms"),
        _number("gazeX", "inferred", nullable=True),
        _number("gazeY", "inferred", nullable=True),
        _number("pupilDiameter", "inferred", of="pupil_diameter_mm", nullable=True),
        Field("valid", "boolean", "inferred"),
    ),
)

PARTICIPANT = Shape(
    ParticipantRecord,
    (
        _text("participantId", "observed"),
        _text("id", "observed"),
        _text("email", "observed"),
        _text("role", "observed"),
        _text("status", "observed"),
        _text("completionCode"),
        _instant("joinedAt", "observed", of="joined_ms"),
        _instant("completedAt", "observed", of="completed_ms", nullable=True),
        _text("roomId", "observed"),
        _text("deploymentId", "observed", nullable=True),
    ),
)

ROOM = Shape(
    RoomRecord,
    (
        _text("id", "observed"),
        _text("experimentId", "observed"),
        _text("deploymentId", "observed", nullable=True),
        _text("deploymentName", nullable=True),
        _text("status", "observed"),
        _whole("participantCount"),
        _instant("createdAt", "observed", of="created_ms"),
        _instant("startedAt", "observed", of="started_ms", nullable=True),
        _instant("endedAt", "observed", of="ended_ms", nullable=True),
        _whole("duration", "observed", of="duration_ms", nullable=True),
    ),
)

SHAPES = {
    "events": EVENT,
    "recordings": RECORDING,
    "chat": CHAT,
    "videochat": VIDEOCHAT,
    "ratings/continuous": CONTINUOUS,
    "ratings/sparse": SPARSE,
    "sync": SYNC,
    "components": COMPONENT,
    "eyetracking": GAZE,
    "participants": PARTICIPANT,
    "rooms": ROOM,
}
