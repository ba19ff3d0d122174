"""What a client writes and reads back otherwise is told to the developer, and to nobody else."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from study_support import Record, StudyApi, definition, json_values

from mockserver import ProcessSettings, Settings, create_app
from mockserver.hyperstudy.routes import operations
from mockserver.words.timestamps import iso_from_ms

JSON_TYPES = [(1, "number"), (2.5, "number"), (True, "boolean"), ({}, "object"), ([1], "array")]
EVENT = {"eventType": "component.update", "roomId": "room_pair", "participantId": "user_one"}
# Nothing is kept by asking whether a definition is valid.
WRITES = {row.id for row in operations() if row.body is not None} - {"validateExperiment"}


@pytest.fixture
def api() -> StudyApi:
    return StudyApi("pair")


def write(api: StudyApi, *events: Record, **beside: Any) -> None:
    verdict = api.answer("POST", "/data/events/batch", {"events": [{**EVENT, **one} for one in events], **beside})
    assert verdict["data"] == {"recorded": len(events), "rejected": 0, "rejections": []}


def written(api: StudyApi) -> list[Record]:
    found = [one for one in api.pages("/data/events/room/room_pair", 10_000) if "written" in one["id"]]
    return sorted(found, key=lambda one: str(one["id"]))


def warnings(api: StudyApi, **query: Any) -> Any:
    return api.app.test_client().get("/_mock/lint", query_string=query).get_json()


def lint(api: StudyApi) -> list[tuple[str, str, int]]:
    """What the control API tells of writes: rule, message, how often."""
    return [(one["rule"], one["message"], one["times"]) for one in warnings(api)["warnings"]]


def as_text(event_id: str, type_: str) -> tuple[str, str, int]:
    return "value_as_text", f"{event_id}: response.value was sent as JSON {type_} and reads back as text", 1


def unkept(operation: str, name: str, first_in: str = "", times: int = 1) -> tuple[str, str, int]:
    where = f", first in {first_in}" if first_in else ""
    return "unkept_field", f"{operation} does not keep the field {name!r} as it was sent{where}", times


# --- values that become text -----------------------------------------------------------------------


@pytest.mark.parametrize(("value", "type_"), JSON_TYPES)
def test_a_value_that_becomes_text_is_told_with_its_type(api: StudyApi, value: Any, type_: str) -> None:
    """For each event, by the id under which it is read."""
    write(api, {"response": {"value": value, "responseTime": 5}})
    write(api, {"response": {"value": value}})
    ids = [one["id"] for one in written(api)]
    assert lint(api) == [as_text(id_, type_) for id_ in ids]
    assert len(ids) == 2
    (first, _) = warnings(api)["warnings"]
    assert (first["operation"], first["sessionId"], first["kind"], first["batch"], first["indexes"]) == (
        "recordEvents", None, None, None, [],
    )  # fmt: skip
    assert first["foundAt"] == iso_from_ms(api.sandbox.clock.now_ms())


@pytest.mark.parametrize("response", [None, {}, {"value": None}, {"value": ""}, {"value": "3", "responseTime": 1}])
def test_what_reads_back_as_it_was_written_is_not_told(api: StudyApi, response: Any) -> None:
    write(api, {"response": response, "timestamp": "2024-10-20T14:30:45.1230Z", "content": "mine"})
    assert lint(api) == []


@given(json_values)
def test_text_and_type_tell_together_what_was_sent(value: Any) -> None:
    api = StudyApi("pair")
    write(api, {"response": {"value": value}})
    (event,) = written(api)
    told = [message.split("JSON ")[1].split(" ")[0] for rule, message, _ in lint(api) if rule == "value_as_text"]
    if value is None or isinstance(value, str):
        assert (event["response"]["value"], told) == (value, [])
        return
    assert repr(json.loads(event["response"]["value"])) == repr(value)
    names = {bool: "boolean", int: "number", float: "number", list: "array", dict: "object"}
    assert told == [names[type(value)]]


@pytest.mark.parametrize("number", [2**63, 2**64, -(2**63) - 1, 10**25 + 1, -(10**300) - 1])
def test_a_whole_number_is_read_back_to_its_last_digit(number: int, tmp_path: Path) -> None:
    """However long, wherever it stands, in every format, and by the next server too."""
    store = ProcessSettings(store_url=f"sqlite:///{tmp_path / 'kept.db'}")
    api = StudyApi("pair")
    api.serve_app(create_app(Settings(scenario="pair"), store))
    own = {"number": number, "in": [{"it": number}]}
    experiment = api.create_experiment(own=own, variables={"big": number})
    persona = api.answer("POST", "/personas", {"name": "Mine", "own": own})["data"]["id"]
    deployment = api.deploy(experiment, own=own)
    write(api, {"response": {"value": number}}, {"response": {"value": own}})
    for _ in range(2):
        api.advance(600_000)
        assert api.get(f"/experiments/{experiment}")[0]["own"] == own
        assert api.get(f"/personas/{persona}")["own"] == own
        assert api.get(f"/deployments/{deployment}")["config"]["own"] == own
        assert [json.loads(one["response"]["value"]) for one in written(api)] == [number, own]
        for format_ in ("json", "ndjson", "csv"):
            assert str(number) in api.ask("GET", f"/data/components/experiment/{experiment}", format=format_).text
        assert {one["rule"] for one in warnings(api)["warnings"]} == {"value_as_text"}
        api.app.extensions["mockserver"].close()
        api.serve_app(create_app(Settings(scenario="pair"), store))
    api.app.extensions["mockserver"].close()


def test_the_type_is_kept_as_long_as_the_event(tmp_path: Path) -> None:
    """Of every event, however many there are; when the journal is forgotten, and by the next server too."""
    store = ProcessSettings(store_url=f"sqlite:///{tmp_path / 'kept.db'}")
    api = StudyApi("pair")
    api.serve_app(create_app(Settings(scenario="pair"), store))
    for _ in range(6):
        write(api, *[{"response": {"value": 1}}, {"response": {"value": "a"}}] * 50)
    ids = [one["id"] for one in written(api) if one["response"]["value"] == "1"]
    assert lint(api) == [as_text(id_, "number") for id_ in ids]
    page = warnings(api, limit=2, offset=299)
    assert ([one["message"].split(":")[0] for one in page["warnings"]], page["total"]) == (ids[299:], 300)
    assert warnings(api, kind="events") == warnings(api, sessionId="room_pair") == {"warnings": [], "total": 0}
    reset = api.app.test_client().post("/_mock/sandboxes/default/reset", json={"only": ["journal"]})
    assert reset.status_code == 200
    assert len(lint(api)) == 300
    api.app.extensions["mockserver"].close()
    api.serve_app(create_app(Settings(scenario="pair"), store))
    assert lint(api) == [as_text(id_, "number") for id_ in ids]
    api.app.test_client().post("/_mock/sandboxes/default/reset", json={"only": ["writes"]})
    assert lint(api) == []
    api.app.extensions["mockserver"].close()


def test_a_batch_is_logged_in_a_line(api: StudyApi, caplog: pytest.LogCaptureFixture) -> None:
    write(api, *[{"response": {"value": [1]}}] * 3, {"response": {"value": "a"}})
    assert [one.getMessage() for one in caplog.records if one.name == "mockserver.lint"] == [
        "event_written_000001: response.value was sent as JSON array and reads back as text (and 2 more)"
    ]


# --- what is not kept ------------------------------------------------------------------------------


def test_fields_of_events_that_are_not_kept_are_named(api: StudyApi) -> None:
    """Each once, with how often it came; those of a response and of the body too."""
    for _ in range(3):
        write(api, {"foo": 1, "id": "mine", "response": {"value": "a", "bar": None}}, beside=1)
    first = written(api)[0]["id"]
    assert lint(api) == [
        unkept("recordEvents", "beside", times=3),
        unkept("recordEvents", "foo", first, 3),
        unkept("recordEvents", "id", first, 3),
        unkept("recordEvents", "response.bar", first, 3),
    ]


@pytest.mark.parametrize("text", ["2024-10-20T14:30:45.123456Z", "2024-10-20T14:30:45,1230001+02:00"])
def test_an_instant_that_is_finer_than_ms_is_told(api: StudyApi, text: str) -> None:
    write(api, {"timestamp": text})
    assert written(api)[0]["timestamp"].endswith(":45.123Z")
    assert lint(api) == [unkept("recordEvents", "timestamp", "event_written_000001")]


def test_a_rejected_event_is_told_to_its_client_alone(api: StudyApi) -> None:
    answer = api.answer("POST", "/data/events/batch", {"events": [{"foo": 1, "response": {"value": 1}}]})
    assert answer["data"]["rejected"] == 1
    assert lint(api) == []


def test_an_empty_text_reads_back_as_one(api: StudyApi) -> None:
    """In every field of text that may be anything; `content` alone stands for something where it is left out."""
    names = ("content", "componentType", "componentId", "stateName")
    write(api, dict.fromkeys(names, ""), dict.fromkeys(names))
    said, unsaid = written(api)
    assert [said[name] for name in names] == [""] * 4
    assert [unsaid[name] for name in names] == ["component.update", None, None, None]


def sent_to(api: StudyApi, operation_id: str, extra: Record) -> tuple[str, str, Record]:
    """How to write something with that operation: method, path and a body with more fields in it."""
    experiment = api.create_experiment()
    persona = api.answer("POST", "/personas", {"name": "Mine"})["data"]["id"]
    deployment = api.deploy(experiment)
    bodies: dict[str, tuple[str, str, Record]] = {
        "recordEvents": ("POST", "/data/events/batch", {"events": [EVENT]}),
        "createExperiment": ("POST", "/experiments", definition()),
        "updateExperiment": ("PUT", f"/experiments/{experiment}", {"name": "Other"}),
        "createDeployment": ("POST", "/deployments", {"experimentId": experiment, "config": {}}),
        "runMoreRooms": ("POST", f"/deployments/{deployment}/run-more", {"rooms": 1, "budgetUsd": 1}),
        "createPersona": ("POST", "/personas", {"name": "Other"}),
        "updatePersona": ("PUT", f"/personas/{persona}", {"guardrails": {"maxTurns": 3}}),
    }
    assert set(bodies) == WRITES
    method, path, body = bodies[operation_id]
    return method, path, {**body, **extra}


# What keeps a field of the client's own.
KEEPS = {"createExperiment", "updateExperiment", "createPersona", "updatePersona"}


@pytest.mark.parametrize("operation_id", sorted(WRITES))
def test_every_write_keeps_a_field_or_names_it(api: StudyApi, operation_id: str) -> None:
    """A field of the client's own, and one that only the server tells."""
    method, path, body = sent_to(api, operation_id, {"ownOfMine": {"a": [1]}, "createdAt": "2024-01-01T00:00:00.000Z"})
    answer = api.ask(method, path, body)
    assert answer.status_code in (200, 201, 202), answer.text
    own = [] if operation_id in KEEPS else [unkept(operation_id, "ownOfMine")]
    assert lint(api) == [*own, unkept(operation_id, "createdAt")]
    if operation_id in KEEPS:
        data = answer.get_json()["data"]
        record = data[0] if isinstance(data, list) else data
        where = "/experiments" if "Experiment" in operation_id else "/personas"
        read = api.get(f"{where}/{record['id']}")
        assert (read[0] if isinstance(read, list) else read)["ownOfMine"] == {"a": [1]}


@pytest.mark.parametrize("where", ["/experiments", "/personas"])
def test_a_record_that_is_sent_back_loses_nothing_but_its_time(api: StudyApi, where: str) -> None:
    """What the server tells of it is as it was, but for when it was changed."""
    created = api.answer("POST", where, definition() if where == "/experiments" else {"name": "Mine", "seed": 1})[
        "data"
    ]
    record = created[0] if isinstance(created, list) else created
    api.advance(1000)
    sent = {name: value for name, value in record.items() if value is not None}
    api.answer("PUT", f"{where}/{record['id']}", sent)
    operation = "updateExperiment" if where == "/experiments" else "updatePersona"
    assert lint(api) == [unkept(operation, "updatedAt")]


def test_what_a_patch_cannot_change_is_told(api: StudyApi) -> None:
    """A persona's visibility stays, and what an agent does between sessions is thrown away."""
    id_ = api.answer("POST", "/personas", {"name": "Mine", "offlineCognition": {"a": 1}})["data"]["id"]
    assert lint(api) == [unkept("createPersona", "offlineCognition")]
    api.answer("PUT", f"/personas/{id_}", {"visibility": "public", "guardrails": {"maxTurns": 3}, "model": None})
    assert lint(api)[1:] == [unkept("updatePersona", "visibility")]
