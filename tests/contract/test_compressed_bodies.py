"""Bodies that come compressed, at every operation of all three APIs that takes a body."""

import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from document_support import APIS, ROWS, ask_example, examples_of, sandbox_named
from emulator import app_of
from flask import Flask
from study_support import still_sandbox
from werkzeug.test import TestResponse

from mockserver.door.apis import ApiName
from mockserver.door.operations import Operation

MOST_BYTES = 20_000
WITH_BODY = [row.id for row in ROWS.values() if row.body is not None]
CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "deflate, gzip": lambda body: gzip.compress(zlib.compress(body)),
    "identity": lambda body: body,
}


def make_app() -> Flask:
    return app_of(still_sandbox("pair", max_body_bytes=MOST_BYTES))


@pytest.fixture(scope="module")
def app() -> Flask:
    return make_app()


def api_of(row: Operation) -> ApiName:
    return next(name for name, api in APIS.items() if row in api.operations)


def send(app: Flask, id_: str, body: bytes, coding: str | None) -> TestResponse:
    """Send the operation's example with another body."""
    row = ROWS[id_]
    says: dict[str, Any] = {} if coding is None else {"environ_overrides": {"HTTP_CONTENT_ENCODING": coding}}
    example = examples_of(app, api_of(row)).get(id_)
    return ask_example(app, row, example, json=None, data=body, content_type="application/json", **says)


def example_body(app: Flask, id_: str) -> bytes:
    example = examples_of(app, api_of(ROWS[id_])).get(id_)
    return json.dumps(example.body if example else {}).encode()


def sentence_of(answer: TestResponse) -> str:
    """What an error says, in whichever envelope."""
    error = answer.get_json()["error"]
    said: str = error["message"] if isinstance(error, dict) else error
    return said


@pytest.mark.parametrize("coding", CODINGS)
def test_a_compressed_body_is_answered_as_the_same_one_uncompressed(coding: str) -> None:
    """Every operation, one after the other, in two worlds that begin the same."""
    plain, compressed = make_app(), make_app()
    for id_ in WITH_BODY:
        body = example_body(plain, id_)
        expected, answer = send(plain, id_, body, None), send(compressed, id_, CODINGS[coding](body), coding)
        assert answer.status_code == expected.status_code, answer.text
        if ROWS[id_].tag != "credentials":
            assert answer.data == expected.data, id_


@pytest.mark.parametrize("id_", WITH_BODY)
def test_other_codings_are_415_and_told_which_are_read(app: Flask, id_: str) -> None:
    """In the API's envelope, and before anything in the body is looked at."""
    for coding in ("br", "zstd", "gzip, br"):
        answer = send(app, id_, b"\x8b\x00", coding)
        assert answer.status_code == 415
        assert answer.headers["Accept-Encoding"] == "gzip, deflate, identity"
        unread = coding.rpartition(" ")[2]
        said = f"The body is compressed with {unread} (Content-Encoding); send it as gzip or deflate, or as it is"
        assert sentence_of(answer).removesuffix(".") == said


@pytest.mark.parametrize("id_", WITH_BODY)
def test_the_expanded_size_is_capped(app: Flask, id_: str) -> None:
    """At the limit it is read, and a byte beyond it is 413; so is a bomb."""
    whole = b"[" + b" " * (MOST_BYTES - 1)
    for coding in ("gzip", "deflate"):
        assert send(app, id_, CODINGS[coding](whole), coding).status_code == 400
        for sent in (CODINGS[coding](whole + b" "), CODINGS[coding](bytes(10_000_000))):
            answer = send(app, id_, sent, coding)
            assert answer.status_code == 413
            assert "once it is expanded" in sentence_of(answer)
            assert str(MOST_BYTES) in sentence_of(answer)


@pytest.mark.parametrize("id_", WITH_BODY)
def test_what_cannot_be_expanded_is_400_and_says_so(app: Flask, id_: str) -> None:
    """Cut off, damaged, not compressed at all; or compressed without a word of it."""
    sent = gzip.compress(b'{"name": "x"}', mtime=0)
    for body, coding, said in (
        (sent[:-9], "gzip", "the body is cut off: its gzip ends too early"),
        (sent[:12] + b"\xff" + sent[13:], "gzip", "the body is not gzip, as its Content-Encoding says"),
        (b'{"name": "x"}', "gzip", "the body is not gzip, as its Content-Encoding says"),
        (b'{"name": "x"}', "deflate", "the body is not deflate, as its Content-Encoding says"),
        (sent, None, "the body is compressed with gzip and does not say so; send Content-Encoding: gzip"),
        (sent, "identity", "the body is compressed with gzip and does not say so; send Content-Encoding: gzip"),
        (gzip.compress(sent, mtime=0), "gzip", "and does not say so; send Content-Encoding: gzip, gzip"),
        (zlib.compress(b"{}"), None, "compressed with deflate and does not say so; send Content-Encoding: deflate"),
    ):
        answer = send(app, id_, body, coding)
        assert answer.status_code == 400
        assert said in sentence_of(answer)


@pytest.mark.parametrize("names", [["gzip", "deflate"], ["deflate", "gzip"]])
def test_a_header_that_comes_twice_is_one_list(app: Flask, names: list[str]) -> None:
    """In the order in which the lines came (RFC 9110, 5.3)."""
    sent = b'{"sessionId": "twice", "batch": []}'
    for name in names:
        sent = CODINGS[name](sent)
    answer = send(app, "ingestEvents", sent, ",".join(names))
    assert answer.get_json()["data"]["sessionId"] == "twice"


def test_a_compressed_batch_is_stored_as_its_client_made_it(app: Flask) -> None:
    """Large enough to be worth it."""
    item = {"eventType": "click", "targetSelector": "é" * 50, "timestamp": "2026-03-16T10:14:32.120Z"}
    body = json.dumps({"sessionId": "packed", "batch": [item] * 90}, ensure_ascii=False).encode()
    sent = gzip.compress(body, mtime=0)
    assert len(sent) < len(body) / 20
    before = sandbox_named(app, "default").study.arrivals.count_items(session_id="packed")
    assert send(app, "ingestEvents", sent, "gzip").get_json()["data"]["accepted"] == 90
    stored = app.test_client().get("/_mock/ingested?sessionId=packed").get_json()["items"]
    assert [one["item"] for one in stored[before:]] == [item] * 90
