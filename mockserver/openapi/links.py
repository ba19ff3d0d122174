"""Links: which operation can be called next, with what the answer said. Pure.

What creates something in a collection leads to every operation on one thing of that collection; that much is
derived from the paths. The other links are listed.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from mockserver.hyperstudy.operations import Operation
from mockserver.openapi.paths import camel, placeholders

__all__ = ["links_of"]

_FIRST = "$response.body#/data/0/"
_ONE = "$response.body#/data/"

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
        "listDeployments": {"getDeployment": {"deploymentId": _FIRST + "id"}},
        "getDeploymentSessions": {
            "stopRoom": {"deploymentId": "$request.path.deploymentId", "roomId": _FIRST + "id"},
            "retryRoom": {"deploymentId": "$request.path.deploymentId", "roomId": _FIRST + "id"},
            "getAgentDecisionsByRoom": {"roomId": _FIRST + "id"},
        },
        "getAgentDecisionsByRoom": {
            "getAgentDecision": {"roomId": "$request.path.roomId", "decisionId": _FIRST + "id"},
        },
        "listPersonas": {"getPersona": {"personaId": _FIRST + "id"}},
        "duplicatePersona": {
            "getPersona": {"personaId": _ONE + "id"},
            "updatePersona": {"personaId": _ONE + "id"},
            "deletePersona": {"personaId": _ONE + "id"},
        },
        "createExperiment": {
            "getRoomsByExperiment": {"scopeId": _FIRST + "id"},
            "checkAccess": {"experimentId": _FIRST + "id"},
            "getAgentRuns": {"experimentId": _FIRST + "id"},
        },
    }
)


def links_of(operation: Operation, operations: Sequence[Operation]) -> dict[str, Any]:
    """The `links` block of what an operation answers when it works; empty where nothing follows."""
    found = {**_created(operation, operations), **_LISTED.get(operation.id, {})}
    return {name: {"operationId": name, "parameters": dict(values)} for name, values in found.items()}


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
