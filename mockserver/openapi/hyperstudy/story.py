"""Examples of everything that changes something, told as one story on the world as it is."""

from collections.abc import Mapping
from typing import Any

from mockserver.openapi.hyperstudy.errors import ERRORS
from mockserver.openapi.notes import RECORDS, Notes

__all__ = ["tell"]

_CONFLICT = ERRORS["Conflict"]
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
    """Everything that changes something, as one story.

    It is told of what the world has, so that a reader who sends an example meets the same; where the world has
    no agents, they are made first.
    """
    place = dict(notes.known)
    notes.note("recordEvents", body=_events(place))
    notes.note("createPersona", body=_PERSONA)
    notes.note("updatePersona", body={"description": "Thinks twice before answering."})
    notes.note("duplicatePersona")
    notes.note("validateExperiment", body={"name": "Untitled", "states": [{"name": "No id"}]})
    made = notes.note("createExperiment", body=_experiment(place.get("persona_id", "nowhere")))
    _launch(notes, place.get("agents_id") or (made[0].get("id", "nowhere") if made else "nowhere"))
    notes.known = place
    notes.note("updateExperiment", body={"description": "Now with a better description."})
    notes.refuse("deleteExperiment", _CONFLICT)
    notes.note("deleteExperiment", {"skipDataCheck": "true"})
    notes.note("deletePersona")


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


def _launch(notes: Notes, experiment_id: str) -> None:
    """Two rooms, of which the budget covers one: it can be stopped, and the other one retried."""
    agents = {"rooms": 2, "budgetUsd": 0.01}
    config = {"name": "Pilot", "type": "agent-only", "agentDeployment": agents}
    made = notes.note("createDeployment", body={"experimentId": experiment_id, "config": config})
    if not made:
        return
    notes.known |= {"deployment_id": made["id"], "experiment_id": experiment_id}
    notes.sandbox.clock.advance(_UNTIL_A_DECISION_MS)
    ran, unborn = (session["id"] for session in notes.ask("getDeploymentSessions").get_json()["data"])
    notes.known["room_id"] = ran
    _once(notes, "getAgentDecisionsByExperiment", {"limit": RECORDS})
    decided = _once(notes, "getAgentDecisionsByRoom", {"limit": RECORDS})
    notes.known["decision_id"] = decided[0]["id"] if decided else "nowhere"
    for operation_id in ("getAgentDecision", "getAgentRuns", "getAgentSpend"):
        _once(notes, operation_id)
    notes.note("stopRoom")
    for operation_id in ("stopRoom", "retryRoom"):
        # It has ended by now, and it was spawned.
        notes.refuse(operation_id, _CONFLICT)
    notes.known["room_id"] = unborn
    notes.note("runMoreRooms", body={"rooms": 1, "budgetUsd": 0.5})
    notes.note("retryRoom")
    for_people = notes.ask("createDeployment", body={"experimentId": experiment_id, "config": {"type": "human"}})
    path = {"deployment_id": for_people.get_json()["data"]["id"]}
    notes.refuse("runMoreRooms", _CONFLICT, body={"rooms": 1, "budgetUsd": 0.5}, path=path)


def _once(notes: Notes, operation_id: str, query: Mapping[str, Any] | None = None) -> Any:
    """Note what the world itself had no answer to."""
    noted = notes.examples.get(operation_id)
    if noted is not None and noted.answers["application/json"]["data"]:
        return None
    return notes.note(operation_id, query)


def _events(place: Mapping[str, str]) -> dict[str, Any]:
    """One event that is recorded, and one that is not."""
    event = {"roomId": place.get("room_id", "nowhere"), "participantId": place.get("participant_id", "nowhere")}
    changed = {"eventType": "component.update", **event, "onset": 5000, "content": "Changed an answer"}
    return {"events": [changed, {**changed, "roomId": "room_nowhere"}]}
