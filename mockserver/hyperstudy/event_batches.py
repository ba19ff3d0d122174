"""`POST /data/events/batch`: clients write events, each with a verdict of its own.

Source: at most 100 events, scope `write:events` (documented). What an event needs, how it is judged and
what is answered are inferred, after the shape in which events are read.
"""

from typing import Any

import orjson
from flask import Response

from mockserver.hyperstudy.bodies import checked_body
from mockserver.hyperstudy.envelope import success
from mockserver.hyperstudy.operations import Answer, Call, Operation
from mockserver.simulation.chance import Chance
from mockserver.simulation.events import CATEGORIES
from mockserver.simulation.records import Event, ResponseRecord
from mockserver.simulation.rooms import RoomRef
from mockserver.study.written_events import KIND, keep_events
from mockserver.timestamps import parse_iso_us

__all__ = ["event_batch_operations"]

MOST_EVENTS = 100
_COUNT = {"type": "integer", "minimum": 0}
_TEXT = {"type": "string"}
_EVENT = {
    "title": "NewEvent",
    "x-fidelity": "inferred",
    "type": "object",
    "properties": {
        "eventType": _TEXT,
        "roomId": _TEXT,
        "sessionId": _TEXT,
        "experimentId": _TEXT,
        "participantId": _TEXT,
        "timestamp": {"type": "string", "format": "date-time"},
        "category": {"type": "string", "enum": list(CATEGORIES)},
        "componentType": {"type": ["string", "null"]},
        "componentId": {"type": ["string", "null"]},
        "content": _TEXT,
        "stateId": {"type": ["string", "null"]},
        "stateName": {"type": ["string", "null"]},
        "duration": {"type": ["integer", "null"], "minimum": 0},
        "response": {"type": ["object", "null"]},
    },
    "required": ["eventType", "participantId"],
    # A session is a room by another name.
    "anyOf": [{"required": ["roomId"]}, {"required": ["sessionId"]}],
}
# What the request as a whole needs; each event is judged alone.
_BATCH: dict[str, Any] = {
    "type": "object",
    "properties": {"events": {"type": "array", "maxItems": MOST_EVENTS}},
    "required": ["events"],
}
_DESCRIBED = {
    **_BATCH,
    "x-fidelity": "inferred",
    "properties": {"events": {**_BATCH["properties"]["events"], "items": _EVENT}},
}
_VERDICT = {
    "title": "EventVerdicts",
    "x-fidelity": "inferred",
    "type": "object",
    "properties": {
        "recorded": _COUNT,
        "rejected": _COUNT,
        "rejections": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"index": _COUNT, "reason": _TEXT},
                "required": ["index", "reason"],
            },
        },
    },
    "required": ["recorded", "rejected", "rejections"],
}


def event_batch_operations() -> list[Operation]:
    """The one operation."""
    return [
        Operation(
            id="recordEvents",
            method="POST",
            path="/data/events/batch",
            view=record_events,
            summary="Record up to 100 events",
            tag="events",
            answer=Answer(_VERDICT, many=False),
            scope="write:events",
            body=_DESCRIBED,
            status=201,
            errors=(400, 413),
        )
    ]


class _RejectedError(Exception):
    """Why an event is not recorded; `str()` is the reason."""


def record_events(call: Call) -> Response:
    """Keep the good ones, list the others. They show at once, at every scope.

    Raises:
        InvalidBody: The body is no such object, or has more than 100 events; then none is recorded.
    """
    items = checked_body(_BATCH)["events"]
    study, store = call.sandbox.study, call.sandbox.store
    with study.lock:
        number = len(store.documents.all(KIND))
        events: list[Event] = []
        rejections: list[dict[str, Any]] = []
        for index, item in enumerate(items):
            try:
                events.append(_event(call, item, number + len(events)))
            except _RejectedError as reason:
                rejections.append({"index": index, "reason": str(reason)})
        keep_events(store, events, call.now_ms)
    return success({"recorded": len(events), "rejected": len(rejections), "rejections": rejections}, status=201)


def _event(call: Call, item: Any, number: int) -> Event:
    if not isinstance(item, dict):
        raise _RejectedError("Item must be an object")
    event_type = _text(item, "eventType")
    room, index = _whereabouts(call, item)
    at_ms = _instant_ms(call, item)
    world = call.sandbox.world
    state_id = _maybe_text(item, "stateId")
    return Event(
        id="event_w" + Chance(world.seed, "written event", number).code(9, "id"),
        timestamp_ms=at_ms,
        onset_ms=at_ms - room.started_ms,
        experiment_id=room.experiment_id,
        session_id=room.room_id,
        participant_id=world.participant_ids(room)[index],
        event_type=event_type,
        category=_category(item, event_type),
        component_type=_maybe_text(item, "componentType"),
        component_id=_maybe_text(item, "componentId"),
        content=_maybe_text(item, "content") or event_type,
        state_name=_maybe_text(item, "stateName") or state_id,
        participant_role=world.plan(room).participants[index].role,
        duration_ms=_maybe_whole(item, "duration"),
        response=_response(item),
        room_id=room.room_id,
        state_id=state_id,
    )


def _whereabouts(call: Call, item: dict[str, Any]) -> tuple[RoomRef, int]:
    """The room and the participant's place in it."""
    room_id = _text(item, "roomId" if "roomId" in item or "sessionId" not in item else "sessionId")
    participant_id = _text(item, "participantId")
    world = call.sandbox.world
    room = world.room(room_id)
    experiment = call.sandbox.study.experiments.get(room.experiment_id) if room else None
    mine = experiment is not None and experiment.organisation == call.caller.organisation
    if room is None or not mine or not world.is_open(room, call.now_ms):
        raise _RejectedError(f"Unknown room: {room_id[:100]}")
    told = {"roomId": room.room_id, "sessionId": room.room_id, "experimentId": room.experiment_id}
    for name, wanted in told.items():
        if item.get(name, wanted) != wanted:
            raise _RejectedError(f"Invalid value for {name}: expected {wanted}, as the room says")
    people = world.participant_ids(room)
    if participant_id not in people:
        raise _RejectedError(f"Unknown participant in room {room_id}: {participant_id[:100]}")
    return room, people.index(participant_id)


def _text(item: dict[str, Any], name: str) -> str:
    if name not in item:
        raise _RejectedError(f"Missing required field: {name}")
    value = item[name]
    if not isinstance(value, str) or not value:
        raise _RejectedError(f"Invalid type for {name}: expected non-empty string")
    return value


def _maybe_text(item: dict[str, Any], name: str) -> str | None:
    value = item.get(name)
    if value is not None and not isinstance(value, str):
        raise _RejectedError(f"Invalid type for {name}: expected string")
    return value


def _maybe_whole(item: dict[str, Any], name: str) -> int | None:
    value = item.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or abs(value) > 2**53:
        raise _RejectedError(f"Invalid type for {name}: expected integer")
    if value < 0:
        raise _RejectedError(f"Value out of range for {name}: expected 0 or more")
    return int(value)


def _instant_ms(call: Call, item: dict[str, Any]) -> int:
    """When it happened; without a timestamp, now."""
    value = item.get("timestamp")
    if value is None:
        return call.now_ms
    try:
        return parse_iso_us(value) // 1000
    except (TypeError, ValueError):
        raise _RejectedError("Invalid timestamp: expected ISO 8601") from None


def _category(item: dict[str, Any], event_type: str) -> str:
    """The category named, else the one that the event type begins with, else `component`."""
    value = item.get("category")
    if value is None:
        prefix = event_type.split(".", maxsplit=1)[0]
        return prefix if prefix in CATEGORIES else "component"
    if value not in CATEGORIES:
        raise _RejectedError(f"Invalid value for category: expected one of {', '.join(CATEGORIES)}")
    return str(value)


def _response(item: dict[str, Any]) -> ResponseRecord | None:
    response = item.get("response")
    if response is None:
        return None
    if not isinstance(response, dict):
        raise _RejectedError("Invalid type for response: expected object")
    # Always text, as in every other record; what is none is written as JSON.
    value = response.get("value", "")
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return ResponseRecord(text, _maybe_whole(response, "responseTime") or 0)
