"""The table of lint warnings: what was legal in a batch, and looked wrong all the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Row, String, Table, Text, func, insert, select

from mockserver.store.database import METADATA, Database
from mockserver.store.ingested import BATCHES, narrowed

__all__ = ["LintLog", "LoggedWarning", "NewWarning"]

LINT_WARNINGS = Table(
    "lint_warnings",
    METADATA,
    Column("batch", ForeignKey(BATCHES.c.batch), primary_key=True),
    # A batch is linted once; its warnings are numbered from 0.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("rule", String(32), nullable=False),
    Column("indexes", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("found_at_ms", BigInteger, nullable=False),
)


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
    """A warning with the batch it is about; `found_at_ms` is in ms since the epoch."""

    session_id: str
    kind: str
    batch: int
    rule: str
    indexes: tuple[int, ...]
    message: str
    found_at_ms: int


class LintLog:
    """Writes and reads lint warnings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, batch: int, warnings: Sequence[NewWarning], found_at_ms: int) -> None:
        """Keep the warnings about a stored batch, in the given order; once for each batch."""
        rows = [
            {
                "batch": batch,
                "number": number,
                "rule": warning.rule,
                "indexes": orjson.dumps(warning.indexes).decode(),
                "message": warning.message,
                "found_at_ms": found_at_ms,
            }
            for number, warning in enumerate(warnings)
        ]
        if rows:
            with self._database.transaction() as connection:
                connection.execute(insert(LINT_WARNINGS), rows)

    def read(self, kind: str | None, session_id: str | None, limit: int | None, offset: int) -> list[LoggedWarning]:
        """One page of the warnings, by batch and number; None leaves a filter out, or the limit."""
        told = select(LINT_WARNINGS, BATCHES.c.kind, BATCHES.c.session_id).join(BATCHES)
        found = told.where(*narrowed(BATCHES, kind, session_id))
        query = found.order_by(LINT_WARNINGS.c.batch, LINT_WARNINGS.c.number)
        with self._database.transaction() as connection:
            rows = connection.execute(query.limit(limit).offset(offset)).all()
        return [_warning_of(row) for row in rows]

    def count(self, kind: str | None, session_id: str | None) -> int:
        """How many warnings there are; None leaves that filter out."""
        joined = select(func.count()).select_from(LINT_WARNINGS).join(BATCHES)
        query = joined.where(*narrowed(BATCHES, kind, session_id))
        with self._database.transaction() as connection:
            return connection.execute(query).scalar_one()


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
