"""The data endpoints beside the classic ones, and the parameters that only some have: all told from the same world."""

import itertools
from collections import Counter, defaultdict
from typing import Any

import pytest
from emulator import DataApi, error_of
from flask import Flask
from study_support import Record, StudyApi, ms, without

from mockserver import Settings, create_app
from mockserver.hyperstudy.catalogue import CATALOGUE
from mockserver.simulation.records.attendance import COMPLETION_CODES
from mockserver.simulation.records.events import CATEGORIES

STUDY, ROOM = "exp_research_001", "room_abc123"


class Reader:
    """An application that is only read."""

    def __init__(self, app: Flask) -> None:
        self._api = DataApi(app)

    def answer(self, path: str, **query: Any) -> Record:
        found = self._api.ask(path, query)
        assert found.status_code == 200, found.text
        body: Record = found.get_json()
        return body

    def get(self, path: str, **query: Any) -> Any:
        return self.answer(path, **query)["data"]

    def all(self, path: str, **query: Any) -> list[Record]:
        """A whole list, however many pages it takes."""
        found: list[Record] = []
        more = True
        while more:
            body = self.answer(path, **{"limit": 10_000, "offset": len(found), **query})
            found += body["data"]
            more = body["metadata"]["pagination"]["hasMore"]
        assert body["metadata"]["pagination"]["total"] == len(found)
        return found

    def total(self, path: str, **query: Any) -> int:
        """How many there are, by the metadata."""
        total: int = self.answer(path, limit=1, **query)["metadata"]["pagination"]["total"]
        return total

    def missing(self, path: str) -> Record:
        """What the answer says that it looked for in vain."""
        details: Record = error_of(self._api.ask(path), 404, "NOT_FOUND")["details"]
        return details

    def refused(self, path: str, **query: Any) -> Record:
        """What the answer says is wrong with a parameter."""
        details: Record = error_of(self._api.ask(path, query), 400, "INVALID_PARAMETER")["details"]
        return details


@pytest.fixture(scope="module")
def demo(demo_app: Flask) -> Reader:
    return Reader(demo_app)


def scenario(name: str) -> Reader:
    return Reader(create_app(Settings(scenario=name)))


@pytest.fixture(scope="module")
def dropout() -> Reader:
    """People who leave, idle, wait in vain, and finish without a code."""
    return scenario("dropout")


@pytest.fixture(scope="module")
def agents() -> Reader:
    """A human and an agent in each room."""
    return scenario("agents")


# --- video chat -----------------------------------------------------------------------------------


def test_video_chat_connections_begin_and_end_once(dropout: Reader) -> None:
    """In that order, by one participant in one state; the end says how long it was and why it ended."""
    events = dropout.all("/data/videochat/experiment/exp_dropout")
    connections = defaultdict(list)
    for event in events:
        connections[event["connectionId"]].append(event)
    assert len(connections) > 10
    for began, ended in connections.values():
        assert [began["eventType"], ended["eventType"]] == ["participant_connected", "participant_disconnected"]
        same = ("roomId", "participantId", "participantName", "stateId", "experimentId")
        assert [began[name] for name in same] == [ended[name] for name in same]
        assert (began["duration"], began["reason"]) == (None, None)
        assert ended["duration"] == ms(ended["timestamp"]) - ms(began["timestamp"]) > 0
    assert {event["reason"] for event in events} == {None, "client_initiated", "connection_lost"}


def test_a_person_has_one_video_connection_at_a_time(dropout: Reader) -> None:
    """A new one begins only after the last has ended; recordings lie within them."""
    spans = defaultdict(list)
    for event in dropout.all("/data/videochat/experiment/exp_dropout"):
        if event["duration"] is not None:
            spans[event["participantId"]].append((event["onset"] - event["duration"], event["onset"]))
    assert any(len(own) > 1 for own in spans.values())
    for own in spans.values():
        assert all(a[1] < b[0] for a, b in itertools.pairwise(sorted(own)))
    recordings = dropout.all("/data/recordings/experiment/exp_dropout")
    assert len(recordings) > 10
    for recording in recordings:
        start = recording["videoOffset"]
        assert any(a <= start and start + recording["duration"] <= b for a, b in spans[recording["participantId"]])


# --- participants and rooms -----------------------------------------------------------------------

# Sort parameter to the field that it sorts by.
SORTS = ("joinedAt", "completedAt", "id", "email", "role", "status", "completionCode")


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("path", ["/data/participants/experiment/exp_dropout"])
def test_participants_are_sorted_by_any_of_their_fields(dropout: Reader, sort: str, path: str) -> None:
    """Ties by participant; who has no such value comes last; descending is the exact reverse; pages make the list."""
    found = dropout.all(path, sort=sort)
    assert found == sorted(found, key=lambda one: (one[sort] is None, one[sort] or "", one["participantId"]))
    assert dropout.all(path, sort=sort, order="desc") == found[::-1]
    paged = [one for offset in range(0, len(found), 5) for one in dropout.get(path, sort=sort, limit=5, offset=offset)]
    assert paged == found
    assert len({one[sort] for one in found}) > 1


def test_who_has_not_completed_comes_last(dropout: Reader) -> None:
    """Sorted by `completedAt`: those who finished by the time they did, then the others."""
    found = dropout.all("/data/participants/experiment/exp_dropout", sort="completedAt")
    times = [one["completedAt"] for one in found]
    finished = [time for time in times if time is not None]
    assert times == sorted(finished) + [None] * (len(times) - len(finished))
    assert 0 < len(finished) < len(times)
    for one in found:
        assert (one["completedAt"] is not None) == (one["completionCode"] in ("SUCCESS", "COMPLETED_NO_CODE"))
        assert (one["completedAt"] is not None) == (one["status"] == "completed")


def test_completion_codes_divide_the_participants(dropout: Reader) -> None:
    """Each code finds its own, and all of them together everybody; the query shows what was asked."""
    path = "/data/participants/experiment/exp_dropout"
    everybody = dropout.all(path)
    parts = {code: dropout.all(path, completionCode=code) for code in COMPLETION_CODES}
    assert {code: len(part) for code, part in parts.items()} == {
        code: sum(one["completionCode"] == code for one in everybody) for code in COMPLETION_CODES
    }
    assert sum(map(len, parts.values())) == len(everybody)
    assert sum(map(bool, parts.values())) >= 4
    assert dropout.answer(path, completionCode="SUCCESS")["metadata"]["query"]["completionCode"] == "SUCCESS"
    assert dropout.refused(path, completionCode="success")["parameter"] == "completionCode"


def test_completion_codes_agree_with_what_people_did(dropout: Reader) -> None:
    """Who finished answered the questionnaire, unless they skipped it; who left early did not."""
    answered = {
        e["participantId"] for e in dropout.all("/data/events/experiment/exp_dropout", category="questionnaire")
    }
    for person in dropout.all("/data/participants/experiment/exp_dropout"):
        if person["completionCode"] in ("COMPLETED_NO_CODE", "ABANDONED", "TIMEOUT"):
            assert person["id"] not in answered
    codes = {p["id"]: p["completionCode"] for p in dropout.all("/data/participants/experiment/exp_dropout")}
    assert {codes[who] for who in answered} == {"SUCCESS"}


@pytest.mark.parametrize("name", ["demo", "dropout", "agents"])
def test_a_room_counts_its_participants(request: pytest.FixtureRequest, name: str) -> None:
    """`participantCount` is the length of the room's list; it was made when the first of them came."""
    reader: Reader = request.getfixturevalue(name)
    for experiment in reader.get("/experiments"):
        rooms = reader.all(f"/data/rooms/experiment/{experiment['id']}")
        assert rooms == sorted(rooms, key=lambda room: (room["createdAt"], room["id"]))
        for room in rooms:
            people = reader.all(f"/data/participants/room/{room['id']}")
            assert room["participantCount"] == len(people)
            assert room["createdAt"] == people[0]["joinedAt"] < room["startedAt"] < room["endedAt"]
            assert room["duration"] == ms(room["endedAt"]) - ms(room["startedAt"])
            assert {person["deploymentId"] for person in people} == {room["deploymentId"]}


@pytest.mark.parametrize("sort", ["createdAt", "startedAt", "id", "status"])
def test_rooms_are_sorted_by_any_of_their_fields(demo: Reader, sort: str) -> None:
    """Ties by id; descending is the exact reverse."""
    path = f"/data/rooms/experiment/{STUDY}"
    found = demo.all(path, sort=sort)
    assert found == sorted(found, key=lambda room: (room[sort], room["id"]))
    assert demo.all(path, sort=sort, order="desc") == found[::-1]
    assert len(found) == 6


def test_rooms_carry_the_names_of_their_deployments(demo: Reader) -> None:
    """As the deployment itself is called; a room without one has neither id nor name."""
    for room in demo.all(f"/data/rooms/experiment/{STUDY}"):
        assert room["deploymentName"] == demo.get(f"/deployments/{room['deploymentId']}")["name"]
    api = StudyApi("demo")
    (other,) = api.get("/data/rooms/experiment/exp_other_004", key="other_organisation")
    assert (other["deploymentId"], other["deploymentName"]) == (None, None)


def test_rooms_lie_in_the_window_in_which_they_were_made(demo: Reader) -> None:
    """`startTime` and `endTime` go by `createdAt`, both ends included; participants' by `joinedAt`."""
    for path, field in ((f"/data/rooms/experiment/{STUDY}", "createdAt"),
                        (f"/data/participants/experiment/{STUDY}", "joinedAt")):  # fmt: skip
        found = demo.all(path)
        start, end = found[1][field], found[4][field]
        assert demo.all(path, startTime=start, endTime=end) == [one for one in found if start <= one[field] <= end]


# --- filters --------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", CATALOGUE, ids=lambda row: row.name)
def test_a_deployment_is_its_rooms(demo: Reader, row: Any) -> None:
    """With `deploymentId` a list is what its rooms have, record for record; all deployments together are the whole."""
    path = f"/data/{row.name}/experiment/{STUDY}"
    rooms = demo.all(f"/data/rooms/experiment/{STUDY}")
    totals = {}
    for deployment in ("dep_pilot", "dep_main"):
        own = [room["id"] for room in rooms if room["deploymentId"] == deployment]
        totals[deployment] = demo.total(path, deploymentId=deployment)
        assert totals[deployment] == sum(demo.total(path, roomId=room) for room in own)
        if "room" in row.levels:
            assert totals[deployment] == sum(demo.total(f"/data/{row.name}/room/{room}") for room in own)
        page = demo.get(path, deploymentId=deployment, limit=50)
        assert {record.get("roomId", record.get("id")) for record in page} <= set(own)
    assert sum(totals.values()) == demo.total(path)
    assert demo.total(path, deploymentId="dep_none") == 0
    people = f"/data/participants/room/{ROOM}"
    (own,) = {person["deploymentId"] for person in demo.all(people)}
    assert demo.total(people, deploymentId=own) == len(demo.all(people)) > 0
    assert demo.total(people, deploymentId="dep_none") == 0
    assert demo.total(path, deploymentId="dep_pilot", roomId="room_none") == 0
    assert (demo.total(path) > 0) == (row.name != "eyetracking")


@pytest.mark.parametrize(
    ("data_type", "parameter", "values", "field"),
    [
        ("events", "category", CATEGORIES, "category"),
        ("components", "completed", ("true", "false"), "completed"),
        (
            "components",
            "componentType",
            ("ShowText", "ShowVideo", "VasRating", "VideoChat", "TextChat", "LikertScale", "ContinuousRating"),
            "componentType",
        ),
        (
            "components",
            "stateId",
            ("welcome_state", "text_chat_state", "video_chat_state", "watching_state", "closeness_state"),
            "stateId",
        ),
    ],
    ids=["category", "completed", "componentType", "stateId"],
)
@pytest.mark.parametrize("scope", ["experiment", "room", "participant"])
def test_a_filters_values_divide_the_whole(
    dropout: Reader, scope: str, data_type: str, parameter: str, values: tuple[str, ...], field: str
) -> None:
    """Each finds exactly the records that have it, in their order; none is in two, none in no part."""
    room = dropout.all("/data/rooms/experiment/exp_dropout")[0]["id"]
    person = dropout.all(f"/data/participants/room/{room}", sort="role")[1]["id"]
    ids = {"experiment": "exp_dropout", "room": room, "participant": person}
    path, where = f"/data/{data_type}/{scope}/{ids[scope]}", {"roomId": room} if scope == "participant" else {}
    whole = dropout.all(path, **where)
    written = {"true": True, "false": False}
    count = 0
    for value in values:
        part = dropout.all(path, **where, **{parameter: value})
        assert part == [record for record in whole if record[field] == written.get(value, value)]
        assert dropout.all(path, **where, **{parameter: value}, order="desc") == part[::-1]
        count += len(part)
    assert count == len(whole) > 0


def test_component_types_may_be_written_as_the_client_does(demo: Reader) -> None:
    """In lower case or as the records have them; anything else is refused with what there is."""
    path = f"/data/components/room/{ROOM}"
    assert demo.all(path, componentType="vasrating") == demo.all(path, componentType="VasRating") != []
    for wrong in ("VASRATING", "", "Hologram"):
        details = demo.refused(path, componentType=wrong)
        assert (details["parameter"], details["value"]) == ("componentType", wrong)
        assert "VasRating" in details["expected"]


def test_filters_combine(dropout: Reader) -> None:
    """What fits all of them, within the window."""
    path = "/data/components/experiment/exp_dropout"
    whole = dropout.all(path)
    middle = whole[len(whole) // 2]["timestamp"]
    found = dropout.all(path, completed="true", stateId="watching_state", componentType="LikertScale", startTime=middle)
    assert found == [
        c
        for c in whole
        if c["completed"]
        and (c["stateId"], c["componentType"]) == ("watching_state", "LikertScale")
        and c["timestamp"] >= middle
    ]
    assert found


def test_a_parameter_of_another_data_type_is_ignored(demo: Reader) -> None:
    """Unknown there, so that any value passes; the query block does not show it."""
    plain = demo.answer(f"/data/chat/room/{ROOM}")
    asked = demo.answer(f"/data/chat/room/{ROOM}", category="fun", completed="maybe", aggregationWindow="x")
    assert asked == plain
    assert "category" not in asked["metadata"]["query"]


# --- averaged sync --------------------------------------------------------------------------------


def averages(samples: list[Record], window_ms: int) -> dict[tuple[str, str, int], list[Record]]:
    """Samples by room, participant and the onset at which their window begins."""
    found: dict[tuple[str, str, int], list[Record]] = defaultdict(list)
    for sample in samples:
        key = (sample["roomId"], sample["participantId"], sample["onset"] // window_ms * window_ms)
        found[key].append(sample)
    return found


@pytest.mark.parametrize("window_ms", [1, 1500, 10_000, 60_000, 86_400_000])
@pytest.mark.parametrize("scope", ["experiment", "room", "participant"])
def test_windows_hold_the_means_of_their_samples(demo: Reader, scope: str, window_ms: int) -> None:
    """One for each participant and window that has any, aligned to the room's start."""
    ids = {"experiment": STUDY, "room": ROOM, "participant": "user_xyz789"}
    path, where = f"/data/sync/{scope}/{ids[scope]}", {"roomId": ROOM} if scope == "participant" else {}
    samples = averages(demo.all(path, **where), window_ms)
    windows = demo.all(path, **where, aggregationWindow=window_ms)
    assert len(windows) == len(samples) > 0
    starts = {r["id"]: ms(r["startedAt"]) for r in demo.all(f"/data/rooms/experiment/{STUDY}")}
    for window in windows:
        own = samples[window["roomId"], window["participantId"], window["onset"]]
        assert window["onset"] % window_ms == 0
        assert ms(window["timestamp"]) - window["onset"] == starts[window["roomId"]]
        for name, digits in (
            ("timeDrift", 0), ("latency", 0), ("playbackRate", 4), ("syncQuality", 3), ("bufferHealth", 3)
        ):  # fmt: skip
            mean = sum(sample[name] for sample in own) / len(own)
            assert abs(window[name] - mean) <= 0.5 * 10**-digits + 1e-9
        assert list(window) == list(own[0])
        assert {name: type(value) for name, value in window.items()} == {n: type(v) for n, v in own[0].items()}
    assert len({window["metricId"] for window in windows}) == len(windows)


@pytest.mark.parametrize("sort", ["timestamp", "onset"])
def test_windows_come_in_order_and_page(demo: Reader, sort: str) -> None:
    """Ties by participant; descending is the exact reverse; pages of any size make the list."""
    path, query = f"/data/sync/experiment/{STUDY}", {"aggregationWindow": 5000, "sort": sort}
    windows = demo.all(path, **query)
    assert windows == sorted(windows, key=lambda w: (w[sort], w["participantId"]))
    assert demo.all(path, **query, order="desc") == windows[::-1]
    for limit in (97, 250):
        paged = [w for at in range(0, len(windows), limit) for w in demo.get(path, **query, limit=limit, offset=at)]
        assert paged == windows
    pagination = demo.answer(path, **query, limit=10)["metadata"]["pagination"]
    assert pagination == {
        "total": len(windows), "returned": 10, "hasMore": True, "limit": 10, "offset": 0, "nextOffset": 10
    }  # fmt: skip


@pytest.mark.parametrize("wanted", [True, False])
def test_completed_may_be_written_as_python_writes_it(demo: Reader, wanted: bool) -> None:
    """With a capital, or in any other letter case; the query block names what is meant."""
    path = f"/data/components/experiment/{STUDY}"
    asked = demo.answer(path, completed=wanted)
    assert asked["metadata"]["query"]["completed"] == str(wanted).lower()
    assert {record["completed"] for record in asked["data"]} <= {wanted}
    assert asked["data"] == demo.get(path, completed=str(wanted).upper())


def test_windows_are_found_by_their_own_timestamps(demo: Reader) -> None:
    """As every other record is, both ends included; the query block names the length."""
    path = f"/data/sync/experiment/{STUDY}"
    windows = demo.all(path, roomId=ROOM, aggregationWindow=30_000)
    start, end = windows[len(windows) // 3]["timestamp"], windows[-1]["timestamp"]
    body = demo.answer(path, roomId=ROOM, startTime=start, endTime=end, aggregationWindow=30_000)
    assert body["data"] == [window for window in windows if start <= window["timestamp"] <= end]
    assert 0 < len(body["data"]) < len(windows)
    assert body["metadata"]["query"]["aggregationWindow"] == 30_000
    assert demo.answer(path, limit=1)["metadata"]["query"]["aggregationWindow"] is None


@pytest.mark.parametrize("value", ["0", "-5", "1.5", "", "5s", "86400001"])
def test_a_window_is_a_whole_number_of_ms_up_to_a_day(demo: Reader, value: str) -> None:
    """Anything else is refused with its bounds."""
    details = demo.refused(f"/data/sync/room/{ROOM}", aggregationWindow=value)
    assert details["parameter"] == "aggregationWindow"
    assert details["expected"] == "a whole number from 1 to 86400000"


# --- eye tracking ---------------------------------------------------------------------------------


def test_eyes_are_tracked_where_the_scenario_says_so(demo: Reader) -> None:
    """Every 40 ms from the state's beginning to its end; lost samples have no values, the others lie on the screen."""
    (room,) = demo.all("/data/rooms/experiment/exp_solo_003")
    (person,) = demo.all(f"/data/participants/room/{room['id']}")
    samples = demo.all("/data/eyetracking/experiment/exp_solo_003")
    assert demo.all(f"/data/eyetracking/room/{room['id']}") == samples
    assert demo.all(f"/data/eyetracking/participant/{person['id']}", roomId=room["id"]) == samples
    assert demo.all("/data/eyetracking/experiment/exp_dyads_002") == []
    onsets = [sample["onset"] for sample in samples]
    assert {b - a for a, b in itertools.pairwise(onsets)} == {40}
    lost = [sample for sample in samples if not sample["valid"]]
    assert 0 < len(lost) < len(samples) / 10
    assert {sample[name] for sample in lost for name in ("gazeX", "gazeY", "pupilDiameter")} == {None}
    seen = [sample for sample in samples if sample["valid"]]
    assert all(0 <= sample["gazeX"] <= 1 and 0 <= sample["gazeY"] <= 1 for sample in seen)
    assert 0.4 < sum(sample["gazeX"] for sample in seen) / len(seen) < 0.6
    assert len({sample["sampleId"] for sample in samples}) == len(samples)


# --- variables ------------------------------------------------------------------------------------


def test_variables_are_what_components_were_answered(agents: Reader) -> None:
    """A write for each answer at the instant it was given, after the room's condition; sources tell who."""
    for room in agents.all("/data/rooms/experiment/exp_agents"):
        body = agents.answer(f"/data/variables/room/{room['id']}")
        condition, *writes = body["data"]
        assert condition == {
            "variable": "condition",
            "value": condition["value"],
            "source": "seed",
            "participantId": None,
            "stateId": None,
            "componentId": None,
            "timestamp": room["startedAt"],
            "onset": 0,
            "persisted": True,
        }
        answered = Counter(
            (c["componentId"], c["participantId"], c["response"]["value"])
            for c in agents.all(f"/data/components/room/{room['id']}")
            if c["completed"] and c["response"]
        )
        assert Counter((w["componentId"], w["participantId"], str(w["value"])) for w in writes) == answered
        assert [w["timestamp"] for w in writes] == sorted(w["timestamp"] for w in writes)
        assert all(ms(w["timestamp"]) - ms(room["startedAt"]) == w["onset"] > 0 for w in writes)
        assert {w["source"] for w in writes} == {"human", "agent"}
        assert Counter(w["source"] for w in writes)["agent"] == sum(
            w["participantId"] in agent_ids(agents, room["id"]) for w in writes
        )


def agent_ids(agents: Reader, room: str) -> set[str]:
    return {
        run["participantId"] for run in agents.get("/data/agent-runs/experiment/exp_agents") if run["roomId"] == room
    }


def test_the_timeline_carries_variables_forward(agents: Reader) -> None:
    """A row for each state, with every variable's last value up to then, and null before its first."""
    room = agents.all("/data/rooms/experiment/exp_agents")[1]["id"]
    body = agents.answer(f"/data/variables/room/{room}")
    metadata = body["metadata"]
    states = [state["id"] for state in agents.get("/experiments/exp_agents/config")[0]["states"]]
    assert [row["stateId"] for row in metadata["timeline"]] == states
    assert metadata["matrixColumns"] == ["stateId", *metadata["variableNames"]]
    for number, row in enumerate(metadata["timeline"]):
        assert list(row) == metadata["matrixColumns"]
        up_to = [w for w in body["data"] if w["stateId"] is None or w["stateId"] in states[: number + 1]]
        last = {w["variable"]: w["value"] for w in up_to}
        assert without(row, "stateId") == {name: last.get(name) for name in metadata["variableNames"]}
    assert metadata["timeline"][0]["closeness_rating"] is None
    assert (metadata["mode"], metadata["droppedWrites"]) == ("replay", [])


def test_variables_are_there_once_they_are_written() -> None:
    """While a room runs, neither before; what was there stays at the beginning."""
    whole = scenario("pair").get("/data/variables/room/room_pair")
    start = ms(whole[0]["timestamp"])
    live = StudyApi("pair", now_ms=start)
    before: list[Record] = []
    for _ in range(12):
        now = live.get("/data/variables/room/room_pair")
        assert now == [write for write in whole if write in now]
        assert all(ms(write["timestamp"]) <= live.sandbox.clock.now_ms() for write in now)
        assert [write for write in now if write in before] == before
        before = now
        live.advance(20_000)
    assert before == whole
    assert len(whole) > 3


# --- counts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["demo", "agents"])
def test_counts_are_the_totals_of_the_lists(request: pytest.FixtureRequest, name: str) -> None:
    """For every participant of a room and every type that can be asked for at their scope."""
    reader: Reader = request.getfixturevalue(name)
    types = [row.name for row in CATALOGUE if "participant" in row.levels]
    experiment = reader.get("/experiments")[0]["id"]
    room = reader.all(f"/data/rooms/experiment/{experiment}")[0]["id"]
    sums: Counter[str] = Counter()
    for person in reader.all(f"/data/participants/room/{room}"):
        (found,) = reader.get(f"/data/counts/participant/{person['id']}", roomId=room)
        assert list(found["counts"]) == types
        for data_type, count in found["counts"].items():
            assert reader.total(f"/data/{data_type}/participant/{person['id']}", roomId=room) == count
            assert found["hasData"][data_type] == (count > 0)
        sums.update(found["counts"])
    assert {data_type: reader.total(f"/data/{data_type}/room/{room}") for data_type in types} == dict(sums)


# --- agents ---------------------------------------------------------------------------------------

LED_TO = ("prompt", "reasoning", "chain", "peerModelSnapshot", "predictionUpdate")


def test_decisions_of_an_experiment_are_those_of_its_rooms(agents: Reader) -> None:
    """Room by room, decisions and then runs, every row with the same columns in the same order."""
    whole = agents.get("/data/agent-decisions/experiment/exp_agents")
    rooms = agents.all("/data/rooms/experiment/exp_agents")
    assert whole == [row for room in rooms for row in agents.get(f"/data/agent-decisions/room/{room['id']}")]
    assert len({tuple(row) for row in whole}) == 1
    assert Counter(row["_type"] for row in whole)["run"] == len(rooms)
    for row in whole:
        own = [row[name] for name in ("seq", "stateId", "turnKind", "action", "value", "latencyMs")]
        assert (None not in own) == (row["_type"] == "decision") != (own == [None] * 6)


def test_detail_adds_what_led_to_a_decision(agents: Reader) -> None:
    """The same rows with five columns more; a run has none of them."""
    path = "/data/agent-decisions/experiment/exp_agents"
    plain, detailed = agents.get(path), agents.get(path, detail="true")
    assert agents.get(path, detail="false") == agents.get(path, detail="False") == plain
    assert agents.get(path, detail="True") == detailed
    assert [without(row, *LED_TO) for row in detailed] == plain
    assert len({tuple(row) for row in detailed}) == 1
    for row in detailed:
        told = [row[name] for name in LED_TO]
        assert (None not in told) if row["_type"] == "decision" else (told == [None] * 5)
    one = detailed[0]
    alone = agents.get(f"/data/agent-decisions/room/{one['roomId']}/decision/{one['id']}")
    assert alone == {name: one[name] for name in alone}
    assert {one[name] for name in one if name not in alone} == {None}
    assert one["id"] == f"{one['participantId']}_{one['seq']}"


def test_a_limit_cuts_each_room_and_says_so(agents: Reader) -> None:
    """The first decisions of every room, all of its runs, and `truncated`; enough room cuts nothing."""
    path = "/data/agent-decisions/experiment/exp_agents"
    whole = agents.get(path)
    most = max(Counter(row["roomId"] for row in whole if row["_type"] == "decision").values())
    for limit in (1, 3, most - 1, most, 5000):
        body = agents.answer(path, limit=limit)
        counts = Counter(row["roomId"] for row in body["data"] if row["_type"] == "decision")
        assert set(counts.values()) <= set(range(1, limit + 1))
        assert body["metadata"]["truncated"] == (limit < most)
        assert [row for row in body["data"] if row["_type"] == "run"] == [r for r in whole if r["_type"] == "run"]
        assert [row for row in whole if row in body["data"]] == body["data"]
    assert agents.answer(path, limit=most)["data"] == whole


def test_decisions_come_as_agents_take_them() -> None:
    """While rooms run: neither a decision nor its cost is there before its time, and runs end when agents leave."""
    over = scenario("agents")
    whole = [row for row in over.get("/data/agent-decisions/experiment/exp_agents") if row["_type"] == "decision"]
    first = min(ms(row["timestamp"]) for row in whole)
    live = StudyApi("agents", now_ms=first - 1)
    spend, ended = [], []
    for _ in range(8):
        now_ms = live.sandbox.clock.now_ms()
        rows = live.get("/data/agent-decisions/experiment/exp_agents")
        taken = [row for row in rows if row["_type"] == "decision"]
        assert taken == [row for row in whole if ms(row["timestamp"]) <= now_ms]
        cost = live.get("/deployments/dep_agents/agent-spend")["total"]
        assert cost == pytest.approx(sum(row["costUsd"] for row in taken))
        runs = live.get("/data/agent-runs/experiment/exp_agents")
        assert sum(run["totalCostUsd"] for run in runs) == pytest.approx(cost)
        assert all((run["endedAt"] is None) == (run["roomStatus"] == "active") for run in runs)
        spend.append(cost)
        ended.append(sum(run["endedAt"] is not None for run in runs))
        live.advance(20 * 60_000)
    assert spend == sorted(spend)
    assert ended == sorted(ended)
    assert (spend[0], ended[0], ended[-1]) == (0, 0, 4)


def test_a_room_without_agents_has_no_decisions(demo: Reader) -> None:
    """Empty lists, nothing truncated, nothing spent."""
    for path in (f"/data/agent-decisions/experiment/{STUDY}", f"/data/agent-decisions/room/{ROOM}"):
        body = demo.answer(path)
        assert (body["data"], body["metadata"]["truncated"]) == ([], False)
    assert demo.get(f"/data/agent-runs/experiment/{STUDY}") == []


# --- access and downloads -------------------------------------------------------------------------


def test_access_is_an_object_of_two_flags(demo: Reader) -> None:
    """`data` is no list here (documented); one's own may be seen and exported."""
    assert demo.get(f"/data/check-access/experiment/{STUDY}") == {"canView": True, "canExport": True}
    api = StudyApi("demo")
    for experiment, key, may in ((STUDY, "other_organisation", False), ("exp_other_004", "full", False),
                                 ("exp_other_004", "other_organisation", True)):  # fmt: skip
        found = api.get(f"/data/check-access/experiment/{experiment}", key=key)
        assert found == {"canView": may, "canExport": may}


def test_a_minted_link_opens_the_recordings_file(demo: Reader, demo_app: Flask) -> None:
    """For every recording with a file, its `downloadPath` leads to so many bytes without a key."""
    client = demo_app.test_client(use_cookies=False)
    recordings = demo.all(f"/data/recordings/room/{ROOM}")
    assert len(recordings) >= 8
    for recording in recordings:
        path = f"/data/recordings/download/{ROOM}/{recording['recordingId']}"
        assert recording["downloadPath"] == path
        minted = demo.get(path)
        assert list(minted) == ["url"]
        answer = client.get(minted["url"])
        assert (answer.status_code, len(answer.data)) == (200, recording["fileSize"])


def test_recordings_without_a_file_mint_nothing() -> None:
    """404 for those that failed or are still active, for another room's and for none."""
    technical = scenario("technical")
    recordings = technical.all("/data/recordings/experiment/exp_dropout")
    without_file = [r for r in recordings if r["fileSize"] is None]
    assert 0 < len(without_file) < len(recordings)
    for recording in without_file:
        assert recording["downloadPath"] is None
        path = f"/data/recordings/download/{recording['roomId']}/{recording['recordingId']}"
        assert technical.missing(path)["id"] == recording["recordingId"]
    with_file = next(r for r in recordings if r["fileSize"])
    other_room = next(r["roomId"] for r in recordings if r["roomId"] != with_file["roomId"])
    path = f"/data/recordings/download/{other_room}/{with_file['recordingId']}"
    assert technical.missing(path)["id"] == with_file["recordingId"]
