"""The server under toy applications: bytes on the wire, threads, and a clean end."""

import http.client
import itertools
import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from mockserver.sandbox.settings import DEFAULT_MAX_BODY_BYTES
from mockserver.server import Server, serving
from mockserver.words.errors import SettingsError

TIMEOUT_S = 10.0


def endless() -> Iterator[bytes]:
    return itertools.repeat(b"x" * 65536)


def truncated() -> Iterator[bytes]:
    yield b"first part"
    raise RuntimeError("a bug in the middle of a stream")


def toy_app(environ, start_response):
    """Answers by path: /fixed with a length, /stream without one, the others badly."""
    path = environ["PATH_INFO"]
    if path == "/crash":
        raise RuntimeError("a bug before the first byte")
    bodies = {
        "/fixed": [b"hello"],
        "/stream": iter([b"one", b"two"]),
        "/endless": endless(),
        "/cut": truncated(),
    }
    length = [("Content-Length", "5")] if path == "/fixed" else []
    start_response("200 OK", [("Content-Type", "text/plain"), *length])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else bodies[path]


class Gate:
    """An application whose answer waits until the test opens it."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == "/slow":
            self.entered.set()
            self.opened.wait(TIMEOUT_S)
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
        return [b"done"]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(toy_app) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT_S)
    yield connection
    connection.close()


def exchange(server: Server, request: bytes) -> tuple[bytes, bytes]:
    """Send raw bytes, read until the server closes; its head and body."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=TIMEOUT_S) as raw:
        raw.sendall(request)
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


def get(server: Server, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


def test_port_0_becomes_a_free_port_that_the_url_names(server):
    """A test can start a server without choosing a port."""
    assert server.port > 0
    assert server.url == f"http://127.0.0.1:{server.port}"
    assert not server.exposed


def test_a_taken_port_is_one_clear_line(server):
    """The message names the address and two ways out."""
    with pytest.raises(SettingsError, match=rf"127\.0\.0\.1:{server.port}.*taken.*another one \(0 picks"):
        Server(toy_app, port=server.port)


def test_a_host_that_does_not_resolve_is_one_clear_line(monkeypatch):
    """The message says which host, and what to use instead."""

    def fail(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(SettingsError, match=r"nowhere:0.*does not resolve.*127\.0\.0\.1"):
        Server(toy_app, host="nowhere")


@pytest.mark.parametrize(("host", "port"), [("", 0), ("a..b", 0), ("127.0.0.1", 70000), ("127.0.0.1", -1)])
def test_an_impossible_address_is_a_settings_error(host, port):
    """No exception of the socket module comes out."""
    with pytest.raises(SettingsError, match="cannot listen on"):
        Server(toy_app, host=host, port=port)


def test_a_wildcard_host_is_called_by_loopback_and_known_as_exposed():
    """Nobody can call 0.0.0.0, so the URL must not say it."""
    with serving(toy_app, host="0.0.0.0") as everywhere:
        assert everywhere.url == f"http://127.0.0.1:{everywhere.port}"
        assert everywhere.exposed
        assert get(everywhere, "/fixed") == b"hello"


def test_an_ipv6_host_stands_in_brackets():
    """The URL works as printed."""
    try:
        running = Server(toy_app, host="::1")
    except SettingsError:
        pytest.skip("no IPv6 here")
    assert running.url == f"http://[::1]:{running.port}"
    running.close()


def test_a_connection_is_kept_alive(client):
    """Two requests go over one socket."""
    client.request("GET", "/fixed")
    assert client.getresponse().read() == b"hello"
    first = client.sock
    client.request("GET", "/fixed")
    assert client.getresponse().read() == b"hello"
    assert client.sock is first is not None


def test_only_expected_headers_are_added(client):
    """Beside the application's own there are the two that every server sends."""
    client.request("GET", "/fixed")
    response = client.getresponse()
    response.read()
    assert {name for name, _ in response.getheaders()} == {"Content-Length", "Content-Type", "Date", "Server"}


@pytest.mark.parametrize("path", ["/fixed", "/stream"])
def test_head_has_no_body(server, path):
    """Nothing follows the head, not even the chunk that ends a stream."""
    request = f"HEAD {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    head, body = exchange(server, request)
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert body == b""


def test_a_stream_arrives_whole(client):
    """An answer without a length is chunked and properly ended."""
    client.request("GET", "/stream")
    assert client.getresponse().read() == b"onetwo"


def test_a_stream_begins_before_it_is_made(client):
    """An endless answer can be read, so nobody waits for its end."""
    client.request("GET", "/endless")
    with client.getresponse() as response:
        assert len(response.read(1_000_000)) == 1_000_000


def test_a_client_that_leaves_ends_its_stream():
    """Nobody goes on making what nobody reads."""
    ended = threading.Event()

    def app(environ, start_response):
        start_response("200 OK", [])
        try:
            yield from endless()
        finally:
            ended.set()

    with serving(app) as running:
        with socket.create_connection(("127.0.0.1", running.port), timeout=TIMEOUT_S) as raw:
            raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            raw.recv(1000)
        assert ended.wait(TIMEOUT_S)


def test_an_exception_in_a_stream_truncates_it(client, caplog):
    """The client notices that something is missing; nothing is appended."""
    client.request("GET", "/cut")
    with client.getresponse() as response, pytest.raises(http.client.IncompleteRead) as cut:
        response.read()
    assert cut.value.partial == b"first part"
    assert "in the middle of a stream" in caplog.text


def test_a_crash_before_the_first_byte_is_enveloped(server, caplog):
    """A bug of the application's own error handling is JSON still."""
    head, body = exchange(server, b"GET /crash HTTP/1.1\r\nHost: x\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 500 ")
    assert json.loads(body)["error"]["code"] == "INTERNAL_SERVER_ERROR"
    assert "before the first byte" in caplog.text


BAD_REQUESTS = {
    "no_http": (b"hello\r\n\r\n", 400),
    "lower_case_method": (b"get /api/v3/health HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "bad_header": (b"GET /api/v3/health HTTP/1.1\r\nnot a header\r\n\r\n", 400),
    "bad_length": (b"POST /api/v3/health HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
    "bad_chunk": (b"POST /api/v3/health HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    "bad_encoding": (b"POST /api/v3/health HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    "long_header": (b"GET /api/v3/health HTTP/1.1\r\nX: " + b"x" * 900_000 + b"\r\n\r\n", 431),
    "long_body": (
        b"POST /api/v3/health HTTP/1.1\r\nContent-Length: 9999999999\r\n\r\n" + b"x" * 900_000,
        413,
    ),
}


@pytest.mark.parametrize(("request_bytes", "status"), BAD_REQUESTS.values(), ids=BAD_REQUESTS)
def test_what_is_refused_before_the_application_is_enveloped(server, request_bytes, status):
    """The answer is the data API's envelope, and arrives although the request was not read to its end."""
    head, body = exchange(server, request_bytes)
    assert head.split(b" ")[1] == str(status).encode()
    assert b"Content-Type: application/json" in head
    answer = json.loads(body)
    assert answer["status"] == "error"
    assert answer["error"].keys() == {"code", "message", "details"}


def test_a_body_that_is_too_large_by_far_is_told_the_limit(server):
    """The number in the message is the one that the settings name, and nothing was read."""
    head, body = exchange(server, b"POST /api/v3/data/events/batch HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n")
    assert head.split(b" ")[1] == b"413"
    error = json.loads(body)["error"]
    assert error["code"] == "PAYLOAD_TOO_LARGE"
    assert error["message"] == f"The request's body is too large; it may have {DEFAULT_MAX_BODY_BYTES} bytes."


def test_the_ingestion_api_has_its_own_envelope_for_refusals(server):
    """Its clients read `success` and a string."""
    _, body = exchange(server, b"POST /api/data/events HTTP/1.1\r\nno header\r\n\r\n")
    answer = json.loads(body)
    assert answer["success"] is False
    assert answer["data"] is None
    assert "not valid HTTP" in answer["error"]


def in_background(action: Callable[[], object]):
    """Run on a thread of its own; the future has its result."""
    pool = ThreadPoolExecutor(1)
    future = pool.submit(action)
    pool.shutdown(wait=False)
    return future


def test_a_slow_answer_stalls_no_other():
    """Requests are answered on several threads."""
    gate = Gate()
    with serving(gate) as running:
        slow = in_background(lambda: get(running, "/slow"))
        assert gate.entered.wait(TIMEOUT_S)
        assert get(running, "/quick") == b"done"
        gate.opened.set()
        assert slow.result(TIMEOUT_S) == b"done"


def test_an_answer_in_flight_outlives_the_close():
    """Stopping waits for it, while new connections are refused."""
    gate = Gate()
    running = Server(gate)
    running.start()
    slow = in_background(lambda: get(running, "/slow"))
    assert gate.entered.wait(TIMEOUT_S)
    closing = in_background(lambda: running.close(grace_s=TIMEOUT_S))
    wait_until_refused(running.port)
    assert not closing.done()
    gate.opened.set()
    assert slow.result(TIMEOUT_S) == b"done"
    closing.result(TIMEOUT_S)


def test_a_large_answer_reaches_a_slow_reader_through_the_close():
    """What is made but not yet sent is sent, not dropped."""
    size = 20_000_000

    def app(environ, start_response):
        start_response("200 OK", [("Content-Length", str(size))])
        return [b"x" * size]

    running = Server(app)
    running.start()
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=TIMEOUT_S)
    connection.request("GET", "/")
    response = connection.getresponse()
    closing = in_background(lambda: running.close(grace_s=TIMEOUT_S))
    wait_until_refused(running.port)
    assert len(response.read()) == size
    closing.result(TIMEOUT_S)
    connection.close()


def test_a_stuck_answer_does_not_hold_the_close(caplog):
    """The grace is bounded."""
    gate = Gate()
    running = Server(gate)
    running.start()
    slow = in_background(lambda: get(running, "/slow"))
    assert gate.entered.wait(TIMEOUT_S)
    running.close(grace_s=0.1)
    with pytest.raises((http.client.HTTPException, OSError)):
        slow.result(TIMEOUT_S)
    gate.opened.set()


def test_closing_twice_or_before_the_start_is_allowed():
    """Tidying up never fails."""
    running = Server(toy_app)
    running.close()
    running.close()
    wait_until_refused(running.port)


def wait_until_refused(port: int) -> None:
    """Connect until nobody listens; one that waits just then for being accepted is reset."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S).close()
        except ConnectionResetError:
            continue
        except ConnectionRefusedError:
            return
