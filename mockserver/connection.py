"""One client's connection, where it has to behave otherwise than Waitress' own.

Waitress answers a request that it cannot hand to the application (a malformed request line, headers over
the limit, a crash) with plain text. Clients of the emulated APIs parse JSON whatever happens, so here
such an answer is an envelope. And it arrives: a refused request may still be on its way in, and closing
over unread bytes makes the kernel send a reset, which overtakes the answer.
"""

import contextlib
import re
import socket
import time
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, WSGITask

from mockserver.door.refusals import refusal_body
from mockserver.words.version import VERSION

__all__ = ["Connection"]

# How long a refused client may go on sending before it is cut off.
LINGER_S = 10.0
_READ_BYTES = 65536

# The method may be anything here, since a malformed one is a reason to be refused.
_TARGET = re.compile(rb"^\S+ +(\S+)")


class _Answer(WSGITask):
    """The application's answer."""

    def finish(self) -> None:
        """Waitress ends a chunked answer with an empty chunk, but one to HEAD must have no body at all."""
        if not self.wrote_header:
            self.write(b"")
        if self.request.command == "HEAD":
            self.chunked_response = False
        super().finish()


class _Refusal(ErrorTask):
    """The answer to a request that the application never saw, or crashed over."""

    def execute(self) -> None:
        error = self.request.error
        body = refusal_body(self._path(), error.code, _explain(error, self.channel))
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [("Content-Type", "application/json"), ("X-Mock-Version", VERSION)]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(b"" if getattr(self.request, "command", "") == "HEAD" else body)
        self.channel.lingers = error.code != 500

    def _path(self) -> str:
        """Where the request wanted to go, from its first line; more may not have been understood."""
        request = self.channel.requests[0]
        head = request.header_plus.lstrip() or getattr(request, "first_line", b"")
        target = _TARGET.match(head)
        return target[1].decode("latin-1") if target else "/"


def _explain(error: Any, connection: "Connection") -> str:
    """What is wrong and what would be right, for each kind of refusal that Waitress knows."""
    if error.code == 500:
        return "Internal error of the emulator; see its log."
    if error.code == 501:
        return "This Transfer-Encoding is not supported; send chunked, or a Content-Length."
    if error.code == 431:
        return f"The request's headers are too large; they may have {connection.adj.max_request_header_size} bytes."
    if error.code == 413:
        return f"The request's body is too large; it may have {connection.max_body_bytes} bytes."
    return f"The request is not valid HTTP/1.1: {error.body}."


class Connection(HTTPChannel):
    """A client's connection: requests in, answers out, in order.

    Args:
        max_body_bytes: What the application takes of a body, for telling a client that sent more by far.
    """

    def __init__(self, *arguments: Any, max_body_bytes: int, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.max_body_bytes = max_body_bytes

    task_class = _Answer
    error_task_class = _Refusal

    lingers = False
    """Set by a refusal: what the client still sends is read and dropped before the connection closes."""

    _lingers_until_s: float | None = None

    def handle_close(self) -> None:
        """Close, except after a refusal: then say that nothing follows, and hear the client out first."""
        if not self.lingers or not self.connected:
            super().handle_close()
            return
        self.lingers = False
        self.will_close = False
        self._lingers_until_s = time.monotonic() + LINGER_S
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def readable(self) -> bool:
        return self._lingers_until_s is not None or super().readable()

    def handle_read(self) -> None:
        if self._lingers_until_s is None:
            super().handle_read()
            return
        try:
            self.recv(_READ_BYTES)
        except OSError:
            self.handle_close()
        if self.connected and time.monotonic() > self._lingers_until_s:
            self.handle_close()

    def cut(self) -> None:
        """Close at once, and wake the thread that waits for room to write."""
        self.lingers = False
        self.handle_close()
