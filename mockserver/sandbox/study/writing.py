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

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from mockserver.store import Store

__all__ = ["OvertakenError", "Writing", "attempt"]

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


class Writing:
    """The store of a study, written in turns.

    Attributes:
        revision: Grows with every turn, after what was written can be read: who reads it first, and then the
            rest, never takes an old state for a newer one.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self.revision = store.revision

    @contextmanager
    def turn(self) -> Iterator[Store]:
        """The store, to write to it, and then to replace what readers see; nobody else does so meanwhile.

        An exception leaves the revision as it was, so it must come before the store is written.
        """
        with self._lock:
            yield self._store
            self.revision += 1
