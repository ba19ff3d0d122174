"""`POST /data/events/batch`: what is written is judged item by item, and read back at once, everywhere, in order."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from emulator import error_of
from hypothesis import given, settings
from hypothesis import strategies as st
from study_support import Record, StudyApi, json_values, ms, no_bugs, without

from mockserver.simulation.records.events import CATEGORIES
from mockserver.store.memory import MemoryStore
from mockserver.words.timestamps import iso_from_ms

BATCH = "/data/events/batch"
STARTED = "2024-10-20T14:30:00.000Z"
STARTED_MS = ms(STARTED)
PEOPLE = ["user_one", "user_two"]
A_TIMESTAMP = "ISO 8601 string, such as 2026-03-16T10:14:32.120Z"


@pytest.fixture
def api() -> StudyApi:
    """The small scenario, after its end: two people in one room."""
    return StudyApi("pair")


@pytest.fixture(scope="module")
def judge() -> StudyApi:
    """One for batches of which nothing is recorded."""
    return StudyApi("pair")


def event(**changes: Any) -> Record:
    """An event that is recorded; a change to None leaves a field out."""
    given_ = {"eventType": "component.update", "roomId": "room_pair", "participantId": "user_one", **changes}
    return {name: value for name, value in given_.items() if value is not None}


def write(api: StudyApi, *events: Any, **options: Any) -> Record:
    """The verdict on a batch."""
    verdict: Record = api.answer("POST", BATCH, {"events": list(events)}, expect=201, **options)["data"]
    return verdict


def read(api: StudyApi, scope: str = "room", **query: Any) -> list[Record]:
    """Events of the one room, at any scope."""
    ids = {"experiment": "exp_pair", "room": "room_pair", "participant": "user_one"}
    room = {"roomId": "room_pair"} if scope == "participant" else {}
    found: list[Record] = api.get(f"/data/events/{scope}/{ids[scope]}", limit=10_000, **room, **query)
    return found


def marked(events: list[Record]) -> list[Record]:
    """Those that a test wrote."""
    return [one for one in events if one["content"].startswith("mine")]


def rejected(*reasons: str) -> Record:
    """A verdict in which nothing was recorded."""
    rejections = [{"index": index, "reason": reason} for index, reason in enumerate(reasons)]
    return {"recorded": 0, "rejected": len(reasons), "rejections": rejections}


# --- how many -------------------------------------------------------------------------------------


def test_the_verdicts_say_what_they_are_about(judge: StudyApi) -> None:
    """Events, at the clock's time; a batch may be about many rooms, and so has no scope."""
    metadata = judge.answer("POST", BATCH, {"events": []}, expect=201)["metadata"]
    assert metadata == {"dataType": "events", "timestamp": iso_from_ms(judge.sandbox.clock.now_ms())}


def test_a_hundred_events_are_recorded(api: StudyApi) -> None:
    """The documented most, all of them, each under an id of its own."""
    before = read(api)
    events = [event(content=f"mine {number}", timestamp=STARTED) for number in range(100)]
    assert write(api, *events) == {"recorded": 100, "rejected": 0, "rejections": []}
    after = read(api)
    assert len(after) == len(before) + 100
    assert len({one["id"] for one in after}) == len(after)
    assert {one["content"] for one in marked(after)} == {f"mine {number}" for number in range(100)}


def test_more_than_a_hundred_are_refused_as_a_whole(api: StudyApi) -> None:
    """400, and none of them is recorded, not even the first hundred."""
    before = read(api)
    answer = api.ask("POST", BATCH, {"events": [event()] * 101})
    error = error_of(answer, 400, "VALIDATION_ERROR")
    assert [problem["path"] for problem in error["details"]["errors"]] == ["events"]
    assert read(api) == before


def test_an_empty_batch_is_accepted(judge: StudyApi) -> None:
    """Nothing to record is nothing wrong."""
    assert write(judge) == {"recorded": 0, "rejected": 0, "rejections": []}


@pytest.mark.parametrize("body", [[], {}, {"events": None}, {"events": {}}, {"events": "x"}, "x", 5, None])
def test_a_body_without_a_list_of_events_is_refused(judge: StudyApi, body: Any) -> None:
    """400 with what is wrong."""
    before = read(judge)
    error = error_of(judge.ask("POST", BATCH, body), 400, "VALIDATION_ERROR")
    assert len(error["details"]["errors"]) == 1
    assert read(judge) == before


# --- verdicts -------------------------------------------------------------------------------------

REASONS: list[tuple[Any, str]] = [
    (5, "Item must be an object"),
    (None, "Item must be an object"),
    ([], "Item must be an object"),
    ({}, "; ".join(f"Missing required field: {name}" for name in ("eventType", "roomId", "participantId"))),
    (event(eventType=""), "Invalid value for eventType: expected a non-empty string"),
    (event(eventType=7), "Invalid type for eventType: expected string"),
    ({**event(), "eventType": None}, "Missing required field: eventType"),
    (event(roomId=None), "Missing required field: roomId"),
    ({**event(), "roomId": None, "sessionId": None}, "Missing required field: roomId"),
    (event(roomId=5), "Invalid type for roomId: expected string"),
    (event(roomId=""), "Invalid value for roomId: expected a non-empty string"),
    (event(participantId=None), "Missing required field: participantId"),
    (event(participantId=["user_one"]), "Invalid type for participantId: expected string"),
    (
        event(participantId=5, duration="x", eventType=1),
        "Invalid type for eventType: expected string; Invalid type for "
        "participantId: expected string; Invalid type for duration: expected integer",
    ),
    (event(roomId="nowhere"), "Unknown room: nowhere"),
    (event(roomId="x" * 500), "Unknown room: " + "x" * 100),
    (event(participantId="nobody"), "Unknown participant in room room_pair: nobody"),
    (event(timestamp="yesterday"), "Invalid timestamp: expected ISO 8601"),
    (event(timestamp="2024-02-30T00:00:00Z"), "Invalid timestamp: expected ISO 8601"),
    (event(timestamp="9999-12-31T23:59:59-01:00"), "Invalid timestamp: expected ISO 8601"),
    (event(timestamp="0001-01-01T00:00:00+01:00"), "Invalid timestamp: expected ISO 8601"),
    (event(timestamp=STARTED_MS), f"Invalid type for timestamp: expected {A_TIMESTAMP}"),
    (event(timestamp=False), f"Invalid type for timestamp: expected {A_TIMESTAMP}"),
    (event(timestamp={}), f"Invalid type for timestamp: expected {A_TIMESTAMP}"),
    (event(onset="5"), "Invalid type for onset: expected integer"),
    (event(onset=1.5), "Invalid type for onset: expected integer"),
    (event(onset=True), "Invalid type for onset: expected integer"),
    (event(onset=1e300), f"Value out of range for onset: expected {-(2**53)} to {2**53}"),
    (event(onset=2**50), "Value out of range for onset: expected within the years 1 to 9999"),
    (event(onset=-(2**50)), "Value out of range for onset: expected within the years 1 to 9999"),
    (event(participantRole=1), "Invalid type for participantRole: expected string"),
    (event(category="fun"), f"Invalid value for category: expected one of {', '.join(CATEGORIES)}"),
    (event(category=[]), "Invalid type for category: expected string"),
    (event(stateId=1), "Invalid type for stateId: expected string"),
    (event(stateName={}), "Invalid type for stateName: expected string"),
    (event(componentType=True), "Invalid type for componentType: expected string"),
    (event(componentId=0), "Invalid type for componentId: expected string"),
    (event(content=1.5), "Invalid type for content: expected string"),
    (event(duration="5"), "Invalid type for duration: expected integer"),
    (event(duration=True), "Invalid type for duration: expected integer"),
    (event(duration=1.5), "Invalid type for duration: expected integer"),
    (event(duration=1e300), f"Value out of range for duration: expected 0 to {2**53}"),
    (event(duration=2**64), f"Value out of range for duration: expected 0 to {2**53}"),
    (event(duration=-1), f"Value out of range for duration: expected 0 to {2**53}"),
    (event(response="yes"), "Invalid type for response: expected object"),
    (event(response={"value": "a", "responseTime": "x"}), "Invalid type for response.responseTime: expected integer"),
    (event(response={"responseTime": -5}), f"Value out of range for response.responseTime: expected 0 to {2**53}"),
]


@pytest.mark.parametrize(
    ("item", "reason"), REASONS, ids=[f"{n} {reason[:40]}" for n, (_, reason) in enumerate(REASONS)]
)
def test_an_event_is_rejected_with_its_reason(judge: StudyApi, item: Any, reason: str) -> None:
    """Everything that is wrong with its fields, in their order and in words that never change."""
    assert write(judge, item) == rejected(reason)


def test_rejections_keep_the_batchs_order_and_good_events_are_recorded(api: StudyApi) -> None:
    """Each has its index in the batch; what lies between is not lost for its neighbours' sake."""
    batch = [event(content="mine a"), *[item for item, _ in REASONS], event(content="mine b", participantId="user_two")]
    verdict = write(api, *batch)
    assert verdict["recorded"] == 2
    assert verdict["rejections"] == [{"index": index, "reason": reason} for index, (_, reason) in enumerate(REASONS, 1)]
    assert verdict["rejected"] == len(REASONS)
    assert [(one["content"], one["participantId"]) for one in marked(read(api))] == [
        ("mine a", "user_one"),
        ("mine b", "user_two"),
    ]


def test_a_room_of_another_organisation_is_unknown(judge: StudyApi) -> None:
    """What cannot be seen cannot be written to."""
    assert write(judge, event(), key="other_organisation") == rejected("Unknown room: room_pair")


def test_a_room_that_nobody_has_joined_yet_is_unknown() -> None:
    """As for reading; a minute later it is there, and can be written to."""
    early = StudyApi("pair", now_ms=STARTED_MS - 600_000)
    assert write(early, event()) == rejected("Unknown room: room_pair")
    early.advance(600_000)
    assert write(early, event())["recorded"] == 1


# --- what is recorded -----------------------------------------------------------------------------


def test_an_event_is_read_back_as_it_was_written(api: StudyApi) -> None:
    """Every field; the server adds id, onset, experiment, role and the state's name."""
    sent = event(
        timestamp="2024-10-20T14:31:00.250Z",
        category="media",
        componentType="ShowVideo",
        componentId="video_main",
        content="mine",
        stateId="watching_state",
        duration=1200,
        response={"value": "again", "responseTime": 900},
    )
    write(api, sent)
    (found,) = marked(read(api))
    assert found == {
        **sent,
        "id": found["id"],
        "onset": 60_250,
        "experimentId": "exp_pair",
        "sessionId": "room_pair",
        "stateName": "watching_state",
        "participantRole": "participant_a",
    }
    assert list(found) == list(read(api)[0])


def test_what_an_event_does_not_say_is_filled_in(api: StudyApi) -> None:
    """Now as its time, the type's family as its category, the type as its content; null where nothing applies."""
    write(api, event(eventType="media.play", participantId="user_two"))
    found = read(api, order="desc")[0]
    assert found["timestamp"] == iso_from_ms(api.sandbox.clock.now_ms())
    assert (found["category"], found["content"], found["participantRole"]) == ("media", "media.play", "participant_b")
    empty = ("componentType", "componentId", "stateName", "duration", "response", "stateId")
    assert [found[name] for name in empty] == [None] * len(empty)


@pytest.mark.parametrize(
    ("event_type", "category"),
    [(f"{name}.x", name) for name in CATEGORIES]
    + [("consent.given", "pre_experiment"), ("instructions.page_view", "pre_experiment")]
    + [("custom.thing", "component"), ("plain", "component")],
)
def test_the_category_is_that_of_the_events_family(judge: StudyApi, event_type: str, category: str) -> None:
    """Found again by the filter, as the client asks for consent; of a family that nobody knows it is `component`."""
    write(judge, event(eventType=event_type, content=f"mine {event_type}"))
    found = [one["content"] for one in marked(read(judge, category=category))]
    assert found.count(f"mine {event_type}") == 1


def test_a_room_may_be_called_a_session(api: StudyApi) -> None:
    """`sessionId` is what the data page's events call it; where both are given they have to agree."""
    both = event(sessionId="room_pair", content="mine 2")
    write(api, event(roomId=None, sessionId="room_pair", content="mine 1"), both)
    assert {(one["roomId"], one["sessionId"]) for one in marked(read(api))} == {("room_pair", "room_pair")}
    assert len(marked(read(api))) == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), ("", ""), (5, "5"), (2.5, "2.5"), (True, "true"), (None, None), ([1, "b"], '[1,"b"]'), ({}, "{}")],
)
def test_an_answer_is_text_whatever_was_sent(judge: StudyApi, value: Any, text: str | None) -> None:
    """So that the column has one type; what is no text is read back as JSON, and null as null."""
    content = f"mine {value!r}"
    write(judge, event(content=content, response={"value": value}))
    (found,) = (one for one in read(judge) if one["content"] == content)
    assert found["response"] == {"value": text, "responseTime": None}


@pytest.mark.parametrize("format_", ["json", "ndjson", "csv"])
def test_what_was_not_said_of_an_answer_is_null_in_every_format(api: StudyApi, format_: str) -> None:
    """Neither 0 nor a text, beside answers that say more."""
    answers = [{}, {"value": None, "responseTime": 5}, {"responseTime": 5.0}, {"value": ""}, None, {"value": "a"}]
    write(api, *(event(content=f"mine {number}", response=answer) for number, answer in enumerate(answers)))
    told = [(None, None), (None, 5), (None, 5), ("", None), (None, None), ("a", None)]
    answer = api.ask("GET", "/data/events/room/room_pair", format=format_, limit=10_000)
    text = answer.get_data(as_text=True)
    if format_ == "csv":
        rows = {row["content"]: row for row in csv.DictReader(io.StringIO(text))}
        found = [(rows[f"mine {n}"]["response.value"], rows[f"mine {n}"]["response.responseTime"]) for n in range(6)]
        assert found == [(value or "", "" if time is None else str(time)) for value, time in told]
        return
    lines = json.loads(text)["data"] if format_ == "json" else list(map(json.loads, text.splitlines()))
    by_content = {record["content"]: record["response"] for record in lines}
    for number, (value, time) in enumerate(told):
        assert by_content[f"mine {number}"] == (
            None if answers[number] is None else {"value": value, "responseTime": time}
        )


@pytest.mark.parametrize(
    ("timestamp", "onset"),
    [
        (STARTED, 0),
        ("2024-10-20T14:29:30Z", -30_000),
        ("2024-10-20T14:30:10.5Z", 10_500),
        ("2024-10-20T14:30:10.123999Z", 10_123),
        ("2024-10-20T16:30:01+02:00", 1000),
        ("2024-10-20T09:00:02-0530", 2000),
        ("2024-10-20T14:30:03", 3000),
        ("2024-10-20", -(14 * 3600 + 1800) * 1000),
        ("2031-01-01T00:00:00Z", ms("2031-01-01T00:00:00Z") - STARTED_MS),
        ("1999-12-31T23:59:59.999Z", ms("1999-12-31T23:59:59.999Z") - STARTED_MS),
    ],
)
def test_onset_is_the_time_since_the_room_started(judge: StudyApi, timestamp: str, onset: int) -> None:
    """To the millisecond, whatever the offset; before the start it is negative; no zone means UTC."""
    content = f"mine {timestamp}"
    write(judge, event(timestamp=timestamp, content=content))
    (found,) = (one for one in read(judge) if one["content"] == content)
    assert found["onset"] == onset
    assert ms(found["timestamp"]) == STARTED_MS + onset


# --- where it shows -------------------------------------------------------------------------------


def test_an_event_shows_at_once_at_every_scope(api: StudyApi) -> None:
    """The same record at its place among the others, and only with its own participant."""
    places = {scope: read(api, scope) for scope in ("experiment", "room", "participant")}
    middle = ms(places["room"][20]["timestamp"])
    write(api, event(content="mine", timestamp=iso_from_ms(middle + 1)))
    for scope, before in places.items():
        after = read(api, scope)
        (new,) = marked(after)
        assert [one for one in after if one != new] == before
        assert after == sorted(after, key=lambda one: (one["timestamp"], one["participantId"], one["id"]))
    other = api.get("/data/events/participant/user_two", roomId="room_pair", limit=1000)
    assert marked(other) == []


def test_totals_and_counts_include_what_was_written(api: StudyApi) -> None:
    """At every scope, and in the participant's counts."""

    def told() -> tuple[int, ...]:
        totals = [
            api.answer("GET", path, limit=1, roomId="room_pair")["metadata"]["pagination"]["total"]
            for path in (
                "/data/events/experiment/exp_pair",
                "/data/events/room/room_pair",
                "/data/events/participant/user_one",
                "/data/events/participant/user_two",
            )
        ]
        counts = [
            api.get(f"/data/counts/participant/{who}", roomId="room_pair")[0]["counts"]["events"] for who in PEOPLE
        ]
        return (*totals, *counts)

    before = told()
    write(api, *[event()] * 3, event(participantId="user_two"), event(participantId="nobody"))
    assert [b - a for a, b in zip(before, told(), strict=True)] == [4, 4, 3, 1, 3, 1]


def test_other_data_is_not_touched_by_events(api: StudyApi) -> None:
    """A written event adds no message, no component and no participant."""
    paths = [
        f"/data/{name}/room/room_pair"
        for name in ("chat", "components", "participants", "ratings/continuous", "ratings/sparse", "sync", "videochat")
    ]
    before = [api.get(path, limit=10_000) for path in paths]
    write(api, event(eventType="communication.message"), event(eventType="component.complete"))
    assert [api.get(path, limit=10_000) for path in paths] == before


@pytest.mark.parametrize("batches", [1, 3])
def test_events_of_one_instant_come_in_the_order_of_writing(api: StudyApi, batches: int) -> None:
    """Each participant's own, within a batch and from batch to batch; their ids count."""
    at = "2024-10-20T14:30:07.007Z"
    for batch in range(batches):
        write(api, *[event(timestamp=at, content=f"mine {batch} {n}", participantId=PEOPLE[n % 2]) for n in range(40)])
    found = marked(read(api))
    for who, first in zip(PEOPLE, (0, 1), strict=True):
        told = [one["content"] for one in found if one["participantId"] == who]
        assert told == [f"mine {batch} {n}" for batch in range(batches) for n in range(first, 40, 2)]
    assert sorted(one["id"] for one in found) == [f"event_written_{n:06d}" for n in range(1, 40 * batches + 1)]
    backwards = marked(read(api, order="desc"))
    assert backwards == found[::-1]


def test_what_is_written_is_not_read_back(api: StudyApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much there is, so that a batch costs the same at any time."""
    asked: list[str] = []
    monkeypatch.setattr(MemoryStore, "documents", lambda store, kind: asked.append(kind))
    for _ in range(3):
        write(api, event(content="mine"))
    assert len(marked(read(api))) == 3
    assert asked == []


def test_ties_are_broken_by_participant_and_then_id(api: StudyApi) -> None:
    """Among each other and with the events of the scenario; descending is the exact reverse."""
    at = read(api)[30]["timestamp"]
    write(api, *[event(timestamp=at, participantId=PEOPLE[number % 2], content="mine") for number in range(10)])
    for sort in ("timestamp", "onset"):
        found = read(api, sort=sort)
        assert found == sorted(found, key=lambda one: (one["timestamp"], one["participantId"], one["id"]))
        assert read(api, sort=sort, order="desc") == found[::-1]
    tied = [one for one in read(api) if one["timestamp"] == at]
    assert len(tied) >= 11
    assert [one["participantId"] for one in tied] == sorted(one["participantId"] for one in tied)


@pytest.mark.parametrize("limit", [1, 7, 50])
def test_paging_neither_repeats_nor_drops_what_was_written(api: StudyApi, limit: int) -> None:
    """Pages of any size make the list, with events in the past, among the others, and in the future."""
    stamps = ["2020-01-01T00:00:00Z", STARTED, "2024-10-20T14:30:20.5Z", "2040-01-01T00:00:00Z"]
    write(api, *[event(timestamp=at, participantId=who) for at in stamps for who in PEOPLE for _ in range(3)])
    whole = read(api)
    assert api.pages("/data/events/room/room_pair", limit) == whole
    assert api.pages("/data/events/experiment/exp_pair", limit, sort="onset", order="desc") == whole[::-1]


def test_time_windows_find_what_was_written(api: StudyApi) -> None:
    """Both ends included; an event of the future is found where it belongs."""
    at = "2030-05-05T05:05:05.005Z"
    write(api, event(timestamp=at, content="mine"))
    assert marked(read(api, startTime=at, endTime=at)) == read(api, startTime="2025-01-01") != []
    assert marked(read(api, endTime="2030-05-05T05:05:05.004Z")) == []


def test_csv_and_ndjson_show_what_was_written(api: StudyApi) -> None:
    """The same records, awkward text included."""
    text = 'mine, "quoted"\nand 你好 \u2028'
    write(api, event(content=text, response={"value": text, "responseTime": 5}, timestamp="2024-10-20T14:30:05Z"))
    records = read(api)
    path = "/data/events/room/room_pair"
    lines = api.ask("GET", path, limit=10_000, format="ndjson").text.split("\n")
    assert [json.loads(line) for line in lines if line] == records
    rows = list(csv.DictReader(io.StringIO(api.ask("GET", path, limit=10_000, format="csv").text, newline="")))
    assert [row["id"] for row in rows] == [record["id"] for record in records]
    (row,) = (row for row in rows if row["content"] == text)
    assert (row["response.value"], row["response.responseTime"], row["onset"]) == (text, "5", "5000")


# --- who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "may"), [("full", True), ("write", True), ("read_only", False), ("events_only", False)]
)
def test_recording_needs_write_events(judge: StudyApi, key: str, may: bool) -> None:
    """Reading is not writing: 403 with the scope that is missing, and nothing is recorded."""
    before = len(read(judge))
    answer = judge.ask("POST", BATCH, {"events": [event()]}, key=key)
    if may:
        assert answer.status_code == 201
    else:
        details = error_of(answer, 403, "FORBIDDEN")["details"]
        assert details == {
            "required": ["write:events"],
            "provided": list(judge.sandbox.world.scenario.keys[key].scopes),
        }
    assert len(read(judge)) == before + may


# --- while an experiment runs ---------------------------------------------------------------------


def test_a_written_event_shows_although_the_study_has_not_come_so_far() -> None:
    """At its place behind what is still to come, and in front of it later; nothing is lost or moved by it."""
    whole = read(StudyApi("pair"))
    live = StudyApi("pair", now_ms=STARTED_MS + 20_000)
    before = read(live)
    assert 0 < len(before) < len(whole)
    later = STARTED_MS + 60_000
    write(live, event(timestamp=iso_from_ms(later), content="mine"), event(timestamp=STARTED, content="mine too"))
    for scope in ("experiment", "room", "participant"):
        found = read(live, scope)
        assert [one["content"] for one in marked(found)] == ["mine too", "mine"]
        assert found[-1]["content"] == "mine"
        assert ms(found[-2]["timestamp"]) <= STARTED_MS + 20_000
    assert [one for one in read(live) if one not in marked(read(live))] == before
    live.advance(600_000)
    over = read(live)
    assert [one for one in over if one not in marked(over)] == whole
    assert over == sorted(over, key=lambda one: (one["timestamp"], one["participantId"], one["id"]))


def test_an_event_can_be_written_into_a_launched_room(api: StudyApi) -> None:
    """Its room's start is the zero of its onset."""
    experiment = api.create_experiment()
    deployment = api.deploy(experiment)
    (session,) = api.sessions(deployment)
    api.advance(5000)
    (room,) = api.get(f"/data/rooms/experiment/{experiment}")
    person = api.get(f"/data/participants/room/{room['id']}")[0]
    write(api, event(roomId=session["id"], participantId=person["id"], content="mine"))
    (found,) = marked(api.get(f"/data/events/room/{session['id']}"))
    assert found["onset"] == 3000 == ms(found["timestamp"]) - ms(room["startedAt"])
    assert (found["experimentId"], found["participantRole"]) == (experiment, person["role"])


# --- any batch ------------------------------------------------------------------------------------

zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))])
years = [datetime.fromisoformat(f"{year}-01-01") for year in (1990, 2060)]
instants = st.datetimes(*years, timezones=zones)
near = st.integers(-120_000, 120_000).map(lambda onset: iso_from_ms(STARTED_MS + onset))
good_events = st.fixed_dictionaries(
    {
        "eventType": st.sampled_from(["component.update", "media.play", "x"]),
        "roomId": st.just("room_pair"),
        "participantId": st.sampled_from(PEOPLE),
        "timestamp": near | instants.map(datetime.isoformat),
        "content": st.text(max_size=20).map(lambda text: f"mine {text}"),
    },
    optional={
        "category": st.sampled_from(CATEGORIES),
        "duration": st.integers(0, 2**53),
        "response": st.fixed_dictionaries({"value": st.text(max_size=5)}, optional={"responseTime": st.integers(0, 9)}),
    },
)
fields = [
    "eventType",
    "roomId",
    "sessionId",
    "participantId",
    "timestamp",
    "category",
    "duration",
    "response",
    "content",
]
odd_events = json_values | st.builds(
    lambda base, name, value: {**base, name: value}, good_events, st.sampled_from(fields), json_values
)


@pytest.fixture(scope="module")
def many() -> Iterator[StudyApi]:
    """One that takes whatever Hypothesis writes; none of it makes it fail."""
    with no_bugs():
        yield StudyApi("pair")


@settings(max_examples=25)
@given(batch=st.lists(good_events, max_size=12), limit=st.integers(20, 60))
def test_any_batch_is_read_back_in_order(many: StudyApi, batch: list[Record], limit: int) -> None:
    """All of it is recorded; the list stays in order, its onsets exact, its pages whole, and the rest as it was."""
    before = read(many)
    assert write(many, *batch) == {"recorded": len(batch), "rejected": 0, "rejections": []}
    after = many.pages("/data/events/room/room_pair", limit) if len(before) < 150 else read(many)
    known = {one["id"] for one in before}
    new = [one for one in after if one["id"] not in known]
    assert [one for one in after if one["id"] in known] == before
    wanted = [(ms(one["timestamp"]), one["participantId"], one["eventType"], one["content"]) for one in batch]
    assert sorted((ms(n["timestamp"]), n["participantId"], n["eventType"], n["content"]) for n in new) == sorted(wanted)
    assert all(one["onset"] == ms(one["timestamp"]) - STARTED_MS for one in new)
    assert after == sorted(after, key=lambda one: (ms(one["timestamp"]), one["participantId"], one["id"]))
    assert read(many, sort="onset", order="desc") == after[::-1]


@settings(max_examples=40)
@given(batch=st.lists(odd_events, max_size=8))
def test_any_batch_gets_a_verdict_on_every_item(many: StudyApi, batch: list[Any]) -> None:
    """Recorded and rejected add up, indexes come in order with a reason each, and what was recorded can be read."""
    total = len(read(many))
    verdict = write(many, *batch)
    assert verdict["recorded"] + verdict["rejected"] == len(batch)
    indexes = [rejection["index"] for rejection in verdict["rejections"]]
    assert indexes == sorted(set(indexes))
    assert len(indexes) == verdict["rejected"]
    assert all(rejection["reason"] for rejection in verdict["rejections"])
    assert len(read(many)) == total + verdict["recorded"]


# --- what an event says of its place and its time -------------------------------------------------

ELSEWHEN = "Invalid value for onset: expected 10500, as the timestamp and the room's start say"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"experimentId": "exp_other"}, "Invalid value for experimentId: expected exp_pair, as the room says"),
        ({"sessionId": "room_other"}, "Invalid value for sessionId: expected room_pair, as the room says"),
        ({"participantRole": "host"}, "Invalid value for participantRole: expected participant_a, as the room says"),
        ({"stateName": "Ads"}, "Invalid value for stateName: expected watching_state, as the room says"),
        ({"onset": 10_501}, ELSEWHEN),
        (
            {"sessionId": "x", "onset": 0, "stateName": "Ads"},
            "Invalid value for sessionId: expected room_pair, as the room says; "
            f"{ELSEWHEN}; Invalid value for stateName: expected watching_state, as the room says",
        ),
    ],
)
def test_an_event_that_contradicts_its_room_is_rejected(judge: StudyApi, wrong: Record, reason: str) -> None:
    """Alone, with what would be right; the same event without the contradiction is recorded."""
    right = event(
        timestamp="2024-10-20T14:30:10.5009Z", experimentId="exp_pair", sessionId="room_pair", onset=10_500.0,
        participantRole="participant_a", stateId="watching_state", stateName="watching_state", duration=0,
    )  # fmt: skip
    verdict = write(judge, {**right, **wrong}, right)
    assert verdict == {"recorded": 1, "rejected": 1, "rejections": [{"index": 0, "reason": reason}]}


@pytest.mark.parametrize("onset", [0, 1, -30_000, 61_001, 5.0, 10**12])
def test_onset_tells_the_time_where_there_is_no_timestamp(judge: StudyApi, onset: float) -> None:
    """The room's start and as many milliseconds."""
    write(judge, event(onset=onset, content=f"mine onset {onset!r}"))
    (found,) = (one for one in read(judge) if one["content"] == f"mine onset {onset!r}")
    assert (found["onset"], ms(found["timestamp"])) == (onset, STARTED_MS + onset)
    assert type(found["onset"]) is int


def test_the_states_of_a_launched_room_are_those_of_its_definition(api: StudyApi) -> None:
    """With their names; a client may have states of its own beside them."""
    named = {"id": "ask", "name": "A question", "focusComponent": {"type": "vasrating"}}
    experiment = api.create_experiment(states=[named])
    (session,) = api.sessions(api.deploy(experiment))
    api.advance(600_000)
    (one, _) = api.get(f"/data/participants/room/{session['id']}")
    base = event(roomId=session["id"], participantId=one["id"], content="mine")
    states = ("ask", "pre_experiment", "post_experiment", "mine")
    assert write(api, *[{**base, "stateId": state} for state in states])["rejections"] == []
    written = marked(api.get(f"/data/events/room/{session['id']}"))
    assert [(e["stateId"], e["stateName"]) for e in written] == [
        ("ask", "A question"),
        ("pre_experiment", "pre_experiment"),
        ("post_experiment", "post_experiment"),
        ("mine", "mine"),
    ]


def test_what_is_read_can_be_written_as_it_is(api: StudyApi) -> None:
    """Every event of the scenario, null where nothing applies: the same again under another id."""
    before = read(api)
    for start in range(0, len(before), 100):
        batch = before[start : start + 100]
        assert write(api, *batch) == {"recorded": len(batch), "rejected": 0, "rejections": []}
    written = [one for one in read(api) if one["id"].startswith("event_written_")]
    assert sorted((without(one, "id") for one in written), key=repr) == sorted(
        (without(one, "id") for one in before), key=repr
    )


def test_null_is_as_good_as_leaving_out(api: StudyApi) -> None:
    """In every field that may be left out."""
    optional = (
        "sessionId", "experimentId", "participantRole", "timestamp", "onset", "category", "componentType",
        "componentId", "content", "stateId", "stateName", "duration", "response",
    )  # fmt: skip
    write(api, event(eventType="mine.x"), {**event(eventType="mine.x"), **dict.fromkeys(optional)})
    plain, nulls = (one for one in read(api) if one["eventType"] == "mine.x")
    assert without(plain, "id") == without(nulls, "id")
