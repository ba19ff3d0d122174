"""The table of what arrived at the ingestion endpoints: a row per batch, and a row per accepted item."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    and_,
    func,
    insert,
    select,
)

from mockserver.store.database import METADATA, Database, arrival_number
from mockserver.store.escaped import EscapedText

__all__ = ["BATCHES", "History", "IngestedItem", "IngestedItems", "NewItem", "narrowed"]

BATCHES = Table(
    "batches",
    METADATA,
    arrival_number("batch"),
    Column("kind", String(32), nullable=False),
    Column("session_id", EscapedText, nullable=False),
    Column("received_at_ms", BigInteger, nullable=False),
    # SHA-256 of the accepted items; null for a batch that brought none.
    Column("fingerprint", String(64)),
    Index("batches_by_content", "fingerprint"),
)

# An item is known by its place: databases number the rows of one statement in an order of their own.
INGESTED = Table(
    "ingested",
    METADATA,
    Column("batch", ForeignKey(BATCHES.c.batch), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    Column("session_id", EscapedText, nullable=False),
    Column("ordinal", BigInteger),
    Column("received_at_ms", BigInteger, nullable=False),
    Column("item", Text, nullable=False),
    Index("ingested_by_session", "session_id", "kind", "ordinal"),
)


@dataclass(frozen=True, slots=True)
class NewItem:
    """One accepted item on its way in.

    Attributes:
        index: Its position in the batch as the client sent it, from 0; rejected items leave gaps.
        text: All of it as JSON, in which NUL and half a surrogate pair are escaped.
        ordinal: Its own number in its session, within 64 bits; None where it has none.
    """

    index: int
    text: str
    ordinal: int | None = None


@dataclass(frozen=True, slots=True)
class IngestedItem:
    """One stored item. `batch` counts all batches of the run up from 1, also those that brought no item.

    `text` is the item as JSON, as it was handed in.
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
        seen: Those ordinals so far that lie between the two bounds that were asked for.
        twin: Number of the latest earlier batch with exactly the same items; None when there is none.
    """

    highest: int | None = None
    seen: frozenset[int] = frozenset()
    twin: int | None = None


class IngestedItems:
    """Writes and reads what was ingested."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kind: str, session_id: str, items: Sequence[NewItem], received_at_ms: int) -> int:
        """Store what one batch brought, in one transaction; returns the batch's number.

        Args:
            items: The accepted items in batch order; may be empty, and then only the batch is counted.
            received_at_ms: When the batch arrived, in ms since the epoch.
        """
        arrival = {"kind": kind, "session_id": session_id, "received_at_ms": received_at_ms}
        with self._database.transaction() as connection:
            batch = _add_batch(connection, {**arrival, "fingerprint": _fingerprint(items)})
            rows = [
                {**arrival, "batch": batch, "position": new.index, "ordinal": new.ordinal, "item": new.text}
                for new in items
            ]
            if rows:
                connection.execute(insert(INGESTED), rows)
        return batch

    def read(self, kind: str | None, session_id: str | None, limit: int | None, offset: int) -> list[IngestedItem]:
        """One page of the items, by batch and place in it; None leaves a filter out, or the limit."""
        found = select(INGESTED).where(*narrowed(INGESTED, kind, session_id))
        query = found.order_by(INGESTED.c.batch, INGESTED.c.position)
        with self._database.transaction() as connection:
            rows = connection.execute(query.limit(limit).offset(offset)).all()
        return [_item_of(row) for row in rows]

    def count(self, kind: str | None, session_id: str | None) -> int:
        """How many items there are; None leaves that filter out."""
        query = select(func.count()).select_from(INGESTED).where(*narrowed(INGESTED, kind, session_id))
        with self._database.transaction() as connection:
            return connection.execute(query).scalar_one()

    def history(self, batch: int, low: int, high: int) -> History:
        """What the batch's session had sent of its kind in earlier batches.

        Args:
            low, high: Ordinals between which `History.seen` is filled, both ends included.
        """
        with self._database.transaction() as connection:
            this = connection.execute(select(BATCHES).where(BATCHES.c.batch == batch)).one()
            earlier = and_(
                INGESTED.c.session_id == this.session_id,
                INGESTED.c.kind == this.kind,
                INGESTED.c.batch < batch,
            )
            ordinals = select(INGESTED.c.ordinal).where(earlier, INGESTED.c.ordinal.is_not(None))
            # The index hands over the highest first; max() would read the whole session.
            highest = connection.scalar(ordinals.order_by(INGESTED.c.ordinal.desc()).limit(1))
            seen = connection.scalars(ordinals.where(INGESTED.c.ordinal.between(low, high))).all()
            twin = connection.scalar(_twins(this)) if this.fingerprint else None
        return History(highest, frozenset(seen), twin)


def narrowed(table: Table, kind: str | None, session_id: str | None) -> list[ColumnElement[bool]]:
    """The conditions on a table with both columns; None leaves that filter out."""
    asked = ((table.c.kind, kind), (table.c.session_id, session_id))
    return [column == value for column, value in asked if value is not None]


def _fingerprint(items: Sequence[NewItem]) -> str | None:
    """The same for the same items in the same order, spelled the same."""
    return hashlib.sha256("\n".join(item.text for item in items).encode()).hexdigest() if items else None


def _add_batch(connection: Connection, row: dict[str, Any]) -> int:
    key = connection.execute(insert(BATCHES), row).inserted_primary_key
    return int(key[0]) if key else 0


def _twins(this: Row[Any]) -> Select[int]:
    """The number of the latest earlier batch that equals this one, or null."""
    return select(func.max(BATCHES.c.batch)).where(
        BATCHES.c.fingerprint == this.fingerprint,
        BATCHES.c.session_id == this.session_id,
        BATCHES.c.kind == this.kind,
        BATCHES.c.batch < this.batch,
    )


def _item_of(row: Row[Any]) -> IngestedItem:
    return IngestedItem(
        session_id=row.session_id,
        kind=row.kind,
        batch=row.batch,
        index=row.position,
        received_at_ms=row.received_at_ms,
        text=row.item,
    )
