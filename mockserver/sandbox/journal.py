"""The journal: what was asked of a sandbox and what it answered, the latest entries of it.

An entry is there before its client has the last byte. It keeps what passed as it passed; names and redaction are made
when somebody reads it, because most entries are never read.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, NamedTuple, Protocol

__all__ = ["MOST_BODY_BYTES", "Entry", "Journal", "Outcome", "RequestHead", "told_weight", "weight_of"]

Headers = Sequence[tuple[bytes, bytes]]
Outcome = Literal["open", "whole", "left", "cut", "failed"]

# Of a request's body, more than this is told by its size and its hash.
MOST_BODY_BYTES = 64 * 1024
# What an entry and each of its headers weigh beside their text: measured on CPython 3.11.
_ENTRY_BYTES = 700
_HEADER_BYTES = 130


class RequestHead(Protocol):
    """What a client sent before the body, as whoever read it has it. It does not change.

    Attributes:
        path: As it was sent, percent-encoded, a sandbox's prefix included.
        query: As it was sent, without the question mark.
        headers: Names in lower case, in order.
        client: Address and port of the peer; None where there was no socket.
        weight: In bytes, path, query and headers (`weight_of`).
    """

    method: str
    path: bytes
    query: bytes
    headers: Headers
    scheme: str
    http_version: str
    client: tuple[str, int] | None

    @property
    def weight(self) -> int: ...


@dataclass(slots=True)
class _NoRequest:
    """Stands where something happened that no client asked for."""

    method: str = ""
    path: bytes = b""
    query: bytes = b""
    headers: Headers = ()
    scheme: str = ""
    http_version: str = ""
    client: tuple[str, int] | None = None
    weight: int = 0


class FaultNote(NamedTuple):
    """A fault that fired in a request: its id, its name in the catalogue, and `before` or `after` the work."""

    id: str
    kind: str
    when: str


class Entry:
    """One request and its answer.

    Attributes:
        number: Counts the entries of the journal from 1.
        time_ms: The machine's time when the head was complete, ms since the epoch.
        clock_ms: The sandbox's now.
        token_ms: Now for credentials.
        revision: How often clients had changed the study.
        operation_id: None where no operation was found.
        body: The request's body; None where it was not read, is too large to be kept, or was dropped.
        body_bytes: Its size; None where the client sent one that nobody read to its end.
        body_sha256: Of the body, as far as it was read; None where there was none.
        cause: Why it was refused, a word for programs; None where it was not.
        message: The refusal's own sentence.
        key_name: The caller's API key by its name; None where there was none that is known.
        subject: The token's, once it was verified.
        session: The ingestion session that a batch is for; None where it was not read so far.
        unread: Parameters of the query that no operation reads.
        faults: What went wrong on purpose, in the order in which it did.
        internal: A bug of the emulator.
        preflight: A browser's question, not a client's request.
        status: Of the answer; 0 while there is none.
        headers: The answer's.
        answer: The answer's body; None where it was sent in parts, or was dropped.
        answer_bytes: How much of it was sent.
        answer_sha256: Of the whole body; None where it was not sent to its end.
        duration_ns: From the complete head to the last byte.
        note: None for a request; else what happened to the sandbox itself, and the head is empty.
        outcome: `open` while it goes on, `whole`, `left` (the client did), `cut` (by the emulator), `failed` (our bug).
        told_bytes: What is told of the answer weighs, without its body; None where nobody has counted.
        weight: What all of it weighs in its journal.
    """

    __slots__ = (
        "answer", "answer_bytes", "answer_sha256", "body", "body_bytes", "body_sha256", "cause", "clock_ms",
        "duration_ns", "faults", "head", "headers", "internal", "key_name", "message", "note", "number", "operation_id",
        "outcome", "preflight", "revision", "session", "status", "subject", "time_ms", "token_ms", "told_bytes",
        "unread", "weight",
    )  # fmt: skip

    def __init__(self, head: RequestHead, time_ms: int, clock_ms: int, token_ms: int, revision: int) -> None:
        self.head = head
        self.time_ms = time_ms
        self.clock_ms = clock_ms
        self.token_ms = token_ms
        self.revision = revision
        self.number = 0
        self.operation_id: str | None = None
        self.body: bytes | None = None
        self.body_bytes: int | None = 0
        self.body_sha256: str | None = None
        self.cause: str | None = None
        self.message: str | None = None
        self.key_name: str | None = None
        self.subject: str | None = None
        self.session: str | None = None
        self.unread: tuple[str, ...] = ()
        self.faults: tuple[FaultNote, ...] = ()
        self.internal = False
        self.preflight = False
        self.status = 0
        self.headers: Headers = ()
        self.answer: bytes | None = None
        self.answer_bytes = 0
        self.answer_sha256: str | None = None
        self.note: str | None = None
        self.duration_ns = 0
        self.outcome: Outcome = "open"
        self.told_bytes: int | None = None
        self.weight = _ENTRY_BYTES + head.weight

    @property
    def bodies_weight(self) -> int:
        """What the two bodies weigh."""
        return len(self.body or b"") + len(self.answer or b"")


def told_weight(unread: Sequence[str], message: str | None, headers: Headers) -> int:
    """What is told of an answer weighs in a journal, without its body, in bytes."""
    return sum(map(len, unread)) + len(message or "") + weight_of(headers)


def weight_of(headers: Headers) -> int:
    """What headers weigh in a journal, in bytes."""
    return len(headers) * _HEADER_BYTES + sum(map(len, chain.from_iterable(headers)))


class Journal:
    """The latest entries of a sandbox; safe between threads. A full one drops old bodies, then old entries.

    Args:
        most_entries: How many it holds, at least 1.
        most_bytes: What they may weigh together, bodies included.
        announce: Is told of each entry once it is closed.
    """

    def __init__(
        self, most_entries: int, most_bytes: int, announce: Callable[[Entry], None] = lambda entry: None
    ) -> None:
        self.most_entries = most_entries
        self.most_bytes = most_bytes
        self._announce = announce
        self._entries: deque[Entry] = deque()
        # Closed entries that still have a body, by number, in the order in which they were closed.
        self._with_bodies: dict[int, Entry] = {}
        self._bytes = 0
        self._numbered = 0
        self._evicted = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """The entries that are there now, oldest first."""
        with self._lock:
            return iter(list(self._entries))

    @property
    def evicted(self) -> int:
        """How many entries were dropped because the journal was full."""
        return self._evicted

    @property
    def weight(self) -> int:
        """What the entries weigh together, in bytes."""
        return self._bytes

    def open(self, entry: Entry) -> None:
        """Write an entry down, with the next number."""
        with self._lock:
            self._numbered += 1
            entry.number = self._numbered
            self._entries.append(entry)
            self._bytes += entry.weight
            if self._bytes > self.most_bytes or len(self._entries) > self.most_entries:
                self._evict()

    def close(self, entry: Entry) -> None:
        """Nothing more will happen to an entry; its bodies count from now on."""
        bodies = entry.bodies_weight
        if entry.told_bytes is None:
            entry.told_bytes = told_weight(entry.unread, entry.message, entry.headers)
        added = bodies + entry.told_bytes
        with self._lock:
            if self._is_here(entry):
                entry.weight += added
                self._bytes += added
                if bodies:
                    self._with_bodies[entry.number] = entry
                if self._bytes > self.most_bytes:
                    self._evict()
        self._announce(entry)

    def note(self, text: str, time_ms: int, clock_ms: int) -> None:
        """Write down what happened to the sandbox itself, between the requests before and after it.

        Args:
            time_ms: The machine's time, ms since the epoch.
            clock_ms: The sandbox's now.
        """
        entry = Entry(_NoRequest(), time_ms, clock_ms, time_ms, 0)
        entry.note, entry.outcome = text, "whole"
        self.open(entry)

    def _is_here(self, entry: Entry) -> bool:
        return entry.number > self._numbered - len(self._entries)

    def _evict(self) -> None:
        """Bodies first: that something was asked is worth more than what it weighed."""
        while self._bytes > self.most_bytes and self._with_bodies:
            oldest = self._with_bodies.pop(next(iter(self._with_bodies)))
            bodies = oldest.bodies_weight
            self._bytes -= bodies
            oldest.weight -= bodies
            oldest.body = oldest.answer = None
        while self._entries and (len(self._entries) > self.most_entries or self._bytes > self.most_bytes):
            dropped = self._entries.popleft()
            self._with_bodies.pop(dropped.number, None)
            self._bytes -= dropped.weight
            self._evicted += 1
