"""TLS with a certificate of the user's own; `localhost.pem` is one for tests alone, its key public."""

import contextlib
import http.client
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from toy_doors import LOOPS, TIMEOUT_S, Doors, connect, read_all, whole

from mockserver.door.steps import Body, Cut, Request, Steps
from mockserver.server import Server, serving
from mockserver.words.errors import SettingsError

CERTIFICATE = Path(__file__).parent / "localhost.pem"


def refuse(request: Request) -> Steps:
    yield Body(10)
    yield from whole(b"too large", status=413)


def reset(request: Request) -> Steps:
    yield Cut("reset")


DOOR = Doors(refuse=refuse, reset=reset, large=lambda request: whole(bytes(5_000_000)))


@pytest.fixture(params=LOOPS.values(), ids=LOOPS)
def server(request) -> Iterator[Server]:
    with serving(DOOR, certificate=CERTIFICATE, loop_factory=request.param) as running:
        yield running


@pytest.fixture
def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=CERTIFICATE)


@pytest.fixture
def client(server, trusting) -> Iterator[http.client.HTTPSConnection]:
    connection = http.client.HTTPSConnection("localhost", server.port, timeout=TIMEOUT_S, context=trusting)
    yield connection
    connection.close()


def test_answers_come_over_tls(server, client):
    """The URL says so, and the door knows."""
    assert server.url == f"https://localhost:{server.port}"
    for path, body in (("/", b"hello"), ("/large", bytes(5_000_000)), ("/", b"hello")):
        client.request("GET", path)
        assert client.getresponse().read() == body
    assert DOOR.requests[-1].scheme == "https"


def test_a_refusal_arrives_over_tls(client):
    """There is no half-closed connection in TLS; the answer comes nevertheless."""
    client.putrequest("POST", "/refuse")
    client.putheader("Content-Length", "30000000")
    client.endheaders()
    for _ in range(100):
        client.send(bytes(100_000))
    assert client.getresponse().read() == b"too large"


def test_a_reset_is_an_error_over_tls(client):
    """The socket below ends."""
    client.request("GET", "/reset")
    with pytest.raises((ConnectionResetError, ssl.SSLError)):
        client.getresponse()


def test_plain_http_is_closed_at_once(server, caplog):
    """Nothing is logged: the client sees that something is wrong."""
    with connect(server) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        begun_s = time.monotonic()
        with contextlib.suppress(ConnectionResetError):
            read_all(raw)
        assert time.monotonic() - begun_s < TIMEOUT_S / 2
    assert not caplog.records


def test_an_idle_pool_does_not_hold_the_close(server, client):
    """It does not answer the end of its session."""
    client.request("GET", "/")
    client.getresponse().read()
    begun_s = time.monotonic()
    server.close(grace_s=TIMEOUT_S)
    assert time.monotonic() - begun_s < TIMEOUT_S / 2


@pytest.mark.parametrize(
    ("certificate", "key"),
    [(Path("missing.pem"), None), (Path(__file__), None), (CERTIFICATE, Path("missing.pem")), (None, CERTIFICATE)],
)
def test_files_that_do_not_serve_are_one_clear_line(certificate, key):
    """The message names what is wrong; no port was bound."""
    with pytest.raises(SettingsError, match=r"missing\.pem|test_tls\.py|localhost\.pem") as error:
        Server(DOOR, certificate=certificate, key=key)
    assert "\n" not in str(error.value)
