"""Examples of everything that changes something, told as one story: from a persona to agents that ran."""

from collections.abc import Mapping
from typing import Any

from mockserver.openapi.notes import RECORDS, Notes

__all__ = ["tell"]

# Launched rooms end after eight seconds and begin to decide after four.
_UNTIL_A_DECISION_MS = 5_000
_AGENT_STATES = [
    {
        "id": "welcome",
        "name": "Welcome",
        "order": 0,
        "focusComponent": {"type": "showtext", "config": {"text": "Two people discuss a film."}},
    },
    {
        "id": "choice",
        "name": "Choice",
        "order": 1,
        "focusComponent": {"type": "multiplechoice", "config": {"question": "Go on?", "options": ["Yes", "No"]}},
    },
]
_PERSONA = {
    "name": "Careful reader",
    "description": "Thinks before answering.",
    "provider": "anthropic",
    "model": "claude-opus-4-8",
}


def tell(notes: Notes) -> None:
    """Everything that changes something, as one story: from a persona to an experiment whose agents ran."""
    persona = notes.note("createPersona", body=_PERSONA)
    notes.known["persona_id"] = persona["id"] if persona else "nowhere"
    notes.note("updatePersona", body={"description": "Thinks twice before answering."})
    notes.note("validateExperiment", body={"name": "Untitled", "states": [{"name": "No id"}]})
    experiment = notes.note("createExperiment", body=_experiment(notes.known["persona_id"]))
    place = dict(notes.known)
    notes.known["experiment_id"] = experiment[0]["id"] if experiment else "nowhere"
    notes.note("updateExperiment", body={"description": "Agents discuss a film."})
    _launch(notes)
    notes.note("deleteExperiment", {"skipDataCheck": "true"})
    notes.note("duplicatePersona")
    notes.note("deletePersona")
    notes.known = place
    notes.note("recordEvents", body=_events(place))


def _experiment(persona_id: str) -> dict[str, Any]:
    role = {"mode": "agent", "personaId": persona_id, "participantCount": 1}
    return {
        "name": "Two agents",
        "description": "Agents talk about a film.",
        "runtime": "v2",
        "requiredParticipants": 2,
        "states": _AGENT_STATES,
        "roles": {"a": {"name": "A", **role}, "b": {"name": "B", **role}},
    }


def _launch(notes: Notes) -> None:
    """Two rooms, of which the budget covers one: it can be stopped, and the other one retried."""
    agents = {"rooms": 2, "budgetUsd": 0.1}
    config = {"name": "Pilot", "type": "agent-only", "agentDeployment": agents}
    made = notes.note("createDeployment", body={"experimentId": notes.known["experiment_id"], "config": config})
    if not made:
        return
    notes.known["deployment_id"] = made["id"]
    notes.sandbox.clock.advance(_UNTIL_A_DECISION_MS)
    ran, unborn = (session["id"] for session in notes.ask("getDeploymentSessions").get_json()["data"])
    notes.known["room_id"] = ran
    notes.note("getAgentDecisionsByExperiment", {"limit": RECORDS})
    decided = notes.note("getAgentDecisionsByRoom", {"limit": RECORDS})
    notes.known["decision_id"] = decided[0]["id"] if decided else "nowhere"
    for operation_id in ("getAgentDecision", "getAgentRuns", "getAgentSpend", "stopRoom"):
        notes.note(operation_id)
    notes.known["room_id"] = unborn
    notes.note("runMoreRooms", body={"rooms": 1, "budgetUsd": 0.5})
    notes.note("retryRoom")


def _events(place: Mapping[str, str]) -> dict[str, Any]:
    """One event that is recorded, and one that is not."""
    event = {"roomId": place.get("room_id", "nowhere"), "participantId": place.get("participant_id", "nowhere")}
    changed = {"eventType": "component.update", **event, "content": "Changed an answer"}
    return {"events": [changed, {**changed, "roomId": "room_nowhere"}]}
