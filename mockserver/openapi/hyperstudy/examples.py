"""Examples for the document of API A: real requests to an application of its own, and what it answered.

The application is made for this alone, so that nothing that a client wrote shows here, and nothing that is
tried here shows to a client. What a world cannot answer (an empty one has no rooms) has no example.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from mockserver.door.apis import Api
from mockserver.door.operations import Operation
from mockserver.hyperstudy.envelope import error_body
from mockserver.hyperstudy.keys import HEADER, ORGANISATION_HEADER, covers
from mockserver.hyperstudy.limits import LIMITS, RateLimited
from mockserver.openapi.example import Examples
from mockserver.openapi.hyperstudy.story import tell
from mockserver.openapi.notes import RECORDS, Notes, demo_key, unasked
from mockserver.sandbox.counters import Count
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
    # Refusals leave no trace; the story does.
    errors = dict(_errors(notes))
    tell(notes)
    return Examples(notes.examples, errors)


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
            notes.note("getRecordingFile", dict(parse_qsl(urlsplit(record["downloadUrl"]).query)))
            return


# --- errors ----------------------------------------------------------------------------------------


def _errors(notes: Notes) -> Iterator[tuple[str, Any]]:
    """A real error of each kind, by the kind's name."""
    refused = {
        "InvalidParameter": notes.ask("getEventsByRoom", {"limit": 0}),
        "InvalidBody": notes.ask("createExperiment", body={"states": []}),
        "Unauthorized": notes.ask("getEventsByRoom", headers={HEADER: ""}),
        "Forbidden": notes.ask("listExperiments", headers={HEADER: _narrow_key(notes.sandbox)}),
        "OtherOrganisation": notes.ask("getEventsByRoom", headers={ORGANISATION_HEADER: "org_elsewhere"}),
        "BadLink": notes.ask("getRecordingFile"),
        "NotFound": replace(notes, known={}).ask("getEventsByRoom"),
        "Conflict": notes.ask("deleteExperiment"),
        "UnsupportedCoding": notes.ask("createExperiment", body={}, headers={"Content-Encoding": "br"}),
        "RangeNotSatisfiable": _beyond_the_end(notes),
    }
    for name, answer in refused.items():
        if answer.status_code >= 400 and answer.get_json():
            yield name, answer.get_json()
    # What cannot be had by asking politely.
    yield from unasked(notes, "/experiments")
    limit = LIMITS[-1]
    over = RateLimited(Count(limit, allowed=False, left=0, reset_ms=limit.window_s * 1000), 0)
    yield "RateLimited", error_body(over)


def _narrow_key(sandbox: Sandbox) -> str:
    """The value of a key that is good, and not for experiments; of any key, where there is none such."""
    keys = sandbox.world.scenario.keys.values()
    good = [key for key in keys if not key.revoked and key.expires_ms is None]
    return next((key.value for key in good if not covers(key.scopes, "read:experiments")), demo_key(sandbox))


def _beyond_the_end(notes: Notes) -> TestResponse:
    file = notes.examples.get("getRecordingFile")
    return notes.ask("getRecordingFile", file.query if file else None, headers={"Range": "bytes=999999999999-"})
