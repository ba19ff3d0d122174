"""The driver of the door behind a socket: an ASGI application that carries out one step after the other.

A step that needs nothing but sending is carried out at once, on the event loop; so an answer that the door knows
already costs no hop. What computes goes to a worker and comes back; what waits holds neither.

Head and chunk are held until the next step is known. So the last of them leaves together with the end, and whatever
the door does before it yields `End` is done before the client has the last byte.
"""

import asyncio
import contextlib
import http
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

from mockserver.door.steps import Body, Chunk, Compute, Cut, End, Head, Request, Step, Steps, Wait
from mockserver.server.connection import ClientConnection, ClientLeft
from mockserver.server.limits import Limits
from mockserver.server.workers import Worker

__all__ = ["Door", "Driver"]

_log = logging.getLogger("mockserver")

# A larger chunk is sent in pieces, so that no more than a piece waits in memory for a client that reads slowly.
_WHOLE_BYTES = 1024 * 1024
_PIECE_BYTES = 256 * 1024
_CLOSE = (b"connection", b"close")
_CRASHED = b"The emulator failed; see its log.\n"

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Door(Protocol):
    """What decides how each request is answered."""

    def steps(self, request: Request) -> Steps:
        """The steps of one request's answer: a head, chunks and an end, or a cut, and what is needed before."""
        ...


class Driver:
    """An ASGI application, for HTTP alone.

    Args:
        door: Asked for the steps of each request.
        short: Does what holds up others only for a moment.
        long: Does the rest.
        limits: What clients may do.
    """

    def __init__(self, door: Door, *, short: Worker, long: Worker, limits: Limits) -> None:
        self.door = door
        self.short = short
        self.long = long
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _Exchange(self, scope, receive, send).run()


class _Exchange:
    """One request and its answer."""

    def __init__(self, driver: Driver, scope: Scope, receive: Receive, send: Send) -> None:
        self._driver = driver
        self._scope = scope
        self._receive = receive
        self._send = send
        self._connection: ClientConnection = scope["state"]["connection"]
        self._head: Head | None = None
        self._chunk = b""
        self._has_begun = False
        self._is_over = False
        self._ends_by_close = False
        self._body_bytes = 0
        self._has_whole_body = False

    async def run(self) -> None:
        """Answer. Returns once the answer is complete or the connection lost; before, Uvicorn would complain."""
        self._connection.begin()
        try:
            await self._play()
        except (ClientLeft, asyncio.CancelledError):
            pass
        except Exception:
            _log.exception("a bug in the emulator, at %s %s", self._scope["method"], self._scope["raw_path"].decode())
            with contextlib.suppress(ClientLeft, asyncio.CancelledError):
                await self._end_after_bug()
        if not self._is_over:
            await self._connection.until_lost()

    async def _play(self) -> None:
        """Carry out each step and tell the door what came of it, until it has no more."""
        scope = self._scope
        steps = self._driver.door.steps(
            Request(
                scope["method"],
                scope["raw_path"],
                scope["query_string"],
                scope["headers"],
                scope["scheme"],
                scope["http_version"],
                scope["client"],
                scope["server"],
            )
        )
        given: Any = None
        error: BaseException | None = None
        try:
            while True:
                try:
                    step = steps.throw(error) if error is not None else steps.send(given)
                except StopIteration:
                    break
                given, error = await self._carry_out(step)
        finally:
            steps.close()
        if not self._is_over:
            raise RuntimeError("the door stopped before an end or a cut")

    async def _carry_out(self, step: Step) -> tuple[Any, BaseException | None]:
        """What the door is sent, or what is thrown into it."""
        if self._is_over:
            raise RuntimeError(f"a step after the end: {step!r}")
        if isinstance(step, Head):
            self._take_head(step)
        elif isinstance(step, Chunk):
            if self._chunk:
                await self._flush()
            self._chunk = step.data
        elif isinstance(step, End):
            await self._end()
        elif isinstance(step, Compute):
            return await self._compute(step)
        elif isinstance(step, Wait):
            return await self._wait(step), None
        elif isinstance(step, Body):
            return await self._read(step.most), None
        else:
            await self._cut(step)
        return None, None

    # Sending.

    def _take_head(self, head: Head) -> None:
        if self._head or self._has_begun:
            raise RuntimeError("a second head")
        self._head = head

    async def _flush(self) -> None:
        """Send what is held, and wait until there is room for more."""
        if self._head or self._chunk:
            await self._send_held(is_last=False)
            await self._connection.until_room()

    async def _end(self) -> None:
        if not self._head and not self._has_begun:
            raise RuntimeError("an end without a head")
        await self._send_held(is_last=True)
        if self._connection.is_lost and not self._ends_by_close:
            raise ClientLeft
        self._is_over = True
        self._connection.end()

    async def _send_held(self, *, is_last: bool) -> None:
        head, self._head = self._head, None
        chunk, self._chunk = self._chunk, b""
        if head and not self._has_whole_body:
            head = await self._settle_body(head)
        if len(chunk) > _WHOLE_BYTES:
            await self._send_pieces(head, chunk, is_last=is_last)
            return
        self._connection.hold()
        try:
            await self._send_now(head, chunk, is_last=is_last)
        finally:
            self._connection.release()

    async def _send_pieces(self, head: Head | None, chunk: bytes, *, is_last: bool) -> None:
        await self._send_now(head, b"", is_last=False)
        view = memoryview(chunk)
        for start in range(0, len(chunk), _PIECE_BYTES):
            await self._connection.until_room()
            piece = bytes(view[start : start + _PIECE_BYTES])
            await self._send_now(None, piece, is_last=is_last and start + _PIECE_BYTES >= len(chunk))

    async def _send_now(self, head: Head | None, data: bytes, *, is_last: bool) -> None:
        if head and self._needs_end_by_close(head):
            self._ends_by_close = True
            self._connection.raw(_raw_head(head))
        if self._ends_by_close:
            self._has_begun = True
            self._connection.raw(data)
            if is_last:
                self._connection.close()
                await self._connection.until_lost()
            return
        if head:
            self._has_begun = True
            await self._send({"type": "http.response.start", "status": head.status, "headers": head.headers})
        if data or is_last:
            await self._send({"type": "http.response.body", "body": data, "more_body": not is_last})

    def _needs_end_by_close(self, head: Head) -> bool:
        """HTTP/1.0 knows no chunks, which the library would send it; there the connection's end is the body's."""
        return (
            self._scope["http_version"] == "1.0"
            and self._scope["method"] != "HEAD"
            and head.status not in (204, 304)
            and all(name.lower() != b"content-length" for name, _ in head.headers)
        )

    async def _cut(self, cut: Cut) -> None:
        self._connection.has_unread_body = not self._has_whole_body and self._has_body()
        self._has_whole_body = True
        await self._flush()
        if cut.raw:
            self._connection.raw(cut.raw)
        if cut.kind == "reset":
            await self._connection.reset()
        else:
            self._connection.close()
        await self._connection.until_lost()
        self._is_over = True

    async def _end_after_bug(self) -> None:
        """Say so if nothing was said yet; else let the client notice that something is missing."""
        if self._is_over:
            return
        self._connection.has_unread_body = not self._has_whole_body and self._has_body()
        if self._has_begun:
            self._connection.close()
            return
        self._has_whole_body = True
        length = (b"content-length", str(len(_CRASHED)).encode())
        self._head = Head(500, ((b"content-type", b"text/plain; charset=utf-8"), length, _CLOSE))
        self._chunk = b"" if self._scope["method"] == "HEAD" else _CRASHED
        await self._end()

    # Reading.

    async def _read(self, most: int) -> bytes:
        body = bytearray()
        while len(body) <= most and not self._has_whole_body:
            body += await self._receive_some()
        return bytes(body[: most + 1])

    async def _receive_some(self) -> bytes:
        self._connection.await_body()
        message = await self._receive()
        self._connection.awaits_body = False
        if message["type"] == "http.disconnect":
            raise ClientLeft
        self._has_whole_body = not message.get("more_body", False)
        data: bytes = message.get("body", b"")
        self._body_bytes += len(data)
        return data

    async def _settle_body(self, head: Head) -> Head:
        """See to a body that the door did not read to its end: take in a small one, close after the answer otherwise.

        A client whose connection is closed while it still sends may lose the answer.
        """
        if not self._has_body() or await self._drain():
            self._has_whole_body = True
            return head
        self._connection.has_unread_body = True
        return Head(head.status, [*head.headers, _CLOSE])

    def _has_body(self) -> bool:
        return any(
            name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
            for name, value in self._scope["headers"]
        )

    async def _drain(self) -> bool:
        """Take in the rest of the body, if it is small."""
        headers = dict(self._scope["headers"])
        most = self._driver.limits.drained_bytes + self._body_bytes
        if b"expect" in headers or int(headers.get(b"content-length", b"0")) > most:
            return False
        while not self._has_whole_body and self._body_bytes <= most:
            await self._receive_some()
        return self._has_whole_body

    # Waiting.

    async def _wait(self, wait: Wait) -> bool:
        await self._flush()
        loop = asyncio.get_running_loop()
        came: asyncio.Future[bool] = loop.create_future()
        timer = None if wait.seconds is None else loop.call_later(wait.seconds, _settle, came, False)
        if wait.signal:
            wait.signal.listen(lambda: _from_any_thread(loop, came))
        try:
            return bool(await self._connection.until(came))
        finally:
            if timer:
                timer.cancel()

    async def _compute(self, compute: Compute) -> tuple[Any, BaseException | None]:
        """What is under way is waited for even when the client has left: it may use what the door then gives up."""
        await self._flush()
        worker = self._driver.long if compute.long else self._driver.short
        job = worker.do(compute.work, asyncio.get_running_loop())
        try:
            outcome: tuple[Any, BaseException | None] = await self._connection.until(job.outcome, at_loss=job.withdraw)
        except asyncio.CancelledError:
            job.withdraw()
            raise
        if self._connection.is_lost:
            raise ClientLeft
        return outcome


def _raw_head(head: Head) -> bytes:
    status = f"HTTP/1.1 {head.status} {http.HTTPStatus(head.status).phrase}".encode()
    lines = [status, *(name + b": " + value for name, value in head.headers), b"connection: close"]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _settle(event: "asyncio.Future[bool]", value: bool) -> None:
    if not event.done():
        event.set_result(value)


def _from_any_thread(loop: asyncio.AbstractEventLoop, event: "asyncio.Future[bool]") -> None:
    # The loop may be closed long before the signal comes.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(_settle, event, True)
