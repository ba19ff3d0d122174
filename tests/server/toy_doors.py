"""Doors of a few lines, and clients that speak to them in bytes."""

import asyncio
import contextlib
import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from mockserver.door.steps import Chunk, End, Head, Headers, Request, Step, Steps
from mockserver.server import Server
from mockserver.server.lifetime import new_event_loop

TIMEOUT_S = 10.0
LOOPS = {"asyncio": asyncio.new_event_loop, "fastest": new_event_loop}
PAGE = b"http://localhost:3000"
PLAIN = (b"content-type", b"text/plain")


def whole(body: bytes, *, status: int = 200) -> Iterator[Step]:
    """The steps of an answer that is known."""
    yield Head(status, [PLAIN, (b"content-length", b"%d" % len(body))])
    if body:
        yield Chunk(body)
    yield End()


class Doors:
    """A door that finds by path who answers; anything else gets `hello`.

    Attributes:
        requests: Those that came, in order.
    """

    def __init__(self, **by_path: Callable[[Request], Steps]) -> None:
        self._by_path = {b"/" + name.encode(): steps for name, steps in by_path.items()}
        self.requests: list[Request] = []

    def steps(self, request: Request) -> Steps:
        self.requests.append(request)
        answer = self._by_path.get(request.path, hello)
        yield from answer(request)

    def readable_by(self, origin: bytes) -> Headers:
        """One page may read, and nobody else."""
        return [(b"Access-Control-Allow-Origin", origin)] if origin == PAGE else []


def hello(request: Request) -> Steps:
    yield from whole(b"" if request.method == "HEAD" else b"hello")


def endless(request: Request) -> Steps:
    yield Head(200, [PLAIN])
    while True:
        yield Chunk(b"x" * 65536)


class Gate:
    """Work that waits until the test opens it."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self) -> str:
        self.entered.set()
        self.opened.wait(TIMEOUT_S)
        return "opened"


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=TIMEOUT_S)


def read_all(raw: socket.socket) -> bytes:
    """Everything until the server closes."""
    return b"".join(iter(lambda: raw.recv(65536), b""))


def exchange(server: Server, request: bytes) -> tuple[bytes, bytes]:
    """Send raw bytes, read until the server closes; its head and body."""
    with connect(server) as raw:
        raw.sendall(request)
        answer = read_all(raw)
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


def status_of(head: bytes) -> int:
    return int(head.split(b" ")[1])


def get(server: Server, path: str, **headers: str) -> bytes:
    """The body that a new connection gets."""
    with client_of(server) as client:
        client.request("GET", path, headers=headers)
        return client.getresponse().read()


@contextlib.contextmanager
def client_of(server: Server) -> Iterator[http.client.HTTPConnection]:
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT_S)
    try:
        yield client
    finally:
        client.close()


def in_background(action: Callable[[], Any]) -> "Future[Any]":
    """Run on a thread of its own; the future has its result."""
    pool = ThreadPoolExecutor(1)
    future = pool.submit(action)
    pool.shutdown(wait=False)
    return future


def wait_until_refused(port: int) -> None:
    """Connect until nobody listens; one that waits just then for being accepted is reset."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S).close()
        except ConnectionResetError:
            continue
        except ConnectionRefusedError:
            return
