"""What AI agents decided, and their runs. Source: the official client (observed)."""

from typing import Any

from flask import Response

from mockserver.hyperstudy.envelope import success
from mockserver.hyperstudy.errors import InvalidParameter
from mockserver.hyperstudy.metadata import KIND, PLACE
from mockserver.hyperstudy.operations import Answer, Call, Operation, Parameter
from mockserver.hyperstudy.parameters import whole_number
from mockserver.hyperstudy.places import find_experiment, find_room, unknown
from mockserver.simulation.agents import AgentRun, Decision, agent_runs
from mockserver.simulation.rooms import RoomRef
from mockserver.simulation.scenario import SCALES
from mockserver.timestamps import iso_from_ms

__all__ = ["agent_operations"]

# A client is told to raise the limit when an answer was truncated (observed).
DEFAULT_DECISIONS = 5000
MOST_DECISIONS = 1_000_000
CODE_VERSION = "mock-0000000"
_TEXT = {"type": "string"}
_MAYBE = {"type": ["string", "null"]}
_WHOLE = {"type": ["integer", "null"]}
_INSTANT = {"type": ["string", "null"], "format": "date-time"}
_ROW: dict[str, Any] = {
    "_type": {"type": "string", "enum": ["decision", "run"]},
    "id": _TEXT,
    "participantId": _TEXT,
    "roomId": _TEXT,
    "seq": _WHOLE,
    "stateId": _MAYBE,
    "stateName": _MAYBE,
    "turnKind": _MAYBE,
    "action": _MAYBE,
    "value": {"type": ["string", "number", "null"]},
    "personaId": _TEXT,
    "model": _TEXT,
    "provider": _TEXT,
    "latencyMs": _WHOLE,
    "inputTokens": _WHOLE,
    "outputTokens": _WHOLE,
    "costUsd": {"type": ["number", "null"], "x-fidelity": "inferred"},
    "timestamp": _INSTANT,
}
# What a row of the list has beside that, null in decisions: the sums of a run.
_SUMS: dict[str, Any] = {
    "seed": _WHOLE,
    "totalInputTokens": _WHOLE,
    "totalOutputTokens": _WHOLE,
    "totalCostUsd": {"type": ["number", "null"]},
    "turns": _WHOLE,
    "codeCommitSha": _MAYBE,
    "startedAt": _INSTANT,
    "endedAt": _INSTANT,
}
_STAGE = {"type": "object", "properties": {"stage": _TEXT, "output": _TEXT}, "required": ["stage", "output"]}
_PEER = {"type": "object", "properties": {"inferredGoal": _TEXT}, "required": ["inferredGoal"]}
_DETAIL: dict[str, Any] = {
    "prompt": _MAYBE,
    "reasoning": _MAYBE,
    "chain": {"type": ["array", "null"], "items": _STAGE},
    # A peer to what the agent makes of it.
    "peerModelSnapshot": {"type": ["object", "null"], "additionalProperties": _PEER},
    "predictionUpdate": {
        "type": ["object", "null"],
        "properties": {"predictionError": {"type": "number"}},
        "required": ["predictionError"],
    },
}
_RUN: dict[str, Any] = {
    "id": _TEXT,
    "participantId": _TEXT,
    "roomId": _TEXT,
    "personaId": _TEXT,
    "model": _TEXT,
    "provider": _TEXT,
    "seed": {"type": "integer"},
    "totalInputTokens": {"type": "integer"},
    "totalOutputTokens": {"type": "integer"},
    "totalCostUsd": {"type": "number"},
    "turns": {"type": "integer"},
    "codeCommitSha": _TEXT,
    "roomStatus": _TEXT,
    "orphaned": {"type": "boolean"},
    "startedAt": {"type": "string", "format": "date-time"},
    "endedAt": _INSTANT,
}


def _object(title: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "type": "object", "properties": properties, "required": list(properties)}


_ROWS = {
    "title": "AgentRow",
    "type": "object",
    "properties": {**_ROW, **_SUMS, **_DETAIL},
    "required": [*_ROW, *_SUMS],
}
_PARAMETERS = (
    Parameter("detail", {"type": "string", "enum": ["true", "false"], "default": "false"}, "With what led to each."),
    Parameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST_DECISIONS, "default": DEFAULT_DECISIONS},
        "The most decisions of a room.",
    ),
)


def agent_operations() -> list[Operation]:
    """Decisions of a room or an experiment, one decision, and the runs of an experiment."""
    about = {**KIND, **PLACE}
    rows = Answer(_ROWS, metadata={**about, "truncated": {"type": "boolean"}})
    more: dict[str, Any] = {
        "scope": "read:events",
        "scope_fidelity": "inferred",
        "fidelity": "observed",
        "tag": "agents",
        "method": "GET",
    }
    return [
        Operation(
            id="getAgentDecisionsByExperiment",
            path="/data/agent-decisions/experiment/<experiment_id>",
            view=experiment_decisions,
            summary="What the agents of an experiment decided",
            answer=rows,
            parameters=_PARAMETERS,
            errors=(400, 404),
            **more,
        ),
        Operation(
            id="getAgentDecisionsByRoom",
            path="/data/agent-decisions/room/<room_id>",
            view=room_decisions,
            summary="What the agents of a room decided, and their runs",
            answer=rows,
            parameters=_PARAMETERS,
            errors=(400, 404),
            **more,
        ),
        Operation(
            id="getAgentDecision",
            path="/data/agent-decisions/room/<room_id>/decision/<decision_id>",
            view=one_decision,
            summary="One decision with all that led to it",
            answer=Answer(_object("AgentDecision", {**_ROW, **_DETAIL}), many=False, metadata=about),
            errors=(404,),
            **more,
        ),
        Operation(
            id="getAgentRuns",
            path="/data/agent-runs/experiment/<experiment_id>",
            view=experiment_runs,
            summary="The agents' runs through an experiment's rooms",
            answer=Answer(_object("AgentRun", _RUN), metadata=about),
            errors=(404,),
            **more,
        ),
    ]


def experiment_decisions(call: Call, experiment_id: str) -> Response:
    """Decisions of every room, in the order of rooms, agents and turns."""
    detail, limit = _asked(call)
    rooms = call.sandbox.world.rooms(find_experiment(call, experiment_id).id)
    return _decisions(call, list(rooms), detail, limit, "experiment", experiment_id)


def room_decisions(call: Call, room_id: str) -> Response:
    """Decisions of one room and a row for each agent's run, told apart by `_type`."""
    detail, limit = _asked(call)
    return _decisions(call, [find_room(call, room_id)], detail, limit, "room", room_id)


def one_decision(call: Call, room_id: str, decision_id: str) -> Response:
    """One decision; `data` is an object here.

    Raises:
        NotFound: The agent has not taken it, or not yet.
    """
    room = find_room(call, room_id)
    for decision in _taken(call, room):
        if decision.id == decision_id:
            return success(_decision(call, room, decision, detail=True), _about("room", room_id))
    raise unknown(f"decision in room {room_id}", decision_id)


def experiment_runs(call: Call, experiment_id: str) -> Response:
    """A row for each agent's run."""
    rooms = call.sandbox.world.rooms(find_experiment(call, experiment_id).id)
    found = [_run(call, room, run) for room in rooms for run in _runs(call, room)]
    return success(found, {**_about("experiment", experiment_id), "dataType": "agentRuns"})


def _asked(call: Call) -> tuple[bool, int]:
    detail = call.arguments.get("detail", "false")
    if detail not in ("true", "false"):
        raise InvalidParameter("detail", detail, "one of true, false")
    return detail == "true", whole_number(call.arguments, "limit", DEFAULT_DECISIONS, 1, MOST_DECISIONS)


def _decisions(call: Call, rooms: list[RoomRef], detail: bool, limit: int, scope: str, scope_id: str) -> Response:
    rows: list[dict[str, Any]] = []
    no_sums = dict.fromkeys(_SUMS)
    truncated = False
    for room in rooms:
        taken = _taken(call, room)
        truncated |= len(taken) > limit
        rows += [{**_decision(call, room, one, detail=detail), **no_sums} for one in taken[:limit]]
        rows += [_run_row(call, room, run, detail=detail) for run in _runs(call, room)]
    return success(rows, {**_about(scope, scope_id), "truncated": truncated})


def _about(scope: str, scope_id: str) -> dict[str, Any]:
    return {"dataType": "agentDecisions", "scope": scope, "scopeId": scope_id}


def _taken(call: Call, room: RoomRef) -> list[Decision]:
    if not room.experiment.agents:
        return []
    return [one for one in call.sandbox.study.decisions(room) if one.timestamp_ms <= call.now_ms]


def _runs(call: Call, room: RoomRef) -> list[AgentRun]:
    if not room.experiment.agents:
        return []
    return agent_runs(call.sandbox.world.plan(room), call.sandbox.study.decisions(room), call.now_ms)


def _played_by(call: Call, room: RoomRef, participant_id: str) -> dict[str, str]:
    """Persona, model and provider of an agent, as they were when its room was launched."""
    world = call.sandbox.world
    if room.cast:
        member = room.cast[world.participant_ids(room).index(participant_id)]
        return {"personaId": member.persona_id, "model": member.model, "provider": member.provider}
    persona = world.scenario.personas[room.experiment.persona]
    return {"personaId": room.experiment.persona, "model": persona.model, "provider": persona.provider}


def _value(room: RoomRef, decision: Decision) -> str | int:
    """What was sent or answered; on a scale a number (observed in the client's fixtures)."""
    component = dict(room.states)[decision.state_id].component
    on_scale = component in SCALES and decision.turn_kind == "component"
    return int(decision.value) if on_scale else decision.value


def _decision(call: Call, room: RoomRef, decision: Decision, *, detail: bool) -> dict[str, Any]:
    row = {
        "_type": "decision",
        "id": decision.id,
        "participantId": decision.participant_id,
        "roomId": decision.room_id,
        "seq": decision.seq,
        "stateId": decision.state_id,
        "stateName": decision.state_name,
        "turnKind": decision.turn_kind,
        "action": decision.action,
        "value": _value(room, decision),
        **_played_by(call, room, decision.participant_id),
        "latencyMs": decision.latency_ms,
        "inputTokens": decision.input_tokens,
        "outputTokens": decision.output_tokens,
        "costUsd": decision.cost_usd,
        "timestamp": iso_from_ms(decision.timestamp_ms),
    }
    if not detail:
        return row
    why = decision.detail
    return {
        **row,
        "prompt": why.prompt,
        "reasoning": why.reasoning,
        "chain": [stage._asdict() for stage in why.chain],
        "peerModelSnapshot": {"peers": {"inferredGoal": why.peer_model_snapshot}},
        "predictionUpdate": {"predictionError": why.prediction_error},
    }


def _run_row(call: Call, room: RoomRef, run: AgentRun, *, detail: bool) -> dict[str, Any]:
    """A run among decisions: the same columns, null where they belong to decisions alone."""
    names = [*_ROW, *(_DETAIL if detail else ()), *_SUMS]
    own: dict[str, Any] = {
        **_run(call, room, run),
        "_type": "run",
        "inputTokens": run.total_input_tokens,
        "outputTokens": run.total_output_tokens,
        "costUsd": run.total_cost_usd,
        "timestamp": iso_from_ms(run.started_ms),
    }
    return {name: own.get(name) for name in names}


def _run(call: Call, room: RoomRef, run: AgentRun) -> dict[str, Any]:
    ended = call.sandbox.world.plan(room).ended_ms <= call.now_ms
    return {
        "id": run.id,
        "participantId": run.participant_id,
        "roomId": run.room_id,
        **_played_by(call, room, run.participant_id),
        "seed": run.seed,
        "totalInputTokens": run.total_input_tokens,
        "totalOutputTokens": run.total_output_tokens,
        "totalCostUsd": run.total_cost_usd,
        "turns": run.turns,
        "codeCommitSha": CODE_VERSION,
        "roomStatus": "completed" if ended else "active",
        # Nobody loses an agent here: a room that is stopped is over, as `rooms` says too.
        "orphaned": False,
        "startedAt": iso_from_ms(run.started_ms),
        "endedAt": None if run.ended_ms is None else iso_from_ms(run.ended_ms),
    }
