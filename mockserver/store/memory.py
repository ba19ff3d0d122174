"""Stores in Python lists. Readers need no lock: a batch shows once its number is given out, all of it at once."""

import threading
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Generic, TypeVar

from mockserver.store.interface import LookOver, Store
from mockserver.store.values import Document, History, IngestedItem, LoggedWarning, NewItem, fingerprint

__all__ = ["MemoryStore", "MemoryStores"]

T = TypeVar("T", IngestedItem, LoggedWarning)


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
        self, kind: str, session_id: str, items: Sequence[NewItem], received_at_ms: int, look_over: LookOver
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
            in_place = sorted(items, key=lambda item: item.index)
            arrived = [IngestedItem(session_id, kind, batch, new.index, received_at_ms, new.text) for new in in_place]
            try:
                self._items.extend(kind, session_id, arrived)
                self._warnings.extend(kind, session_id, warnings)
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

    def history(self, items: Sequence[NewItem], content: str | None) -> History:
        """What was sent before a batch with these items, whose fingerprint is `content`."""
        seen = frozenset(ordinal for ordinal in _ordinals(items) if ordinal in self._ordinals)
        return History(self._highest, seen, None if content is None else self._latest.get(content))

    def add(self, batch: int, items: Sequence[NewItem], content: str | None) -> None:
        """Count a batch in."""
        ordinals = set(_ordinals(items))
        if ordinals:
            self._ordinals |= ordinals
            self._highest = max(ordinals) if self._highest is None else max(self._highest, *ordinals)
        if content is not None:
            self._latest[content] = batch


def _ordinals(items: Sequence[NewItem]) -> Iterator[int]:
    return (item.ordinal for item in items if item.ordinal is not None)


class _Filed(Generic[T]):
    """What batches brought, in order of arrival, filed under every filter that it may be asked for by.

    Readers name the last batch that counts; what is there beyond it, they do not see.
    """

    def __init__(self) -> None:
        self._lists: defaultdict[tuple[str | None, str | None], list[T]] = defaultdict(list)

    def extend(self, kind: str, session_id: str, added: Sequence[T]) -> None:
        for filters in _filters(kind, session_id):
            if added:
                self._lists[filters].extend(added)

    def forget_after(self, batch: int, kind: str, session_id: str) -> None:
        for filters in _filters(kind, session_id):
            del self._lists[filters][self.count(*filters, batch) :]

    def page(self, kind: str | None, session_id: str | None, limit: int | None, offset: int, batch: int) -> list[T]:
        there = self.count(kind, session_id, batch)
        stop = there if limit is None else min(offset + limit, there)
        return list(self._lists.get((kind, session_id), ())[offset:stop])

    def count(self, kind: str | None, session_id: str | None, batch: int) -> int:
        return bisect_right(self._lists.get((kind, session_id), ()), batch, key=lambda one: one.batch)


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
