"""The driver of the door behind a socket: an ASGI application that carries out one step after the other.

A step that needs nothing but sending is carried out at once, on the event loop; so an answer that the door knows
already costs no hop. What computes goes to a worker and comes back; what waits holds neither.
"""

import asyncio
import contextlib
import logging
from functools import partial
from typing import Any

from mockserver.door.steps import Body, Chunk, Compute, End, HasSteps, Head, Request, Step, Wait
from mockserver.server.asgi import Receive, Scope, Send
from mockserver.server.connection import ClientConnection, ClientLeft
from mockserver.server.incoming import Incoming
from mockserver.server.limits import Limits
from mockserver.server.outgoing import Outgoing
from mockserver.server.repeats import Begun
from mockserver.server.workers import Worker

__all__ = ["Driver"]

_log = logging.getLogger("mockserver")


class Driver:
    """An ASGI application, for HTTP alone.

    Args:
        door: Asked for the steps of each request.
        short: Does what holds up others only for a moment.
        long: Does the rest.
        limits: What clients may do.
    """

    def __init__(self, door: HasSteps, *, short: Worker, long: Worker, limits: Limits) -> None:
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
        self._connection: ClientConnection = scope["state"]["connection"]
        self._request = Request(
            scope["method"],
            scope["raw_path"],
            scope["query_string"],
            scope["headers"],
            scope["scheme"],
            scope["http_version"],
            scope["client"],
            scope["server"],
        )
        self._incoming = Incoming(scope, receive, self._connection, driver.limits.drained_bytes)
        self._outgoing = Outgoing(scope, send, self._connection, self._incoming)

    async def run(self) -> None:
        """Answer. Returns once the answer is complete or the connection lost; before, Uvicorn would complain."""
        self._connection.begin(self._request.headers)
        try:
            await self._play()
        except (ClientLeft, asyncio.CancelledError):
            pass
        except Exception:
            _log.exception("a bug in the emulator, at %s %s", self._scope["method"], self._scope["raw_path"].decode())
            await self._end_after_bug()
        if not self._outgoing.is_over:
            await self._connection.until_lost()

    async def _end_after_bug(self) -> None:
        if not self._outgoing.is_over:
            with contextlib.suppress(ClientLeft, asyncio.CancelledError):
                await self._outgoing.end_after_bug()

    async def _play(self) -> None:
        """Carry out each step and tell the door what came of it, until it has no more."""
        begun = self._connection.take_begun() or Begun(self._driver.door.steps(self._request))
        steps = begun.steps
        given: Any = None
        error: BaseException | None = None
        try:
            for step in begun.taken:
                given, error = await self._carry_out(step)
            if begun.error is not None:
                raise begun.error
            while True:
                try:
                    step = steps.throw(error) if error is not None else steps.send(given)
                except StopIteration:
                    break
                given, error = await self._carry_out(step)
        finally:
            steps.close()
        if not self._outgoing.is_over:
            raise RuntimeError("the door stopped before an end or a cut")
        self._connection.settle(self._request)

    async def _carry_out(self, step: Step) -> tuple[Any, BaseException | None]:
        """What the door is sent, or what is thrown into it."""
        if self._outgoing.is_over:
            raise RuntimeError(f"a step after the end: {step!r}")
        if isinstance(step, Head):
            self._outgoing.take_head(step)
        elif isinstance(step, Chunk):
            await self._outgoing.take_chunk(step.data)
        elif isinstance(step, End):
            await self._outgoing.end()
        elif isinstance(step, Compute):
            return await self._compute(step)
        elif isinstance(step, Wait):
            return await self._wait(step), None
        elif isinstance(step, Body):
            return await self._incoming.read(step.most), None
        else:
            await self._outgoing.cut(raw=step.raw, with_reset=step.kind == "reset")
        return None, None

    async def _wait(self, wait: Wait) -> bool:
        await self._outgoing.flush()
        loop = asyncio.get_running_loop()
        came: asyncio.Future[bool] = loop.create_future()
        timer = None if wait.seconds is None else loop.call_later(wait.seconds, _settle, came, False)
        come = partial(_from_any_thread, loop, came)
        if wait.signal:
            wait.signal.listen(come)
        try:
            return bool(await self._connection.until(came))
        finally:
            if timer:
                timer.cancel()
            if wait.signal:
                wait.signal.forget(come)

    async def _compute(self, compute: Compute) -> tuple[Any, BaseException | None]:
        """What is under way is waited for even when the client has left: it may use what the door then gives up."""
        await self._outgoing.flush()
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


def _settle(event: "asyncio.Future[bool]", value: bool) -> None:
    if not event.done():
        event.set_result(value)


def _from_any_thread(loop: asyncio.AbstractEventLoop, event: "asyncio.Future[bool]") -> None:
    # The loop may be closed long before the signal comes.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(_settle, event, True)
