"""Deployments: how an experiment is run. The operations on them, and those that only read.

Source: methods, bodies and answers of the official client (observed).
"""

from typing import Any

from flask import Response

from mockserver.door.operations import Answer, Operation, Parameter
from mockserver.hyperstudy.calls import Call
from mockserver.hyperstudy.deployment_records import budget_usd, deployment_record, find_deployment, sessions_of
from mockserver.hyperstudy.deployment_schemas import (
    DEPLOYMENT,
    DEPLOYMENT_ORDER,
    LAUNCH_BATCH,
    MORE_ROOMS,
    SESSION,
    SPEND,
    STOPPED,
)
from mockserver.hyperstudy.envelope import success
from mockserver.hyperstudy.launching import create_deployment, retry_room, run_more, stop_room
from mockserver.hyperstudy.metadata import ABOUT, about
from mockserver.hyperstudy.parameters import some_text
from mockserver.sandbox.study.shelves import owner_id
from mockserver.words.json_schema import ID

__all__ = ["deployment_operations"]


def deployment_operations() -> list[Operation]:
    """Every operation on deployments."""
    one, room = "/deployments/<deployment_id>", "/deployments/<deployment_id>/rooms/<room_id>"

    def operation(id_: str, method: Any, path: str, view: Any, summary: str, answer: Answer, **more: Any) -> Operation:
        scope = "read:experiments" if method == "GET" else "write:deployments"
        more["scope_fidelity"] = "inferred" if method == "GET" else None
        return Operation(id_, method, path, view, summary, "deployments", answer, scope, fidelity="observed", **more)

    filters = (
        Parameter("experimentId", ID, "Only deployments of this experiment."),
        Parameter("status", ID, "Only deployments with this status."),
    )
    return [
        operation("listDeployments", "GET", "/deployments", list_deployments, "Deployments of the key's organisation",
                  Answer(DEPLOYMENT, metadata=ABOUT), parameters=filters, errors=(400,)),
        operation("createDeployment", "POST", "/deployments", create_deployment,
                  "Deploy an experiment; an agent-only deployment launches its rooms at once",
                  Answer(DEPLOYMENT, many=False), body=DEPLOYMENT_ORDER, status=201, errors=(400, 404, 413)),
        operation("getDeployment", "GET", one, get_deployment, "One deployment",
                  Answer(DEPLOYMENT, many=False, metadata=ABOUT), errors=(404,)),
        operation("getDeploymentSessions", "GET", one + "/sessions", get_sessions, "The rooms of a deployment",
                  Answer(SESSION, metadata=ABOUT), errors=(404,)),
        operation("getAgentSpend", "GET", one + "/agent-spend", get_spend, "What the agents have cost so far",
                  Answer(SPEND, many=False), errors=(404,)),
        operation("runMoreRooms", "POST", one + "/run-more", run_more, "Launch more rooms with more budget",
                  Answer(LAUNCH_BATCH, many=False), body=MORE_ROOMS, status=202, errors=(400, 404, 409, 413)),
        operation("stopRoom", "POST", room + "/stop", stop_room, "End a running room by force",
                  Answer(STOPPED, many=False), errors=(404, 409)),
        operation("retryRoom", "POST", room + "/retry", retry_room, "Launch a room again that could not be spawned",
                  Answer(LAUNCH_BATCH, many=False), status=202, errors=(404, 409)),
    ]  # fmt: skip


def list_deployments(call: Call) -> Response:
    """Those of the key's organisation whose experiment was not deleted."""
    study, organisation = call.sandbox.study, call.caller.organisation
    found = [
        deployment_record(call, kept)
        for kept in study.deployments.all()
        if kept.organisation == organisation and study.experiments.get(kept.body["experimentId"])
    ]
    for name, expected in (("experimentId", "an experiment's id"), ("status", "a deployment's status")):
        wanted = some_text(call.arguments, name, expected)
        found = [record for record in found if wanted in (None, record[name])]
    return success(found, about(call, "deployments", "user", owner_id(call.caller.owner)))


def get_deployment(call: Call, deployment_id: str) -> Response:
    """One deployment; `data` is an object here."""
    found = deployment_record(call, find_deployment(call, deployment_id))
    return success(found, about(call, "deployment", "deployment", deployment_id))


def get_sessions(call: Call, deployment_id: str) -> Response:
    """Its rooms: those with a story, and those launched ones that have none yet, or never will."""
    found = sessions_of(call, find_deployment(call, deployment_id))
    return success(found, about(call, "sessions", "deployment", deployment_id))


def get_spend(call: Call, deployment_id: str) -> Response:
    """The cost of every decision taken by now, in dollars."""
    kept = find_deployment(call, deployment_id)
    study = call.sandbox.study
    rooms = [r for r in call.world.rooms(kept.body["experimentId"]) if r.deployment_id == deployment_id]
    per_room = {
        room.room_id: round(
            sum(one.cost_usd for one in study.decisions(room) if one.timestamp_ms <= call.now_ms),
            6,
        )
        for room in rooms
        if room.experiment.agents
    }
    return success({"total": round(sum(per_room.values()), 6), "perRoom": per_room, "budgetUsd": budget_usd(kept)})
