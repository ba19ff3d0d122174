"""Compressed bodies over a socket, as real clients send them: with a length, in chunks, and as a bomb."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator

import pytest
import requests
from emulator import keys_of, sandbox_of, serving_app

from mockserver import Settings, create_app

SETTINGS = Settings(scenario="pair", max_body_bytes=1_000_000)
KEY = keys_of(sandbox_of(create_app(SETTINGS)))["full"]
BATCH = {
    "sessionId": "sess_packed",
    "batch": [{"eventType": "click", "targetSelector": "#buy", "timestamp": "2026-03-16T10:14:32.120Z"}] * 5000,
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving_app(create_app(SETTINGS)) as server:
        yield server.url


@pytest.fixture
def session(url: str) -> Iterator[requests.Session]:
    with requests.Session() as session:
        token = session.post(f"{url}/_mock/tokens").json()["token"]
        session.headers.update({"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        yield session


@pytest.mark.parametrize("in_chunks", [False, True])
@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_a_packed_batch_is_taken(
    url: str, session: requests.Session, coding: str, pack: Callable[[bytes], bytes], in_chunks: bool
) -> None:
    """Whether its length is known or not."""
    sent = pack(json.dumps(BATCH).encode())
    data = iter([sent[:100], sent[100:]]) if in_chunks else sent
    answer = session.post(f"{url}/api/data/events", data=data, headers={"Content-Encoding": coding})
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["accepted"] == 5000


def test_a_bomb_is_refused_and_the_connection_goes_on(url: str, session: requests.Session) -> None:
    """Half a gigabyte in half a megabyte, in all three APIs."""
    bomb = gzip.compress(bytes(500_000_000))
    assert len(bomb) < SETTINGS.max_body_bytes
    session.headers["X-API-Key"] = KEY
    for path in ("/api/data/events", "/api/v3/experiments", "/_mock/clock"):
        answer = session.post(url + path, data=bomb, headers={"Content-Encoding": "gzip"})
        assert answer.status_code == 413
        assert "once it is expanded" in answer.text
        assert session.get(f"{url}/api/v3/health").status_code == 200
