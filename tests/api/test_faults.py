"""Faults over the control API: set, met, told, taken back; and each kind as a client without a socket meets it."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from control_support import Control, Json

from mockserver.door.faults.catalogue import catalogue

EVENTS = "/data/events/room/room_pair"
EVENT = {"eventType": "click", "targetSelector": "#buy", "timestamp": "2026-03-16T10:14:32.120Z"}


@pytest.fixture
def control() -> Control:
    return Control()


def set_fault(control: Control, kind: str, prefix: str = "", **fields: Any) -> Json:
    answer = control.client.post(f"{prefix}/_mock/faults", json={"fault": kind, **fields})
    assert answer.status_code == 201, answer.text
    told: Json = answer.get_json()
    return told


def page(control: Control, query: str = "limit=5", **options: Any) -> Json:
    told: Json = control.data_api(f"{EVENTS}?{query}", **options).get_json()
    return told


# --- setting ---------------------------------------------------------------------------------------


def test_a_fault_is_told_with_all_that_it_is_set_to(control: Control) -> None:
    """What was left out too; and then what came of it."""
    told = set_fault(control, "status", status=503, retryAfter=7, operation="getEventsByRoom", after=1, times=2)
    assert told == {
        "id": "fault_1", "fault": "status", "operation": "getEventsByRoom", "when": "before", "times": 2, "after": 1,
        "probability": 1.0, "script": None,
        "knobs": {"status": 503, "message": "This failure was asked for.", "retryAfter": 7},
        "calls": 0, "fired": 0, "spent": False, "firings": [],
    }  # fmt: skip
    statuses = [control.data_api(EVENTS).status_code for _ in range(4)]
    assert statuses == [200, 503, 503, 200]
    listed = control.client.get("/_mock/faults").get_json()
    (fault,) = listed["faults"]
    assert (listed["total"], listed["unfired"], fault["calls"], fault["fired"], fault["spent"]) == (1, [], 4, 2, True)
    assert [(one["call"], one["entry"]) for one in fault["firings"]] == [(2, 2), (3, 3)]
    answer = control.journal()[1]
    assert answer["faults"] == [{"id": "fault_1", "fault": "status", "when": "before"}]
    assert {"name": "x-mock-fault", "value": "status fault_1"} in answer["response"]["headers"]
    assert (answer["refusal"]["cause"], answer["internal"]) == ("injected", False)


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({}, "The body must have a field fault, one of latency, "),
        ({"fault": "latencies"}, "Unknown fault 'latencies': did you mean latency?"),
        ({"fault": "latency", "operation": "getEventByRoom"}, "did you mean getEventsByRoom?"),
        ({"fault": "latency", "operation": "getClock"}, "Unknown operation 'getClock'"),
        ({"fault": "latency", "second": 1}, "Unknown field 'second'. Did you mean seconds?"),
        ({"fault": "reset", "seconds": 1}, "Unknown field 'seconds'."),
        ({"fault": "status"}, "Missing required field: status"),
        ({"fault": "status", "status": 200}, "Value out of range for status: expected 400 to 599"),
        ({"fault": "latency", "times": 0}, "Value out of range for times"),
        ({"fault": "latency", "probability": 1.5}, "Value out of range for probability: expected 0 to 1"),
        ({"fault": "latency", "when": "during"}, "Invalid value for when: expected one of before, after"),
        ({"fault": "unordered", "when": "before"}, "The fault unordered can only happen after the work"),
        ({"fault": "has_more_stuck", "operation": "getHealth"}, "cannot happen to getHealth"),
        ({"fault": "verdict_short", "operation": "getEventsByRoom"}, "cannot happen to getEventsByRoom"),
        ({"fault": "answer", "headers": {"a": 1}}, "Invalid type for headers: expected object of strings"),
    ],
)
def test_what_could_never_fire_is_refused(control: Control, order: Json, said: str) -> None:
    """And nothing is set."""
    assert said in control.error("POST", "/faults", order)
    assert control.client.get("/_mock/faults").get_json()["total"] == 0


def test_faults_are_taken_back(control: Control) -> None:
    """One, all, or with a reset; and a sandbox has its own."""
    for _ in range(3):
        set_fault(control, "reset", times=None)
    control.make("other")
    set_fault(control, "status", "/_mock/s/other", status=503)
    assert control.ask("DELETE", "/faults/fault_2", status=200).get_json() == {"removed": 1}
    assert "there are fault_1, fault_3" in control.error("DELETE", "/faults/fault_2", status=404)
    assert control.ask("DELETE", "/faults", status=200).get_json() == {"removed": 2}
    assert control.data_api(EVENTS).status_code == 200
    control.ask("POST", "/sandboxes/other/reset", {"only": ["faults"]}, 200)
    assert control.data_api(EVENTS, "/_mock/s/other").status_code == 200


def test_the_catalogue_describes_every_fault(control: Control) -> None:
    """With a schema that takes what is taken."""
    told = control.client.get("/_mock/faults/catalogue").get_json()["faults"]
    assert [one["name"] for one in told] == list(catalogue())
    by_name = {one["name"]: one for one in told}
    status = by_name["status"]["schema"]["properties"]
    assert (status["status"]["minimum"], status["retryAfter"]["type"]) == (400, "integer")
    assert by_name["unordered"]["schema"]["properties"]["when"]["enum"] == ["after"]
    assert all(one["does"] and one["imitates"] and one["careful"] for one in told)


# --- meeting ---------------------------------------------------------------------------------------


def test_a_kept_answer_hides_no_fault(control: Control) -> None:
    """Asked a hundred times before, and a hundred times after."""
    before = [control.data_api(EVENTS).data for _ in range(3)]
    set_fault(control, "status", status=500)
    assert control.data_api(EVENTS).status_code == 500
    tag = control.data_api(EVENTS).headers["ETag"]
    set_fault(control, "status", status=500)
    assert control.data_api(EVENTS, headers={"If-None-Match": tag}).status_code == 500
    assert [control.data_api(EVENTS).data for _ in range(3)] == before


def test_preflights_and_the_control_api_use_nothing_up(control: Control) -> None:
    """Every other call does, whatever it would have been answered."""
    set_fault(control, "status", status=503, after=2)
    asks = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "GET"}
    assert control.client.options("/api/v3" + EVENTS, headers=asks).status_code == 204
    assert control.client.get("/_mock/clock").status_code == 200
    assert control.client.get("/api/v3" + EVENTS).status_code == 401
    assert control.data_api("/data/events/room/nowhere").status_code == 404
    assert control.data_api(EVENTS).status_code == 503


def test_scripts_are_for_who_names_them(control: Control) -> None:
    """An unknown one is refused, with those that there are."""
    set_fault(control, "status", status=503, script="mine", times=None)
    mine = {"X-Mock-Script": "mine"}
    assert [control.data_api(EVENTS, headers=mine).status_code, control.data_api(EVENTS).status_code] == [503, 200]
    refused = control.data_api(EVENTS, headers={"X-Mock-Script": "thine"})
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (400, "VALIDATION_ERROR")
    assert "there are mine" in refused.get_json()["error"]["message"]


def test_after_the_work_a_write_was_done_all_the_same(control: Control) -> None:
    """The answer never arrives, and what was sent is there."""
    set_fault(control, "reset", when="after", operation="createPersona")
    with pytest.raises(ConnectionResetError):
        control.add_persona("Ada")
    assert "Ada" in control.personas()
    set_fault(control, "reset", when="before", operation="createPersona")
    with pytest.raises(ConnectionResetError):
        control.add_persona("Bob")
    assert "Bob" not in control.personas()
    entry = next(entry for entry in control.journal() if entry["faults"])
    assert (entry["outcome"], entry["operation"], entry["response"]["status"]) == ("cut", "createPersona", 0)


@pytest.mark.parametrize("kind", ["latency", "hang"])
def test_without_a_socket_who_would_wait_is_told(control: Control, kind: str) -> None:
    """As a transport's time-out, at once; the clock does not move."""
    set_fault(control, kind)
    before = control.client.get("/_mock/clock").get_json()["now"]
    with pytest.raises(TimeoutError):
        control.data_api(EVENTS)
    assert control.client.get("/_mock/clock").get_json()["now"] == before


@pytest.mark.parametrize("kind", ["garbage", "wrong_length", "truncated", "reset"])
def test_without_a_socket_who_would_be_cut_off_is_told(control: Control, kind: str) -> None:
    """As a connection's end."""
    set_fault(control, kind)
    with pytest.raises(ConnectionResetError):
        control.data_api(EVENTS).get_data()


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "UNAUTHORIZED"), (403, "FORBIDDEN"), (404, "NOT_FOUND"), (429, "RATE_LIMIT_EXCEEDED"),
     (500, "INTERNAL_SERVER_ERROR"), (503, "HTTP_503")],
)  # fmt: skip
def test_refusals_are_in_the_envelope_of_the_api(control: Control, status: int, code: str) -> None:
    """Of either."""
    set_fault(control, "status", status=status, message="Not today.", times=2)
    answer = control.data_api(EVENTS)
    error = answer.get_json()["error"]
    assert (answer.status_code, error["code"], error["message"]) == (status, code, "Not today.")
    answer = control.client.post("/api/data/events")
    assert (answer.status_code, list(answer.get_json())) == (status, ["success", "data", "error", "metadata"])


def test_exactly_these_bytes(control: Control) -> None:
    """Under this status and these headers."""
    set_fault(control, "answer", status=418, headers={"X-Tea": "oolong"}, body='{"a": 1.0}')
    answer = control.data_api(EVENTS)
    assert (answer.status_code, answer.data, answer.headers["X-Tea"]) == (418, b'{"a": 1.0}', "oolong")
    assert "X-Mock-Version" not in answer.headers
    assert answer.headers["X-Mock-Fault"] == "answer fault_1"


@pytest.mark.parametrize(("records", "changed"), [("first", [0]), ("last", [4]), ("every", [0, 1, 2, 3, 4])])
def test_a_patch_changes_the_records_it_is_for(control: Control, records: str, changed: list[int]) -> None:
    """And one that does not fit changes nothing."""
    true = page(control)["data"]
    patch = [{"op": "replace", "path": "/content", "value": "changed"}, {"op": "remove", "path": "/roomId"}]
    set_fault(control, "patch", patch=patch, records=records)
    found = page(control)["data"]
    for place, (one, other) in enumerate(zip(found, true, strict=True)):
        expected = {**other, "content": "changed"} if place in changed else other
        assert one == {name: value for name, value in expected.items() if place not in changed or name != "roomId"}
    set_fault(control, "patch", patch=[{"op": "remove", "path": "/nothing"}], records=records)
    assert page(control)["data"] == true


# --- a careful client -------------------------------------------------------------------------------


def ids(told: Json) -> list[str]:
    return [record["id"] for record in told["data"]]


# What a client of a few lines looks at, by the fault that it finds.
NOTICED: dict[str, Callable[[Json, Json], bool]] = {
    "has_more_stuck": lambda found, true: found["metadata"]["pagination"]["hasMore"] and not found["data"],
    "next_offset_missing": lambda found, true: (
        found["metadata"]["pagination"]["hasMore"] and "nextOffset" not in found["metadata"]["pagination"]
    ),
    "next_offset_repeated": lambda found, true: found["metadata"]["pagination"]["nextOffset"] == 0,
    "next_offset_skipping": lambda found, true: found["metadata"]["pagination"]["nextOffset"] != len(found["data"]),
    "total_shrinks": lambda found, true: (
        found["metadata"]["pagination"]["total"] != true["metadata"]["pagination"]["total"]
    ),
    "record_repeated": lambda found, true: len(set(ids(found))) < len(found["data"]),
    "record_missing": lambda found, true: len(found["data"]) != found["metadata"]["pagination"]["returned"],
    "unordered": lambda found, true: (
        [record["timestamp"] for record in found["data"]] != sorted(record["timestamp"] for record in found["data"])
    ),
    "duplicate_ids": lambda found, true: len(set(ids(found))) < len(found["data"]),
    "unknown_enum": lambda found, true: found["data"][0]["eventType"] == "not_known_yet",
    "null_optional": lambda found, true: (
        sum(v is None for v in found["data"][0].values()) == 1 + sum(v is None for v in true["data"][0].values())
    ),
    "new_field": lambda found, true: all(set(one) - set(true["data"][0]) for one in found["data"]),
    "number_as_text": lambda found, true: found["data"][0]["onset"] == str(true["data"][0]["onset"]),
    "reordered_keys": lambda found, true: found == true and list(found) != list(true),
    "tomorrow": lambda found, true: (
        "addedLater" in found["data"][0] and found["data"][0]["eventType"] == "not_known_yet"
    ),
}


@pytest.mark.parametrize("kind", NOTICED)
def test_what_is_wrong_inside_a_valid_answer_can_be_noticed(control: Control, kind: str) -> None:
    """Status, type and length are those of a good answer; what it says is not."""
    query = "limit=5&offset=10000" if kind == "has_more_stuck" else "limit=5"
    true = page(control, query)
    set_fault(control, kind)
    answer = control.data_api(f"{EVENTS}?{query}")
    assert (answer.status_code, int(answer.headers["Content-Length"])) == (200, len(answer.data))
    assert not NOTICED[kind](true, true) or kind == "has_more_stuck"
    assert NOTICED[kind](answer.get_json(), true)
    # Spent, it leaves no trace.
    assert page(control, query) == true


def test_every_fault_inside_a_valid_answer_is_noticed_somewhere() -> None:
    """None was added without a client that finds it."""
    inside = {kind.name for kind in catalogue().values() if kind.moments == ("after",)}
    assert inside == {*NOTICED, "patch", "csv_cut", "link_expires", "verdict_short"}


def test_a_table_that_is_cut_in_a_row(control: Control) -> None:
    """Its length fits; its last row does not."""
    whole = control.data_api(f"{EVENTS}?limit=20&format=csv").text
    set_fault(control, "csv_cut")
    answer = control.data_api(f"{EVENTS}?limit=20&format=csv")
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    header, *rows = csv.reader(io.StringIO(answer.text))
    assert (len(rows), len(rows[-1]) < len(header), whole.startswith(answer.text)) == (20, True, True)


def test_a_link_that_expires_during_a_download(control: Control) -> None:
    """The first half comes; the rest is refused."""
    link = control.data_api("/data/recordings/room/room_pair?limit=1").get_json()["data"][0]["downloadUrl"]
    set_fault(control, "link_expires", times=2)
    with pytest.raises(ConnectionResetError):
        control.client.get(link).get_data()
    assert control.client.get(link, headers={"Range": "bytes=100-"}).status_code == 403
    assert control.client.get(link, headers={"Range": "bytes=100-"}).status_code == 206


def test_a_verdict_that_says_too_little(control: Control) -> None:
    """What was kept is kept."""
    token = control.client.post("/_mock/tokens").get_json()["token"]
    set_fault(control, "verdict_short")
    body = {"sessionId": "s", "batch": [EVENT, EVENT]}
    answer = control.client.post("/api/data/events", json=body, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.get_json()["data"]["accepted"]) == (200, 1)
    assert control.client.get("/_mock/ingested").get_json()["total"] == 2


def test_an_error_under_200(control: Control) -> None:
    set_fault(control, "error_in_200")
    answer = control.data_api(EVENTS)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (200, "INTERNAL_SERVER_ERROR")


def test_a_page_of_a_proxy(control: Control) -> None:
    set_fault(control, "bad_gateway")
    answer = control.data_api(EVENTS)
    assert (answer.status_code, answer.content_type) == (502, "text/html")
    assert "Bad Gateway" in answer.text
