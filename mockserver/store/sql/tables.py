"""The tables. Every row belongs to a run: what was written to one sandbox from one fresh beginning to the next.

A fresh beginning is a new run, which costs one row; rows of old ones are deleted when there is time. Nothing refers
to `runs` by a foreign key, since a request that is under way may still write to a run that was just deleted.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from mockserver.store.sql.escaped import EscapedText

__all__ = ["BATCHES", "DOCUMENTS", "INGESTED", "LINT_WARNINGS", "METADATA", "RUNS"]

# Declarations only: what a store holds is in its engine.
METADATA = MetaData()


def _arrival_number(name: str) -> Column[int]:
    """A primary key that grows with every row, so that ordering by it is the order of arrival."""
    # SQLite counts up by itself only in a column that it calls INTEGER.
    return Column(name, BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True)


def _run() -> Column[int]:
    return Column("run", BigInteger, primary_key=True, autoincrement=False)


RUNS = Table(
    "runs",
    METADATA,
    _arrival_number("run"),
    Column("sandbox", String(64), nullable=False, index=True),
    # A number is never given out again: rows of a deleted run may come late.
    sqlite_autoincrement=True,
)

DOCUMENTS = Table(
    "documents",
    METADATA,
    _arrival_number("seq"),
    Column("run", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("id", String(128), nullable=False),
    Column("body", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False),
    # The store's revision after this was written.
    Column("revision", BigInteger, nullable=False),
    UniqueConstraint("run", "kind", "id"),
)

BATCHES = Table(
    "batches",
    METADATA,
    _run(),
    # Counts up from 1 in every run.
    Column("batch", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    Column("session_id", EscapedText, nullable=False),
    Column("received_at_ms", BigInteger, nullable=False),
    # SHA-256 of the accepted items; null for a batch that brought none.
    Column("fingerprint", String(64)),
    Index("batches_by_content", "run", "fingerprint"),
)

# An item is known by its place: databases number the rows of one statement in an order of their own.
INGESTED = Table(
    "ingested",
    METADATA,
    _run(),
    Column("batch", BigInteger, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    Column("session_id", EscapedText, nullable=False),
    Column("ordinal", BigInteger),
    Column("received_at_ms", BigInteger, nullable=False),
    Column("item", Text, nullable=False),
    Index("ingested_by_session", "run", "session_id", "kind", "ordinal"),
)

LINT_WARNINGS = Table(
    "lint_warnings",
    METADATA,
    _run(),
    Column("batch", BigInteger, primary_key=True, autoincrement=False),
    # In the order in which they were told, from 0.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    Column("session_id", EscapedText, nullable=False),
    Column("rule", String(32), nullable=False),
    Column("indexes", Text, nullable=False),
    Column("message", EscapedText, nullable=False),
    Column("found_at_ms", BigInteger, nullable=False),
)
