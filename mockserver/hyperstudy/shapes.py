"""How records are written: the names, types and order of their fields, and where each is from.

One table per data type, in the order of the simulation's record. JSON, CSV, NDJSON and the fidelity
labels are made from it, so that what one format shows, all show.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Protocol

from mockserver.words.fidelity import Fidelity
from mockserver.words.timestamps import iso_from_ms

__all__ = ["SHAPES", "Field", "Links", "Shape"]

Kind = Literal["string", "integer", "number", "boolean", "timestamp", "strings", "objects", "object"]


class Links(Protocol):
    """Makes the links of a recording, for the host that the request came to."""

    def download_url(self, record: Any) -> str | None:
        """A signed link to the file; None where there is no file."""
        ...

    def download_path(self, record: Any) -> str | None:
        """The path that mints such a link, below the API's base path."""
        ...

    def status(self, record: Any) -> str:
        """The recording's status in the words of the chosen reading."""
        ...


@dataclass(frozen=True)
class Field:
    """One field of a record.

    Attributes:
        name: As written. kind: its type; `nullable` when it may be null.
        fidelity: `documented` (the data page), `observed` (in the client), or `inferred`.
        fields: Of a nested object, or of the objects in a list.
        made: Makes the value from the record and the links, where it is not the record's own as it is.
        own: The record has a value of its own here.
    """

    name: str
    kind: Kind
    fidelity: Fidelity = "documented"
    nullable: bool = False
    fields: tuple["Field", ...] = ()
    made: Callable[[Any, Links], Any] | None = None
    own: bool = True


@dataclass(frozen=True)
class Shape:
    """The fields of a data type's records, and how to write one."""

    fields: tuple[Field, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The top-level names in order."""
        return tuple(field.name for field in self.fields)

    def write(self, records: Sequence[Any], links: Links) -> list[dict[str, Any]]:
        """Records as plain objects: every field, in order, null where nothing applies."""
        if self._made:
            return [self._with_made(record, links) for record in records]
        names, changes = self._own_names, self._changes
        written = []
        for record in records:
            row = dict(zip(names, record, strict=True))
            for name, change in changes:
                if row[name] is not None:
                    row[name] = change(row[name])
            written.append(row)
        return written

    def _with_made(self, record: Any, links: Links) -> dict[str, Any]:
        own = iter(record)
        changes = dict(self._changes)
        row: dict[str, Any] = {}
        for field in self.fields:
            value = next(own) if field.own else None
            value = field.made(record, links) if field.made else value
            change = changes.get(field.name)
            row[field.name] = change(value) if change and value is not None else value
        return row

    @cached_property
    def _made(self) -> bool:
        return any(field.made for field in self.fields)

    @cached_property
    def _own_names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields if field.made is None)

    @cached_property
    def _changes(self) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
        made = ((field.name, _writer(field)) for field in self.fields)
        return tuple((name, change) for name, change in made if change is not None)

    @cached_property
    def columns(self) -> tuple[tuple[str, ...], ...]:
        """The CSV's columns as paths into the object: nested objects are flattened, lists are not."""
        return tuple(_paths(self.fields, ()))


def _writer(field: Field) -> Callable[[Any], Any] | None:
    """What turns a record's value into the written one; None where it is written as it is."""
    if field.kind == "timestamp":
        return iso_from_ms
    if field.kind in ("object", "objects"):
        inner = Shape(field.fields)
        if field.kind == "object":
            return lambda value: inner.write([value], _NO_LINKS)[0]
        return lambda value: inner.write(value, _NO_LINKS)
    return None


def _paths(fields: Sequence[Field], above: tuple[str, ...]) -> list[tuple[str, ...]]:
    paths: list[tuple[str, ...]] = []
    for field in fields:
        path = (*above, field.name)
        paths += _paths(field.fields, path) if field.kind == "object" else [path]
    return paths


class _NoLinks:
    """Nested objects have no links."""

    def download_url(self, record: Any) -> str | None:
        return None

    def download_path(self, record: Any) -> str | None:
        return None

    def status(self, record: Any) -> str:
        return str(record.status)


_NO_LINKS = _NoLinks()


def _text(name: str, fidelity: Fidelity = "documented", *, nullable: bool = False) -> Field:
    return Field(name, "string", fidelity, nullable)


def _whole(name: str, fidelity: Fidelity = "documented", *, nullable: bool = False) -> Field:
    return Field(name, "integer", fidelity, nullable)


def _number(name: str, fidelity: Fidelity = "documented", *, nullable: bool = False) -> Field:
    return Field(name, "number", fidelity, nullable)


def _instant(name: str, fidelity: Fidelity = "documented", *, nullable: bool = False) -> Field:
    return Field(name, "timestamp", fidelity, nullable)


def _linked(name: str, made: Callable[[Any, Links], Any], fidelity: Fidelity = "documented") -> Field:
    return Field(name, "string", fidelity, nullable=True, made=made, own=False)


_RESPONSE = (_text("value"), _whole("responseTime"))

EVENT = Shape(
    (
        _text("id"),
        _instant("timestamp"),
        _whole("onset"),
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
        _whole("duration", nullable=True),
        Field("response", "object", nullable=True, fields=_RESPONSE),
        _text("roomId", "observed"),
        _text("stateId", "observed", nullable=True),
    )
)

RECORDING = Shape(
    (
        _text("recordingId"),
        _text("participantId"),
        _text("participantName"),
        _text("experimentId"),
        _text("roomId"),
        _instant("startTime"),
        _instant("endTime", nullable=True),
        _whole("duration", nullable=True),
        _whole("videoOffset"),
        _linked("downloadUrl", lambda record, links: links.download_url(record)),
        _whole("fileSize", nullable=True),
        Field("status", "string", made=lambda record, links: links.status(record)),
        _text("format"),
        _text("resolution", nullable=True),
        _text("egressId", "observed"),
        _linked("url", lambda record, links: links.download_url(record), "observed"),
        _linked("downloadPath", lambda record, links: links.download_path(record), "observed"),
        Field(
            "metadata",
            "object",
            "observed",
            fields=(
                _text("type", "observed"),
                _text("recordingType", "observed"),
                _text("roomName", "observed"),
                _text("experimentId", "observed"),
            ),
        ),
    )
)

CHAT = Shape(
    (
        _text("messageId"),
        _text("experimentId"),
        _text("roomId"),
        _text("senderId"),
        _text("senderName"),
        _text("content"),
        _instant("timestamp"),
        _whole("onset"),
        Field("recipientIds", "strings"),
        _text("messageType"),
    )
)

CONTINUOUS = Shape(
    (
        _text("ratingId"),
        _text("experimentId"),
        _text("roomId"),
        _text("participantId"),
        _text("componentId"),
        _instant("timestamp"),
        _whole("onset"),
        _number("value"),
        _number("normalizedValue"),
        _whole("rawValue"),
        _whole("scaleMin"),
        _whole("scaleMax"),
    )
)

SPARSE = Shape(
    (
        _text("ratingId"),
        _text("experimentId"),
        _text("roomId"),
        _text("participantId"),
        _text("componentId"),
        _instant("timestamp"),
        _whole("onset"),
        _whole("value"),
        _whole("responseTime"),
        _whole("scaleMin"),
        _whole("scaleMax"),
        Field("labels", "object", fields=(_text("min"), _text("max"))),
        _whole("rawOnset", "observed"),
        _whole("clockOffsetApplied", "observed"),
        _whole("rawValue", "observed"),
        Field("scale", "object", "observed", fields=(_whole("min", "observed"), _whole("max", "observed"))),
        _text("type", "observed"),
        _text("stateId", "observed"),
        _text("stimulusId", "observed", nullable=True),
        _whole("stimulusTime", "observed", nullable=True),
        _number("confidence", "observed", nullable=True),
        Field(
            "metadata",
            "object",
            "observed",
            fields=(
                _text("question", "observed"),
                _text("dimension", "observed"),
                _text("componentType", "observed"),
                _whole("sampleIndex", "observed"),
            ),
        ),
        _whole("ratingEndOnset", "observed"),
        Field(
            "sparseRatingData",
            "object",
            "observed",
            fields=(
                _text("videoId", "observed", nullable=True),
                _whole("pauseIndex", "observed", nullable=True),
                _whole("videoRelativeTime", "observed", nullable=True),
                _whole("pauseTimestamp", "observed", nullable=True),
                _text("componentType", "observed"),
                Field("componentData", "object", "observed", fields=(_whole("value", "observed"),)),
                Field(
                    "previousRatings",
                    "objects",
                    "inferred",
                    fields=(_whole("pauseIndex", "inferred"), _whole("value", "inferred")),
                ),
                _whole("mediaPauseOnset", "observed", nullable=True),
                _whole("mediaResumeOnset", "observed", nullable=True),
                _whole("actualPauseDuration", "observed", nullable=True),
            ),
        ),
        _instant("stateStartTime", "observed"),
        _whole("stateDuration", "observed"),
    )
)

SYNC = Shape(
    (
        _text("metricId"),
        _text("experimentId"),
        _text("roomId"),
        _text("participantId"),
        _instant("timestamp"),
        _whole("onset"),
        _whole("timeDrift"),
        _number("playbackRate"),
        _number("syncQuality"),
        _whole("latency"),
        _number("bufferHealth"),
    )
)

COMPONENT = Shape(
    (
        _text("componentId"),
        _text("componentType"),
        _text("experimentId"),
        _text("stateId"),
        Field(
            "config",
            "object",
            fields=(
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
        ),
        _instant("timestamp"),
        _whole("onset"),
        Field("variableSnapshot", "object", fields=(_text("participant_name"), _text("condition"))),
        Field("completed", "boolean", "observed"),
        _text("stateName", "observed"),
        _text("participantId", "observed"),
        _text("roomId", "observed"),
        Field("response", "object", "observed", nullable=True, fields=_RESPONSE),
        _whole("responseTime", "observed", nullable=True),
    )
)

VIDEOCHAT = Shape(
    (
        _text("id", "inferred"),
        _instant("timestamp", "inferred"),
        _whole("onset", "inferred"),
        _text("experimentId", "inferred"),
        _text("roomId", "inferred"),
        _text("participantId", "inferred"),
        _text("participantName", "inferred"),
        _text("eventType", "inferred"),
        _text("connectionId", "inferred"),
        _text("stateId", "inferred"),
        _whole("duration", "inferred", nullable=True),
        _text("reason", "inferred", nullable=True),
    )
)

GAZE = Shape(
    (
        _text("sampleId", "inferred"),
        _text("experimentId", "inferred"),
        _text("roomId", "inferred"),
        _text("participantId", "inferred"),
        _text("stateId", "inferred"),
        _instant("timestamp", "inferred"),
        _whole("onset", "inferred"),
        _number("gazeX", "inferred", nullable=True),
        _number("gazeY", "inferred", nullable=True),
        _number("pupilDiameter", "inferred", nullable=True),
        Field("valid", "boolean", "inferred"),
    )
)

PARTICIPANT = Shape(
    (
        _text("participantId", "observed"),
        _text("id", "observed"),
        _text("email", "observed"),
        _text("role", "observed"),
        _text("status", "observed"),
        _text("completionCode"),
        _instant("joinedAt", "observed"),
        _instant("completedAt", "observed", nullable=True),
        _text("roomId", "observed"),
        _text("deploymentId", "observed", nullable=True),
    )
)

ROOM = Shape(
    (
        _text("id", "observed"),
        _text("experimentId", "observed"),
        _text("deploymentId", "observed", nullable=True),
        _text("deploymentName", nullable=True),
        _text("status", "observed"),
        _whole("participantCount"),
        _instant("createdAt", "observed"),
        _instant("startedAt", "observed", nullable=True),
        _instant("endedAt", "observed", nullable=True),
        _whole("duration", "observed", nullable=True),
    )
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
