"""The JSON Schema of experiment definitions: structure and types; unknown fields are kept.

Source: field names and limits of the official client's builders (observed); the text is our own.
"""

from typing import Any

from mockserver.hyperstudy.bodies import problems
from mockserver.simulation.scenario import COMPONENTS

__all__ = ["CHANGES", "DEFINITION", "definition_problems"]

GLOBAL_COMPONENTS = (
    "continuousrating", "videochat", "textchat", "sparserating", "scannerpulserecorder", "gazeoverlay",
)  # fmt: skip
_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_MS = {"type": "integer", "minimum": 0}
_NAME = {"type": "string", "minLength": 1}
# What each kind of component, variable or question holds is its own affair.
_FREE = {"type": "object", "additionalProperties": True}


def _object(properties: dict[str, Any], required: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return {**schema, "additionalProperties": True, **more}


_FOCUS = _object(
    {
        "type": {"type": "string", "enum": [name.lower() for name in COMPONENTS]},
        "config": _object({"options": {"type": "array"}, "outputVariable": _TEXT}),
        "id": _TEXT,
    },
    ("type",),
    title="FocusComponent",
)
_STATE = _object(
    {
        "id": _NAME,
        "name": _TEXT,
        "order": {"type": "integer", "minimum": 0},
        "focusComponent": _FOCUS,
        "transitionRules": _object({"type": _TEXT, "durationMs": _MS}),
        "globalComponentsVisibility": {"type": "object", "additionalProperties": _FLAG},
    },
    ("id",),
    title="State",
)
_ROLE = _object(
    {
        "name": _TEXT,
        "participantCount": {"type": "integer", "minimum": 0},
        "mode": {"type": "string", "enum": ["human", "agent"]},
        "personaId": _TEXT,
    },
    title="Role",
)
_PROPERTIES: dict[str, Any] = {
    "name": {"type": "string", "pattern": r"\S"},
    "description": _TEXT,
    # As many as a room of the simulation holds (inferred).
    "requiredParticipants": {"type": "integer", "minimum": 1, "maximum": 50},
    "runtime": {"type": "string", "enum": ["v1", "v2"]},
    "randomizeStates": _FLAG,
    "states": {"type": "array", "items": _STATE},
    "roles": {"type": "object", "additionalProperties": _ROLE},
    "globalComponents": {
        "type": "object",
        "propertyNames": {"enum": list(GLOBAL_COMPONENTS)},
        "additionalProperties": _FREE,
    },
    "variables": _FREE,
    "agentConfig": _object(
        {
            "roleOverrides": {"type": "object", "additionalProperties": _FREE},
            "pacing": _FREE,
            "seed": {"type": "integer"},
        }
    ),
    "waitingRoomConfig": _object({"maxWaitTimeMs": _MS, "countdownTimeMs": _MS}),
    "disconnectTimeout": _object({"enabled": _FLAG, "durationMs": _MS, "autoReconnectDelay": _MS}),
    "completionScreenDurationMs": _MS,
    "consentFormEnabled": _FLAG,
    "consentFormTitle": _TEXT,
    "consentFormContent": _TEXT,
    "instructionsEnabled": _FLAG,
    "instructionsTitle": _TEXT,
    "instructionsContent": _TEXT,
    "instructionsPages": {"type": "array", "items": _object({"title": _TEXT, "content": _TEXT})},
    "postExperimentQuestionnaire": _object({"enabled": _FLAG, "questions": {"type": "array", "items": _FREE}}),
}
_LABEL: dict[str, Any] = {"x-fidelity": "observed"}
DEFINITION = _object(_PROPERTIES, ("name",), title="ExperimentDefinition", **_LABEL)
# An update names only what changes, and at least one thing.
CHANGES = _object(_PROPERTIES, (), title="ExperimentChanges", minProperties=1, **_LABEL)


def definition_problems(definition: Any) -> list[dict[str, str]]:
    """Every problem of a definition, also those that no JSON Schema can say: states need ids of their own."""
    found = problems(definition, DEFINITION)
    states = definition.get("states") if isinstance(definition, dict) else None
    listed = states if isinstance(states, list) else []
    ids = [state.get("id") if isinstance(state, dict) else None for state in listed]
    return found + [
        {"path": f"states/{place}/id", "message": f"the id {id_!r} is used more than once"}
        for place, id_ in enumerate(ids)
        if isinstance(id_, str) and id_ in ids[:place]
    ]
