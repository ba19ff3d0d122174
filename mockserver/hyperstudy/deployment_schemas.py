"""What deployments, their rooms and their costs look like: the JSON Schemas of bodies and answers.

Source: bodies and answers of the official client (observed).
"""

from mockserver.words.json_schema import (
    COUNT,
    FLAG,
    ID,
    INSTANT,
    NUMBER,
    SENT_COUNT,
    TEXT,
    Schema,
    labelled,
    object_of,
    optional,
)

__all__ = ["DEPLOYMENT", "DEPLOYMENT_ORDER", "LAUNCH_BATCH", "MORE_ROOMS", "SESSION", "SPEND", "STOPPED"]

_MOST_ROOMS = 100
_TYPE: Schema = {"type": "string", "enum": ["human", "mixed", "agent-only"]}
_ROOMS: Schema = {"type": "integer", "minimum": 1, "maximum": _MOST_ROOMS}
_BUDGET: Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000}
_STAGGER: Schema = {"type": "integer", "minimum": 0, "maximum": 86_400_000}
_AGENTS: Schema = {
    **object_of(rooms=_ROOMS, budgetUsd=_BUDGET, staggerMs=_STAGGER),
    "required": ["rooms", "budgetUsd"],
    "additionalProperties": True,
}
# What a client sends more is kept.
_CONFIG: Schema = {
    "title": "DeploymentConfig",
    "type": "object",
    "properties": {
        "name": TEXT,
        "type": _TYPE,
        "maxParticipants": {**SENT_COUNT, "minimum": 1},
        "agentDeployment": _AGENTS,
    },
    "additionalProperties": True,
}
# Rooms and budgets are added to, without an end.
_KEPT_CONFIG: Schema = {
    **labelled(_CONFIG, "inferred"),
    "title": "KeptDeploymentConfig",
    "properties": {**_CONFIG["properties"], "agentDeployment": {"type": "object", "additionalProperties": True}},
}
DEPLOYMENT = object_of(
    "Deployment",
    id=TEXT,
    experimentId=TEXT,
    name=TEXT,
    type=labelled(_TYPE, "inferred"),
    status={"type": "string", "enum": ["active", "completed"]},
    ownerId=TEXT,
    ownerName=TEXT,
    roomCount=labelled(COUNT, "inferred"),
    participantCount=COUNT,
    maxParticipants=optional({"type": "integer"}),
    budgetUsd=labelled(optional(NUMBER), "inferred"),
    createdAt=INSTANT,
    updatedAt=INSTANT,
    config=_KEPT_CONFIG,
)
SESSION = object_of(
    "Session",
    id=TEXT,
    experimentId=TEXT,
    deploymentId=TEXT,
    status={"type": "string", "enum": ["pending", "spawn_failed", "waiting", "active", "completed"]},
    participantCount=COUNT,
    createdAt=INSTANT,
    batchId=labelled(optional(TEXT), "inferred"),
)
LAUNCH_BATCH = object_of("LaunchBatch", batchId=TEXT, requestedRooms=COUNT)
SPEND = object_of(
    "AgentSpend",
    total=NUMBER,
    perRoom={"type": "object", "additionalProperties": NUMBER},
    budgetUsd=labelled(optional(NUMBER), "inferred"),
)
DEPLOYMENT_ORDER: Schema = {
    **object_of("DeploymentOrder", experimentId=ID, config=_CONFIG),
    "required": ["experimentId"],
}
MORE_ROOMS = object_of("MoreRooms", rooms=_ROOMS, budgetUsd=_BUDGET)
STOPPED = object_of("StoppedRoom", stopped=FLAG)
