"""All connections of one server: how many there may be, how long each was silent, and how they end together."""

import asyncio
from email.utils import formatdate
from typing import cast

from uvicorn.config import Config
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.server import ServerState

from mockserver.door.steps import HasSteps
from mockserver.server.connection import ClientConnection, HttpProtocol
from mockserver.server.limits import Limits

__all__ = ["Connections", "turns"]

# An accepted socket takes the loop some turns to become a connection, and a lost one some more to be closed.
_TURNS = 10
_TASKS_END_S = 1.0

# Declared as any protocol of asyncio; httptools' where it is installed, h11's otherwise.
_HTTP = cast(type[HttpProtocol], AutoHTTPProtocol)


class Connections:
    """Makes them, holds them, and looks at them once in a while.

    Args:
        config: Uvicorn's, with the application to call.
        door: Asked past the application, for what needs nothing but sending.
        limits: What their clients may do.
        most: How many may be open at once; then the one that has been idle longest makes room.

    Attributes:
        now_s: The loop's time at the last sweep. Silence is measured by it: a timer for each request would cost more
            than the request.
        date_line: The header that every answer begins with, as it is written.
    """

    def __init__(self, config: Config, door: HasSteps, limits: Limits, most: int) -> None:
        self._config = config
        self.door = door
        self.limits = limits
        self._most = most
        self._state = ServerState()
        # In the order in which they came, so that among equals the oldest makes room.
        self._open: dict[ClientConnection, None] = {}
        self._loop = asyncio.get_running_loop()
        self._is_closing = False
        self._emptied: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.now_s = self._loop.time()
        self.date_line = b""

    def make(self) -> ClientConnection:
        """A protocol for a connection that has just been accepted."""
        return ClientConnection(self, self._make_http)

    def _make_http(self, connection: ClientConnection) -> HttpProtocol:
        return _HTTP(config=self._config, server_state=self._state, app_state={"connection": connection})

    def add(self, connection: ClientConnection) -> None:
        """A connection is open; one that is idle makes room where there are too many."""
        self._open[connection] = None
        if self._is_closing:
            connection.transport.abort()
            return
        if len(self._open) <= self._most:
            return
        idle = [other for other in self._open if other is not connection and other.is_between_requests]
        if not idle:
            connection.refuse_for_lack_of_room()
            return
        longest = min(idle, key=lambda other: other.quiet_since_s)
        # Gone from here at once: it is lost only in the loop's next turn, and meanwhile more may come.
        del self._open[longest]
        longest.transport.abort()

    def discard(self, connection: ClientConnection) -> None:
        """A connection is no more."""
        self._open.pop(connection, None)
        if self._emptied and not self._open and not self._emptied.done():
            self._emptied.set_result(None)

    def sweep(self) -> None:
        """Look at all of them, now and from now on; and set the date that answers carry."""
        self.now_s = self._loop.time()
        date = formatdate(usegmt=True).encode()
        self._state.default_headers = [(b"date", date)]
        self.date_line = b"date: %b\r\n" % date
        for connection in list(self._open):
            connection.check_times(self.now_s)
        self._timer = self._loop.call_later(self.limits.sweep_s, self.sweep)

    async def close(self, *, within_s: float) -> None:
        """Let answers at hand be finished and read, then cut off whoever is left."""
        self._is_closing = True
        for connection in list(self._open):
            connection.stop()
        await self._until_empty(within_s)
        for connection in list(self._open):
            connection.transport.abort()
        if self._timer:
            self._timer.cancel()
        await turns()
        await self._end_tasks()

    async def _until_empty(self, within_s: float) -> None:
        if self._open:
            self._emptied = self._loop.create_future()
            await asyncio.wait([self._emptied], timeout=within_s)

    async def _end_tasks(self) -> None:
        """Those whose client is gone have ended by themselves, but for one that computes."""
        for task in self._state.tasks:
            task.cancel()
        if self._state.tasks:
            await asyncio.wait(self._state.tasks, timeout=_TASKS_END_S)


async def turns() -> None:
    """Let the loop do what it has begun: make, lose and close connections, and let those who wait for that go on."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)
