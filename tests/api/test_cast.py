"""Who plays what in launched rooms: roles, personas, states and variables as the definition has them."""

from typing import Any

import pytest
from study_support import StudyApi, agent_role

Record = dict[str, Any]


@pytest.fixture
def api() -> StudyApi:
    return StudyApi("pair")


def played(api: StudyApi, **changes: Any) -> str:
    """Launch one room of an experiment like `study_support.definition`, and let it come to its end; its id."""
    deployment = api.deploy(api.create_experiment(**changes))
    api.advance(600_000)
    room: str = api.sessions(deployment)[0]["id"]
    return room


def new_persona(api: StudyApi, **fields: Any) -> str:
    body = {"name": "P", "visibility": "organization", **fields}
    id_: str = api.answer("POST", "/personas", body, expect=201)["data"]["id"]
    return id_


def test_every_agent_shows_the_persona_of_its_own_role(api: StudyApi) -> None:
    """In runs and in decisions, with its provider and model; roles as the definition calls them."""
    one = new_persona(api, provider="openai", model="gpt-x")
    two = new_persona(api, provider="gemini", model="gem-y")
    room = played(api, roles={"leader": agent_role(one), "follower": agent_role(two)})
    role_of = {p["participantId"]: p["role"] for p in api.get(f"/data/participants/room/{room}")}
    assert list(role_of.values()) == ["leader", "follower"]
    rows = api.get(f"/data/agent-decisions/room/{room}")
    shown = {(role_of[r["participantId"]], r["personaId"], r["provider"], r["model"]) for r in rows}
    assert shown == {("leader", one, "openai", "gpt-x"), ("follower", two, "gemini", "gem-y")}
    assert {e["participantRole"] for e in api.get(f"/data/events/room/{room}")} == {"leader", "follower"}


def test_a_run_keeps_the_persona_as_it_was(api: StudyApi) -> None:
    """Changed or deleted later, it is still what the agents ran with."""
    persona = new_persona(api, model="before")
    room = played(api, roles={"a": agent_role(persona), "b": agent_role(persona)})
    before = api.get(f"/data/agent-decisions/room/{room}")
    api.answer("PUT", f"/personas/{persona}", {"model": "after"}, expect=200)
    assert api.get(f"/data/agent-decisions/room/{room}") == before
    api.answer("DELETE", f"/personas/{persona}", expect=200)
    assert api.get(f"/data/agent-decisions/room/{room}") == before
    assert {row["model"] for row in before} == {"before"}


def test_seats_of_people_stay_empty_where_agents_play_alone(api: StudyApi) -> None:
    """Only roles with the mode `agent` take part, as often as they say."""
    roles = {"judge": {"mode": "human", "participantCount": 2}, "player": {**agent_role(), "participantCount": 3}}
    room = played(api, roles=roles, requiredParticipants=5)
    people = api.get(f"/data/participants/room/{room}")
    assert [p["role"] for p in people] == ["player"] * 3
    assert {row["participantId"] for row in api.get(f"/data/agent-decisions/room/{room}")} == {p["id"] for p in people}


def test_another_organisations_persona_cannot_be_bound(api: StudyApi) -> None:
    """Unless it is public: what may not be read may not be used either."""
    other = "other_organisation"
    made = {
        visibility: api.ask("POST", "/personas", {"name": "P", "visibility": visibility}, key=other).get_json()["data"]
        for visibility in ("private", "organization", "public")
    }
    agents = {"type": "agent-only", "agentDeployment": {"rooms": 1, "budgetUsd": 1}}
    for visibility, persona in made.items():
        experiment = api.create_experiment(roles={"a": agent_role(persona["id"]), "b": agent_role()})
        answer = api.ask("POST", "/deployments", {"experimentId": experiment, "config": agents})
        assert answer.status_code == (201 if visibility == "public" else 400)
        if answer.status_code == 400:
            (error,) = answer.get_json()["error"]["details"]["errors"]
            assert error == {"role": "a", "reason": f"bound to the persona {persona['id']!r}, which is not there"}


def test_states_are_played_in_their_order(api: StudyApi) -> None:
    """By `order`, not by their place in the list."""
    ask = {"type": "multiplechoice", "config": {"options": ["Yes", "No"]}}
    states = [{"id": f"s{order}", "order": order, "focusComponent": ask} for order in (2, 0, 1)]
    room = played(api, states=states)
    entered = [e["stateId"] for e in api.get(f"/data/events/room/{room}") if e["eventType"] == "state.enter"]
    assert list(dict.fromkeys(entered)) == ["s0", "s1", "s2"]


def test_declared_variables_are_constants_of_the_room(api: StudyApi) -> None:
    """The condition takes one of the declared values, room by room; so does every list of values."""
    variables = {"condition": ["x", "y"], "theme": "war", "reward": [5, 10], "odd": {"not": "a value"}}
    deployment = api.deploy(api.create_experiment(variables=variables), rooms=2)
    api.advance(600_000)
    seen = []
    for session in api.sessions(deployment):
        writes = api.get(f"/data/variables/room/{session['id']}")
        seen.append({w["variable"]: w["value"] for w in writes if w["source"] == "seed"})
        shown = api.get(f"/data/components/room/{session['id']}")[0]["variableSnapshot"]["condition"]
        assert shown == seen[-1]["condition"]
    assert seen == [
        {"condition": "x", "theme": "war", "reward": 5},
        {"condition": "y", "theme": "war", "reward": 10},
    ]


@pytest.mark.parametrize("path", ["run-more", "rooms/{failed}/retry"])
def test_what_can_no_longer_be_played_is_not_launched(api: StudyApi, path: str) -> None:
    """Neither more rooms nor a failed one again, once the experiment has no agents; and nothing changes."""
    experiment = api.create_experiment()
    deployment = api.deploy(experiment, rooms=2, budget_usd=0.01)
    failed = api.sessions(deployment)[1]["id"]
    api.answer("PUT", f"/experiments/{experiment}", {"roles": {}}, expect=200)
    body = {"rooms": 1, "budgetUsd": 1} if path == "run-more" else None
    answer = api.ask("POST", f"/deployments/{deployment}/{path.format(failed=failed)}", body)
    assert answer.status_code == 409
    assert "cannot be launched" in answer.get_json()["error"]["message"]
    assert len(api.sessions(deployment)) == 2


@pytest.mark.parametrize("kind", ["audiorecording", "gazeoverlay", "continuousrating", "vasrating", "waiting"])
def test_a_timed_state_lasts_as_long_as_it_says(api: StudyApi, kind: str) -> None:
    """Whatever fills it, also where an answer comes long before."""
    timed = {"type": "timed", "durationMs": 22_000}
    room = played(api, states=[{"id": "s", "focusComponent": {"type": kind}, "transitionRules": timed}])
    exits = [e for e in api.get(f"/data/events/room/{room}") if e["eventType"] == "state.exit"]
    assert len(exits) == 2
    assert all(22_000 <= e["duration"] <= 23_500 for e in exits)


def test_rating_components_of_every_kind_leave_ratings(api: StudyApi) -> None:
    """Those that are answered with a number leave one each, a slider leaves samples."""
    kinds = ("vasrating", "likertscale", "sparserating", "continuousrating")
    room = played(api, states=[{"id": kind, "focusComponent": {"type": kind}} for kind in kinds])
    sparse = api.get(f"/data/ratings/sparse/room/{room}")
    assert sorted(r["metadata"]["componentType"] for r in sparse) == sorted(
        ["VasRating", "LikertScale", "SparseRating"] * 2
    )
    samples = api.get(f"/data/ratings/continuous/room/{room}")
    assert {r["componentId"] for r in samples} == {"continuousrating"}
    assert len(samples) > 10
