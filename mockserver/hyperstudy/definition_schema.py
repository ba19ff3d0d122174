"""The JSON Schema of experiment definitions: structure and types; unknown fields are kept.

Source: field names and limits of the official client's builders (observed); the text is our own.
"""

from collections.abc import Iterator
from typing import Any

from mockserver.hyperstudy.bodies import problems
from mockserver.hyperstudy.breaches import Rules
from mockserver.hyperstudy.component_schemas import FOCUS_COMPONENT, GLOBAL_COMPONENTS, scale_problems
from mockserver.words.json_schema import FLAG, ID, SENT_COUNT, SENT_WHOLE, TEXT, Schema, labelled, list_of

__all__ = ["CHANGES", "DEFINITION", "PROMPT", "definition_problems"]

# What each variable or question holds is its own affair.
_FREE: Schema = {"type": "object", "additionalProperties": True}


def _open(properties: dict[str, Schema], required: tuple[str, ...] = (), **more: Any) -> Schema:
    """An object whose properties may be left out, all but the required ones; what it has more is kept."""
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return {**schema, "additionalProperties": True, **more}


# What an agent is told: a persona's own, and what a role adds to it.
PROMPT = _open(
    {
        "persona": TEXT,
        "objective": TEXT,
        "guidance": TEXT,
        "examples": list_of(TEXT),
        "additionalInstructions": TEXT,
    },
    title="Prompt",
)
_STATE = _open(
    {
        "id": ID,
        "name": TEXT,
        "order": SENT_COUNT,
        "focusComponent": FOCUS_COMPONENT,
        "transitionRules": _open({"type": TEXT, "durationMs": SENT_COUNT}),
        "globalComponentsVisibility": {"type": "object", "additionalProperties": FLAG},
    },
    ("id",),
    title="State",
)
_ROLE = _open(
    {
        "name": TEXT,
        "participantCount": SENT_COUNT,
        "mode": {"type": "string", "enum": ["human", "agent"]},
        "personaId": TEXT,
    },
    title="Role",
)
_PROPERTIES: dict[str, Schema] = {
    "name": {"type": "string", "pattern": r"\S"},
    "description": TEXT,
    # As many as a room of the simulation holds.
    "requiredParticipants": {
        "type": "integer",
        "minimum": 1,
        "maximum": 50,
        "description": "How many people a room needs, at most 50 (inferred).",
    },
    "runtime": {"type": "string", "enum": ["v1", "v2"]},
    "randomizeStates": FLAG,
    "states": list_of(_STATE),
    "roles": {"type": "object", "additionalProperties": _ROLE},
    "globalComponents": GLOBAL_COMPONENTS,
    "variables": _FREE,
    "agentConfig": _open(
        {
            "roleOverrides": {"type": "object", "additionalProperties": PROMPT},
            "pacing": _FREE,
            "seed": SENT_WHOLE,
        }
    ),
    "waitingRoomConfig": _open({"maxWaitTimeMs": SENT_COUNT, "countdownTimeMs": SENT_COUNT}),
    "disconnectTimeout": _open({"enabled": FLAG, "durationMs": SENT_COUNT, "autoReconnectDelay": SENT_COUNT}),
    "completionScreenDurationMs": SENT_COUNT,
    "consentFormEnabled": FLAG,
    "consentFormTitle": TEXT,
    "consentFormContent": TEXT,
    "instructionsEnabled": FLAG,
    "instructionsTitle": TEXT,
    "instructionsContent": TEXT,
    "instructionsPages": list_of(_open({"title": TEXT, "content": TEXT})),
    "postExperimentQuestionnaire": _open({"enabled": FLAG, "questions": list_of(_FREE)}),
}
DEFINITION = labelled(_open(_PROPERTIES, ("name",), title="ExperimentDefinition"), "observed")
# An update names only what changes, and at least one thing.
CHANGES = labelled(_open(_PROPERTIES, title="ExperimentChanges", minProperties=1), "observed")
_RULES = Rules(DEFINITION)


def definition_problems(definition: Any) -> list[dict[str, str]]:
    """Every problem of a definition, also those that no JSON Schema can say."""
    found = problems(definition, _RULES)
    if isinstance(definition, dict):
        found += [*_repeated_ids(definition), *_scales(definition)]
    return found


def _repeated_ids(definition: dict[str, Any]) -> Iterator[dict[str, str]]:
    """States need ids of their own."""
    seen = set()
    for place, state in enumerate(_listed(definition)):
        id_ = state.get("id")
        if isinstance(id_, str) and id_ in seen:
            yield {"path": f"states/{place}/id", "message": f"the id {id_!r} is used more than once"}
        if isinstance(id_, str):
            seen.add(id_)


def _scales(definition: dict[str, Any]) -> Iterator[dict[str, str]]:
    for place, state in enumerate(_listed(definition)):
        focus = state.get("focusComponent")
        config = focus.get("config") if isinstance(focus, dict) else None
        yield from scale_problems(config, f"states/{place}/focusComponent/config")
    always = definition.get("globalComponents")
    slider = always.get("continuousrating") if isinstance(always, dict) else None
    yield from scale_problems(slider, "globalComponents/continuousrating")


def _listed(definition: dict[str, Any]) -> list[dict[str, Any]]:
    """The states, an empty one in place of what is none."""
    states = definition.get("states")
    return [state if isinstance(state, dict) else {} for state in states] if isinstance(states, list) else []
