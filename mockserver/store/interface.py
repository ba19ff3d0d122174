"""What every store does, wherever it keeps things; a state machine in the tests holds all to the same answers."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from mockserver.store.values import Document, History, IngestedItem, LoggedWarning, NewItems, NewWarning

__all__ = ["Arrivals", "LookOver", "Store", "Stores"]

# Finds what is odd in a batch, given what its session sent before. Pure, and called inside the transaction.
LookOver = Callable[[History], Sequence[NewWarning]]


class Arrivals(Protocol):
    """What ingestion brought to one sandbox, to be read in pages, in order of arrival.

    `kind` and `session_id` narrow it down; None leaves that filter out, and the limit as well.
    """

    def items(
        self, kind: str | None = None, session_id: str | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[IngestedItem]:
        """The accepted items, by batch and place in it."""

    def count_items(self, kind: str | None = None, session_id: str | None = None) -> int:
        """How many items the filters leave."""

    def warnings(
        self, kind: str | None = None, session_id: str | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[LoggedWarning]:
        """What the lint found, by batch and in the order in which it was told."""

    def count_warnings(self, kind: str | None = None, session_id: str | None = None) -> int:
        """How many warnings the filters leave."""


class Store(Arrivals, Protocol):
    """Everything that clients wrote to one sandbox. Each call happens as a whole or not at all.

    Documents have one writer, which takes turns by itself; batches may arrive in many threads, and all may read
    at any time.
    """

    @property
    def revision(self) -> int:
        """How often documents were written, earlier runs included."""

    def documents(self, kind: str) -> list[Document]:
        """Every document of a kind, deleted ones too, in the order in which they were first written."""

    def add_documents(self, kind: str, bodies: Sequence[tuple[str, dict[str, Any]]], now_ms: int) -> None:
        """Write new documents, given their ids and bodies; no document of the kind has such an id."""

    def put_document(self, kind: str, id_: str, body: dict[str, Any], now_ms: int, *, deleted: bool = False) -> None:
        """Write a document: a new one, or the next state of an old one."""

    def add_batch(
        self, kind: str, session_id: str, items: NewItems, received_at_ms: int, look_over: LookOver
    ) -> list[LoggedWarning]:
        """Keep what one batch brought, with what is odd about it; nothing if `look_over` fails.

        Args:
            items: The accepted items; may be none, and then only the batch is counted.

        Returns:
            What was found, in the order in which it was told.
        """

    def close(self) -> None:
        """Let go of what the store is kept in, together with all stores beside it; it is unusable afterwards."""


class Stores(Protocol):
    """The stores of all sandboxes of one emulator."""

    def store(self, sandbox: str, *, fresh: bool = False) -> Store:
        """What clients wrote to the sandbox of that name; nothing at first.

        Args:
            fresh: Begin with an empty one again. Nobody is given the old one any more; who has it may go on with it.
        """

    def drop(self, sandbox: str) -> None:
        """Forget a sandbox with all that was written to it."""

    def sweep(self) -> None:
        """Delete what nobody is given any more; takes as long as there is much of it."""

    def close(self) -> None:
        """Let go of what they are kept in; all of them are unusable afterwards."""
