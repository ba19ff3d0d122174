"""The control API's view of the world: ids, clock, truth."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator, meta

from mockserver import Settings, create_app
from mockserver.control.routes import operations as control_operations


@pytest.fixture
def client():
    """A client of a small world of its own."""
    return create_app(Settings(scenario="pair")).test_client()


def test_the_world_tells_its_ids_and_its_digest(client) -> None:
    """Enough for a tool to find its way."""
    world = client.get("/_mock/world").get_json()
    assert world["scenario"] == "pair"
    assert world["seed"] == 7
    assert world["digest"] == client.application.extensions["mockserver"].default.world.digest()
    assert world["experiments"] == [
        {"id": "exp_pair", "rooms": ["room_pair"], "participants": {"room_pair": ["user_one", "user_two"]}}
    ]


def test_the_clock_moves_forward_by_what_is_asked(client) -> None:
    """And stands still otherwise."""
    before = client.get("/_mock/clock").get_json()
    assert (before["now"], before["speed"], before["advancedMs"]) == ("2024-11-01T00:00:00.000Z", 0.0, 0)
    assert client.post("/_mock/clock", json={"advanceMs": 1500}).get_json()["now"] == "2024-11-01T00:00:01.500Z"
    after = client.get("/_mock/clock").get_json()
    assert (after["now"], after["advancedMs"]) == ("2024-11-01T00:00:01.500Z", 1500)


def test_the_clock_is_set_forward_frozen_and_let_run(client) -> None:
    """To an instant in any zone; and a speed takes effect from there."""
    answer = client.post("/_mock/clock", json={"now": "2025-01-01T01:00:00+01:00", "speed": 60})
    assert answer.get_json()["speed"] == 60
    frozen = client.post("/_mock/clock", json={"speed": 0}).get_json()
    assert frozen["now"] >= "2025-01-01T00:00:00.000Z"
    assert client.get("/_mock/clock").get_json()["now"] == frozen["now"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"now": "2020-01-01T00:00:00Z", "speed": 60}, "only a reset of the sandbox takes it back"),
        ({"advanceMs": 5, "speed": -1}, "A clock's speed is a number from 0"),
        ({"advanceMs": 5, "now": "2030-01-01T00:00:00Z"}, "Expected one of"),
        ({"advanceMs": 5, "sped": 1}, "Unknown field 'sped'"),
        ({"now": 5}, "now must be an ISO 8601 instant"),
        ({"speed": "fast"}, "Expected one of"),
    ],
)
def test_what_a_clock_cannot_do_changes_nothing_of_it(client, body: dict[str, object], said: str) -> None:
    """Not even the part that it could."""
    before = client.get("/_mock/clock").get_json()
    answer = client.post("/_mock/clock", json=body)
    assert answer.status_code == 400
    assert said in answer.get_json()["error"]
    after = client.get("/_mock/clock").get_json()
    assert {**after, "tokenNow": ""} == {**before, "tokenNow": ""}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"advanceMs": -1}', b'{"advanceMs": 1.5}',
                                  b'{"advanceMs": true}', b'{"advanceMs": "1"}', b'{"advanceMs": 9e30}',
                                  b'{"advanceMs": 999999999999999}'])  # fmt: skip
def test_a_bad_order_to_the_clock_is_refused_and_changes_nothing(client, body: bytes) -> None:
    """Each with a sentence, none with a crash."""
    answer = client.post("/_mock/clock", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["error"]
    assert client.get("/_mock/clock").get_json()["now"] == "2024-11-01T00:00:00.000Z"


@pytest.mark.parametrize("by_ms", [b"1000.0", b"1e3", b"1000", b"1.0E+3", b"0.1e4"])
def test_a_whole_number_may_be_written_as_a_float(client, by_ms: bytes) -> None:
    """JSON has one kind of number."""
    body = b'{"advanceMs": ' + by_ms + b"}"
    answer = client.post("/_mock/clock", data=body, content_type="application/json")
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["now"] == "2024-11-01T00:00:01.000Z"
    assert b'"advancedMs":1000,' in answer.data


def test_every_integer_of_the_control_api_may_be_a_float(client) -> None:
    """In the body of every operation, at every depth, as its own description names them."""

    def integers(schema: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        if schema.get("type") == "integer":
            yield at
        for name, inner in schema.get("properties", {}).items():
            yield from integers(inner, (*at, name))

    found = []
    for row in control_operations():
        for at in integers(row.body or {}):
            found.append((row.id, at[-1]))
            path = "/_mock" + row.path.replace("<name>", "default" if row.method == "POST" else f"one-{len(found)}")
            values = {"seed": 7, "maxBodyBytes": 5000}
            for sent, status in ((float(values.get(at[-1], 1000)), (200, 201)), (1.5, (400,))):
                body: Any = sent
                for name in reversed(at):
                    body = {name: body}
                if "required" in (row.body or {}):
                    body = {**{name: row.body["examples"][0][name] for name in row.body["required"]}, **body}
                assert client.open(path, method=row.method, json=body).status_code in status, (row.id, at)
    assert ("changeClock", "advanceMs") in found
    assert {name for _, name in found} >= {"seed", "maxBodyBytes", "journalEntries", "ttlSeconds", "expiresInSeconds"}


def test_truth_is_told_for_every_participant_and_room(client) -> None:
    """The same people as in the records, and a drift for every sync sample."""
    truth = client.get("/_mock/truth/experiments/exp_pair").get_json()
    assert [one["participantId"] for one in truth["participants"]] == ["user_one", "user_two"]
    assert truth["agreement"] == {"correlation": 0.5}
    assert (truth["tolerances"]["agreement"], truth["tolerances"]["skewPpm"]) == (0.25, 50.0)
    room = client.get("/_mock/truth/rooms/room_pair").get_json()
    headers = {"X-API-Key": "hst_live_your_key_here"}
    total = client.get("/api/v3/data/sync/room/room_pair", headers=headers).get_json()["metadata"]["pagination"][
        "total"
    ]
    assert sum(len(one["driftMs"]) for one in room["drift"]) == total
    assert {one["participantId"] for one in room["feelings"]} == {None, "user_one", "user_two"}


# --- the schema of the truth -------------------------------------------------------------------------


def told(scenario: str) -> dict[str, list[Any]]:
    """Every answer about truth in a world, by its name in the schema."""
    client = create_app(Settings(scenario=scenario)).test_client()
    experiments = client.get("/_mock/world").get_json()["experiments"]

    def truth(path: str) -> Any:
        answer = client.get(f"/_mock/truth{path}")
        assert answer.status_code == 200
        return answer.get_json()

    return {
        "TruthOverview": [truth("")],
        "ExperimentTruth": [truth(f"/experiments/{experiment['id']}") for experiment in experiments],
        "RoomTruth": [truth(f"/rooms/{room}") for experiment in experiments for room in experiment["rooms"]],
    }


def validator(schema: dict[str, Any], name: str) -> Draft202012Validator:
    return Draft202012Validator({**schema, "anyOf": [{"$ref": f"#/$defs/{name}"}]})


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    served: dict[str, Any] = create_app(Settings()).test_client().get("/_mock/truth/schema").get_json()
    return served


@pytest.mark.parametrize("scenario", ["demo", "pair", "drift", "dropout", "agents", "empty"])
def test_every_answer_about_truth_is_as_the_schema_says(scenario: str, schema: dict[str, Any]) -> None:
    """By its own name, and as one of the three that the schema as a whole allows."""
    for name, answers in told(scenario).items():
        assert answers or scenario == "empty"
        for answer in answers:
            assert next(validator(schema, name).iter_errors(answer), None) is None
            assert Draft202012Validator(schema).is_valid(answer)


def test_the_schema_refuses_what_is_no_truth(schema: dict[str, Any]) -> None:
    """A missing name, one too many, a wrong type, wherever it stands."""
    (room,) = told("pair")["RoomTruth"]
    checked = validator(schema, "RoomTruth")
    places = [room, room["participants"][0], room["feelings"][0], room["drift"][0]]
    for number, place in enumerate(places):
        for name, value in place.items():
            for wrong in ({}, {name: {"not": "so"}}, {name: value, "more": 1}):
                changed = copy.deepcopy(room)
                at = [changed, changed["participants"][0], changed["feelings"][0], changed["drift"][0]][number]
                del at[name]
                at.update(wrong)
                assert not checked.is_valid(changed), (name, wrong)


def test_the_schema_describes_every_name_and_its_unit(schema: dict[str, Any]) -> None:
    """It is a schema, and in sentences; what a name ends with is its unit."""
    meta.validate(schema)
    for name, described in schema["$defs"].items():
        assert described["title"] == name
        assert described["description"].endswith(".")
        for key, value in described["properties"].items():
            assert value["description"].endswith("."), (name, key)
            assert value.get("x-unit") == ("ms" if key.endswith("Ms") else "ppm" if key.endswith("Ppm") else None)


@pytest.mark.parametrize("path", ["experiments/nope", "rooms/nope"])
def test_unknown_truth_is_refused_with_what_there_is(client, path: str) -> None:
    """A sentence that helps."""
    answer = client.get(f"/_mock/truth/{path}")
    assert answer.status_code == 404
    assert "'nope'" in answer.get_json()["error"]
