"""What the door asks of its driver, one value a step, and what a driver tells the door of a request.

The door is a generator: it yields a step, and is sent what the step asks for. It touches no socket, no clock and no
thread; a driver does: the server's on an event loop (`mockserver/server`), or the one of WSGI, which blocks
(`wsgi.py`). The idea is that of h11, whose rules decide without touching a socket.
"""

import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from mockserver.sandbox.journal import weight_of

__all__ = [
    "Body",
    "Chunk",
    "Compute",
    "Cut",
    "End",
    "HasSteps",
    "Head",
    "Headers",
    "Request",
    "Signal",
    "Step",
    "Steps",
    "Wait",
]

Headers = Sequence[tuple[bytes, bytes]]


# Made for every request, so not frozen: a frozen one takes three times as long to make.
@dataclass(slots=True)
class Request:
    """A request whose head is complete; its body may still be on its way.

    Attributes:
        method: In capitals, as it was sent.
        path: The target's path as it was sent: percent-encoded, from the first slash, without a query.
        query: What follows the question mark, as it was sent; empty where there is none.
        headers: Names in lower case, in the order in which they came, repeated where they were.
        scheme: `http` or `https`.
        http_version: Such as `1.1`.
        client: Address and port of the peer; None where there is no socket.
        server: Address and port that the peer reached.
    """

    method: str
    path: bytes
    query: bytes
    headers: Headers
    scheme: str = "http"
    http_version: str = "1.1"
    client: tuple[str, int] | None = None
    server: tuple[str, int | None] | None = None
    _fields: Mapping[bytes, bytes] | None = field(default=None, init=False, repr=False, compare=False)
    _weight: int = field(default=0, init=False, repr=False, compare=False)

    @property
    def fields(self) -> Mapping[bytes, bytes]:
        """The headers by name; the values of one that came repeatedly are joined with commas (RFC 9110, 5.3)."""
        if self._fields is None:
            self._fields = _joined(self.headers)
        return self._fields

    @property
    def weight(self) -> int:
        """Of path, query and headers in a journal, in bytes."""
        if not self._weight:
            self._weight = len(self.path) + len(self.query) + weight_of(self.headers)
        return self._weight


def _joined(headers: Headers) -> Mapping[bytes, bytes]:
    fields = dict(headers)
    if len(fields) == len(headers):
        return fields
    joined: dict[bytes, bytes] = {}
    for name, value in headers:
        joined[name] = joined[name] + b"," + value if name in joined else value
    return joined


class Signal:
    """Something that others may wait for without holding a thread; safe between threads, set once and for ever."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._set = False
        self._listeners: list[Callable[[], None]] = []

    @property
    def is_set(self) -> bool:
        """Has it come?"""
        return self._set

    def set(self) -> None:
        """Let it come; whoever listens is called, in this thread."""
        with self._lock:
            self._set, listeners, self._listeners = True, self._listeners, []
        for listener in listeners:
            listener()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call a function once it has come; at once where it has already."""
        with self._lock:
            if not self._set:
                self._listeners.append(listener)
                return
        listener()

    def forget(self, listener: Callable[[], None]) -> None:
        """Do not call a function any more; nothing happens where it was called already."""
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)

    def wait(self, seconds: float | None) -> bool:
        """Block until it has come, for so long at the most; has it?"""
        come = threading.Event()
        self.listen(come.set)
        try:
            return come.wait(seconds)
        finally:
            self.forget(come.set)


@dataclass(frozen=True, slots=True)
class Body:
    """Read the request's body. Sent back: bytes, at most `most` + 1 of them; one more than `most` is too large.

    The driver may leave the rest of a larger body unread, and then cares for the connection itself.
    """

    most: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Let time pass, and hold no worker meanwhile. Sent back: did the signal come?

    Attributes:
        seconds: Of real time, at least 0; None waits for the signal alone.
        is_delay: The client is made to wait. Without a socket nobody waits: its transport would give up.
    """

    seconds: float | None
    signal: Signal | None = None
    is_delay: bool = False


@dataclass(frozen=True, slots=True)
class Compute:
    """Do work that must not hold up others. Sent back: its result; or its exception is thrown in.

    Attributes:
        long: It may take long, so short work must not wait behind it.
    """

    work: Callable[[], Any]
    long: bool = False


@dataclass(slots=True)
class Head:
    """Send status and headers. A `content-length` is there, or the body has none and is sent in chunks."""

    status: int
    headers: Headers


@dataclass(slots=True)
class Chunk:
    """Send some of the body, at least a byte; sent back once there is room for more."""

    data: bytes


@dataclass(slots=True)
class End:
    """The answer is complete."""


@dataclass(frozen=True, slots=True)
class Cut:
    """End the connection without completing an answer.

    Attributes:
        kind: `reset` tells the peer of an error, `close` ends what was sent as if it were whole.
        raw: Bytes to send first, past HTTP.
    """

    kind: Literal["reset", "close"]
    raw: bytes = b""


Step = Body | Wait | Compute | Head | Chunk | End | Cut
# A driver whose client has left closes the generator: the door sees GeneratorExit where it stands.
Steps = Generator[Step, Any, None]


class HasSteps(Protocol):
    """What decides how each request is answered: the door, as its drivers know it."""

    def steps(self, request: Request) -> Steps:
        """The steps of one request's answer: a head, chunks and an end, or a cut, and what is needed before."""
        ...

    def readable_by(self, origin: bytes) -> Headers:
        """Headers that let the pages of an origin read what a driver answers by itself, as far as they may.

        Args:
            origin: As it was sent; empty where none was.
        """
        ...
