"""Deployments: how an experiment is run, and the rooms that an agent-only one launches.

Source: methods, bodies and answers of the official client (observed). Rooms launch two seconds apart
(documented); those that the budget does not cover are not spawned and can be retried (inferred).
"""

import math
from dataclasses import replace
from typing import Any

from flask import Response

from mockserver.hyperstudy.bodies import checked_body
from mockserver.hyperstudy.envelope import success
from mockserver.hyperstudy.errors import Conflict, Forbidden, InvalidBody, NotFound
from mockserver.hyperstudy.metadata import KIND, NOW, PLACE
from mockserver.hyperstudy.operations import Answer, Call, Operation, Parameter
from mockserver.hyperstudy.places import find_experiment, unknown
from mockserver.simulation.datasets import Query
from mockserver.simulation.records import RoomRecord
from mockserver.simulation.rooms import deployment_name
from mockserver.study.definitions import agent_roles, agent_seats
from mockserver.study.documents import Kept, owner_id
from mockserver.study.launches import STAGGER_MS, Launch, add_launches, new_launch, save_launch
from mockserver.timestamps import iso_from_ms

__all__ = ["deployment_operations"]

_TEXT = {"type": "string"}
_MAYBE_TEXT = {"type": ["string", "null"]}
_COUNT = {"type": "integer", "minimum": 0}
_INSTANT = {"type": "string", "format": "date-time"}
_MOST_ROOMS = 100
# What a persona without a model of its own runs on (the client's example).
DEFAULT_MODEL = "claude-opus-4-8"


def _object(title: str | None = None, **properties: Any) -> dict[str, Any]:
    named = {"title": title} if title else {}
    return {**named, "type": "object", "properties": properties, "required": list(properties)}


_ROOMS = {"type": "integer", "minimum": 1, "maximum": _MOST_ROOMS}
_BUDGET = {"type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000}
_STAGGER = {"type": "integer", "minimum": 0, "maximum": 86_400_000}
_AGENTS = {
    "type": "object",
    "properties": {"rooms": _ROOMS, "budgetUsd": _BUDGET, "staggerMs": _STAGGER},
    "required": ["rooms", "budgetUsd"],
    "additionalProperties": True,
}
# What a client sends more is kept.
_CONFIG: dict[str, Any] = {
    "title": "DeploymentConfig",
    "type": "object",
    "properties": {
        "name": _TEXT,
        "type": {"type": "string", "enum": ["human", "mixed", "agent-only"]},
        "maxParticipants": {"type": "integer", "minimum": 1},
        "agentDeployment": _AGENTS,
    },
    "additionalProperties": True,
}
# Rooms and budgets are added to, without an end.
_KEPT_CONFIG = {
    **_CONFIG,
    "title": "KeptDeploymentConfig",
    "x-fidelity": "inferred",
    "properties": {**_CONFIG["properties"], "agentDeployment": {"type": "object", "additionalProperties": True}},
}
_DEPLOYMENT = _object(
    "Deployment",
    id=_TEXT,
    experimentId=_TEXT,
    name=_TEXT,
    type={"type": "string", "enum": ["human", "mixed", "agent-only"], "x-fidelity": "inferred"},
    status={"type": "string", "enum": ["active", "completed"]},
    ownerId=_TEXT,
    ownerName=_TEXT,
    roomCount={**_COUNT, "x-fidelity": "inferred"},
    participantCount=_COUNT,
    maxParticipants={"type": ["integer", "null"]},
    budgetUsd={"type": ["number", "null"], "x-fidelity": "inferred"},
    createdAt=_INSTANT,
    updatedAt=_INSTANT,
    config=_KEPT_CONFIG,
)
_SESSION = _object(
    "Session",
    id=_TEXT,
    experimentId=_TEXT,
    deploymentId=_TEXT,
    status={"type": "string", "enum": ["pending", "spawn_failed", "waiting", "active", "completed"]},
    participantCount=_COUNT,
    createdAt=_INSTANT,
    batchId={**_MAYBE_TEXT, "x-fidelity": "inferred"},
)
_BATCH = _object("LaunchBatch", batchId=_TEXT, requestedRooms=_COUNT)
_SPEND = _object(
    "AgentSpend",
    total={"type": "number"},
    perRoom={"type": "object", "additionalProperties": {"type": "number"}},
    budgetUsd={"type": ["number", "null"], "x-fidelity": "inferred"},
)
_NEW = {
    "title": "NewDeployment",
    "type": "object",
    "properties": {
        "experimentId": {"type": "string", "minLength": 1},
        "config": _CONFIG,
    },
    "required": ["experimentId"],
}
_MORE = {"type": "object", "properties": {"rooms": _ROOMS, "budgetUsd": _BUDGET}, "required": ["rooms", "budgetUsd"]}


def deployment_operations() -> list[Operation]:
    """Every operation on deployments."""
    one, room = "/deployments/<deployment_id>", "/deployments/<deployment_id>/rooms/<room_id>"

    def operation(id_: str, method: Any, path: str, view: Any, summary: str, answer: Answer, **more: Any) -> Operation:
        scope = "read:experiments" if method == "GET" else "write:deployments"
        more["scope_fidelity"] = "inferred" if method == "GET" else None
        return Operation(id_, method, path, view, summary, "deployments", answer, scope, fidelity="observed", **more)

    filters = (
        Parameter("experimentId", _TEXT, "Only deployments of this experiment."),
        Parameter("status", _TEXT, "Only deployments with this status."),
    )
    return [
        operation("listDeployments", "GET", "/deployments", list_deployments, "Deployments of the key's organisation",
                  Answer(_DEPLOYMENT, metadata={**KIND, **NOW}), parameters=filters),
        operation("createDeployment", "POST", "/deployments", create_deployment,
                  "Deploy an experiment; an agent-only deployment launches its rooms at once",
                  Answer(_DEPLOYMENT, many=False), body=_NEW, status=201, errors=(400, 404, 413)),
        operation("getDeployment", "GET", one, get_deployment, "One deployment", Answer(_DEPLOYMENT, many=False),
                  errors=(404,)),
        operation("getDeploymentSessions", "GET", one + "/sessions", get_sessions, "The rooms of a deployment",
                  Answer(_SESSION, metadata={**KIND, **PLACE}), errors=(404,)),
        operation("getAgentSpend", "GET", one + "/agent-spend", get_spend, "What the agents have cost so far",
                  Answer(_SPEND, many=False), errors=(404,)),
        operation("runMoreRooms", "POST", one + "/run-more", run_more, "Launch more rooms with more budget",
                  Answer(_BATCH, many=False), body=_MORE, status=202, errors=(400, 404, 409, 413)),
        operation("stopRoom", "POST", room + "/stop", stop_room, "End a running room by force",
                  Answer(_object(stopped={"type": "boolean"}), many=False), errors=(404, 409)),
        operation("retryRoom", "POST", room + "/retry", retry_room, "Launch a room again that could not be spawned",
                  Answer(_BATCH, many=False), status=202, errors=(404, 409)),
    ]  # fmt: skip


# --- reading ---------------------------------------------------------------------------------------


def list_deployments(call: Call) -> Response:
    """Those of the key's organisation whose experiment was not deleted."""
    study, organisation = call.sandbox.study, call.caller.organisation
    found = [
        _record(call, kept)
        for kept in study.deployments.all()
        if kept.organisation == organisation and study.experiments.get(kept.body["experimentId"])
    ]
    for name in ("experimentId", "status"):
        wanted = call.arguments.get(name)
        found = [record for record in found if not wanted or record[name] == wanted]
    return success(found, {"dataType": "deployments", "timestamp": iso_from_ms(call.now_ms)})


def get_deployment(call: Call, deployment_id: str) -> Response:
    """One deployment; `data` is an object here."""
    return success(_record(call, _find(call, deployment_id)))


def get_sessions(call: Call, deployment_id: str) -> Response:
    """Its rooms: those with a story, and those launched ones that have none yet, or never will."""
    found = _sessions(call, _find(call, deployment_id))
    return success(found, {"dataType": "sessions", "scope": "deployment", "scopeId": deployment_id})


def get_spend(call: Call, deployment_id: str) -> Response:
    """The cost of every decision taken by now, in dollars."""
    kept = _find(call, deployment_id)
    study = call.sandbox.study
    rooms = [r for r in call.sandbox.world.rooms(kept.body["experimentId"]) if r.deployment_id == deployment_id]
    per_room = {
        room.room_id: round(
            sum(one.cost_usd for one in study.decisions(room) if one.timestamp_ms <= call.now_ms),
            6,
        )
        for room in rooms
        if room.experiment.agents
    }
    return success({"total": round(sum(per_room.values()), 6), "perRoom": per_room, "budgetUsd": _budget(kept)})


def _find(call: Call, deployment_id: str) -> Kept:
    study = call.sandbox.study
    kept = study.deployments.get(deployment_id)
    if kept is None or study.experiments.get(kept.body["experimentId"]) is None:
        raise unknown("deployment", deployment_id)
    organisation = call.caller.organisation
    if kept.organisation != organisation:
        raise Forbidden(
            "This belongs to another organisation than the API key.",
            {"required": [kept.organisation], "provided": [organisation]},
        )
    return kept


def _record(call: Call, kept: Kept) -> dict[str, Any]:
    config = kept.body["config"]
    sessions = _sessions(call, kept)
    over = all(session["status"] in ("completed", "spawn_failed") for session in sessions)
    return {
        "id": kept.id,
        "experimentId": kept.body["experimentId"],
        "name": config.get("name") or deployment_name(kept.id),
        "type": config.get("type", "human"),
        "status": "completed" if sessions and over else "active",
        "ownerId": owner_id(kept),
        "ownerName": kept.owner.split("@")[0].replace(".", " ").title(),
        "roomCount": len(sessions),
        "participantCount": sum(session["participantCount"] for session in sessions),
        "maxParticipants": config.get("maxParticipants"),
        "budgetUsd": _budget(kept),
        "createdAt": iso_from_ms(kept.created_ms),
        "updatedAt": iso_from_ms(kept.updated_ms),
        "config": config,
    }


def _budget(kept: Kept) -> float | None:
    agents = kept.body["config"].get("agentDeployment") or {}
    return float(agents["budgetUsd"]) if "budgetUsd" in agents else None


def _sessions(call: Call, kept: Kept) -> list[dict[str, Any]]:
    world, experiment_id = call.sandbox.world, kept.body["experimentId"]
    launched = {one.room_id: one for one in call.sandbox.study.launches() if one.deployment_id == kept.id}
    rooms = [room for room in world.rooms(experiment_id) if room.deployment_id == kept.id]
    told = world.select("rooms", rooms, Query(now_ms=call.now_ms))
    rows = (row for row in told.rows(0, told.total) if isinstance(row, RoomRecord))
    found = [_session(kept, row, launched.pop(row.id, None)) for row in rows]
    return found + [_unborn(kept, one) for one in launched.values()]


def _session(kept: Kept, row: RoomRecord, launch: Launch | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "experimentId": row.experiment_id,
        "deploymentId": kept.id,
        "status": row.status,
        "participantCount": row.participant_count,
        "createdAt": iso_from_ms(row.created_ms),
        "batchId": launch.batch_id if launch else None,
    }


def _unborn(kept: Kept, launch: Launch) -> dict[str, Any]:
    """A launched room that nobody has joined: not yet, or never."""
    return {
        "id": launch.room_id,
        "experimentId": launch.experiment_id,
        "deploymentId": kept.id,
        "status": "pending" if launch.spawned else "spawn_failed",
        "participantCount": 0,
        "createdAt": iso_from_ms(launch.launched_ms),
        "batchId": launch.batch_id,
    }


# --- launching -------------------------------------------------------------------------------------


def create_deployment(call: Call) -> Response:
    """Keep a deployment; launch its rooms if it is agent-only.

    Raises:
        InvalidBody: The body, or the experiment's agent roles, do not allow it.
        NotFound, Forbidden: The experiment is not there, or another organisation's.
    """
    body = checked_body(_NEW)
    config = body.get("config", {})
    study, key = call.sandbox.study, call.caller
    with study.lock:
        experiment = find_experiment(call, body["experimentId"], write=True)
        if config.get("type") == "agent-only":
            _preflight(call, experiment, config)
        id_ = study.new_id("dep_", study.deployments)
        kept = study.deployments.put(
            id_, {"experimentId": experiment.id, "config": config}, key.owner, key.organisation, call.now_ms
        )
        if config.get("type") == "agent-only":
            _launch(call, kept, int(config["agentDeployment"]["rooms"]))
        return success(_record(call, kept), status=201)


def _preflight(call: Call, experiment: Kept, config: dict[str, Any]) -> None:
    """Look whether an agent-only deployment of the experiment can launch rooms.

    Raises:
        InvalidBody: Something is missing; the errors say what, and for which role.
    """
    found = _obstacles(call, experiment, config)
    if found:
        raise InvalidBody(f"The agents cannot be launched: {found[0]['reason']}.", found)


def _must_still_play(call: Call, kept: Kept) -> None:
    """Look whether the deployment's experiment, which may have changed since, can still be played by agents.

    Raises:
        Conflict: It cannot.
    """
    missing = _obstacles(call, find_experiment(call, kept.body["experimentId"]), kept.body["config"])
    if missing:
        raise Conflict(f"The agents cannot be launched: {missing[0]['reason']}.", {"id": kept.id})


def _obstacles(call: Call, experiment: Kept, config: dict[str, Any]) -> list[dict[str, Any]]:
    """What an agent-only deployment needs of its experiment and has not."""
    roles = agent_roles(experiment.body)
    found = [
        {"role": name, "reason": f"bound to the persona {persona!r}, which is not there" if persona else "no persona"}
        for name, persona in roles.items()
        if not persona or not _may_play(call, experiment, persona)
    ]
    if "agentDeployment" not in config:
        found.append({"path": "config/agentDeployment", "reason": "it needs rooms and budgetUsd"})
    if experiment.body.get("runtime") != "v2":
        found.append({"path": "runtime", "reason": 'the experiment needs runtime "v2"'})
    if not roles:
        found.append({"path": "roles", "reason": 'the experiment needs at least one role with mode "agent"'})
    if not experiment.body.get("states"):
        found.append({"path": "states", "reason": "the experiment needs at least one state"})
    return found


def _may_play(call: Call, experiment: Kept, persona_id: str) -> bool:
    """Is there such a persona, and may the experiment's organisation use it?"""
    persona = call.sandbox.study.personas.get(persona_id)
    return persona is not None and (
        persona.organisation == experiment.organisation or persona.body.get("visibility") == "public"
    )


def _cast(call: Call, experiment: Kept) -> list[dict[str, str]]:
    """Who fills each seat of a room that is launched now."""
    cast = []
    for role, persona_id in agent_seats(experiment.body):
        persona = call.sandbox.study.personas.get(persona_id or "")
        body = persona.body if persona else {}
        cast.append(
            {
                "role": role,
                "persona_id": persona_id or "",
                "provider": str(body.get("provider") or "anthropic"),
                "model": str(body.get("model") or DEFAULT_MODEL),
            }
        )
    return cast


def _launch(call: Call, kept: Kept, count: int) -> dict[str, Any]:
    """Start rooms one after the other until the deployment's budget is used up; a room that runs is not ended by it."""
    study, store = call.sandbox.study, call.sandbox.store
    experiment_id = kept.body["experimentId"]
    before = study.launches()
    index = len(call.sandbox.world.rooms(experiment_id)) + sum(
        not one.spawned for one in before if one.experiment_id == experiment_id
    )
    batches = {one.batch_id for one in before if one.deployment_id == kept.id}
    batch_id = f"batch_{kept.id.removeprefix('dep_')}_{len(batches) + 1}"
    stagger_ms = int(kept.body["config"]["agentDeployment"].get("staggerMs", STAGGER_MS))
    experiment = find_experiment(call, experiment_id)
    spent = sum(_room_cost(call, experiment, one) for one in before if one.deployment_id == kept.id and one.spawned)
    cast = _cast(call, experiment)
    launched = []
    for number in range(count):
        launched_ms = call.now_ms + number * stagger_ms
        launch = new_launch(
            call.sandbox.world.seed,
            experiment_id,
            kept.id,
            batch_id,
            index + number,
            launched_ms,
            experiment.body,
            cast,
        )
        # Once what the running rooms will have cost reaches the budget, no further room starts.
        launch = replace(launch, spawned=spent < (_budget(kept) or math.inf))
        spent += _room_cost(call, experiment, launch) if launch.spawned else 0.0
        launched.append(launch)
    add_launches(store, launched, call.now_ms)
    return {"batchId": batch_id, "requestedRooms": count}


def _room_cost(call: Call, experiment: Kept, launch: Launch) -> float:
    """What a room will have cost when it is over, in dollars."""
    study = call.sandbox.study
    return sum(decision.cost_usd for decision in study.decisions(study.launch(experiment, launch)))


def run_more(call: Call, deployment_id: str) -> Response:
    """Add to an agent-only deployment's rooms and budget.

    Raises:
        Conflict: It is not agent-only, or its experiment can no longer be played by agents.
    """
    body = checked_body(_MORE)
    study = call.sandbox.study
    with study.lock:
        kept = _find(call, deployment_id)
        agents = kept.body["config"].get("agentDeployment")
        if kept.body["config"].get("type") != "agent-only" or agents is None:
            raise Conflict(f"The deployment {kept.id} is not agent-only; only those launch rooms.", {"id": kept.id})
        _must_still_play(call, kept)
        total = {
            **agents,
            "rooms": agents["rooms"] + body["rooms"],
            "budgetUsd": agents["budgetUsd"] + body["budgetUsd"],
        }
        config = {**kept.body["config"], "agentDeployment": total}
        kept = study.deployments.put(
            kept.id, {**kept.body, "config": config}, kept.owner, kept.organisation, call.now_ms
        )
        return success(_launch(call, kept, int(body["rooms"])), status=202)


def stop_room(call: Call, deployment_id: str, room_id: str) -> Response:
    """End a room that runs: its story is cut off now.

    Raises:
        Conflict: It does not run.
    """
    with call.sandbox.study.lock:
        launch = _find_launch(call, _find(call, deployment_id), room_id)
        room = call.sandbox.world.room(room_id)
        if room is None or not room.started_ms <= call.now_ms < call.sandbox.world.plan(room).ended_ms:
            raise Conflict(f"The room {room_id} is not running.", {"id": room_id})
        save_launch(call.sandbox.store, replace(launch, stopped_ms=call.now_ms), call.now_ms)
    return success({"stopped": True})


def retry_room(call: Call, deployment_id: str, room_id: str) -> Response:
    """Launch another room in place of one that could not be spawned.

    Raises:
        Conflict: It was spawned, or retried before, or the experiment can no longer be played by agents.
    """
    with call.sandbox.study.lock:
        kept = _find(call, deployment_id)
        launch = _find_launch(call, kept, room_id)
        if launch.spawned or launch.retried:
            raise Conflict(f"The room {room_id} is none that failed to spawn.", {"id": room_id})
        _must_still_play(call, kept)
        save_launch(call.sandbox.store, replace(launch, retried=True), call.now_ms)
        return success(_launch(call, kept, 1), status=202)


def _find_launch(call: Call, kept: Kept, room_id: str) -> Launch:
    for launch in call.sandbox.study.launches():
        if launch.room_id == room_id and launch.deployment_id == kept.id:
            return launch
    rooms = [room.room_id for room in call.sandbox.world.rooms(kept.body["experimentId"])]
    if room_id in rooms:
        raise Conflict(f"The room {room_id} was not launched by an agent-only deployment.", {"id": room_id})
    raise NotFound(f"The deployment {kept.id} has no room {room_id!r}.", {"resource": "room", "id": room_id[:200]})
