"""Deployments as they are told: found for a caller, with the state of their rooms and their budget."""

from typing import Any

from mockserver.hyperstudy.calls import Call
from mockserver.hyperstudy.places import foreign, unknown
from mockserver.sandbox.study.launches import Launch
from mockserver.sandbox.study.shelves import Kept, owner_id
from mockserver.simulation.datasets.query import Query
from mockserver.simulation.records.records import RoomRecord
from mockserver.simulation.story.rooms import deployment_name
from mockserver.words.timestamps import iso_from_ms

__all__ = ["budget_usd", "deployment_record", "find_deployment", "sessions_of"]


def find_deployment(call: Call, deployment_id: str) -> Kept:
    """The deployment with that id, if its experiment was not deleted.

    Raises:
        NotFound: There is none.
        Forbidden: It is another organisation's.
    """
    study = call.sandbox.study
    kept = study.deployments.get(deployment_id)
    if kept is None or study.experiments.get(kept.body["experimentId"]) is None:
        raise unknown("deployment", deployment_id)
    if kept.organisation != call.caller.organisation:
        raise foreign(call, kept)
    return kept


def deployment_record(call: Call, kept: Kept) -> dict[str, Any]:
    """The deployment with what became of its rooms by now."""
    config = kept.body["config"]
    sessions = sessions_of(call, kept)
    over = all(session["status"] in ("completed", "spawn_failed") for session in sessions)
    return {
        "id": kept.id,
        "experimentId": kept.body["experimentId"],
        "name": config.get("name") or deployment_name(kept.id),
        "type": config.get("type", "human"),
        "status": "completed" if sessions and over else "active",
        "ownerId": owner_id(kept.owner),
        "ownerName": kept.owner.split("@")[0].replace(".", " ").title(),
        "roomCount": len(sessions),
        "participantCount": sum(session["participantCount"] for session in sessions),
        "maxParticipants": config.get("maxParticipants"),
        "budgetUsd": budget_usd(kept),
        "createdAt": iso_from_ms(kept.created_ms),
        "updatedAt": iso_from_ms(kept.updated_ms),
        "config": config,
    }


def budget_usd(kept: Kept) -> float | None:
    """What the agents may cost in all, in dollars; None where people take part."""
    agents = kept.body["config"].get("agentDeployment") or {}
    return float(agents["budgetUsd"]) if "budgetUsd" in agents else None


def sessions_of(call: Call, kept: Kept) -> list[dict[str, Any]]:
    """The deployment's rooms: those with a story first, then those that have none yet, or never will."""
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
