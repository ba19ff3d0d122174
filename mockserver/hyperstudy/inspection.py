"""Small questions about data: may I, how much is there, and what did the variables say?

Source: `check-access` (documented); `counts` and `variables` as the official client reads them (observed).
"""

from collections.abc import Sequence
from typing import Any

from flask import Response

from mockserver.door.operations import Answer, Operation, Parameter
from mockserver.hyperstudy.calls import Call
from mockserver.hyperstudy.catalogue import CATALOGUE
from mockserver.hyperstudy.declared_variables import variable_types
from mockserver.hyperstudy.envelope import success
from mockserver.hyperstudy.errors import Forbidden
from mockserver.hyperstudy.metadata import ABOUT, about
from mockserver.hyperstudy.parameters import room_of_participant
from mockserver.hyperstudy.places import find_experiment, find_participant, find_room
from mockserver.sandbox.study.definitions import output_variables
from mockserver.simulation.datasets.query import Query
from mockserver.simulation.records.records import ComponentRecord
from mockserver.simulation.scenario.specs import SCALES
from mockserver.simulation.story.rooms import RoomRef
from mockserver.words.json_schema import FLAG, ID, INSTANT, NAMES, TEXT, labelled, list_of, object_of, optional
from mockserver.words.scalars import as_type
from mockserver.words.timestamps import iso_from_ms

__all__ = ["inspection_operations"]

# Which write it was, beyond what the client reads.
_OURS = labelled(optional(TEXT), "inferred")
_VALUE = {"type": ["string", "number", "boolean", "null"]}
# A column for the state, and one for every variable.
_TIMELINE = list_of({**object_of(stateId=TEXT), "additionalProperties": _VALUE})
_DROPPED = list_of(object_of(variable=TEXT, reason=TEXT))
_ROOM = Parameter("roomId", ID, "The room the participant was in.", required=True)
_WRITE = object_of(
    "VariableWrite",
    variable=TEXT,
    value={"type": ["string", "number", "boolean"]},
    source={"type": "string", "enum": ["seed", "human", "agent"]},
    participantId=_OURS,
    stateId=_OURS,
    componentId=_OURS,
    timestamp=labelled(INSTANT, "inferred"),
    onset=labelled({"type": "integer"}, "inferred"),
    persisted=FLAG,
)
_COUNTS = object_of(
    "Counts",
    participantId=TEXT,
    roomId=TEXT,
    counts={"type": "object", "additionalProperties": {"type": "integer"}},
    hasData={"type": "object", "additionalProperties": FLAG},
)


def inspection_operations() -> list[Operation]:
    """Access, counts and variables."""
    return [
        Operation(
            id="checkAccess",
            method="GET",
            path="/data/check-access/experiment/<experiment_id>",
            view=check_access,
            summary="May the key see an experiment's data, and export it?",
            tag="experiments",
            answer=Answer(object_of("Access", canView=FLAG, canExport=FLAG), many=False, metadata=ABOUT),
            errors=(404,),
        ),
        Operation(
            id="getCounts",
            method="GET",
            path="/data/counts/participant/<participant_id>",
            view=get_counts,
            summary="How many records of each type a participant has",
            tag="participants",
            answer=Answer(_COUNTS, metadata=ABOUT),
            scope="read:events",
            scope_fidelity="inferred",
            parameters=(_ROOM,),
            errors=(400, 404),
            fidelity="observed",
        ),
        Operation(
            id="getVariables",
            method="GET",
            path="/data/variables/room/<room_id>",
            view=get_variables,
            summary="Every write to a room's variables, and what they were in each state",
            tag="rooms",
            answer=Answer(
                _WRITE,
                metadata={
                    **ABOUT,
                    "timeline": _TIMELINE,
                    "variableNames": NAMES,
                    "matrixColumns": NAMES,
                    "droppedWrites": _DROPPED,
                    "mode": TEXT,
                },
            ),
            scope="read:events",
            scope_fidelity="inferred",
            errors=(404,),
            fidelity="observed",
        ),
    ]


def check_access(call: Call, experiment_id: str) -> Response:
    """Needs a valid key and no scope (documented); what is another organisation's may not even be viewed."""
    may = {}
    for name, export in (("canView", False), ("canExport", True)):
        try:
            find_experiment(call, experiment_id, export=export)
            may[name] = True
        except Forbidden:
            may[name] = False
    return success(may, about(call, "access", "experiment", experiment_id))


def get_counts(call: Call, participant_id: str) -> Response:
    """The totals that each data type would tell at participant level."""
    room_id = room_of_participant(call.arguments)
    place = find_participant(call, find_room(call, room_id), participant_id)
    query = Query(now_ms=call.now_ms, participant_id=participant_id)
    counts = {
        row.name: call.world.select(row.name, place.rooms, query).total
        for row in CATALOGUE
        if "participant" in row.levels
    }
    has_data = {name: total > 0 for name, total in counts.items()}
    found = {"participantId": participant_id, "roomId": room_id, "counts": counts, "hasData": has_data}
    return success([found], about(call, "counts", "participant", participant_id))


def get_variables(call: Call, room_id: str) -> Response:
    """The room's constants, and every answer: written into its component's output variable, else one of its name."""
    room = find_room(call, room_id)
    writes = _writes(call, room)
    names = list(dict.fromkeys(write["variable"] for write in writes))
    metadata = {
        **about(call, "variables", "room", room_id),
        "timeline": _timeline(writes, names, _entered(call, room)),
        "variableNames": names,
        "matrixColumns": ["stateId", *names],
        "droppedWrites": [],
        "mode": "replay",
    }
    return success(writes, metadata)


def _writes(call: Call, room: RoomRef) -> list[dict[str, Any]]:
    plan = call.world.plan(room)
    agents = {person.participant_id for person in plan.participants if person.agent}
    launch = next((one for one in call.sandbox.study.launches() if one.room_id == room.room_id), None)
    outputs = output_variables(launch.definition) if launch else {}
    writes = []
    if room.started_ms <= call.now_ms:
        constants = {"condition": room.condition, **dict(room.variables)}
        writes += [_write(name, value, "seed", room.started_ms, room) for name, value in constants.items()]
    found = call.world.select("components", [room], Query(now_ms=call.now_ms))
    for record in found.rows(0, found.total):
        if isinstance(record, ComponentRecord) and record.response is not None and record.completed:
            at_ms = record.timestamp_ms + (record.response.response_time_ms or 0)
            source = "agent" if record.participant_id in agents else "human"
            variable = outputs.get(record.state_id, record.component_id)
            writes.append(_write(variable, _value(record), source, at_ms, room, record))
    types = variable_types(call.sandbox.study, room.experiment_id)
    for write in writes:
        write["value"] = as_type(write["value"], types[write["variable"]])
    return sorted(writes, key=lambda write: (write["timestamp"], write["participantId"] or ""))


def _value(record: ComponentRecord) -> str | int:
    """What was answered: a number on a scale, else a text."""
    text = (record.response and record.response.value) or ""
    scale = record.component_type in SCALES
    return int(text) if scale and text.removeprefix("-").isdecimal() else text


def _write(
    variable: str,
    value: str | int | float,
    source: str,
    at_ms: int,
    room: RoomRef,
    record: ComponentRecord | None = None,
) -> dict[str, Any]:
    return {
        "variable": variable,
        "value": value,
        "source": source,
        "participantId": record.participant_id if record else None,
        "stateId": record.state_id if record else None,
        "componentId": record.component_id if record else None,
        "timestamp": iso_from_ms(at_ms),
        "onset": at_ms - room.started_ms,
        "persisted": True,
    }


def _timeline(writes: list[dict[str, Any]], names: list[str], entered: Sequence[str]) -> list[dict[str, Any]]:
    """What each variable was when a state was over: its last write up to then, carried forward.

    Args:
        entered: The states that the room has come to, in order.
    """
    now: dict[str, Any] = dict.fromkeys(names)
    now |= {write["variable"]: write["value"] for write in writes if write["stateId"] is None}
    rows = []
    for state_id in entered:
        now |= {write["variable"]: write["value"] for write in writes if write["stateId"] == state_id}
        rows.append({"stateId": state_id, **now})
    return rows


def _entered(call: Call, room: RoomRef) -> list[str]:
    """The states that somebody in the room has entered by now."""
    until_ms = call.now_ms if room.stopped_ms is None else min(call.now_ms, room.stopped_ms)
    shown = {visit.state_id for visit in call.world.plan(room).visits if visit.entered_ms <= until_ms}
    return [state_id for state_id, _ in room.states if state_id in shown]
