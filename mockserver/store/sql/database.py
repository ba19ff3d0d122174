"""One database for all sandboxes. One emulator at a time writes to it."""

from sqlalchemy import ColumnElement, delete, func, insert, select

from mockserver.store.interface import Store
from mockserver.store.sql.engine import Transactions
from mockserver.store.sql.store import SqlStore
from mockserver.store.sql.tables import METADATA, RUNS

__all__ = ["Database"]


class Database:
    """The stores of sandboxes in a database; see `Stores`.

    Args:
        url: SQLAlchemy URL. `sqlite://` keeps everything in memory, for as long as this object lives.

    Raises:
        SettingsError: The URL is malformed, its driver is missing, the database cannot be opened, or it
            holds tables of the same names with other columns.
    """

    def __init__(self, url: str) -> None:
        self._transactions = Transactions(url)

    def store(self, sandbox: str, *, fresh: bool = False) -> Store:
        """See `Stores`; without `fresh`, what the last run left is there again."""
        latest = select(func.max(RUNS.c.run)).where(RUNS.c.sandbox == sandbox)
        with self._transactions.begin() as connection:
            run = None if fresh else connection.scalar(latest)
            if run is None:
                key = connection.execute(insert(RUNS), {"sandbox": sandbox}).inserted_primary_key
                run = key[0] if key else 0
        return SqlStore(self._transactions, run)

    def drop(self, sandbox: str) -> None:
        """See `Stores`."""
        self._delete(RUNS.c.sandbox == sandbox)

    def sweep(self) -> None:
        """See `Stores`."""
        self._delete(RUNS.c.run.not_in(select(func.max(RUNS.c.run)).group_by(RUNS.c.sandbox)))

    def _delete(self, which: ColumnElement[bool]) -> None:
        """Delete runs, and all rows of runs that are not there, late ones too."""
        with self._transactions.begin() as connection:
            connection.execute(delete(RUNS).where(which))
            for table in METADATA.sorted_tables:
                if table is not RUNS:
                    connection.execute(delete(table).where(table.c.run.not_in(select(RUNS.c.run))))

    def close(self) -> None:
        """See `Stores`."""
        self._transactions.close()
