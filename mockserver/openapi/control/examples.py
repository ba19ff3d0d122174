"""Examples for the document of the control API: real requests to an application of its own, row by row."""

from dataclasses import replace
from typing import Any

from flask import Flask

from mockserver.door.apis import Api
from mockserver.door.credentials import API_KEY
from mockserver.door.operations import Operation
from mockserver.door.paths import placeholders
from mockserver.ingestion.intake import take_in
from mockserver.ingestion.schemas import KINDS
from mockserver.openapi.example import Examples
from mockserver.openapi.notes import RECORDS, Notes, demo_key, unasked
from mockserver.sandbox.sandbox import DEFAULT_NAME
from mockserver.words.addresses import DATA_API

__all__ = ["control_examples"]

# The sandbox that is made and deleted; the others look at the one that is there.
_MADE = "mine"
_TURNS = {"PUT": 0, "DELETE": 2}
# A request that was asked for somebody else, of which no proxy is known.
_FORWARDED = {"X-Forwarded-For": "203.0.113.9"}
# What the default sandbox is not made of, and a reset that would leave behind what was written later.
_IN_THE_WAY = {"createSandbox": {"seed": 1}, "resetSandbox": {"only": ["clock"]}}
_CLICK = {"eventType": "click", "targetSelector": "#buy", "timestamp": "2026-03-16T10:14:32.120Z"}


def control_examples(app: Flask, api: Api) -> Examples:
    """Ask an application that nobody else uses for everything: make things first, and delete them at the end.

    A body is the first of the examples in the row's own schema; an operation that needs one and has none is not tried.
    """
    notes = Notes(app, api, {})
    ids = notes.sandbox.world.sample_ids()
    notes.known |= {f"{kind}_id": id_ for kind, id_ in ids.items() if id_}
    # The first that is set.
    notes.known["fault_id"] = "fault_1"
    take_in(KINDS["events"], "sess_001", [_CLICK], notes.sandbox)
    for row in sorted(api.operations, key=lambda row: _TURNS.get(row.method, 1)):
        if row.tag != "reference":
            notes.known["name"] = _MADE if row.method in _TURNS else DEFAULT_NAME
            notes.note(row.id, body=_body(row))
    shown = {id_: replace(noted, answers=_short(noted.answers)) for id_, noted in notes.examples.items()}
    _write_later(notes)
    # Afterwards, since some of what is asked then works all the same.
    return Examples(shown, {row.id: _errors(notes, row) for row in api.operations})


def _body(row: Operation) -> Any:
    examples = (row.body or {}).get("examples", [])
    return examples[0] if examples else None


def _write_later(notes: Notes) -> None:
    """Write something when the clock has moved."""
    notes.ask("changeClock", body=_body(notes.rows["changeClock"]))
    key = {API_KEY: demo_key(notes.sandbox)}
    notes.app.test_client().post(f"{DATA_API}/experiments", json={"name": "Late"}, headers=key)


def _errors(notes: Notes, row: Operation) -> dict[str, Any]:
    """Errors of an operation, by the name of the kind."""
    names = placeholders(row.path)
    wrong: dict[str, Any] = {"body": ["no object"]} if row.body else {"query": {"limit": "nonsense"}}
    refused: dict[int, tuple[str, dict[str, Any]]] = {
        400: ("BadRequest", wrong),
        403: ("Forbidden", {"headers": _FORWARDED}),
        404: ("NotFound", {"path": dict.fromkeys(names, "nowhere")}),
        415: ("UnsupportedCoding", {"body": {}, "headers": {"Content-Encoding": "br"}}),
        409: ("Conflict", {"path": dict.fromkeys(names, DEFAULT_NAME), "body": _IN_THE_WAY.get(row.id)}),
    }
    told = unasked(notes, row)
    for status in sorted(set(row.errors) & set(refused)):
        name, request = refused[status]
        answer = notes.ask(row.id, **request)
        if answer.status_code == status:
            told[name] = answer.get_json()
    return told


def _short(answer: Any) -> Any:
    """The same with no more of each list than a reader needs."""
    if isinstance(answer, dict):
        return {name: _short(part) for name, part in answer.items()}
    return [_short(part) for part in answer[:RECORDS]] if isinstance(answer, list) else answer
