"""Stores in Python lists. Readers need no lock: a batch shows once its number is given out, all of it at once."""

import threading
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from mockserver.store.interface import LookOver, Store
from mockserver.store.values import Document, History, IngestedItem, LoggedWarning, NewItems, fingerprint
from mockserver.words import exact_json

__all__ = ["MemoryStore", "MemoryStores"]

T = TypeVar("T", IngestedItem, LoggedWarning)
T_co = TypeVar("T_co", IngestedItem, LoggedWarning, covariant=True)


class MemoryStore:
    """What clients wrote to one sandbox; see `Store`."""

    def __init__(self) -> None:
        self.revision = 0
        self._documents: defaultdict[str, dict[str, Document]] = defaultdict(dict)
        self._arriving = threading.Lock()
        self._batches = 0
        self._sessions: dict[tuple[str, str], _Session] = {}
        self._items: _Filed[IngestedItem] = _Filed()
        self._warnings: _Filed[LoggedWarning] = _Filed()

    # --- documents -----------------------------------------------------------------------------

    def documents(self, kind: str) -> list[Document]:
        """See `Store`."""
        return list(self._documents[kind].values())

    def add_documents(self, kind: str, bodies: Sequence[tuple[str, dict[str, Any]]], now_ms: int) -> None:
        """See `Store`."""
        if bodies:
            self._documents[kind].update({id_: Document(kind, id_, body, now_ms, now_ms) for id_, body in bodies})
            self.revision += 1

    def put_document(self, kind: str, id_: str, body: dict[str, Any], now_ms: int, *, deleted: bool = False) -> None:
        """See `Store`."""
        before = self._documents[kind].get(id_) or Document(kind, id_, body, now_ms, now_ms)
        self._documents[kind][id_] = replace(before, body=body, updated_ms=now_ms, deleted=deleted)
        self.revision += 1

    # --- what was ingested ---------------------------------------------------------------------

    def add_batch(
        self, kind: str, session_id: str, items: NewItems, received_at_ms: int, look_over: LookOver
    ) -> list[LoggedWarning]:
        """See `Store`."""
        content = fingerprint(items)
        with self._arriving:
            batch = self._batches + 1
            session = self._sessions.get((kind, session_id)) or _Session()
            warnings = [
                LoggedWarning(session_id, kind, batch, told.rule, told.indexes, told.message, received_at_ms)
                for told in look_over(session.history(items, content))
            ]
            arrived = _Arrived(session_id, kind, batch, items.indexes, received_at_ms, items.texts)
            try:
                self._items.add(batch, kind, session_id, arrived)
                self._warnings.add(batch, kind, session_id, warnings)
                session.add(batch, items, content)
                self._sessions[kind, session_id] = session
            except BaseException:
                self._items.forget_after(self._batches, kind, session_id)
                self._warnings.forget_after(self._batches, kind, session_id)
                raise
            self._batches = batch
        return warnings

    def items(
        self, kind: str | None = None, session_id: str | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[IngestedItem]:
        """See `Arrivals`."""
        return self._items.page(kind, session_id, limit, offset, self._batches)

    def count_items(self, kind: str | None = None, session_id: str | None = None) -> int:
        """See `Arrivals`."""
        return self._items.count(kind, session_id, self._batches)

    def warnings(
        self, kind: str | None = None, session_id: str | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[LoggedWarning]:
        """See `Arrivals`."""
        return self._warnings.page(kind, session_id, limit, offset, self._batches)

    def count_warnings(self, kind: str | None = None, session_id: str | None = None) -> int:
        """See `Arrivals`."""
        return self._warnings.count(kind, session_id, self._batches)

    def close(self) -> None:
        """Nothing is held but memory."""


class _Session:
    """What one session sent of one kind."""

    def __init__(self) -> None:
        self._ordinals: set[int] = set()
        self._highest: int | None = None
        self._latest: dict[str, int] = {}

    def history(self, items: NewItems, content: str | None) -> History:
        """What was sent before a batch with these items, whose fingerprint is `content`."""
        return History(
            self._highest,
            frozenset(_ordinals(items) & self._ordinals),
            None if content is None else self._latest.get(content),
        )

    def add(self, batch: int, items: NewItems, content: str | None) -> None:
        """Count a batch in."""
        ordinals = _ordinals(items)
        if ordinals:
            self._ordinals |= ordinals
            self._highest = max(ordinals) if self._highest is None else max(self._highest, *ordinals)
        if content is not None:
            self._latest[content] = batch


def _ordinals(items: NewItems) -> set[int]:
    return {ordinal for ordinal in items.ordinals if ordinal is not None}


class _Part(Protocol[T_co]):
    """What one batch brought, in its order."""

    def __len__(self) -> int: ...

    def __getitem__(self, places: slice) -> Sequence[T_co]: ...


@dataclass(frozen=True, slots=True)
class _Arrived:
    """The items of one batch as they are kept: most of them nobody ever reads one by one."""

    session_id: str
    kind: str
    batch: int
    indexes: Sequence[int]
    received_at_ms: int
    texts: bytes

    def __len__(self) -> int:
        return len(self.indexes)

    def __getitem__(self, places: slice) -> list[IngestedItem]:
        return [
            IngestedItem(self.session_id, self.kind, self.batch, index, self.received_at_ms, text)
            for index, text in zip(self.indexes[places], exact_json.texts_of(self.texts)[places], strict=True)
        ]


class _Lane(Generic[T]):
    """What batches brought, by batch, in order of arrival."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        # How much there is up to the end of each of them.
        self.ends: list[int] = []
        self.parts: list[_Part[T]] = []

    def count(self, batch: int) -> int:
        """Up to the end of that batch."""
        place = bisect_right(self.batches, batch)
        return self.ends[place - 1] if place else 0

    def page(self, start: int, stop: int) -> list[T]:
        found: list[T] = []
        place = bisect_right(self.ends, start)
        while start + len(found) < stop:
            begin = self.ends[place - 1] if place else 0
            found += self.parts[place][max(0, start - begin) : stop - begin]
            place += 1
        return found


class _Filed(Generic[T]):
    """What batches brought, filed under every filter that it may be asked for by.

    Readers name the last batch that counts; what is there beyond it, they do not see.
    """

    def __init__(self) -> None:
        self._lanes: defaultdict[tuple[str | None, str | None], _Lane[T]] = defaultdict(_Lane)

    def add(self, batch: int, kind: str, session_id: str, part: _Part[T]) -> None:
        for filters in _filters(kind, session_id) if len(part) else ():
            lane = self._lanes[filters]
            lane.ends.append((lane.ends[-1] if lane.ends else 0) + len(part))
            lane.parts.append(part)
            lane.batches.append(batch)

    def forget_after(self, batch: int, kind: str, session_id: str) -> None:
        for filters in _filters(kind, session_id):
            lane = self._lanes[filters]
            whole = bisect_right(lane.batches, batch)
            del lane.batches[whole:], lane.parts[whole:], lane.ends[whole:]

    def page(self, kind: str | None, session_id: str | None, limit: int | None, offset: int, batch: int) -> list[T]:
        lane = self._lanes.get((kind, session_id))
        there = lane.count(batch) if lane else 0
        stop = there if limit is None else min(offset + limit, there)
        return lane.page(offset, stop) if lane else []

    def count(self, kind: str | None, session_id: str | None, batch: int) -> int:
        lane = self._lanes.get((kind, session_id))
        return lane.count(batch) if lane else 0


def _filters(kind: str, session_id: str) -> tuple[tuple[str | None, str | None], ...]:
    return (None, None), (kind, None), (None, session_id), (kind, session_id)


class MemoryStores:
    """The stores of sandboxes by name; see `Stores`."""

    def __init__(self) -> None:
        self._stores: dict[str, Store] = {}

    def store(self, sandbox: str, *, fresh: bool = False) -> Store:
        """See `Stores`."""
        if fresh or sandbox not in self._stores:
            self._stores[sandbox] = MemoryStore()
        return self._stores[sandbox]

    def drop(self, sandbox: str) -> None:
        """See `Stores`."""
        self._stores.pop(sandbox, None)

    def sweep(self) -> None:
        """Python does that."""

    def close(self) -> None:
        """See `Stores`."""
        self._stores.clear()
