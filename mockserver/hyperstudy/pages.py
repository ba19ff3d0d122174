"""Page arithmetic, without HTTP."""

from dataclasses import dataclass
from typing import Any

from mockserver.words.json_schema import COUNT, FLAG, Schema, labelled, object_of

__all__ = ["PAGINATION", "Page"]

# Not in the data page's example of the block; the client's fixtures have them (observed).
_SENT = labelled(COUNT, "observed")
_ALWAYS: dict[str, Schema] = {"total": COUNT, "returned": COUNT, "hasMore": FLAG, "limit": _SENT, "offset": _SENT}
# JSON Schema of the metadata's block.
PAGINATION: Schema = {**object_of("Pagination", **_ALWAYS, nextOffset=COUNT), "required": list(_ALWAYS)}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list.

    Attributes:
        total: Records in the list. offset: how many come before the page. limit: the most it may hold.
    """

    total: int
    offset: int
    limit: int

    @property
    def start(self) -> int:
        """Place of the first record; the total where the offset lies beyond the end."""
        return min(self.offset, self.total)

    @property
    def stop(self) -> int:
        """Place after the last record."""
        return min(self.offset + self.limit, self.total)

    @property
    def next_offset(self) -> int | None:
        """Where the next page begins; None where there is none."""
        return self.stop if self.stop < self.total and self.stop > self.start else None

    def as_pagination(self) -> dict[str, Any]:
        """The metadata's block; `nextOffset` only while there is more (documented)."""
        block: dict[str, Any] = {
            "total": self.total,
            "returned": self.stop - self.start,
            "hasMore": self.next_offset is not None,
            "limit": self.limit,
            "offset": self.offset,
        }
        if self.next_offset is not None:
            block["nextOffset"] = self.next_offset
        return block
