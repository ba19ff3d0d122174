"""Page arithmetic, without HTTP."""

from dataclasses import dataclass
from typing import Any

__all__ = ["PAGINATION", "Page"]

_COUNT = {"type": "integer", "minimum": 0}
# JSON Schema of the metadata's block.
PAGINATION: dict[str, Any] = {
    "title": "Pagination",
    "type": "object",
    "properties": {
        "total": _COUNT,
        "returned": _COUNT,
        "hasMore": {"type": "boolean"},
        "limit": _COUNT,
        "offset": _COUNT,
        "nextOffset": _COUNT,
    },
    "required": ["total", "returned", "hasMore", "limit", "offset"],
}


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
