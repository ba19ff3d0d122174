"""The door's steps as a client sees them, on either event loop."""

import contextlib
import http.client
import inspect
import itertools
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from toy_doors import (  # fmt: skip
    LOOPS,
    PLAIN,
    TIMEOUT_S,
    Doors,
    Gate,
    client_of,
    connect,
    endless,
    exchange,
    get,
    hello,
    in_background,
    read_all,
    status_of,
    whole,
)

from mockserver.door.steps import Body, Chunk, Compute, Cut, End, Head, Request, Signal, Steps, Wait
from mockserver.server import Server, serving

LARGE = 20_000_000


def stream(request: Request) -> Steps:
    yield Head(200, [PLAIN])
    if request.method != "HEAD":
        yield Chunk(b"one")
        yield Chunk(b"two")
    yield End()


def large(request: Request) -> Steps:
    yield from whole(bytes(LARGE))


def crash(request: Request) -> Steps:
    raise RuntimeError("a bug before the first byte")
    yield


def truncated(request: Request) -> Steps:
    yield Head(200, [PLAIN])
    yield Chunk(b"first part")
    yield Wait(0)
    raise RuntimeError("a bug in the middle of a stream")


def echo(request: Request) -> Steps:
    """At most 1,000 bytes: the number of those that came."""
    body = yield Body(1000)
    yield from whole(b"%d" % len(body), status=413 if len(body) > 1000 else 200)


def refuse(request: Request) -> Steps:
    """Without a look at the body."""
    yield from whole(b"who are you?", status=401)


def computed(request: Request) -> Steps:
    first = yield Compute(lambda: threading.current_thread().name)
    second = yield Compute(lambda: threading.current_thread().name, long=True)
    yield from whole(f"{first} {second}".encode())


def failing(request: Request) -> Steps:
    try:
        yield Compute(lambda: next(iter(())))
    except StopIteration as error:
        yield from whole(repr(error).encode())


def reset(request: Request) -> Steps:
    yield Head(200, [PLAIN, (b"content-length", b"100")])
    yield Chunk(b"half")
    yield Cut("reset")


def broken_off(request: Request) -> Steps:
    yield Head(200, [PLAIN, (b"content-length", b"100")])
    yield Chunk(b"half")
    yield Cut("close")


def garbage(request: Request) -> Steps:
    yield Cut("close", raw=b"\x00\x01 this is not HTTP")


def garbage_and_reset(request: Request) -> Steps:
    yield Cut("reset", raw=b"garbage")


DOOR = Doors(
    stream=stream, large=large, endless=endless, crash=crash, truncated=truncated, echo=echo, refuse=refuse,
    computed=computed, failing=failing, reset=reset, broken_off=broken_off, garbage=garbage,
    garbage_and_reset=garbage_and_reset,
)  # fmt: skip


@pytest.fixture(scope="module", params=LOOPS.values(), ids=LOOPS)
def server(request) -> Iterator[Server]:
    with serving(DOOR, loop_factory=request.param) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[http.client.HTTPConnection]:
    with client_of(server) as connection:
        yield connection


@pytest.fixture(autouse=True)
def _nothing_is_logged(request, caplog) -> Iterator[None]:
    """The library complains in the log where it was used wrongly; a test that expects something looks itself."""
    yield
    if "caplog" not in inspect.signature(request.function).parameters:
        assert not caplog.records


def test_a_connection_is_kept_alive(client):
    """Two requests go over one socket."""
    for _ in range(2):
        client.request("GET", "/")
        assert client.getresponse().read() == b"hello"
        kept, client.sock = client.sock, client.sock
        assert kept is not None


def test_the_door_is_told_what_was_sent(server):
    """Target as it was sent, names in lower case, repeated headers in their order."""
    exchange(server, b"GET /a%20b//c?x=%2B&x HTTP/1.1\r\nHost: x\r\nA: 1\r\na: 2\r\nConnection: close\r\n\r\n")
    request = DOOR.requests[-1]
    assert (request.method, request.path, request.query) == ("GET", b"/a%20b//c", b"x=%2B&x")
    assert list(request.headers) == [(b"host", b"x"), (b"a", b"1"), (b"a", b"2"), (b"connection", b"close")]
    assert (request.scheme, request.http_version) == ("http", "1.1")
    assert request.client is not None
    assert request.client[0] == "127.0.0.1"
    assert request.server == ("127.0.0.1", server.port)


def test_only_the_date_is_added(client):
    """Every other header is the door's."""
    client.request("GET", "/")
    response = client.getresponse()
    response.read()
    assert {name for name, _ in response.getheaders()} == {"content-length", "content-type", "date"}


@pytest.mark.parametrize("path", ["/", "/stream"])
def test_head_has_no_body(server, path):
    """Nothing follows the head, not even the chunk that ends a stream."""
    head, body = exchange(server, f"HEAD {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
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


def test_a_large_answer_arrives_whole(client):
    """Pieces are joined by nobody but the client."""
    client.request("GET", "/large")
    assert client.getresponse().read() == bytes(LARGE)


def test_requests_in_a_row_are_answered_in_their_order(server):
    """Pipelining: the second one came before the first was answered."""
    request = b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    _, answers = exchange(server, request + request + last)
    assert answers.count(b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n") == 2
    assert answers.endswith(b"hello")


@pytest.mark.parametrize("upgrade", [b"websocket", b"h2c"])
def test_an_upgrade_is_a_request_like_any_other(server, upgrade):
    """Java's client asks for HTTP/2 in this way, every time."""
    request = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: %b\r\n\r\n" % upgrade
    with connect(server) as raw:
        for _ in range(2):
            raw.sendall(request)
            assert raw.recv(65536).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(("sent", "status", "told"), [(0, 200, b"0"), (1000, 200, b"1000"), (1001, 413, b"1001")])
def test_a_body_is_read_up_to_what_the_door_takes(client, sent, status, told):
    """One byte more shows that it is too large; the connection stays."""
    for _ in range(2):
        client.request("POST", "/echo", body=b"x" * sent)
        response = client.getresponse()
        assert (response.status, response.read()) == (status, told)
        assert not response.will_close


def test_a_chunked_body_is_read(client):
    """A client need not know its length."""
    client.request("POST", "/echo", body=iter([b"x" * 10, b"y" * 20]))
    assert client.getresponse().read() == b"30"


def test_a_client_that_asks_first_is_told_to_go_on(server):
    """`Expect: 100-continue`: the body comes when the door reads it."""
    with connect(server) as raw:
        raw.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert raw.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        raw.sendall(b"abc")
        assert raw.recv(65536).startswith(b"HTTP/1.1 200 OK")


def test_a_client_that_asks_first_and_is_refused_sends_nothing(server):
    """It gets the refusal at once, and the connection closes, since nobody knows what it would send next."""
    head, body = exchange(
        server, b"POST /refuse HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
    )
    assert status_of(head) == 401
    assert b"connection: close" in head
    assert body == b"who are you?"


def test_a_small_body_that_nobody_reads_does_not_end_the_connection(client):
    """Refused before the body was looked at, then asked again on the same socket."""
    sockets = set()
    for _ in range(2):
        client.request("POST", "/refuse", body=b"x" * 100_000)
        assert client.getresponse().read() == b"who are you?"
        sockets.add(client.sock)
    assert len(sockets) == 1


@pytest.mark.parametrize("declared", [b"Content-Length: 30000000", b"Transfer-Encoding: chunked"])
@pytest.mark.parametrize("path", [b"/refuse", b"/echo"])
def test_a_refusal_arrives_although_the_client_goes_on_sending(server, path, declared):
    """A reset would overtake the answer and destroy it."""
    with connect(server) as raw:
        raw.sendall(b"POST %b HTTP/1.1\r\nHost: x\r\n%b\r\n\r\n" % (path, declared))
        framed = b"chunked" in declared
        piece = b"x" * 100_000
        for _ in range(300):
            raw.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if framed else piece)
        answer = read_all(raw)
    assert status_of(answer) == (401 if path == b"/refuse" else 413)
    assert b"connection: close" in answer


def test_a_stream_that_is_read_fast_holds_up_nobody(server):
    """Each chunk gives others their turn, though there is always room for the next."""
    with client_of(server) as reader:
        reader.request("GET", "/endless")
        response = reader.getresponse()
        reading = threading.Event()
        enough = threading.Event()

        def read() -> None:
            while not enough.is_set():
                response.read(1_000_000)
                reading.set()

        done = in_background(read)
        assert reading.wait(TIMEOUT_S)
        assert [get(server, "/") for _ in range(5)] == [b"hello"] * 5
        enough.set()
        done.result(TIMEOUT_S)


@pytest.mark.parametrize("loop_factory", LOOPS.values(), ids=LOOPS)
def test_a_client_that_leaves_ends_its_stream(loop_factory):
    """Nobody goes on making what nobody reads."""
    ended = threading.Event()

    def watched(request: Request) -> Steps:
        try:
            yield from endless(request)
        except GeneratorExit:
            ended.set()
            raise

    with serving(Doors(watched=watched), loop_factory=loop_factory) as running:
        with connect(running) as raw:
            raw.sendall(b"GET /watched HTTP/1.1\r\nHost: x\r\n\r\n")
            raw.recv(1000)
        assert ended.wait(TIMEOUT_S)


@pytest.mark.parametrize("make_step", [lambda: Wait(None, Signal()), lambda: Wait(3600), lambda: Body(1000)])
def test_a_client_that_leaves_ends_a_wait(make_step, caplog):
    """The door sees it where it stands, whatever it waits for."""
    entered, ended = threading.Event(), threading.Event()

    def watched(request: Request) -> Steps:
        try:
            entered.set()
            yield make_step()
        finally:
            ended.set()

    with serving(Doors(watched=watched)) as running:
        with connect(running) as raw:
            raw.sendall(b"POST /watched HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
            assert entered.wait(TIMEOUT_S)
        assert ended.wait(TIMEOUT_S)
    assert not caplog.records


def test_work_whose_client_has_left_is_ended_first_or_never_begun():
    """The door is never given up while its work still uses what it holds; what only queues is not done at all."""
    gate, order, ended = Gate(), [], threading.Event()

    def working(request: Request) -> Steps:
        try:
            yield Compute(lambda: (gate(), order.append("work done")))
        finally:
            order.append("door closed")
            ended.set()

    queued_left = threading.Event()

    def queued(request: Request) -> Steps:
        try:
            yield Compute(lambda: order.append("never"))
        finally:
            queued_left.set()

    with serving(Doors(working=working, queued=queued)) as running:
        with connect(running) as first:
            first.sendall(b"GET /working HTTP/1.1\r\nHost: x\r\n\r\n")
            assert gate.entered.wait(TIMEOUT_S)
            with connect(running) as second:
                second.sendall(b"GET /queued HTTP/1.1\r\nHost: x\r\n\r\n")
            assert queued_left.wait(TIMEOUT_S)
        assert not ended.is_set()
        gate.opened.set()
        assert ended.wait(TIMEOUT_S)
    assert order == ["work done", "door closed"]


def test_work_is_done_by_its_worker_and_comes_back(server):
    """Two threads, chosen by the door."""
    assert get(server, "/computed") == f"mockserver-{server.port}-short mockserver-{server.port}-long".encode()


def test_what_work_raises_is_thrown_into_the_door(server):
    """Even what would end a generator."""
    assert get(server, "/failing") == b"StopIteration()"


@pytest.mark.parametrize("long", [False, True])
def test_work_holds_up_neither_the_other_worker_nor_what_is_known(long):
    """A slow answer stalls no other."""
    gate = Gate()

    def slow(request: Request) -> Steps:
        yield from whole(str((yield Compute(gate, long=long))).encode())

    def other(request: Request) -> Steps:
        yield from whole(str((yield Compute(lambda: "quick", long=not long))).encode())

    with serving(Doors(slow=slow, other=other)) as running:
        answer = in_background(lambda: get(running, "/slow"))
        assert gate.entered.wait(TIMEOUT_S)
        assert get(running, "/other") == b"quick"
        assert get(running, "/") == b"hello"
        gate.opened.set()
        assert answer.result(TIMEOUT_S) == b"opened"


def test_forty_waits_hold_up_nobody():
    """What waits holds no worker; all go on when the signal comes, from another thread."""
    signal, waiting = Signal(), threading.Semaphore(0)

    def wait(request: Request) -> Steps:
        waiting.release()
        yield from whole(b"%d" % (yield Wait(3600, signal)))

    with serving(Doors(wait=wait, computed=computed)) as running:
        answers = [in_background(lambda: get(running, "/wait")) for _ in range(40)]
        assert all(waiting.acquire(timeout=TIMEOUT_S) for _ in answers)
        assert get(running, "/computed")
        signal.set()
        assert [answer.result(TIMEOUT_S) for answer in answers] == [b"1"] * 40


def test_a_wait_without_its_signal_ends_with_its_time():
    """The door is told that the signal did not come; or that it had come before."""
    come = Signal()
    come.set()

    def wait(request: Request) -> Steps:
        told = [(yield Wait(0.01, Signal())), (yield Wait(0)), (yield Wait(3600, come))]
        yield from whole(repr(told).encode())

    with serving(Doors(wait=wait)) as running:
        assert get(running, "/wait") == b"[False, False, True]"


def test_a_wait_takes_its_time_and_not_much_more(server):
    """Real seconds."""

    def wait(request: Request) -> Steps:
        yield Wait(0.2)
        yield from whole(b"")

    with serving(Doors(wait=wait)) as running:
        begun_s = time.monotonic()
        get(running, "/wait")
        assert 0.2 <= time.monotonic() - begun_s < 5


def test_what_the_door_does_before_the_end_is_done_before_the_last_byte():
    """A journal entry is there before the client has its answer."""
    gate = Gate()

    def journalling(request: Request) -> Steps:
        yield Head(200, [(b"content-length", b"5")])
        yield Chunk(b"hello")
        gate()
        yield End()

    with serving(Doors(journalling=journalling)) as running, connect(running) as raw:
        raw.sendall(b"GET /journalling HTTP/1.1\r\nHost: x\r\n\r\n")
        assert gate.entered.wait(TIMEOUT_S)
        raw.settimeout(0.2)
        with pytest.raises(TimeoutError):
            raw.recv(1)
        gate.opened.set()
        raw.settimeout(TIMEOUT_S)
        assert raw.recv(65536).endswith(b"hello")


def test_a_bug_before_the_first_byte_is_a_plain_500(server, caplog):
    """The trace is in the log, and the connection ends."""
    head, body = exchange(server, b"GET /crash HTTP/1.1\r\nHost: x\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 500 ")
    assert b"log" in body
    assert "a bug in the emulator, at GET /crash" in caplog.text
    assert "before the first byte" in caplog.text
    assert len(caplog.records) == 1


def test_a_bug_in_a_stream_truncates_it(client, caplog):
    """The client notices that something is missing; nothing is appended."""
    client.request("GET", "/truncated")
    with client.getresponse() as response, pytest.raises(http.client.IncompleteRead) as cut:
        response.read()
    assert cut.value.partial == b"first part"
    assert "in the middle of a stream" in caplog.text
    assert len(caplog.records) == 1


BAD_STEPS = {
    "none": lambda: iter(()),
    "end_alone": lambda: iter([End()]),
    "two_heads": lambda: iter([Head(200, []), Head(200, [])]),
    "after_the_end": lambda: itertools.chain(whole(b"x"), [Wait(0)]),
    "longer_than_told": lambda: iter([Head(200, [(b"content-length", b"1")]), Chunk(b"xy"), End()]),
}


@pytest.mark.parametrize("steps", BAD_STEPS.values(), ids=BAD_STEPS)
def test_steps_that_make_no_answer_are_a_bug_and_hang_nobody(steps, caplog):
    """Told in the log; the server goes on."""

    def bad(request: Request) -> Steps:
        yield from steps()

    with serving(Doors(bad=bad)) as running:
        head, _ = exchange(running, b"GET /bad HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert status_of(head) in (200, 500)
        assert get(running, "/") == b"hello"
    assert [record.getMessage() for record in caplog.records] == ["a bug in the emulator, at GET /bad"]


def test_a_reset_is_an_error_for_the_client(server):
    """What was sent before arrives first."""
    with connect(server) as raw:
        raw.sendall(b"GET /reset HTTP/1.1\r\nHost: x\r\n\r\n")
        assert raw.recv(65536).endswith(b"half")
        with pytest.raises(ConnectionResetError):
            raw.recv(1)


def test_a_connection_that_is_broken_off_ends_in_good_order(server):
    """The socket says nothing of an error; only the length does."""
    head, body = exchange(server, b"GET /broken_off HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"content-length: 100" in head
    assert body == b"half"


def test_garbage_is_sent_past_http(server):
    """Byte by byte what the door wanted."""
    assert b"".join(exchange(server, b"GET /garbage HTTP/1.1\r\nHost: x\r\n\r\n")) == b"\x00\x01 this is not HTTP"


def test_garbage_can_be_followed_by_a_reset(server):
    """Both arrive, in this order."""
    with connect(server) as raw:
        raw.sendall(b"GET /garbage_and_reset HTTP/1.1\r\nHost: x\r\n\r\n")
        assert raw.recv(65536) == b"garbage"
        with pytest.raises(ConnectionResetError):
            raw.recv(1)


def test_a_cut_spares_other_connections(server):
    """Each has its own."""
    with client_of(server) as bystander:
        bystander.request("GET", "/")
        assert bystander.getresponse().read() == b"hello"
        kept = bystander.sock
        with contextlib.suppress(ConnectionResetError):
            exchange(server, b"GET /reset HTTP/1.1\r\nHost: x\r\n\r\n")
        bystander.request("GET", "/")
        assert bystander.getresponse().read() == b"hello"
        assert bystander.sock is kept


def test_a_body_of_3_mb_needs_no_file(server, monkeypatch):
    """A read-only file system is enough."""
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    taken = []

    def take(request: Request) -> Steps:
        taken.append(len((yield Body(10_000_000))))
        yield from hello(request)

    with serving(Doors(take=take)) as running, client_of(running) as client:
        client.request("POST", "/take", body=bytes(3_000_000))
        assert client.getresponse().read() == b"hello"
    assert taken == [3_000_000]


def test_a_connection_that_closes_is_closed_by_the_server(server):
    """HTTP/1.0, or asked for."""
    assert exchange(server, b"GET / HTTP/1.0\r\n\r\n")[1] == b"hello"
    head, body = exchange(server, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b"connection: close" in head
    assert body == b"hello"


def test_a_stream_to_an_old_client_ends_with_the_connection(server):
    """HTTP/1.0 knows no chunks."""
    head, body = exchange(server, b"GET /stream HTTP/1.0\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain")
    assert b"transfer-encoding" not in head
    assert body == b"onetwo"


WITHOUT_HTTPTOOLS = """
import sys
sys.modules["httptools"] = None
sys.path.insert(0, sys.argv[1])
from test_answers import DOOR
from mockserver.server import serving
with serving(DOOR) as server:
    print(server.port, flush=True)
    sys.stdin.read()
assert "h11" in sys.modules
"""


def test_without_httptools_the_answers_are_the_same(server):
    """It needs a compiler where there is no wheel; the library has a parser in Python."""
    requests = [
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
        b"POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 30000000\r\n\r\nabc",
        b"GET /garbage HTTP/1.1\r\nHost: x\r\n\r\n",
    ]
    child = subprocess.Popen(
        [sys.executable, "-c", WITHOUT_HTTPTOOLS, str(Path(__file__).parent)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with child:
        port = int(child.stdout.readline())
        for request in requests:
            with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S) as raw:
                raw.sendall(request)
                assert comparable(read_all(raw)) == comparable(b"\r\n\r\n".join(exchange(server, request)))
        child.stdin.close()
        assert child.stderr.read() == b""


def comparable(answer: bytes) -> tuple[list[bytes], bytes]:
    """Head and body, where neither the date nor the order and case of headers matter."""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.rstrip().lower().split(b"\r\n")
    return sorted(line for line in lines if not line.startswith(b"date:")), body


def test_a_client_that_says_it_sends_no_more_still_gets_what_is_known(server):
    """`nc -N` and some scripts end their side right behind the request."""
    with connect(server) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        raw.shutdown(socket.SHUT_WR)
        assert read_all(raw).endswith(b"hello")
