"""Faults of the way to the client and back: late, slow, cut off, or something else than HTTP."""

from collections.abc import Generator, Iterator
from http import HTTPStatus
from typing import Any

from mockserver.door.faults.kinds import SENT, Case, Played
from mockserver.door.refusals import Refusal
from mockserver.door.replies import Reply, encoded, refusal_reply
from mockserver.door.steps import Chunk, Compute, Cut, End, Step, Wait

__all__ = [
    "bad_gateway",
    "csv_cut",
    "drip",
    "error_in_200",
    "garbage",
    "hang",
    "latency",
    "link_expires",
    "reset",
    "status",
    "truncated",
    "whole",
    "with_body",
    "wrong_length",
]

Playing = Generator[Step, Any, Played]
# What a proxy says whose upstream is gone.
_GATEWAY_PAGE = b"""<html>
<head><title>502 Bad Gateway</title></head>
<body><h1>502 Bad Gateway</h1></body>
</html>
"""
_GARBAGE = bytes((number * 167 + 13) % 256 for number in range(512))
_DRIP_BYTES = 64


def latency(case: Case) -> Playing:
    """Answer as otherwise, but late."""
    yield Wait(case.knobs["seconds"], is_delay=True)
    return case.reply


def hang(case: Case) -> Playing:
    """Never answer."""
    yield Wait(None, is_delay=True)
    return case.reply


def reset(case: Case) -> Playing:
    """End the connection with an error."""
    case.entry.outcome = "cut"
    yield Cut("reset")
    return SENT


def garbage(case: Case) -> Playing:
    """Send bytes that are not HTTP."""
    case.entry.outcome = "cut"
    yield Cut("close", raw=_GARBAGE)
    return SENT


def status(case: Case) -> Playing:
    """Refuse, in the API's own envelope."""
    return case.finish(_refusal(case))
    yield


def bad_gateway(case: Case) -> Playing:
    """Answer as a proxy does whose upstream is gone: a page that is no JSON."""
    page = [encoded("Content-Type", "text/html"), encoded("Content-Length", str(len(_GATEWAY_PAGE)))]
    case.entry.cause = "injected"
    return case.finish(Reply(HTTPStatus.BAD_GATEWAY, page, _GATEWAY_PAGE))
    yield


def error_in_200(case: Case) -> Playing:
    """Refuse, in the API's own envelope, and say that all is well."""
    refused = case.finish(_refusal(case))
    return Reply(HTTPStatus.OK, refused.headers, refused.body)
    yield


def link_expires(case: Case) -> Playing:
    """Break a download off, and refuse who wants to go on with it."""
    if b"range" in case.asked.fields:
        return case.finish(_refusal(case))
    return (yield from truncated(case))


def csv_cut(case: Case) -> Playing:
    """End a table in the middle of a row, with a length that fits."""
    reply = yield from whole(case)
    body, told = _bytes(reply), dict(reply.headers).get(b"Content-Type", b"")
    if not told.startswith(b"text/csv") or body.count(b"\n") < 2:
        return reply
    last = body.rindex(b"\n", 0, -1)
    return with_body(reply, body[: (last + len(body)) // 2])


def truncated(case: Case) -> Playing:
    """Promise the whole body, send its first part, and end the connection."""
    reply = yield from whole(case)
    body = _bytes(reply)
    yield case.head(reply)
    part = body[: int(len(body) * case.knobs["share"])]
    if part:
        yield Chunk(part)
    case.entry.outcome, case.entry.answer_bytes = "cut", len(part)
    yield Cut("close")
    return SENT


def wrong_length(case: Case) -> Playing:
    """Send the whole body under a `Content-Length` that is more or less than it has, and end the connection."""
    reply = yield from whole(case)
    body = _bytes(reply)
    length = max(0, len(body) + case.knobs["by_bytes"])
    others = [(name, value) for name, value in reply.headers if name.lower() != b"content-length"]
    headers = [*others, encoded("Content-Length", str(length)), encoded("Connection", "close")]
    head = case.head(Reply(reply.status, headers, body))
    lines = b"".join(b"%s: %s\r\n" % header for header in head.headers)
    case.entry.outcome = "cut"
    yield Cut("close", raw=b"HTTP/1.1 %d %s\r\n" % (reply.status, _phrase(reply.status)) + lines + b"\r\n" + body)
    return SENT


def drip(case: Case) -> Playing:
    """Send the body a few bytes at a time."""
    reply = yield from whole(case)
    body, pause_s = _bytes(reply), case.knobs["seconds"]
    pieces = [body[start : start + _DRIP_BYTES] for start in range(0, len(body), _DRIP_BYTES)]
    yield case.head(reply)
    for piece in pieces:
        yield Chunk(piece)
        yield Wait(pause_s / len(pieces), is_delay=True)
    case.entry.outcome, case.entry.answer_bytes = "whole", len(body)
    yield End()
    return SENT


def whole(case: Case) -> Generator[Step, Any, Reply]:
    """What would have been answered, all of it at once; before the work, something that looks like it."""
    reply = case.reply
    if reply is None:
        body = b'{"status":"success","data":[],"metadata":{}}'
        head = [encoded("Content-Type", "application/json"), encoded("Content-Length", str(len(body)))]
        return case.finish(Reply(HTTPStatus.OK, head, body))
    if isinstance(reply.body, bytes):
        return reply
    parts = reply.body
    body = yield Compute(lambda: _joined(parts), long=True)
    return with_body(reply, body)


def with_body(reply: Reply, body: bytes) -> Reply:
    """The same answer with another body, and no tag that is not of it."""
    headers = [(name, value) for name, value in reply.headers if name.lower() not in (b"content-length", b"etag")]
    return Reply(reply.status, [*headers, encoded("Content-Length", str(len(body)))], body)


def _joined(parts: Iterator[bytes]) -> bytes:
    try:
        return b"".join(parts)
    finally:
        close: Any = getattr(parts, "close", lambda: None)
        close()


def _bytes(reply: Reply) -> bytes:
    return reply.body if isinstance(reply.body, bytes) else b""


def _phrase(code: int) -> bytes:
    return HTTPStatus(code).phrase.encode() if code in set(HTTPStatus) else b"Unknown"


def _refusal(case: Case) -> Reply:
    asked, knobs = case.asked, case.knobs
    case.entry.cause = "injected"
    least = asked.sandbox.settings.least_fidelity
    code = knobs["status"]
    method, said = asked.request.method, knobs["message"]
    refusal = Refusal(code, "injected", method, asked.path, message=said, least_fidelity=least)
    reply = refusal_reply(refusal, asked.api)
    after_s = knobs.get("retry_after")
    if after_s is not None:
        reply = Reply(reply.status, [*reply.headers, encoded("Retry-After", str(after_s))], reply.body)
    return reply
