"""Serve an application over a real socket, in this process, with Waitress.

Why Waitress: it is pure Python, so it installs everywhere; it is one process, so state in memory is one
state, with several threads, so that one slow answer stalls no other; it streams an answer without holding
all of it; and it starts and stops inside our own process, so that port 0, a ready signal and a clean stop
are simple. There are faster servers, but none of them gives all of that at once.

Its own way to stop drops what is in flight, so stopping is done here: the listening socket closes, running
answers get a short grace to finish and to reach their clients, then everything is closed.
"""

import contextlib
import errno
import functools
import ipaddress
import os
import socket
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.server import create_server

from mockserver.connection import Connection
from mockserver.sandbox.settings import DEFAULT_MAX_BODY_BYTES
from mockserver.words.errors import SettingsError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["Server", "serving"]

THREADS = 8
GRACE_S = 3.0

_MIB = 1024 * 1024
_FAR_TOO_LARGE = 8
# Clients in test suites open pools of connections and forget them; each costs a file descriptor.
_MAX_CONNECTIONS = 500
# Answers are made this far ahead of a client that reads slowly.
_AHEAD_BYTES = 1 * _MIB
# A page made in one piece waits in memory, not in a temporary file, up to this size.
_IN_MEMORY_BYTES = 64 * _MIB
# Idle threads need a moment to notice that they are no longer needed, also where no grace is given.
_IDLE_THREADS_END_S = 0.2


class Server:
    """An application listening on one address. It is bound when made and answers from `start` to `close`.

    Args:
        app: Any WSGI application.
        host: Address or name to listen on; `0.0.0.0` and `::` are all interfaces.
        port: 0 picks a free one.
        max_body_bytes: What the application takes of a body. It refuses a larger one itself, in its own order of
            checks; one that is larger by far is refused here, and not even read.

    Attributes:
        port: The port it is bound to.
        url: Where a client on this machine reaches it, without a trailing slash.
        exposed: Whether other machines may reach it too.

    Raises:
        SettingsError: The host does not resolve, or the port is taken or not allowed.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        max_body_bytes: int = DEFAULT_MAX_BODY_BYTES,
    ) -> None:
        listener = _listen(host, port)
        bound_host, self.port = listener.getsockname()[:2]
        address = ipaddress.ip_address(bound_host.partition("%")[0])
        self.exposed = not address.is_loopback
        self.url = f"http://{_reachable(host, address)}:{self.port}"
        self._map: dict[int, Any] = {}
        self._waitress = create_server(
            app,
            map=self._map,
            sockets=[listener],
            threads=THREADS,
            ident="mockserver",
            connection_limit=_MAX_CONNECTIONS,
            outbuf_high_watermark=_AHEAD_BYTES,
            outbuf_overflow=_IN_MEMORY_BYTES,
            max_request_body_size=_FAR_TOO_LARGE * max_body_bytes,
            # What links begin with where a client does not say what it calls this host.
            server_name=_reachable(host, address),
            asyncore_use_poll=True,
            # An emulator shows the application what was sent; nothing in it trusts these headers.
            clear_untrusted_proxy_headers=False,
        )
        self._waitress.channel_class = functools.partial(Connection, max_body_bytes=max_body_bytes)
        self._waitress.pull_trigger = self._wake
        self._wake_lock = threading.Lock()
        self._torn_down = False
        self._thread: threading.Thread | None = None
        self._stop_by_s: float | None = None
        self._closed = False

    def start(self) -> None:
        """Begin to answer, on a daemon thread."""
        self._thread = threading.Thread(target=self._run, name=f"mockserver-{self.port}", daemon=True)
        self._thread.start()

    def close(self, *, grace_s: float = GRACE_S) -> None:
        """Refuse new connections, let running answers finish for at most `grace_s`, close everything.

        Returns within about `grace_s`. Closing twice is allowed.
        """
        if self._closed:
            return
        self._closed = True
        stop_by_s = time.monotonic() + grace_s
        if self._thread:
            self._waitress.trigger.pull_trigger(self._stop_listening)
        self._waitress.task_dispatcher.shutdown(timeout=max(grace_s, _IDLE_THREADS_END_S))
        if self._thread:
            self._stop_by_s = stop_by_s
            self._wake()
            self._thread.join()
        self._tear_down()

    def _run(self) -> None:
        """Move bytes between sockets and answers until told to stop and nothing is left to send."""
        while self._stop_by_s is None:
            self._move_bytes(wait_s=1.0)
        while self._is_sending() and time.monotonic() < self._stop_by_s:
            self._move_bytes(wait_s=0.05)

    def _move_bytes(self, *, wait_s: float) -> None:
        wasyncore.loop(timeout=wait_s, use_poll=True, map=self._map, count=1)

    def _is_sending(self) -> bool:
        return any(channel.total_outbufs_len for channel in self._waitress.active_channels.values())

    def _stop_listening(self) -> None:
        """Close the listening socket alone; the trigger beside it still wakes the loop."""
        self._waitress.accepting = False
        self._waitress.del_channel()
        self._waitress.socket.close()

    def _tear_down(self) -> None:
        for channel in list(self._waitress.active_channels.values()):
            channel.cut()
        if self._waitress.socket.fileno() != -1:
            self._stop_listening()
        with self._wake_lock:
            self._torn_down = True
            self._waitress.trigger.close()

    def _wake(self) -> None:
        """Make the loop look for something to send; called by threads that have answered.

        One of them may outlive the grace, when the number of the trigger's file is already another file's.
        """
        with self._wake_lock:
            if not self._torn_down:
                self._waitress.trigger.pull_trigger()


@contextlib.contextmanager
def serving(
    app: "WSGIApplication",
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    max_body_bytes: int = DEFAULT_MAX_BODY_BYTES,
    grace_s: float = GRACE_S,
) -> Iterator[Server]:
    """Serve the application on a background thread for as long as the block runs.

    Raises:
        SettingsError: As for `Server`.
    """
    server = Server(app, host=host, port=port, max_body_bytes=max_body_bytes)
    try:
        server.start()
        yield server
    finally:
        server.close(grace_s=grace_s)


def _listen(host: str, port: int) -> socket.socket:
    """Bind and listen, so that a free port is known and a taken one is noticed before anything else."""
    where = f"{host}:{port}"
    try:
        family, address = _resolve(host, port)
        dual = host == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(address, family=family, dualstack_ipv6=dual)
    except (socket.gaierror, UnicodeError):
        raise SettingsError(
            f"cannot listen on {where}: the host does not resolve; "
            "use 127.0.0.1 for this machine only, or one of its own addresses"
        ) from None
    except (OSError, ValueError) as error:
        raise SettingsError(f"cannot listen on {where}: {_advice(error)}") from None


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, tuple[Any, ...]]:
    """The host's address; IPv4 where it has both, since that is what clients are told to use."""
    if not host:
        raise ValueError("the host is empty")
    if not 0 <= port <= 65535:
        raise ValueError("there is no such port")
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    family, _, _, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    return family, address


def _advice(error: Exception) -> str:
    """What would be right, for each way in which binding fails."""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return "the port is taken; stop what runs there or choose another one (0 picks a free one)"
    if number == errno.EACCES:
        return "not allowed; ports below 1024 need special rights, choose a higher one"
    if number == errno.EADDRNOTAVAIL:
        return "this machine has no such address; use 127.0.0.1, or 0.0.0.0 for all interfaces"
    if isinstance(error, OSError):
        return os.strerror(number) if number else str(error)
    return f"{error}; a host name or address and a port from 0 to 65535 are needed"


def _reachable(host: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """The host to put into a URL: a wildcard is no address to call, and IPv6 needs its brackets."""
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "[::1]"
    return f"[{host.replace('%', '%25')}]" if ":" in host else host
