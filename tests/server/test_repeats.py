"""Requests that came before are answered past the library; a client must not be able to tell.

Each is asked on one connection, so that it is known there, and compared with what a new connection gets.
"""

import contextlib
import re
import socket
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_doors import LOOPS, PLAIN, Doors, Gate, connect, exchange, get, read_all, whole

from mockserver.door.steps import Body, Chunk, Compute, Cut, End, Head, Request, Steps, Wait
from mockserver.server import Server, serving
from mockserver.server.limits import Limits

LARGE = 3_000_000
# An answer of five bytes.
PLAIN_BYTES = len("HTTP/1.1 200 OK\r\n") + 37 + len("content-type: text/plain\r\ncontent-length: 5\r\n\r\n12345")
BODIES = {b"/known": b"k" * 5000, b"/other": b"", b"/computed": b"c" * 70_000}


def known(request: Request) -> Steps:
    yield from whole(BODIES[b"/known"])


def other(request: Request) -> Steps:
    yield from whole(b"", status=204 if request.query else 200)


def computed(request: Request) -> Steps:
    body = yield Compute(lambda: BODIES[b"/computed"])
    yield from whole(body)


def waited(request: Request) -> Steps:
    yield Wait(0)
    yield from whole(request.query)


def told(request: Request) -> Steps:
    body = yield Body(1_000_000)
    yield from whole(request.method.encode() + b" " + body)


def chunked(request: Request) -> Steps:
    yield Head(200, [PLAIN])
    yield Chunk(b"one")
    yield Chunk(b"two")
    yield End()


def large(request: Request) -> Steps:
    yield from whole(bytes(LARGE))


def closing(request: Request) -> Steps:
    yield Head(200, [PLAIN, (b"content-length", b"2"), (b"connection", b"close")])
    yield Chunk(b"ok")
    yield End()


def broken(request: Request) -> Steps:
    raise RuntimeError("a bug before the first byte")
    yield


def halfway(request: Request) -> Steps:
    yield Head(200, [PLAIN, (b"content-length", b"4")])
    yield Chunk(b"ok")
    raise RuntimeError("a bug after the first bytes")


def cut(request: Request) -> Steps:
    yield Head(200, [PLAIN, (b"content-length", b"4")])
    yield Chunk(b"ok")
    yield Cut("reset", b"raw")


def stopped(request: Request) -> Steps:
    yield Head(200, [PLAIN, (b"content-length", b"2")])
    yield Chunk(b"ok")


TOLD = {"known": known, "other": other, "computed": computed, "waited": waited, "told": told, "chunked": chunked}


@pytest.fixture(scope="module", params=LOOPS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with serving(Doors(**TOLD, large=large, closing=closing), loop_factory=LOOPS[request.param]) as server:
        yield server


def head(target: str, *, method: str = "GET", more: str = "") -> bytes:
    return f"{method} /{target} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode()


def posted(body: bytes) -> bytes:
    return head("told", method="POST", more=f"Content-Length: {len(body)}\r\n") + body


LARGE_HEAD = b"HTTP/1.1 200 OK\r\ndate: %b\r\ncontent-type: text/plain\r\n" % (b"-" * 29)
LARGE_HEAD += b"content-length: %d\r\n\r\n" % LARGE
LAST = head("hello", more="Connection: close\r\n")
REQUESTS = [
    *map(head, ["known", "other", "other?x", "computed", "waited?a", "waited?b", "chunked", "nothing"]),
    head("known", method="HEAD"),
    head("known", more="Connection: Keep-Alive\r\n"),
    head("known", more="X-More: " + "m" * 5000 + "\r\n"),
    posted(b""),
    posted(b"a body"),
    # A body that is, byte for byte, a request that may be known.
    posted(head("known")),
]


def masked(answers: bytes) -> bytes:
    """Without dates, and as long as before."""
    return re.sub(rb"(?<=\r\ndate: )[^\r]*", lambda found: b"-" * len(found[0]), answers)


def on_new_connection(server: Server, request: bytes) -> bytes:
    """Its answer; the request after it ends the connection, and is always answered the same."""
    with connect(server) as raw:
        raw.sendall(request + LAST)
        answers = masked(read_all(raw))
    last = last_answer(server)
    assert answers.endswith(last)
    return answers[: -len(last)]


def last_answer(server: Server) -> bytes:
    return masked(b"\r\n\r\n".join(exchange(server, LAST)))


@contextlib.contextmanager
def connect_at_once(server: Server) -> Iterator[socket.socket]:
    """Whose requests leave one by one, also while nothing of what came is acknowledged."""
    with connect(server) as raw:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield raw


def read_exactly(raw: socket.socket, size: int) -> bytes:
    answer = b""
    while len(answer) < size:
        piece = raw.recv(size - len(answer))
        assert piece, f"the connection ended after {answer!r}"
        answer += piece
    return masked(answer)


@settings(max_examples=60, deadline=None)
@given(
    asked=st.lists(st.tuples(st.sampled_from(REQUESTS), st.booleans(), st.integers(0, 400)), min_size=1, max_size=12)
)
def test_every_order_of_requests_gets_the_answers_of_new_connections(
    server: Server, asked: list[tuple[bytes, bool, int]]
) -> None:
    """One after the other, in a pipeline, in two pieces: the same answers, in the same order."""
    due = b""
    with connect_at_once(server) as raw:
        for request, is_read, cut in asked:
            due += on_new_connection(server, request)
            raw.sendall(request[:cut])
            raw.sendall(request[cut:])
            if is_read:
                assert read_exactly(raw, len(due)) == due
                due = b""
        raw.sendall(LAST)
        assert masked(read_all(raw)) == due + last_answer(server)


@pytest.mark.parametrize("asked", REQUESTS, ids=range(len(REQUESTS)))
def test_the_same_request_again_and_again(server: Server, asked: bytes) -> None:
    """The first answer, thrice."""
    answer = on_new_connection(server, asked)
    with connect(server) as raw:
        for _ in range(3):
            raw.sendall(asked)
            assert read_exactly(raw, len(answer)) == answer


def test_a_known_request_waits_for_those_before_it() -> None:
    """Also where each comes alone, and those before it are known too."""
    gates = [Gate(), Gate(), Gate()]
    for_each = iter([whole(b"first"), *gates])

    def gated(request: Request) -> Steps:
        here = next(for_each)
        if isinstance(here, Gate):
            yield Compute(here)
            here = whole(b"later")
        yield from here

    with serving(Doors(gated=gated)) as server, connect_at_once(server) as raw:

        def send(target: str) -> None:
            raw.sendall(head(target))
            # Meanwhile the loop has read it, alone.
            assert get(server, "/hello") == b"hello"

        def read(times: int) -> list[bytes]:
            return [read_exactly(raw, PLAIN_BYTES)[-5:] for _ in range(times)]

        send("gated")
        send("hello")
        assert read(2) == [b"first", b"hello"]
        send("gated")
        send("hello")
        gates[0].opened.set()
        assert read(2) == [b"later", b"hello"]
        send("gated")
        send("gated")
        gates[1].opened.set()
        assert read(1) == [b"later"]
        send("hello")
        gates[2].opened.set()
        assert read(2) == [b"later", b"hello"]


def test_a_known_answer_may_change() -> None:
    """Its status, its headers and its length are those of now."""
    told = [(200, "OK", b"first"), (404, "Not Found", b"second one"), (200, "OK", b"third")]
    answers = iter(told)

    def changing(request: Request) -> Steps:
        status, _, body = next(answers)
        yield from whole(body, status=status)

    with serving(Doors(changing=changing)) as server, connect(server) as raw:
        for status, phrase, body in told:
            raw.sendall(head("changing"))
            first = f"HTTP/1.1 {status} {phrase}\r\ndate: {'-' * 29}\r\ncontent-type: text/plain\r\n"
            answer = first.encode() + b"content-length: %d\r\n\r\n" % len(body) + body
            assert read_exactly(raw, len(answer)) == answer


OTHERWISE = {"closing": closing, "broken": broken, "halfway": halfway, "cut": cut, "stopped": stopped}


@pytest.mark.parametrize("name", OTHERWISE)
def test_a_known_request_may_be_answered_otherwise(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """With the connection's end, by a bug, or not at all: the second time as on a new connection."""

    def second(request: Request) -> Steps:
        yield from whole(b"plain") if len(doors.requests) == 1 else OTHERWISE[name](request)

    doors = Doors(second=second)
    with serving(doors) as server:
        with connect(server) as raw:
            raw.sendall(head("second"))
            assert read_exactly(raw, PLAIN_BYTES).endswith(b"plain")
            raw.sendall(head("second"))
            known = read_to_end(raw)
        with connect(server) as raw:
            raw.sendall(head("second"))
            new = read_to_end(raw)
    assert known == new
    assert len(doors.requests) == 3


def read_to_end(raw: socket.socket) -> bytes:
    """Everything, and whether it ended with an error."""
    answer = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := raw.recv(65536):
            answer += piece
        return masked(answer) + b" and an orderly end"
    return masked(answer)


def test_the_step_after_the_end_is_taken_before_the_client_has_the_last_byte() -> None:
    """The door closes its entry there."""
    closed = []

    def closing_last(request: Request) -> Steps:
        yield from whole(b"plain")
        closed.append(request)

    with serving(Doors(closing_last=closing_last)) as server, connect(server) as raw:
        for times in range(1, 20):
            raw.sendall(head("closing_last"))
            read_exactly(raw, PLAIN_BYTES)
            assert times == 1 or len(closed) >= times


def test_a_client_that_repeats_one_request_is_not_idle() -> None:
    """However long ago the library saw one; and it is closed once it is silent."""
    limits = Limits(idle_s=1.0, sweep_s=0.05)
    with serving(Doors(), limits=limits) as server, connect(server) as raw:
        ends_s = time.monotonic() + 3.0
        while time.monotonic() < ends_s:
            raw.sendall(head("hello"))
            assert read_exactly(raw, PLAIN_BYTES).endswith(b"hello")
        begun_s = time.monotonic()
        assert raw.recv(1) == b""
        assert time.monotonic() - begun_s > 0.9


def test_a_large_answer_leaves_in_pieces_each_time(server: Server) -> None:
    """All of it."""
    with connect(server) as raw:
        for _ in range(3):
            raw.sendall(head("large"))
            assert read_exactly(raw, len(LARGE_HEAD) + LARGE) == LARGE_HEAD + bytes(LARGE)


def test_a_client_that_reads_late_is_not_answered_in_advance() -> None:
    """What it asks waits until it has read most of what came before; and nothing is lost."""
    asked, times, size = 0, 200, 500_000

    def counted(request: Request) -> Steps:
        nonlocal asked
        asked += 1
        yield from whole(bytes(size))

    with serving(Doors(counted=counted)) as server, connect_at_once(server) as raw:
        raw.sendall(head("counted"))
        whole_bytes = len(read_exactly(raw, PLAIN_BYTES - 5)) + 1 + size
        for _ in range(times):
            raw.sendall(head("counted"))
            # Meanwhile the loop has read it, alone.
            assert get(server, "/hello") == b"hello"
        assert asked < 60
        assert len(read_exactly(raw, whole_bytes * (times + 1) - PLAIN_BYTES + 5)) > 0
    assert asked == times + 1
