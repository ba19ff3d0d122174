"""Launching: the rooms that an agent-only deployment starts, one after the other, and how they are ended.

Source: methods and answers of the official client (observed). Rooms launch two seconds apart (documented);
those that the budget does not cover are not spawned and can be retried (inferred).
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Response

from mockserver.hyperstudy.bodies import checked_body
from mockserver.hyperstudy.breaches import Rules
from mockserver.hyperstudy.calls import Call
from mockserver.hyperstudy.deployment_records import budget_usd, deployment_record, find_deployment
from mockserver.hyperstudy.deployment_schemas import DEPLOYMENT_ORDER, MORE_ROOMS
from mockserver.hyperstudy.envelope import success
from mockserver.hyperstudy.errors import Conflict, InvalidBody, NotFound
from mockserver.hyperstudy.places import find_experiment
from mockserver.hyperstudy.unkept import otherwise, tell_unkept
from mockserver.sandbox.study.definitions import agent_roles, agent_seats
from mockserver.sandbox.study.launches import STAGGER_MS, Launch, new_launch
from mockserver.sandbox.study.shelves import Kept
from mockserver.sandbox.study.writing import attempt

__all__ = ["create_deployment", "retry_room", "run_more", "stop_room"]

_ORDER, _MORE_ROOMS = Rules(DEPLOYMENT_ORDER), Rules(MORE_ROOMS)
# What a persona without a model of its own runs on (the client's example).
_DEFAULT_MODEL = "claude-opus-4-8"


def create_deployment(call: Call) -> Response:
    """Keep a deployment; launch its rooms if it is agent-only.

    Raises:
        InvalidBody: The body, or the experiment's agent roles, do not allow it.
        NotFound, Forbidden: The experiment is not there, or another organisation's.
    """
    body = checked_body(_ORDER)
    config = body.get("config", {})
    experiment = find_experiment(call, body["experimentId"], write=True)
    if config.get("type") == "agent-only":
        _preflight(call, experiment, config)
    made, key = {"experimentId": experiment.id, "config": config}, call.caller
    kept = call.sandbox.study.deployments.add(made, key.owner, key.organisation, call.now_ms)
    if config.get("type") == "agent-only":
        _launch(call, kept, experiment, int(config["agentDeployment"]["rooms"]))
    record = deployment_record(call, kept)
    tell_unkept(call, otherwise(body, record))
    return success(record, status=201)


def _preflight(call: Call, experiment: Kept, config: dict[str, Any]) -> None:
    """Look whether an agent-only deployment of the experiment can launch rooms.

    Raises:
        InvalidBody: Something is missing; the errors say what, and for which role.
    """
    found = _obstacles(call, experiment, config)
    if found:
        raise InvalidBody(f"The agents cannot be launched: {_said(found[0])}.", found)


def _still_played(call: Call, kept: Kept) -> Kept:
    """The deployment's experiment, which may have changed since, if it can still be played by agents.

    Raises:
        Conflict: It cannot.
    """
    experiment = find_experiment(call, kept.body["experimentId"])
    missing = _obstacles(call, experiment, kept.body["config"])
    if missing:
        raise Conflict(f"The agents cannot be launched: {_said(missing[0])}.", {"id": kept.id})
    return experiment


def _obstacles(call: Call, experiment: Kept, config: dict[str, Any]) -> list[dict[str, Any]]:
    """What an agent-only deployment needs of its experiment and has not."""
    roles = agent_roles(experiment.body)
    found = [
        {"role": name, "reason": f"bound to the persona {persona!r}, which is not there" if persona else "no persona"}
        for name, persona in roles.items()
        if not persona or not _may_play(call, experiment, persona)
    ]
    if "agentDeployment" not in config:
        found.append({"path": "config/agentDeployment", "message": "it needs rooms and budgetUsd"})
    if experiment.body.get("runtime") != "v2":
        found.append({"path": "runtime", "message": 'the experiment needs runtime "v2"'})
    if not roles:
        found.append({"path": "roles", "message": 'the experiment needs at least one role with mode "agent"'})
    if not experiment.body.get("states"):
        found.append({"path": "states", "message": "the experiment needs at least one state"})
    return found


def _said(obstacle: dict[str, Any]) -> str:
    """The sentence of an obstacle: `reason` of a role, as in the client's tests (observed), else `message`."""
    text: str = obstacle["reason" if "role" in obstacle else "message"]
    return text


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
                "model": str(body.get("model") or _DEFAULT_MODEL),
            }
        )
    return cast


def _launch(call: Call, kept: Kept, experiment: Kept, count: int) -> dict[str, Any]:
    """Start rooms one after the other until the deployment's budget is used up; a room that runs is not ended by it.

    What rooms will cost is known by telling their stories, and others need not wait for that.
    """
    study = call.sandbox.study

    def change() -> list[Launch]:
        before = study.launches()
        # Its budget may have grown since.
        launched = _reckoned(call, study.deployments.get(kept.id) or kept, experiment, count, before)
        study.add_launches(launched, before, call.now_ms)
        return launched

    return {"batchId": attempt(change)[0].batch_id, "requestedRooms": count}


def _reckoned(call: Call, kept: Kept, experiment: Kept, count: int, before: Sequence[Launch]) -> list[Launch]:
    """The next launches of a deployment, at least one, as they are if nobody launches anything else first.

    Args:
        before: All launches so far.
    """
    experiment_id = experiment.id
    index = len(call.sandbox.world.rooms(experiment_id)) + sum(
        not one.spawned for one in before if one.experiment_id == experiment_id
    )
    batches = {one.batch_id for one in before if one.deployment_id == kept.id}
    batch_id = f"batch_{kept.id.removeprefix('dep_')}_{len(batches) + 1}"
    stagger_ms = int(kept.body["config"]["agentDeployment"].get("staggerMs", STAGGER_MS))
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
        launch = replace(launch, spawned=spent < (budget_usd(kept) or math.inf))
        spent += _room_cost(call, experiment, launch) if launch.spawned else 0.0
        launched.append(launch)
    return launched


def _room_cost(call: Call, experiment: Kept, launch: Launch) -> float:
    """What a room will have cost when it is over, in dollars."""
    study = call.sandbox.study
    return sum(decision.cost_usd for decision in study.decisions(study.room_of(experiment, launch)))


def run_more(call: Call, deployment_id: str) -> Response:
    """Add to an agent-only deployment's rooms and budget.

    Raises:
        Conflict: It is not agent-only, or its experiment can no longer be played by agents.
    """
    body = checked_body(_MORE_ROOMS)

    def change() -> tuple[Kept, Kept]:
        kept = find_deployment(call, deployment_id)
        agents = kept.body["config"].get("agentDeployment")
        if kept.body["config"].get("type") != "agent-only" or agents is None:
            raise Conflict(f"The deployment {kept.id} is not agent-only; only those launch rooms.", {"id": kept.id})
        experiment = _still_played(call, kept)
        total = {
            **agents,
            "rooms": agents["rooms"] + body["rooms"],
            "budgetUsd": agents["budgetUsd"] + body["budgetUsd"],
        }
        config = {**kept.body["config"], "agentDeployment": total}
        changed = call.sandbox.study.deployments.replace(kept, {**kept.body, "config": config}, call.now_ms)
        return changed, experiment

    kept, experiment = attempt(change)
    tell_unkept(call, (name for name in body if name not in MORE_ROOMS["properties"]))
    return success(_launch(call, kept, experiment, int(body["rooms"])), status=202)


def stop_room(call: Call, deployment_id: str, room_id: str) -> Response:
    """End a room that runs: its story is cut off now.

    Raises:
        Conflict: It does not run.
    """

    def change() -> None:
        launch = _find_launch(call, find_deployment(call, deployment_id), room_id)
        room = call.sandbox.world.room(room_id)
        if room is None or not room.started_ms <= call.now_ms < call.sandbox.world.plan(room).ended_ms:
            raise Conflict(f"The room {room_id} is not running.", {"id": room_id})
        call.sandbox.study.replace_launch(launch, replace(launch, stopped_ms=call.now_ms), call.now_ms)

    attempt(change)
    return success({"stopped": True})


def retry_room(call: Call, deployment_id: str, room_id: str) -> Response:
    """Launch another room in place of one that could not be spawned.

    Raises:
        Conflict: It was spawned, or retried before, or the experiment can no longer be played by agents.
    """

    def change() -> tuple[Kept, Kept]:
        kept = find_deployment(call, deployment_id)
        launch = _find_launch(call, kept, room_id)
        if launch.spawned or launch.retried:
            raise Conflict(f"The room {room_id} is none that failed to spawn.", {"id": room_id})
        experiment = _still_played(call, kept)
        call.sandbox.study.replace_launch(launch, replace(launch, retried=True), call.now_ms)
        return kept, experiment

    kept, experiment = attempt(change)
    return success(_launch(call, kept, experiment, 1), status=202)


def _find_launch(call: Call, kept: Kept, room_id: str) -> Launch:
    for launch in call.sandbox.study.launches():
        if launch.room_id == room_id and launch.deployment_id == kept.id:
            return launch
    rooms = [room.room_id for room in call.sandbox.world.rooms(kept.body["experimentId"])]
    if room_id in rooms:
        raise Conflict(f"The room {room_id} was not launched by an agent-only deployment.", {"id": room_id})
    raise NotFound(f"The deployment {kept.id} has no room {room_id!r}.", {"resource": "room", "id": room_id[:200]})
