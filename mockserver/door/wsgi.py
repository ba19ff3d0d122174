"""The door's driver without a socket: a WSGI application that blocks, for test clients and callers in this process."""

import time
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mockserver.door.steps import Body, Chunk, Compute, Cut, End, HasSteps, Head, Request, Steps, Wait

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["WsgiDriver"]

_READ_BYTES = 65536


class WsgiDriver:
    """Runs the door's steps one after the other, in the caller's thread.

    Raises:
        ConnectionResetError: The door cut the connection; there is none here.
        TimeoutError: A fault makes the client wait.
    """

    def __init__(self, door: HasSteps) -> None:
        self._door = door

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request. What is sent before the first part of a body is done when this returns."""
        parts = _parts(self._door.steps(_request(environ)), environ, start_response)
        # The head has to be known now, and the first part comes after it.
        first = next(parts, None)
        return () if first is None else _Rest(first, parts)


class _Rest:
    """The body of an answer whose first part was made already; closing it tells the door that the client left."""

    def __init__(self, first: bytes, rest: Iterator[bytes]) -> None:
        self._first: bytes | None = first
        self._rest = rest

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._first is None:
            return next(self._rest)
        first, self._first = self._first, None
        return first

    def close(self) -> None:
        """End early; nothing happens where the answer is whole."""
        close: Any = getattr(self._rest, "close", None)
        if close is not None:
            close()


def _parts(steps: Steps, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterator[bytes]:
    """The chunks of an answer. Each is held until the next step is known, so that the last one comes after the end."""
    answer: Any = None
    error: BaseException | None = None
    held = b""
    try:
        while True:
            try:
                step = steps.throw(error) if error else steps.send(answer)
            except StopIteration:
                break
            answer = error = None
            if held and not isinstance(step, End):
                yield held
                held = b""
            if isinstance(step, Compute):
                try:
                    answer = step.work()
                except Exception as raised:
                    error = raised
            elif isinstance(step, Chunk):
                held = step.data
            elif isinstance(step, Head):
                start_response(_status_line(step.status), [_text(*header) for header in step.headers])
            elif isinstance(step, Body):
                answer = _read(environ, step.most)
            elif isinstance(step, Wait):
                answer = _wait(step)
            elif isinstance(step, Cut):
                raise ConnectionResetError("the emulator cut the connection")
        if held:
            yield held
    finally:
        steps.close()


def _wait(step: Wait) -> bool:
    if step.is_delay:
        raise TimeoutError("the emulator answers late, as it was told to")
    if step.signal is None:
        time.sleep(step.seconds or 0)
        return False
    return step.signal.wait(step.seconds)


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"


def _text(name: bytes, value: bytes) -> tuple[str, str]:
    return name.decode("latin-1"), value.decode("latin-1")


def _read(environ: "WSGIEnvironment", most: int) -> bytes:
    """As much of the body as the door wants, and one byte more where there is more."""
    declared = environ.get("CONTENT_LENGTH") or ""
    # More digits than these are more than anybody reads, and Python converts no more than some thousands.
    is_said = declared.isascii() and declared.isdigit() and len(declared) < 20
    wanted = min(int(declared), most + 1) if is_said else most + 1
    if not declared and not environ.get("wsgi.input_terminated"):
        return b""
    parts: list[bytes] = []
    while wanted > 0 and (part := environ["wsgi.input"].read(min(wanted, _READ_BYTES))):
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)


def _request(environ: "WSGIEnvironment") -> Request:
    """The request, with its target as it was sent where the environment tells it."""
    target = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    path = target.partition("?")[0] if target else quote(environ.get("PATH_INFO", "").encode("latin-1"))
    client = (environ["REMOTE_ADDR"], int(environ.get("REMOTE_PORT") or 0)) if environ.get("REMOTE_ADDR") else None
    return Request(
        method=environ["REQUEST_METHOD"],
        path=path.encode("latin-1"),
        query=environ.get("QUERY_STRING", "").encode("latin-1"),
        headers=tuple(_headers(environ)),
        scheme=environ["wsgi.url_scheme"],
        http_version=environ.get("SERVER_PROTOCOL", "HTTP/1.1").partition("/")[2],
        client=client,
        server=(environ["SERVER_NAME"], int(environ["SERVER_PORT"])),
    )


def _headers(environ: "WSGIEnvironment") -> Iterator[tuple[bytes, bytes]]:
    for name, value in environ.items():
        if name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            named = name
        elif name.startswith("HTTP_"):
            named = name[5:]
        else:
            continue
        if value != "" or name.startswith("HTTP_"):
            yield named.replace("_", "-").lower().encode(), value.encode("latin-1", "replace")
    if environ.get("wsgi.input_terminated") and "HTTP_TRANSFER_ENCODING" not in environ:
        yield b"transfer-encoding", b"chunked"
