"""What goes into a store and comes out of it. Times are in ms since the epoch."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Document", "History", "IngestedItem", "LoggedWarning", "NewItems", "NewWarning", "fingerprint"]


@dataclass(frozen=True, slots=True)
class Document:
    """One JSON object that a client created, changed or deleted, as it is now.

    A deleted one stays, so that it can hide what the world has under the same id.
    """

    kind: str
    id: str
    body: dict[str, Any]
    created_ms: int
    updated_ms: int
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class NewItems:
    """The accepted items of one batch on their way in, in batch order, as columns.

    Attributes:
        indexes: Their positions in the batch as the client sent it, from 0 and growing; rejected items leave gaps.
        texts: All of them as JSON, as `exact_json.dumps_all` writes them.
        ordinals: Their own numbers in their session, within 64 bits, None for one that has none; empty where none has.
    """

    indexes: Sequence[int]
    texts: bytes
    ordinals: Sequence[int | None] = ()


@dataclass(frozen=True, slots=True)
class IngestedItem:
    """One stored item.

    Attributes:
        batch: Counts all batches of the sandbox up from 1, also those that brought no item.
        index: Position in its batch, from 0.
        text: The item as JSON, as it was handed in.
    """

    session_id: str
    kind: str
    batch: int
    index: int
    received_at_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class History:
    """What a session had sent of the same kind before some batch.

    Attributes:
        highest: The highest ordinal so far; None when there was none.
        seen: Those of the batch's ordinals that had been sent before.
        twin: Number of the latest earlier batch with exactly the same items; None when there is none.
    """

    highest: int | None = None
    seen: frozenset[int] = frozenset()
    twin: int | None = None


@dataclass(frozen=True, slots=True)
class NewWarning:
    """What one lint rule found in one batch.

    Attributes:
        rule: Name of the rule, for programs.
        indexes: Positions of the items it found, from 0; empty when it is about the batch as a whole.
        message: What is odd, for people.
    """

    rule: str
    indexes: tuple[int, ...]
    message: str


@dataclass(frozen=True, slots=True)
class LoggedWarning:
    """A warning with the batch it is about; it was found when the batch arrived."""

    session_id: str
    kind: str
    batch: int
    rule: str
    indexes: tuple[int, ...]
    message: str
    found_at_ms: int


def fingerprint(items: NewItems) -> str | None:
    """The same for the same items in the same order, spelled the same; None for no items at all."""
    return hashlib.sha256(items.texts).hexdigest() if items.indexes else None
