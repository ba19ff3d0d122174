"""Preflights: a browser may send whatever its page asks for, so that the page can read what comes of it."""

import http.client
import socket
from collections.abc import Iterator

import pytest
from emulator import serving_app
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from mockserver import Settings, create_app
from mockserver.door.apis import Api
from mockserver.door.paths import filled, placeholders
from mockserver.server import Server

PAGE = "http://localhost:3000"
ELSEWHERE = "https://evil.example"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "patch", "PROPFIND"]
APP = create_app(Settings(scenario="pair"))
CLIENT = APP.test_client(use_cookies=False)
APIS: tuple[Api, ...] = APP.extensions["mockserver_apis"]
PATHS = [
    filled(api.base_path + row.path, dict.fromkeys(placeholders(row.path), "x"))
    for api in APIS
    for row in api.operations
]
TYPOS = ["/", "/api", "/api/data/event", "/api/v3/nowhere", "/api/v3/health/", "/_mock/nowhere", "/elsewhere", "/%00"]
PREFIXES = ["", "/_mock/s/default", "/_mock/s/nope"]


def preflight(path: str, method: str = "POST", origin: str = PAGE, **more: str) -> TestResponse:
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    return CLIENT.options(path, headers=asked | {name.replace("_", "-"): value for name, value in more.items()})


def allows(answer: TestResponse, method: str, origin: str = PAGE) -> bool:
    """Would a browser go on, with credentials or without?"""
    headers = answer.headers
    methods = headers.get("Access-Control-Allow-Methods", "").split(", ")
    named = headers.getlist("Access-Control-Allow-Origin") == [origin]
    return named and headers.get("Access-Control-Allow-Credentials") == "true" and method in methods


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("path", [*dict.fromkeys(PATHS), *TYPOS])
def test_every_path_takes_the_method_that_is_asked_for(path: str, prefix: str) -> None:
    """Whether there is such a path, method or sandbox is for the answer itself to say."""
    for method in METHODS:
        answer = preflight(prefix + path, method, Access_Control_Request_Headers="authorization,x-odd")
        assert (answer.status_code, answer.data) == (204, b"")
        assert allows(answer, method)
        assert answer.headers["Access-Control-Allow-Headers"] == "authorization,x-odd"
        assert "Origin" in answer.headers.getlist("Vary")


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="?#\\"), max_size=30))
def test_so_does_any_other_path(path: str) -> None:
    """Percent signs, semicolons and slashes included."""
    answer = preflight("/" + path.lstrip("/"), "DELETE")
    assert answer.status_code == 204
    assert allows(answer, "DELETE")


def test_the_method_asked_for_stands_beside_those_that_the_path_knows() -> None:
    """`Allow` says what the path knows, and of an unknown one there is none."""
    known, unknown = preflight("/api/data/events", "DELETE"), preflight("/api/data/event", "DELETE")
    assert known.headers["Allow"] == "OPTIONS, POST"
    assert known.headers["Access-Control-Allow-Methods"] == "OPTIONS, POST, DELETE"
    assert "Allow" not in unknown.headers
    assert unknown.headers["Access-Control-Allow-Methods"] == "DELETE"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/api/data/event", 404),
        ("GET", "/api/data/events", 405),
        ("GET", "/_mock/s/nope/api/v3/health", 404),
        ("POST", "/api/data/events", 401),
    ],
)
def test_the_page_can_read_what_comes_of_it(method: str, path: str, status: int) -> None:
    """The request after the preflight, refused as it would be for anybody else."""
    assert allows(preflight(path, method), method)
    answer = CLIENT.open(path, method=method, headers={"Origin": PAGE})
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"


@pytest.mark.parametrize("path", [*TYPOS, "/api/v3/health", "/_mock/clock", "/_mock/tokens"])
def test_a_page_from_elsewhere_is_allowed_nothing(path: str) -> None:
    """The preflight is answered with the path's methods at most, and no browser goes on."""
    answer = preflight(path, "POST", ELSEWHERE, Access_Control_Request_Private_Network="true")
    assert answer.status_code == 204
    assert [name for name, _ in answer.headers if name.startswith("Access-Control-")] == []


@pytest.mark.parametrize("allowed", [("*",), ("default",), ("https://*.example",)])
def test_credentials_go_with_the_one_origin_that_asks(allowed: tuple[str, ...]) -> None:
    """A browser would refuse them beside a star."""
    client = create_app(Settings(scenario="empty", allowed_origins=allowed)).test_client(use_cookies=False)
    for origin in (PAGE, ELSEWHERE, "null"):
        for answer in (
            client.get("/api/v3/health", headers={"Origin": origin}),
            client.options("/x", headers={"Origin": origin, "Access-Control-Request-Method": "GET"}),
        ):
            named = answer.headers.get("Access-Control-Allow-Origin")
            assert named in (None, origin)
            assert (answer.headers.get("Access-Control-Allow-Credentials") == "true") == (named is not None)
    assert client.get("/api/v3/health").headers.getlist("Access-Control-Allow-Origin") == []


def test_the_private_network_is_granted_where_it_is_asked_for() -> None:
    """By browsers that ask the server and not their user."""
    header = "Access-Control-Allow-Private-Network"
    assert preflight("/x", Access_Control_Request_Private_Network="true").headers[header] == "true"
    assert header not in preflight("/x").headers


def test_options_without_a_page_is_no_preflight() -> None:
    """A path that is not there is not there."""
    assert CLIENT.options("/api/data/events").status_code == 204
    assert CLIENT.options("/api/data/event").status_code == 404
    assert CLIENT.options("/api/data/event", headers={"Origin": PAGE}).status_code == 404


def test_a_preflight_for_an_unknown_path_is_journalled_as_one() -> None:
    """And as no mistake of the client's."""
    client = create_app(Settings(scenario="empty")).test_client(use_cookies=False)
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}
    client.options("/api/data/event", headers=asked)
    (entry,) = client.get("/_mock/journal").get_json()["entries"]
    assert (entry["response"]["status"], entry["preflight"], entry["refusal"]) == (204, True, None)


# --- over a real socket ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving_app(APP) as running:
        yield running


KEY = {"X-API-Key": "hst_live_your_key_here", "Origin": PAGE}
ASKED = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("OPTIONS", "/api/data/events", ASKED, 204),
        ("OPTIONS", "/api/data/event", ASKED, 204),
        ("OPTIONS", "/_mock/s/nope/api/data/events", ASKED, 204),
        ("OPTIONS", "/api/v3/health", {}, 204),
        ("GET", "/api/v3/data/events/room/room_pair?format=csv", KEY, 200),
        ("GET", "/api/v3/data/events/room/room_pair?format=ndjson", KEY, 200),
        ("GET", "/api/v3/data/events/room/room_pair?format=csv&limit=1", KEY, 200),
        ("HEAD", "/api/v3/data/events/room/room_pair?format=csv", KEY, 200),
        ("GET", "/api/v3/data/events/room/room_pair?format=csv&limit=x", KEY, 400),
    ],
)
def test_the_connection_is_kept(server: Server, method: str, path: str, headers: dict[str, str], status: int) -> None:
    """Again and again on one socket, in HTTP/1.1."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    sockets: list[socket.socket | None] = []
    bodies = []
    for _ in range(3):
        connection.request(method, path, headers=headers)
        sockets.append(connection.sock)
        answer = connection.getresponse()
        bodies.append(answer.read())
        assert (answer.status, answer.version, answer.will_close) == (status, 11, False)
        assert answer.headers["Connection"] is None
    connection.close()
    assert sockets == [sockets[0]] * 3
    assert bodies == [bodies[0]] * 3
    assert bool(bodies[0]) == (method == "GET")
