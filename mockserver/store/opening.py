"""Where what clients write is kept: in memory, or in the database of a URL."""

from mockserver.store.interface import Stores
from mockserver.store.memory import MemoryStores

__all__ = ["open_stores"]


def open_stores(url: str | None) -> Stores:
    """Open the stores of an emulator.

    Args:
        url: SQLAlchemy URL of a database; None keeps everything in Python lists, for as long as somebody has them.

    Raises:
        SettingsError: The URL is malformed, its driver is missing, or the database cannot be opened.
    """
    if url is None:
        return MemoryStores()
    # Whoever needs no database need not wait for SQLAlchemy.
    from mockserver.store.sql.database import Database

    return Database(url)
