"""Examples for the document of API A: real requests to an application of its own, and what it answered.

The application is made for this alone, so that nothing that a client wrote shows here, and nothing that is
tried here shows to a client. What a world cannot answer (an empty one has no rooms) has no example.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from mockserver.counters import Count
from mockserver.hyperstudy.envelope import error_response, render_http_error
from mockserver.hyperstudy.keys import HEADER, ORGANISATION_HEADER
from mockserver.hyperstudy.limits import LIMITS, RateLimited
from mockserver.hyperstudy.operations import Operation
from mockserver.openapi.paths import filled, meaning, placeholders
from mockserver.sandbox import Sandbox

__all__ = ["Example", "Examples", "ORIGIN", "demo_key", "record_examples"]

# Where the links of an example point: the address at which a server listens by default.
ORIGIN = "http://127.0.0.1:4747"
_RECORDS = 2
_FORMATS = {"text/csv": "csv", "application/x-ndjson": "ndjson"}
# Launched rooms end after eight seconds and begin to decide after four.
_UNTIL_A_DECISION_MS = 5_000


@dataclass(frozen=True, slots=True)
class Example:
    """One request that works.

    Attributes:
        path: Placeholder to value. query: parameter to value, also those that the answers were asked with.
        body: What was sent; None where nothing was. answers: by content type; JSON as values, the rest as text.
    """

    path: Mapping[str, str]
    query: Mapping[str, str | int]
    body: Any
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Examples:
    """What was tried: requests by operation id, and one real error for each kind."""

    operations: Mapping[str, Example]
    errors: Mapping[str, Any]


def demo_key(sandbox: Sandbox) -> str:
    """The value of a key to try things with: the one with full access, or the first; empty where there is none."""
    keys = sandbox.world.scenario.keys
    key = keys.get("full") or next(iter(keys.values()), None)
    return key.value if key else ""


def record_examples(app: Flask, base_path: str, operations: Sequence[Operation]) -> Examples:
    """Ask an application for everything that it can do.

    Args:
        app: One that nobody else uses: things are created, changed and deleted in it.
        base_path: Of the API. operations: every row of its table.
    """
    notes = _Notes(app, base_path, {operation.id: operation for operation in operations})
    _read(notes)
    # Refusals leave no trace; the story does.
    errors = dict(_errors(notes))
    _tell(notes)
    return Examples(notes.examples, errors)


@dataclass(slots=True)
class _Notes:
    """What is known so far: ids by placeholder, and the examples."""

    app: Flask
    base_path: str
    rows: Mapping[str, Operation]
    known: dict[str, str] = field(default_factory=dict)
    examples: dict[str, Example] = field(default_factory=dict)

    @property
    def sandbox(self) -> Sandbox:
        found: Sandbox = self.app.extensions["mockserver"]
        return found

    def ask(
        self,
        operation_id: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """Send one request, with the ids that are known."""
        operation = self.rows[operation_id]
        return self.app.test_client(use_cookies=False).open(
            self.base_path + filled(operation.path, self.ids(operation)),
            method=operation.method,
            query_string=query,
            json=body,
            headers={HEADER: demo_key(self.sandbox), **(headers or {})},
            base_url=ORIGIN,
        )

    def ids(self, operation: Operation) -> dict[str, str]:
        """A value for each placeholder of an operation; `nowhere` for what is not known."""
        path = operation.path
        return {name: self.known.get(meaning(path, name), "nowhere") for name in placeholders(path)}

    def note(self, operation_id: str, query: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        """Ask, and keep request and answer as an example if it worked.

        Returns:
            The answer's `data`; None where there is none.
        """
        operation, query = self.rows[operation_id], query or {}
        answer = self.ask(operation_id, query, body)
        if answer.status_code != operation.status:
            return None
        whole = answer.get_json() if answer.is_json else None
        answers = {} if whole is None else {"application/json": _cut(whole)}
        for form in operation.answer.formats:
            if form in _FORMATS:
                answers[form] = self.ask(operation_id, {**query, "limit": 1, "format": _FORMATS[form]}).text
        self.examples[operation_id] = Example(self.ids(operation), query, body, answers)
        return whole.get("data") if isinstance(whole, dict) else None


def _cut(answer: Any) -> Any:
    """The same answer with no more records than a reader needs."""
    if not isinstance(answer, dict):
        return answer
    shorter = dict(answer)
    for name in ("data", "metadata"):
        value = shorter.get(name)
        if isinstance(value, list):
            shorter[name] = value[:_RECORDS]
        elif isinstance(value, dict):
            shorter[name] = {k: v[:_RECORDS] if isinstance(v, list) else v for k, v in value.items()}
    return shorter


# --- reading ---------------------------------------------------------------------------------------


def _read(notes: _Notes) -> None:
    """Every operation that changes nothing, on the world as it is."""
    places = list(_places(notes.sandbox))
    notes.known |= places[0] if places else {}
    _remember_documents(notes)
    for operation in notes.rows.values():
        if operation.method == "GET" and operation.tag not in ("agents", "reference"):
            for place in places or [{}]:
                # The first place that has some; a room of one person has no video sync.
                notes.known |= place
                if notes.note(operation.id, _query(operation, place)):
                    break
            notes.known |= places[0] if places else {}
    _remember_recording(notes)


def _places(sandbox: Sandbox) -> Iterator[dict[str, str]]:
    """An experiment, a room and a participant in it, over and over; the scenario's own sample first."""
    world, sample = sandbox.world, sandbox.world.sample_ids()
    first = world.room(sample["room"] or "")
    others = [rooms[0] for id_ in world.scenario.experiments if (rooms := world.rooms(id_))]
    for room in ([first] if first else []) + others:
        people = world.participant_ids(room)
        named = [person for person in people if person == sample["participant"]]
        for person in dict.fromkeys([*named, *people]):
            yield {"experiment_id": room.experiment_id, "room_id": room.room_id, "participant_id": person}


def _query(operation: Operation, place: Mapping[str, str]) -> dict[str, str | int]:
    query: dict[str, str | int] = {}
    for parameter in operation.parameters:
        if parameter.name == "roomId" and parameter.required:
            query["roomId"] = place.get("room_id", "nowhere")
        elif parameter.name == "limit":
            query["limit"] = _RECORDS
    return query


def _remember_documents(notes: _Notes) -> None:
    for operation_id, name in (("listDeployments", "deployment_id"), ("listPersonas", "persona_id")):
        found = notes.note(operation_id)
        if found:
            notes.known[name] = found[0]["id"]


def _remember_recording(notes: _Notes) -> None:
    """The recording operations, with the first recording that has a file."""
    listed = notes.examples.get("getRecordingsByRoom")
    records = listed.answers["application/json"]["data"] if listed else []
    for record in records:
        if record["downloadUrl"]:
            notes.known |= {"recording_id": record["recordingId"], "format": record["format"]}
            notes.note("mintRecordingLink")
            notes.note("getRecordingFile", dict(parse_qsl(urlsplit(record["downloadUrl"]).query)))
            return


# --- writing ---------------------------------------------------------------------------------------

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


def _tell(notes: _Notes) -> None:
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


def _launch(notes: _Notes) -> None:
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
    notes.note("getAgentDecisionsByExperiment", {"limit": _RECORDS})
    decided = notes.note("getAgentDecisionsByRoom", {"limit": _RECORDS})
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


# --- errors ----------------------------------------------------------------------------------------


def _errors(notes: _Notes) -> Iterator[tuple[str, Any]]:
    """A real error of each kind, by the kind's name."""
    refused = {
        "InvalidParameter": notes.ask("getEventsByRoom", {"limit": 0}),
        "InvalidBody": notes.ask("createExperiment", body={"states": []}),
        "Unauthorized": notes.ask("getEventsByRoom", headers={HEADER: ""}),
        "Forbidden": notes.ask("getEventsByRoom", headers={ORGANISATION_HEADER: "org_elsewhere"}),
        "BadLink": notes.ask("getRecordingFile"),
        "NotFound": _Notes(notes.app, notes.base_path, notes.rows).ask("getEventsByRoom"),
        "Conflict": notes.ask("deleteExperiment"),
        "RangeNotSatisfiable": _beyond_the_end(notes),
    }
    for name, answer in refused.items():
        if answer.status_code >= 400 and answer.get_json():
            yield name, answer.get_json()
    # What cannot be had by asking politely.
    with notes.app.test_request_context(notes.base_path + "/experiments", method="POST", base_url=ORIGIN):
        yield "TooLarge", render_http_error(413, {}).get_json()
        yield "InternalServerError", render_http_error(500, {}).get_json()
        limit = LIMITS[-1]
        over = RateLimited(Count(limit, allowed=False, left=0, reset_ms=limit.window_s * 1000), 0)
        yield "RateLimited", error_response(over).get_json()


def _beyond_the_end(notes: _Notes) -> TestResponse:
    file = notes.examples.get("getRecordingFile")
    return notes.ask("getRecordingFile", file.query if file else None, headers={"Range": "bytes=999999999999-"})
