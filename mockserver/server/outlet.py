"""What goes out of a connection: the transport as Uvicorn's protocol sees it, and what a socket is told and asked."""

import asyncio
import contextlib
import socket
import struct
import sys
from collections.abc import Callable
from typing import Any

if sys.platform == "linux":
    import fcntl
    import termios

__all__ = ["Outlet", "reset_on_close", "send_at_once", "unsent_by_system"]

_Data = bytes | bytearray | memoryview
# Pieces below this are joined before they are written, since a system call costs more than the copy.
_JOINED_BYTES = 64 * 1024
# On, and for no time: closing discards what is unsent and tells the peer of an error.
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Outlet(asyncio.Transport):
    """The transport as the library sees it: closing may take a while, and what is written may be gathered first.

    Args:
        transport: asyncio's.
        close: Ends the connection once everything is written.
        readable: What is written instead of what the library writes.

    Attributes:
        is_shut: The client was told that nothing follows; an answer that comes later is dropped.
    """

    def __init__(
        self, transport: asyncio.Transport, close: Callable[[], None], readable: Callable[[_Data], _Data]
    ) -> None:
        super().__init__()
        self._transport = transport
        self._close = close
        self._readable = readable
        self.is_shut = False
        self._held: list[_Data] | None = None

    def hold(self) -> None:
        """Gather what is written from now on."""
        self._held = []

    def write(self, data: _Data) -> None:
        data = self._readable(data)
        if self._held is not None:
            self._held.append(data)
        elif not self.is_shut:
            self._transport.write(data)

    def release(self) -> None:
        """Write what was gathered, small pieces in one."""
        held, self._held = self._held, None
        if not held or self.is_shut:
            return
        if sum(map(len, held)) <= _JOINED_BYTES:
            self._transport.write(b"".join(held))
            return
        for piece in held:
            self._transport.write(piece)

    def close(self) -> None:
        self.release()
        self._close()

    def is_closing(self) -> bool:
        return self.is_shut or self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        if not self.is_shut:
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()

    def abort(self) -> None:
        self._transport.abort()


def send_at_once(transport: asyncio.Transport) -> None:
    """asyncio does so by itself, but not where the listening socket did not name its protocol."""
    with contextlib.suppress(OSError):
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def unsent_by_system(transport: asyncio.Transport) -> int:
    """Bytes that the system has taken and the client has not, where the system tells; they may be millions."""
    if sys.platform != "linux":
        return 0
    try:
        return int.from_bytes(
            fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4)), sys.byteorder
        )
    except OSError:
        return 0


def reset_on_close(transport: asyncio.Transport) -> None:
    """Let the end of the connection be an error for the peer, not an orderly end."""
    with contextlib.suppress(OSError):
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
