"""The table of what arrived at the ingestion endpoints: a row per batch, and a row per accepted item."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
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

__all__ = ["BATCHES", "History", "IngestedItem", "IngestedItems", "ItemTooDeepError", "NewItem"]

BATCHES = Table(
    "batches",
    METADATA,
    arrival_number("batch"),
    Column("kind", String(32), nullable=False),
    Column("session_id", Text, nullable=False),
    Column("received_at_ms", BigInteger, nullable=False),
    # SHA-256 of the accepted items; null for a batch that brought none.
    Column("fingerprint", String(64)),
    Index("batches_by_content", "fingerprint"),
)

INGESTED = Table(
    "ingested",
    METADATA,
    arrival_number("seq"),
    Column("kind", String(32), nullable=False),
    Column("session_id", Text, nullable=False),
    Column("batch", ForeignKey(BATCHES.c.batch), nullable=False),
    Column("position", Integer, nullable=False),
    Column("ordinal", BigInteger),
    Column("received_at_ms", BigInteger, nullable=False),
    Column("item", Text, nullable=False),
    Index("ingested_by_session", "session_id", "kind", "ordinal"),
)


class ItemTooDeepError(ValueError):
    """An item nests deeper than the 254 levels that can be written as JSON again."""


@dataclass(frozen=True, slots=True)
class NewItem:
    """One accepted item on its way in.

    Attributes:
        index: Its position in the batch as the client sent it, from 0; rejected items leave gaps.
        item: As the client sent it, unknown fields included.
        ordinal: Its own number in its session, within 64 bits; None where it has none.
    """

    index: int
    item: dict[str, Any]
    ordinal: int | None = None


@dataclass(frozen=True, slots=True)
class IngestedItem:
    """One stored item. `batch` counts all batches of the run up from 1, also those that brought no item."""

    session_id: str
    kind: str
    batch: int
    index: int
    received_at_ms: int
    item: dict[str, Any]


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

        Raises:
            ItemTooDeepError: Nothing of the batch is stored.
        """
        texts = [_json_text(new.item) for new in items]
        arrival = {"kind": kind, "session_id": session_id, "received_at_ms": received_at_ms}
        with self._database.transaction() as connection:
            batch = _add_batch(connection, {**arrival, "fingerprint": _fingerprint(texts)})
            rows = [
                {**arrival, "batch": batch, "position": new.index, "ordinal": new.ordinal, "item": text}
                for new, text in zip(items, texts, strict=True)
            ]
            if rows:
                connection.execute(insert(INGESTED), rows)
        return batch

    def read(self, kind: str | None, session_id: str | None) -> list[IngestedItem]:
        """Items in order of arrival; None leaves that filter out."""
        # Batches that arrive at once may get their rows in turns; each is read as one.
        query = select(INGESTED).order_by(INGESTED.c.batch, INGESTED.c.seq)
        if kind is not None:
            query = query.where(INGESTED.c.kind == kind)
        if session_id is not None:
            query = query.where(INGESTED.c.session_id == session_id)
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
        return [_item_of(row) for row in rows]

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


def _json_text(item: dict[str, Any]) -> str:
    try:
        return orjson.dumps(item).decode()
    except orjson.JSONEncodeError:
        raise ItemTooDeepError("an item nests deeper than 254 levels") from None


def _fingerprint(texts: Sequence[str]) -> str | None:
    """The same for the same items in the same order, spelled the same."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest() if texts else None


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
        item=orjson.loads(row.item),
    )
