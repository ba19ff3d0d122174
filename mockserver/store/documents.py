"""Documents: what clients created, changed or deleted, one JSON object each.

A document of a kind has an id and one state; a deleted one stays, so that it can hide what the world has
under the same id. The order in which documents were first written is kept.
"""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import BigInteger, Boolean, Column, String, Table, Text, UniqueConstraint, func, select, update

from mockserver.store.database import METADATA, Database, arrival_number

__all__ = ["Document", "Documents"]

_DOCUMENTS = Table(
    "documents",
    METADATA,
    arrival_number("seq"),
    Column("kind", String(32), nullable=False, index=True),
    Column("id", String(128), nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False),
    UniqueConstraint("kind", "id"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """One document as it is now; times in ms since the epoch."""

    kind: str
    id: str
    body: dict[str, Any]
    created_ms: int
    updated_ms: int
    deleted: bool


class Documents:
    """The table of documents; one emulator at a time writes to a database.

    Every request asks whether clients changed what it is about, and mostly they changed nothing: kinds without
    any document are known from the start, and need no query.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._revisions = self._counts()
        self._counting = threading.Lock()

    def revision(self, *kinds: str) -> int:
        """A number that grows with every write to one of these kinds, for those who keep what they made of them."""
        return sum(self._revisions[kind] for kind in kinds)

    def put(self, kind: str, id_: str, body: dict[str, Any], now_ms: int, *, deleted: bool = False) -> Document:
        """Write a document: a new one, or the next state of an old one."""
        text = orjson.dumps(body).decode()
        same = (_DOCUMENTS.c.kind == kind) & (_DOCUMENTS.c.id == id_)
        changed = {"body": text, "updated_ms": now_ms, "deleted": deleted}
        with self._database.transaction() as connection:
            if not connection.execute(update(_DOCUMENTS).where(same).values(**changed)).rowcount:
                row = {"kind": kind, "id": id_, "created_ms": now_ms, **changed}
                connection.execute(_DOCUMENTS.insert().values(**row))
        self._revise(kind)
        found = self.get(kind, id_)
        if found is None:
            raise LookupError(f"the document {kind}/{id_} was written and is not there")
        return found

    def add_all(self, kind: str, bodies: Sequence[tuple[str, dict[str, Any]]], now_ms: int) -> None:
        """Write several new documents, given their ids and bodies: all of them or none."""
        if not bodies:
            return
        rows = [
            {
                "kind": kind,
                "id": id_,
                "body": orjson.dumps(body).decode(),
                "created_ms": now_ms,
                "updated_ms": now_ms,
                "deleted": False,
            }
            for id_, body in bodies
        ]
        with self._database.transaction() as connection:
            connection.execute(_DOCUMENTS.insert(), rows)
        self._revise(kind)

    def get(self, kind: str, id_: str) -> Document | None:
        """The document with that id, deleted or not."""
        if not self._revisions[kind]:
            return None
        query = select(_DOCUMENTS).where((_DOCUMENTS.c.kind == kind) & (_DOCUMENTS.c.id == id_))
        with self._database.transaction() as connection:
            row = connection.execute(query).first()
        return None if row is None else _document(row)

    def all(self, kind: str, *, skip: int = 0) -> list[Document]:
        """Every document of a kind, deleted ones too, in the order in which they were first written.

        Args:
            skip: How many of the first to leave out, for those who have them already.
        """
        if not self._revisions[kind]:
            return []
        query = select(_DOCUMENTS).where(_DOCUMENTS.c.kind == kind).order_by(_DOCUMENTS.c.seq)
        with self._database.transaction() as connection:
            rows = connection.execute(query.offset(skip) if skip else query).all()
        return [_document(row) for row in rows]

    def count(self, kind: str) -> int:
        """How many documents of a kind there are, deleted ones too."""
        if not self._revisions[kind]:
            return 0
        query = select(func.count()).select_from(_DOCUMENTS).where(_DOCUMENTS.c.kind == kind)
        with self._database.transaction() as connection:
            return int(connection.execute(query).scalar_one())

    def _revise(self, kind: str) -> None:
        with self._counting:
            self._revisions[kind] += 1

    def _counts(self) -> Counter[str]:
        """What an earlier run left in the database: documents by kind."""
        query = select(_DOCUMENTS.c.kind, func.count().label("written")).group_by(_DOCUMENTS.c.kind)
        with self._database.transaction() as connection:
            return Counter({row.kind: row.written for row in connection.execute(query)})


def _document(row: Any) -> Document:
    return Document(row.kind, row.id, orjson.loads(row.body), row.created_ms, row.updated_ms, row.deleted)
