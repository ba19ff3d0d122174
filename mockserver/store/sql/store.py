"""The store of one sandbox in a database: the rows of one run."""

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import Column, ColumnElement, Connection, Row, Select, Table, func, insert, select, update

from mockserver.store.interface import LookOver
from mockserver.store.sql.engine import Transactions
from mockserver.store.sql.tables import BATCHES, DOCUMENTS, INGESTED, LINT_WARNINGS
from mockserver.store.values import Document, History, IngestedItem, LoggedWarning, NewItems, fingerprint
from mockserver.words import exact_json

__all__ = ["SqlStore"]


class SqlStore:
    """What clients wrote to one sandbox; see `Store`.

    Args:
        run: Number of the run whose rows these are.
    """

    def __init__(self, transactions: Transactions, run: int) -> None:
        self._transactions = transactions
        self._run = run
        self._arriving = threading.Lock()
        with transactions.begin() as connection:
            self.revision: int = connection.scalar(self._highest(DOCUMENTS.c.revision)) or 0
            self._batches: int = connection.scalar(self._highest(BATCHES.c.batch)) or 0

    # --- documents -----------------------------------------------------------------------------

    def documents(self, kind: str) -> list[Document]:
        """See `Store`."""
        of_kind = select(DOCUMENTS).where(DOCUMENTS.c.run == self._run, DOCUMENTS.c.kind == kind)
        with self._transactions.begin() as connection:
            rows = connection.execute(of_kind.order_by(DOCUMENTS.c.seq)).all()
        return [_document_of(row) for row in rows]

    def add_documents(self, kind: str, bodies: Sequence[tuple[str, dict[str, Any]]], now_ms: int) -> None:
        """See `Store`."""
        if bodies:
            rows = [self._document(kind, id_, body, now_ms) for id_, body in bodies]
            with self._transactions.begin() as connection:
                connection.execute(insert(DOCUMENTS), rows)
            self.revision += 1

    def put_document(self, kind: str, id_: str, body: dict[str, Any], now_ms: int, *, deleted: bool = False) -> None:
        """See `Store`."""
        row = {**self._document(kind, id_, body, now_ms), "deleted": deleted}
        changed = {name: row[name] for name in ("body", "updated_ms", "deleted", "revision")}
        same = (DOCUMENTS.c.run == self._run, DOCUMENTS.c.kind == kind, DOCUMENTS.c.id == id_)
        with self._transactions.begin() as connection:
            if not connection.execute(update(DOCUMENTS).where(*same).values(**changed)).rowcount:
                connection.execute(insert(DOCUMENTS), row)
        self.revision += 1

    def _document(self, kind: str, id_: str, body: dict[str, Any], now_ms: int) -> dict[str, Any]:
        return {
            "run": self._run,
            "kind": kind,
            "id": id_,
            "body": exact_json.dumps_any(body).decode(),
            "created_ms": now_ms,
            "updated_ms": now_ms,
            "deleted": False,
            "revision": self.revision + 1,
        }

    # --- what was ingested ---------------------------------------------------------------------

    def add_batch(
        self, kind: str, session_id: str, items: NewItems, received_at_ms: int, look_over: LookOver
    ) -> list[LoggedWarning]:
        """See `Store`."""
        content = fingerprint(items)
        with self._arriving:
            batch = self._batches + 1
            of_batch = {"run": self._run, "batch": batch, "kind": kind, "session_id": session_id}
            with self._transactions.begin() as connection:
                warnings = [
                    LoggedWarning(session_id, kind, batch, told.rule, told.indexes, told.message, received_at_ms)
                    for told in look_over(self._history(connection, kind, session_id, items, content))
                ]
                arrival = {**of_batch, "received_at_ms": received_at_ms}
                connection.execute(insert(BATCHES), {**arrival, "fingerprint": content})
                _insert_all(connection, INGESTED, [{**arrival, **row} for row in _item_rows(items)])
                told = [{**of_batch, **_warning_row(n, warning)} for n, warning in enumerate(warnings)]
                _insert_all(connection, LINT_WARNINGS, told)
            self._batches = batch
        return warnings

    def _history(
        self, connection: Connection, kind: str, session_id: str, items: NewItems, content: str | None
    ) -> History:
        """What the session had sent of the kind so far."""
        ordinals = select(INGESTED.c.ordinal).where(
            *self._narrowed(INGESTED, kind, session_id), INGESTED.c.ordinal.is_not(None)
        )
        sent = {ordinal for ordinal in items.ordinals if ordinal is not None}
        # The index hands over the highest first; max() would read the whole session.
        highest = connection.scalar(ordinals.order_by(INGESTED.c.ordinal.desc()).limit(1))
        near = ordinals.where(INGESTED.c.ordinal.between(min(sent), max(sent))) if sent else None
        seen = () if near is None else connection.scalars(near).all()
        twins = self._highest(BATCHES.c.batch).where(
            *self._narrowed(BATCHES, kind, session_id), BATCHES.c.fingerprint == content
        )
        twin = None if content is None else connection.scalar(twins)
        return History(highest, frozenset(sent.intersection(seen)), twin)

    def items(
        self, kind: str | None = None, session_id: str | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[IngestedItem]:
        """See `Arrivals`."""
        return [_item_of(row) for row in self._page(INGESTED, INGESTED.c.position, kind, session_id, limit, offset)]

    def count_items(self, kind: str | None = None, session_id: str | None = None) -> int:
        """See `Arrivals`."""
        return self._count(INGESTED, kind, session_id)

    def warnings(
        self, kind: str | None = None, session_id: str | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[LoggedWarning]:
        """See `Arrivals`."""
        rows = self._page(LINT_WARNINGS, LINT_WARNINGS.c.number, kind, session_id, limit, offset)
        return [_warning_of(row) for row in rows]

    def count_warnings(self, kind: str | None = None, session_id: str | None = None) -> int:
        """See `Arrivals`."""
        return self._count(LINT_WARNINGS, kind, session_id)

    def close(self) -> None:
        """See `Store`."""
        self._transactions.close()

    # --- statements ----------------------------------------------------------------------------

    def _highest(self, column: Column[int]) -> Select[int]:
        """Of a column's values in this run, or null."""
        return select(func.max(column)).where(column.table.c.run == self._run)

    def _narrowed(self, table: Table, kind: str | None, session_id: str | None) -> list[ColumnElement[bool]]:
        """The conditions on a table of arrivals; None leaves that filter out."""
        asked = ((table.c.run, self._run), (table.c.kind, kind), (table.c.session_id, session_id))
        return [column == value for column, value in asked if value is not None]

    def _page(
        self,
        table: Table,
        place: ColumnElement[int],
        kind: str | None,
        session_id: str | None,
        limit: int | None,
        offset: int,
    ) -> Sequence[Row[Any]]:
        """Rows in order of arrival; `place` is the order within a batch."""
        query = select(table).where(*self._narrowed(table, kind, session_id)).order_by(table.c.batch, place)
        with self._transactions.begin() as connection:
            return connection.execute(query.limit(limit).offset(offset)).all()

    def _count(self, table: Table, kind: str | None, session_id: str | None) -> int:
        query = select(func.count()).select_from(table).where(*self._narrowed(table, kind, session_id))
        with self._transactions.begin() as connection:
            return connection.execute(query).scalar_one()


def _insert_all(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _document_of(row: Row[Any]) -> Document:
    return Document(row.kind, row.id, exact_json.loads_quickly(row.body), row.created_ms, row.updated_ms, row.deleted)


def _item_rows(items: NewItems) -> Iterator[dict[str, Any]]:
    ordinals = items.ordinals or [None] * len(items.indexes)
    for index, ordinal, text in zip(items.indexes, ordinals, exact_json.texts_of(items.texts), strict=True):
        yield {"position": index, "ordinal": ordinal, "item": text}


def _item_of(row: Row[Any]) -> IngestedItem:
    return IngestedItem(row.session_id, row.kind, row.batch, row.position, row.received_at_ms, row.item)


def _warning_row(number: int, warning: LoggedWarning) -> dict[str, Any]:
    return {
        "number": number,
        "rule": warning.rule,
        "indexes": orjson.dumps(warning.indexes).decode(),
        "message": warning.message,
        "found_at_ms": warning.found_at_ms,
    }


def _warning_of(row: Row[Any]) -> LoggedWarning:
    return LoggedWarning(
        session_id=row.session_id,
        kind=row.kind,
        batch=row.batch,
        rule=row.rule,
        indexes=tuple(orjson.loads(row.indexes)),
        message=row.message,
        found_at_ms=row.found_at_ms,
    )
