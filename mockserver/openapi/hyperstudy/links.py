"""Links: which operation can be called next, with what the answer said. Pure.

What creates something in a collection leads to every operation on one thing of that collection; that much is
derived from the paths. The other links are listed.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from mockserver.door.operations import Operation
from mockserver.door.paths import placeholders
from mockserver.words.camel_case import camel

__all__ = ["links_of"]

_FIRST = "$response.body#/data/0/"
_ONE = "$response.body#/data/"
_SENT = "$request.body#/events/0/"

# The same thing again, as the request named it.
_EXPERIMENT = {"experimentId": "$request.path.experimentId"}
_ITS_DATA = {"scopeId": "$request.path.experimentId"}
_DEPLOYMENT = {"deploymentId": "$request.path.deploymentId"}
_PERSONA = {"personaId": "$request.path.personaId"}
_ROOMS_DATA = {"scopeId": "$request.path.roomId"}
_ROOM = {"roomId": "$request.path.roomId"}

# Operation to the operations that its answer leads to, each with where its parameters are from.
_LISTED: Mapping[str, Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "listExperiments": {
            "getExperiment": {"experimentId": _FIRST + "id"},
            "getRoomsByExperiment": {"scopeId": _FIRST + "id"},
        },
        "getRoomsByExperiment": {
            "getEventsByRoom": {"scopeId": _FIRST + "id"},
            "getParticipantsByRoom": {"scopeId": _FIRST + "id"},
            "getVariables": {"roomId": _FIRST + "id"},
        },
        "getParticipantsByRoom": {
            "getEventsByParticipant": {"scopeId": _FIRST + "participantId", "roomId": _FIRST + "roomId"},
            "getCounts": {"participantId": _FIRST + "participantId", "roomId": _FIRST + "roomId"},
        },
        "getRecordingsByRoom": {
            "mintRecordingLink": {"roomId": _FIRST + "roomId", "recordingId": _FIRST + "recordingId"},
        },
        "recordEvents": {
            "getEventsByRoom": {"scopeId": _SENT + "roomId"},
            "getEventsByParticipant": {"scopeId": _SENT + "participantId", "roomId": _SENT + "roomId"},
        },
        "listDeployments": {"getDeployment": {"deploymentId": _FIRST + "id"}},
        "createDeployment": {
            "getRoomsByExperiment": {"scopeId": _ONE + "experimentId"},
            "getAgentRuns": {"experimentId": _ONE + "experimentId"},
            "getAgentDecisionsByExperiment": {"experimentId": _ONE + "experimentId"},
        },
        "getDeploymentSessions": {
            "stopRoom": {**_DEPLOYMENT, "roomId": _FIRST + "id"},
            # The budget covers the first room at least; a later one may have failed.
            "retryRoom": {**_DEPLOYMENT, "roomId": "$response.body#/data/1/id"},
            "getAgentDecisionsByRoom": {"roomId": _FIRST + "id"},
            "getEventsByRoom": {"scopeId": _FIRST + "id"},
        },
        "runMoreRooms": {
            "getDeployment": _DEPLOYMENT,
            "getDeploymentSessions": _DEPLOYMENT,
            "getAgentSpend": _DEPLOYMENT,
        },
        "stopRoom": {"getDeploymentSessions": _DEPLOYMENT, "getEventsByRoom": _ROOMS_DATA, "getVariables": _ROOM},
        "retryRoom": {"getDeploymentSessions": _DEPLOYMENT, "getAgentSpend": _DEPLOYMENT},
        "getAgentDecisionsByRoom": {"getAgentDecision": {**_ROOM, "decisionId": _FIRST + "id"}},
        "listPersonas": {"getPersona": {"personaId": _FIRST + "id"}},
        "duplicatePersona": {
            "getPersona": {"personaId": _ONE + "id"},
            "updatePersona": {"personaId": _ONE + "id"},
            "deletePersona": {"personaId": _ONE + "id"},
        },
        "updatePersona": {"getPersona": _PERSONA, "duplicatePersona": _PERSONA, "deletePersona": _PERSONA},
        "createExperiment": {
            "getRoomsByExperiment": {"scopeId": _FIRST + "id"},
            "checkAccess": {"experimentId": _FIRST + "id"},
            "getAgentRuns": {"experimentId": _FIRST + "id"},
        },
        "updateExperiment": {
            "getExperiment": _EXPERIMENT,
            "getExperimentConfig": _EXPERIMENT,
            "deleteExperiment": _EXPERIMENT,
        },
    }
)

# Operation to those that what it deleted is gone for.
_GONE: Mapping[str, Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "deleteExperiment": {
            "getExperiment": _EXPERIMENT,
            "getExperimentConfig": _EXPERIMENT,
            "exportExperiment": _EXPERIMENT,
            "updateExperiment": _EXPERIMENT,
            "checkAccess": _EXPERIMENT,
            "getRoomsByExperiment": _ITS_DATA,
            "getEventsByExperiment": _ITS_DATA,
        },
        "deletePersona": {"getPersona": _PERSONA, "updatePersona": _PERSONA, "duplicatePersona": _PERSONA},
    }
)


def links_of(operation: Operation, operations: Sequence[Operation]) -> dict[str, Any]:
    """The `links` block of what an operation answers when it works; empty where nothing follows."""
    found = {**_created(operation, operations), **_LISTED.get(operation.id, {})}
    links = {name: _link(name, values) for name, values in found.items()}
    gone = {name: _link(name, values, "404 from now on.") for name, values in _GONE.get(operation.id, {}).items()}
    # Some may be hidden.
    there = {other.id for other in operations}
    return {name: link for name, link in {**links, **gone}.items() if name in there}


def _link(operation_id: str, parameters: Mapping[str, str], description: str = "") -> dict[str, Any]:
    told = {"description": description} if description else {}
    return {"operationId": operation_id, **told, "parameters": dict(parameters)}


def _created(operation: Operation, operations: Sequence[Operation]) -> dict[str, Mapping[str, str]]:
    """From the answer to a `POST` on a collection, what can be done to the new thing."""
    if operation.method != "POST" or operation.status != 201:
        return {}
    pointer = (_FIRST if operation.answer.many else _ONE) + "id"
    return {
        other.id: {camel(placeholders(other.path)[0]): pointer}
        for other in operations
        if other.path.startswith(f"{operation.path}/<") and len(placeholders(other.path)) == 1
    }
