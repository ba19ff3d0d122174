"""The door's order of steps, read from the journal; and that both of its drivers, with and without a socket, agree."""

import http.client
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import flask
import pytest
from emulator import app_of, keys_of, sandbox_of, serving_app
from flask import Flask
from study_support import WALL_MS, still_sandbox

from mockserver import Settings, create_app
from mockserver.ingestion.tokens import mint
from mockserver.sandbox.sandboxes import Sandboxes

Json = dict[str, Any]
MOST_BODY_BYTES = 4_000
# What HTTP or the sender adds to a request, and a server to an answer.
SENDERS = {"host", "user-agent", "accept-encoding", "content-length", "connection"}
SERVERS = {"date", "server", "connection", "transfer-encoding"}


@dataclass(frozen=True)
class Sent:
    """A request, whoever sends it."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


class Got(NamedTuple):
    """Its answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


Send = Callable[[Sent], Got]


def make_app() -> Flask:
    """An application in which time stands still, with a sandbox that counts requests."""
    app = app_of(still_sandbox("pair", max_body_bytes=MOST_BODY_BYTES, strict_sessions=True))
    sandboxes: Sandboxes = app.extensions["mockserver"]
    base = sandboxes.default
    order = replace(sandboxes.order("default"), settings=replace(base.settings, rate_limits=True))
    for name in ("one", "limited"):
        made, _ = sandboxes.create(name, order if name == "limited" else sandboxes.order("default"))
        sandboxes.put(replace(made, clock=base.clock))

    def crash() -> None:
        if "crash" in flask.request.args:
            raise RuntimeError("a bug")

    app.before_request(crash)
    return app


def without_socket(app: Flask) -> Send:
    client = app.test_client(use_cookies=False)

    def send(sent: Sent) -> Got:
        answer = client.open(sent.target, method=sent.method, headers=dict(sent.headers), data=sent.body)
        return Got(answer.status_code, _kept(answer.headers), answer.data)

    return send


def at_socket(url: str) -> Send:
    address = urlsplit(url)

    def send(sent: Sent) -> Got:
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        try:
            connection.request(sent.method, sent.target, body=sent.body, headers={"Host": "localhost", **sent.headers})
            answer = connection.getresponse()
            return Got(answer.status, _kept(answer.headers), answer.read())
        finally:
            connection.close()

    return send


def _kept(headers: Any) -> list[tuple[str, str]]:
    return sorted((name.lower(), value) for name, value in headers.items() if name.lower() not in SERVERS)


@pytest.fixture(scope="module", params=["without a socket", "at a socket"])
def send(request: pytest.FixtureRequest) -> Iterator[Send]:
    """A way to send requests to an application of this module's own."""
    app = make_app()
    if request.param == "without a socket":
        yield without_socket(app)
        return
    with serving_app(app) as server:
        yield at_socket(server.url)


KEYS = keys_of(still_sandbox("pair"))
FULL = {"X-API-Key": KEYS["full"]}
TOKEN = {"Authorization": f"Bearer {mint(still_sandbox('pair').settings.token_secret, WALL_MS)}"}
JSON = {"Content-Type": "application/json"}
BATCH = json.dumps({"sessionId": "none", "batch": []}).encode()


def journal(send: Send, prefix: str = "") -> list[Json]:
    entries: list[Json] = json.loads(send(Sent("GET", f"{prefix}/_mock/journal")).body)["entries"]
    return entries


def last_cause(send: Send, prefix: str = "") -> str | None:
    """Why the latest request was refused."""
    cause: str | None = (journal(send, prefix)[-1]["refusal"] or {}).get("cause")
    return cause


# --- the order of steps ---------------------------------------------------------------------------

# Each request is wrong in all the ways that the following ones are, and in one more.
GOOD = "/api/v3/data/events/room/room_pair"
WRONG_DATA_REQUESTS = [
    ("two_sandboxes", Sent("PUT", "/_mock/s/limited/api/v3/nowhere?limit=0", {"Host": "a,b", "X-Mock-Sandbox": "one"})),
    ("bad_host", Sent("PUT", "/_mock/s/limited/api/v3/nowhere?limit=0", {"Host": "a,b"})),
    ("unknown_route", Sent("PUT", "/_mock/s/limited/api/v3/nowhere?limit=0")),
    ("wrong_method", Sent("PUT", f"/_mock/s/limited{GOOD}?limit=0")),
    ("missing", Sent("GET", f"/_mock/s/limited{GOOD}?limit=0")),
    ("unknown", Sent("GET", f"/_mock/s/limited{GOOD}?limit=0", {"X-API-Key": "nonsense"})),
    ("FORBIDDEN", Sent("GET", f"/_mock/s/limited{GOOD}?limit=0", {**FULL, "X-Organization-Id": "org_else"})),
    ("INVALID_PARAMETER", Sent("GET", f"/_mock/s/limited{GOOD}?limit=0", FULL)),
    (None, Sent("GET", f"/_mock/s/limited{GOOD}?limit=1", FULL)),
]
LARGE = b'{"sessionId": "none"' + b" " * MOST_BODY_BYTES
WRONG_BATCHES = [
    ("unknown_sandbox", Sent("PUT", "/_mock/s/gone/api/data/nowhere", {"Host": "a,b"}, LARGE)),
    ("bad_host", Sent("PUT", "/api/data/nowhere", {"Host": "a,b"}, LARGE)),
    ("unknown_route", Sent("PUT", "/api/data/nowhere", {}, LARGE)),
    ("wrong_method", Sent("PUT", "/api/data/events", {}, LARGE)),
    ("unauthorized", Sent("POST", "/api/data/events", {}, LARGE)),
    ("unsupported_media_type", Sent("POST", "/api/data/events", {**TOKEN, "Content-Type": "text/plain"}, LARGE)),
    ("body_too_large", Sent("POST", "/api/data/events", {**TOKEN, **JSON}, LARGE)),
    ("bad_request", Sent("POST", "/api/data/events", {**TOKEN, **JSON}, b'{"sessionId": "none"')),
    ("bad_request", Sent("POST", "/api/data/events", {**TOKEN, **JSON}, b'{"sessionId": "none"}')),
    ("session_not_found", Sent("POST", "/api/data/events", {**TOKEN, **JSON}, BATCH)),
]


@pytest.mark.parametrize("requests", [WRONG_DATA_REQUESTS, WRONG_BATCHES], ids=["data API", "ingestion API"])
def test_the_first_thing_that_is_wrong_is_told(send: Send, requests: list[tuple[str | None, Sent]]) -> None:
    """Sandbox, host, route, method, credential, organisation, parameters; for a batch type, size, JSON and session."""
    causes = []
    for _, sent in requests:
        before = {place: len(journal(send, place)) for place in ("", "/_mock/s/limited")}
        send(sent)
        grown = [place for place, count in before.items() if len(journal(send, place)) > count]
        assert len(grown) == 1, sent
        causes.append(last_cause(send, grown[0]))
    assert causes == [cause for cause, _ in requests]


def test_a_limit_comes_after_the_key_and_before_what_it_permits() -> None:
    """Who sends no good key uses nothing up."""
    send = without_socket(make_app())
    sent = Sent("GET", f"/_mock/s/limited{GOOD}?limit=0", {**FULL, "X-Organization-Id": "org_else"})
    limit = int(dict(send(sent).headers)["x-ratelimit-limit"])
    for _ in range(limit):
        send(sent)
        send(replace(sent, headers={"X-API-Key": "nonsense"}))
    causes = [entry["refusal"]["cause"] for entry in journal(send, "/_mock/s/limited")]
    assert causes == ["FORBIDDEN", *["FORBIDDEN", "unknown"] * (limit - 1), "RATE_LIMIT_EXCEEDED", "unknown"]


# --- both drivers ---------------------------------------------------------------------------------

PERSONA = json.dumps({"name": "Ada", "visibility": "public"}).encode()
ONE_OF_EACH_KIND = {
    "health": Sent("GET", "/api/v3/health"),
    "head": Sent("HEAD", f"{GOOD}?limit=3", FULL),
    "page": Sent("GET", f"{GOOD}?limit=3", {**FULL, "X-Mock-Test": "the page"}),
    "the same page, kept": Sent("GET", f"{GOOD}?limit=3", FULL),
    "page of a sandbox by path": Sent("GET", f"/_mock/s/one{GOOD}?limit=3", FULL),
    "page of a sandbox by header": Sent("GET", f"{GOOD}?limit=3", {**FULL, "X-Mock-Sandbox": "one"}),
    "csv": Sent("GET", f"{GOOD}?format=csv", FULL),
    "streamed": Sent("GET", f"{GOOD}?format=ndjson", FULL),
    "of an allowed page": Sent("GET", f"{GOOD}?limit=1", {**FULL, "Origin": "http://localhost:3000"}),
    "of a strange page": Sent("GET", f"{GOOD}?limit=1", {**FULL, "Origin": "https://evil.example"}),
    "unread parameters": Sent("GET", f"{GOOD}?limit=1&limt=2&category[]=x&limit=4", FULL),
    "write": Sent("POST", "/api/v3/personas", {**FULL, **JSON}, PERSONA),
    "write that is wrong": Sent("POST", "/api/v3/personas", {**FULL, **JSON}, b'{"name": 5}'),
    "write that is no JSON": Sent("POST", "/api/v3/personas", {**FULL, **JSON}, b"{"),
    "write that is too large": Sent("POST", "/api/v3/personas", {**FULL, **JSON}, b" " * (MOST_BODY_BYTES + 1)),
    "batch": Sent("POST", "/api/data/events", {**TOKEN, **JSON}, BATCH.replace(b"none", b"sess_001")),
    "batch that is too large": Sent("POST", "/api/data/events", {**TOKEN, **JSON}, b" " * (MOST_BODY_BYTES + 1)),
    "batch for no session": Sent("POST", "/api/data/events", {**TOKEN, **JSON}, BATCH),
    "batch without a token": Sent("POST", "/api/data/events", JSON, BATCH),
    "no key": Sent("GET", f"{GOOD}?limit=3"),
    "unknown key": Sent("GET", f"{GOOD}?limit=3", {"X-API-Key": "nonsense"}),
    "other organisation": Sent("GET", GOOD, {"X-API-Key": KEYS["other_organisation"]}),
    "wrong parameter": Sent("GET", f"{GOOD}?limit=0", FULL),
    "unknown room": Sent("GET", "/api/v3/data/events/room/nowhere", FULL),
    "unknown route": Sent("GET", "/api/v3/nowhere", FULL),
    "unknown route of a batch": Sent("POST", "/api/data/nowhere", JSON, BATCH),
    "odd path": Sent("GET", "/api/v3/%2e%2e/%ff//x", FULL),
    "wrong method": Sent("DELETE", GOOD, FULL),
    "preflight": Sent("OPTIONS", GOOD, {"Origin": "http://localhost", "Access-Control-Request-Method": "GET"}),
    "wrong host": Sent("GET", GOOD, {"Host": "a,b"}),
    "unknown sandbox": Sent("GET", f"/_mock/s/gone{GOOD}", FULL),
    "two sandboxes": Sent("GET", f"/_mock/s/one{GOOD}", {**FULL, "X-Mock-Sandbox": "limited"}),
    "crash": Sent("GET", f"{GOOD}?crash=1", FULL),
    "no API": Sent("GET", "/elsewhere"),
    "control": Sent("GET", "/_mock/sandboxes"),
    "control that is wrong": Sent("PUT", "/_mock/sandboxes/A", JSON, b"{}"),
    "control of a strange page": Sent("POST", "/_mock/clock", {**JSON, "Origin": "https://evil.example"}, b"{}"),
    "control with too large a body": Sent("PUT", "/_mock/sandboxes/x", JSON, b" " * (MOST_BODY_BYTES + 1)),
    **{f"limited {number}": Sent("POST", "/_mock/s/limited/api/data/events") for number in range(32)},
}


def test_both_drivers_give_the_same_answers_and_entries() -> None:
    """Status, headers but for those of HTTP itself, body, and all that the journals tell."""
    alone, served = make_app(), make_app()
    with serving_app(served) as server:
        ways = without_socket(alone), at_socket(server.url)
        for kind, sent in ONE_OF_EACH_KIND.items():
            here, there = (way(sent) for way in ways)
            assert here == there, kind
        for prefix in ("", "/_mock/s/one", "/_mock/s/limited"):
            here_told, there_told = (list(map(comparable, journal(way, prefix))) for way in ways)
            assert here_told == there_told
            assert len(here_told) == {"": 31, "/_mock/s/one": 2, "/_mock/s/limited": 32}[prefix]


def comparable(entry: Json) -> Json:
    """An entry without the machine's time, and without what senders add."""
    headers = sorted((pair["name"], pair["value"]) for pair in entry["request"]["headers"])
    request = {**entry["request"], "headers": [pair for pair in headers if pair[0] not in SENDERS]}
    return {**entry, "time": None, "tokenTime": None, "durationMs": None, "request": request}


def test_every_refusal_after_a_complete_head_is_journalled(send: Send) -> None:
    """With its status and its cause, once; what is no API's is nobody's."""
    for kind, sent in ONE_OF_EACH_KIND.items():
        place = "/_mock/s/limited" if kind.startswith("limited") else ""
        before = sum(len(journal(send, prefix)) for prefix in ("", "/_mock/s/one", "/_mock/s/limited"))
        status = send(sent).status
        after = sum(len(journal(send, prefix)) for prefix in ("", "/_mock/s/one", "/_mock/s/limited"))
        if kind.startswith(("control", "no API")):
            assert after == before, kind
            continue
        assert after == before + 1, kind
        if status >= 400:
            entry = journal(send, place)[-1]
            assert (entry["response"]["status"], entry["refusal"]["status"], entry["outcome"]) == (
                status,
                status,
                "whole",
            )
            assert entry["refusal"]["cause"], kind


# --- clients that leave ---------------------------------------------------------------------------


def test_a_client_that_leaves_is_told_of_without_a_socket() -> None:
    """Half of a streamed answer was made."""
    app = make_app()
    answer = app.test_client().get(f"{GOOD}?format=ndjson", headers=FULL, buffered=False)
    answer.close()
    (entry,) = journal(without_socket(app))
    assert (entry["outcome"], entry["response"]["status"]) == ("left", 200)


def test_a_client_that_leaves_is_told_of_at_a_socket() -> None:
    """It closed the connection before it had read all that was streamed to it."""
    app = create_app(Settings(scenario="demo"))
    sandbox = sandbox_of(app)
    experiment = sandbox.world.sample_ids()["experiment"]
    target = f"/api/v3/data/ratings/continuous/experiment/{experiment}?format=ndjson&limit=10000"
    with serving_app(app) as server:
        address = urlsplit(server.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        connection.request("GET", target, headers={"X-API-Key": keys_of(sandbox)["full"]})
        answer = connection.getresponse()
        answer.read(1000)
        answer.close()
        connection.close()
        send, deadline_s = at_socket(server.url), time.monotonic() + 30
        # The server learns of it when it next looks; each question lets it.
        while (entry := journal(send)[0])["outcome"] == "open" and time.monotonic() < deadline_s:
            pass
    assert (entry["outcome"], entry["response"]["status"], entry["response"]["body"]["sha256"]) == ("left", 200, None)
