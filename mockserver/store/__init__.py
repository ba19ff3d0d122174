"""What clients wrote. Knows SQL, and neither Flask nor the emulated APIs.

Every table has a module of its own, which declares it on `database.METADATA` and says how it is written and
read. `Store` is the one door to all of them: a new table is a new module and a few lines here.
"""

from collections.abc import Sequence

from mockserver.store.database import Database
from mockserver.store.documents import Document, Documents
from mockserver.store.ingested import History, IngestedItem, IngestedItems, NewItem
from mockserver.store.lint import LintLog, LoggedWarning, NewWarning

__all__ = [
    "Document",
    "Documents",
    "History",
    "IngestedItem",
    "LoggedWarning",
    "NewItem",
    "NewWarning",
    "Store",
]


class Store:
    """Everything that clients wrote in one run; safe to use from several threads.

    Args:
        url: SQLAlchemy URL. `sqlite://` keeps everything in memory, for as long as the store lives.

    Attributes:
        documents: What clients created, changed or deleted: experiments, deployments, rooms, …

    Raises:
        SettingsError: The URL is malformed, its driver is missing, or the database cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url)
        self._ingested = IngestedItems(self._database)
        self._lint = LintLog(self._database)
        self.documents = Documents(self._database)

    def add_items(self, kind: str, session_id: str, items: Sequence[NewItem], received_at_ms: int) -> int:
        """Keep what one batch brought, all of it or nothing; see `IngestedItems.add`."""
        return self._ingested.add(kind, session_id, items, received_at_ms)

    def items(
        self, kind: str | None = None, session_id: str | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[IngestedItem]:
        """What was ingested, by batch in order of arrival; None leaves that filter out, or reads all."""
        return self._ingested.read(kind, session_id, limit, offset)

    def count_items(self, kind: str | None = None, session_id: str | None = None) -> int:
        """How many items were ingested; None leaves that filter out."""
        return self._ingested.count(kind, session_id)

    def history(self, batch: int, low: int, high: int) -> History:
        """What its session had sent before a stored batch; see `IngestedItems.history`."""
        return self._ingested.history(batch, low, high)

    def add_warnings(self, batch: int, warnings: Sequence[NewWarning], found_at_ms: int) -> None:
        """Keep what the lint found in a stored batch."""
        self._lint.add(batch, warnings, found_at_ms)

    def warnings(
        self, kind: str | None = None, session_id: str | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[LoggedWarning]:
        """What the lint found, by batch in order of arrival; None leaves that filter out, or reads all."""
        return self._lint.read(kind, session_id, limit, offset)

    def count_warnings(self, kind: str | None = None, session_id: str | None = None) -> int:
        """How many warnings the lint gave; None leaves that filter out."""
        return self._lint.count(kind, session_id)

    def close(self) -> None:
        """Let go of the database; a store in memory is empty and unusable afterwards."""
        self._database.close()
