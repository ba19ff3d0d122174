"""What the control API shows of ingestion: items, lint warnings, tokens."""

import base64
import json
import logging
from typing import Any

import pytest
from ingestion_support import KINDS, WALL_MS, Ingestion, documented_items, make_app, make_app_at

from mockserver.words.timestamps import iso_from_ms


@pytest.fixture
def api() -> Ingestion:
    return Ingestion(make_app())


def frame(number: int) -> dict[str, Any]:
    return documented_items("facial")[0] | {"frameIndex": number}


class TestIngested:
    def test_nothing_arrived_yet(self, api: Ingestion) -> None:
        """An empty list is an answer."""
        assert api.client.get("/_mock/ingested").get_json() == {"items": [], "total": 0}

    def test_items_are_shown_with_where_they_came_from(self) -> None:
        """In order of arrival, and in the time that clients live in, whatever the date of the world."""
        api = Ingestion(make_app_at(WALL_MS))
        events = documented_items("events")
        api.post("events", [{}, events[0]], "s1")
        api.sandbox.clock.advance(5000)
        api.post("voice", documented_items("voice")[:1], "s2")
        response = api.client.get("/_mock/ingested")
        assert response.content_type == "application/json; charset=utf-8"
        expected = [
            {
                "sessionId": "s1",
                "kind": "events",
                "batch": 1,
                "index": 1,
                "receivedAt": "2026-03-16T10:14:32.123Z",
                "item": events[0],
            },
            {
                "sessionId": "s2",
                "kind": "voice",
                "batch": 2,
                "index": 0,
                "receivedAt": "2026-03-16T10:14:37.123Z",
                "item": documented_items("voice")[0],
            },
        ]
        assert response.get_json() == {"items": expected, "total": 2}
        assert list(response.get_json()["items"][0]) == list(expected[0])

    def test_query_narrows_it_down(self, api: Ingestion) -> None:
        """By kind, by session, by both; an empty value asks for nothing."""
        for kind in KINDS:
            for session_id in ("s1", "s2"):
                api.post(kind, documented_items(kind)[:1], session_id)
        assert [entry["batch"] for entry in api.stored(kind="facial")] == [3, 4]
        assert [entry["batch"] for entry in api.stored(sessionId="s2")] == [2, 4, 6]
        assert [entry["batch"] for entry in api.stored(sessionId="s2", kind="voice")] == [6]
        assert api.stored(sessionId="s3") == []

    def test_pages_hold_every_item_once(self, api: Ingestion) -> None:
        """In order, whatever their size; the total is of all that the filters leave."""
        events = documented_items("events")
        api.post("events", [events[0], {}, *events[1:]], "s1")
        api.post("events", events[:1], "s2")
        api.post("events", events, "s1")
        everything = api.stored()
        assert [(entry["batch"], entry["index"]) for entry in everything] == [
            (1, 0), (1, 2), (1, 3), (2, 0), (3, 0), (3, 1), (3, 2)
        ]  # fmt: skip
        for limit in (1, 2, 3, 7, 10_000):
            pages = [
                api.client.get(f"/_mock/ingested?limit={limit}&offset={offset}").get_json()
                for offset in range(0, 7, limit)
            ]
            assert [entry for page in pages for entry in page["items"]] == everything
            assert {page["total"] for page in pages} == {7}
        page = api.client.get("/_mock/ingested?sessionId=s1&kind=events&limit=2&offset=4").get_json()
        assert page == {"items": everything[5:], "total": 6}
        assert api.client.get("/_mock/ingested?offset=7").get_json() == {"items": [], "total": 7}
        assert api.client.get(f"/_mock/ingested?offset={2**53 - 1}").get_json() == {"items": [], "total": 7}

    def test_page_is_ten_thousand_items_unless_asked_for_less(self, api: Ingestion) -> None:
        """So that all of a usual run comes in one answer, and a long one does not."""
        api.post("events", documented_items("events")[:1] * 10_001)
        page = api.client.get("/_mock/ingested").get_json()
        assert (len(page["items"]), page["total"]) == (10_000, 10_001)
        assert len(api.stored(limit="1001")) == 1001

    @pytest.mark.parametrize("path", ["ingested", "lint"])
    @pytest.mark.parametrize(
        ("name", "value", "expected"),
        [
            *(("limit", value, "from 1 to 10000") for value in ("0", "10001", "-1", "1.5", "all", "１", "9" * 5000)),
            *(("offset", value, f"from 0 to {2**53 - 1}") for value in ("-1", str(2**53), "1.5", "x1", "9" * 5000)),
        ],
    )
    def test_page_that_makes_no_sense_is_refused(
        self, api: Ingestion, path: str, name: str, value: str, expected: str
    ) -> None:
        """With what would be right, and the value in short."""
        response = api.client.get(f"/_mock/{path}", query_string={name: value})
        assert response.status_code == 400
        assert response.get_json() == {"error": f"Invalid {name} {value[:40]!r}: expected a whole number {expected}"}

    @pytest.mark.parametrize(
        ("path", "name"),
        [(path, name) for path in ("ingested", "lint") for name in ("limit", "offset")]
        + [("journal", "limit"), ("journal", "after")],
    )
    @pytest.mark.parametrize("value", ["1e+03", "1e 03", "1000.0", "+1000", " 1000"])
    def test_a_whole_number_that_is_written_otherwise_is_told_in_digits(
        self, api: Ingestion, path: str, name: str, value: str
    ) -> None:
        """As in the data API."""
        response = api.client.get(f"/_mock/{path}", query_string={name: value})
        assert response.status_code == 400
        assert response.get_json()["error"].endswith(". Write it in digits alone: 1000")

    @pytest.mark.parametrize("path", ["ingested", "lint"])
    def test_unknown_kind_is_told_which_there_are(self, api: Ingestion, path: str) -> None:
        """In their order."""
        response = api.client.get(f"/_mock/{path}?kind=gaze")
        assert response.status_code == 400
        assert response.get_json() == {"error": "Unknown kind 'gaze': expected one of events, facial, voice"}


class TestLint:
    def test_warnings_are_for_the_developer_alone(self, caplog: pytest.LogCaptureFixture) -> None:
        """In the log and in the control API; the client's answer is that of a clean batch."""
        api = Ingestion(make_app_at(WALL_MS))
        with caplog.at_level(logging.WARNING, logger="mockserver.lint"):
            response = api.post("facial", [frame(0), frame(2), frame(2)], "s1")
        assert response.get_json() == {
            "success": True,
            "data": {"sessionId": "s1", "accepted": 3, "rejected": 0, "rejections": []},
            "error": None,
            "metadata": None,
        }
        repeated = "frameIndex 2 was sent before in this session"
        skipped = "frameIndex goes from 0 to 2"
        assert [(record.name, record.levelname, record.getMessage()) for record in caplog.records] == [
            ("mockserver.lint", "WARNING", f"facial, batch 1 of session 's1': {repeated}"),
            ("mockserver.lint", "WARNING", f"facial, batch 1 of session 's1': {skipped}"),
        ]
        now = "2026-03-16T10:14:32.123Z"
        about = {"operation": "ingestFacial", "sessionId": "s1", "kind": "facial", "batch": 1, "times": 1}
        assert api.client.get("/_mock/lint").get_json() == {
            "warnings": [
                {**about, "rule": "repeated_index", "indexes": [2], "message": repeated, "foundAt": now},
                {**about, "rule": "skipped_index", "indexes": [1], "message": skipped, "foundAt": now},
            ],
            "total": 2,
        }

    def test_warnings_come_in_pages(self, api: Ingestion) -> None:
        """As items do."""
        for session_id in ("s1", "s2", "s1"):
            api.post("facial", [frame(-1), frame(3), frame(3)], session_id)
        everything = api.client.get("/_mock/lint").get_json()
        assert everything["total"] == len(everything["warnings"]) == 8
        pages = [api.client.get(f"/_mock/lint?limit=3&offset={offset}").get_json() for offset in (0, 3, 6)]
        assert [warning for page in pages for warning in page["warnings"]] == everything["warnings"]
        page = api.client.get("/_mock/lint?sessionId=s1&limit=1").get_json()
        assert page == {"warnings": everything["warnings"][:1], "total": 5}

    def test_session_is_remembered_from_batch_to_batch(self, api: Ingestion) -> None:
        """Its own numbers, and no other session's."""
        api.post("facial", [frame(0), frame(1)], "s1")
        api.post("facial", [frame(7)], "s2")
        api.post("facial", [frame(2), frame(1)], "s1")
        api.post("facial", [frame(9)], "s1")
        found = api.client.get("/_mock/lint").get_json()["warnings"]
        assert [(warning["batch"], warning["rule"], warning["message"]) for warning in found] == [
            (3, "repeated_index", "frameIndex 1 was sent before in this session"),
            (4, "skipped_index", "frameIndex goes from 2 to 9"),
        ]

    def test_batch_sent_twice_is_found(self, api: Ingestion) -> None:
        """And stored twice, since no rule forbids it."""
        for _ in range(2):
            api.post("events", documented_items("events"), "s1")
        api.post("events", documented_items("events"), "s2")
        found = api.client.get("/_mock/lint?kind=events&sessionId=s1").get_json()["warnings"]
        assert [(warning["batch"], warning["rule"], warning["message"]) for warning in found] == [
            (2, "duplicate_batch", "the same items arrived before, as batch 1")
        ]
        assert len(api.stored()) == 9
        assert api.client.get("/_mock/lint?sessionId=s2").get_json() == {"warnings": [], "total": 0}

    def test_future_is_counted_from_the_token_clock(self, api: Ingestion) -> None:
        """That is the clients' time, and it moves with the sandbox's."""
        clock = api.client.application.extensions["mockserver"].default.clock
        tomorrow = iso_from_ms(clock.token_now_ms() + 80_000_000)
        batch = [documented_items("events")[0] | {"timestamp": tomorrow}]
        api.post("events", batch, "before")
        clock.advance(80_000_000)
        api.post("events", batch, "after")
        found = api.client.get("/_mock/lint").get_json()["warnings"]
        assert [(warning["sessionId"], warning["rule"]) for warning in found] == [("before", "future_timestamp")]


class TestTokens:
    def test_minted_token_opens_the_door_for_a_day(self) -> None:
        """The body may be left out. Times of tokens are whole seconds."""
        api = Ingestion(make_app_at(WALL_MS))
        response = api.client.post("/_mock/tokens")
        assert response.status_code == 200
        assert list(response.get_json()) == ["token", "expiresAt"]
        assert response.get_json()["expiresAt"] == "2026-03-17T10:14:32.000Z"
        api.token = response.get_json()["token"]
        for advance_ms, status in ((0, 200), (86_399_000 - 123, 200), (999, 200), (1, 401)):
            api.sandbox.clock.advance(advance_ms)
            assert api.post("events", []).status_code == status

    def test_token_time_is_the_clocks(self, api: Ingestion) -> None:
        """A token minted after a leap in time is valid there."""
        api.client.application.extensions["mockserver"].default.clock.advance(10 * 86_400_000)
        assert api.post("events", []).status_code == 401
        api.token = api.client.post("/_mock/tokens", json={}).get_json()["token"]
        assert api.post("events", []).status_code == 200

    def test_expired_token_can_be_ordered(self, api: Ingestion) -> None:
        """To see what a client makes of 401."""
        api.token = api.client.post("/_mock/tokens", json={"ttlSeconds": -1}).get_json()["token"]
        response = api.post("events", [])
        assert response.status_code == 401
        assert response.get_json()["error"] == "Token has expired: log in again, or mint another"

    def test_subject_can_be_ordered(self, api: Ingestion) -> None:
        """And how long it lasts."""
        order = {"subject": "ada", "ttlSeconds": 60.0}
        token = api.client.post("/_mock/tokens", json=order).get_json()["token"]
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        assert claims["sub"] == "ada"
        assert claims["exp"] - claims["iat"] == 60

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            ("[]", "The body must be an object"),
            ('{"ttl": 60}', "Unknown field 'ttl'. Known are subject, plan, ttlSeconds"),
            ('{"subject": 1}', "Invalid type for subject: expected string"),
            ('{"ttlSeconds": "60"}', "Invalid type for ttlSeconds: expected integer"),
            ('{"ttlSeconds": 1e300}', "Value out of range for ttlSeconds: expected -31536000 to 31536000"),
        ],
    )
    def test_order_that_makes_no_sense_is_refused(self, api: Ingestion, body: str, error: str) -> None:
        """With what would be right."""
        response = api.client.post("/_mock/tokens", data=body)
        assert (response.status_code, response.get_json()) == (400, {"error": error})

    def test_malformed_order_is_refused(self, api: Ingestion) -> None:
        """An empty body would do."""
        response = api.client.post("/_mock/tokens", data="{")
        assert response.status_code == 400
        assert response.get_json()["error"].startswith("The body must be empty or a JSON object: ")


class TestOtherRequests:
    def test_errors_of_the_control_api_have_one_key(self, api: Ingestion) -> None:
        """Unknown routes and wrong methods alike."""
        response = api.client.get("/_mock/nothing")
        assert (response.status_code, response.get_json()) == (
            404,
            {"error": "Nothing is served at /_mock/nothing: GET /_mock lists what is"},
        )
        response = api.client.delete("/_mock/ingested")
        assert (response.status_code, response.get_json()) == (
            405,
            {"error": "DELETE is not possible at /_mock/ingested: use GET, HEAD, OPTIONS"},
        )
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS"

    def test_order_over_the_limit_is_refused(self) -> None:
        """As any body."""
        small = Ingestion(make_app(max_body_bytes=10))
        response = small.client.post("/_mock/tokens", data='{"subject": "someone"}')
        assert response.status_code == 413
        assert response.get_json() == {"error": "The body is larger than 10 bytes"}

    def test_preflight_is_empty(self, api: Ingestion) -> None:
        """No HTML, and the methods that there are."""
        response = api.client.options("/_mock/tokens", headers={"Origin": "http://localhost:3000"})
        assert (response.status_code, response.data) == (204, b"")
        assert response.headers["Allow"] == "OPTIONS, POST"
        assert "Content-Type" not in response.headers


def test_json_of_every_kind_says_its_encoding() -> None:
    """Answers, errors and documents of all three APIs, the archive, what is outside of them, and the bare address."""
    api = Ingestion(make_app())
    key = {"X-API-Key": next(iter(api.sandbox.world.scenario.keys.values())).value}
    for path in (
        "/",
        "/nowhere",
        "/_mock",
        "/_mock/world",
        "/_mock/nowhere",
        "/_mock/journal",
        "/_mock/journal?format=har",
        "/_mock/openapi.json",
        "/api/nowhere",
        "/api/data/events",
        "/api/openapi.json",
        "/api/v3/health",
        "/api/v3/experiments",
        "/api/v3/nowhere",
        "/api/v3/openapi.json",
        "/api/v3/data/events/room/room_pair",
        "/api/v3/data/events/room/room_pair?limit=0",
    ):
        answer = api.client.get(path, headers=key)
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8", path
        assert answer.is_json
