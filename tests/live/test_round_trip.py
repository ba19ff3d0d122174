"""A study from beginning to end with the official client: built, validated, kept, deployed, read, stopped, deleted.

Whatever is written is read back at every endpoint that it concerns, over a real socket and on a frozen clock.
"""

import contextlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from emulator import sandbox_of, serving_app
from hyperstudy import (
    AgentConfig,
    ComponentType,
    DisconnectTimeout,
    Experiment,
    FocusComponent,
    GlobalComponentType,
    HyperStudy,
    InstructionsPage,
    PostExperimentQuestionnaire,
    PromptLayer,
    Role,
    State,
    TransitionRules,
    WaitingRoomConfig,
    likert_scale,
    multiple_choice,
    ranking,
    show_image,
    show_text,
    show_video,
    text_input,
    vas_rating,
    waiting,
)
from hyperstudy.exceptions import HyperStudyError, NotFoundError
from study_support import ms, without

from mockserver import Settings, create_app
from mockserver.hyperstudy.catalogue import CATALOGUE
from mockserver.hyperstudy.routes import operations
from mockserver.sandbox.sandbox import Sandbox
from mockserver.simulation.scenario.specs import COMPONENTS

Record = dict[str, Any]

KEY = "hst_live_your_key_here"
DATA_TYPES = [row.name for row in CATALOGUE if "room" in row.levels]
RECORDED = [name for name in DATA_TYPES if name != "participants"]


@dataclass(frozen=True)
class Lab:
    """A running emulator with a client, and what the client cannot do: look inside, and let time pass."""

    url: str
    client: HyperStudy
    sandbox: Sandbox
    session: requests.Session

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.session.request(method, f"{self.url}/api/v3{path}", timeout=30, **options)

    def data(self, path: str, **query: Any) -> list[Record]:
        """All records of a list, in one page."""
        answer = self.ask("GET", path, params={"limit": 10_000, **query})
        assert answer.status_code == 200, answer.text
        records: list[Record] = answer.json()["data"]
        return records

    def advance(self, by_ms: int) -> None:
        self.session.post(f"{self.url}/_mock/clock", json={"advanceMs": by_ms}, timeout=30).raise_for_status()

    def advance_to(self, now_ms: int) -> None:
        self.advance(now_ms - self.sandbox.clock.now_ms())

    def deploy(self, experiment: str, rooms: int, budget_usd: float, **agents: Any) -> str:
        """An agent-only deployment called Pilot; its id."""
        agents = {"rooms": rooms, "budgetUsd": budget_usd, **agents}
        config = {"name": "Pilot", "type": "agent-only", "agentDeployment": agents}
        made: str = self.client.create_deployment(experiment, config=config)["id"]
        return made

    def statuses(self, deployment: str) -> dict[str, str]:
        """Each session's status."""
        found = self.client.get_deployment_sessions(deployment, output="dict")
        return {session["id"]: session["status"] for session in found}


@contextlib.contextmanager
def opened(scenario: str = "empty") -> Iterator[Lab]:
    """A lab of one's own."""
    app = create_app(Settings(scenario=scenario))
    with serving_app(app) as server, requests.Session() as session:
        session.headers["X-API-Key"] = KEY
        client = HyperStudy(api_key=KEY, base_url=f"{server.url}/api/v3")
        try:
            yield Lab(server.url, client, sandbox_of(app), session)
        finally:
            client._transport._session.close()


@pytest.fixture
def lab() -> Iterator[Lab]:
    with opened() as made:
        yield made


# --- building -------------------------------------------------------------------------------------


def components() -> list[FocusComponent]:
    """One of every type: by its builder where the client has one."""
    built = [
        show_text("Welcome."),
        show_image("https://example.com/face.png"),
        show_video("https://example.com/film.mp4", autoplay=True),
        vas_rating("How close do you feel?", output_variable="closeness"),
        text_input("What did you see?", output_variable="remark"),
        multiple_choice("Again?", ["yes", "no"], output_variable="again"),
        waiting(3000),
        likert_scale("How clear was it?", output_variable="clarity", scale_points=5),
        ranking("Order these.", ["red", "green", "blue"], output_variable="colours"),
    ]
    made = {component.type for component in built}
    return built + [FocusComponent(type=kind, config={}) for kind in ComponentType if kind.value not in made]


TIMED = {"showvideo": 12_000, "textchat": 15_000, "videochat": 12_000, "waiting": 3000}


def everything(name: str = "Everything there is") -> Experiment:
    """An experiment with each of what the client's builders know, for two agents."""
    states = [
        State(
            id=f"state_{component.type}",
            name=f"The {component.type} screen",
            order=number,
            focus_component=component,
            transition_rules=TransitionRules(type="timed", duration_ms=TIMED[component.type])
            if component.type in TIMED
            else TransitionRules(type="manual"),
            global_components_visibility={"continuousrating": component.type == "showvideo"},
        )
        for number, component in enumerate(components())
    ]
    return Experiment(
        name=name,
        description="A study of builders",
        required_participants=2,
        runtime="v2",
        agent_config=AgentConfig(role_overrides={"speaker": PromptLayer(objective="Agree.")}, seed=4),
        randomize_states=False,
        states=states,
        roles={
            "speaker": Role(name="Speaker", participant_count=1, mode="agent", persona_id="persona_skeptic"),
            "listener": Role(name="Listener", participant_count=1, mode="agent", persona_id="persona_undergrad"),
        },
        global_components={kind: {"note": kind.value} for kind in GlobalComponentType},
        variables={"some_condition": ["a", "b"]},
        waiting_room_config=WaitingRoomConfig(max_wait_time_ms=60_000, countdown_time_ms=3000),
        disconnect_timeout=DisconnectTimeout(enabled=True, duration_ms=9000, auto_reconnect_delay=100),
        completion_screen_duration_ms=2000,
        consent_form_enabled=True,
        consent_form_title="Consent",
        consent_form_content="Do you agree?",
        instructions_enabled=True,
        instructions_title="Instructions",
        instructions_content="Read this.",
        instructions_pages=[InstructionsPage(title="One", content="First"), InstructionsPage(title="Two")],
        post_experiment_questionnaire=PostExperimentQuestionnaire(
            enabled=True, questions=[{"id": "q1", "text": "Any remarks?"}]
        ),
        labNotes={"kept_as_it_is": [1, 2.5, None]},
    )


def sent(experiment: Experiment) -> Record:
    """What the client sends of it."""
    wire: Record = json.loads(json.dumps(experiment.model_dump(by_alias=True, exclude_none=True)))
    return wire


def talk(**changes: Any) -> Experiment:
    """A short experiment in which two agents talk and answer."""
    agent = Role(mode="agent", persona_id="persona_skeptic", participant_count=1)
    states = [
        State(id="talk", focus_component=FocusComponent(type="textchat", config={"durationMs": 20_000})),
        State(id="ask", focus_component=vas_rating("How was it?", output_variable="liking")),
    ]
    given = {"name": "Two agents", "runtime": "v2", "required_participants": 2, "states": states}
    return Experiment(**{**given, "roles": {"a": agent, "b": agent}, **changes})


def test_the_experiment_of_these_tests_uses_all_that_can_be_built() -> None:
    """All focus and global components and every field of the client's model, so that none goes untested."""
    experiment = everything()
    assert Counter(s.focus_component.type for s in experiment.states) == {kind.value: 1 for kind in ComponentType}
    assert len(experiment.states) == 19
    assert set(experiment.global_components) == {kind.value for kind in GlobalComponentType}
    assert set(Experiment.model_fields) <= experiment.model_fields_set


def test_a_built_experiment_is_valid(lab: Lab) -> None:
    """Whatever the client can build is accepted, and validating it keeps nothing."""
    before = lab.client.list_experiments(output="dict")
    assert lab.client.validate_experiment(everything()) == {"valid": True, "errors": []}
    assert lab.client.validate_experiment(Experiment(name="Only a name")) == {"valid": True, "errors": []}
    assert lab.client.list_experiments(output="dict") == before


def shows(kind: str, **config: Any) -> Record:
    """A definition of one state with one component."""
    return {"name": "x", "states": [{"id": "a", "focusComponent": {"type": kind, "config": config}}]}


CONFIG = "states/0/focusComponent/config"
PROBLEMS: dict[str, Any] = {
    "name": {"description": "has no name"},
    "description": {"name": "x", "description": 5},
    "requiredParticipants": {"name": "x", "requiredParticipants": 0},
    "states": {"name": "x", "states": "none"},
    "states/0/id": {"name": "x", "states": [{"name": "no id"}]},
    "states/1/id": {"name": "x", "states": [{"id": "a"}, {"id": ""}]},
    "states/1/order": {"name": "x", "states": [{"id": "a"}, {"id": "b", "order": -1}]},
    "states/0/focusComponent/type": {"name": "x", "states": [{"id": "a", "focusComponent": {"config": {}}}]},
    "states/1/focusComponent/type": {
        "name": "x",
        "states": [{"id": "a"}, {"id": "b", "focusComponent": {"type": "hologram"}}],
    },
    "states/0/focusComponent/config": {
        "name": "x",
        "states": [{"id": "a", "focusComponent": {"type": "code", "config": []}}],
    },
    "states/0/transitionRules/durationMs": {
        "name": "x",
        "states": [{"id": "a", "transitionRules": {"durationMs": -5}}],
    },
    "states/0/globalComponentsVisibility/textchat": {
        "name": "x",
        "states": [{"id": "a", "globalComponentsVisibility": {"textchat": "yes"}}],
    },
    "roles/first/participantCount": {"name": "x", "roles": {"first": {"participantCount": -1}}},
    "roles/first/mode": {"name": "x", "roles": {"first": {"mode": "robot"}}},
    "globalComponents/showvideo": {"name": "x", "globalComponents": {"showvideo": {}}},
    "waitingRoomConfig/maxWaitTimeMs": {"name": "x", "waitingRoomConfig": {"maxWaitTimeMs": "long"}},
    "disconnectTimeout/enabled": {"name": "x", "disconnectTimeout": {"enabled": 1}},
    "instructionsPages/0/title": {"name": "x", "instructionsPages": [{"title": 7}]},
    "postExperimentQuestionnaire/questions/0": {"name": "x", "postExperimentQuestionnaire": {"questions": ["Why?"]}},
    "agentConfig/roleOverrides/a/examples/1": {
        "name": "x", "agentConfig": {"roleOverrides": {"a": {"examples": ["b", 2]}}}
    },
    f"{CONFIG}/text": shows("showtext", text=5),
    f"{CONFIG}/url": shows("showimage", url={}),
    f"{CONFIG}/autoplay": shows("showvideo", url="https://example.com/a.mp4", autoplay="yes"),
    f"{CONFIG}/controls": shows("showvideo", controls=1),
    f"{CONFIG}/prompt": shows("vasrating", prompt=["?"]),
    f"{CONFIG}/outputVariable": shows("textinput", outputVariable=7),
    f"{CONFIG}/durationMs": shows("waiting", durationMs=-1),
    f"{CONFIG}/duration": shows("textchat", duration="long"),
    f"{CONFIG}/scalePoints": shows("likertscale", scalePoints=1),
    f"{CONFIG}/options": shows("multiplechoice", options=[]),
    f"{CONFIG}/scaleMax": shows("sparserating", scaleMin=5, scaleMax=5),
    f"{CONFIG}/max": shows("continuousrating", min=0.5, max=0),
    f"{CONFIG}/intervalMs": shows("continuousrating", intervalMs=False),
    "globalComponents/continuousrating/intervalMs": {
        "name": "x", "globalComponents": {"continuousrating": {"intervalMs": -250}}
    },
    "globalComponents/continuousrating/componentId": {
        "name": "x", "globalComponents": {"continuousrating": {"componentId": ""}}
    },
    "globalComponents/continuousrating/scaleMax": {
        "name": "x", "globalComponents": {"continuousrating": {"scaleMin": 1, "scaleMax": 0}}
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def desk() -> Iterator[Lab]:
    """A lab for questions that change nothing."""
    with opened() as made:
        yield made


@pytest.mark.parametrize("path", PROBLEMS)
def test_a_problem_is_told_with_its_path(desk: Lab, path: str) -> None:
    """One wrong thing, one problem, where it is; creating the same is refused with the same list."""
    told = desk.client.validate_experiment(PROBLEMS[path])
    assert told["valid"] is False
    assert [error["path"] for error in told["errors"]] == [path]
    assert told["errors"][0]["message"]
    refused = desk.ask("POST", "/experiments", json=PROBLEMS[path])
    assert refused.status_code == 400
    assert refused.json()["error"]["details"]["errors"] == told["errors"]


@pytest.mark.parametrize("kind", ["multiplechoice", "ranking"])
@pytest.mark.parametrize(
    ("focus", "path"),
    [
        ({}, "config"),
        ({"config": {}}, "config/options"),
        ({"config": {"options": None}}, "config/options"),
        ({"config": {"options": "a, b"}}, "config/options"),
        ({"config": {"options": []}}, "config/options"),
    ],
)
def test_what_is_chosen_from_needs_options(desk: Lab, kind: str, focus: Record, path: str) -> None:
    """One problem, where the options are or should be; other components need none."""
    state = {"id": "a", "focusComponent": {"type": kind, **focus}}
    told = desk.client.validate_experiment({"name": "x", "states": [state]})
    assert [error["path"] for error in told["errors"]] == [f"states/0/focusComponent/{path}"]
    other = {"id": "a", "focusComponent": {"type": "textinput", **focus, "config": {}}}
    assert desk.client.validate_experiment({"name": "x", "states": [other]})["valid"]


@pytest.mark.parametrize("points", [1, 0, -3, 2.5, 1001, "5", True])
def test_a_scale_has_two_points_or_more(desk: Lab, points: Any) -> None:
    """A whole number of them, up to a thousand."""
    told = desk.client.validate_experiment(shows("likertscale", scalePoints=points))
    assert [error["path"] for error in told["errors"]] == [f"{CONFIG}/scalePoints"]
    for good in (2, 7.0, 1000):
        assert desk.client.validate_experiment(shows("likertscale", scalePoints=good))["valid"]


def test_a_configuration_may_hold_what_nobody_knows(desk: Lab) -> None:
    """Of every type; and what one type needs is another's own affair."""
    for kind in (*ComponentType,):
        config = {"options": ["a"], "note": [1, None], "scalePoints": 5, "autoplay": True}
        assert desk.client.validate_experiment(shows(kind.value, **config)) == {"valid": True, "errors": []}
    assert desk.client.validate_experiment(shows("showtext", scalePoints="many", autoplay="yes"))["valid"]


def test_none_in_a_builder_is_as_good_as_leaving_out(desk: Lab) -> None:
    """The client sends null then."""
    film = show_video("https://example.com/a.mp4", autoplay=None, controls=None, duration_ms=None, prompt=None)
    scale = likert_scale("?", output_variable="v", min=None, scale_max=None)
    states = [State(id=f"s{n}", focus_component=focus) for n, focus in enumerate((film, scale))]
    slider = {"componentId": None, "dimension": None, "intervalMs": None, "scaleMin": None}
    experiment = Experiment(name="x", states=states, global_components={"continuousrating": slider})
    assert desk.client.validate_experiment(experiment) == {"valid": True, "errors": []}


def test_all_problems_of_all_components_are_told(desk: Lab) -> None:
    """Each with its path, in the order of the states."""
    wrong = [
        {"type": "showvideo", "config": {"url": 1, "autoplay": 2, "controls": 3, "durationMs": -4}},
        {"type": "ranking", "config": {"prompt": 5, "options": []}},
        {"type": "continuousrating", "config": {"scaleMin": "low", "intervalMs": -1, "dimension": 6}},
    ]
    good = [{"type": "waiting"}] * 8
    states = [{"id": f"s{n}", "focusComponent": focus} for n, focus in enumerate([*good, *wrong])]
    told = desk.client.validate_experiment({"name": "x", "states": states})
    assert [error["path"].replace("focusComponent/config/", "") for error in told["errors"]] == [
        "states/8/autoplay", "states/8/controls", "states/8/durationMs", "states/8/url",
        "states/9/options", "states/9/prompt",
        "states/10/dimension", "states/10/intervalMs", "states/10/scaleMin",
    ]  # fmt: skip


def test_all_problems_are_told_at_once(desk: Lab) -> None:
    """Those of every part, one after the other by their paths; none hides another."""
    wrong = {
        "name": 5,
        "runtime": 2,
        "states": [{"id": "a"}, {}, {"id": "a", "focusComponent": {"type": "nothing"}}],
        "roles": {"x": {"mode": "ghost"}},
    }
    told = desk.client.validate_experiment(wrong)
    assert [error["path"] for error in told["errors"]] == [
        "name",
        "roles/x/mode",
        "runtime",
        "states/1/id",
        "states/2/focusComponent/type",
        "states/2/id",
    ]
    assert told["errors"][-1]["message"] == "the id 'a' is used more than once"


# --- keeping --------------------------------------------------------------------------------------


def test_what_is_created_is_read_back_everywhere(lab: Lab) -> None:
    """Config and export are what was sent, the record has it and the server's own fields, the list names it."""
    experiment = everything()
    made = lab.client.create_experiment(experiment=experiment)
    assert lab.client.get_experiment_config(made["id"]) == {"id": made["id"], **sent(experiment)}
    record = lab.client.get_experiment(made["id"]).to_dict()
    assert record == made.to_dict()
    assert without(record, *(record.keys() - sent(experiment).keys())) == sent(experiment)
    assert (record["roomCount"], record["participantCount"]) == (0, 0)
    exported = lab.client.export_experiment(made["id"])
    assert exported["experiment"] == {"id": made["id"], **sent(experiment)}
    again = lab.ask("POST", "/experiments", json=exported["experiment"]).json()["data"][0]
    assert again["id"] != made["id"]
    assert lab.client.get_experiment_config(again["id"]) == {"id": again["id"], **sent(experiment)}
    lab.client.delete_experiment(again["id"])
    assert exported["mediaAssets"] == [
        {"url": "https://example.com/face.png", "type": "image"},
        {"url": "https://example.com/film.mp4", "type": "video"},
    ]
    (listed,) = lab.client.list_experiments(search="everything THERE", output="dict")
    assert listed == {name: record[name] for name in listed}


def test_search_and_paging_of_the_list_agree(lab: Lab) -> None:
    """By name or description, whatever the case; pages of any size make the same list, newest last."""
    for number in range(7):
        lab.advance(1000)
        kind = "Pilot" if number % 2 else "Main"
        lab.client.create_experiment(name=f"{kind} {number}", description="Ärger" if number == 3 else "")
    everyone = lab.client.list_experiments(output="dict")
    assert [e["name"] for e in everyone[1:]] == [
        "Main 0", "Pilot 1", "Main 2", "Pilot 3", "Main 4", "Pilot 5", "Main 6"
    ]  # fmt: skip
    assert lab.client.list_experiments(search="pilot", output="dict") == everyone[2::2]
    assert lab.client.list_experiments(search="ÄRGER", output="dict") == [everyone[4]]
    assert lab.client.list_experiments(search="nothing of the kind", output="dict") == []
    for limit in (1, 3, 8, 50):
        paged: list[Record] = []
        while page := lab.client.list_experiments(limit=limit, offset=len(paged), output="dict"):
            assert len(page) <= limit
            paged += page
        assert paged == everyone
    found = lab.client.list_experiments(search="main", limit=2, offset=1, output="dict")
    assert found == everyone[1::2][1:3]


def test_an_update_changes_what_it_names_and_keeps_the_rest(lab: Lab) -> None:
    """Fields that nobody knows stay too, and can be changed; server's own fields cannot."""
    experiment = everything()
    made = lab.client.create_experiment(experiment=experiment)
    lab.advance(60_000)
    changes = {"name": "Renamed", "variables": {"x": 1}, "futureField": {"deep": [True]}}
    assert lab.client.update_experiment(made["id"], **changes) == {"id": made["id"], "updated": True}
    assert lab.client.get_experiment_config(made["id"]) == {"id": made["id"], **sent(experiment), **changes}
    lab.client.update_experiment(made["id"], labNotes="other", roomCount=99, id="exp_mine", ownerEmail="me@example.com")
    record = lab.client.get_experiment(made["id"])
    assert record["labNotes"] == "other"
    assert (record["id"], record["roomCount"], record["ownerEmail"]) == (made["id"], 0, "researcher@example.com")
    assert ms(record["updatedAt"]) - ms(record["createdAt"]) == 60_000


def test_an_update_that_would_break_the_experiment_changes_nothing(lab: Lab) -> None:
    """It is refused as a whole, with the problem's path."""
    made = lab.client.create_experiment(experiment=talk())
    with pytest.raises(HyperStudyError) as caught:
        lab.client.update_experiment(made["id"], name="New", states=[{"id": "a"}, {"id": "a"}])
    assert caught.value.status_code == 400
    assert [error["path"] for error in caught.value.details["errors"]] == ["states/1/id"]
    assert lab.client.get_experiment(made["id"]).to_dict() == made.to_dict()


# --- running --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moment:
    """What the client saw at one time after the deployment."""

    after_ms: int
    sessions: dict[str, str]
    rooms: dict[str, str]
    spend: Record


@dataclass(frozen=True)
class Run:
    """An experiment with everything in it, deployed and played to its end."""

    lab: Lab
    experiment: str
    deployment: str
    moments: list[Moment]

    @property
    def rooms(self) -> list[str]:
        return list(self.moments[0].sessions)

    def events(self, room: str, who: str, event_type: str) -> list[Record]:
        found = self.lab.data(f"/data/events/participant/{who}", roomId=room)
        return [event for event in found if event["eventType"] == event_type]

    def people(self, room: str) -> list[Record]:
        return self.lab.data(f"/data/participants/room/{room}", sort="role")


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Two rooms of agents that play everything there is, looked at every few seconds until long after the end."""
    with opened() as lab:
        experiment = lab.client.create_experiment(experiment=everything())["id"]
        deployment = lab.deploy(experiment, 2, 50.0)
        moments: list[Moment] = []
        now_ms = 0
        for after_ms in [0, 1990, 2000, 3990, 4000, *range(10_000, 150_000, 7_000), 10_000_000]:
            lab.advance(after_ms - now_ms)
            now_ms = after_ms
            rooms = {room["id"]: room["status"] for room in lab.client.get_rooms(experiment, output="dict")}
            moments.append(Moment(now_ms, lab.statuses(deployment), rooms, lab.client.get_agent_spend(deployment)))
        yield Run(lab, experiment, deployment, moments)


def test_launched_rooms_are_pending_then_active_then_completed(run: Run) -> None:
    """Two seconds after its launch each begins; it is listed once its agents have come, and ends for good."""
    first, second = run.rooms
    assert run.moments[0].sessions == {first: "pending", second: "pending"}
    assert run.moments[0].rooms == {}
    starts = {2000: first, 4000: second}
    for before, now in zip(run.moments, run.moments[1:], strict=False):
        if now.after_ms in starts:
            room = starts[now.after_ms]
            assert (before.sessions[room], now.sessions[room]) == ("waiting", "active")
        assert now.rooms.items() <= now.sessions.items()
    seen = {room: [m.sessions[room] for m in run.moments] for room in run.rooms}
    for statuses in seen.values():
        assert list(dict.fromkeys(statuses)) == ["pending", "waiting", "active", "completed"]
    assert run.lab.client.get_deployment(run.deployment)["status"] == "completed"


def test_a_room_has_the_name_of_its_deployment(run: Run) -> None:
    """As the client chose it."""
    rooms = run.lab.client.get_rooms(run.experiment, output="dict")
    assert {(r["deploymentId"], r["deploymentName"]) for r in rooms} == {(run.deployment, "Pilot")}


def test_agents_go_through_the_states_of_the_definition(run: Run) -> None:
    """Every one of the nineteen components, in its order, under the names and ids that were written."""
    wanted = [
        (state["id"], state["name"], state["focusComponent"]["type"], state["focusComponent"]["id"])
        for state in run.lab.client.get_experiment_config(run.experiment)["states"]
    ]
    for room in run.rooms:
        for person in run.people(room):
            entered = run.events(room, person["id"], "state.enter")
            assert [(e["stateId"], e["stateName"], e["componentType"].lower(), e["componentId"]) for e in entered] == (
                wanted
            )
            assert {e["componentType"] for e in entered} == set(COMPONENTS)
            assert len(run.events(room, person["id"], "state.exit")) == len(wanted)


def test_timed_states_last_as_long_as_they_were_told(run: Run) -> None:
    """The transition's duration, give or take a second in which pages load; nothing else takes that long."""
    for room in run.rooms:
        lasted = {e["stateId"].removeprefix("state_"): e["duration"] for e in exits(run, room)}
        for kind, duration_ms in TIMED.items():
            assert duration_ms <= lasted[kind] <= duration_ms + 1500
        assert all(took_ms < 30_000 for took_ms in lasted.values())


def exits(run: Run, room: str) -> list[Record]:
    return run.events(room, run.people(room)[0]["id"], "state.exit")


def test_every_type_of_data_is_there_and_counted(run: Run) -> None:
    """What a room can have it has; each participant's counts are the lengths of their lists."""
    for room in run.rooms:
        totals: Counter[str] = Counter()
        for person in run.people(room):
            counts = run.lab.client.get_counts(person["id"], room)["counts"]
            for data_type, count in counts.items():
                assert len(run.lab.data(f"/data/{data_type}/participant/{person['id']}", roomId=room)) == count
            totals.update(counts)
        assert {name: len(run.lab.data(f"/data/{name}/room/{room}")) for name in RECORDED} == dict(totals)
        assert {name for name, total in totals.items() if not total} == {"eyetracking"}


def test_components_hold_what_was_configured_and_answered(run: Run) -> None:
    """Prompts, options, scales and durations as they were written; answers are of what was offered."""
    for room in run.rooms:
        shown = {c["componentType"]: c for c in run.lab.data(f"/data/components/room/{room}")}
        assert set(shown) == set(COMPONENTS)
        assert shown["VasRating"]["config"]["prompt"] == "How close do you feel?"
        assert shown["ShowText"]["config"]["prompt"] == "Welcome."
        assert shown["ShowVideo"]["config"]["videoUrl"] == "https://example.com/film.mp4"
        assert shown["MultipleChoice"]["config"]["options"] == ["yes", "no"]
        assert shown["MultipleChoice"]["response"]["value"] in ("yes", "no")
        assert sorted(shown["Ranking"]["response"]["value"].split(" > ")) == ["blue", "green", "red"]
        likert = shown["LikertScale"]
        assert (likert["config"]["scaleMin"], likert["config"]["scaleMax"]) == (1, 5)
        assert 1 <= int(likert["response"]["value"]) <= 5
        assert shown["TextChat"]["config"]["durationMs"] == 15_000
        assert all(c["completed"] for c in shown.values())


def test_sliders_are_sampled_where_the_definition_shows_them(run: Run) -> None:
    """In the state in which the global component is visible, and in the one that a slider fills."""
    for room in run.rooms:
        samples = run.lab.data(f"/data/ratings/continuous/room/{room}")
        (own,) = {r["componentId"] for r in samples} - {"continuousrating"}
        sliders = {"continuousrating": "showvideo", own: "continuousrating"}
        for component, state in sliders.items():
            (shown,) = {
                (e["onset"] - e["duration"], e["onset"]) for e in exits(run, room) if e["stateId"] == f"state_{state}"
            }
            onsets = [r["onset"] for r in samples if r["componentId"] == component]
            assert len(onsets) > 20
            assert shown[0] <= min(onsets) <= max(onsets) <= shown[1] + 500


def test_answers_are_written_into_the_variables_that_were_named(run: Run) -> None:
    """Each builder's `output_variable`, by both agents, with what the component record holds."""
    named = {"closeness", "remark", "again", "clarity", "colours"}
    for room in run.rooms:
        found = run.lab.client.get_variables(room, output="dict")
        assert named <= set(found["variable_names"])
        answers = {
            (c["participantId"], c["stateId"], c["response"]["value"])
            for c in run.lab.data(f"/data/components/room/{room}")
            if c["response"]
        }
        written = [w for w in found["writes"] if w["variable"] in named]
        assert Counter(w["variable"] for w in written) == dict.fromkeys(named, 2)
        assert {(w["participantId"], w["stateId"], str(w["value"])) for w in written} <= answers
        assert {w["source"] for w in written} == {"agent"}


def test_decisions_are_what_the_agents_wrote_and_answered(run: Run) -> None:
    """One for each message and each answer, at its instant; the run's sums are theirs."""
    runs = run.lab.client.get_agent_runs(run.experiment, output="dict")
    for room in run.rooms:
        rows = run.lab.client.get_agent_decisions(room, scope="room", output="dict")
        decided = [row for row in rows if row["_type"] == "decision"]
        messages = {(m["senderId"], m["timestamp"], m["content"]) for m in run.lab.data(f"/data/chat/room/{room}")}
        assert (
            {(d["participantId"], d["timestamp"], d["value"]) for d in decided if d["action"] == "send_message"}
            == messages
            != set()
        )
        answers = Counter(c["participantId"] for c in run.lab.data(f"/data/components/room/{room}") if c["response"])
        assert Counter(d["participantId"] for d in decided if d["action"] == "respond") == answers
        own = [one for one in runs if one["roomId"] == room]
        assert {one["participantId"] for one in own} == {person["id"] for person in run.people(room)}
        for one in own:
            mine = [d for d in decided if d["participantId"] == one["participantId"]]
            assert one["totalCostUsd"] == pytest.approx(sum(d["costUsd"] for d in mine))
            assert one["turns"] == len(mine) == mine[-1]["seq"]


def test_participants_are_the_roles_agents(run: Run) -> None:
    """As many as are required, all finished, at the deployment that launched them."""
    for room in run.rooms:
        people = run.people(room)
        assert [p["status"] for p in people] == ["completed", "completed"]
        assert {p["completionCode"] for p in people} == {"SUCCESS"}
        assert {p["deploymentId"] for p in people} == {run.deployment}
    record = run.lab.client.get_experiment(run.experiment)
    assert (record["roomCount"], record["participantCount"]) == (2, 4)
    assert run.lab.client.get_deployment(run.deployment)["roomCount"] == 2


def test_spend_grows_while_rooms_run_and_then_stays(run: Run) -> None:
    """From nothing, never back, up to what the decisions cost together, within the budget."""
    totals = [moment.spend["total"] for moment in run.moments]
    assert totals[0] == 0
    assert totals == sorted(totals)
    assert len(set(totals)) > 8
    over = [m.spend for m in run.moments if set(m.sessions.values()) == {"completed"}]
    assert len(over) >= 2
    assert all(spend == over[0] for spend in over)
    assert over[0]["total"] == pytest.approx(sum(over[0]["perRoom"].values()))
    runs = run.lab.client.get_agent_runs(run.experiment, output="dict")
    assert over[0]["total"] == pytest.approx(sum(one["totalCostUsd"] for one in runs))
    assert 0 < over[0]["total"] <= over[0]["budgetUsd"] == 50.0
    assert set(over[0]["perRoom"]) == set(run.rooms)


def test_what_is_changed_later_does_not_change_what_was_collected(lab: Lab) -> None:
    """A launched room keeps the definition that it was launched with, even when it is stopped afterwards."""
    experiment = lab.client.create_experiment(experiment=talk())["id"]
    deployment = lab.deploy(experiment, 2, 50.0, staggerMs=0)
    room, other = lab.statuses(deployment)
    lab.advance(15_000)
    before = seen(lab, room)
    lab.client.update_experiment(experiment, states=[{"id": "new"}], required_participants=5)
    lab.client.stop_room(deployment, room)
    assert {(p["id"]) for p in seen(lab, room)["participants"]} == {p["id"] for p in before["participants"]}
    assert [m for m in seen(lab, room)["chat"] if m in before["chat"]] == before["chat"] != []
    lab.client.run_more(deployment, rooms=1, budget_usd=50.0)
    lab.advance(600_000)
    (newest,) = lab.statuses(deployment).keys() - {room, other}
    assert {e["stateId"] for e in seen(lab, other)["events"]} == {"talk", "ask"}
    assert {e["stateId"] for e in seen(lab, newest)["events"]} == {"new"}
    assert [r["participantCount"] for r in lab.client.get_rooms(experiment, output="dict")] == [2, 2, 5]


# --- budgets --------------------------------------------------------------------------------------


def test_rooms_that_the_budget_does_not_cover_are_not_spawned(lab: Lab) -> None:
    """They start until what they will cost reaches the budget; the others never have data and never change."""
    experiment = lab.client.create_experiment(experiment=talk())["id"]
    deployment = lab.deploy(experiment, 8, 0.9)
    launched = lab.statuses(deployment)
    failed = [room for room, status in launched.items() if status == "spawn_failed"]
    spawned = [room for room, status in launched.items() if status == "pending"]
    assert list(launched) == spawned + failed
    assert 2 <= len(spawned) < 8
    lab.advance(600_000)
    assert lab.statuses(deployment) == {**dict.fromkeys(spawned, "completed"), **dict.fromkeys(failed, "spawn_failed")}
    assert {room["id"] for room in lab.client.get_rooms(experiment, output="dict")} == set(spawned)
    spend = lab.client.get_agent_spend(deployment)
    assert list(spend["perRoom"]) == spawned
    assert 0.9 <= spend["total"] < 0.9 + max(spend["perRoom"].values())
    for room in failed:
        assert lab.ask("GET", f"/data/events/room/{room}").status_code == 404
    assert lab.client.get_deployment(deployment)["status"] == "completed"


def test_a_failed_room_can_be_retried_once_and_starts_when_there_is_money(lab: Lab) -> None:
    """Out of the same budget; with more of it, the room that comes in its place has data."""
    experiment = lab.client.create_experiment(experiment=talk())["id"]
    deployment = lab.deploy(experiment, 3, 0.01)
    started, first, second = lab.statuses(deployment)
    lab.client.retry_room(deployment, first)
    assert list(lab.statuses(deployment).values()) == ["pending", "spawn_failed", "spawn_failed", "spawn_failed"]
    before = set(lab.statuses(deployment))
    lab.client.run_more(deployment, rooms=1, budget_usd=5.0)
    lab.client.retry_room(deployment, second)
    new = [room for room in lab.statuses(deployment) if room not in before]
    lab.advance(600_000)
    assert {lab.statuses(deployment)[room] for room in new} == {"completed"}
    assert len(new) == 2
    for room in (started, *new):
        assert len(lab.data(f"/data/chat/room/{room}")) > 0
    for retried in (first, second):
        with pytest.raises(HyperStudyError, match="none that failed to spawn") as caught:
            lab.client.retry_room(deployment, retried)
        assert caught.value.status_code == 409
    assert lab.client.get_deployment(deployment)["budgetUsd"] == pytest.approx(5.01)


def test_stopping_a_room_leaves_money_for_another(lab: Lab) -> None:
    """What a stopped room did not spend is there for the next."""
    experiment = lab.client.create_experiment(experiment=talk())["id"]
    deployment = lab.deploy(experiment, 2, 0.05)
    running, _ = lab.statuses(deployment)
    lab.advance(2001)
    lab.client.stop_room(deployment, running)
    spent = lab.client.get_agent_spend(deployment)["total"]
    assert spent < 0.05
    _, failed = lab.statuses(deployment)
    lab.client.retry_room(deployment, failed)
    assert list(lab.statuses(deployment).values()).count("pending") == 1


# --- stopping -------------------------------------------------------------------------------------

# The room is stopped at the instant of such an event, and so many ms after it.
STOPS = [
    *(
        (event_type, late_ms)
        for event_type in (
            "state.enter", "state.exit", "component.start", "component.update", "component.complete",
            "media.play", "media.ended", "communication.message", "sync.metrics",
        )
        for late_ms in (0, 700)
    ),
    # The state was entered, and its component is not there yet.
    ("state.enter", 4),
]  # fmt: skip


def seen(lab: Lab, room: str) -> dict[str, Any]:
    """All that the room shows: every list, its variables, its agents' decisions and what they cost."""
    found: dict[str, Any] = {name: lab.data(f"/data/{name}/room/{room}") for name in DATA_TYPES}
    # Links are minted anew for every answer.
    found["recordings"] = [without(r, "downloadUrl", "url") for r in found["recordings"]]
    found["variables"] = lab.data(f"/data/variables/room/{room}")
    rows = lab.data(f"/data/agent-decisions/room/{room}", limit=5000)
    found["decisions"] = [row for row in rows if row["_type"] == "decision"]
    return found


@dataclass
class Stop:
    """A room that was stopped, as it was then and later."""

    at_ms: int
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    late: dict[str, Any] = field(default_factory=dict)
    spend: list[float] = field(default_factory=list)


@pytest.fixture(scope="module")
def stops() -> Iterator[dict[tuple[str, int], Stop]]:
    """A deployment of as many rooms as there are moments, each stopped at its own."""
    with opened() as lab:
        focus = [
            FocusComponent(type="showvideo", config={"durationMs": 15_000}),
            FocusComponent(type="textchat", config={"durationMs": 15_000}),
            vas_rating("How was it?", output_variable="liking"),
            FocusComponent(type="videochat", config={"durationMs": 15_000}),
            likert_scale("And now?", output_variable="now"),
        ]
        states = [State(id=f"s{number}", focus_component=one) for number, one in enumerate(focus)]
        experiment = talk(states=states, global_components={"continuousrating": {}})
        experiment_id = lab.client.create_experiment(experiment=experiment)["id"]
        deployment = lab.deploy(experiment_id, len(STOPS), 10_000.0, staggerMs=0)
        rooms = lab.statuses(deployment)
        planned = dict(zip(STOPS, rooms, strict=True))
        made = {moment: Stop(_moment_ms(lab, room, *moment)) for moment, room in planned.items()}
        for moment, stop in sorted(made.items(), key=lambda item: item[1].at_ms):
            room = planned[moment]
            lab.advance_to(stop.at_ms)
            stop.before = seen(lab, room)
            stop.spend.append(lab.client.get_agent_spend(deployment)["perRoom"][room])
            lab.client.stop_room(deployment, room)
            stop.after = seen(lab, room)
        lab.advance(10_000_000)
        spend = lab.client.get_agent_spend(deployment)["perRoom"]
        for moment, stop in made.items():
            stop.late = seen(lab, planned[moment])
            stop.spend.append(spend[planned[moment]])
        yield made


def _moment_ms(lab: Lab, room: str, event_type: str, late_ms: int) -> int:
    """When such an event will happen: in every room another one of its kind."""
    events: Any = lab.sandbox.world.entries("events", room)
    times = [entry.at_ms for entry in events if entry.record.event_type == event_type]
    return times[sum(map(ord, room)) % len(times)] + late_ms


IDS = {
    "events": "id", "recordings": "recordingId", "chat": "messageId", "videochat": "id", "sync": "metricId",
    "ratings/continuous": "ratingId", "decisions": "id",
}  # fmt: skip


@pytest.mark.parametrize("moment", STOPS, ids=lambda part: str(part))
def test_what_was_there_before_a_stop_stays_as_it_was(
    stops: dict[tuple[str, int], Stop], moment: tuple[str, int]
) -> None:
    """Every record of every type, to the last field; ids stay unique."""
    stop = stops[moment]
    for name in (*RECORDED, "variables", "decisions"):
        missing = [record for record in stop.before[name] if record not in stop.after[name]]
        assert (name, missing) == (name, [])
    for name, id_ in IDS.items():
        ids = [record[id_] for record in stop.after[name]]
        assert len(set(ids)) == len(ids)
    assert [p["id"] for p in stop.after["participants"]] == [p["id"] for p in stop.before["participants"]]


@pytest.mark.parametrize("moment", STOPS, ids=lambda part: str(part))
def test_nothing_happens_in_a_room_after_its_stop(stops: dict[tuple[str, int], Stop], moment: tuple[str, int]) -> None:
    """However late one looks: nothing is dated after it, or was completed after it."""
    stop = stops[moment]
    for name, records in stop.late.items():
        for record in records:
            instants = (record.get("timestamp"), record.get("startTime"), record.get("endTime"))
            assert all(ms(instant) <= stop.at_ms for instant in instants if instant), name
            if record.get("completed"):
                assert ms(record["timestamp"]) + (record["responseTime"] or 0) <= stop.at_ms
        # Components and recordings wait until those of other rooms that sort before them are final too.
        early = [record for record in records if record in stop.after[name]]
        assert (name, early) == (name, stop.after[name])
        assert name in ("components", "recordings", "variables") or records == early


@pytest.mark.parametrize("moment", STOPS, ids=lambda part: str(part))
def test_what_a_stop_adds_happens_at_the_stop(stops: dict[tuple[str, int], Stop], moment: tuple[str, int]) -> None:
    """It ends what was going on at its own instant; a client that polls events has missed none."""
    stop = stops[moment]
    for name in ("events", "chat", "videochat", "ratings/continuous", "sync", "decisions"):
        new = [record for record in stop.after[name] if record not in stop.before[name]]
        assert {ms(record["timestamp"]) for record in new} <= {stop.at_ms}, name
    exited = Counter(e["participantId"] for e in stop.after["events"] if e["eventType"] == "state.exit")
    entered = Counter(e["participantId"] for e in stop.after["events"] if e["eventType"] == "state.enter")
    assert exited == entered


@pytest.mark.parametrize("moment", STOPS, ids=lambda part: str(part))
def test_agents_cost_nothing_after_a_stop(stops: dict[tuple[str, int], Stop], moment: tuple[str, int]) -> None:
    """Neither then nor later; participants leave for a technical reason."""
    before, late = stops[moment].spend
    assert late == before
    assert {(p["status"], p["completionCode"]) for p in stops[moment].late["participants"]} == {("left", "TECHNICAL")}


def test_only_a_running_room_can_be_stopped(lab: Lab) -> None:
    """Neither one that is pending or waiting, nor one that is over or was never spawned; nothing changes by it."""
    experiment = lab.client.create_experiment(experiment=talk())["id"]
    deployment = lab.deploy(experiment, 2, 0.01)
    room, failed = lab.statuses(deployment)
    for after_ms, status in ((0, "pending"), (1900, "waiting"), (598_100, "completed")):
        lab.advance(after_ms)
        assert lab.statuses(deployment) == {room: status, failed: "spawn_failed"}
        for which in (room, failed):
            with pytest.raises(HyperStudyError, match="not running") as caught:
                lab.client.stop_room(deployment, which)
            assert (caught.value.status_code, caught.value.code) == (409, "CONFLICT")
    assert {p["completionCode"] for p in lab.data(f"/data/participants/room/{room}")} == {"SUCCESS"}


# --- deleting, and other sandboxes ----------------------------------------------------------------


# What leads to an experiment in a path.
NAMED = ("experiment_id", "scope_id", "room_id", "participant_id", "deployment_id")


def test_a_deleted_experiment_is_gone_from_every_endpoint(lab: Lab) -> None:
    """Every address that names it, its rooms, people or deployment is 404; no list has a trace of it."""
    experiment = lab.client.create_experiment(experiment=talk())["id"]
    deployment = lab.deploy(experiment, 2, 50.0)
    lab.advance(600_000)
    room = list(lab.statuses(deployment))[0]
    person = lab.data(f"/data/participants/room/{room}")[0]["id"]
    lab.client.delete_experiment(experiment, skip_data_check=True)
    asked = 0
    for operation in operations():
        if operation.method != "GET" or operation.public or not set(NAMED) & set(re.findall("<(.+?)>", operation.path)):
            continue
        scope = next((s for s in ("room", "participant") if f"/{s}/<scope_id>" in operation.path), "experiment")
        known = {
            "scope_id": {"experiment": experiment, "room": room, "participant": person}[scope],
            "experiment_id": experiment,
            "room_id": room,
            "deployment_id": deployment,
            "participant_id": person,
            "decision_id": f"{person}_1",
            "recording_id": "rec",
        }
        path = re.sub("<(.+?)>", lambda name, known=known: known[name[1]], operation.path)
        answer = lab.ask("GET", path, params={"roomId": room} if "participant" in path else {})
        assert (path, answer.status_code) == (path, 404)
        asked += 1
    assert asked > 40
    assert lab.client.list_deployments(output="dict") == []
    assert [e["id"] for e in lab.client.list_experiments(output="dict")] == ["exp_research_001"]
    for path in (f"/deployments/{deployment}/run-more", f"/deployments/{deployment}/rooms/{room}/stop"):
        assert lab.ask("POST", path, json={"rooms": 1, "budgetUsd": 1}).status_code == 404
    event = {"eventType": "x.y", "roomId": room, "participantId": person}
    verdict = lab.ask("POST", "/data/events/batch", json={"events": [event]}).json()["data"]
    assert verdict["rejections"] == [{"index": 0, "reason": f"Unknown room: {room}"}]
    new = lab.client.create_experiment(experiment=talk())["id"]
    assert new != experiment
    assert lab.data(f"/data/events/experiment/{new}") == []


def test_an_experiment_of_the_scenario_can_be_deleted_too() -> None:
    """Its rooms' data, deployments and recordings' links go with it; what is not there is no example to try."""
    with opened("pair") as lab:
        recording = lab.data("/data/recordings/room/room_pair")[0]
        lab.client.delete_experiment("exp_pair", skip_data_check=True)
        assert lab.client.list_experiments(output="dict") == lab.client.list_deployments(output="dict") == []
        for data_type in DATA_TYPES:
            for path in (f"/data/{data_type}/room/room_pair", f"/data/{data_type}/experiment/exp_pair"):
                assert lab.ask("GET", path).status_code == 404
        assert lab.ask("GET", recording["downloadPath"]).status_code == 404
        assert lab.session.get(recording["downloadUrl"], timeout=30).status_code == 404
        with pytest.raises(NotFoundError) as caught:
            lab.client.get_experiment("exp_pair")
        assert caught.value.message == "There is no experiment with the id 'exp_pair'."


def test_two_emulators_know_nothing_of_each_other() -> None:
    """Neither what is written nor the time that passes in one is seen in the other; the same calls do the same."""
    with opened() as one, opened() as other:
        before = other.client.list_experiments(output="dict")
        definition = talk()
        ids = defaultdict(list)
        for lab in (one, other):
            if lab is other:
                assert other.client.list_experiments(output="dict") == before
                assert other.client.list_personas(output="dict")[2:] == []
                assert other.sandbox.clock.now_ms() < one.sandbox.clock.now_ms()
            persona = lab.client.create_persona(name="P")["id"]
            experiment = lab.client.create_experiment(experiment=definition)["id"]
            deployment = lab.deploy(experiment, 1, 5.0)
            lab.advance(20_000)
            (room,) = lab.statuses(deployment)
            ids["of " + ("one" if lab is one else "other")] = [persona, experiment, deployment, room]
            ids["data"].append(seen(lab, room))
        assert ids["of one"] == ids["of other"]
        assert ids["data"][0] == ids["data"][1]
        one.client.delete_experiment(experiment, skip_data_check=True)
        assert other.client.get_experiment(experiment)["name"] == "Two agents"
