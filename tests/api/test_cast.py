"""Who plays what in launched rooms: roles, personas, states and variables as the definition has them."""

import csv
import io
import json
from typing import Any

import pytest
from study_support import StudyApi, agent_role

from mockserver.check.reader import Reader
from mockserver.check.run import Run
from mockserver.check.transport import InProcessTransport
from mockserver.hyperstudy.definition_schema import definition_problems
from mockserver.sandbox.study.definitions import agent_roles, definition_of, participants_of
from mockserver.simulation.scenario.specs import ExperimentSpec

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
        ["vasrating", "likertscale", "sparserating"] * 2
    )
    samples = api.get(f"/data/ratings/continuous/room/{room}")
    assert {r["componentId"] for r in samples} == {"continuousrating"}
    assert len(samples) > 10


# --- what a definition says is played -------------------------------------------------------------


@pytest.mark.parametrize(("autoplay", "controls"), [(False, True), (True, False), (None, None)])
def test_a_video_is_shown_as_it_is_configured(api: StudyApi, autoplay: bool | None, controls: bool | None) -> None:
    """Starting by itself and without controls, where nothing is said."""
    told = {name: value for name, value in (("autoplay", autoplay), ("controls", controls)) if value is not None}
    config = {"url": "https://example.com/a.mp4", "durationMs": 3000, **told}
    room = played(api, states=[{"id": "film", "focusComponent": {"type": "showvideo", "config": config}}])
    (shown, _) = api.get(f"/data/components/room/{room}", componentType="ShowVideo")
    usual = {"autoplay": True, "controls": False}
    assert {name: shown["config"][name] for name in usual} == {**usual, **told}


SLIDERS: list[tuple[Record, tuple[str, str, int, int, int]]] = [
    ({}, ("continuousrating", "engagement", 250, 0, 100)),
    (
        {"componentId": "valence", "dimension": "valence", "intervalMs": 100, "scaleMin": -50, "scaleMax": 50},
        ("valence", "valence", 100, -50, 50),
    ),
    ({"intervalMs": 20, "min": 1, "max": 9}, ("continuousrating", "engagement", 100, 1, 9)),
    ({"intervalMs": 60_000, "scaleMin": 0.4, "scaleMax": 0.45}, ("continuousrating", "engagement", 500, 0, 1)),
]


@pytest.mark.parametrize(("config", "wanted"), SLIDERS)
@pytest.mark.parametrize("place", ["beside", "filling"])
def test_a_slider_is_sampled_as_it_is_configured(
    api: StudyApi, place: str, config: Record, wanted: tuple[str, str, int, int, int]
) -> None:
    """Beside a video or filling a state: its id, dimension, interval and scale, within what can be played."""
    component_id, dimension, interval_ms, low, high = wanted
    if place == "beside":
        focus: Record = {"type": "showvideo", "id": "own", "config": {"durationMs": 20_000}}
        more: Record = {"globalComponents": {"continuousrating": config}}
    else:
        focus, more = {"type": "continuousrating", "id": "own", "config": {**config, "durationMs": 20_000}}, {}
        component_id = "own"
    room = played(api, states=[{"id": "s", "focusComponent": focus}], **more)
    samples = api.get(f"/data/ratings/continuous/room/{room}", limit=10_000)
    assert {(r["componentId"], r["scaleMin"], r["scaleMax"]) for r in samples} == {(component_id, low, high)}
    assert all(low <= r["rawValue"] <= high for r in samples)
    one = [r["onset"] for r in samples if r["participantId"] == samples[0]["participantId"]]
    assert (one[-1] - one[0]) / (len(one) - 1) == pytest.approx(interval_ms, rel=0.02)
    for shown in api.get(f"/data/components/room/{room}", componentType="ContinuousRating"):
        told = shown["config"]
        assert (told["intervalMs"], told["scaleMin"], told["scaleMax"]) == (interval_ms, low, high)
        assert shown["componentId"] == component_id
        assert dimension in (told["prompt"] or dimension)


def test_an_exported_experiment_is_played_as_it_was() -> None:
    """Created again for agents, the sliders, scales, videos and texts of its states are the same."""
    api = StudyApi("demo")
    found = api.get("/experiments/exp_research_001/export")[0]["experiment"]
    agents = {name: {**role, "mode": "agent", "personaId": "persona_skeptic"} for name, role in found["roles"].items()}
    again = api.create_experiment(**{**found, "roles": agents, "runtime": "v2"})
    (session,) = api.sessions(api.deploy(again))
    api.advance(3_600_000)
    original, copied = "room_abc123", session["id"]

    def sliders(room: str) -> set[tuple[Any, ...]]:
        samples = api.get(f"/data/ratings/continuous/room/{room}", limit=10_000)
        return {(r["componentId"], r["scaleMin"], r["scaleMax"]) for r in samples}

    def shown(room: str) -> set[tuple[Any, ...]]:
        records = api.get(f"/data/components/room/{room}", limit=10_000)
        # Questions that pause the film are no part of a definition.
        return {(c["componentId"], c["stateId"], str(c["config"])) for c in records if c["componentId"] != ASKED}

    assert sliders(copied) == sliders(original) == {("emotion_rating", 0, 100)}
    assert shown(copied) == shown(original)
    config = api.get(f"/experiments/{again}/config")[0]["globalComponents"]
    assert config == found["globalComponents"] != {}


ASKED = "mood_assessment"


def test_answers_are_on_the_scale_that_is_configured(api: StudyApi) -> None:
    """By its ends, or by its number of points."""
    scales: list[tuple[str, Record, tuple[int, int]]] = [
        ("vasrating", {"scaleMin": 10, "scaleMax": 20}, (10, 20)),
        ("sparserating", {"min": -3, "max": 3}, (-3, 3)),
        ("likertscale", {"scalePoints": 4.0}, (1, 4)),
        ("likertscale", {"scaleMin": 0, "scaleMax": 6}, (0, 6)),
    ]
    states = [{"id": f"s{n}", "focusComponent": {"type": t, "config": c}} for n, (t, c, _) in enumerate(scales)]
    room = played(api, states=states)
    ratings = {r["stateId"]: r for r in api.get(f"/data/ratings/sparse/room/{room}")}
    for number, (_, _, (low, high)) in enumerate(scales):
        rating = ratings[f"s{number}"]
        assert (rating["scaleMin"], rating["scaleMax"]) == (low, high)
        assert low <= rating["value"] <= high


def test_options_may_be_objects_with_labels(api: StudyApi) -> None:
    """What is shown and answered is what they say."""
    options = [{"label": "Yes", "value": 1}, {"value": "no"}, 3]
    focus = {"type": "multiplechoice", "config": {"options": options}}
    room = played(api, states=[{"id": "s", "focusComponent": focus}])
    for shown in api.get(f"/data/components/room/{room}"):
        assert shown["config"]["options"] == ["Yes", "no", "3"]
        assert shown["response"]["value"] in ("Yes", "no", "3")


# --- declared variables ---------------------------------------------------------------------------

OWN = ("participant_name", "condition")


def test_declared_variables_are_in_the_snapshot_of_every_component(api: StudyApi) -> None:
    """Beside the name and the condition; other rooms have no such columns."""
    room = played(api, variables={"my_var": 6, "theme": "war", "condition": ["x"], "participant_name": "Nobody"})
    shown = api.get(f"/data/components/room/{room}")
    assert {tuple(c["variableSnapshot"]) for c in shown} == {(*OWN, "my_var", "theme")}
    assert {(c["variableSnapshot"]["my_var"], c["variableSnapshot"]["theme"]) for c in shown} == {(6, "war")}
    assert "Nobody" not in {c["variableSnapshot"]["participant_name"] for c in shown}
    who = shown[0]["participantId"]
    assert api.get(f"/data/components/participant/{who}", roomId=room) == [
        c for c in shown if c["participantId"] == who
    ]
    (other, *_) = api.get("/data/components/room/room_pair")
    assert tuple(other["variableSnapshot"]) == OWN


def test_components_of_one_answer_have_the_same_variables_in_every_format(api: StudyApi) -> None:
    """Where rooms of an experiment declare different ones: null in the others, and one type a column."""
    variables = {"reward": [5, 2.5], "mixed": ["a", 1], "flag": True}
    experiment = api.create_experiment(variables=variables)
    rooms = [s["id"] for s in api.sessions(api.deploy(experiment, rooms=2))]
    api.answer("PUT", f"/experiments/{experiment}", {"variables": {"late": "x", "flag": False}})
    rooms += [s["id"] for s in api.sessions(api.deploy(experiment))]
    api.advance(600_000)
    path = f"/data/components/experiment/{experiment}"
    shown = api.get(path)
    names = (*OWN, "reward", "mixed", "flag", "late")
    assert {tuple(c["variableSnapshot"]) for c in shown} == {names}
    told = {c["roomId"]: tuple(c["variableSnapshot"][name] for name in names[2:]) for c in shown}
    assert told == {
        rooms[0]: (5.0, "a", True, None), rooms[1]: (2.5, "1", True, None), rooms[2]: (None, None, False, "x")
    }  # fmt: skip
    # One type at every level, whichever rooms are asked for.
    for room in rooms[:2]:
        alone = api.get(f"/data/components/room/{room}")
        who = alone[0]["participantId"]
        for one in (*alone, *api.get(f"/data/components/participant/{who}", roomId=room)):
            assert type(one["variableSnapshot"]["reward"]) is float
            assert type(one["variableSnapshot"]["mixed"]) is str
    lines = api.ask("GET", path, format="ndjson").text.splitlines()
    assert [json.loads(line) for line in lines] == shown
    rows = list(csv.DictReader(io.StringIO(api.ask("GET", path, format="csv").text, newline="")))
    assert [row["variableSnapshot.late"] for row in rows] == [c["variableSnapshot"]["late"] or "" for c in shown]
    assert [row["variableSnapshot.mixed"] for row in rows] == [c["variableSnapshot"]["mixed"] or "" for c in shown]
    reader = Reader(InProcessTransport(api.app), [api.keys["full"]])
    assert {result.broken for result in Run(reader, [experiment]).results()} == {None}


def typed(value: Any) -> tuple[type, Any]:
    """Equal where type and value are: to Python, 1 is 1.0 and True."""
    return type(value), value


# What two launches declare, and what their rooms are shown: one type.
@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        ([0.5, 1], [2], [0.5, 1.0, 2.0]),
        ([1, 2], [0.5], [1.0, 2.0, 0.5]),
        (["a", 3], [True], ["a", "3", "true"]),
        ([True, False], [True], [True, False, True]),
        ([True, 1], [False], ["true", "1", "false"]),
        ([3, 4], [5], [3, 4, 5]),
        ([None, 1], [0.5], [1.0, 0.5]),
    ],
)
def test_a_variable_has_one_type_wherever_it_is_told(
    api: StudyApi, first: list[Any], second: list[Any], shown: list[Any]
) -> None:
    """At every level, on every page, in every format; among the writes to variables, and in their timeline."""
    experiment = api.create_experiment(variables={"mine": first})
    rooms = [one["id"] for one in api.sessions(api.deploy(experiment, rooms=2))]
    api.answer("PUT", f"/experiments/{experiment}", {"variables": {"mine": second}})
    rooms += [one["id"] for one in api.sessions(api.deploy(experiment))]
    api.advance(600_000)
    told: list[Any] = []
    for room in rooms:
        alone = api.get(f"/data/components/room/{room}")
        if "mine" not in alone[0]["variableSnapshot"]:
            continue
        (value,) = {typed(one["variableSnapshot"]["mine"]) for one in alone}
        told.append(value)
        who = alone[0]["participantId"]
        people = api.get(f"/data/components/participant/{who}", roomId=room)
        lines = map(json.loads, api.ask("GET", f"/data/components/room/{room}", format="ndjson").text.splitlines())
        assert {typed(one["variableSnapshot"]["mine"]) for one in (*people, *lines)} == {value}
        answer = api.answer("GET", f"/data/variables/room/{room}")
        assert [typed(one["value"]) for one in answer["data"] if one["variable"] == "mine"] == [value]
        assert {typed(row["mine"]) for row in answer["metadata"]["timeline"]} == {value}
    assert sorted(told, key=str) == sorted(map(typed, shown), key=str)
    pages = api.pages(f"/data/components/experiment/{experiment}", 3)
    values = {typed(one["variableSnapshot"]["mine"]) for one in pages} - {typed(None)}
    assert values == set(map(typed, shown))


@pytest.mark.parametrize(
    ("declared", "type_"),
    [(0.5, float), (1, int), ("none", str), (True, str)],
    ids=["decimal", "whole", "text", "flag"],
)
def test_an_answer_has_the_type_of_the_variable_that_it_is_written_into(
    api: StudyApi, declared: Any, type_: type
) -> None:
    """A declared variable that a component answers into; the snapshots say the same type."""
    room = played(api, variables={"liking": declared})
    answer = api.answer("GET", f"/data/variables/room/{room}")
    values = [one["value"] for one in answer["data"] if one["variable"] == "liking"]
    assert len(values) == 3
    assert {type(value) for value in values} == {type_}
    assert {type(row["liking"]) for row in answer["metadata"]["timeline"]} == {type_}
    assert {type(c["variableSnapshot"]["liking"]) for c in api.get(f"/data/components/room/{room}")} == {type_}


# --- what the scenario's experiments are ----------------------------------------------------------


def test_a_definition_has_a_role_for_every_seat() -> None:
    """Also beyond the letters: thirty people of whom two are agents are thirty roles, the last two agents'."""
    spec = ExperimentSpec(name="Crowd", starts_ms=0, states=("welcome_state",), participants=30, agents=2)
    found = definition_of(spec, StudyApi("pair").sandbox.world.scenario)
    assert len(found["roles"]) == found["requiredParticipants"] == participants_of(found) == 30
    assert list(found["roles"])[25:28] == ["participant_z", "participant_aa", "participant_ab"]
    assert found["roles"]["participant_ab"]["name"] == "Participant AB"
    persona = "persona_undergrad"
    assert agent_roles(found) == {"participant_ac": persona, "participant_ad": persona}
    assert definition_problems(found) == []
