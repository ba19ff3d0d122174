"""A record in a dataset: what it is sorted by, and from when on it is there."""

from typing import NamedTuple

__all__ = ["WRITTEN", "Entry"]

# The `final_ms` of a record that a client wrote: it is there whatever the time.
WRITTEN = -(2**62)


class Entry(NamedTuple):
    """A record, and from when on it is there and never changes again (ms since the epoch).

    Attributes:
        at_ms: The instant that the record is sorted and filtered by.
        who: The participant's id, which breaks ties, and then the record's own id.
    """

    at_ms: int
    who: str
    id: str
    final_ms: int
    record: NamedTuple
