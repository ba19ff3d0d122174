"""The journal's lines for a shell, pasted into one: each sends the same request again."""

import http.client
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from emulator import keys_of, sandbox_of, serving_app

from mockserver import Settings, create_app
from mockserver.ingestion.tokens import mint
from mockserver.sandbox.clock import wall_ms

Json = dict[str, Any]
SETTINGS = Settings(scenario="pair")
KEY = keys_of(sandbox_of(create_app(SETTINGS)))["full"]
TOKEN = mint(SETTINGS.token_secret, wall_ms())
BEARER = {"Authorization": f"Bearer {TOKEN}"}
NAME = 'It\'s a "test" $HOME `date` \\ !\n\tÄ'
BODY = json.dumps({"name": NAME, "visibility": "public"}, ensure_ascii=False).encode()
REQUESTS: list[tuple[str, str, dict[str, str], bytes | None]] = [
    ("GET", "/api/v3/data/events/room/room_pair?limit=2&category[]=%5Ba%5D&x={1,2}", {"X-API-Key": KEY}, None),
    ("HEAD", "/api/v3/health", {}, None),
    ("GET", "/api/v3/../x/./y", {"X-API-Key": KEY, "X-Empty": ""}, None),
    ("POST", "/api/v3/personas", {"X-API-Key": KEY, "Content-Type": "application/json"}, BODY),
    ("POST", "/api/v3/personas", {"X-API-Key": KEY}, b"@/etc/passwd"),
    ("DELETE", "/api/v3/personas/none", {"X-API-Key": KEY}, None),
    ("POST", "/api/data/events", {**BEARER, "Content-Type": "application/json"}, b"\x00\xff\x1b"),
    ("POST", "/api/data/events", BEARER, b""),
    ("GET", "/api/v3/experiments?api_key=secret&signature=secret", {"Cookie": "a=b", "User-Agent": "it's me"}, None),
    ("OPTIONS", "/api/v3/health", {"Origin": "http://localhost"}, None),
]


@pytest.fixture
def url() -> Iterator[str]:
    with serving_app(create_app(SETTINGS)) as server:
        yield server.url


def ask(url: str, method: str, path: str, headers: dict[str, str], body: bytes | None) -> bytes:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    connection.request(method, path, body=body, headers={"Accept": "*/*", "User-Agent": "test", **headers})
    answer = connection.getresponse().read()
    connection.close()
    return answer


@pytest.mark.skipif(shutil.which("curl") is None or shutil.which("sh") is None, reason="needs curl and a shell")
def test_lines_that_are_pasted_send_the_same_requests(url: str) -> None:
    """Method, target, headers and body, byte by byte, once the credentials are set."""
    for request in REQUESTS:
        ask(url, *request)
    lines = ask(url, "GET", "/_mock/journal?format=curl", {}, None).decode()
    secrets = {"HYPERSTUDY_API_KEY": KEY, "OPENSCOUTER_TOKEN": TOKEN, "SIGNATURE": "secret", "REDACTED": "a=b"}
    script = "".join(f"{line} -s -o /dev/null\n" for line in lines.splitlines())
    environment = {**os.environ, **secrets}
    pasted = subprocess.run(["sh", "-eu"], input=script, env=environment, text=True, timeout=60, check=False)
    assert pasted.returncode == 0, script
    entries: list[Json] = json.loads(ask(url, "GET", "/_mock/journal", {}, None))["entries"]
    sent, again = entries[: len(REQUESTS)], entries[len(REQUESTS) :]
    assert [comparable(entry) for entry in again] == [comparable(entry) for entry in sent]


def comparable(entry: Json) -> Json:
    """What the client sent, but for headers that its library adds; and the status, which tells that it was let in."""
    request = entry["request"]
    headers = sorted((pair["name"], pair["value"]) for pair in request["headers"])
    kept = [pair for pair in headers if pair[0] not in ("accept-encoding", "content-length")]
    status = entry["response"]["status"]
    return {"request": {**request, "headers": kept}, "key": entry["key"], "token": entry["token"], "status": status}
