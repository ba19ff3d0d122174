"""The driver without a socket: each step as the door means it, in the caller's thread."""

import threading
from collections.abc import Callable

import pytest
from emulator import sandbox_of
from werkzeug.test import Client, TestResponse

from mockserver import Settings, create_app
from mockserver.app import door_of
from mockserver.door.steps import Body, Chunk, Compute, Cut, End, Head, Request, Signal, Steps, Wait
from mockserver.door.wsgi import WsgiDriver

Play = Callable[[Request], Steps]


class Toy:
    """A door of one function."""

    def __init__(self, play: Play) -> None:
        self.steps = play


def ask(play: Play, method: str = "GET", path: str = "/", **more: object) -> TestResponse:
    return Client(WsgiDriver(Toy(play))).open(path, method=method, **more)


def answered(body: bytes) -> Steps:
    yield Head(200, ((b"Content-Type", b"text/plain"), (b"Content-Length", str(len(body)).encode())))
    yield Chunk(body)
    yield End()


def test_a_request_is_told_as_it_was_sent() -> None:
    """The target undecoded, names of headers in lower case."""

    def play(request: Request) -> Steps:
        yield from answered(repr((request.method, request.path, request.query)).encode())

    assert ask(play, "PUT", "/a%2Fb/%C3%A4?x=%20&x=2").text == repr(("PUT", b"/a%2Fb/%C3%A4", b"x=%20&x=2"))


@pytest.mark.parametrize(("sent", "read"), [(b"", b""), (b"12345", b"12345"), (b"1234567890", b"123456")])
def test_a_body_is_read_up_to_a_byte_more_than_wanted(sent: bytes, read: bytes) -> None:
    """So that the door can tell a body that is too large."""

    def play(request: Request) -> Steps:
        yield from answered((yield Body(5)))

    assert ask(play, "POST", data=sent).data == read


def test_work_is_done_and_its_error_is_the_doors() -> None:
    """The result is sent back, an exception thrown in."""

    def play(request: Request) -> Steps:
        total = yield Compute(lambda: 1 + 1)
        try:
            yield Compute(lambda: int("one"))
        except ValueError:
            yield from answered(f"{total}, no number".encode())

    assert ask(play).text == "2, no number"


def test_a_wait_ends_with_its_signal_or_its_time() -> None:
    """And says which of them it was."""
    signal = Signal()

    def play(request: Request) -> Steps:
        in_vain = yield Wait(0.0)
        threading.Timer(0.0, signal.set).start()
        come = yield Wait(60.0, signal)
        yield from answered(f"{in_vain} {come}".encode())

    assert ask(play).text == "False True"


def test_a_cut_is_a_reset_connection() -> None:
    """There is no connection here, so it is the error that one would give."""

    def play(request: Request) -> Steps:
        yield Head(200, ())
        yield Cut("reset")

    with pytest.raises(ConnectionResetError):
        ask(play)


def test_a_client_that_leaves_is_told_to_the_door() -> None:
    """As GeneratorExit where it stands."""
    left: list[str] = []

    def play(request: Request) -> Steps:
        yield Head(200, ())
        try:
            yield Chunk(b"one")
            yield Chunk(b"two")
        except GeneratorExit:
            left.append("left")
            raise

    answer = Client(WsgiDriver(Toy(play))).open("/", buffered=False)
    assert next(iter(answer.response)) == b"one"
    answer.close()
    assert left == ["left"]


def test_the_real_door_behind_a_wait_answers_as_ever() -> None:
    """A step that waits can stand before any request, and the journal counts it."""
    app = create_app(Settings(scenario="pair"))

    def play(request: Request) -> Steps:
        yield Wait(0.01)
        yield from door_of(app).steps(request)

    assert ask(play, path="/api/v3/health").get_json()["status"] == "healthy"
    (entry,) = sandbox_of(app).journal
    assert (entry.operation_id, entry.status, entry.outcome) == ("getHealth", 200, "whole")
