"""A server's beginning and end, on either event loop: what is running ends well, nothing is left behind."""

import gc
import http.client
import threading
import time

import pytest
from toy_doors import (
    LOOPS,
    TIMEOUT_S,
    Doors,
    Gate,
    client_of,
    connect,
    get,
    in_background,
    read_all,
    wait_until_refused,  # fmt: skip
    whole,
)

from mockserver.door.steps import Compute, Request, Steps, Wait
from mockserver.server import Server


@pytest.fixture(params=LOOPS.values(), ids=LOOPS)
def loop_factory(request):
    return request.param


def behind(gate: Gate) -> Doors:
    def slow(request: Request) -> Steps:
        yield Compute(gate)
        yield from whole(b"done")

    return Doors(slow=slow)


def test_an_answer_in_flight_outlives_the_close(loop_factory):
    """Stopping waits for it, while new connections are refused."""
    gate = Gate()
    running = Server(behind(gate), loop_factory=loop_factory)
    running.start()
    slow = in_background(lambda: get(running, "/slow"))
    assert gate.entered.wait(TIMEOUT_S)
    closing = in_background(lambda: running.close(grace_s=TIMEOUT_S))
    wait_until_refused(running.port)
    assert not closing.done()
    gate.opened.set()
    assert slow.result(TIMEOUT_S) == b"done"
    closing.result(TIMEOUT_S)


def test_a_large_answer_reaches_a_slow_reader_through_the_close(loop_factory):
    """What is made but not yet sent is sent, not dropped."""
    size = 20_000_000
    running = Server(Doors(large=lambda request: whole(bytes(size))), loop_factory=loop_factory)
    running.start()
    with client_of(running) as client:
        client.request("GET", "/large")
        response = client.getresponse()
        closing = in_background(lambda: running.close(grace_s=TIMEOUT_S))
        wait_until_refused(running.port)
        assert len(response.read()) == size
        closing.result(TIMEOUT_S)


def test_stuck_work_does_not_hold_the_close(loop_factory):
    """The grace is bounded."""
    gate = Gate()
    running = Server(behind(gate), loop_factory=loop_factory)
    running.start()
    slow = in_background(lambda: get(running, "/slow"))
    assert gate.entered.wait(TIMEOUT_S)
    begun_s = time.monotonic()
    running.close(grace_s=0.1)
    assert time.monotonic() - begun_s < 3.0
    with pytest.raises((http.client.HTTPException, OSError)):
        slow.result(TIMEOUT_S)
    gate.opened.set()


def test_a_wait_is_given_up_at_the_end_of_the_grace(loop_factory, caplog):
    """The door sees that it is over."""
    entered, ends = threading.Event(), []

    def waiting(request: Request) -> Steps:
        try:
            entered.set()
            yield Wait(None)
        except GeneratorExit:
            ends.append("given up")
            raise

    running = Server(Doors(waiting=waiting), loop_factory=loop_factory)
    running.start()
    with connect(running) as raw:
        raw.sendall(b"GET /waiting HTTP/1.1\r\nHost: x\r\n\r\n")
        assert entered.wait(TIMEOUT_S)
        running.close(grace_s=0.1)
        assert ends == ["given up"]
        assert raw.recv(1) == b""
    assert not caplog.records


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_idle_connections_do_not_hold_the_close(loop_factory, sent):
    """A pool of a client is no reason to wait; half a head is none either."""
    running = Server(Doors(), loop_factory=loop_factory)
    running.start()
    with connect(running) as raw:
        raw.sendall(sent)
        get(running, "/")
        begun_s = time.monotonic()
        running.close(grace_s=TIMEOUT_S)
        assert time.monotonic() - begun_s < 1.0
        read_all(raw)


def test_nothing_is_left_behind(loop_factory):
    """No thread, no socket, no loop; a warning of any would be an error here."""
    before = set(threading.enumerate())
    for _ in range(3):
        running = Server(Doors(), loop_factory=loop_factory)
        running.start()
        with connect(running) as raw:
            assert get(running, "/") == b"hello"
            running.close()
            read_all(raw)
        del running
    gc.collect()
    assert set(threading.enumerate()) <= before


def test_closing_twice_or_before_the_start_is_allowed(loop_factory):
    """Tidying up never fails."""
    running = Server(Doors(), loop_factory=loop_factory)
    running.close()
    running.close()
    wait_until_refused(running.port)


def test_closing_right_after_the_start_is_allowed(loop_factory):
    """Before the loop has had its first turn."""
    for _ in range(20):
        running = Server(Doors(), loop_factory=loop_factory)
        running.start()
        running.close()
        running.close()
        wait_until_refused(running.port)


def test_a_port_is_free_again_after_the_close(loop_factory):
    """A restart on the same port, with connections that were just closed."""
    port = 0
    for _ in range(3):
        running = Server(Doors(), port=port, loop_factory=loop_factory)
        port = running.port
        running.start()
        assert get(running, "/") == b"hello"
        running.close()
