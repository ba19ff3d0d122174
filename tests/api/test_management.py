"""Experiments, deployments and personas by raw HTTP: exact answers, who may do what, and what no body can break."""

import copy
import json
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from emulator import error_of
from hypothesis import given, settings
from hypothesis import strategies as st
from study_support import Record, StudyApi, agent_role, definition, json_values, ms, no_bugs

from mockserver.hyperstudy import launching
from mockserver.hyperstudy.calls import Call
from mockserver.sandbox.study.launches import Launch
from mockserver.sandbox.study.shelves import Kept
from mockserver.simulation import world as world_module
from mockserver.simulation.datasets.entities import Entity
from mockserver.simulation.story.plan import Plan
from mockserver.simulation.world import DATA_TYPES
from mockserver.words.timestamps import iso_from_ms

NOW = "2024-11-01T00:00:00.000Z"


# What lists say of whose they are, after the client's fixtures: the key's owner.
LISTED = {"scope": "user", "scopeId": "user_researcher", "timestamp": NOW}


@pytest.fixture
def api() -> StudyApi:
    """The small scenario: one experiment with one room, and two personas."""
    return StudyApi("pair")


@pytest.fixture(scope="module")
def desk() -> StudyApi:
    """The same, for questions that change nothing."""
    return StudyApi("pair")


@pytest.fixture(scope="module")
def scratch() -> StudyApi:
    """The same, for tests that write, and look only at what they wrote themselves."""
    return StudyApi("pair")


def about(experiment_id: str) -> Record:
    return {"dataType": "experiments", "scope": "experiment", "scopeId": experiment_id, "timestamp": NOW}


def listed(api: StudyApi, **options: Any) -> list[str]:
    """Ids of the experiments that a key sees as its own."""
    return [one["id"] for one in api.get("/experiments", **options)]


# --- experiments: exact answers -------------------------------------------------------------------

SUMMARY = {
    "id": "exp_pair",
    "name": "A pair",
    "description": "",
    "ownerEmail": "researcher@example.com",
    "ownerId": "user_researcher",
    "organizationId": "org_main",
    "requiredParticipants": 2,
    "roomCount": 1,
    "participantCount": 2,
    "createdAt": "2024-10-06T14:30:00.000Z",
    "updatedAt": "2024-10-06T14:30:00.000Z",
}


def test_the_list_tells_what_every_experiment_is(desk: StudyApi) -> None:
    """A record each, with how much was collected, and the page that this is."""
    envelope = desk.answer("GET", "/experiments", expect=200)
    assert envelope["data"] == [SUMMARY]
    assert list(envelope["data"][0]) == list(SUMMARY)
    page = {"total": 1, "returned": 1, "hasMore": False, "limit": 50, "offset": 0}
    assert envelope["metadata"] == {**LISTED, "dataType": "experiments", "pagination": page}


def test_one_experiment_is_a_list_of_one(desk: StudyApi) -> None:
    """The definition and the summary together; the definition alone under `/config`."""
    envelope = desk.answer("GET", "/experiments/exp_pair", expect=200)
    config = desk.answer("GET", "/experiments/exp_pair/config", expect=200)
    assert len(config["data"]) == len(envelope["data"]) == 1
    assert envelope["data"] == [{**config["data"][0], **SUMMARY}]
    assert config["data"][0]["id"] == "exp_pair"
    assert envelope["metadata"] == config["metadata"] == about("exp_pair")
    assert [state["id"] for state in config["data"][0]["states"]] == [
        "text_chat_state", "video_chat_state", "watching_state", "closeness_state"
    ]  # fmt: skip


def test_creating_answers_201_with_the_record(api: StudyApi) -> None:
    """What was sent, and what the server knows of it; it is then read and listed as that."""
    sent = definition(description="New", futureField=[1])
    envelope = api.answer("POST", "/experiments", sent, expect=201)
    (record,) = envelope["data"]
    assert record == {
        **sent,
        "id": record["id"],
        "ownerEmail": "researcher@example.com",
        "ownerId": "user_researcher",
        "organizationId": "org_main",
        "roomCount": 0,
        "participantCount": 0,
        "createdAt": NOW,
        "updatedAt": NOW,
    }
    assert record["id"].startswith("exp_")
    assert envelope["metadata"] == about(record["id"])
    assert api.get(f"/experiments/{record['id']}") == [record]
    assert listed(api) == ["exp_pair", record["id"]]


def test_updating_answers_that_it_did(api: StudyApi) -> None:
    """A list of one confirmation; the change is in the record, the rest as before."""
    (before,) = api.get("/experiments/exp_pair")
    envelope = api.answer("PUT", "/experiments/exp_pair", {"description": "Changed", "mine": None}, expect=200)
    assert envelope["data"] == [{"id": "exp_pair", "updated": True}]
    assert envelope["metadata"] == about("exp_pair")
    assert api.get("/experiments/exp_pair") == [{**before, "description": "Changed", "mine": None, "updatedAt": NOW}]
    assert api.get("/experiments", search="CHANGED")[0]["id"] == "exp_pair"


def test_an_update_of_nothing_is_refused(desk: StudyApi) -> None:
    """400: an empty body asks for no change."""
    errors = error_of(desk.ask("PUT", "/experiments/exp_pair", {}), 400, "VALIDATION_ERROR")["details"]["errors"]
    assert [error["path"] for error in errors] == [""]


def test_validating_answers_whether_and_why(desk: StudyApi) -> None:
    """A list of one verdict, for good and for bad definitions alike with 200."""
    good = desk.answer("POST", "/experiments/validate", definition(), expect=200)
    assert good["data"] == [{"valid": True, "errors": []}]
    bad = desk.answer("POST", "/experiments/validate", definition(name="", runtime=2), expect=200)
    assert bad["data"] == [
        {
            "valid": False,
            "errors": [
                {"path": "name", "message": "expected a text that is not empty"},
                {"path": "runtime", "message": "expected string, got 2"},
            ],
        }
    ]
    assert listed(desk) == ["exp_pair"]


def test_exporting_answers_definition_and_media(desk: StudyApi) -> None:
    """A list of one, with the name for a file and the number of media beside it."""
    envelope = desk.answer("GET", "/experiments/exp_pair/export", expect=200)
    assert envelope["data"] == [
        {
            "experiment": desk.get("/experiments/exp_pair/config")[0],
            "mediaAssets": [{"url": "https://example.com/film.mp4", "type": "video"}],
        }
    ]
    assert envelope["metadata"] == {**about("exp_pair"), "filename": "exp_pair.json", "mediaAssetsCount": 1}


@pytest.mark.parametrize("written", ["True", "TRUE", "true"])
def test_true_may_be_written_as_python_writes_it(api: StudyApi, written: str) -> None:
    """`requests` sends `True`; any letter case means the same, and what is neither true nor false is refused."""
    error = error_of(api.ask("DELETE", "/experiments/exp_pair", skipDataCheck="1"), 400, "INVALID_PARAMETER")
    assert error["details"] == {"parameter": "skipDataCheck", "value": "1", "expected": "one of true, false"}
    error_of(api.ask("DELETE", "/experiments/exp_pair", skipDataCheck="False"), 409, "CONFLICT")
    api.answer("DELETE", "/experiments/exp_pair", skipDataCheck=written, expect=200)
    assert listed(api) == []


def test_the_rooms_of_a_deployment_say_what_they_are_about(api: StudyApi) -> None:
    """As answers with data do: type, scope, id, and the clock's time."""
    metadata = api.answer("GET", "/deployments/dep_pair/sessions", expect=200)["metadata"]
    assert metadata == {"dataType": "sessions", "scope": "deployment", "scopeId": "dep_pair", "timestamp": NOW}


def test_deleting_with_data_needs_to_be_meant(api: StudyApi) -> None:
    """409 and nothing is deleted; with `skipDataCheck=true` a list of one confirmation, and 404 from then on."""
    error = error_of(api.ask("DELETE", "/experiments/exp_pair"), 409, "CONFLICT")
    assert error["details"] == {"id": "exp_pair"}
    assert "skipDataCheck=true" in error["message"]
    error_of(api.ask("DELETE", "/experiments/exp_pair", skipDataCheck="false"), 409, "CONFLICT")
    assert listed(api) == ["exp_pair"]
    envelope = api.answer("DELETE", "/experiments/exp_pair", skipDataCheck="true", expect=200)
    assert envelope["data"] == [{"id": "exp_pair", "deleted": True}]
    assert envelope["metadata"] == about("exp_pair")
    for method, path in (
        ("GET", ""), ("GET", "/config"), ("GET", "/export"), ("PUT", ""), ("DELETE", "")
    ):  # fmt: skip
        error = error_of(api.ask(method, f"/experiments/exp_pair{path}", {"name": "x"}), 404, "NOT_FOUND")
        assert error["details"] == {"resource": "experiment", "id": "exp_pair"}
    assert listed(api) == []


def test_an_experiment_without_data_is_deleted_without_a_question(api: StudyApi) -> None:
    """Also one whose rooms have not come yet."""
    experiment = api.create_experiment()
    deployment = api.deploy(experiment)
    api.answer("DELETE", f"/experiments/{experiment}", expect=200)
    error_of(api.ask("GET", f"/deployments/{deployment}"), 404, "NOT_FOUND")
    api.advance(600_000)
    error_of(api.ask("GET", f"/data/rooms/experiment/{experiment}"), 404, "NOT_FOUND")
    assert listed(api) == ["exp_pair"]


@pytest.mark.parametrize("limit", [1, 2, 5, 50])
def test_lists_page_without_gap_or_repeat(limit: int) -> None:
    """Oldest first; the pages of any size are the list."""
    api = StudyApi("pair")
    made = [api.create_experiment(name=f"Number {number}") for number in range(5)]
    assert listed(api, limit=1000)[0] == "exp_pair"
    assert sorted(listed(api)[1:]) == sorted(made)
    assert [one["id"] for one in api.pages("/experiments", limit)] == listed(api, limit=1000)
    assert [one["name"] for one in api.pages("/experiments", limit, search="number 3")] == ["Number 3"]


def test_the_list_counts_what_the_lists_of_rooms_and_people_hold() -> None:
    """At any time of a story: before anybody came, while people join, with rooms that clients launched."""
    early = StudyApi("live", now_ms=ms("2024-10-20T14:25:00Z"))
    experiment = early.create_experiment()
    seen = set()
    for step in range(40):
        if step == 20:
            early.deploy(experiment, rooms=3)
        for one in early.get("/experiments"):
            totals = [
                early.answer("GET", f"/data/{name}/experiment/{one['id']}", limit=1)["metadata"]["pagination"]["total"]
                for name in ("rooms", "participants")
            ]
            assert [one["roomCount"], one["participantCount"]] == totals
            seen.add((one["id"], *totals))
        early.advance(30_000 if step < 20 else 1_500)
    changes = Counter(id_ for id_, *_ in seen)
    assert set(changes) == {"exp_live", experiment}
    assert min(changes.values()) >= 3


def test_a_list_is_counted_without_its_records(api: StudyApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of experiments tells no row of any participant, so it takes no longer where there are thousands."""
    told: list[str] = []

    def tell(plan: Plan, now_ms: int) -> list[Entity]:
        told.append(plan.room.room_id)
        return []

    for name in ("participant_rows", "room_rows"):
        monkeypatch.setattr(world_module, name, tell)
    (one,) = api.get("/experiments")
    assert (one["roomCount"], one["participantCount"], told) == (1, 2, [])


# --- deployments: exact answers -------------------------------------------------------------------


def test_a_deployment_is_an_object_and_its_list_a_list(desk: StudyApi) -> None:
    """The scenario's, as it is when everything is over."""
    wanted = {
        "id": "dep_pair",
        "experimentId": "exp_pair",
        "name": "Pair",
        "type": "human",
        "status": "completed",
        "ownerId": "user_researcher",
        "ownerName": "Researcher",
        "roomCount": 1,
        "participantCount": 2,
        "maxParticipants": None,
        "budgetUsd": None,
        "createdAt": "2024-10-13T14:30:00.000Z",
        "updatedAt": "2024-10-13T14:30:00.000Z",
        "config": {"type": "human"},
    }
    assert desk.answer("GET", "/deployments/dep_pair", expect=200)["data"] == wanted
    envelope = desk.answer("GET", "/deployments", expect=200)
    assert envelope["data"] == [wanted]
    assert envelope["metadata"] == {**LISTED, "dataType": "deployments"}


def test_sessions_and_spend_of_a_deployment_with_people(desk: StudyApi) -> None:
    """Its rooms as the data has them, in no batch; people cost no model anything."""
    (room,) = desk.get("/data/rooms/experiment/exp_pair")
    assert desk.sessions("dep_pair") == [
        {
            "id": "room_pair",
            "experimentId": "exp_pair",
            "deploymentId": "dep_pair",
            "status": "completed",
            "participantCount": 2,
            "createdAt": room["createdAt"],
            "batchId": None,
        }
    ]
    assert desk.get("/deployments/dep_pair/agent-spend") == {"total": 0.0, "perRoom": {}, "budgetUsd": None}


def test_creating_a_deployment_answers_201_with_an_object(api: StudyApi) -> None:
    """The configuration comes back as it was sent, unknown fields too; the rooms are there at once."""
    experiment = api.create_experiment()
    config = {
        "name": "Pilot",
        "type": "agent-only",
        "agentDeployment": {"rooms": 2, "budgetUsd": 3, "staggerMs": 500, "later": True},
        "note": None,
    }
    made = api.answer("POST", "/deployments", {"experimentId": experiment, "config": config}, expect=201)["data"]
    assert made == {
        "id": made["id"],
        "experimentId": experiment,
        "name": "Pilot",
        "type": "agent-only",
        "status": "active",
        "ownerId": "user_researcher",
        "ownerName": "Researcher",
        "roomCount": 2,
        "participantCount": 0,
        "maxParticipants": None,
        "budgetUsd": 3.0,
        "createdAt": NOW,
        "updatedAt": NOW,
        "config": config,
    }
    sessions = api.sessions(made["id"])
    assert [(s["status"], s["participantCount"], s["createdAt"]) for s in sessions] == [
        ("pending", 0, NOW),
        ("pending", 0, iso_from_ms(ms(NOW) + 500)),
    ]
    assert len({s["batchId"] for s in sessions}) == 1
    assert api.get("/deployments", experimentId=experiment) == [made]
    assert api.get("/deployments", experimentId="exp_pair", status="active") == []


def test_a_deployment_for_people_launches_nothing(api: StudyApi) -> None:
    """Nobody comes by themselves; it cannot be extended, and a room of people is not stopped or retried."""
    made = api.answer("POST", "/deployments", {"experimentId": "exp_pair"}, expect=201)["data"]
    assert (made["type"], made["config"], made["roomCount"], made["status"]) == ("human", {}, 0, "active")
    assert api.sessions(made["id"]) == []
    more = {"rooms": 1, "budgetUsd": 1}
    for path in (f"/deployments/{made['id']}/run-more", "/deployments/dep_pair/run-more"):
        assert "not agent-only" in error_of(api.ask("POST", path, more), 409, "CONFLICT")["message"]
    for action in ("stop", "retry"):
        path = f"/deployments/dep_pair/rooms/room_pair/{action}"
        assert "not launched" in error_of(api.ask("POST", path), 409, "CONFLICT")["message"]


def test_running_more_stopping_and_retrying_answer_objects(api: StudyApi) -> None:
    """202 with the batch, 200 with what was stopped, 202 with the new batch."""
    deployment = api.deploy(api.create_experiment(), rooms=2, budget_usd=0.01)
    running, failed = [session["id"] for session in api.sessions(deployment)]
    more = api.answer("POST", f"/deployments/{deployment}/run-more", {"rooms": 2, "budgetUsd": 50}, expect=202)["data"]
    assert more == {"batchId": more["batchId"], "requestedRooms": 2}
    api.advance(5000)
    stop = api.answer("POST", f"/deployments/{deployment}/rooms/{running}/stop", expect=200)["data"]
    assert stop == {"stopped": True}
    retry = api.answer("POST", f"/deployments/{deployment}/rooms/{failed}/retry", expect=202)["data"]
    assert retry == {"batchId": retry["batchId"], "requestedRooms": 1}
    batches = [session["batchId"] for session in api.sessions(deployment)]
    assert sorted(batches.count(batch) for batch in set(batches)) == [1, 2, 2]


PREFLIGHT: dict[str, tuple[Record, Record, list[Record]]] = {
    "no runtime": (
        {"runtime": "v1"},
        {},
        [{"path": "runtime", "message": 'the experiment needs runtime "v2"'}],
    ),
    "no agents": (
        {"roles": {"a": {"mode": "human"}}},
        {},
        [{"path": "roles", "message": 'the experiment needs at least one role with mode "agent"'}],
    ),
    "no persona": (
        {"roles": {"a": {"mode": "agent"}, "b": agent_role()}},
        {},
        [{"role": "a", "reason": "no persona"}],
    ),
    "unknown persona": (
        {"roles": {"a": agent_role("persona_x"), "b": agent_role("persona_y")}},
        {},
        [
            {"role": "a", "reason": "bound to the persona 'persona_x', which is not there"},
            {"role": "b", "reason": "bound to the persona 'persona_y', which is not there"},
        ],
    ),
    "no states": ({"states": []}, {}, [{"path": "states", "message": "the experiment needs at least one state"}]),
    "no rooms": (
        {},
        {"agentDeployment": None},
        [{"path": "config/agentDeployment", "message": "it needs rooms and budgetUsd"}],
    ),
}


@pytest.mark.parametrize("case", PREFLIGHT)
def test_agents_that_cannot_be_launched_are_refused_with_reasons(scratch: StudyApi, case: str) -> None:
    """400, role by role, before anything is kept."""
    changes, config, errors = PREFLIGHT[case]
    experiment = scratch.create_experiment(**changes)
    agents = {"type": "agent-only", "agentDeployment": {"rooms": 1, "budgetUsd": 1}, **config}
    body = {"experimentId": experiment, "config": {name: value for name, value in agents.items() if value}}
    error = error_of(scratch.ask("POST", "/deployments", body), 400, "VALIDATION_ERROR")
    assert error["details"]["errors"] == errors
    assert (errors[0].get("reason") or errors[0]["message"]) in error["message"]
    assert scratch.get("/deployments", experimentId=experiment) == []


@pytest.mark.parametrize(
    ("agents", "path"),
    [
        ({"rooms": 0}, "rooms"),
        ({"rooms": 101}, "rooms"),
        ({"rooms": 1.5}, "rooms"),
        ({"rooms": "2"}, "rooms"),
        ({"rooms": True}, "rooms"),
        ({"budgetUsd": 0}, "budgetUsd"),
        ({"budgetUsd": -1}, "budgetUsd"),
        ({"budgetUsd": 1e300}, "budgetUsd"),
        ({"staggerMs": -1}, "staggerMs"),
        ({"staggerMs": 2**60}, "staggerMs"),
    ],
)
def test_numbers_of_a_deployment_have_their_bounds(desk: StudyApi, agents: Record, path: str) -> None:
    """Beyond them nothing is deployed, and the answer names the field."""
    config = {"type": "agent-only", "agentDeployment": {"rooms": 1, "budgetUsd": 1, **agents}}
    body = {"experimentId": "exp_pair", "config": config}
    error = error_of(desk.ask("POST", "/deployments", body), 400, "VALIDATION_ERROR")
    assert [problem["path"] for problem in error["details"]["errors"]] == [f"config/agentDeployment/{path}"]
    assert len(desk.get("/deployments")) == 1


def test_whole_numbers_may_be_written_as_decimals(api: StudyApi) -> None:
    """2.0 is a whole number in JSON, and what is made with it is as whole as with 2."""
    deployment = api.deploy(api.create_experiment(), rooms=2.0, agents={"staggerMs": 1000.0})  # type: ignore[arg-type]
    more = {"rooms": 1.0, "budgetUsd": 1}
    assert api.answer("POST", f"/deployments/{deployment}/run-more", more)["data"]["requestedRooms"] == 1
    api.advance(600_000)
    for room in api.sessions(deployment):
        events = api.get(f"/data/events/room/{room['id']}")
        assert {type(event["onset"]) for event in events} == {int}


# --- personas: exact answers ----------------------------------------------------------------------

# Every record has the same keys; these are null until somebody sets them.
UNSET = dict.fromkeys(
    [
        "description", "model", "prompt", "temperature", "topP", "maxTokens", "thinking", "reasoningEffort",
        "extraParams", "disableThinking", "seed", "cognition", "memoryPersistence", "language", "seedMemories",
        "guardrails", "pacing",
    ]
)  # fmt: skip


def test_a_persona_is_an_object_and_the_library_a_list(desk: StudyApi) -> None:
    """The scenario's, which everybody of the organisation sees."""
    wanted = {
        **UNSET,
        "id": "persona_skeptic",
        "name": "Friendly Skeptic",
        "description": "Doubts politely and wants reasons.",
        "provider": "anthropic",
        "model": "claude-sonnet-4-5",
        "visibility": "organization",
        "ownerEmail": "researcher@example.com",
        "ownerId": "user_researcher",
        "organizationId": "org_main",
        "createdAt": "2024-09-22T14:30:00.000Z",
        "updatedAt": "2024-09-22T14:30:00.000Z",
    }
    assert desk.answer("GET", "/personas/persona_skeptic", expect=200)["data"] == wanted
    assert desk.get("/personas")[1] == wanted
    assert len(desk.get("/personas")) == 2


def test_creating_changing_and_deleting_a_persona(api: StudyApi) -> None:
    """201 and 200 with the whole record; deleting confirms with an object; then it is 404."""
    made = api.answer("POST", "/personas", {"name": "P", "unknown": {"kept": 1}, "id": "mine"}, expect=201)["data"]
    assert made == {
        **UNSET,
        "id": made["id"],
        "name": "P",
        "unknown": {"kept": 1},
        "provider": "anthropic",
        "visibility": "private",
        "ownerEmail": "researcher@example.com",
        "ownerId": "user_researcher",
        "organizationId": "org_main",
        "createdAt": NOW,
        "updatedAt": NOW,
    }
    assert made["id"] != "mine"
    path = f"/personas/{made['id']}"
    changed = api.answer("PUT", path, {"model": "m", "ownerEmail": "me@example.com"}, expect=200)["data"]
    assert changed == {**made, "model": "m"}
    gone = api.answer("DELETE", path, expect=200)["data"]
    assert gone == {"id": made["id"], "deleted": True}
    for method, below in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/duplicate")):
        error_of(api.ask(method, path + below, {"model": "m"}), 404, "NOT_FOUND")
    assert made["id"] not in [persona["id"] for persona in api.get("/personas")]


@pytest.mark.parametrize(
    ("patch", "after"),
    [
        ({"model": None}, {"model": None}),
        ({"prompt": {"b": None}}, {"prompt": {"a": 1, "c": {"d": 2, "e": 3}}}),
        ({"prompt": {"c": {"d": None, "f": 4}}}, {"prompt": {"a": 1, "b": [1, 2], "c": {"e": 3, "f": 4}}}),
        ({"prompt": {"b": [9]}}, {"prompt": {"a": 1, "b": [9], "c": {"d": 2, "e": 3}}}),
        ({"prompt": None, "temperature": 0.5}, {"prompt": None, "temperature": 0.5}),
        ({"guardrails": {"maxTurns": 3}}, {"guardrails": {"maxTurns": 3}}),
        ({"visibility": "private"}, {"visibility": "public"}),
        ({"visibility": None}, {"visibility": "public"}),
        ({"unknown": {"x": None}}, {"unknown": {}}),
    ],
)
def test_a_merge_patch_goes_into_objects_and_null_takes_away(scratch: StudyApi, patch: Record, after: Record) -> None:
    """RFC 7396: lists are replaced as a whole, nested objects merged, what is null is gone."""
    given_ = {"name": "P", "model": "m", "prompt": {"a": 1, "b": [1, 2], "c": {"d": 2, "e": 3}}, "visibility": "public"}
    made = scratch.answer("POST", "/personas", given_)["data"]
    changed = scratch.answer("PUT", f"/personas/{made['id']}", patch)["data"]
    wanted = {**made, **after}
    assert changed == wanted
    assert scratch.get(f"/personas/{made['id']}") == wanted


@pytest.mark.parametrize(
    ("patch", "path"),
    [
        ({}, ""),
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"provider": "acme"}, "provider"),
        ({"guardrails": {"maxTurns": -1}}, "guardrails/maxTurns"),
        ({"thinking": "maybe"}, "thinking"),
        ({"seed": "abc"}, "seed"),
        ({"maxTokens": 0}, "maxTokens"),
        ({"prompt": "be nice"}, "prompt"),
        ({"prompt": {"examples": "one"}}, "prompt/examples"),
        ({"prompt": {"examples": ["one", 2]}}, "prompt/examples/1"),
        ({"prompt": {"additionalInstructions": 5}}, "prompt/additionalInstructions"),
        ({"temperature": "hot"}, "temperature"),
        ({"name": " \n"}, "name"),
        ({"visibility": "secret"}, "visibility"),
        ({"visibility": ["public"]}, "visibility"),
        ({"provider": "custom", "model": None}, "model"),
        ({"provider": "custom", "model": ""}, "model"),
    ],
)
def test_a_bad_patch_changes_nothing(desk: StudyApi, patch: Record, path: str) -> None:
    """400 with the field; the persona is as it was."""
    before = desk.get("/personas/persona_skeptic")
    error = error_of(desk.ask("PUT", "/personas/persona_skeptic", patch), 400, "VALIDATION_ERROR")
    assert [problem["path"] for problem in error["details"]["errors"]] == [path]
    assert desk.get("/personas/persona_skeptic") == before


def test_all_problems_of_a_patch_are_told_at_once(desk: StudyApi) -> None:
    """Also those inside of one object."""
    patch = {"prompt": {"persona": 1, "examples": [2]}, "guardrails": {"maxTurns": 0, "budgetUsd": 0}, "topP": "x"}
    error = error_of(desk.ask("PUT", "/personas/persona_skeptic", patch), 400, "VALIDATION_ERROR")
    told = {problem["path"]: problem["message"] for problem in error["details"]["errors"]}
    assert told == {
        "guardrails/budgetUsd": "expected a number above 0, got 0",
        "guardrails/maxTurns": "expected a number from 1, got 0",
        "prompt/examples/0": "expected string, got 2",
        "prompt/persona": "expected string or null, got 1",
        "topP": 'expected number or null, got "x"',
    }


NEEDS_MODEL = {"path": "model", "message": 'is missing, and the provider "custom" needs one'}


def test_what_a_patch_leaves_must_be_a_persona(scratch: StudyApi) -> None:
    """As for a new one: a provider of one's own has a model, whichever of both is changed."""
    own = scratch.answer("POST", "/personas", {"name": "P", "provider": "custom", "model": "mine"})["data"]
    other = scratch.answer("POST", "/personas", {"name": "P"})["data"]
    for persona, patch in ((own, {"model": None}), (own, {"model": ""}), (other, {"provider": "custom"})):
        answer = scratch.ask("PUT", f"/personas/{persona['id']}", patch)
        assert error_of(answer, 400, "VALIDATION_ERROR")["details"]["errors"] == [NEEDS_MODEL]
        assert scratch.get(f"/personas/{persona['id']}") == persona
    both = scratch.answer("PUT", f"/personas/{other['id']}", {"provider": "custom", "model": "m"})["data"]
    assert (both["provider"], both["model"]) == ("custom", "m")
    freed = scratch.answer("PUT", f"/personas/{own['id']}", {"provider": None, "model": None})["data"]
    assert (freed["provider"], freed["model"]) == ("anthropic", None)


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({"provider": "custom"}, ["model"]),
        ({"name": "\t "}, ["name"]),
        ({"prompt": {"examples": [1, "two"], "objective": []}}, ["prompt/examples/0", "prompt/objective"]),
        ({"visibility": "secret", "provider": "custom"}, ["visibility", "model"]),
    ],
)
def test_a_persona_that_is_none_is_not_created(desk: StudyApi, changes: Record, paths: list[str]) -> None:
    """400 with every problem."""
    before = desk.get("/personas")
    error = error_of(desk.ask("POST", "/personas", {"name": "P", **changes}), 400, "VALIDATION_ERROR")
    assert [problem["path"] for problem in error["details"]["errors"]] == paths
    assert desk.get("/personas") == before


def test_personas_of_a_list_have_the_same_keys(api: StudyApi) -> None:
    """Also where one has a field that nobody knows, null in the others; what the server discards is in none."""
    discarded: Record = {"offlineCognition": {"loops": []}}
    prompt = {"examples": ["Hm."], "tone": {"unknown": "kept"}}
    made = api.answer("POST", "/personas", {"name": "P", "later": [1], "prompt": prompt, **discarded})["data"]
    assert made["prompt"] == prompt
    changed = api.answer("PUT", f"/personas/{made['id']}", {"other": 2, **discarded})["data"]
    assert "offlineCognition" not in made | changed
    assert api.get(f"/personas/{made['id']}") == changed
    listed_ = api.get("/personas")
    assert len({tuple(one) for one in listed_}) == 1
    assert [(one["later"], one["other"]) for one in listed_] == [(None, None), (None, None), ([1], 2)]
    assert listed_[-1] == changed


def test_a_duplicate_is_a_private_copy(api: StudyApi) -> None:
    """201; its name says so, every time anew; it can be bound to a role like any other."""
    copied = api.answer("POST", "/personas/persona_skeptic/duplicate", expect=201)["data"]
    again = api.answer("POST", f"/personas/{copied['id']}/duplicate", expect=201)["data"]
    assert [copied["name"], again["name"]] == ["Friendly Skeptic (copy)", "Friendly Skeptic (copy) (copy)"]
    assert {copied["visibility"], again["visibility"]} == {"private"}
    assert len({copied["id"], again["id"], "persona_skeptic"}) == 3
    assert copied["model"] == again["model"] == "claude-sonnet-4-5"
    experiment = api.create_experiment(roles={"a": agent_role(copied["id"])}, requiredParticipants=1)
    deployment = api.deploy(experiment)
    api.advance(600_000)
    (run,) = api.get(f"/data/agent-runs/experiment/{experiment}")
    assert (run["personaId"], run["model"]) == (copied["id"], "claude-sonnet-4-5")
    assert api.get(f"/deployments/{deployment}")["status"] == "completed"


def test_the_catalogue_is_a_list_of_one(desk: StudyApi) -> None:
    """Three kinds of blocks, each with id, name and description."""
    envelope = desk.answer("GET", "/agent-cognition/catalog", expect=200)
    (catalogue,) = envelope["data"]
    assert list(catalogue) == ["abilities", "recipes", "offlineRecipes"]
    assert {tuple(block) for blocks in catalogue.values() for block in blocks} == {("id", "name", "description")}


# --- who may --------------------------------------------------------------------------------------


WRITES = {
    "/experiments": ("POST", "write:experiments"),
    "/experiments/exp_pair": ("PUT", "write:experiments"),
    "/experiments/validate": ("POST", "write:experiments"),
    "/deployments": ("POST", "write:deployments"),
    "/deployments/dep_pair/run-more": ("POST", "write:deployments"),
    "/deployments/dep_pair/rooms/room_pair/stop": ("POST", "write:deployments"),
    "/deployments/dep_pair/rooms/room_pair/retry": ("POST", "write:deployments"),
    "/personas": ("POST", "write:personas"),
    "/personas/persona_skeptic": ("PUT", "write:personas"),
    "/personas/persona_skeptic/duplicate": ("POST", "write:personas"),
    "/data/events/batch": ("POST", "write:events"),
}


@pytest.mark.parametrize("path", WRITES)
def test_who_may_only_read_cannot_write(desk: StudyApi, path: str) -> None:
    """403 names the scope, before the body is even looked at; what there is stays."""
    method, scope = WRITES[path]
    before = (desk.get("/experiments"), desk.get("/deployments"), desk.get("/personas"))
    error = error_of(desk.ask(method, path, raw=b"{", key="read_only"), 403, "FORBIDDEN")
    assert error["details"] == {"required": [scope], "provided": ["read:*"]}
    assert (desk.get("/experiments"), desk.get("/deployments"), desk.get("/personas")) == before


def test_deleting_an_experiment_needs_a_scope_of_its_own(api: StudyApi) -> None:
    """A key that may write everything may not delete an experiment; a persona it may."""
    error = error_of(api.ask("DELETE", "/experiments/exp_pair", key="write"), 403, "FORBIDDEN")
    assert error["details"]["required"] == ["delete:experiments"]
    assert listed(api) == ["exp_pair"]
    api.answer("DELETE", "/personas/persona_skeptic", key="write", expect=200)


OTHERS = {
    "GET": [
        "/experiments/exp_pair", "/experiments/exp_pair/config", "/experiments/exp_pair/export",
        "/deployments/dep_pair", "/deployments/dep_pair/sessions", "/deployments/dep_pair/agent-spend",
        "/personas/persona_skeptic", "/data/rooms/experiment/exp_pair", "/data/events/room/room_pair",
        "/data/chat/participant/user_one?roomId=room_pair", "/data/variables/room/room_pair",
        "/data/counts/participant/user_one?roomId=room_pair", "/data/agent-runs/experiment/exp_pair",
        "/data/agent-decisions/room/room_pair", "/data/agent-decisions/room/room_pair/decision/user_one_1",
    ],
    "PUT": ["/experiments/exp_pair", "/personas/persona_skeptic"],
    "DELETE": ["/experiments/exp_pair", "/experiments/exp_pair?skipDataCheck=true", "/personas/persona_skeptic"],
    "POST": [
        "/deployments/dep_pair/rooms/room_pair/stop", "/deployments/dep_pair/rooms/room_pair/retry",
        "/personas/persona_skeptic/duplicate",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("method", "path"), [(method, path) for method, paths in OTHERS.items() for path in paths])
def test_what_is_another_organisations_is_forbidden(desk: StudyApi, method: str, path: str) -> None:
    """403 with whose it is and whose the key is, and nothing of it in the answer."""
    path, _, query = path.partition("?")
    options = dict([query.split("=")]) if query else {}
    answer = desk.ask(method, path, {"name": "Stolen"}, key="other_organisation", **options)
    error = error_of(answer, 403, "FORBIDDEN")
    assert error["details"] == {"required": ["org_main"], "provided": ["org_other"]}
    assert listed(desk) == ["exp_pair"]
    assert desk.get("/personas/persona_skeptic")["name"] == "Friendly Skeptic"


def test_another_organisation_has_lists_of_its_own(api: StudyApi) -> None:
    """Empty at first; what it makes is its own, and nobody else's."""
    assert listed(api, key="other_organisation") == []
    for path in ("/deployments", "/personas", "/experiments/shared"):
        assert api.get(path, key="other_organisation") == []
    body = {"experimentId": "exp_pair", "config": {}}
    error_of(api.ask("POST", "/deployments", body, key="other_organisation"), 403, "FORBIDDEN")
    made = api.answer("POST", "/experiments", {"name": "Theirs"}, key="other_organisation")["data"][0]
    assert (made["organizationId"], made["ownerEmail"]) == ("org_other", "neighbour@example.com")
    assert listed(api, key="other_organisation") == [made["id"]]
    assert listed(api) == ["exp_pair"]
    error_of(api.ask("GET", f"/experiments/{made['id']}"), 403, "FORBIDDEN")


def test_the_organisation_header_must_be_the_keys_own(desk: StudyApi) -> None:
    """Its own changes nothing; another's is 403 on lists, records and writes alike."""
    own = desk.answer("GET", "/experiments", headers={"X-Organization-Id": "org_main"})
    assert own == desk.answer("GET", "/experiments")
    for method, path in (("GET", "/experiments"), ("GET", "/experiments/exp_pair"), ("POST", "/personas")):
        answer = desk.ask(method, path, {"name": "x"}, headers={"X-Organization-Id": "org_other"})
        assert error_of(answer, 403, "FORBIDDEN")["details"] == {"required": ["org_other"], "provided": ["org_main"]}


def test_personas_are_seen_as_far_as_they_are_visible(api: StudyApi) -> None:
    """A private one by its owner, one of the organisation by all of it, a public one by everybody, who may copy it."""
    made = {
        level: api.answer("POST", "/personas", {"name": level, "visibility": level})["data"]["id"]
        for level in ("private", "organization", "public")
    }
    sees = {
        key: [p["name"] for p in api.get("/personas", key=key)][-3:]
        for key in ("full", "read_only", "other_organisation")
    }
    assert sees["full"] == ["private", "organization", "public"]
    assert sees["read_only"][-2:] == ["organization", "public"]
    assert "private" not in sees["read_only"]
    assert sees["other_organisation"] == ["public"]
    error_of(api.ask("GET", f"/personas/{made['private']}", key="read_only"), 403, "FORBIDDEN")
    public = f"/personas/{made['public']}"
    copied = api.answer("POST", f"{public}/duplicate", key="other_organisation")["data"]
    assert (copied["organizationId"], copied["visibility"]) == ("org_other", "private")
    for method in ("PUT", "DELETE"):
        error_of(api.ask(method, public, {"name": "x"}, key="other_organisation"), 403, "FORBIDDEN")


# --- sharing --------------------------------------------------------------------------------------

SHARED = """
extends = "pair"
about = "Three experiments of one organisation: kept to itself, shown to another, and shared for export"

[experiments.exp_shown]
name = "Shown"
starts = 2024-10-21T14:30:00Z
states = ["welcome_state", "closeness_state"]
shared_with = { org_other = "view" }

[experiments.exp_given]
name = "Given"
starts = 2024-10-22T14:30:00Z
states = ["welcome_state", "closeness_state"]
shared_with = { org_other = "export" }
"""
# What another organisation may do with each, as (view, export).
LEVELS = {"exp_pair": (False, False), "exp_shown": (True, False), "exp_given": (True, True)}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> StudyApi:
    path: Path = tmp_path_factory.mktemp("scenarios") / "shared.toml"
    path.write_text(SHARED, encoding="utf-8")
    return StudyApi(str(path))


def test_shared_experiments_are_listed_for_those_they_are_shared_with(shared: StudyApi) -> None:
    """Under `/shared` for the other organisation, in its own list for the one that owns them."""
    envelope = shared.answer("GET", "/experiments/shared", key="other_organisation")
    assert [one["id"] for one in envelope["data"]] == ["exp_shown", "exp_given"]
    assert {one["organizationId"] for one in envelope["data"]} == {"org_main"}
    assert envelope["metadata"]["pagination"]["total"] == 2
    assert listed(shared, key="other_organisation") == []
    assert listed(shared) == ["exp_pair", "exp_shown", "exp_given"]
    assert shared.get("/experiments/shared") == []
    found = shared.get("/experiments/shared", key="other_organisation", search="GIV", limit=1)
    assert [one["id"] for one in found] == ["exp_given"]


@pytest.mark.parametrize("experiment", LEVELS)
def test_check_access_says_what_the_endpoints_do(shared: StudyApi, experiment: str) -> None:
    """It needs no scope; what may be viewed is 200 as JSON, what may be exported also as CSV and NDJSON."""
    view, export = LEVELS[experiment]
    told = shared.answer("GET", f"/data/check-access/experiment/{experiment}", key="other_organisation", expect=200)
    assert told["data"] == {"canView": view, "canExport": export}
    own = shared.get(f"/data/check-access/experiment/{experiment}", key="events_only")
    assert own == {"canView": True, "canExport": True}
    room = shared.get(f"/data/rooms/experiment/{experiment}")[0]["id"]
    person = shared.get(f"/data/participants/room/{room}")[0]["id"]
    places = {
        f"/data/events/experiment/{experiment}": {},
        f"/data/components/room/{room}": {},
        f"/data/events/participant/{person}": {"roomId": room},
    }
    for path, query in places.items():
        for format_, may in (("json", view), ("csv", export), ("ndjson", export)):
            answer = shared.ask("GET", path, key="other_organisation", format=format_, **query)
            assert (path, format_, answer.status_code) == (path, format_, 200 if may else 403)
            assert not may or answer.data == shared.ask("GET", path, format=format_, **query).data
    for path, may in ((f"/experiments/{experiment}", view), (f"/experiments/{experiment}/config", view),
                      (f"/experiments/{experiment}/export", export)):  # fmt: skip
        assert shared.ask("GET", path, key="other_organisation").status_code == (200 if may else 403)


@pytest.mark.parametrize("experiment", LEVELS)
def test_sharing_never_allows_a_change(shared: StudyApi, experiment: str) -> None:
    """Neither an update nor a deletion nor a deployment nor an event."""
    path = f"/experiments/{experiment}"
    for method in ("PUT", "DELETE"):
        error_of(shared.ask(method, path, {"name": "Stolen"}, key="other_organisation"), 403, "FORBIDDEN")
    deployment = {"experimentId": experiment}
    error_of(shared.ask("POST", "/deployments", deployment, key="other_organisation"), 403, "FORBIDDEN")
    room = shared.get(f"/data/rooms/experiment/{experiment}")[0]["id"]
    person = shared.get(f"/data/participants/room/{room}")[0]["id"]
    event = {"eventType": "x", "roomId": room, "participantId": person}
    verdict = shared.answer("POST", "/data/events/batch", {"events": [event]}, key="other_organisation")["data"]
    assert verdict["rejections"] == [{"index": 0, "reason": f"Unknown room: {room}"}]
    assert shared.get(path)[0]["name"] != "Stolen"


def test_access_to_what_is_not_there_is_404(shared: StudyApi) -> None:
    """For everybody alike."""
    for key in ("full", "other_organisation"):
        error_of(shared.ask("GET", "/data/check-access/experiment/exp_none", key=key), 404, "NOT_FOUND")


def test_what_was_changed_is_shared_as_it_is_now(tmp_path: Path) -> None:
    """An update is seen by those it is shared with, and a deletion takes it from them too."""
    path = tmp_path / "shared.toml"
    path.write_text(SHARED, encoding="utf-8")
    api = StudyApi(str(path))
    api.answer("PUT", "/experiments/exp_given", {"name": "Given away"})
    found = api.get("/experiments/shared", key="other_organisation")
    assert [one["name"] for one in found] == ["Shown", "Given away"]
    assert api.get("/experiments/exp_given/export", key="other_organisation")[0]["experiment"]["name"] == "Given away"
    api.answer("DELETE", "/experiments/exp_given", skipDataCheck="true")
    assert [one["id"] for one in api.get("/experiments/shared", key="other_organisation")] == ["exp_shown"]
    for below in ("/experiments/exp_given", "/data/check-access/experiment/exp_given"):
        error_of(api.ask("GET", below, key="other_organisation"), 404, "NOT_FOUND")


# --- bodies ---------------------------------------------------------------------------------------

VALID: dict[tuple[str, str], Record] = {
    ("POST", "/experiments"): definition(
        globalComponents={"continuousrating": {}},
        waitingRoomConfig={"maxWaitTimeMs": 5},
        postExperimentQuestionnaire={"enabled": True, "questions": [{"id": "q", "text": "?"}]},
        instructionsPages=[{"title": "t"}],
    ),
    ("POST", "/experiments/validate"): definition(),
    ("PUT", "/experiments/exp_pair"): {"name": "New", "states": definition()["states"], "variables": {"a": 1}},
    ("POST", "/deployments"): {
        "experimentId": "exp_agents",
        "config": {"name": "D", "type": "agent-only", "agentDeployment": {"rooms": 1, "budgetUsd": 2, "staggerMs": 5}},
    },
    ("POST", "/deployments/{launched}/run-more"): {"rooms": 1, "budgetUsd": 0.5},
    ("POST", "/personas"): {"name": "P", "prompt": {"a": 1}, "provider": "openai", "maxTokens": 5, "guardrails": {}},
    ("PUT", "/personas/persona_skeptic"): {"prompt": {"a": {"b": 1}}, "temperature": 0.3, "visibility": "public"},
    ("POST", "/data/events/batch"): {
        "events": [{"eventType": "a.b", "roomId": "room_pair", "participantId": "user_one", "duration": 5}]
    },
}


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"{'name': 1}", b'{"name": NaN}', b'{"name": Infinity}', b'{"name": "x"} more', b"\xff\xfe", b"[1,",
     b'{"name": "\xed\xa0\x80"}', b'{"name": 1e999}', b'{"a": ' + b"[" * 2000 + b"]" * 2000 + b"}"],
)  # fmt: skip
@pytest.mark.parametrize(("method", "path"), VALID)
def test_a_body_that_is_no_json_is_refused(desk: StudyApi, method: str, path: str, raw: bytes) -> None:
    """400 with what is wrong with it, for whatever takes a body."""
    errors = error_of(desk.ask(method, path, raw=raw), 400, "VALIDATION_ERROR")["details"]["errors"]
    assert len(errors) == 1
    assert errors[0]


@pytest.mark.parametrize("body", [None, 5, "text", True, [], [{}]])
@pytest.mark.parametrize(("method", "path"), VALID)
def test_a_body_that_is_no_object_is_refused(desk: StudyApi, method: str, path: str, body: Any) -> None:
    """400, and the problem is that of the body as a whole."""
    with no_bugs():
        errors = error_of(desk.ask(method, path, body), 400, "VALIDATION_ERROR")["details"]["errors"]
    assert [error["path"] for error in errors] == [""]


@pytest.mark.parametrize(("method", "path"), VALID)
def test_a_body_over_the_limit_is_413(method: str, path: str) -> None:
    """One byte more than the settings allow, and it is not read; what fits is."""
    api = StudyApi("pair", max_body_bytes=3000)
    body = json.dumps({"name": "x" * 20}).encode()
    error_of(api.ask(method, path, raw=body.ljust(3001)), 413, "PAYLOAD_TOO_LARGE")
    assert api.ask(method, path, raw=body.ljust(3000)).status_code != 413
    assert api.get("/personas/persona_skeptic")["name"] != "x"


@pytest.mark.parametrize("levels", [200, *range(246, 254), 300, 1000, 1100])
def test_what_nests_deeply_is_refused_or_can_be_read_again(scratch: StudyApi, levels: int) -> None:
    """250 levels, the outermost object included, come back everywhere; what could not be written again is 400."""
    raw = b'{"name": "Deep", "variables": ' + b'{"a": ' * levels + b"1" + b"}" * levels + b"}"
    experiment = scratch.create_experiment()
    persona = scratch.answer("POST", "/personas", {"name": "P"})["data"]["id"]
    with no_bugs():
        statuses = {scratch.ask("POST", "/experiments/validate", raw=raw).status_code}
        statuses |= {scratch.ask("PUT", f"/experiments/{experiment}", raw=raw).status_code}
        statuses |= {scratch.ask("PUT", f"/personas/{persona}", raw=raw.replace(b"variables", b"prompt")).status_code}
        assert statuses == ({200} if levels <= 249 else {400})
        made = {scratch.ask("POST", path, raw=raw).status_code for path in ("/experiments", "/personas")}
        assert made == ({201} if levels <= 249 else {400})
        for below in ("", "/config", "/export"):
            (found,) = scratch.get(f"/experiments/{experiment}{below}")
            assert found.get("experiment", found)["name"] == ("Deep" if levels <= 249 else "Two agents")
        assert scratch.get(f"/personas/{persona}")["name"] == ("Deep" if levels <= 249 else "P")
        for listing in ("/experiments", "/personas"):
            assert scratch.ask("GET", listing, limit=1000).status_code == 200


# --- any body -------------------------------------------------------------------------------------


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in a body something stands: every key and index, however deep."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] + [place for name, item in inner for place in places(item, (*path, name))]


def changed(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The body with something else at a place."""
    if not path:
        return value
    body = copy.deepcopy(body)
    at = body
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    return body


bodies = {
    route: json_values | st.builds(changed, st.just(body), st.sampled_from(places(body)), json_values)
    for route, body in VALID.items()
}
requests = st.sampled_from(list(VALID)).flatmap(lambda route: st.tuples(st.just(route), bodies[route]))

AGENTS = """
extends = "pair"
about = "A pair of which one is an agent"

[experiments.exp_agents]
name = "With an agent"
starts = 2024-10-21T14:30:00Z
agents = 1
states = ["welcome_state", "closeness_state"]
"""


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> StudyApi:
    """One that takes whatever Hypothesis sends."""
    path: Path = tmp_path_factory.mktemp("scenarios") / "target.toml"
    path.write_text(AGENTS, encoding="utf-8")
    return StudyApi(str(path))


@pytest.fixture(scope="module")
def launched(target: StudyApi) -> str:
    """Its agent-only deployment, which can be extended."""
    return target.deploy(target.create_experiment(), budget_usd=0.1)


@settings(max_examples=150)
@given(request=requests)
def test_no_body_is_a_bug_of_ours(target: StudyApi, launched: str, request: tuple[tuple[str, str], Any]) -> None:
    """Anything at any place of any body is either taken or refused with reasons, and every list still works."""
    (method, path), body = request
    with no_bugs():
        answer = target.ask(method, path.format(launched=launched), body)
        assert answer.status_code in (200, 201, 202, 400, 404, 409), answer.text
        if answer.status_code == 400:
            assert error_of(answer, 400, "VALIDATION_ERROR")["details"]["errors"]
        for listing in ("/experiments", "/deployments", "/personas"):
            assert target.ask("GET", listing, limit=1).status_code == 200


COMPONENT = {
    "type": "likertscale",
    "id": "c",
    "config": {
        "prompt": "?", "text": "!", "url": "https://x", "options": ["a", "b"], "scalePoints": 5,
        "durationMs": 1000, "duration": 5, "outputVariable": "v",
    },
}  # fmt: skip
TYPES = ["likertscale", "ranking", "multiplechoice", "showvideo", "showimage", "waiting", "textchat", "vasrating"]
PLAYED = {"id": "s", "name": "S", "focusComponent": COMPONENT, "transitionRules": {"type": "timed", "durationMs": 900}}


@settings(max_examples=40)
@given(
    kind=st.sampled_from(TYPES),
    changes=st.lists(st.tuples(st.sampled_from(places(PLAYED)[1:]), json_values), max_size=2),
    slider=st.booleans(),
)
def test_whatever_is_accepted_can_be_deployed_and_read(
    target: StudyApi, kind: str, changes: list[tuple[tuple[Any, ...], Any]], slider: bool
) -> None:
    """Whatever else a configuration holds, agents play it to its end, and all of it can be read."""
    state: Any = changed(PLAYED, ("focusComponent", "type"), kind)
    for path, value in changes:
        try:
            state = changed(state, path, value)
        except (KeyError, TypeError, IndexError):
            continue
    body = definition(states=[state], globalComponents={"continuousrating": {}} if slider else {})
    with no_bugs():
        answer = target.ask("POST", "/experiments", body)
        if answer.status_code == 400:
            return
        experiment = answer.get_json()["data"][0]["id"]
        deployment = target.deploy(experiment)
        target.advance(2 * 7_200_000)
        (session,) = target.sessions(deployment)
        assert (session["status"], session["participantCount"]) == ("completed", 2)
        for data_type in DATA_TYPES:
            records = target.get(f"/data/{data_type}/experiment/{experiment}", limit=3)
            assert (len(records) > 0) >= (data_type in ("events", "components", "participants", "rooms"))
        target.get(f"/data/variables/room/{session['id']}")
        target.get(f"/data/agent-decisions/room/{session['id']}", detail="true")
        target.answer("DELETE", f"/experiments/{experiment}", skipDataCheck="true")


# --- many at once ---------------------------------------------------------------------------------


def test_what_many_threads_create_has_ids_of_its_own_and_is_listed(api: StudyApi) -> None:
    """Experiments, personas and deployments at once: none is lost, none overwrites another."""
    experiment = api.create_experiment()
    made: list[tuple[str, str]] = []
    start = threading.Barrier(6)

    def work(number: int) -> None:
        client = api.app.test_client(use_cookies=False)
        start.wait(timeout=30)
        for turn in range(6):
            for path, body in (
                ("/experiments", {"name": f"{number}.{turn}"}),
                ("/personas", {"name": f"{number}.{turn}"}),
                ("/deployments", {"experimentId": experiment, "config": {"name": f"{number}.{turn}"}}),
            ):
                answer = client.post(f"/api/v3{path}", json=body, headers={"X-API-Key": api.keys["full"]})
                assert answer.status_code == 201
                data = answer.get_json()["data"]
                made.append((path, (data[0] if isinstance(data, list) else data)["id"]))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    with no_bugs():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    assert len(set(made)) == 6 * 6 * 3
    for path in ("/experiments", "/personas", "/deployments"):
        found = {one["id"]: one["name"] for one in api.get(path, limit=1000)}
        mine = [id_ for where, id_ in made if where == path]
        assert sorted(found[id_] for id_ in mine) == sorted(f"{n}.{t}" for n in range(6) for t in range(6))


def test_nobody_waits_while_it_is_reckoned_what_rooms_will_cost(api: StudyApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred stories take a while; until they are told, others are answered as before."""
    seen: list[int] = []

    def cost(call: Call, experiment: Kept, launch: Launch) -> float:
        answered = threading.Thread(target=lambda: seen.append(len(api.get("/experiments"))), daemon=True)
        answered.start()
        answered.join(timeout=20)
        return 1.0

    experiment = api.create_experiment()
    monkeypatch.setattr(launching, "_room_cost", cost)
    deployment = api.deploy(experiment, rooms=3, budget_usd=2.0)
    assert seen == [2, 2]
    assert [session["status"] for session in api.sessions(deployment)] == ["pending", "pending", "spawn_failed"]


def test_what_is_launched_meanwhile_is_counted(api: StudyApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rooms that were reckoned as the next ones are not, if others were launched before they are written."""
    experiment = api.create_experiment()
    others: list[str] = []
    room_cost = launching._room_cost

    def cost(call: Call, kept: Kept, launch: Launch) -> float:
        if not others:
            others.append("")
            others[0] = api.deploy(experiment)
        return room_cost(call, kept, launch)

    monkeypatch.setattr(launching, "_room_cost", cost)
    deployment = api.deploy(experiment, rooms=2)
    rooms = [session["id"] for one in (others[0], deployment) for session in api.sessions(one)]
    assert len(set(rooms)) == 3
    monkeypatch.undo()
    apart = StudyApi("pair")
    again = apart.create_experiment()
    # As if the other deployment had been made first; only the deployments' own ids tell.
    apart.deploy(again)
    apart.deploy(again, rooms=2)
    told = [
        session["id"] for one in apart.get("/deployments", experimentId=again) for session in apart.sessions(one["id"])
    ]
    assert rooms == told


def test_a_budget_that_grew_meanwhile_counts(api: StudyApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes second may spend what whoever came first has left."""
    more = {"rooms": 1, "budgetUsd": 1.0}
    others: list[Record] = []

    def cost(call: Call, kept: Kept, launch: Launch) -> float:
        if launch.index == 1 and not others:
            others.append({})
            others[0] = api.answer("POST", f"/deployments/{deployment}/run-more", more)
        return 1.0

    monkeypatch.setattr(launching, "_room_cost", cost)
    deployment = api.deploy(api.create_experiment(), budget_usd=1.0)
    api.answer("POST", f"/deployments/{deployment}/run-more", more)
    assert len(others) == 1
    assert [session["status"] for session in api.sessions(deployment)] == ["pending"] * 3


def test_rooms_that_many_threads_launch_are_all_there(api: StudyApi) -> None:
    """Of one deployment and of one experiment at once: ids of their own, and a budget that is the sum of all."""
    experiment = api.create_experiment()
    deployment = api.deploy(experiment, budget_usd=50)
    start = threading.Barrier(5)

    def work() -> None:
        client = api.app.test_client(use_cookies=False)
        start.wait(timeout=30)
        for _ in range(3):
            answer = client.post(
                f"/api/v3/deployments/{deployment}/run-more",
                json={"rooms": 2, "budgetUsd": 5},
                headers={"X-API-Key": api.keys["full"]},
            )
            assert answer.status_code == 202

    threads = [threading.Thread(target=work) for _ in range(5)]
    with no_bugs():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
    sessions = api.sessions(deployment)
    assert len({session["id"] for session in sessions}) == len(sessions) == 1 + 5 * 3 * 2
    assert {session["status"] for session in sessions} == {"pending"}
    assert len({session["batchId"] for session in sessions}) == 1 + 5 * 3
    assert api.get(f"/deployments/{deployment}")["budgetUsd"] == 50 + 5 * 3 * 5


def test_the_same_calls_give_the_same_ids() -> None:
    """In two applications, so that a test's expectations hold from run to run."""

    def play() -> list[Any]:
        api = StudyApi("pair")
        experiment = api.create_experiment()
        deployment = api.deploy(experiment, rooms=2)
        persona = api.answer("POST", "/personas", {"name": "P"})["data"]["id"]
        api.advance(30_000)
        chat = api.get(f"/data/chat/experiment/{experiment}")
        return [experiment, deployment, persona, api.sessions(deployment), chat]

    first = play()
    assert first == play()
    assert len(first[-1]) > 2
