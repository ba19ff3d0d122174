"""What AI agents decided, and their runs. Source: the official client (observed)."""

from typing import Any

from flask import Response

from mockserver.door.operations import Answer, Operation, Parameter
from mockserver.hyperstudy.calls import Call
from mockserver.hyperstudy.envelope import success
from mockserver.hyperstudy.flags import described_flag, flag
from mockserver.hyperstudy.metadata import ABOUT, about
from mockserver.hyperstudy.parameters import whole_number
from mockserver.hyperstudy.places import find_experiment, find_room, looked_up, there, unknown
from mockserver.simulation.records.agents import AgentRun, Decision, agent_runs
from mockserver.simulation.scenario.specs import SCALES
from mockserver.simulation.story.rooms import RoomRef
from mockserver.words.json_schema import (
    FLAG,
    INSTANT,
    NUMBER,
    TEXT,
    Schema,
    labelled,
    list_of,
    object_of,
    optional,
)
from mockserver.words.timestamps import iso_from_ms

__all__ = ["agent_operations"]

# A client is told to raise the limit when an answer was truncated (observed).
DEFAULT_DECISIONS = 5000
MOST_DECISIONS = 1_000_000
CODE_VERSION = "mock-0000000"
_DECISIONS = "agentDecisions"
_INTEGER: Schema = {"type": "integer"}
_MAYBE, _WHOLE, _INSTANT = optional(TEXT), optional(_INTEGER), optional(INSTANT)
_ROW: dict[str, Schema] = {
    "_type": {"type": "string", "enum": ["decision", "run"]},
    "id": TEXT,
    "participantId": TEXT,
    "roomId": TEXT,
    "seq": _WHOLE,
    "stateId": _MAYBE,
    "stateName": _MAYBE,
    "turnKind": _MAYBE,
    "action": _MAYBE,
    "value": {"type": ["string", "number", "null"]},
    "personaId": TEXT,
    "model": TEXT,
    "provider": TEXT,
    "latencyMs": _WHOLE,
    "inputTokens": _WHOLE,
    "outputTokens": _WHOLE,
    "costUsd": labelled(optional(NUMBER), "inferred"),
    "timestamp": _INSTANT,
}
# What a row of the list has beside that, null in decisions: the sums of a run.
_SUMS: dict[str, Schema] = {
    "seed": _WHOLE,
    "totalInputTokens": _WHOLE,
    "totalOutputTokens": _WHOLE,
    "totalCostUsd": optional(NUMBER),
    "turns": _WHOLE,
    "codeCommitSha": _MAYBE,
    "startedAt": _INSTANT,
    "endedAt": _INSTANT,
}
_DETAIL: dict[str, Schema] = {
    "prompt": _MAYBE,
    "reasoning": _MAYBE,
    "chain": optional(list_of(object_of(stage=TEXT, output=TEXT))),
    # A peer to what the agent makes of it.
    "peerModelSnapshot": {"type": ["object", "null"], "additionalProperties": object_of(inferredGoal=TEXT)},
    "predictionUpdate": optional(object_of(predictionError=NUMBER)),
}
_RUN: dict[str, Schema] = {
    "id": TEXT,
    "participantId": TEXT,
    "roomId": TEXT,
    "personaId": TEXT,
    "model": TEXT,
    "provider": TEXT,
    "seed": _INTEGER,
    "totalInputTokens": _INTEGER,
    "totalOutputTokens": _INTEGER,
    "totalCostUsd": NUMBER,
    "turns": _INTEGER,
    "codeCommitSha": TEXT,
    "roomStatus": TEXT,
    "orphaned": FLAG,
    "startedAt": INSTANT,
    "endedAt": _INSTANT,
}
_ROWS = {**object_of("AgentRow", **_ROW, **_SUMS, **_DETAIL), "required": [*_ROW, *_SUMS]}
_PARAMETERS = (
    described_flag("detail", "With what led to each."),
    Parameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST_DECISIONS, "default": DEFAULT_DECISIONS},
        "The most decisions of a room.",
    ),
)


def agent_operations() -> list[Operation]:
    """Decisions of a room or an experiment, one decision, and the runs of an experiment."""
    rows = Answer(_ROWS, metadata={**ABOUT, "truncated": FLAG})
    more: dict[str, Any] = {
        "scope": "read:events",
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
            answer=Answer(object_of("AgentDecision", **_ROW, **_DETAIL), many=False, metadata=ABOUT),
            errors=(404,),
            **more,
        ),
        Operation(
            id="getAgentRuns",
            path="/data/agent-runs/experiment/<experiment_id>",
            view=experiment_runs,
            summary="The agents' runs through an experiment's rooms",
            answer=Answer(object_of("AgentRun", **_RUN), metadata=ABOUT),
            errors=(404,),
            **more,
        ),
    ]


def experiment_decisions(call: Call, experiment_id: str) -> Response:
    """Decisions of every room, in the order of rooms, agents and turns."""
    experiment = looked_up(lambda: find_experiment(call, experiment_id))
    detail, limit = _asked(call)
    rooms = call.world.rooms(there(experiment).id)
    return _decisions(call, list(rooms), detail, limit, "experiment", experiment_id)


def room_decisions(call: Call, room_id: str) -> Response:
    """Decisions of one room and a row for each agent's run, told apart by `_type`."""
    room = looked_up(lambda: find_room(call, room_id))
    detail, limit = _asked(call)
    return _decisions(call, [there(room)], detail, limit, "room", room_id)


def one_decision(call: Call, room_id: str, decision_id: str) -> Response:
    """One decision; `data` is an object here.

    Raises:
        NotFound: The agent has not taken it, or not yet.
    """
    room = find_room(call, room_id)
    for decision in _taken(call, room):
        if decision.id == decision_id:
            return success(_decision(call, room, decision, detail=True), about(call, _DECISIONS, "room", room_id))
    raise unknown(f"decision in room {room_id}", decision_id)


def experiment_runs(call: Call, experiment_id: str) -> Response:
    """A row for each agent's run."""
    rooms = call.world.rooms(find_experiment(call, experiment_id).id)
    found = [_run(call, room, run) for room in rooms for run in _runs(call, room)]
    return success(found, about(call, "agentRuns", "experiment", experiment_id))


def _asked(call: Call) -> tuple[bool, int]:
    limit = whole_number(call.arguments, "limit", DEFAULT_DECISIONS, 1, MOST_DECISIONS)
    return flag(call.arguments, "detail"), limit


def _decisions(call: Call, rooms: list[RoomRef], detail: bool, limit: int, level: str, scope_id: str) -> Response:
    rows: list[dict[str, Any]] = []
    no_sums = dict.fromkeys(_SUMS)
    truncated = False
    for room in rooms:
        taken = _taken(call, room)
        truncated |= len(taken) > limit
        rows += [{**_decision(call, room, one, detail=detail), **no_sums} for one in taken[:limit]]
        rows += [_run_row(call, room, run, detail=detail) for run in _runs(call, room)]
    return success(rows, {**about(call, _DECISIONS, level, scope_id), "truncated": truncated})


def _taken(call: Call, room: RoomRef) -> list[Decision]:
    if not room.experiment.agents:
        return []
    return [one for one in call.sandbox.study.decisions(room) if one.timestamp_ms <= call.now_ms]


def _runs(call: Call, room: RoomRef) -> list[AgentRun]:
    if not room.experiment.agents:
        return []
    return agent_runs(call.world.plan(room), call.sandbox.study.decisions(room), call.now_ms)


def _played_by(call: Call, room: RoomRef, participant_id: str) -> dict[str, str]:
    """Persona, model and provider of an agent, as they were when its room was launched."""
    world = call.world
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
    ended = call.world.plan(room).ended_ms <= call.now_ms
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
        # Its room ended abnormally (the client's word for it): here only by force.
        "orphaned": room.stopped_ms is not None,
        "startedAt": iso_from_ms(run.started_ms),
        "endedAt": None if run.ended_ms is None else iso_from_ms(run.ended_ms),
    }
