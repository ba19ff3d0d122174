"""Requests that came before on a connection, byte for byte: to parse them again would tell nothing new.

A client that polls, or is measured, sends the same bytes over and over. For these the door is asked at once, in the
callback in which they arrive, and an answer that needs nothing but sending is written there and then, without a task.
Whatever needs more is handed to the library as any other request, with the steps that were taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mockserver.door.steps import Chunk, End, HasSteps, Head, Headers, Request, Step, Steps
from mockserver.server.wire import WHOLE_BYTES, header_lines, status_line

__all__ = ["Begun", "Repeats"]

_MOST_REQUESTS = 8
_MOST_HEAD_BYTES = 4096
_HEAD_ENDS = b"\r\n\r\n"
# A request with one of these may have a body, or be the last of its connection.
_NOT_PLAIN = (b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"connection")
_KEEP_ALIVE = (b"connection", b"keep-alive")


@dataclass(slots=True)
class Begun:
    """A request whose first steps the door has taken.

    Attributes:
        steps: The door's.
        taken: What it has yielded so far, and nobody has carried out.
        error: What it raised instead of going on.
    """

    steps: Steps
    taken: list[Step] = field(default_factory=list)
    error: Exception | None = None


@dataclass(slots=True)
class _Known:
    """A request, and the headers that were answered last, as they are written."""

    request: Request
    answered: Headers | None = None
    written: bytes = b""


class Repeats:
    """The requests that were answered last on one connection.

    Args:
        door: Asked for the steps of each.
    """

    def __init__(self, door: HasSteps) -> None:
        self._door = door
        self._known: dict[bytes, _Known] = {}

    def learn(self, data: bytes, request: Request) -> bool:
        """A request was answered: the next one like it will be known, if it is plain.

        Args:
            data: All that came.
            request: What the library read in it.

        Returns:
            Whether it was one whole request without a body, after which its connection stays as it was before.
        """
        if data in self._known:
            return True
        if not _is_plain(data, request):
            return False
        if len(self._known) >= _MOST_REQUESTS:
            del self._known[next(iter(self._known))]
        self._known[data] = _Known(request)
        return True

    def begin(self, data: bytes, date_line: bytes) -> Sequence[bytes] | Begun | None:
        """Ask the door, if these bytes are known.

        Args:
            data: All that came.
            date_line: The header that every answer begins with, as it is written.

        Returns:
            A whole answer to be written; or a request that needs more; None where the bytes are not known.
        """
        known = self._known.get(data)
        if known is None:
            return None
        begun = Begun(self._door.steps(known.request))
        if not _take(begun):
            return begun
        pieces = _pieces(begun.taken, known, date_line)
        if pieces is None:
            return begun
        # The door closes the entry of its journal before the last byte leaves.
        next(begun.steps, None)
        return pieces


def _take(begun: Begun) -> bool:
    """Take steps as long as they need nothing but sending; was that all of them?"""
    try:
        for step in begun.steps:
            begun.taken.append(step)
            if type(step) is End:
                return True
            if type(step) is not Head and type(step) is not Chunk:
                return False
    except Exception as error:
        begun.error = error
    return False


def _is_plain(data: bytes, request: Request) -> bool:
    if request.method != "GET" or request.http_version != "1.1" or len(data) > _MOST_HEAD_BYTES:
        return False
    if data.find(_HEAD_ENDS) != len(data) - len(_HEAD_ENDS):
        return False
    return all(name not in _NOT_PLAIN or (name, value.lower()) == _KEEP_ALIVE for name, value in request.headers)


def _pieces(taken: Sequence[Step], known: _Known, date_line: bytes) -> Sequence[bytes] | None:
    """A whole answer as it is written; None where the library has to see to it."""
    head, chunk = taken[0], taken[-2:][0]
    if type(head) is not Head or not 2 <= len(taken) <= 3:
        return None
    if head.headers is not known.answered:
        written = header_lines(head)
        if written is None:
            return None
        known.answered, known.written = head.headers, written
    first = status_line(head.status) + date_line + known.written
    if type(chunk) is not Chunk:
        return (first,)
    return (first, chunk.data) if len(chunk.data) <= WHOLE_BYTES else None
