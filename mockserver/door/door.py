"""The door: one way in for every request, whoever drives it. Its order stands in `Door.steps` and nowhere else:

    sandbox -> journal opens -> stranger, host, origin -> kept answer -> operation -> body -> view -> journal closes

The journal closes with the last byte, or with the client's leaving. What answers is one step among them (`Compute`).
"""

import hashlib
import logging
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from mockserver.door.apis import Api, api_of
from mockserver.door.asked import Asked
from mockserver.door.choice import ChosenSandbox, Problem, choose
from mockserver.door.compression import compressed
from mockserver.door.entrance import Entrance, is_host
from mockserver.door.fingerprints import sha256
from mockserver.door.kept import KeptAnswer, KeptAnswers, Key
from mockserver.door.operations import Operation
from mockserver.door.origins import (
    RefusedOrigins,
    cross_origin_headers,
    is_allowed,
    is_preflight,
    options_reply,
    readable_by,
)
from mockserver.door.query import meant_by, read_query
from mockserver.door.refusals import Refusal
from mockserver.door.replies import Headers, Reply, encoded, refusal_reply
from mockserver.door.requests import decoded
from mockserver.door.routes import Routes
from mockserver.door.steps import Body, Chunk, Compute, Cut, End, Head, Request, Step, Steps
from mockserver.door.validators import NO_STORE, asks_for_any, is_current, not_modified, tag_of
from mockserver.door.welcome import welcome
from mockserver.sandbox.clock import passed_ns, wall_ms
from mockserver.sandbox.journal import MOST_BODY_BYTES, Entry
from mockserver.sandbox.sandboxes import Sandboxes
from mockserver.words.version import VERSION

__all__ = ["Door", "Views"]

# A body beyond this takes long enough that short work should not wait behind it.
_LONG_BODY_BYTES = 256 * 1024
_KEPT_BYTES = 8 * 1024 * 1024
_VERSION = encoded("X-Mock-Version", VERSION)
_log = logging.getLogger("mockserver")


class Views(Protocol):
    """Runs the operation of a request."""

    def __call__(self, asked: Asked) -> Reply:
        """The answer, errors and our own bugs included: nothing is raised."""
        ...


class Door:
    """Answers requests, as steps for a driver.

    Args:
        sandboxes: All that a request can meet.
        apis: What is served.
        routes: Which operation a path names.
        views: Who answers.
        entrance: How the server is reached.
        compress: Text is sent compressed to who accepts it.
    """

    def __init__(
        self,
        sandboxes: Sandboxes,
        apis: Sequence[Api],
        routes: Routes,
        views: Views,
        entrance: Entrance,
        *,
        compress: bool = False,
    ) -> None:
        self._sandboxes = sandboxes
        self._entrance = entrance
        self._apis = apis
        self._routes = routes
        self._views = views
        self._kept = KeptAnswers(_KEPT_BYTES)
        self._refused_origins = RefusedOrigins()
        self._compress = compress
        self._key_fields = (*_key_fields(apis), *([b"accept-encoding"] if compress else []))

    def steps(self, request: Request) -> Steps:
        """Answer one request."""
        started_ns = passed_ns()
        fields = request.fields
        choice = choose(request.path, fields, self._sandboxes)
        asked = self._asked(request, fields, choice)
        entry = _opened(asked)
        if b"origin" in fields:
            self._tell_refused_origin(asked)
        try:
            reply = yield from self._reply(asked, choice, entry)
            entry.status, entry.headers = reply.status, reply.headers
            yield Head(reply.status, reply.headers)
            yield from _sent(reply, entry)
        except GeneratorExit:
            entry.outcome, entry.answer_sha256 = "left", None
            raise
        except BaseException:
            entry.outcome, entry.internal = "failed", True
            raise
        finally:
            entry.duration_ns = passed_ns() - started_ns
            if entry.number:
                asked.sandbox.journal.close(entry)

    def readable_by(self, origin: bytes) -> Headers:
        """What lets a page read an answer that the server gives without a whole request, so for no sandbox."""
        return readable_by(origin.decode("latin-1"), self._sandboxes.allowed_origins())

    def _asked(self, request: Request, fields: Any, choice: ChosenSandbox) -> Asked:
        path, sandbox = decoded(choice.path), choice.sandbox
        # The number of changes before the world: an answer may be newer than its key says, and never older.
        revision, fingerprint = sandbox.study.revision, sandbox.study.fingerprint
        api = api_of(path, self._apis)
        now_ms, origins = sandbox.clock.now_ms(), self._origins(request, choice)
        return Asked(
            request, fields, self._entrance, sandbox, now_ms, revision, fingerprint, choice.prefix, path, api, origins
        )  # fmt: skip

    def _origins(self, request: Request, choice: ChosenSandbox) -> Collection[str]:
        """A preflight has no headers of its page's choice, so without a prefix it may be for any sandbox."""
        if request.method == "OPTIONS" and not choice.prefix:
            return self._sandboxes.allowed_origins()
        return choice.sandbox.settings.allowed_origins

    def _tell_refused_origin(self, asked: Asked) -> None:
        """A page from elsewhere learns nothing of why; whoever runs the server does. Its own pages need no leave."""
        origin = asked.header(b"origin")
        if is_allowed(origin, asked.allowed_origins):
            return
        if not self._entrance.is_own_origin(origin, asked.request, asked.fields):
            self._refused_origins.tell(origin, asked.allowed_origins)

    def _reply(self, asked: Asked, choice: ChosenSandbox, entry: Entry) -> Generator[Step, Any, Reply]:
        """What is answered, ready to be sent."""
        bad_host = _bad_host(asked)
        if bad_host is None and is_preflight(asked):
            return self._permitted(asked, entry)
        problem = self._strange(asked) or choice.problem or bad_host or _upgrade(asked)
        if problem is not None:
            status, cause, message = problem
            return _refused(asked, entry, Refusal(status, cause, asked.request.method, asked.path, message=message))
        key = self._key(asked)
        kept = self._kept.find(key) if key else None
        if kept is not None:
            kept.tell(entry)
            _tell_unread(asked, entry)
            if not is_current(asked, kept.tag) and not (kept.reply.status == 200 and asks_for_any(asked)):
                return kept.reply
            entry.answer_sha256 = entry.told_bytes = None
            return not_modified(kept.reply, kept.tag)
        return (yield from self._made(asked, entry, key))

    def _strange(self, asked: Asked) -> Problem | None:
        """Whom an API does not let in at all, whatever they ask for. A preflight changes nothing and tells nothing."""
        guard = asked.api.guard if asked.api else None
        if guard is None or asked.request.method == "OPTIONS":
            return None
        said = guard(asked, self._sandboxes.default)
        return (403, "stranger", said) if said else None

    def _made(self, asked: Asked, entry: Entry, key: Key | None) -> Generator[Step, Any, Reply]:
        """An answer that nobody has kept."""
        found = self._found(asked, asked.request.method)
        if found is None:
            return self._unrouted(asked, entry)
        asked.operation, asked.names = found
        entry.operation_id = asked.operation.id
        declared = asked.operation.names_shown(asked.sandbox.settings.least_fidelity)
        asked.query = read_query(asked.request.query, declared)
        entry.unread = asked.query.unread
        _tell_unread(asked, entry)
        tag = tag_of(asked, self._read(asked)) if asked.operation.kept else b""
        if tag and key is not None and is_current(asked, tag):
            return _finished(asked, not_modified(Reply(304, (), b""), tag), tag)
        if asked.has_body:
            asked.body = yield from _body(asked)
        long = asked.operation.is_long(asked.sandbox.world, asked.names) or _is_long(asked)
        reply: Reply = yield Compute(partial(self._worked, asked, entry, tag), long)
        # A view whose answer does not depend on the world has a tag of its own.
        told = next((value for name, value in reply.headers if name == b"ETag"), b"")
        if tag and key is not None and _may_be_kept(asked, reply):
            self._kept.keep(key, KeptAnswer.of(reply, told or tag, entry))
        has_it = reply.status == 200 and told and (is_current(asked, told) or asks_for_any(asked))
        return not_modified(reply, told) if has_it else reply

    def _found(self, asked: Asked, method: str) -> tuple[Operation, Mapping[str, str]] | None:
        """The operation of a method at the path, unless the sandbox hides it."""
        found = self._routes.find(method, asked.path)
        if found is None or asked.api is None or not asked.api.emulated:
            return found
        return found if found[0].is_shown(asked.sandbox.settings.least_fidelity) else None

    def _allowed(self, asked: Asked) -> list[str]:
        """The methods that the path knows, of operations that are not hidden; empty for an unknown one."""
        if asked.path == "/":
            return ["GET", "HEAD"]
        allowed = self._routes.allowed(asked.path)
        shown = {method for method in allowed if self._found(asked, method)}
        return [method for method in allowed if method in shown or (shown and method == "OPTIONS")]

    def _worked(self, asked: Asked, entry: Entry, tag: bytes) -> Reply:
        """Run the view, and write down what it was told and what it did; this is done in a worker."""
        _tell_body(asked, entry)
        reply = self._views(asked)
        if self._compress:
            reply = compressed(reply, asked.fields.get(b"accept-encoding", b""))
        _tell_remarks(asked, entry)
        if isinstance(reply.body, bytes):
            entry.answer_sha256 = sha256(reply.body)
        return _finished(asked, reply, tag if reply.status == 200 else b"")

    def _unrouted(self, asked: Asked, entry: Entry) -> Reply:
        """No operation is there: the bare address, OPTIONS, a wrong method, or an unknown path."""
        method, allowed = asked.request.method, self._allowed(asked)
        if asked.path == "/" and method in allowed:
            return _finished(asked, welcome(asked))
        if allowed and method == "OPTIONS":
            return self._permitted(asked, entry)
        if allowed:
            return _refused(asked, entry, Refusal(405, "wrong_method", method, asked.path, allow=allowed))
        return _refused(asked, entry, Refusal(404, "unknown_route", method, asked.path))

    def _permitted(self, asked: Asked, entry: Entry) -> Reply:
        """The answer to OPTIONS. A preflight is told nothing else, whatever the request itself will be told."""
        entry.preflight = True
        return _finished(asked, options_reply(self._allowed(asked)))

    def _key(self, asked: Asked) -> Key | None:
        """What a kept answer depends on; None where none may be used."""
        sandbox, request = asked.sandbox, asked.request
        if request.method not in ("GET", "HEAD") or sandbox.settings.rate_limits or sandbox.clock.speed:
            return None
        # What a view never reads, the journal keeps all the same.
        if asked.has_body and asked.declared_bytes != 0:
            return None
        target = request.method, request.path, request.query
        return sandbox.number, sandbox.keys.revision, asked.revision, asked.now_ms, target, self._read(asked)

    def _read(self, asked: Asked) -> tuple[object, ...]:
        """What an answer that is kept may depend on: headers, and where the client says that it reaches the server."""
        place = self._entrance.key(asked.request, asked.fields)
        return place, *map(asked.fields.get, self._key_fields)


# --- opening and closing ------------------------------------------------------------------------


def _opened(asked: Asked) -> Entry:
    """An entry of the journal, written down if the request is to an emulated API."""
    time_ms, clock = wall_ms(), asked.sandbox.clock
    entry = Entry(asked.request, time_ms, asked.now_ms, time_ms + clock.advanced_ms, asked.revision)
    if asked.api is not None and asked.api.emulated:
        asked.sandbox.journal.open(entry)
    return entry


def _may_be_kept(asked: Asked, reply: Reply) -> bool:
    """A view's own answer, all of it at once. What came about without a view depends on who knows what."""
    return isinstance(reply.body, bytes) and reply.status < 429 and asked.remarks.cause not in ("http_error", "crash")


def _tell_body(asked: Asked, entry: Entry) -> None:
    body = asked.body
    entry.body_bytes = None if asked.body_is_too_large else len(body)
    if body:
        entry.body_sha256 = sha256(body)
        entry.body = body if len(body) <= MOST_BODY_BYTES else None


def _tell_remarks(asked: Asked, entry: Entry) -> None:
    remarks = asked.remarks
    entry.cause, entry.message = remarks.cause, remarks.message
    entry.key_name, entry.subject, entry.session = remarks.key_name, remarks.subject, remarks.session
    entry.internal = remarks.internal


def _tell_unread(asked: Asked, entry: Entry) -> None:
    """Tell the developer of parameters that nobody reads; an answer that was kept tells it again."""
    # The emulator's own API refuses them, and is not journalled.
    if not entry.unread or not entry.number or entry.operation_id is None:
        return
    operation_id, least = entry.operation_id, asked.sandbox.settings.least_fidelity
    declared = asked.operation.names_shown(least) if asked.operation else ()
    for name in entry.unread:
        explain = partial(_unread, operation_id, name, declared)
        asked.sandbox.lint.tell(operation_id, "unread_parameter", name, explain, entry.token_ms)


def _unread(operation_id: str, name: str, declared: Collection[str]) -> str:
    meant = meant_by(name, declared)
    did_you_mean = f": did you mean {meant}?" if meant else ""
    return f"{operation_id} does not read the parameter {name[:60]!r}{did_you_mean}"


# --- refusing -----------------------------------------------------------------------------------


def _bad_host(asked: Asked) -> Problem | None:
    """HTTP/1.1 wants exactly one `Host`, and one that can be a host (RFC 9112, 3.2)."""
    host = asked.fields.get(b"host")
    if host is None and asked.request.http_version == "1.1":
        return 400, "bad_host", "The request has no Host header; send the name and port that this server is called by."
    if host is not None and b"," in host:
        return 400, "bad_host", "The request has more than one Host header; send one."
    if host and not is_host(host.decode("latin-1")):
        said = "The request's Host header is not valid; send the name and port that this server is called by."
        return 400, "bad_host", said
    return None


def _upgrade(asked: Asked) -> Problem | None:
    """Other upgrades may be ignored (RFC 9110, 7.8); but who wants a websocket is waiting for one."""
    wanted = asked.fields.get(b"upgrade", b"").lower().split(b",")
    # A protocol may have a version: `websocket/13`.
    if all(name.strip().partition(b"/")[0] != b"websocket" for name in wanted):
        return None
    said = "There are no websockets here: ask over HTTP, again and again where something may change."
    return 400, "no_websockets", said


def _refused(asked: Asked, entry: Entry, refusal: Refusal) -> Reply:
    entry.cause, entry.message = refusal.cause, refusal.message or None
    refusal = replace(refusal, least_fidelity=asked.sandbox.settings.least_fidelity)
    return _finished(asked, refusal_reply(refusal, asked.api))


# --- sending ------------------------------------------------------------------------------------


def _body(asked: Asked) -> Generator[Step, Any, bytes]:
    """The request's body. One that is said to be too large is not even read: the view refuses it, in its own order."""
    most = asked.sandbox.settings.max_body_bytes
    if (asked.declared_bytes or 0) > most:
        return b""
    body: bytes = yield Body(most)
    return body


def _is_long(asked: Asked) -> bool:
    """May its body take long to be read? How large a compressed one is nobody knows before."""
    return len(asked.body) > _LONG_BODY_BYTES or bool(asked.body and asked.fields.get(b"content-encoding"))


def _finished(asked: Asked, reply: Reply, tag: bytes = b"") -> Reply:
    """An answer with what every answer carries.

    Args:
        tag: Of what it depends on, where a client may ask whether that is still the same.
    """
    headers = [*reply.headers, _VERSION, *_limit_headers(asked), *cross_origin_headers(asked, reply)]
    if not any(name == b"ETag" for name, _ in headers):
        headers.append((b"ETag", tag) if tag else NO_STORE)
    return Reply(reply.status, headers, reply.body)


def _limit_headers(asked: Asked) -> Headers:
    """How far the client has used up its window, where a limit was counted (inferred)."""
    count = asked.remarks.rate_count
    if count is None:
        return ()
    return (
        encoded("X-RateLimit-Limit", str(count.limit.most)),
        encoded("X-RateLimit-Remaining", str(count.left)),
        encoded("X-RateLimit-Reset", str(-(-count.reset_ms // 1000))),
    )


def _sent(reply: Reply, entry: Entry) -> Steps:
    """Send a body, and write down how far it came."""
    if isinstance(reply.body, bytes):
        entry.answer_sha256 = entry.answer_sha256 or sha256(reply.body)
        if reply.body:
            entry.answer = reply.body
            yield Chunk(reply.body)
            entry.answer_bytes = len(reply.body)
    elif not (yield from _streamed(reply, reply.body, entry)):
        entry.outcome, entry.internal = "cut", True
        yield Cut("reset")
        return
    entry.outcome = "whole"
    yield End()


def _streamed(reply: Reply, parts: Iterator[bytes], entry: Entry) -> Generator[Step, Any, bool]:
    """Send a body part by part, each made when there is room for it. Is it whole?

    An answer that has begun cannot become an error any more, so our own bug ends the connection.
    """
    digest = hashlib.sha256()
    most = next((int(value) for name, value in reply.headers if name.lower() == b"content-length"), None)

    def following() -> bytes | None:
        part = next(parts, None)
        digest.update(part or b"")
        return part

    try:
        while (part := (yield Compute(following, long=True))) is not None:
            if part:
                yield Chunk(part)
                entry.answer_bytes += len(part)
            # To ask for more would send this part first, and the entry has to be closed before the last byte leaves.
            if entry.answer_bytes == most:
                break
    except Exception:
        _log.exception("bug in mockserver while streaming %s", entry.operation_id)
        return False
    finally:
        close: Callable[[], None] = getattr(parts, "close", lambda: None)
        close()
    entry.answer_sha256 = digest.hexdigest()
    return True


def _key_fields(apis: Sequence[Api]) -> tuple[bytes, ...]:
    """Every header that the door or a view of an operation with kept answers reads."""
    read = {"Host", "Origin"}
    for api in apis:
        read |= set(api.headers)
        read |= {header.name for operation in api.operations if operation.kept for header in operation.headers}
    return tuple(sorted(name.lower().encode() for name in read))
