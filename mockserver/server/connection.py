"""One client's connection: what stands between its socket and Uvicorn's protocol.

    socket -> transport -> ClientConnection -> Uvicorn's protocol -> driver -> door
    socket <- transport <- Outlet           <- Uvicorn's protocol <- driver <- door

It parses no HTTP. It counts bytes of heads, notes when a byte came, recognises TLS, lets the page that asked read what
is refused here (`origin.py`), and closes in a way that lets the last answer arrive: closing over unread bytes makes the
kernel send a reset, which overtakes what was just written. So a refused client is told that nothing follows, and heard
out for a while.

Both sides are asyncio's own methods alone; the library may change whatever else it likes.
"""

import asyncio
import contextlib
import http
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, cast

from uvicorn.config import Config
from uvicorn.server import ServerState

from mockserver.door.steps import Headers, Request
from mockserver.server.origin import OriginSearch, origin_in
from mockserver.server.outlet import Outlet, reset_on_close, send_at_once, unsent_by_system
from mockserver.server.repeats import Begun, Repeats
from mockserver.server.request_lines import begins_like_http, complaint
from mockserver.server.wire import header_block

if TYPE_CHECKING:
    from mockserver.server.connections import Connections

__all__ = ["ClientConnection", "ClientLeft", "HttpProtocol"]

_log = logging.getLogger("mockserver")

_TLS_HANDSHAKE = 0x16
_HEAD_ENDS = b"\r\n\r\n"


class ClientLeft(Exception):
    """The client has gone, or was cut off; nobody waits for the answer."""


class HttpProtocol(Protocol):
    """What is used of Uvicorn's protocols: asyncio's methods, and how they are told that the server stops."""

    def __init__(self, config: Config, server_state: ServerState, app_state: dict[str, Any]) -> None: ...
    def connection_made(self, transport: asyncio.BaseTransport, /) -> None: ...
    def data_received(self, data: bytes, /) -> None: ...
    def eof_received(self) -> bool | None: ...
    def connection_lost(self, exc: Exception | None, /) -> None: ...
    def pause_writing(self) -> None: ...
    def resume_writing(self) -> None: ...
    def shutdown(self) -> None: ...


class ClientConnection(asyncio.Protocol):
    """From the accepted socket to its end.

    Args:
        connections: All of them; this one joins and leaves by itself.
        make_http: Makes Uvicorn's protocol for this connection.

    Attributes:
        transport: asyncio's.
        is_busy: A request's head has come and its answer is not complete.
        is_lost: Nothing can be sent any more.
        awaits_body: The request at hand needs more of its body.
        has_unread_body: The request at hand has a body that will not be read to its end.
        quiet_since_s: When a byte came last, or the last answer was complete, in the time of the loop's sweeps.
    """

    transport: asyncio.Transport

    def __init__(self, connections: "Connections", make_http: Callable[["ClientConnection"], HttpProtocol]) -> None:
        self._connections = connections
        self._limits = connections.limits
        self._repeats = Repeats(connections.door)
        self._http = make_http(self)
        self.is_busy = False
        self.is_lost = False
        self.is_lingering = False
        self.awaits_body = False
        self.has_unread_body = False
        self.quiet_since_s = connections.now_s
        self._is_fresh = True
        self._is_paused = False
        self._is_parsing = False
        self._is_stopping = False
        self._begun: Begun | None = None
        # What the library was given since it had nothing left to do: None while that is so, empty if it came in parts.
        self._passed: bytes | None = None
        self._head_bytes = 0
        self._head_tail = b""
        self._head_pieces: list[bytes] = []
        self._is_in_line = False
        self._head_since_s = 0.0
        self._request_headers: Headers = ()
        self._awaited: _Awaited | None = None
        self._lingered_bytes = 0
        self._linger_until_s = 0.0
        self._resumed = 0
        self._last_progress = (0, 0, 0)
        self._progress_s = connections.now_s
        self._at_loss: Callable[[], None] | None = None
        self._room: asyncio.Future[None] | None = None

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._outlet = Outlet(self.transport, self._close, self._readable)
        send_at_once(self.transport)
        self._http.connection_made(self._outlet)
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        self.quiet_since_s = self._connections.now_s
        if self.is_lingering:
            self._drop(data)
            return
        if self._awaited is not None:
            self._hear_origin(self._awaited, data)
            return
        if self._passed is None and not self._is_paused and self._is_answered(data):
            return
        if not self.is_busy and not self._is_sound_head(data):
            return
        self._passed = data if self._passed is None else b""
        self._is_parsing = True
        self._http.data_received(data)
        self._is_parsing = False

    def eof_received(self) -> bool | None:
        if self._awaited is not None and not self.is_lingering:
            self._refuse(self._awaited.status, self._awaited.text)
        return self._http.eof_received()

    def pause_writing(self) -> None:
        self._is_paused = True
        self._http.pause_writing()

    def resume_writing(self) -> None:
        self._is_paused = False
        self._resumed += 1
        self._http.resume_writing()
        if self._room and not self._room.done():
            self._room.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        self._connections.discard(self)
        self._http.connection_lost(exc)
        if self._at_loss:
            self._at_loss()

    # What the driver calls.

    def begin(self, headers: Headers) -> None:
        """A request's head is complete, and its answer is being made.

        Args:
            headers: The request's.
        """
        self.is_busy = True
        self._request_headers = headers
        self._head_bytes = 0
        self._head_tail = b""
        self._head_pieces.clear()

    def end(self) -> None:
        """The answer is complete; what comes now is a new head."""
        self.is_busy = False
        self.quiet_since_s = self._connections.now_s

    def settle(self, request: Request) -> None:
        """All of a request's answer is written."""
        if self._passed is not None and self._repeats.learn(self._passed, request):
            self._passed = None

    def take_begun(self) -> Begun | None:
        """What was done for a request before the library was given it."""
        begun, self._begun = self._begun, None
        return begun

    def await_body(self) -> None:
        """More of the body is needed; from now on its client must not be silent for too long."""
        self.awaits_body = True
        self.quiet_since_s = self._connections.now_s

    async def until(self, event: "asyncio.Future[Any]", *, at_loss: Callable[[], None] | None = None) -> Any:
        """Wait for something that the loop brings.

        Args:
            event: What to wait for.
            at_loss: Called when the connection is lost first; without it, the event is given up.

        Raises:
            ClientLeft: The event was given up.
        """
        self._at_loss = at_loss or partial(_give_up, event)
        if self.is_lost:
            self._at_loss()
        try:
            return await event
        finally:
            self._at_loss = None

    async def until_room(self) -> None:
        """Let others have their turn, and wait until the client has read enough of what was written.

        Raises:
            ClientLeft: It has gone.
        """
        # Without a turn of the loop nobody would hear of the client's end, or anything of other clients.
        await asyncio.sleep(0)
        while self._is_paused and not self.is_lost:
            self._room = asyncio.get_running_loop().create_future()
            await self.until(self._room)
        if self.is_lost:
            raise ClientLeft

    async def until_lost(self) -> None:
        """Wait for the end of the connection."""
        with contextlib.suppress(ClientLeft):
            await self.until(asyncio.get_running_loop().create_future())

    def hold(self) -> None:
        """Gather what is written from now on."""
        self._outlet.hold()

    def release(self) -> None:
        """Write what was gathered, small pieces in one."""
        self._outlet.release()

    def headers_for_page(self) -> Headers:
        """What lets the page that asked read what the server says by itself."""
        if self._awaited is not None:
            origin = self._awaited.search.origin
        elif self.is_busy:
            origin = dict(self._request_headers).get(b"origin", b"")
        else:
            origin = origin_in(self._head_pieces)
        return self._connections.door.readable_by(origin)

    def raw(self, data: bytes) -> None:
        """Send bytes past HTTP."""
        self._outlet.write(data)

    def close(self) -> None:
        """End the connection in good order once everything is sent, whatever was promised to the client."""
        self._outlet.close()

    async def reset(self) -> None:
        """End the connection with an error for the client, once what was written has left, or could not."""
        self._outlet.release()
        self.transport.set_write_buffer_limits(high=0)
        with contextlib.suppress(ClientLeft, TimeoutError):
            await asyncio.wait_for(self.until_room(), self._limits.raw_s)
        reset_on_close(self.transport)
        self.transport.abort()

    # What the sweep and the stop call.

    @property
    def is_between_requests(self) -> bool:
        """Can it be closed without taking anything from anybody?"""
        is_used = self.is_busy or self._head_bytes or self._awaited is not None or self.is_lingering
        return not (is_used or self.transport.get_write_buffer_size())

    def check_times(self, now_s: float) -> None:
        """End the connection if its client has been silent for too long."""
        if self._is_unread(now_s):
            self.transport.abort()
        elif self.is_lingering:
            if now_s > self._linger_until_s and not self.transport.get_write_buffer_size():
                self.transport.abort()
        elif self._awaited is not None:
            if now_s - self._awaited.since_s > self._limits.origin_s:
                self._refuse(self._awaited.status, self._awaited.text)
        elif self.is_busy:
            if self.awaits_body and now_s - self.quiet_since_s > self._limits.body_s:
                self.transport.abort()
        elif self._head_bytes:
            if now_s - self._head_since_s > self._limits.head_s:
                self._refuse(408, "The request's head did not come to its end.")
        elif now_s - self.quiet_since_s > self._limits.idle_s:
            self.transport.close()

    def stop(self) -> None:
        """Take no more requests: close between two, or after the answer at hand."""
        self._is_stopping = True
        if not self.is_lingering:
            self._http.shutdown()

    def refuse_for_lack_of_room(self) -> None:
        """There are too many connections, and none of them idle."""
        self._refuse_page(503, "Too many connections are open, and all of them are in use.")

    # The rest is nobody else's.

    def _is_answered(self, data: bytes) -> bool:
        """Answer what is known, if that can be done at once."""
        done = self._repeats.begin(data, self._connections.date_line)
        if done is None:
            return False
        if isinstance(done, Sequence):
            self.transport.writelines(done)
            return True
        self._begun = done
        return False

    def _is_sound_head(self, data: bytes) -> bool:
        """Look at a piece of a head before the parser does; refuse what it would not."""
        if self._is_fresh:
            self._is_fresh = False
            if data[0] == _TLS_HANDSHAKE and not self.transport.get_extra_info("sslcontext"):
                self._refuse_tls()
                return False
        if not self._head_bytes:
            self._head_since_s = self._connections.now_s
            self._is_in_line = begins_like_http(data)
        self._head_pieces.append(data)
        if self._is_in_line:
            said = complaint(data)
            if said is not None:
                self._refuse_page(400, said)
                return False
            self._is_in_line = b"\n" not in data
        window = self._head_tail + data
        ends_at = window.find(_HEAD_ENDS)
        self._head_bytes += len(data) if ends_at < 0 else max(1, ends_at + 4 - len(self._head_tail))
        if self._head_bytes > self._limits.head_bytes:
            self._refuse_page(431, f"The request's head is too large; it may have {self._limits.head_bytes} bytes.")
            return False
        self._head_tail = window[-3:] if ends_at < 0 else b""
        return True

    def _refuse_tls(self) -> None:
        address = self.transport.get_extra_info("sockname")
        _log.warning("a client speaks TLS to port %s, which does not; use http://", address[1])
        self._refuse(400, "This port does not speak TLS; use http://")

    def _refuse_page(self, status: int, text: str) -> None:
        """Refuse as soon as it is known which page asks, or after a moment: a long target stands before all headers."""
        self._awaited = _Awaited(status, text, self._connections.now_s)
        self._hear_origin(self._awaited, b"".join(self._head_pieces))
        self._head_pieces.clear()

    def _hear_origin(self, awaited: "_Awaited", data: bytes) -> None:
        awaited.search.feed(data)
        self._lingered_bytes += len(data)
        if awaited.search.is_over or self._lingered_bytes > self._limits.linger_bytes:
            self._refuse(awaited.status, awaited.text)

    def _refuse(self, status: int, text: str) -> None:
        """Answer past the library, which has not seen a whole request, and close."""
        body = text.encode() + b"\n"
        head = (
            f"HTTP/1.1 {status} {http.HTTPStatus(status).phrase}\r\ncontent-type: text/plain; charset=utf-8\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n"
        )
        self.transport.write(head.encode() + header_block(self.headers_for_page()) + b"\r\n" + body)
        self._linger()

    def _readable(self, data: bytes | bytearray | memoryview) -> bytes | bytearray | memoryview:
        """What the library writes while it parses is its refusal of what it reads: with what lets a page read it."""
        if not self._is_parsing or bytes(data[:5]) != b"HTTP/":
            return data
        first, line_end, rest = bytes(data).partition(b"\r\n")
        return first + line_end + header_block(self.headers_for_page()) + rest

    def _close(self) -> None:
        """Everything is written. When the library ends the connection while it parses, it refuses what it reads."""
        if self._passed is None and not self._is_stopping:
            # It thinks that the client is silent, since it does not see what is answered here; `check_times` does.
            return
        if self._is_parsing or self.has_unread_body:
            self._linger()
        else:
            self.transport.close()

    def _linger(self) -> None:
        """Say that nothing follows, and hear the client out."""
        if self.is_lingering or self.transport.is_closing():
            return
        self.is_lingering = self._outlet.is_shut = True
        self.quiet_since_s = self._connections.now_s
        self._linger_until_s = self._connections.now_s + self._limits.linger_s
        if self.transport.can_write_eof():
            # The peer may have gone just now.
            with contextlib.suppress(OSError, RuntimeError):
                self.transport.write_eof()
        self.transport.resume_reading()

    def _drop(self, data: bytes) -> None:
        self._lingered_bytes += len(data)
        if self._lingered_bytes > self._limits.linger_bytes:
            self.transport.abort()

    def _is_unread(self, now_s: float) -> bool:
        """Has the client left an answer unread for too long?"""
        waiting = self.transport.get_write_buffer_size()
        progress = (waiting, self._resumed, unsent_by_system(self.transport) if waiting else 0)
        if not waiting or progress != self._last_progress:
            self._last_progress, self._progress_s = progress, now_s
        return now_s - self._progress_s > self._limits.unread_s


@dataclass(slots=True)
class _Awaited:
    """A refusal that is held back until the page is known that shall read it."""

    status: int
    text: str
    since_s: float
    search: OriginSearch = field(default_factory=OriginSearch)


def _give_up(event: "asyncio.Future[Any]") -> None:
    if not event.done():
        event.set_exception(ClientLeft())
