"""`POST /data/events/batch`: clients write events, each with a verdict of its own.

Source: at most 100 events, scope `write:events` (documented). What an event needs, how it is judged and
what is answered are inferred, after the shape in which events are read.

    item -> shape (event_schema.py) -> room and participant -> what it says of them -> event, or reasons
"""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response

from mockserver.door.operations import Answer, Operation
from mockserver.hyperstudy.bodies import checked_body
from mockserver.hyperstudy.breaches import Rules
from mockserver.hyperstudy.calls import Call
from mockserver.hyperstudy.envelope import success
from mockserver.hyperstudy.event_schema import EVENT_BATCH, EVENT_BATCH_DESCRIBED, given, reasons_against, unkept
from mockserver.hyperstudy.metadata import KIND, NOW
from mockserver.hyperstudy.unkept import tell_unkept
from mockserver.simulation.records.events import category_of
from mockserver.simulation.records.records import Event, ResponseRecord
from mockserver.simulation.story.rooms import RoomRef
from mockserver.words import exact_json
from mockserver.words.json_schema import COUNT, TEXT, labelled, list_of, object_of
from mockserver.words.timestamps import iso_from_ms, parse_iso_us

__all__ = ["event_batch_operations"]

_REJECTIONS = list_of(object_of(index=COUNT, reason=TEXT))
_VERDICTS = labelled(
    object_of("EventVerdicts", recorded=COUNT, rejected=COUNT, rejections=_REJECTIONS),
    "inferred",
)
_RULES = Rules(EVENT_BATCH)
# What is kept as text, as JSON calls it.
_JSON_TYPES = {bool: "boolean", int: "number", float: "number", list: "array", dict: "object"}
# The states in which the simulation's own events before and after an experiment lie.
_BEFORE, _AFTER = "pre_experiment", "post_experiment"
_log = logging.getLogger("mockserver.lint")


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
            answer=Answer(_VERDICTS, many=False, metadata={**KIND, **NOW}),
            scope="write:events",
            body=EVENT_BATCH_DESCRIBED,
            status=201,
            errors=(400, 413),
        )
    ]


class _RejectedError(Exception):
    """Why an event is not recorded: one reason or more."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("; ".join(reasons))


def record_events(call: Call) -> Response:
    """Keep the good ones, list the others. They show at once, at every level.

    Raises:
        InvalidBody: The body is no such object, or has more than 100 events; then none is recorded.
    """
    events: list[Event] = []
    items: list[dict[str, Any]] = []
    rejections: list[dict[str, Any]] = []
    body = checked_body(_RULES)
    for index, item in enumerate(body["events"]):
        try:
            events.append(_event(call, item))
            items.append(item)
        except _RejectedError as reasons:
            rejections.append({"index": index, "reason": str(reasons)})
    types = [_value_type(item) for item in items]
    _tell(call, body, items, call.sandbox.study.record_events(events, call.now_ms, types), types)
    verdicts = {"recorded": len(events), "rejected": len(rejections), "rejections": rejections}
    # A batch may be about many rooms: it has no level.
    return success(verdicts, {"dataType": "events", "timestamp": iso_from_ms(call.now_ms)}, 201)


def _value_type(item: dict[str, Any]) -> str | None:
    """What JSON calls the value of a response that becomes text; None of a text, or where there is none."""
    return _JSON_TYPES.get(type((item.get("response") or {}).get("value")))


def _tell(
    call: Call,
    body: dict[str, Any],
    items: Sequence[dict[str, Any]],
    events: Sequence[Event],
    value_types: Sequence[str | None],
) -> None:
    """Tell the developer what of a batch reads back otherwise, or not at all (inferred).

    Values that became text are told by the study, which keeps what they were.
    """
    tell_unkept(call, (name for name in body if name != "events"))
    for item, event in zip(items, events, strict=True):
        tell_unkept(call, unkept(item), event.id)
    as_text = [(event.id, type_) for event, type_ in zip(events, value_types, strict=True) if type_]
    if as_text:
        more = f" (and {len(as_text) - 1} more)" if len(as_text) > 1 else ""
        _log.warning("%s: response.value was sent as JSON %s and reads back as text%s", *as_text[0], more)


def _event(call: Call, item: Any) -> Event:
    """The event that an item stands for, but for its id.

    Raises:
        _RejectedError: It breaks a rule.
    """
    found = reasons_against(item)
    if found:
        raise _RejectedError(*found)
    item = given(item)
    room, index = _whereabouts(call, item)
    at_ms = _instant_ms(call, item, room)
    role = room.role(index)
    states = _state_names(room)
    found = [*_contradictions(item, room, role, at_ms), *_wrong_state(item, states)]
    if found:
        raise _RejectedError(*found)
    event_type: str = item["eventType"]
    state_id: str | None = item.get("stateId")
    return Event(
        id="",
        timestamp_ms=at_ms,
        onset_ms=at_ms - room.started_ms,
        experiment_id=room.experiment_id,
        session_id=room.room_id,
        participant_id=item["participantId"],
        event_type=event_type,
        category=item.get("category", category_of(event_type)),
        component_type=item.get("componentType"),
        component_id=item.get("componentId"),
        content=item.get("content", event_type),
        state_name=item.get("stateName", states.get(state_id or "", state_id)),
        participant_role=role,
        duration_ms=_whole(item.get("duration")),
        response=_response(item.get("response")),
        room_id=room.room_id,
        state_id=state_id,
    )


def _whereabouts(call: Call, item: dict[str, Any]) -> tuple[RoomRef, int]:
    """The room and the participant's place in it.

    Raises:
        _RejectedError: The caller has no such room, or it has no such participant.
    """
    room_id: str = item["roomId"] if "roomId" in item else item["sessionId"]
    participant_id: str = item["participantId"]
    room = call.world.room(room_id)
    experiment = call.sandbox.study.experiments.get(room.experiment_id) if room else None
    mine = experiment is not None and experiment.organisation == call.caller.organisation
    if room is None or not mine or not call.world.is_open(room, call.now_ms):
        raise _RejectedError(f"Unknown room: {room_id[:100]}")
    people = call.world.participant_ids(room)
    if participant_id not in people:
        raise _RejectedError(f"Unknown participant in room {room_id}: {participant_id[:100]}")
    return room, people.index(participant_id)


def _instant_ms(call: Call, item: dict[str, Any], room: RoomRef) -> int:
    """When it happened: as the timestamp says, else the onset; without both, now.

    Raises:
        _RejectedError: So long before or after the room's start there are no years of four digits.
    """
    if "timestamp" in item:
        return parse_iso_us(item["timestamp"]) // 1000
    if "onset" not in item:
        return call.now_ms
    at_ms = room.started_ms + int(item["onset"])
    try:
        iso_from_ms(at_ms)
    except OverflowError:
        raise _RejectedError("Value out of range for onset: expected within the years 1 to 9999") from None
    return at_ms


def _contradictions(item: dict[str, Any], room: RoomRef, role: str, at_ms: int) -> Iterator[str]:
    """What the event says of its room, its participant and its time, and these do not."""
    told = {
        "roomId": room.room_id,
        "sessionId": room.room_id,
        "experimentId": room.experiment_id,
        "participantRole": role,
    }
    for name, wanted in told.items():
        if item.get(name, wanted) != wanted:
            yield f"Invalid value for {name}: expected {wanted}, as the room says"
    onset_ms = at_ms - room.started_ms
    if item.get("onset", onset_ms) != onset_ms:
        yield f"Invalid value for onset: expected {onset_ms}, as the timestamp and the room's start say"


def _state_names(room: RoomRef) -> dict[str, str]:
    """The states that the room's own events lie in, and their names."""
    played = {state_id: state.name or state_id for state_id, state in room.states}
    return {_BEFORE: _BEFORE, **played, _AFTER: _AFTER}


def _wrong_state(item: dict[str, Any], states: dict[str, str]) -> Iterator[str]:
    """A state of the room that is called otherwise there. States of a client's own are the client's affair."""
    state_id = item.get("stateId")
    if state_id in states and item.get("stateName", states[state_id]) != states[state_id]:
        yield f"Invalid value for stateName: expected {states[state_id]}, as the room says"


def _whole(value: float | None) -> int | None:
    """JSON has one kind of number: 3.0 is whole."""
    return None if value is None else int(value)


def _response(answer: dict[str, Any] | None) -> ResponseRecord | None:
    """The value is text, as in every other record: what is none is written as JSON. What was not said is None."""
    if answer is None:
        return None
    value = answer.get("value")
    text = value if value is None or isinstance(value, str) else exact_json.dumps_any(value).decode()
    return ResponseRecord(text, _whole(answer.get("responseTime")))
