"""Examples for the document of the control API: real requests to an application of its own, row by row."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Flask

from mockserver.door.apis import Api
from mockserver.door.operations import Operation
from mockserver.ingestion.intake import take_in
from mockserver.ingestion.schemas import KINDS
from mockserver.openapi.example import Examples
from mockserver.openapi.notes import RECORDS, Notes, unasked
from mockserver.sandbox.sandbox import DEFAULT_NAME

__all__ = ["control_examples"]

# The sandbox that is made and deleted; the others look at the one that is there.
_MADE = "mine"
_TURNS = {"PUT": 0, "DELETE": 2}
_CLICK = {"eventType": "click", "targetSelector": "#buy", "timestamp": "2026-03-16T10:14:32.120Z"}


def control_examples(app: Flask, api: Api) -> Examples:
    """Ask an application that nobody else uses for everything: make things first, and delete them at the end.

    A body is the first of the examples in the row's own schema; an operation that needs one and has none is not tried.
    """
    notes = Notes(app, api, {})
    ids = notes.sandbox.world.sample_ids()
    notes.known |= {f"{kind}_id": id_ for kind, id_ in ids.items() if id_}
    errors = dict(_errors(notes))
    take_in(KINDS["events"], "sess_001", [_CLICK], notes.sandbox)
    for row in sorted(api.operations, key=lambda row: _TURNS.get(row.method, 1)):
        if row.tag != "reference":
            notes.known["name"] = _MADE if row.method in _TURNS else DEFAULT_NAME
            notes.note(row.id, body=_body(row))
    shown = {id_: replace(noted, answers=_short(noted.answers)) for id_, noted in notes.examples.items()}
    return Examples(shown, errors)


def _body(row: Operation) -> Any:
    examples = (row.body or {}).get("examples", [])
    return examples[0] if examples else None


def _errors(notes: Notes) -> Iterator[tuple[str, Any]]:
    """A real error of each kind that can be had by asking."""
    refused = {
        "BadRequest": notes.ask("changeClock", body={}),
        "Forbidden": notes.ask("changeClock", body={}, headers={"Host": "elsewhere.example"}),
        "UnsupportedCoding": notes.ask("changeClock", body={}, headers={"Content-Encoding": "br"}),
        "NotFound": notes.ask("getRoomTruth", path={"room_id": "nowhere"}),
    }
    if "deleteSandbox" in notes.rows:
        refused["Conflict"] = notes.ask("deleteSandbox", path={"name": DEFAULT_NAME})
    for name, answer in refused.items():
        yield name, answer.get_json()
    yield from unasked(notes, "/clock")


def _short(answer: Any) -> Any:
    """The same with no more of each list than a reader needs."""
    if isinstance(answer, dict):
        return {name: _short(part) for name, part in answer.items()}
    return [_short(part) for part in answer[:RECORDS]] if isinstance(answer, list) else answer
