"""What deployments, their rooms and their costs look like: the JSON Schemas of bodies and answers.

Source: bodies and answers of the official client (observed).
"""

from typing import Any

__all__ = ["DEPLOYMENT", "LAUNCH_BATCH", "MORE_ROOMS", "NEW_DEPLOYMENT", "SESSION", "SPEND", "STOPPED"]

_TEXT = {"type": "string"}
_MAYBE_TEXT = {"type": ["string", "null"]}
_COUNT = {"type": "integer", "minimum": 0}
_INSTANT = {"type": "string", "format": "date-time"}
_MOST_ROOMS = 100


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
DEPLOYMENT = _object(
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
SESSION = _object(
    "Session",
    id=_TEXT,
    experimentId=_TEXT,
    deploymentId=_TEXT,
    status={"type": "string", "enum": ["pending", "spawn_failed", "waiting", "active", "completed"]},
    participantCount=_COUNT,
    createdAt=_INSTANT,
    batchId={**_MAYBE_TEXT, "x-fidelity": "inferred"},
)
LAUNCH_BATCH = _object("LaunchBatch", batchId=_TEXT, requestedRooms=_COUNT)
SPEND = _object(
    "AgentSpend",
    total={"type": "number"},
    perRoom={"type": "object", "additionalProperties": {"type": "number"}},
    budgetUsd={"type": ["number", "null"], "x-fidelity": "inferred"},
)
NEW_DEPLOYMENT = {
    "title": "NewDeployment",
    "type": "object",
    "properties": {
        "experimentId": {"type": "string", "minLength": 1},
        "config": _CONFIG,
    },
    "required": ["experimentId"],
}
MORE_ROOMS = {
    "type": "object",
    "properties": {"rooms": _ROOMS, "budgetUsd": _BUDGET},
    "required": ["rooms", "budgetUsd"],
}
STOPPED = _object(stopped={"type": "boolean"})
