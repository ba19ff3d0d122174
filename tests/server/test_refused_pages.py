"""What the server refuses by itself can be read by the page that asked, if it may call: as far as it said who it is."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_doors import LOOPS, PAGE, TIMEOUT_S, Doors, connect, exchange, read_all, status_of

from mockserver import Settings, create_app
from mockserver.app import door_of
from mockserver.door.steps import Body, Request, Steps, Wait
from mockserver.sandbox.sandboxes import Order
from mockserver.server import Server, serving
from mockserver.server.limits import Limits
from mockserver.server.origin import OriginSearch, origin_in

SHORT_S = 0.2
SWEEP_S = 0.05
HEAD_BYTES = Limits().head_bytes
FROM_PAGE = b"Origin: " + PAGE + b"\r\n"
FROM_ELSEWHERE = b"Origin: https://evil.example\r\n"
READABLE = b"access-control-allow-origin: " + PAGE


def read_body(request: Request) -> Steps:
    yield Body(1000)


def crash(request: Request) -> Steps:
    raise RuntimeError("a bug before the first byte")
    yield


@pytest.fixture(scope="module", params=LOOPS.values(), ids=LOOPS)
def server(request) -> Iterator[Server]:
    limits = Limits(head_s=SHORT_S, origin_s=SHORT_S, sweep_s=SWEEP_S)
    doors = Doors(read_body=read_body, crash=crash)
    running = Server(doors, limits=limits, loop_factory=request.param)
    running.start()
    yield running
    running.close(grace_s=0.0)


# Longer than what is read at once, so that the limit is passed before the page is named.
LONG = b"x" * (3 * HEAD_BYTES)
# What is sent, with the page's header in the place of a mark, and the status of its refusal.
REFUSED = {
    "lower case method": (b"patch / HTTP/1.1\r\nHost: x\r\n%b\r\n", 400),
    "bad header": (b"GET / HTTP/1.1\r\nHost: x\r\n%bnot a header\r\n\r\n", 400),
    "bad length": (b"POST / HTTP/1.1\r\nHost: x\r\n%bContent-Length: -1\r\n\r\n", 400),
    "letters": ("GET /räum HTTP/1.1\r\nHost: x\r\n%b\r\n".encode(), 400),
    "a blank": (b"GET /a b HTTP/1.1\r\nHost: x\r\n%b\r\n", 400),
    "long target": (b"GET /?" + LONG + b" HTTP/1.1\r\nHost: x\r\n%b\r\n", 431),
    "long header before": (b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + LONG + b"\r\n%b\r\n", 431),
    "long header after": (b"GET / HTTP/1.1\r\nHost: x\r\n%bX-Long: " + LONG + b"\r\n\r\n", 431),
    "half a head": (b"GET / HTTP/1.1\r\nHost: x\r\n%bAccept:", 408),
    "bad chunk": (b"POST /read_body HTTP/1.1\r\nHost: x\r\n%bTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
}


@pytest.mark.parametrize(("sent", "status"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize(("page", "readable"), [(FROM_PAGE, 1), (FROM_ELSEWHERE, 0), (b"", 0)])
def test_a_refusal_names_the_page_that_may_read_it(server, sent, status, page, readable):
    """And no other, whether the page says so before or after what is wrong."""
    head, body = exchange(server, sent % page)
    assert status_of(head) == status
    assert head.lower().count(READABLE) == readable
    assert head.lower().count(b"access-control-allow-origin") == readable
    assert body


def test_a_refusal_comes_whole_after_a_piece_of_the_body(server):
    """The page is known from the head that the door was given."""
    with connect(server) as raw:
        raw.sendall(b"POST /read_body HTTP/1.1\r\nHost: x\r\n" + FROM_PAGE + b"Transfer-Encoding: chunked\r\n\r\n")
        raw.sendall(b"3\r\nabc\r\n")
        raw.sendall(b"zz\r\n")
        head = read_all(raw).partition(b"\r\n\r\n")[0]
    assert status_of(head) == 400
    assert READABLE in head.lower()


@pytest.mark.parametrize(
    ("kind", "size"),
    [*(("long target", size) for size in (1000, 7_919, 65_536)), ("letters", 10), ("letters", 21), ("a blank", 19)],
)
def test_a_refused_head_in_pieces_is_read_up_to_its_page(server, kind, size):
    """Wherever a piece ends."""
    sent, status = REFUSED[kind]
    request = sent % FROM_PAGE
    with connect(server) as raw:
        for start in range(0, len(request), size):
            raw.sendall(request[start : start + size])
        head = read_all(raw).partition(b"\r\n\r\n")[0]
    assert (status_of(head), READABLE in head.lower()) == (status, True)


def test_a_long_head_that_does_not_go_on_is_refused_all_the_same(server):
    """After a moment, also where the client sends no more."""
    with connect(server) as raw:
        raw.sendall(b"GET /?" + LONG)
        assert status_of(read_all(raw)) == 431
    with connect(server) as raw:
        raw.sendall(b"GET /?" + LONG)
        raw.shutdown(socket.SHUT_WR)
        assert status_of(read_all(raw)) == 431


def test_the_page_of_a_kept_connection_is_that_of_its_last_head(server):
    """What an earlier request said is not taken for what this one says."""
    with connect(server) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + FROM_PAGE + b"\r\n")
        assert raw.recv(65536).endswith(b"hello")
        raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nnot a header\r\n\r\n")
        head = read_all(raw).partition(b"\r\n\r\n")[0]
    assert (status_of(head), READABLE in head.lower()) == (400, False)


def test_a_crash_can_be_read(server, caplog):
    """The page sees a 500 and no network error."""
    with connect(server) as raw:
        raw.sendall(b"GET /crash HTTP/1.1\r\nHost: x\r\n" + FROM_PAGE + b"\r\n")
        head = read_all(raw).partition(b"\r\n\r\n")[0]
    assert (status_of(head), READABLE in head.lower()) == (500, True)
    assert caplog.records


@pytest.mark.parametrize("loop_factory", LOOPS.values(), ids=LOOPS)
def test_a_client_too_many_can_read_that(loop_factory):
    """It has said nothing when it is refused, so it is heard first."""
    entered = threading.Event()

    def waiting(request: Request) -> Steps:
        entered.set()
        yield Wait(None)

    limits = Limits(connections=1, sweep_s=SWEEP_S, origin_s=TIMEOUT_S)
    with ExitStack() as stack:
        running = Server(Doors(waiting=waiting), limits=limits, loop_factory=loop_factory)
        stack.callback(running.close, grace_s=0.0)
        running.start()
        stack.enter_context(connect(running)).sendall(b"GET /waiting HTTP/1.1\r\nHost: x\r\n\r\n")
        assert entered.wait(TIMEOUT_S)
        head, body = exchange(running, b"GET / HTTP/1.1\r\nHost: x\r\n" + FROM_PAGE + b"\r\n")
    assert (status_of(head), READABLE in head.lower()) == (503, True)
    assert body == b"Too many connections are open, and all of them are in use.\n"


heads = st.lists(
    st.sampled_from([b"A: b", b"origin:http://a", b"ORIGIN:  http://b ", b"X-Origin: c", b"", b"\r", b"\n"])
)


@given(heads, st.lists(st.integers(0, 80)))
def test_pieces_say_what_the_whole_says(lines: list[bytes], cuts: list[int]) -> None:
    """However a head is cut, the same origin is found, or none."""
    head = b"\r\n".join([b"GET / HTTP/1.1", *lines, b""])
    places = sorted({0, len(head), *(cut for cut in cuts if cut < len(head))})
    search = OriginSearch()
    for start, end in zip(places, places[1:], strict=False):
        search.feed(head[start:end])
        if search.is_over:
            break
    assert search.origin == origin_in([head])
    whole = head.partition(b"\r\n\r\n")[0].lower() + b"\r\n"
    assert (search.origin == b"") == (b"\r\norigin:" not in whole)


def test_a_line_that_is_too_long_is_no_origin() -> None:
    """Nor is its rest, and what comes after it is found."""
    search = OriginSearch()
    for _ in range(10):
        search.feed(b"x" * 3000)
    search.feed(b"origin: http://a\r\n")
    assert search.origin == b""
    search.feed(b"Origin: http://b\r\n")
    assert search.origin == b"http://b"


def test_the_emulator_s_own_door_says_which_pages() -> None:
    """Those that at least one sandbox lets call, since no sandbox is named yet."""
    app = create_app(Settings(scenario="empty"))
    app.extensions["mockserver"].create(
        "one", Order(Settings(scenario="empty", allowed_origins=("https://app.example",)))
    )
    bad = b"GET / HTTP/1.1\r\nHost: x\r\nOrigin: %b\r\nnot a header\r\n\r\n"
    with serving(door_of(app)) as running:
        heads = {origin: exchange(running, bad % origin)[0] for origin in (PAGE, b"https://app.example", b"https://b")}
    allowed = [origin for origin, head in heads.items() if b"access-control-allow-origin: " + origin in head]
    assert allowed == [PAGE, b"https://app.example"]
    assert b"access-control-allow-credentials: true\r\n" in heads[PAGE]
    assert all(b"vary: Origin" in head for head in heads.values())
