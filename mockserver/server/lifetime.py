"""A server from its sockets to its clean stop, on a thread with an event loop of its own."""

import asyncio
import contextlib
import importlib.util
import logging
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from uvicorn.config import Config

from mockserver.door.steps import HasSteps
from mockserver.server.connections import Connections, turns
from mockserver.server.driver import Driver
from mockserver.server.limits import GRACE_S, Limits, most_connections
from mockserver.server.listening import listen
from mockserver.server.workers import Worker
from mockserver.words.errors import SettingsError

__all__ = ["Server", "new_event_loop", "serving"]

# asyncio accepts as many connections as this in one turn of the loop, and needs some turns more until one can be
# dropped for another; the open files kept free must do for those on their way.
_ACCEPTED_AT_ONCE = 4
# A client that idles in a pool does not answer the end of a TLS session.
_TLS_ENDS_S = 1.0
# Idle threads need a moment to notice that they are no longer needed, also where no grace is given.
_THREADS_END_S = 0.2


def new_event_loop() -> asyncio.AbstractEventLoop:
    """uvloop's where it is installed, asyncio's otherwise."""
    module = importlib.import_module("uvloop" if importlib.util.find_spec("uvloop") else "asyncio")
    loop: asyncio.AbstractEventLoop = module.new_event_loop()
    return loop


class Server:
    """A door listening on one port. It is bound when made and answers from `start` to `close`.

    Args:
        door: Decides how each request is answered.
        host: Address or name to listen on; `localhost` is this machine in both families, `*` all interfaces.
        port: 0 picks a free one.
        certificate: File in PEM with the certificate, and those up to its root; then the server speaks TLS alone.
        key: File in PEM with its key; None where the certificate's file has it too.
        limits: What clients may do.
        loop_factory: Makes the event loop.

    Attributes:
        port: The port it is bound to.
        url: Where a client on this machine reaches it, without a trailing slash.
        exposed: Whether other machines may reach it too.

    Raises:
        SettingsError: The host does not resolve, the port is taken or not allowed, or certificate and key do not serve.
    """

    def __init__(
        self,
        door: HasSteps,
        *,
        host: str = "localhost",
        port: int = 0,
        certificate: Path | None = None,
        key: Path | None = None,
        limits: Limits | None = None,
        loop_factory: Callable[[], asyncio.AbstractEventLoop] = new_event_loop,
    ) -> None:
        self._door = door
        self._limits = limits or Limits()
        self._tls = _tls_context(certificate, key)
        self._listeners = listen(host, port)
        self.port = self._listeners.port
        self.exposed = self._listeners.exposed
        self.url = f"{'https' if self._tls else 'http'}://{self._listeners.host}:{self.port}"
        self._loop_factory = loop_factory
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stop_by_s: asyncio.Future[float] | None = None
        self._workers = [Worker(f"mockserver-{self.port}-{kind}") for kind in ("short", "long")]

    def start(self) -> None:
        """Begin to answer, on a daemon thread."""
        self._loop = self._loop_factory()
        self._stop_by_s = self._loop.create_future()
        for worker in self._workers:
            worker.start()
        self._thread = threading.Thread(target=self._run, args=[self._loop, self._stop_by_s], daemon=True)
        self._thread.name = f"mockserver-{self.port}"
        self._thread.start()

    def close(self, *, grace_s: float = GRACE_S) -> None:
        """Refuse new connections, let running answers finish for at most `grace_s`, close everything.

        Returns within about `grace_s`. Closing twice is allowed.
        """
        thread, self._thread = self._thread, None
        stop_by_s = time.monotonic() + grace_s
        if thread and self._loop and self._stop_by_s:
            # The loop is closed already where its thread failed.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stop_by_s.set_result, stop_by_s)
            thread.join()
            for worker in self._workers:
                worker.stop(within_s=max(stop_by_s - time.monotonic(), _THREADS_END_S))
        self._listeners.close()

    def _run(self, loop: asyncio.AbstractEventLoop, stop_by_s: "asyncio.Future[float]") -> None:
        try:
            loop.run_until_complete(self._serve(loop, stop_by_s))
        finally:
            self._listeners.close()
            loop.close()

    async def _serve(self, loop: asyncio.AbstractEventLoop, stop_by_s: "asyncio.Future[float]") -> None:
        short, long = self._workers
        driver = Driver(self._door, short=short, long=long, limits=self._limits)
        most = self._limits.connections or most_connections()
        connections = Connections(self._config(driver), self._door, self._limits, most)
        connections.sweep()
        servers = [
            await loop.create_server(
                connections.make,
                sock=listener,
                backlog=_ACCEPTED_AT_ONCE,
                ssl=self._tls,
                ssl_handshake_timeout=self._limits.head_s if self._tls else None,
                ssl_shutdown_timeout=_TLS_ENDS_S if self._tls else None,
            )
            for listener in self._listeners.sockets
        ]
        self._listeners.listen()
        deadline_s = await stop_by_s
        await self._stop_accepting(loop)
        for server in servers:
            server.close()
        self._listeners.close()
        await connections.close(within_s=max(deadline_s - time.monotonic(), 0.0))

    async def _stop_accepting(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let those who were just accepted become connections; asyncio would forget their sockets in its close."""
        for listener in self._listeners.sockets:
            # Other loops than asyncio's own for Unix know no such readers, and do not forget.
            with contextlib.suppress(NotImplementedError, RuntimeError):
                loop.remove_reader(listener)
        await turns()

    def _config(self, driver: Driver) -> Config:
        """What Uvicorn's protocols read of it; its own server, signal handlers and log format are not used."""
        config = Config(
            cast("Callable[..., object]", driver),
            interface="asgi3",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level=logging.ERROR,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=int(self._limits.idle_s) + 1,
            h11_max_incomplete_event_size=self._limits.head_bytes,
        )
        config.load()
        return config


@contextlib.contextmanager
def serving(
    door: HasSteps,
    *,
    host: str = "localhost",
    port: int = 0,
    certificate: Path | None = None,
    key: Path | None = None,
    limits: Limits | None = None,
    loop_factory: Callable[[], asyncio.AbstractEventLoop] = new_event_loop,
    grace_s: float = GRACE_S,
) -> Iterator[Server]:
    """Serve the door on a background thread for as long as the block runs.

    Raises:
        SettingsError: As for `Server`.
    """
    server = Server(
        door, host=host, port=port, certificate=certificate, key=key, limits=limits, loop_factory=loop_factory
    )
    try:
        server.start()
        yield server
    finally:
        server.close(grace_s=grace_s)


def _tls_context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        if key is not None:
            raise SettingsError(f"a key for TLS, {key}, but no certificate; name both")
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"cannot use {certificate}{f' and {key}' if key else ''} for TLS: {error}; "
            "a certificate and its key without a passphrase are needed, both in PEM"
        ) from None
    return context
