"""Bodies of write requests: what they are sent as, and what a refusal says."""

import gzip
import json
from typing import Any

import pytest
from study_support import StudyApi


@pytest.fixture
def api() -> StudyApi:
    return StudyApi("pair")


def refused(answer: Any) -> dict[str, Any]:
    """The error of an answer that refuses a body."""
    assert answer.status_code == 400
    error: dict[str, Any] = answer.get_json()["error"]
    assert error["code"] == "VALIDATION_ERROR"
    return error


def test_more_than_a_hundred_events_are_told_their_limit(api: StudyApi) -> None:
    """And not their own text, at whatever length."""
    event = {"eventType": "custom.x", "roomId": "room_pair", "participantId": "user_one"}
    error = refused(api.ask("POST", "/data/events/batch", {"events": [event] * 101}))
    assert error["details"]["errors"] == [{"path": "events", "message": "expected at most 100 items, got 101"}]
    assert error["message"] == "The body is invalid at events: expected at most 100 items, got 101."


@pytest.mark.parametrize(
    ("body", "path", "message"),
    [
        ({"events": None}, "events", "expected array, got null"),
        ({}, "events", "is missing"),
        ({"events": "x" * 2000}, "events", "expected array, got string of 2002 characters"),
    ],
)
def test_a_problem_says_what_would_be_right(api: StudyApi, body: Any, path: str, message: str) -> None:
    """In words of JSON, and briefly."""
    error = refused(api.ask("POST", "/data/events/batch", body))
    assert error["details"]["errors"] == [{"path": path, "message": message}]


@pytest.mark.parametrize("type_", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_another_content_type_is_refused(api: StudyApi, type_: str) -> None:
    """Nothing is created by it; a body that is said to be JSON, or nothing, is read as JSON."""
    body = json.dumps({"name": "x"}).encode()
    error = refused(api.ask("POST", "/experiments", raw=body, headers={"Content-Type": type_}))
    assert error["message"] == f"Send the body as JSON with Content-Type: application/json; this one says {type_!r}."
    assert [e["id"] for e in api.get("/experiments")] == ["exp_pair"]
    for type_ in ("", "application/json", "application/json; charset=utf-8"):
        headers = {"Content-Type": type_} if type_ else {}
        assert api.ask("POST", "/experiments", raw=body, headers=headers).status_code == 201


def test_a_compressed_body_is_read_and_another_encoding_is_named(api: StudyApi) -> None:
    """A message about surrogates would help nobody."""
    body = json.dumps({"name": "Käse"}, ensure_ascii=False)
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    zipped = api.ask("POST", "/experiments", raw=gzip.compress(body.encode()), headers=headers)
    assert (zipped.status_code, zipped.get_json()["data"][0]["name"]) == (201, "Käse")
    latin = refused(api.ask("POST", "/experiments", raw=body.encode("latin-1")))
    assert "the body is not UTF-8; send it in UTF-8" in latin["message"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'\xef\xbb\xbf{"name": "x"}', "send UTF-8 without a byte order mark"),
        (b'{"name": NaN}', "NaN at line 1 column 10, field name: NaN and Infinity are not JSON"),
        (
            b'{"name": "x",\n "a": [0, -Infinity]}',
            "-Infinity at line 2 column 11, field a.1: NaN and Infinity are not JSON",
        ),
        (b'{"name": "\\ud83c"}', "send whole characters ("),
        (b'{"name": "x", "a": 1e400}', "too large a number at line 1 column 20, field a: numbers go up to 1.8e308"),
        (b'{"a": {"b": ' + b"9" * 400 + b"}}", "too large a number at line 1 column 13, field a.b: numbers go up to"),
        (b"[1, " + b"9" * 5000 + b"]", "too large a number at line 1 column 5, field 1: numbers go up to"),
        (b'{"name": "x",}', "The body is not valid JSON"),
        (b"[" * 100_000, "it nests too deep to be read"),
        (b"[" * 300 + b"]" * 300, "it nests deeper than 250 levels"),
    ],
)
def test_a_body_that_cannot_be_read_says_what_to_send_instead(api: StudyApi, body: bytes, told: str) -> None:
    """Also where it is JSON that this API cannot give back."""
    assert told in refused(api.ask("POST", "/experiments", raw=body))["message"]


@pytest.mark.parametrize(("body", "path"), [(b'{"a": [{"b": NaN}]}', "a/0/b"), (b'{"a": 1e999}', "a"), (b"{", "")])
def test_where_a_body_is_no_json_is_told_to_programs(api: StudyApi, body: bytes, path: str) -> None:
    """As for any other problem in a body."""
    (problem,) = refused(api.ask("POST", "/experiments", raw=body))["details"]["errors"]
    assert problem["path"] == path


def test_a_name_of_any_length_is_not_repeated(api: StudyApi) -> None:
    """What nobody meant, nobody has to read."""
    error = refused(api.ask("POST", "/experiments", raw=b'{"%b": NaN}' % (b"x" * 50_000)))
    assert len(json.dumps(error)) < 2000


def test_another_charset_is_refused_and_an_empty_encoding_is_none(api: StudyApi) -> None:
    """A client that says Latin-1 will send it sooner or later."""
    body = json.dumps({"name": "x"}).encode()
    error = refused(
        api.ask("POST", "/experiments", raw=body, headers={"Content-Type": "application/json; charset=latin-1"})
    )
    assert "the Content-Type says charset=latin-1; send the body in UTF-8" in error["message"]
    headers = {"Content-Type": "application/json; charset=UTF8", "Content-Encoding": ""}
    assert api.ask("POST", "/experiments", raw=body, headers=headers).status_code == 201


@pytest.mark.parametrize("query", [{"limit": "abc"}, {"startTime": "never"}, {}])
@pytest.mark.parametrize(
    "path", ["/data/sync/room/room_pair", "/data/events/experiment/exp_pair", "/data/chat/participant/user_one"]
)
def test_what_belongs_to_others_is_refused_before_the_parameters(
    api: StudyApi, path: str, query: dict[str, str]
) -> None:
    """The order of checks: organisation (403), then parameters (400)."""
    room = {"roomId": "room_pair"} if "participant" in path else {}
    answer = api.ask("GET", path, key="other_organisation", **query, **room)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "FORBIDDEN")
