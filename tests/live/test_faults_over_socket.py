"""Faults as real clients meet them: the official client, `requests` with urllib3's Retry, curl, and a bare socket."""

import json
import shutil
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from emulator import Emulator, sandbox_of, serving_app
from hyperstudy import HyperStudy
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from mockserver import Settings, create_app

KEY = {"X-API-Key": "hst_live_your_key_here"}
EVENTS = "/api/v3/data/events/room/room_pair"
TIMEOUT_S = 30


@pytest.fixture(scope="module")
def served() -> Iterator[Emulator]:
    app = create_app(Settings(scenario="pair"))
    with serving_app(app) as server:
        yield Emulator(server.url, sandbox_of(app))


class Sandbox:
    """A sandbox of a test's own, and the faults in it."""

    def __init__(self, url: str, name: str) -> None:
        self.url = f"{url}/_mock/s/{name}"
        requests.put(f"{url}/_mock/sandboxes/{name}", json={}, timeout=TIMEOUT_S).raise_for_status()

    def fault(self, kind: str, **fields: Any) -> None:
        answer = requests.post(f"{self.url}/_mock/faults", json={"fault": kind, **fields}, timeout=TIMEOUT_S)
        assert answer.status_code == 201, answer.text

    def get(self, path: str = f"{EVENTS}?limit=5", **options: Any) -> requests.Response:
        headers = {**KEY, **options.pop("headers", {})}
        return requests.get(self.url + path, headers=headers, timeout=options.pop("timeout", TIMEOUT_S), **options)

    def told(self) -> list[dict[str, Any]]:
        faults: list[dict[str, Any]] = requests.get(f"{self.url}/_mock/faults", timeout=TIMEOUT_S).json()["faults"]
        return faults

    def journal(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = requests.get(f"{self.url}/_mock/journal", timeout=TIMEOUT_S).json()["entries"]
        return entries


@pytest.fixture
def sandbox(served: Emulator, request: pytest.FixtureRequest) -> Sandbox:
    letters = "".join(letter if letter.isalnum() else "-" for letter in request.node.name.lower())
    return Sandbox(served.url, letters[-60:].strip("-"))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("kind", "raised"),
    [
        ("reset", requests.exceptions.ConnectionError),
        ("garbage", requests.exceptions.ConnectionError),
        ("truncated", requests.exceptions.ChunkedEncodingError),
        ("wrong_length", requests.exceptions.ChunkedEncodingError),
        ("hang", requests.exceptions.ReadTimeout),
    ],
)
def test_what_requests_raises(sandbox: Sandbox, kind: str, when: str, raised: type[Exception]) -> None:
    """Once; the next request is answered, and the journal tells both."""
    sandbox.fault(kind, when=when)
    with pytest.raises(raised):
        sandbox.get(timeout=0.5 if kind == "hang" else TIMEOUT_S)
    assert sandbox.get().status_code == 200
    first, second = sandbox.journal()
    assert [fault["fault"] for fault in first["faults"]] == [kind]
    assert first["outcome"] == ("left" if kind == "hang" else "cut")
    assert (second["faults"], second["outcome"]) == ([], "whole")


def test_a_length_that_is_too_small_breaks_the_json(sandbox: Sandbox) -> None:
    """Nothing is raised before somebody reads it."""
    sandbox.fault("wrong_length", byBytes=-10, when="after")
    answer = sandbox.get()
    assert answer.headers["X-Mock-Fault"] == "wrong_length fault_1"
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


def test_late_and_slow_answers_are_whole(sandbox: Sandbox) -> None:
    """They take as long as they were told, at the least."""
    true = sandbox.get().content
    sandbox.fault("latency", seconds=0.3)
    sandbox.fault("drip", seconds=0.3, when="after")
    begun_s = time.monotonic()
    answer = sandbox.get()
    assert time.monotonic() - begun_s >= 0.55
    assert answer.content == true
    assert answer.headers["X-Mock-Fault"] == "latency fault_1, drip fault_2"


def test_retrying_goes_on_until_it_works(sandbox: Sandbox) -> None:
    """urllib3 repeats reads as often as it was told, and waits as long as it is told."""
    sandbox.fault("status", status=503, times=2)
    sandbox.fault("rate_limit", after=2, retryAfter=0)
    session = requests.Session()
    retry = Retry(total=5, backoff_factor=0, status_forcelist=[429, 503])
    session.mount("http://", HTTPAdapter(max_retries=retry))
    answer = session.get(f"{sandbox.url}{EVENTS}?limit=5", headers=KEY, timeout=TIMEOUT_S)
    assert answer.status_code == 200
    assert [entry["response"]["status"] for entry in sandbox.journal()] == [503, 503, 429, 200]


def test_the_official_client_pages_on_while_it_is_told_that_there_is_more(sandbox: Sandbox) -> None:
    """It believes `hasMore`: with a flag that never falls it would not end."""
    client = HyperStudy(api_key=KEY["X-API-Key"], base_url=f"{sandbox.url}/api/v3")
    true = client.get_events("room_pair", scope="room", output="dict")
    asked = len(sandbox.journal())
    sandbox.fault("has_more_stuck", times=4)
    found = client.get_events("room_pair", scope="room", output="dict")
    assert len(found) == len(true)
    assert len(sandbox.journal()) - asked == asked + 4


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
@pytest.mark.parametrize(
    ("kind", "fields", "exit_code"),
    [("reset", {}, 56), ("truncated", {"when": "after"}, 18), ("garbage", {}, 1), ("hang", {}, 28)],
)
def test_what_curl_says(sandbox: Sandbox, kind: str, fields: dict[str, Any], exit_code: int) -> None:
    """By its exit codes: reset, partial file, not HTTP, timed out."""
    sandbox.fault(kind, **fields)
    command = ["curl", "-s", "-m", "1", "-H", f"X-API-Key: {KEY['X-API-Key']}", f"{sandbox.url}{EVENTS}?limit=5"]
    done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == exit_code


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node here")
@pytest.mark.parametrize(("kind", "said"), [("reset", "TypeError"), ("truncated", "TypeError"), ("status", "503")])
def test_what_fetch_says(sandbox: Sandbox, kind: str, said: str) -> None:
    """A promise that is rejected, or a status."""
    fields = {"status": 503} if kind == "status" else {"when": "after"}
    sandbox.fault(kind, **fields)
    url = json.dumps(f"{sandbox.url}{EVENTS}?limit=5")
    script = (
        f"fetch({url}, {{headers: {json.dumps(KEY)}}}).then(async a => {{ await a.text(); console.log(a.status) }})"
        ".catch(e => console.log(e.name))"
    )
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    assert done.stdout.strip() == said


def test_eight_clients_at_once_spend_a_fault_to_the_last_call(sandbox: Sandbox) -> None:
    """It fires exactly so often, whoever comes first."""
    sandbox.fault("status", status=503, times=37)
    statuses: list[int] = []

    def ask() -> None:
        for _ in range(10):
            statuses.append(sandbox.get().status_code)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(statuses) == {503: 37, 200: 43}
    (told,) = sandbox.told()
    assert (told["calls"], told["fired"], len({one["entry"] for one in told["firings"]})) == (80, 37, 37)


def test_nine_scripts_side_by_side_do_not_disturb_each_other(sandbox: Sandbox) -> None:
    """Each test has failures of its own, in one sandbox."""
    for number in range(1, 10):
        sandbox.fault("status", status=500 + number, script=f"script-{number}", times=number)
    found: dict[int, list[int]] = {}

    def ask(number: int) -> None:
        headers = {"X-Mock-Script": f"script-{number}"}
        found[number] = [sandbox.get(headers=headers).status_code for _ in range(12)]

    threads = [threading.Thread(target=ask, args=[number]) for number in range(1, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [500 + number] * number + [200] * (12 - number) for number in range(1, 10)}


def test_a_reset_is_a_reset(sandbox: Sandbox) -> None:
    """At the socket: an error, and not an end."""
    sandbox.fault("reset")
    address = sandbox.url.split("/")[2].split(":")
    path = "/" + sandbox.url.split("/", 3)[3] + EVENTS
    with socket.create_connection((address[0], int(address[1])), timeout=TIMEOUT_S) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        with pytest.raises(ConnectionResetError):
            client.recv(100)
