"""Kept answers: they are never other than they would be if they were made again."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from emulator import app_of, make_sandbox, sandbox_of, serving_app
from flask import Flask, Response, request
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver import Settings, create_app
from mockserver.door.kept import KeptAnswer, KeptAnswers
from mockserver.door.replies import Reply
from mockserver.hyperstudy.routes import operations

KEY = {"X-API-Key": "hst_live_your_key_here"}
EVENTS = "/api/v3/data/events/room/room_pair?limit=5&order=desc"
PATHS = (
    EVENTS,
    "/api/v3/data/chat/experiment/exp_pair",
    "/api/v3/experiments",
    "/api/v3/experiments/exp_pair",
    "/api/v3/personas",
    "/api/v3/health",
    "/api/v3/data/events/room/nowhere",
)


def recorded(client: FlaskClient, number: int) -> None:
    event = {"eventType": "component.update", "roomId": "room_pair", "participantId": "user_one", "onset": number}
    assert client.post("/api/v3/data/events/batch", json={"events": [event]}, headers=KEY).status_code == 201


CHANGES: tuple[Callable[[FlaskClient, int], Any], ...] = (
    recorded,
    lambda client, number: client.put("/api/v3/experiments/exp_pair", json={"description": f"{number}"}, headers=KEY),
    lambda client, number: client.post("/api/v3/experiments", json={"name": f"{number}", "states": []}, headers=KEY),
    lambda client, number: client.post("/_mock/clock", json={"advanceMs": number}),
    lambda client, number: client.post("/api/v3/personas", json={"name": f"{number}"}, headers=KEY),
)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6), st.integers(1, 5000)), max_size=12))
@settings(max_examples=15)
def test_an_answer_is_what_it_would_be_if_nothing_were_kept(steps: list[tuple[bool, int, int]]) -> None:
    """Whatever is read and changed in between: the last answer equals that of an application that kept none."""
    sandbox = make_sandbox(Settings(scenario="pair"))
    client = app_of(sandbox).test_client(use_cookies=False)
    for reads, choice, number in steps:
        if reads:
            client.get(PATHS[choice], headers=KEY)
        else:
            CHANGES[choice % len(CHANGES)](client, number)
    for path in PATHS:
        answer = client.get(path, headers=KEY)
        fresh = app_of(sandbox).test_client(use_cookies=False).get(path, headers=KEY)
        assert (answer.status_code, answer.data, sorted(answer.headers)) == (
            fresh.status_code,
            fresh.data,
            sorted(fresh.headers),
        )


@pytest.fixture
def client() -> FlaskClient:
    return create_app(Settings(scenario="pair")).test_client(use_cookies=False)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-Key": "nobody's"},
        {},
        {**KEY, "X-Organization-Id": "org_elsewhere"},
        {**KEY, "Origin": "http://localhost:3000"},
        {**KEY, "Origin": "http://evil.example"},
    ],
)
def test_another_caller_is_not_answered_what_was_kept_for_the_first(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    """Key, organisation and origin each make another answer."""
    first = client.get(EVENTS, headers=KEY)
    other = client.get(EVENTS, headers=headers)
    assert (other.status_code, sorted(other.headers)) != (first.status_code, sorted(first.headers))
    again = client.get(EVENTS, headers=KEY)
    assert (again.data, list(again.headers)) == (first.data, list(first.headers))


def test_links_follow_the_host_of_each_request(client: FlaskClient) -> None:
    """A kept page of recordings belongs to the host that it was asked at."""
    path = "/api/v3/data/recordings/room/room_pair"
    for host in ("one.example", "two.example", "one.example"):
        records = client.get(path, headers={**KEY, "Host": host}).get_json()["data"]
        assert {record["downloadUrl"].split("/")[2] for record in records if record["downloadUrl"]} == {host}


def test_a_counted_request_is_never_answered_from_what_was_kept() -> None:
    """Limits count each one."""
    client = create_app(Settings(scenario="pair", rate_limits=True)).test_client(use_cookies=False)
    left = [client.get(EVENTS, headers=KEY).headers["X-RateLimit-Remaining"] for _ in range(3)]
    assert left == ["99", "98", "97"]


def test_a_key_under_another_spelling_lets_nobody_in() -> None:
    """`X_API_Key` is not `X-API-Key`, over a socket too; and what one was answered is not kept for others."""
    app = create_app(Settings(scenario="pair"))
    with serving_app(app) as server:
        for headers in ({"X_API_Key": KEY["X-API-Key"]}, {"X-API-Key": "bad", "X_API_Key": KEY["X-API-Key"]}, {}):
            assert requests.get(f"{server.url}/api/v3/experiments", headers=headers, timeout=30).status_code == 401
    assert KEY["X-API-Key"] not in app.test_client().get("/_mock/journal").text


def test_an_upgrade_changes_nobody_elses_answer(client: FlaskClient) -> None:
    """One to websockets is told that there are none, any other is a request like all."""
    for wanted, status in (
        ("websocket", 400),
        ("WebSocket", 400),
        ("h2c, websocket", 400),
        ("websocket/13 , h2c", 400),
        ("h2c", 200),
        ("h2c, x-websocket", 200),
    ):
        for path in ("/api/v3/health", EVENTS):
            answer = client.get(path, headers={**KEY, "Connection": "Upgrade", "Upgrade": wanted})
            assert answer.status_code == status
            assert ("There are no websockets here" in answer.text) == (status == 400)
            assert client.get(path, headers=KEY).status_code == 200
    refusals = [entry["refusal"] for entry in client.get("/_mock/journal?status=400").get_json()["entries"]]
    assert {(refusal["cause"], refusal["nearest"]["advice"]) for refusal in refusals} == {
        ("no_websockets", "Send no Upgrade header.")
    }


def test_a_key_that_is_minted_is_good_at_once_and_gone_with_its_sandbox(client: FlaskClient) -> None:
    """Neither a kept refusal nor a tag from before outlives it."""
    path = "/_mock/s/mine/api/v3/experiments"
    assert client.put("/_mock/sandboxes/mine", json={}).status_code == 201
    key = client.post("/_mock/sandboxes/mine/keys", json={"scopes": ["*"]}).get_json()["key"]
    tag = client.get(path, headers={"X-API-Key": key}).headers["ETag"]
    assert client.delete("/_mock/sandboxes/mine").status_code == 200
    assert client.put("/_mock/sandboxes/mine", json={}).status_code == 201
    for more in ({"If-None-Match": tag}, {}):
        assert client.get(path, headers={"X-API-Key": key, **more}).status_code == 401
    assert client.post("/_mock/sandboxes/mine/keys", json={"scopes": ["*"]}).get_json()["key"] == key
    assert client.get(path, headers={"X-API-Key": key}).status_code == 200


def test_a_body_that_nobody_reads_is_journalled_each_time(client: FlaskClient) -> None:
    """A request with one is not answered from what was kept."""
    for _ in range(2):
        client.get("/api/v3/health", data=b'{"x":1}')
    entries = sandbox_of(client.application).journal
    assert [entry.body for entry in entries] == [b'{"x":1}', b'{"x":1}']


def test_a_view_that_reads_an_undeclared_header_fails(caplog: pytest.LogCaptureFixture) -> None:
    """What an answer depends on stands in its row; a header that does not would make kept answers wrong."""
    app = create_app(Settings(scenario="pair"))

    def curious(**names: str) -> Response:
        return Response(request.headers.get("User-Agent", ""))

    app.view_functions["getHealth"] = curious
    assert app.test_client().get("/api/v3/health").status_code == 500
    assert "the header User-Agent is read and the operation's row does not declare it" in caplog.text


def test_only_what_reads_may_be_kept() -> None:
    """The rows say which: every GET of the data API but the file with a tag of its own."""
    kept = {operation.id for operation in operations() if operation.kept}
    assert kept == {op.id for op in operations() if op.method == "GET"} - {"getRecordingFile"}


# --- tags -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [path for path in PATHS if "nowhere" not in path])
def test_a_client_that_has_the_answer_is_not_sent_it_again(client: FlaskClient, path: str) -> None:
    """304 with the tag and no body, whether the answer is kept or not; until something changes."""
    tag = create_app(Settings(scenario="pair")).test_client().get(path, headers=KEY).headers["ETag"]
    for _ in range(2):
        unchanged = client.get(path, headers={**KEY, "If-None-Match": f'"other", W/{tag}'})
        assert (unchanged.status_code, unchanged.data, unchanged.headers["ETag"]) == (304, b"", tag)
        assert "Content-Type" not in unchanged.headers
        assert client.get(path, headers=KEY).headers["ETag"] == tag
    recorded(client, 5)
    changed = client.get(path, headers={**KEY, "If-None-Match": tag})
    assert (changed.status_code, changed.headers["ETag"] == tag) == (200, False)


def test_a_client_that_has_any_answer_is_not_sent_one(client: FlaskClient) -> None:
    """A star stands for whatever there is (RFC 9110, 13.1.2); there is nothing of what is refused."""
    for _ in range(2):
        assert client.get(EVENTS, headers={**KEY, "If-None-Match": "*"}).status_code == 304
        assert client.get(EVENTS, headers={"If-None-Match": "*"}).status_code == 401


def test_other_writes_make_another_tag() -> None:
    """As many changes are not the same changes."""
    tags = set()
    for number in (1, 2):
        client = create_app(Settings(scenario="pair")).test_client()
        recorded(client, number)
        tags.add(client.get(EVENTS, headers=KEY).headers["ETag"])
    assert len(tags) == 2


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v3/data/events/room/nowhere"),
        ("GET", "/api/v3/nothing"),
        ("GET", "/_mock/world"),
        ("POST", "/api/v3/data/events/batch"),
        ("POST", "/api/data/events"),
        ("OPTIONS", "/api/data/events"),
    ],
)
def test_nobody_stores_what_has_no_tag(client: FlaskClient, method: str, path: str) -> None:
    """Refusals, writes, and everything that the emulator tells of itself."""
    answer = client.open(path, method=method, headers=KEY)
    assert (answer.headers.get("ETag"), answer.headers["Cache-Control"]) == (None, "no-store")


def test_head_has_the_tag_of_get(client: FlaskClient) -> None:
    """And its length, without the body."""
    got, head = client.get(EVENTS, headers=KEY), client.head(EVENTS, headers=KEY)
    assert head.data == b""
    assert sorted(head.headers) == sorted(got.headers)


# --- how much is kept -----------------------------------------------------------------------------


def kept_of(size: int) -> KeptAnswer:
    return KeptAnswer(Reply(200, (), b"x" * size), b"", None, None, None, None, (), None, 0)


def test_kept_answers_are_bounded_by_bytes() -> None:
    """The one that was not used for longest goes first; one that is too large is not kept at all."""
    answers = KeptAnswers(100_000)
    for number in range(4):
        answers.keep((number,), kept_of(20_000))
    assert answers.find((0,)) is not None
    answers.keep((4,), kept_of(20_000))
    assert [answers.find((number,)) is not None for number in range(5)] == [True, False, True, True, True]
    answers.keep((5,), kept_of(30_000))
    assert answers.find((5,)) is None


def test_an_application_without_kept_answers_is_the_same(pair_app: Flask) -> None:
    """A page that is streamed has the bytes and headers that it had the first time."""
    client = pair_app.test_client()
    path = "/api/v3/data/events/room/room_pair?format=csv"
    first, second = client.get(path, headers=KEY), client.get(path, headers=KEY)
    assert (first.data, list(first.headers)) == (second.data, list(second.headers))
