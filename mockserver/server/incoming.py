"""The body of one request: read as far as the door wants, and seen to where the door does not."""

from mockserver.door.requests import declared_bytes
from mockserver.server.asgi import Receive, Scope
from mockserver.server.connection import ClientConnection, ClientLeft

__all__ = ["Incoming"]


class Incoming:
    """A request's body on its way in.

    Args:
        scope: Of the request.
        receive: Gives the next piece.
        connection: Told when a piece is awaited.
        drained_bytes: What may be taken in only to be dropped.
    """

    def __init__(self, scope: Scope, receive: Receive, connection: ClientConnection, drained_bytes: int) -> None:
        self._headers = scope["headers"]
        self._receive = receive
        self._connection = connection
        self._drained_bytes = drained_bytes
        self._read_bytes = 0
        self._is_whole = False

    async def read(self, most: int) -> bytes:
        """The body, or its first `most` + 1 bytes if it is larger.

        Raises:
            ClientLeft: The client has gone before its end.
        """
        body = bytearray()
        while len(body) <= most and not self._is_whole:
            body += await self._next()
        return bytes(body[: most + 1])

    @property
    def is_open(self) -> bool:
        """May more of it come?"""
        if self._is_whole:
            return False
        headers = dict(self._headers)
        return b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"

    async def drain(self) -> bool:
        """Take in the rest, if it is small. False: more may come; the connection cannot be kept.

        Raises:
            ClientLeft: The client has gone before its end.
        """
        headers = dict(self._headers)
        most = self._drained_bytes + self._read_bytes
        if b"expect" in headers or (declared_bytes(headers.get(b"content-length", b"")) or 0) > most:
            return False
        while not self._is_whole and self._read_bytes <= most:
            await self._next()
        return self._is_whole

    async def _next(self) -> bytes:
        self._connection.await_body()
        message = await self._receive()
        self._connection.awaits_body = False
        if message["type"] == "http.disconnect":
            raise ClientLeft
        self._is_whole = not message.get("more_body", False)
        data: bytes = message.get("body", b"")
        self._read_bytes += len(data)
        return data
