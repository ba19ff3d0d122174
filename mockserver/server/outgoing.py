"""The answer to one request on its way out, through Uvicorn or past it.

Head and chunk are held until the next step is known. So the last of them leaves together with the end, and whatever
the door does before it yields `End` is done before the client has the last byte.
"""

from mockserver.door.steps import Head
from mockserver.server.asgi import Scope, Send
from mockserver.server.connection import ClientConnection, ClientLeft
from mockserver.server.incoming import Incoming
from mockserver.server.wire import CLOSE, WHOLE_BYTES, raw_head

__all__ = ["Outgoing"]

_PIECE_BYTES = 256 * 1024
_CRASHED = b"The emulator failed; see its log.\n"


class Outgoing:
    """An answer's head and chunks.

    Args:
        scope: Of the request.
        send: Sends to the library.
        connection: Asked for room, and for ways past the library.
        incoming: The request's body, which is seen to before a head is sent.

    Attributes:
        is_over: The answer is complete, or the connection at its end.
    """

    def __init__(self, scope: Scope, send: Send, connection: ClientConnection, incoming: Incoming) -> None:
        self._scope = scope
        self._send = send
        self._connection = connection
        self._incoming = incoming
        self._head: Head | None = None
        self._chunk = b""
        self._has_begun = False
        self._ends_by_close = False
        self.is_over = False

    def take_head(self, head: Head) -> None:
        """Hold a head.

        Raises:
            RuntimeError: There was one before.
        """
        if self._head or self._has_begun:
            raise RuntimeError("a second head")
        self._head = head

    async def take_chunk(self, data: bytes) -> None:
        """Hold a chunk; the one before it leaves.

        Raises:
            ClientLeft: Nobody reads it.
        """
        if self._chunk:
            await self.flush()
        self._chunk = data

    async def flush(self) -> None:
        """Send what is held, and wait until there is room for more.

        Raises:
            ClientLeft: Nobody reads it.
        """
        if self._head or self._chunk:
            await self._send_held(is_last=False)
            await self._connection.until_room()

    async def end(self) -> None:
        """Send what is held, and the end.

        Raises:
            ClientLeft: Nobody reads it.
            RuntimeError: There was no head.
        """
        if not self._head and not self._has_begun:
            raise RuntimeError("an end without a head")
        await self._send_held(is_last=True)
        if self._connection.is_lost and not self._ends_by_close:
            raise ClientLeft
        self.is_over = True
        self._connection.end()

    async def cut(self, *, raw: bytes, with_reset: bool) -> None:
        """Send what is held, then bytes past HTTP, and end the connection; returns when it is lost."""
        self._connection.has_unread_body = self._incoming.is_open
        await self.flush()
        self._connection.raw(raw)
        if with_reset:
            await self._connection.reset()
        else:
            self._connection.close()
        await self._connection.until_lost()
        self.is_over = True

    async def end_after_bug(self) -> None:
        """Say so if nothing was said yet; else let the client notice that something is missing."""
        self._connection.has_unread_body = self._incoming.is_open
        if self._has_begun:
            self._connection.close()
            return
        length = (b"content-length", str(len(_CRASHED)).encode())
        plain = (b"content-type", b"text/plain; charset=utf-8")
        self._head = Head(500, (plain, length, *self._connection.headers_for_page(), CLOSE))
        self._chunk = b"" if self._scope["method"] == "HEAD" else _CRASHED
        await self.end()

    async def _send_held(self, *, is_last: bool) -> None:
        head, self._head = self._head, None
        chunk, self._chunk = self._chunk, b""
        if head and self._incoming.is_open and not self._connection.has_unread_body:
            head = await self._settle_body(head)
        if len(chunk) > WHOLE_BYTES:
            await self._send_pieces(head, chunk, is_last=is_last)
            return
        self._connection.hold()
        try:
            await self._send_now(head, chunk, is_last=is_last)
        finally:
            self._connection.release()

    async def _settle_body(self, head: Head) -> Head:
        """A client whose connection is closed while it still sends may lose the answer, so it is told and heard out."""
        if await self._incoming.drain():
            return head
        self._connection.has_unread_body = True
        return Head(head.status, [*head.headers, CLOSE])

    async def _send_pieces(self, head: Head | None, chunk: bytes, *, is_last: bool) -> None:
        await self._send_now(head, b"", is_last=False)
        view = memoryview(chunk)
        for start in range(0, len(chunk), _PIECE_BYTES):
            await self._connection.until_room()
            piece = bytes(view[start : start + _PIECE_BYTES])
            await self._send_now(None, piece, is_last=is_last and start + _PIECE_BYTES >= len(chunk))

    async def _send_now(self, head: Head | None, data: bytes, *, is_last: bool) -> None:
        if head:
            self._has_begun = True
            self._ends_by_close = self._scope["http_version"] == "1.0" and self._has_no_length(head)
        if self._ends_by_close:
            await self._send_past_library(head, data, is_last=is_last)
            return
        if head:
            await self._send({"type": "http.response.start", "status": head.status, "headers": head.headers})
        if data or is_last:
            await self._send({"type": "http.response.body", "body": data, "more_body": not is_last})

    def _has_no_length(self, head: Head) -> bool:
        """HTTP/1.0 knows no chunks, which the library would send it; there the connection's end is the body's."""
        has_body = self._scope["method"] != "HEAD" and head.status not in (204, 304)
        return has_body and all(name.lower() != b"content-length" for name, _ in head.headers)

    async def _send_past_library(self, head: Head | None, data: bytes, *, is_last: bool) -> None:
        self._connection.raw((raw_head(head) if head else b"") + data)
        if is_last:
            self._connection.close()
            await self._connection.until_lost()
