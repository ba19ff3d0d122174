"""How a study is written, by many requests at once.

Whoever changes something reads how it is now, works out the change for as long as that takes, and hands it over.
Where somebody else's change came in between, it is worked out again from what there is then:

    def change() -> Kept:
        kept = study.personas.get(persona_id)
        ...
        return study.personas.replace(kept, body, now_ms)

    kept = attempt(change)

So the one lock is held while writing and never while thinking, and readers need none: what they read is immutable,
behind references that only a writer replaces.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from mockserver.store import Store
from mockserver.words import exact_json

__all__ = ["OvertakenError", "Turn", "Writing", "attempt"]

T = TypeVar("T")


class OvertakenError(Exception):
    """Somebody else changed what a change was worked out from; nothing was written."""


def attempt(change: Callable[[], T]) -> T:
    """Make a change, again for as long as others come in between.

    It ends, since each time somebody else's change was made.
    """
    while True:
        try:
            return change()
        except OvertakenError:
            continue


class Turn:
    """One turn of writing. Whatever is written is also added to a fingerprint.

    Attributes:
        fingerprint: Equal where the same documents were written in the same order.
    """

    def __init__(self, store: Store, fingerprint: bytes) -> None:
        self._store = store
        self.fingerprint = fingerprint

    def add_documents(self, kind: str, bodies: Sequence[tuple[str, dict[str, Any]]], now_ms: int) -> None:
        """Write new documents; see `Store.add_documents`."""
        self._store.add_documents(kind, bodies, now_ms)
        for id_, body in bodies:
            self.count(kind, id_, body, now_ms)

    def put_document(self, kind: str, id_: str, body: dict[str, Any], now_ms: int, *, deleted: bool = False) -> None:
        """Write a document; see `Store.put_document`."""
        self._store.put_document(kind, id_, body, now_ms, deleted=deleted)
        self.count(kind, id_, body, now_ms, deleted=deleted)

    def count(self, kind: str, id_: str, body: dict[str, Any], now_ms: int, *, deleted: bool = False) -> None:
        """Add what was written to the fingerprint."""
        written = exact_json.dumps_any([kind, id_, body, now_ms, deleted])
        self.fingerprint = hashlib.blake2b(self.fingerprint + written, digest_size=12).digest()


class Writing:
    """The store of a study, written in turns.

    Attributes:
        revision: Grows with every turn, after what was written can be read: who reads it first, and then the
            rest, never takes an old state for a newer one.
        fingerprint: Of all that was written; empty where nothing was.

    Args:
        kinds: Of all documents that there can be.
    """

    def __init__(self, store: Store, kinds: Sequence[str]) -> None:
        self._store = store
        self._lock = threading.Lock()
        self.revision = store.revision
        earlier = Turn(store, b"")
        for kind in kinds:
            for document in store.documents(kind):
                earlier.count(kind, document.id, document.body, document.updated_ms, deleted=document.deleted)
        self.fingerprint = earlier.fingerprint

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """Write to the store, and then replace what readers see; nobody else does so meanwhile.

        An exception leaves the revision as it was, so it must come before the store is written.
        """
        with self._lock:
            turn = Turn(self._store, self.fingerprint)
            yield turn
            self.fingerprint = turn.fingerprint
            self.revision += 1
