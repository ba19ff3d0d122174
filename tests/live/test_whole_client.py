"""Every public method of the official client, called over a real socket and held against the other endpoints.

The methods are read from the client itself: a new version with a method that nobody has covered here fails,
and so does one in which a covered method is gone.
"""

import contextlib
import inspect
import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import requests
from emulator import Emulator, sandbox_of, serving_app
from hyperstudy import Experiment, FocusComponent, HyperStudy, Persona, Role, State, vas_rating
from hyperstudy.exceptions import HyperStudyError, NotFoundError
from study_support import ms, without

from mockserver import Settings, create_app
from mockserver.door.operations import Operation
from mockserver.door.paths import template
from mockserver.hyperstudy.routes import operations

Record = dict[str, Any]

STUDY, ROOM, HOST, VIEWER = "exp_research_001", "room_abc123", "user_aaa", "user_xyz789"
PUBLIC = [name for name, _ in inspect.getmembers(HyperStudy, callable) if not name.startswith("_")]


@dataclass
class Place:
    """A running emulator, a client of it, and the same API asked without the client."""

    url: str
    client: HyperStudy
    key: str

    def raw(self, path: str, **query: Any) -> Record:
        """The whole answer to a GET below the base path."""
        answer = requests.get(f"{self.url}/api/v3/{path}", params=query, headers={"X-API-Key": self.key}, timeout=30)
        assert answer.status_code == 200, answer.text
        body: Record = answer.json()
        return body

    def data(self, path: str, **query: Any) -> list[Record]:
        """All records of a data endpoint, in one page."""
        body = self.raw(f"data/{path}", limit=10_000, **query)
        assert not body["metadata"]["pagination"]["hasMore"]
        records: list[Record] = body["data"]
        return records

    def clock(self) -> str:
        """What time it is there."""
        now: str = requests.get(f"{self.url}/_mock/clock", timeout=30).json()["now"]
        return now

    def advance(self, by_ms: int) -> None:
        """Let time pass there."""
        requests.post(f"{self.url}/_mock/clock", json={"advanceMs": by_ms}, timeout=30).raise_for_status()


@contextlib.contextmanager
def place(url: str) -> Iterator[Place]:
    """A place with the full key. The client cannot be closed, so its connections are."""
    key = "hst_live_your_key_here"
    client = HyperStudy(api_key=key, base_url=f"{url}/api/v3")
    try:
        yield Place(url, client, key)
    finally:
        client._transport._session.close()


@pytest.fixture(scope="module")
def demo(demo_server: Emulator) -> Iterator[Place]:
    """The default scenario; nothing is written to it."""
    with place(demo_server.url) as found:
        yield found


@pytest.fixture(scope="module")
def agents() -> Iterator[Place]:
    """The scenario with a human and an agent in each room; nothing is written to it."""
    with serving_app(create_app(Settings(scenario="agents"))) as server, place(server.url) as found:
        yield found


@dataclass
class Desk:
    """What a check works with; `own` is an empty study that it alone writes to."""

    demo: Place
    agents: Place
    folder: Path
    closing: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    @cached_property
    def own(self) -> Place:
        app = create_app(Settings(scenario="empty"))
        assert not sandbox_of(app).world.rooms(STUDY)
        server = self.closing.enter_context(serving_app(app))
        return self.closing.enter_context(place(server.url))


@pytest.fixture
def desk(demo: Place, agents: Place, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(demo, agents, tmp_path)
    with made.closing:
        yield made


Check = Callable[[Desk], None]
CHECKS: dict[str, Check] = {}
# What each method of the client asked for, as it was called here: HTTP method and path.
CALLED: dict[str, set[tuple[str, str]]] = defaultdict(set)


def covers(method: str) -> Callable[[Check], Check]:
    """Enter a check into the table."""

    def enter(check: Check) -> Check:
        assert method not in CHECKS
        CHECKS[method] = check
        return check

    return enter


# --- the table ------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", PUBLIC)
def test_every_method_answers_what_the_other_endpoints_answer(
    desk: Desk, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is called, sends a request, and is held against what is known from elsewhere."""
    assert method in CHECKS, f"HyperStudy.{method} is new, and nobody has covered it"
    original, sent = getattr(HyperStudy, method), Counter[str]()

    def watched(client: HyperStudy, *args: Any, **options: Any) -> Any:
        with monkeypatch.context() as patch:
            request = client._transport._request

            def counted(*told: Any, **more: Any) -> Any:
                sent[method] += 1
                CALLED[method].add((told[0], told[1].lstrip("/")))
                return request(*told, **more)

            patch.setattr(client._transport, "_request", counted)
            return original(client, *args, **options)

    monkeypatch.setattr(HyperStudy, method, watched)
    CHECKS[method](desk)
    assert sent[method] >= 1


def test_no_covered_method_is_gone() -> None:
    """What is in the table and not in the client was renamed or taken away."""
    assert sorted(set(CHECKS) - set(PUBLIC)) == []


def test_the_walk_finds_inherited_methods_too() -> None:
    """One of each of the client's families; what begins with an underscore is nobody's to call."""
    assert {"health", "get_events", "create_experiment", "duplicate_persona", "retry_room"} <= set(PUBLIC)
    assert not any(name.startswith("_") for name in PUBLIC)


# --- data: what was recorded ----------------------------------------------------------------------


def by(records: list[Record], name: str) -> dict[str, list[Record]]:
    """Records by the value of a field."""
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        found[record[name]].append(record)
    return found


def people(at: Place, room: str) -> list[str]:
    return [person["participantId"] for person in at.data(f"participants/room/{room}", sort="role")]


@covers("health")
def _health(desk: Desk) -> None:
    assert desk.demo.client.health() == {"status": "healthy", "version": "3.0.0", "timestamp": desk.demo.clock()}


@covers("get_events")
def _events(desk: Desk) -> None:
    """Everybody's events are the room's; a completed component is also a record of `components`."""
    hs = desk.demo.client
    events = hs.get_events(ROOM, scope="room", output="dict")
    own = {who: hs.get_events(who, scope="participant", room_id=ROOM, output="dict") for who in people(desk.demo, ROOM)}
    assert {who: len(found) for who, found in own.items()} == Counter(e["participantId"] for e in events)
    answered = {
        (e["componentId"], e["participantId"], ms(e["timestamp"]) - e["duration"], e["response"]["value"])
        for e in hs.get_events(ROOM, scope="room", category="component", sort="onset", order="desc", output="dict")
        if e["eventType"] == "component.complete" and e["response"]
    }
    assert answered == {
        (c["componentId"], c["participantId"], ms(c["timestamp"]), c["response"]["value"])
        for c in desk.demo.data(f"components/room/{ROOM}")
        if c["response"]
    }
    frame = hs.get_events(STUDY, deployment_id="dep_main", progress=False)
    rooms = {room["id"] for room in desk.demo.data(f"rooms/experiment/{STUDY}") if room["deploymentId"] == "dep_main"}
    assert set(frame["roomId"]) == rooms


@covers("get_recordings")
def _recordings(desk: Desk) -> None:
    """Each lies within a video chat connection of the person's, and its link leads to so many bytes."""
    found = desk.demo.client.get_recordings(ROOM, scope="room", output="dict")
    started = desk.demo.raw(f"data/recordings/room/{ROOM}")["metadata"]["processing"]["experimentStartedAt"]
    spans = [
        (c["participantId"], ms(c["timestamp"]) - c["duration"], ms(c["timestamp"]))
        for c in desk.demo.data(f"videochat/room/{ROOM}")
        if c["duration"] is not None
    ]
    assert len(found) == 2 * len(spans)
    for recording in found:
        start, end = ms(recording["startTime"]), ms(recording["endTime"])
        assert end - start == recording["duration"]
        assert start - ms(started) == recording["videoOffset"]
        assert any(who == recording["participantId"] and a <= start <= end <= b for who, a, b in spans)
        head = requests.head(recording["downloadUrl"], timeout=30)
        assert int(head.headers["Content-Length"]) == recording["fileSize"]


@covers("get_chat")
def _chat(desk: Desk) -> None:
    """Each message is an event of its sender's too, and went to others of the room."""
    messages = desk.demo.client.get_chat(ROOM, scope="room", order="desc", output="dict")
    events = desk.demo.data(f"events/room/{ROOM}", category="communication", order="desc")
    assert [(m["senderId"], m["timestamp"], m["onset"], m["content"]) for m in messages] == [
        (e["participantId"], e["timestamp"], e["onset"], e["content"]) for e in events
    ]
    everybody = set(people(desk.demo, ROOM))
    assert messages
    assert all(set(m["recipientIds"]) <= everybody - {m["senderId"]} for m in messages)


@covers("get_videochat")
def _videochat(desk: Desk) -> None:
    """Connections begin and end within the person's visit to the state, and last as long as they say."""
    found = desk.demo.client.get_videochat(ROOM, scope="room", output="dict")
    visits = {
        (e["participantId"], e["stateId"]): (e["onset"] - e["duration"], e["onset"])
        for e in desk.demo.data(f"events/room/{ROOM}", category="state")
        if e["eventType"] == "state.exit"
    }
    assert len(by(found, "connectionId")) >= len(people(desk.demo, ROOM))
    for connected, disconnected in by(found, "connectionId").values():
        assert connected["eventType"] == "participant_connected"
        assert disconnected["eventType"] == "participant_disconnected"
        assert disconnected["onset"] - connected["onset"] == disconnected["duration"]
        entered, left = visits[connected["participantId"], connected["stateId"]]
        assert entered <= connected["onset"] <= disconnected["onset"] <= left


@covers("get_sync")
def _sync(desk: Desk) -> None:
    """Viewers alone have any, while the film plays; windows hold the means of what lies in them."""
    hs = desk.demo.client
    samples = hs.get_sync(ROOM, scope="room", output="dict")
    assert {s["participantId"] for s in samples} == set(people(desk.demo, ROOM)) - {HOST}
    media = desk.demo.data(f"events/room/{ROOM}", category="media", sort="onset")
    assert media[0]["onset"] <= samples[0]["onset"] <= samples[-1]["onset"] <= media[-1]["onset"]
    windows = hs.get_sync(VIEWER, scope="participant", room_id=ROOM, aggregation_window=20_000, output="dict")
    drifts: dict[int, list[int]] = defaultdict(list)
    for sample in samples:
        if sample["participantId"] == VIEWER:
            drifts[sample["onset"] // 20_000 * 20_000].append(sample["timeDrift"])
    assert [w["onset"] for w in windows] == sorted(drifts)
    assert all(abs(w["timeDrift"] - sum(d) / len(d)) <= 0.5 for w in windows for d in [drifts[w["onset"]]])


@covers("get_ratings")
def _ratings(desk: Desk) -> None:
    """Sliders say where on their scale they stand; what was asked in between is a component's answer too."""
    hs = desk.demo.client
    slider = hs.get_ratings(VIEWER, scope="participant", room_id=ROOM, output="dict")
    assert slider
    for one in slider:
        share = (one["rawValue"] - one["scaleMin"]) / (one["scaleMax"] - one["scaleMin"])
        assert one["value"] == one["normalizedValue"] == pytest.approx(share, abs=1e-9)
    ratings = hs.get_ratings(ROOM, kind="sparse", scope="room", output="dict")
    sparse = [rating for rating in ratings if rating["sparseRatingData"]["pauseIndex"] is not None]
    shown = desk.demo.data(f"components/room/{ROOM}", componentType="LikertScale")
    assert [(r["participantId"], r["timestamp"], f"{r['value']:g}", r["responseTime"]) for r in sparse] == [
        (c["participantId"], c["timestamp"], c["response"]["value"], c["responseTime"]) for c in shown
    ]
    assert len(sparse) >= 3
    alone = {(r["participantId"], r["metadata"]["componentType"]) for r in ratings if r not in sparse}
    assert alone == {(who, kind) for who in people(desk.demo, ROOM) for kind in ("vasrating", "multiplechoice")}


@covers("get_eyetracking")
def _eyetracking(desk: Desk) -> None:
    """Samples every 40 ms while the film is watched, each on the screen or lost in a blink."""
    samples = desk.demo.client.get_eyetracking("exp_solo_003", output="dict")
    assert {s["stateId"] for s in samples} == {"solo_watching_state"}
    (exit_,) = (
        e
        for e in desk.demo.data("events/experiment/exp_solo_003", category="state")
        if (e["eventType"], e["stateId"]) == ("state.exit", "solo_watching_state")
    )
    onsets = [s["onset"] for s in samples]
    assert exit_["onset"] - exit_["duration"] <= onsets[0] <= onsets[-1] <= exit_["onset"]
    assert {b - a for a, b in zip(onsets, onsets[1:], strict=False)} == {40}
    assert {s["valid"] for s in samples} == {True, False}
    for sample in samples:
        seen = [sample[name] for name in ("gazeX", "gazeY", "pupilDiameter")]
        assert sample["valid"] == (None not in seen) == (seen != [None] * 3)
        assert not sample["valid"] or (0 <= seen[0] <= 1 and 0 <= seen[1] <= 1 and 2 < seen[2] < 6)
    who, room = samples[0]["participantId"], samples[0]["roomId"]
    assert desk.demo.client.get_counts(who, room)["counts"]["eyetracking"] == len(samples)


@covers("get_components")
def _components(desk: Desk) -> None:
    """Whatever was shown began with an event at the same instant."""
    found = desk.demo.client.get_components(STUDY, output="dict", progress=False)
    events = desk.demo.data(f"events/experiment/{STUDY}", category="component")
    assert Counter((c["roomId"], c["participantId"], c["componentId"], c["timestamp"]) for c in found) == Counter(
        (e["roomId"], e["participantId"], e["componentId"], e["timestamp"])
        for e in events
        if e["eventType"] == "component.start"
    )


@covers("get_participants")
def _participants(desk: Desk) -> None:
    """Those of the rooms together, each there before the first and after the last event of theirs."""
    found = desk.demo.client.get_participants(STUDY, output="dict")
    rooms = desk.demo.data(f"rooms/experiment/{STUDY}")
    assert Counter(p["roomId"] for p in found) == {room["id"]: room["participantCount"] for room in rooms}
    deployments = {room["id"]: room["deploymentId"] for room in rooms}
    events = by(desk.demo.data(f"events/experiment/{STUDY}"), "participantId")
    for person in found:
        assert person["id"] == person["participantId"]
        assert person["deploymentId"] == deployments[person["roomId"]]
        own = [e["timestamp"] for e in events[person["id"]]]
        assert person["joinedAt"] <= own[0]
        assert person["completedAt"] is None or own[-1] <= person["completedAt"]
    assert {(p["status"], p["completionCode"]) for p in found} == {("completed", "SUCCESS")}


@covers("get_rooms")
def _rooms(desk: Desk) -> None:
    """A room's zero is that of its onsets, it lasts until its last participant leaves, and counts them."""
    rooms = desk.demo.client.get_rooms(STUDY, output="dict")
    assert len(rooms) == 6
    for room in rooms:
        body = desk.demo.raw(f"data/participants/room/{room['id']}")
        assert room["startedAt"] == body["metadata"]["processing"]["experimentStartedAt"]
        assert room["participantCount"] == len(body["data"])
        assert room["createdAt"] == min(p["joinedAt"] for p in body["data"])
        assert ms(room["endedAt"]) - ms(room["startedAt"]) == room["duration"]
        assert room["status"] == "completed"
    names = {d["id"]: d["name"] for d in desk.demo.client.list_deployments(experiment_id=STUDY, output="dict")}
    assert {(room["deploymentId"], room["deploymentName"]) for room in rooms} == set(names.items())


@covers("get_variables")
def _variables(desk: Desk) -> None:
    """The room's condition and every answer were written; the timeline carries the last ones forward."""
    room = desk.agents.client.get_rooms("exp_agents", output="dict")[0]["id"]
    found = desk.agents.client.get_variables(room, output="dict")
    components = desk.agents.data(f"components/room/{room}")
    condition, *answers = found["writes"]
    assert (condition["variable"], condition["source"], condition["onset"]) == ("condition", "seed", 0)
    assert condition["value"] == components[0]["variableSnapshot"]["condition"]
    # On a scale a variable is a number, where a component's response is text.
    written = [(w["participantId"], w["stateId"], w["variable"], str(w["value"]), ms(w["timestamp"])) for w in answers]
    assert {type(w["value"]) for w in answers if w["variable"] == "closeness_rating"} == {int}
    assert sorted(written) == sorted(
        (c["participantId"], c["stateId"], c["componentId"], c["response"]["value"], ms(c["timestamp"]) + took_ms)
        for c in components
        if (took_ms := c["responseTime"]) is not None
    )
    runs = {run["participantId"] for run in desk.agents.client.get_agent_runs("exp_agents", output="dict")}
    assert all((w["source"] == "agent") == (w["participantId"] in runs) for w in answers)
    assert {w["source"] for w in answers} == {"agent", "human"}
    assert found["variable_names"] == list(dict.fromkeys(w["variable"] for w in found["writes"]))
    assert found["matrix_columns"] == ["stateId", *found["variable_names"]]
    states = desk.agents.client.get_experiment_config("exp_agents")["states"]
    assert [row["stateId"] for row in found["timeline"]] == [state["id"] for state in states]
    last = {w["variable"]: w["value"] for w in found["writes"]}
    assert without(found["timeline"][-1], "stateId") == last
    assert (found["dropped_writes"], found["mode"]) == ([], "replay")


@covers("get_counts")
def _counts(desk: Desk) -> None:
    """As many as each list of the person's has, and true for those that have any."""
    for who in (HOST, VIEWER):
        found = desk.demo.client.get_counts(who, ROOM)
        assert len(found["counts"]) == 9
        for name, count in found["counts"].items():
            assert len(desk.demo.data(f"{name}/participant/{who}", roomId=ROOM)) == count
        assert found["hasData"] == {name: count > 0 for name, count in found["counts"].items()}
        assert found["hasData"]["sync"] == (who == VIEWER)


@covers("get_questionnaire")
def _questionnaire(desk: Desk) -> None:
    """Everybody answers what the definition asks, in its order."""
    found = desk.demo.client.get_questionnaire(ROOM, scope="room", output="dict")
    asked = desk.demo.client.get_experiment_config(STUDY)["postExperimentQuestionnaire"]["questions"]
    assert sorted(by(found, "participantId")) == sorted(people(desk.demo, ROOM))
    for answers in by(found, "participantId").values():
        assert [answer["content"] for answer in answers] == [question["text"] for question in asked]
        assert all(1 <= int(answer["response"]["value"]) <= 7 for answer in answers)


@covers("get_instructions")
def _instructions(desk: Desk) -> None:
    """Everybody reads the definition's pages and answers the check, before the start."""
    found = desk.demo.client.get_instructions(ROOM, scope="room", output="dict")
    pages = desk.demo.client.get_experiment_config(STUDY)["instructionsPages"]
    for steps in by(found, "participantId").values():
        assert [s["eventType"] for s in steps] == [
            *["instructions.page_view"] * len(pages),
            "instructions.comprehension_check",
        ]
        assert all(step["onset"] < 0 for step in steps)
    assert len(found) == len(people(desk.demo, ROOM)) * (len(pages) + 1)


@covers("get_consent")
def _consent(desk: Desk) -> None:
    """Everybody agrees once, before anything else of theirs."""
    found = desk.demo.client.get_consent(ROOM, scope="room", output="dict")
    first = {e["participantId"]: e["id"] for e in reversed(desk.demo.data(f"events/room/{ROOM}"))}
    assert {e["participantId"]: e["id"] for e in found} == first
    assert {e["response"]["value"] for e in found} == {"accepted"}


@covers("get_all_data")
def _all_data(desk: Desk) -> None:
    """One list for every type, the same as each method of its own gives."""
    hs = desk.demo.client
    found = hs.get_all_data(VIEWER, room_id=ROOM, output="dict")
    counts = hs.get_counts(VIEWER, ROOM)["counts"]
    named = {name.replace("/", "_"): count for name, count in counts.items()}
    assert {name: len(found[name]) for name in named} == named
    events = found["events"]
    assert found["questionnaire"] == [e for e in events if e["category"] == "questionnaire"]
    assert found["instructions"] + found["consent"] != []
    assert sorted(e["id"] for e in found["instructions"] + found["consent"]) == sorted(
        e["id"] for e in events if e["category"] == "pre_experiment"
    )
    assert found["agent_decisions"] == []
    room = desk.agents.client.get_rooms("exp_agents", output="dict")[0]["id"]
    agent = desk.agents.data(f"participants/room/{room}", sort="role")[-1]["id"]
    rows = desk.agents.client.get_all_data(agent, room_id=room, output="dict")["agent_decisions"]
    assert {row["participantId"] for row in rows} == {agent}
    assert [row["_type"] for row in rows] == ["decision"] * (len(rows) - 1) + ["run"]


@covers("download_recording")
def _download(desk: Desk) -> None:
    """The file on disk is the one behind the record's signed link."""
    recording = desk.demo.client.get_recordings(ROOM, scope="room", output="dict")[0]
    path = desk.demo.client.download_recording(recording, output_dir=str(desk.folder))
    assert path.read_bytes() == requests.get(recording["downloadUrl"], timeout=30).content
    assert path.stat().st_size == recording["fileSize"]


@covers("download_recordings")
def _downloads(desk: Desk) -> None:
    """One file for each recording of the kind, of the size that its record names."""
    frame = desk.demo.client.download_recordings(
        ROOM, scope="room", output_dir=str(desk.folder), recording_type="audio", progress=False
    )
    audio = [r for r in desk.demo.data(f"recordings/room/{ROOM}") if r["metadata"]["type"] == "audio"]
    assert list(frame["recordingId"]) == [r["recordingId"] for r in audio]
    assert [Path(path).stat().st_size for path in frame["local_path"]] == [r["fileSize"] for r in audio]


# --- agents ---------------------------------------------------------------------------------------


def decisions_of(at: Place, room: str) -> list[Record]:
    rows = at.client.get_agent_decisions(room, scope="room", output="dict")
    return [row for row in rows if row["_type"] == "decision"]


@covers("get_agent_decisions")
def _decisions(desk: Desk) -> None:
    """What the agents decided is what they wrote and answered; a row sums up each one's run."""
    hs = desk.agents.client
    rows = hs.get_agent_decisions("exp_agents", output="dict")
    decided = [row for row in rows if row["_type"] == "decision"]
    runs = [row for row in rows if row["_type"] == "run"]
    agents = {run["participantId"] for run in hs.get_agent_runs("exp_agents", output="dict")}
    assert {row["participantId"] for row in decided} == agents == {row["participantId"] for row in runs}
    done = [
        (m["senderId"], m["timestamp"], "send_message", m["content"])
        for m in desk.agents.data("chat/experiment/exp_agents")
        if m["senderId"] in agents
    ] + [
        (e["participantId"], e["timestamp"], "respond", e["response"]["value"])
        for e in desk.agents.data("events/experiment/exp_agents", category="component")
        if e["eventType"] == "component.complete" and e["participantId"] in agents and e["response"]
    ]
    assert sorted((d["participantId"], d["timestamp"], d["action"], str(d["value"])) for d in decided) == sorted(done)
    assert {type(d["value"]) for d in decided} == {str, int}
    for run in runs:
        own = [d for d in decided if d["participantId"] == run["participantId"]]
        assert [d["seq"] for d in own] == list(range(1, len(own) + 1))
        assert run["costUsd"] == pytest.approx(sum(d["costUsd"] for d in own))
    assert len(hs.get_agent_decisions("exp_agents")) == len(rows)


@covers("get_agent_decision")
def _decision(desk: Desk) -> None:
    """The same as in the list, and what led to it."""
    room = desk.agents.client.get_rooms("exp_agents", output="dict")[-1]["id"]
    detailed = desk.agents.client.get_agent_decisions(room, scope="room", detail=True, output="dict")
    for listed, full in zip(decisions_of(desk.agents, room), detailed, strict=False):
        found = desk.agents.client.get_agent_decision(room, listed["id"])
        # In the list, decisions have the columns of runs too.
        assert {name: value for name, value in full.items() if value is not None} == found
        listed = {name: value for name, value in listed.items() if value is not None}
        assert without(found, "prompt", "reasoning", "chain", "peerModelSnapshot", "predictionUpdate") == listed
        assert str(listed["value"]) in found["reasoning"]
        assert str(listed["value"]) in found["chain"][-1]["output"]
    with pytest.raises(NotFoundError, match="no decision"):
        desk.agents.client.get_agent_decision(room, "somebody_1")


@covers("get_agent_runs")
def _runs(desk: Desk) -> None:
    """One for each agent of each room, with the sums of its decisions and the model of its persona."""
    hs = desk.agents.client
    runs = hs.get_agent_runs("exp_agents", output="dict")
    rooms = hs.get_rooms("exp_agents", output="dict")
    assert [run["roomId"] for run in runs] == [room["id"] for room in rooms]
    for run in runs:
        own = decisions_of(desk.agents, run["roomId"])
        assert run["turns"] == len(own) > 0
        assert run["totalInputTokens"] == sum(d["inputTokens"] for d in own)
        assert run["totalOutputTokens"] == sum(d["outputTokens"] for d in own)
        assert run["totalCostUsd"] == pytest.approx(sum(d["costUsd"] for d in own))
        persona = hs.get_persona(run["personaId"])
        assert (run["model"], run["provider"]) == (persona["model"], persona["provider"])
        (person,) = (p for p in hs.get_participants("exp_agents", output="dict") if p["id"] == run["participantId"])
        assert (run["startedAt"], run["endedAt"]) == (person["joinedAt"], person["completedAt"])
        assert (run["roomStatus"], run["orphaned"]) == ("completed", False)


@covers("get_agent_spend")
def _spend(desk: Desk) -> None:
    """In each room what its decisions cost, and in all the sum of that."""
    spend = desk.agents.client.get_agent_spend("dep_agents")
    rooms = [room["id"] for room in desk.agents.client.get_rooms("exp_agents", output="dict")]
    costs = {room: sum(d["costUsd"] for d in decisions_of(desk.agents, room)) for room in rooms}
    assert spend["perRoom"] == pytest.approx(costs)
    assert spend["total"] == pytest.approx(sum(costs.values()))
    assert spend["budgetUsd"] is None


# --- deployments ----------------------------------------------------------------------------------


@covers("list_deployments")
def _deployments(desk: Desk) -> None:
    """Those of the organisation's experiments; filters keep what they name."""
    hs = desk.demo.client
    found = hs.list_deployments(output="dict")
    assert [d["id"] for d in found] == ["dep_pilot", "dep_main", "dep_dyads", "dep_solo", "dep_agents"]
    assert hs.list_deployments(experiment_id=STUDY, output="dict") == found[:2]
    assert list(hs.list_deployments(status="completed")["id"]) == [d["id"] for d in found]
    assert hs.list_deployments(status="active", output="dict") == []
    rooms = Counter(r["deploymentId"] for r in hs.get_rooms(STUDY, output="dict"))
    assert {d["id"]: d["roomCount"] for d in found[:2]} == rooms


@covers("get_deployment")
def _deployment(desk: Desk) -> None:
    """The same as in the list."""
    for listed in desk.demo.client.list_deployments(output="dict"):
        assert desk.demo.client.get_deployment(listed["id"]) == listed


@covers("get_deployment_sessions")
def _sessions(desk: Desk) -> None:
    """The rooms that the experiment's list has of that deployment, with what it says of them."""
    hs = desk.demo.client
    rooms = by(hs.get_rooms(STUDY, output="dict"), "deploymentId")
    for deployment in ("dep_pilot", "dep_main"):
        sessions = hs.get_deployment_sessions(deployment, output="dict")
        shared = ("id", "experimentId", "deploymentId", "status", "participantCount", "createdAt")
        assert [[s[name] for name in shared] for s in sessions] == [
            [room[name] for name in shared] for room in rooms[deployment]
        ]
        assert len(hs.get_deployment_sessions(deployment)) == len(sessions) == 3


def two_agents(persona: str = "persona_skeptic") -> Experiment:
    """A short experiment for two agents, as the client's builders make it."""
    role = Role(mode="agent", persona_id=persona, participant_count=1)
    chat = FocusComponent(type="textchat", config={"durationMs": 20_000})
    return Experiment(
        name="Two agents",
        runtime="v2",
        required_participants=2,
        roles={"first": role, "second": role},
        states=[
            State(id="talk", focus_component=chat),
            State(id="ask", focus_component=vas_rating("How was it?", output_variable="liking")),
        ],
    )


def deployed(at: Place, rooms: int = 2, budget_usd: float = 100.0) -> tuple[str, Record]:
    """A new experiment and its agent-only deployment."""
    experiment = at.client.create_experiment(experiment=two_agents())["id"]
    config = {"type": "agent-only", "agentDeployment": {"rooms": rooms, "budgetUsd": budget_usd}}
    return experiment, at.client.create_deployment(experiment, config=config, name="Pilot")


def statuses(at: Place, deployment: str) -> dict[str, str]:
    return {s["id"]: s["status"] for s in at.client.get_deployment_sessions(deployment, output="dict")}


@covers("create_deployment")
def _create_deployment(desk: Desk) -> None:
    """It is listed, its rooms are launched two seconds apart, and they have data once time has passed."""
    experiment, made = deployed(desk.own)
    hs = desk.own.client
    assert (made["experimentId"], made["name"], made["type"], made["status"]) == (
        experiment,
        "Pilot",
        "agent-only",
        "active",
    )
    assert (made["budgetUsd"], made["roomCount"]) == (100.0, 2)
    assert made["config"]["agentDeployment"] == {"rooms": 2, "budgetUsd": 100.0}
    assert hs.get_deployment(made["id"]) == made
    assert hs.list_deployments(experiment_id=experiment, output="dict") == [made]
    assert list(statuses(desk.own, made["id"]).values()) == ["pending", "pending"]
    desk.own.advance(600_000)
    rooms = hs.get_rooms(experiment, output="dict")
    assert {room["id"]: room["status"] for room in rooms} == statuses(desk.own, made["id"])
    assert ms(rooms[1]["startedAt"]) - ms(rooms[0]["startedAt"]) == 2000
    assert hs.get_deployment(made["id"])["status"] == "completed"
    assert len(hs.get_events(experiment, deployment_id=made["id"], progress=False)) > 20


@covers("run_more")
def _run_more(desk: Desk) -> None:
    """More rooms in a batch of their own, and a budget that is the sum of both."""
    _, made = deployed(desk.own)
    before = list(statuses(desk.own, made["id"]))
    batch = desk.own.client.run_more(made["id"], rooms=3, budget_usd=20.5)
    assert batch["requestedRooms"] == 3
    sessions = desk.own.client.get_deployment_sessions(made["id"], output="dict")
    assert [s["id"] for s in sessions if s["batchId"] == batch["batchId"]] == [
        s["id"] for s in sessions if s["id"] not in before
    ]
    assert len(sessions) == 5
    assert desk.own.client.get_deployment(made["id"])["budgetUsd"] == 120.5
    assert desk.own.client.get_agent_spend(made["id"])["budgetUsd"] == 120.5


@covers("stop_room")
def _stop_room(desk: Desk) -> None:
    """A running room ends now; it cannot be stopped again, and its agents' runs are orphaned."""
    experiment, made = deployed(desk.own)
    room, other = statuses(desk.own, made["id"])
    desk.own.advance(15_000)
    hs, now = desk.own.client, desk.own.clock()
    assert hs.stop_room(made["id"], room) is None
    assert statuses(desk.own, made["id"]) == {room: "completed", other: "active"}
    desk.own.advance(600_000)
    ended = {r["id"]: r["endedAt"] for r in hs.get_rooms(experiment, output="dict")}
    assert ended[room] == now < ended[other]
    assert max(e["timestamp"] for e in hs.get_events(room, scope="room", output="dict")) == now
    runs = hs.get_agent_runs(experiment, output="dict")
    assert {(r["roomId"], r["orphaned"], r["roomStatus"]) for r in runs} == {
        (room, True, "completed"),
        (other, False, "completed"),
    }
    for stopped in (room, other):
        with pytest.raises(HyperStudyError, match="not running") as caught:
            hs.stop_room(made["id"], stopped)
        assert (caught.value.status_code, caught.value.code) == (409, "CONFLICT")


@covers("retry_room")
def _retry_room(desk: Desk) -> None:
    """A room that the budget did not cover is launched again, once there is more."""
    _, made = deployed(desk.own, rooms=2, budget_usd=0.01)
    room, failed = statuses(desk.own, made["id"])
    assert statuses(desk.own, made["id"]) == {room: "pending", failed: "spawn_failed"}
    extra = desk.own.client.run_more(made["id"], rooms=1, budget_usd=50)
    batch = desk.own.client.retry_room(made["id"], failed)
    assert batch["requestedRooms"] == 1
    assert batch["batchId"] != extra["batchId"]
    sessions = desk.own.client.get_deployment_sessions(made["id"], output="dict")
    assert [s["status"] for s in sessions if s["batchId"] == batch["batchId"]] == ["pending"]
    assert statuses(desk.own, made["id"])[failed] == "spawn_failed"
    for again in (failed, room):
        with pytest.raises(HyperStudyError, match="none that failed to spawn"):
            desk.own.client.retry_room(made["id"], again)


# --- experiments ----------------------------------------------------------------------------------


@covers("list_experiments")
def _list_experiments(desk: Desk) -> None:
    """Those of one's own organisation, with how much was collected; a search looks at name and description."""
    hs = desk.demo.client
    found = hs.list_experiments(output="dict")
    assert [e["id"] for e in found] == [STUDY, "exp_dyads_002", "exp_solo_003", "exp_agents_005"]
    for one in found:
        assert one["roomCount"] == len(hs.get_rooms(one["id"], output="dict"))
        assert one["participantCount"] == len(hs.get_participants(one["id"], output="dict"))
    assert hs.list_experiments(search="CONVERSATION", output="dict") == found[1:2]
    assert hs.list_experiments(search="nobody to be in sync", output="dict") == found[2:3]
    assert hs.list_experiments(limit=1, offset=1, output="dict") == found[1:2]
    assert list(hs.list_experiments(progress=False)["name"]) == [e["name"] for e in found]


@covers("get_experiment")
def _get_experiment(desk: Desk) -> None:
    """What the list says of it, and the whole definition."""
    listed = desk.demo.client.list_experiments(output="dict")[0]
    found = desk.demo.client.get_experiment(STUDY)
    assert found["name"] == "Watching together"
    assert found.to_dict() == {**desk.demo.client.get_experiment_config(STUDY), **listed}
    assert "Watching together" in found._repr_html_()


@covers("get_experiment_config")
def _config(desk: Desk) -> None:
    """The states and components that the records name, in their order."""
    states = desk.demo.client.get_experiment_config(STUDY)["states"]
    entered = [
        (e["stateId"], e["componentId"], e["componentType"].lower())
        for e in desk.demo.data(f"events/participant/{HOST}", roomId=ROOM, category="state")
        if e["eventType"] == "state.enter"
    ]
    assert [(s["id"], s["focusComponent"]["id"], s["focusComponent"]["type"]) for s in states] == entered
    assert [state["order"] for state in states] == list(range(len(states)))


@covers("export_experiment")
def _export(desk: Desk) -> None:
    """The definition, the media that its components were shown with, and their number."""
    found = desk.demo.client.export_experiment(STUDY)
    assert found["experiment"] == desk.demo.client.get_experiment_config(STUDY)
    shown = {c["config"]["videoUrl"] for c in desk.demo.data(f"components/room/{ROOM}", componentType="ShowVideo")}
    assert {asset["url"] for asset in found["mediaAssets"]} == shown
    assert desk.demo.raw(f"experiments/{STUDY}/export")["metadata"]["mediaAssetsCount"] == len(shown) == 2


@covers("create_experiment")
def _create_experiment(desk: Desk) -> None:
    """By builder or by keywords; what comes back can be read again under its id."""
    hs = desk.own.client
    built = hs.create_experiment(experiment=two_agents(), description="From a builder")
    named = hs.create_experiment(name="By keywords", required_participants=3, lab_code="x7")
    assert hs.get_experiment(built["id"]).to_dict() == built.to_dict()
    sent = two_agents().model_dump(by_alias=True, exclude_none=True)
    config = hs.get_experiment_config(built["id"])
    assert config["states"][0]["focusComponent"]["config"] == sent["states"][0]["focusComponent"]["config"]
    assert config["roles"] == sent["roles"]
    assert hs.get_experiment_config(named["id"]) == {
        "id": named["id"],
        "name": "By keywords",
        "requiredParticipants": 3,
        "labCode": "x7",
    }
    assert [e["id"] for e in hs.list_experiments(output="dict")] == [STUDY, built["id"], named["id"]]
    assert (named["roomCount"], named["ownerEmail"]) == (0, "researcher@example.com")


@covers("update_experiment")
def _update_experiment(desk: Desk) -> None:
    """What is named changes, and nothing else; the time of the change is told."""
    hs = desk.own.client
    made = hs.create_experiment(experiment=two_agents(), description="Before")
    desk.own.advance(5000)
    assert hs.update_experiment(made["id"], description="After", required_participants=4) == {
        "id": made["id"],
        "updated": True,
    }
    assert hs.get_experiment(made["id"]).to_dict() == {
        **made.to_dict(),
        "description": "After",
        "requiredParticipants": 4,
        "updatedAt": desk.own.clock(),
    }


@covers("validate_experiment")
def _validate(desk: Desk) -> None:
    """A builder's experiment is valid; of others every problem is told with its path; nothing is kept."""
    hs = desk.own.client
    assert hs.validate_experiment(two_agents()) == {"valid": True, "errors": []}
    told = hs.validate_experiment({"name": "", "states": [{"id": "a"}, {"name": 5}], "required_participants": 0})
    assert told["valid"] is False
    assert [error["path"] for error in told["errors"]] == [
        "name",
        "requiredParticipants",
        "states/1/id",
        "states/1/name",
    ]
    assert [e["id"] for e in hs.list_experiments(output="dict")] == [STUDY]


@covers("delete_experiment")
def _delete_experiment(desk: Desk) -> None:
    """It is gone from the list and cannot be read; with data in it, one has to say that one means it."""
    hs = desk.own.client
    made = hs.create_experiment(experiment=two_agents())
    assert hs.delete_experiment(made["id"]) is None
    experiment, deployment = deployed(desk.own)
    desk.own.advance(30_000)
    with pytest.raises(HyperStudyError, match="skipDataCheck=true") as caught:
        hs.delete_experiment(experiment)
    assert (caught.value.status_code, caught.value.code) == (409, "CONFLICT")
    hs.delete_experiment(experiment, skip_data_check=True)
    assert [e["id"] for e in hs.list_experiments(output="dict")] == [STUDY]
    for read in (hs.get_experiment, hs.get_events, hs.get_experiment_config, hs.delete_experiment):
        with pytest.raises(NotFoundError):
            read(experiment)
    with pytest.raises(NotFoundError):
        hs.get_deployment(deployment["id"])


# --- personas -------------------------------------------------------------------------------------


@covers("list_personas")
def _list_personas(desk: Desk) -> None:
    """The scenario's, then one's own, as each is told by itself."""
    hs = desk.own.client
    made = hs.create_persona(name="Mine")
    found = hs.list_personas(output="dict")
    assert [p["id"] for p in found] == ["persona_undergrad", "persona_skeptic", made["id"]]
    assert [hs.get_persona(p["id"]) for p in found] == found


@covers("get_persona")
def _get_persona(desk: Desk) -> None:
    """By its id, with the name and model that the scenario gives it."""
    found = desk.demo.client.get_persona("persona_skeptic")
    assert (found["name"], found["model"]) == ("Friendly Skeptic", "claude-sonnet-4-5")
    assert (found["provider"], found["visibility"]) == ("anthropic", "organization")
    with pytest.raises(NotFoundError, match="no persona"):
        desk.demo.client.get_persona("persona_nobody")


@covers("create_persona")
def _create_persona(desk: Desk) -> None:
    """A builder's fields come back as they were sent, with an id and an owner."""
    persona = Persona(
        name="Confederate",
        provider="openai",
        model="gpt-x",
        temperature=0.4,
        max_tokens=300,
        prompt={"persona": "You agree.", "examples": ["yes"]},
        guardrails={"max_turns": 12, "budget_usd": 0.5},
        cognition={"config": {"contexts": {}}},
    )
    made = desk.own.client.create_persona(persona=persona)
    sent = persona.model_dump(by_alias=True, exclude_none=True)
    assert {name: made[name] for name in sent} == sent
    assert (made["ownerEmail"], made["visibility"]) == ("researcher@example.com", "private")
    assert made["createdAt"] == made["updatedAt"] == desk.own.clock()
    assert desk.own.client.get_persona(made["id"]) == made


@covers("update_persona")
def _update_persona(desk: Desk) -> None:
    """A merge: nested fields that are not named stay."""
    hs = desk.own.client
    made = hs.create_persona(name="P", model="m", guardrails={"max_turns": 5, "budget_tokens": 9000})
    desk.own.advance(1000)
    changed = hs.update_persona(made["id"], guardrails={"max_turns": 8}, temperature=0.1)
    assert changed == {
        **made,
        "guardrails": {"maxTurns": 8, "budgetTokens": 9000},
        "temperature": 0.1,
        "updatedAt": desk.own.clock(),
    }
    assert hs.get_persona(made["id"]) == changed


@covers("delete_persona")
def _delete_persona(desk: Desk) -> None:
    """It is gone; an experiment that is bound to it cannot be deployed any more, and the answer says why."""
    hs = desk.own.client
    made = hs.create_persona(name="P")
    experiment = hs.create_experiment(experiment=two_agents(made["id"]))["id"]
    assert hs.delete_persona(made["id"]) is None
    assert made["id"] not in {p["id"] for p in hs.list_personas(output="dict")}
    for gone in (hs.get_persona, hs.delete_persona, hs.duplicate_persona):
        with pytest.raises(NotFoundError):
            gone(made["id"])
    with pytest.raises(HyperStudyError, match=made["id"]) as caught:
        hs.create_deployment(experiment, config={"type": "agent-only", "agentDeployment": {"rooms": 1, "budgetUsd": 1}})
    assert [error["role"] for error in caught.value.details["errors"]] == ["first", "second"]


@covers("duplicate_persona")
def _duplicate_persona(desk: Desk) -> None:
    """A private copy of one's own, which changes by itself."""
    hs = desk.own.client
    original = hs.get_persona("persona_skeptic")
    copy = hs.duplicate_persona("persona_skeptic")
    assert copy["id"] != original["id"]
    assert (copy["name"], copy["visibility"]) == ("Friendly Skeptic (copy)", "private")
    server = ("id", "name", "visibility", "ownerEmail", "createdAt", "updatedAt")
    assert without(copy, *server) == without(original, *server)
    hs.update_persona(copy["id"], model="other")
    assert hs.get_persona("persona_skeptic") == original


@covers("get_cognition_catalog")
def _catalog(desk: Desk) -> None:
    """Building blocks of three kinds, each with an id of its own and a name to show."""
    found = desk.demo.client.get_cognition_catalog()
    assert list(found) == ["abilities", "recipes", "offlineRecipes"]
    blocks = [block for kind in found.values() for block in kind]
    assert all(found.values())
    assert len({block["id"] for block in blocks}) == len(blocks)
    assert all(block["name"] for block in blocks)
    assert desk.demo.raw("agent-cognition/catalog")["data"] == [found]


# --- the table as a page --------------------------------------------------------------------------

TABLE = Path(__file__).parent / "client_methods.md"
ABOUT = f"""# Every method of the official client, {version("hyperstudy")}

Made by `tests/live/test_whole_client.py`, which finds the methods by introspection, calls each over a socket and holds
the answer against other endpoints. Made anew by `UPDATE_TABLE=1 python -m pytest -n0 tests/live/test_whole_client.py`.

| method | endpoints | label | what is held against what |
| --- | --- | --- | --- |
"""


def test_the_page_of_methods_is_the_table_of_today() -> None:
    """A row for each method, with what it really asked for, how well founded that is, and what was looked at."""
    missing = [method for method in PUBLIC if method not in CALLED]
    if missing:
        assert os.environ.get("CI") != "true", f"no test called {missing[0]}"
        pytest.skip(f"only some methods were called, {missing[0]} was not")
    page = ABOUT + "".join(row(method) for method in PUBLIC)
    if os.environ.get("UPDATE_TABLE"):
        TABLE.write_text(page, encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == page, "run with UPDATE_TABLE=1"
    assert page.count("\n| `") == len(PUBLIC)


def row(method: str) -> str:
    """A method's row."""
    found = [one for one in operations() if any(asks_for(one, *called) for called in CALLED[method])]
    assert all(any(asks_for(one, *called) for one in found) for called in CALLED[method])
    endpoints: dict[str, None] = {}
    for operation in found:
        path = re.sub("/(experiment|room|participant)/{scopeId}", "/{scope}/{scopeId}", template(operation.path))
        endpoints[f"`{operation.method} {path}`"] = None
    labels = dict.fromkeys(operation.fidelity for operation in found)
    about = " ".join((CHECKS[method].__doc__ or "It says what the clock and the version are.").split())
    return f"| `{method}` | {', '.join(endpoints)} | {', '.join(labels)} | {about} |\n"


def asks_for(operation: Operation, method: str, path: str) -> bool:
    """Is it the operation that a request goes to? Of two that it could be, the one with more words of its own."""
    if operation.method != method or not re.fullmatch(re.sub("<.+?>", "[^/]+", operation.path), f"/{path}"):
        return False
    return operation.path.count("<") == min(
        one.path.count("<")
        for one in operations()
        if one.method == method and re.fullmatch(re.sub("<.+?>", "[^/]+", one.path), f"/{path}")
    )
