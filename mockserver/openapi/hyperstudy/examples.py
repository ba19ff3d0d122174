"""Examples for the document of API A: real requests to an application of its own, and what it answered.

The application is made for this alone, so that nothing that a client wrote shows here, and nothing that is
tried here shows to a client. What a world cannot answer (an empty one has no rooms) has no example.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

from flask import Flask

from mockserver.door.apis import Api
from mockserver.door.operations import Operation
from mockserver.hyperstudy.keys import HEADER
from mockserver.openapi.example import Examples
from mockserver.openapi.hyperstudy.errors import ERRORS
from mockserver.openapi.hyperstudy.refused import refuse_all
from mockserver.openapi.hyperstudy.story import tell
from mockserver.openapi.notes import RECORDS, Notes, demo_key
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.sandboxes import Sandboxes

__all__ = ["hyperstudy_examples"]

# In how many people of a room to look for records of a type.
_PEOPLE = 2


def hyperstudy_examples(app: Flask, api: Api) -> Examples:
    """Ask an application for everything that API A can do.

    Args:
        app: One that nobody else uses: things are created, changed and deleted in it.
    """
    sandboxes: Sandboxes = app.extensions["mockserver"]
    notes = Notes(app, api, {HEADER: demo_key(sandboxes.default)})
    _read(notes)
    tell(notes)
    refuse_all(notes)
    return Examples(notes.examples, notes.errors)


# --- reading ---------------------------------------------------------------------------------------


def _read(notes: Notes) -> None:
    """Every operation that changes nothing, on the world as it is."""
    places = list(_places(notes.sandbox))
    notes.known |= places[0] if places else {}
    _remember_documents(notes)
    for operation in notes.rows.values():
        if operation.method == "GET" and operation.tag != "reference":
            for place in places or [{}]:
                # The first place that has some; a room of one person has no video sync.
                notes.known |= place
                if notes.note(operation.id, _query(operation, place)):
                    break
            notes.note_formats(operation.id)
            notes.known |= places[0] if places else {}
    _remember_recording(notes)
    _remember_agents(notes)


def _places(sandbox: Sandbox) -> Iterator[dict[str, str]]:
    """An experiment, a room and somebody in it, over and over; the scenario's own sample first."""
    world, sample = sandbox.world, sandbox.world.sample_ids()
    first = world.room(sample["room"] or "")
    others = [rooms[0] for id_ in world.scenario.experiments if (rooms := world.rooms(id_))]
    for room in ([first] if first else []) + others:
        people = world.participant_ids(room)
        named = [person for person in people if person == sample["participant"]]
        for person in list(dict.fromkeys([*named, *people]))[:_PEOPLE]:
            yield {"experiment_id": room.experiment_id, "room_id": room.room_id, "participant_id": person}


def _query(operation: Operation, place: Mapping[str, str]) -> dict[str, str | int]:
    query: dict[str, str | int] = {}
    for parameter in operation.parameters:
        if parameter.name == "roomId" and parameter.required:
            query["roomId"] = place.get("room_id", "nowhere")
        elif parameter.name == "limit":
            query["limit"] = RECORDS
    return query


def _remember_agents(notes: Notes) -> None:
    """One decision of the first room that has any, and what its experiment's agents have cost."""
    listed = notes.examples.get("getAgentDecisionsByRoom")
    decisions = listed.answers["application/json"]["data"] if listed else []
    if not decisions:
        return
    place, decided = dict(notes.known), decisions[0]
    room = notes.sandbox.world.room(decided["roomId"])
    notes.known |= {"room_id": decided["roomId"], "decision_id": decided["id"]}
    notes.note("getAgentDecision")
    if room and room.deployment_id:
        notes.known["deployment_id"] = room.deployment_id
        notes.note("getAgentSpend")
    notes.known = {**place, "agents_id": room.experiment_id if room else "nowhere"}


def _remember_documents(notes: Notes) -> None:
    for operation_id, name in (("listDeployments", "deployment_id"), ("listPersonas", "persona_id")):
        found = notes.note(operation_id)
        if found:
            notes.known[name] = found[0]["id"]


def _remember_recording(notes: Notes) -> None:
    """The recording operations, with the first recording that has a file."""
    listed = notes.examples.get("getRecordingsByRoom")
    records = listed.answers["application/json"]["data"] if listed else []
    for record in records:
        if record["downloadUrl"]:
            notes.known |= {"recording_id": record["recordingId"], "format": record["format"]}
            notes.note("mintRecordingLink")
            link = dict(parse_qsl(urlsplit(record["downloadUrl"]).query))
            notes.note("getRecordingFile", link)
            beyond = {"Range": "bytes=999999999999-"}
            notes.refuse("getRecordingFile", ERRORS["RangeNotSatisfiable"], query=link, headers=beyond)
            return
