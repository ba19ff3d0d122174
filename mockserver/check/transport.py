"""Two ways to a server: a socket, and an application in this process. Both give an `Received`."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from flask import Flask

from mockserver.check.errors import CheckError
from mockserver.sandbox.settings import DEFAULT_PORT

__all__ = ["Received", "HttpTransport", "InProcessTransport", "Transport"]

_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Received:
    """What came back: status, headers with their names in lower case, and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """Asks a server; errors are answers too.

    Attributes:
        base_url: What stands before `/api/v3` in the addresses that people are shown.
    """

    base_url: str

    def ask(self, method: str, target: str, headers: Mapping[str, str]) -> Received:
        """Send one request without a body.

        Args:
            target: A path with its query, below `base_url`, or a whole URL, as recordings have.

        Raises:
            CheckError: Nobody answers.
        """
        ...


class HttpTransport:
    """A server at an address, over connections that are kept open.

    Args:
        url: Where it is; the `/api/v3` of a client's base URL may stand at the end.

    Raises:
        CheckError: That is no http or https address.
    """

    def __init__(self, url: str) -> None:
        self.base_url = url.rstrip("/").removesuffix("/api/v3")
        self._connections: dict[tuple[str, str], http.client.HTTPConnection] = {}
        self._connection(self.base_url)

    def ask(self, method: str, target: str, headers: Mapping[str, str]) -> Received:
        """Send one request; a connection that the server has closed meanwhile is opened again."""
        url = self.base_url + target if target.startswith("/") else target
        connection = self._connection(url)
        reused = connection.sock is not None
        try:
            return _exchange(connection, method, _path(url), headers)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            if not reused:
                raise self._unreachable(error) from None
        try:
            return _exchange(connection, method, _path(url), headers)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise self._unreachable(error) from None

    def close(self) -> None:
        """Close all connections; the next request opens them again."""
        for connection in self._connections.values():
            connection.close()

    def _connection(self, url: str) -> http.client.HTTPConnection:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host = None
        if not host or parts.scheme not in ("http", "https"):
            raise CheckError(f"{url!r} is no address of a server: expected http://HOST:PORT")
        make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        key = (parts.scheme, parts.netloc)
        if key not in self._connections:
            self._connections[key] = make(host, port, timeout=_TIMEOUT_S)
        return self._connections[key]

    def _unreachable(self, error: Exception) -> CheckError:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return CheckError(f"no server answers at {self.base_url}: {reason}")


class InProcessTransport:
    """An application of ours, asked without a socket.

    Addresses are shown as `mockserver` would serve them by default, so that they can be looked up with it.
    """

    def __init__(self, app: Flask) -> None:
        self.base_url = f"http://127.0.0.1:{DEFAULT_PORT}"
        self._client = app.test_client()

    def ask(self, method: str, target: str, headers: Mapping[str, str]) -> Received:
        """Send one request."""
        sent = {**headers, "Host": urlsplit(self.base_url).netloc}
        with self._client.open(_path(target), method=method, headers=sent) as response:
            names = {name.lower(): value for name, value in response.headers}
            return Received(response.status_code, names, response.data)


def _exchange(connection: http.client.HTTPConnection, method: str, path: str, headers: Mapping[str, str]) -> Received:
    connection.request(method, path, headers=dict(headers))
    response = connection.getresponse()
    body = response.read()
    return Received(response.status, {name.lower(): value for name, value in response.getheaders()}, body)


def _path(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(("", "", parts.path, parts.query, ""))
