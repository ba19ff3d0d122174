"""A database by URL: opened once, written in transactions, usable from every thread of the server."""

import threading
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from mockserver.store.sql.tables import METADATA
from mockserver.words.errors import SettingsError

__all__ = ["Transactions"]


class Transactions:
    """Transactions in one open database that has all tables of `METADATA`.

    Raises:
        SettingsError: The URL is malformed, its driver is missing, the database cannot be opened, or it
            holds tables of the same names with other columns.
    """

    def __init__(self, url: str) -> None:
        self._engine = _open(url)
        # One connection is shared by all threads in memory, and one file has one writer anyway.
        serial = self._engine.dialect.name == "sqlite"
        self._turn: AbstractContextManager[Any] = threading.RLock() if serial else nullcontext()
        # A store that is simply dropped must not leave an open connection behind.
        self.close = weakref.finalize(self, self._engine.dispose)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A connection whose work is committed at the end, or undone as a whole by an exception."""
        with self._turn, self._engine.begin() as connection:
            yield connection


def _open(text: str) -> Engine:
    """Open the database and make sure of its tables."""
    try:
        url = make_url(text)
        engine = create_engine(url, **_options(url))
        _make_tables(engine)
    except (SQLAlchemyError, ImportError, ValueError, OSError) as error:
        raise SettingsError(f"store_url {_shown(text)} cannot be opened: {_first_line(error)}") from error
    return engine


def _options(url: URL) -> dict[str, Any]:
    """What the engine needs to know beside its URL."""
    if url.get_backend_name() != "sqlite":
        return {"pool_pre_ping": True}
    if url.database and url.database != ":memory:":
        return {"connect_args": {"timeout": 30}}
    # A database in memory is its connection: a second one would be a second, empty database.
    return {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}


def _make_tables(engine: Engine) -> None:
    """Create what is missing, and look at every table, since one from elsewhere may have other columns."""
    try:
        with engine.begin() as connection:
            METADATA.create_all(connection)
            for table in METADATA.sorted_tables:
                connection.execute(select(table).limit(0))
    except SQLAlchemyError:
        engine.dispose()
        raise


def _shown(text: str) -> str:
    """The URL without its password."""
    try:
        return repr(make_url(text).render_as_string(hide_password=True))
    except (ArgumentError, ValueError):
        return "(not an SQLAlchemy URL such as 'sqlite:///run.db')"


def _first_line(error: BaseException) -> str:
    """What the driver itself says, without SQLAlchemy's statement and link below it."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return str(cause).partition("\n")[0]
