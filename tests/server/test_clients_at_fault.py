"""Clients that send nonsense, too much, too slowly, or read nothing: each is told or cut off, and no other notices."""

import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from toy_doors import LOOPS, TIMEOUT_S, Doors, connect, exchange, get, read_all, status_of, whole

from mockserver.door.steps import Body, Chunk, Compute, Head, Request, Steps, Wait
from mockserver.server import Server, serving
from mockserver.server.limits import Limits

# Short enough for a test, long enough for a busy machine where nothing should happen.
SHORT_S = 0.2
SWEEP_S = 0.05
HEAD_BYTES = Limits().head_bytes


def read_body(request: Request) -> Steps:
    body = yield Body(1000)
    yield from whole(b"%d" % len(body))


@pytest.fixture(scope="module", params=LOOPS.values(), ids=LOOPS)
def server(request) -> Iterator[Server]:
    with serving(Doors(read_body=read_body), loop_factory=request.param) as running:
        yield running


BAD_REQUESTS = {
    "no_http": b"hello\r\n\r\n",
    "lower_case_method": b"get / HTTP/1.1\r\nHost: x\r\n\r\n",
    "bad_header": b"GET / HTTP/1.1\r\nnot a header\r\n\r\n",
    "bad_length": b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    "two_lengths": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "length_and_chunked": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "not_ascii": "GET /é HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    "no_path": b"GET http://x HTTP/1.1\r\nHost: x\r\n\r\n",
    "much_of_it": b"\x00" * 200_000,
}


LETTERS = ["/räum", "/?search=Gefühl", "/😀", "/?q=日本"]
BLANKS = ["/?at=2024-10-20 16:30", "/a b c"]


@pytest.mark.parametrize(
    ("target", "first_bytes"),
    [*((target, 0) for target in (*LETTERS, *BLANKS, "http://x/ü")), *((target, 8) for target in LETTERS)],
)
def test_a_target_that_is_not_encoded_is_told_to_be(server, target, first_bytes):
    """With letters of any script, in pieces too, or with a blank; on a connection that was used before."""
    request = f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with connect(server) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert status_of(client.recv(65536)) == 200
        client.sendall(request[:first_bytes])
        client.sendall(request[first_bytes:])
        # The first answer may have come in two pieces.
        head, _, body = read_all(client).partition(b"HTTP/1.1 400 ")[2].partition(b"\r\n\r\n")
    assert b"connection: close" in head
    assert "percent-encode it: a blank is %20, ü is %C3%BC." in body.decode()


def test_what_is_right_in_a_target_is_not_complained_of(server):
    """Encoded letters, and letters in headers."""
    request = "GET /?q=%C3%BC+%20 HTTP/1.1\r\nHost: x\r\nX-Name: Jürgen\r\nConnection: close\r\n\r\n".encode()
    head, body = exchange(server, request)
    assert (status_of(head), body) == (200, b"hello")


@pytest.mark.parametrize("request_bytes", BAD_REQUESTS.values(), ids=BAD_REQUESTS)
def test_what_is_not_http_is_a_plain_400(server, request_bytes):
    """It arrives although the request was not read to its end, and the door hears nothing of it."""
    head, body = exchange(server, request_bytes)
    assert status_of(head) == 400
    assert b"content-type: text/plain" in head
    assert body


def test_nonsense_right_behind_a_request_is_a_400(server, caplog):
    """The answer at hand is dropped, and nobody takes that for a bug."""
    head, _ = exchange(server, b"GET / HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n")
    assert status_of(head) == 400
    get(server, "/")
    assert not caplog.records


def test_a_bad_chunk_in_a_body_is_a_plain_400(server):
    """The door waits for the body just then."""
    with connect(server) as raw:
        raw.sendall(b"POST /read_body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        raw.sendall(b"3\r\nabc\r\n")
        raw.sendall(b"zz\r\n")
        assert status_of(read_all(raw)) == 400


@pytest.mark.parametrize("pieces", [1, 50])
def test_a_head_that_is_too_large_is_told_the_limit(server, pieces):
    """In one go or piece by piece, and although the client goes on sending."""
    with connect(server) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")
        for _ in range(pieces):
            raw.sendall(b"x" * (900_000 // pieces))
        raw.sendall(b"\r\n\r\n")
        head, _, body = read_all(raw).partition(b"\r\n\r\n")
    assert status_of(head) == 431
    assert body == f"The request's head is too large; it may have {HEAD_BYTES} bytes.\n".encode()


def test_a_head_of_just_the_limit_is_answered(server):
    """Not a byte less than told."""
    head = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    head += b"".join(b"X-%d: %b\r\n" % (number, b"x" * 1000) for number in range(250))
    head += b"Y: " + b"x" * (HEAD_BYTES - len(head) - len(b"Y: \r\n\r\n")) + b"\r\n\r\n"
    assert len(head) == HEAD_BYTES
    assert status_of(exchange(server, head)[0]) == 200


def test_a_body_does_not_count_as_head(server):
    """However much of it comes in one piece with the head."""
    request = b"POST /read_body HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n" + b"x" * 900_000
    with connect(server) as raw:
        for _ in range(2):
            raw.sendall(request)
            assert status_of(raw.recv(65536)) == 200


def test_a_client_that_speaks_tls_is_refused_at_once(server, caplog):
    """It need not wait for a time-out, and the developer finds one line that says what is wrong."""
    context = ssl.create_default_context()
    with connect(server) as raw, pytest.raises(ssl.SSLError):
        context.wrap_socket(raw, server_hostname="localhost")
    assert [record.getMessage() for record in caplog.records] == [
        f"a client speaks TLS to port {server.port}, which does not; use http://"
    ]


def limited(doors: Doors, **limits: float) -> Server:
    return Server(doors, limits=Limits(sweep_s=SWEEP_S, **limits))


@pytest.fixture
def started() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def start(stack: ExitStack, server: Server) -> Server:
    stack.callback(server.close, grace_s=0.0)
    server.start()
    return server


@pytest.mark.parametrize("before", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"], ids=["fresh", "kept"])
def test_a_silent_connection_is_closed(started, before):
    """Before the first request, and between two."""
    server = start(started, limited(Doors(), idle_s=SHORT_S))
    with connect(server) as raw:
        raw.sendall(before)
        assert read_all(raw).endswith(b"hello" if before else b"")


@pytest.mark.parametrize("half", [b"G", b"\r\n\r\n", b"GET / HTTP/1.1\r\nHost"])
def test_half_a_head_is_a_408(started, half):
    """Byte by byte does not help."""
    server = start(started, limited(Doors(), head_s=SHORT_S))
    with connect(server) as raw:
        raw.sendall(half)
        assert status_of(read_all(raw)) == 408


def test_half_a_head_is_not_prolonged_by_more_of_it(started):
    """The time is from its first byte."""
    server = start(started, limited(Doors(), head_s=SHORT_S))
    with connect(server) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\n")
        raw.settimeout(SWEEP_S)
        answer = b""
        while not answer:
            raw.sendall(b"a: b\r\n")
            try:
                answer = raw.recv(65536)
            except TimeoutError:
                continue
        assert status_of(answer) == 408


def test_half_a_body_ends_the_connection_and_the_door_sees_it(started):
    """Silence in the middle of it."""
    ends = []

    def watched(request: Request) -> Steps:
        try:
            yield Body(1000)
        except GeneratorExit:
            ends.append("left")
            raise

    server = start(started, limited(Doors(watched=watched), body_s=SHORT_S))
    assert exchange(server, b"POST /watched HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc") == (b"", b"")
    server.close()
    assert ends == ["left"]


def test_an_unread_answer_is_cut_off(started):
    """What is made for nobody does not stay in memory for ever."""
    ends = []

    def watched(request: Request) -> Steps:
        try:
            yield Head(200, [])
            while True:
                yield Chunk(bytes(65536))
        finally:
            ends.append(time.monotonic())

    server = start(started, limited(Doors(watched=watched), unread_s=SHORT_S))
    with connect(server) as raw:
        raw.sendall(b"GET /watched HTTP/1.1\r\nHost: x\r\n\r\n")
        until_s = time.monotonic() + TIMEOUT_S
        while not ends and time.monotonic() < until_s:
            get(server, "/")
        assert ends


def test_an_answer_that_is_read_slowly_goes_on(started):
    """Progress counts, not speed."""
    server = start(started, limited(Doors(large=lambda request: whole(bytes(20_000_000))), unread_s=1.0))
    with connect(server) as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        raw.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received, begun_s = 0, time.monotonic()
        while piece := raw.recv(65536):
            received += len(piece)
            # For twice as long as an unread answer may stay.
            if time.monotonic() - begun_s < 2.0:
                time.sleep(SWEEP_S / 2)
    assert received > 20_000_000


def test_what_the_emulator_makes_wait_is_not_the_clients_fault(started):
    """All times are far exceeded, by the door."""

    def slow(request: Request) -> Steps:
        yield Wait(SHORT_S * 2)
        yield Compute(lambda: time.sleep(SHORT_S * 2))
        body = yield Body(10)
        yield Head(200, [])
        yield Chunk(body)
        yield Wait(SHORT_S * 2)
        yield from whole_end()

    def whole_end() -> Steps:
        yield Chunk(b" end")
        yield from list(whole(b""))[1:]

    server = start(started, limited(Doors(slow=slow), idle_s=SHORT_S, head_s=SHORT_S, body_s=SHORT_S, unread_s=SHORT_S))
    request = b"POST /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody"
    assert exchange(server, request)[1] == b"4\r\nbody\r\n4\r\n end\r\n0\r\n\r\n"


def test_a_refused_client_that_never_stops_is_cut_off(started):
    """The answer had its time to arrive."""
    server = start(started, limited(Doors(), linger_s=SHORT_S))
    with connect(server) as raw:
        raw.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\n")
        with pytest.raises(ConnectionError):
            send_for_ever(raw)


def send_for_ever(raw: socket.socket) -> None:
    while True:
        raw.sendall(b"x")
        time.sleep(SWEEP_S / 5)


def test_the_connection_that_has_been_idle_longest_makes_room(started):
    """Not one that is in use, and not the new one."""
    server = start(started, limited(Doors(), connections=3))
    using, idle, recent = [started.enter_context(connect(server)) for _ in range(3)]
    using.sendall(b"GET / HTTP/1.1\r\n")
    for raw in (idle, recent):
        raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert raw.recv(65536).endswith(b"hello")
    assert get(server, "/") == b"hello"
    assert idle.recv(1) == b""
    using.sendall(b"Host: x\r\n\r\n")
    assert using.recv(65536).endswith(b"hello")
    recent.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert recent.recv(65536).endswith(b"hello")


def test_a_client_too_many_is_told_so(started):
    """Where every other connection is in use."""
    entered = threading.Event()

    def waiting(request: Request) -> Steps:
        entered.set()
        yield Wait(None)

    server = start(started, limited(Doors(waiting=waiting), connections=1))
    started.enter_context(connect(server)).sendall(b"GET /waiting HTTP/1.1\r\nHost: x\r\n\r\n")
    assert entered.wait(TIMEOUT_S)
    with connect(server) as raw:
        assert status_of(read_all(raw)) == 503


CROWDED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
sys.path.insert(0, sys.argv[1])
from toy_doors import LOOPS, Doors, whole
from mockserver.server import serving

body = bytes(20_000_000)
with serving(Doors(large=lambda request: whole(body)), loop_factory=LOOPS[sys.argv[2]]) as server:
    print(server.port, flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on open files there")
@pytest.mark.parametrize("loop", LOOPS)
def test_a_crowd_makes_nobody_wait(loop):
    """256 open files, 8 downloads that pause, 700 idle connections: a new client is answered at once; nothing spins."""
    child = subprocess.Popen(
        [sys.executable, "-c", CROWDED, str(Path(__file__).parent), loop],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdin
    assert child.stdout
    assert child.stderr
    with child, ExitStack() as stack:
        port = int(child.stdout.readline())
        downloads = [stack.enter_context(_paused_download(port)) for _ in range(8)]
        for _ in range(700):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S))
        begun_s = time.monotonic()
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S) as raw:
            raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert read_all(raw).endswith(b"hello")
        assert time.monotonic() - begun_s < 2.0
        assert _cpu_s(child.pid) < 0.3
        for download in downloads:
            assert len(read_all(download)) > 19_000_000
        child.stdin.close()
        assert child.stderr.read() == b""


def _paused_download(port: int) -> socket.socket:
    raw = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
    raw.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert raw.recv(1000).startswith(b"HTTP/1.1 200 OK")
    return raw


def _cpu_s(pid: int) -> float:
    """Processor time of a process during one second; 0 where the system does not tell it in files."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0

    def ticks() -> int:
        return sum(map(int, re.split(r"\) ", stat.read_text())[1].split()[11:13]))

    before = ticks()
    time.sleep(1.0)
    return (ticks() - before) / os.sysconf("SC_CLK_TCK")
