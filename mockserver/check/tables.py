"""One data type of one room, read whole: what all records have as columns, the rest as it came.

The data types that come by the hundred thousand keep only the columns that rules need, so that memory is
bounded by a few dozen bytes a record of one room.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from mockserver.check.errors import UnreadableError
from mockserver.check.instants import Flags, Floats, Ints, ms_from_iso
from mockserver.check.reader import Page, Reader, data_path

__all__ = ["KINDS", "Kind", "Table", "read_table"]

# What the id of an event begins with that a client wrote.
_WRITTEN = "event_written_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a data type names what the records of all data types have.

    Attributes:
        id, at, onset, who: Names of the fields; `at` is the instant that the default order sorts by.
        kept: Further fields to keep of each record; None keeps whole records.
        optional: A server may be without it.
    """

    id: str
    at: str = "timestamp"
    onset: str = "onset"
    who: str = "participantId"
    kept: tuple[str, ...] | None = None
    optional: bool = False


KINDS: Mapping[str, Kind] = {
    "events": Kind(id="id"),
    "recordings": Kind(id="recordingId", at="startTime", onset="videoOffset"),
    "chat": Kind(id="messageId", who="senderId"),
    "videochat": Kind(id="id", optional=True),
    "ratings/continuous": Kind(id="ratingId", kept=("componentId", "value")),
    "ratings/sparse": Kind(id="ratingId"),
    "sync": Kind(id="metricId", kept=("timeDrift", "playbackRate", "syncQuality", "latency")),
    "components": Kind(id="componentId"),
    "eyetracking": Kind(id="sampleId", kept=(), optional=True),
}


@dataclass(frozen=True)
class Table:
    """A data type of a room, in the API's default order.

    Attributes:
        path, query: Where it was read, without paging.
        started_ms: The start that the answer's metadata names.
        at_ms, onset_ms: The records' instants, and their onsets as the server says.
        who, rooms, experiments: Whose record it is, and where it says that it belongs.
        columns: The fields that were kept. records: whole records; empty where only columns are kept.
    """

    data_type: str
    path: str
    query: Mapping[str, str]
    reader: Reader
    started_ms: int
    at_ms: Ints
    onset_ms: Ints
    who: Sequence[str]
    rooms: Sequence[str]
    experiments: Sequence[str]
    columns: Mapping[str, Sequence[Any]] = field(repr=False)
    records: Sequence[dict[str, Any]] = field(repr=False)

    def __len__(self) -> int:
        return len(self.at_ms)

    def url(self, place: int) -> str:
        """Shows the record at a place, alone."""
        return self.reader.url(self.path, {**self.query, "limit": 1, "offset": int(place)})

    def numbers(self, name: str) -> Floats:
        """A kept field as numbers.

        Raises:
            UnreadableError: A record has something else there.
        """
        try:
            return np.array(self.columns[name], dtype=np.float64)
        except (TypeError, ValueError):
            raise UnreadableError(f"{name} is not a number in every record", self.url(0)) from None

    @cached_property
    def written(self) -> Flags:
        """Which records clients wrote: theirs to say, so no rule holds them against the story."""
        if self.data_type != "events":
            return np.zeros(len(self), dtype=np.bool_)
        return np.array([str(record["id"]).startswith(_WRITTEN) for record in self.records], dtype=np.bool_)

    @cached_property
    def places_of(self) -> Mapping[str, Ints]:
        """Participant to the places of their records, in order, but for those that clients wrote."""
        found: dict[str, list[int]] = {}
        for place in np.flatnonzero(~self.written).tolist():
            found.setdefault(self.who[place], []).append(place)
        return {who: np.array(places, dtype=np.int64) for who, places in found.items()}

    def of(self, who: str) -> Ints:
        """The places of a participant's records, in order, but for those that clients wrote."""
        return self.places_of.get(who, np.empty(0, dtype=np.int64))


def read_table(reader: Reader, room_id: str, data_type: str, query: Mapping[str, str]) -> Table:
    """Read a data type of a room.

    Args:
        query: Goes with every request, e.g. a time window.

    Raises:
        CheckError: The server does not answer with data.
        UnreadableError: A record lacks a field that all have, or has a wrong type there.
    """
    kind, path = KINDS[data_type], data_path(data_type, "room", room_id)
    names = (kind.who, "roomId", "experimentId", *(kind.kept or ()))
    columns: dict[str, list[Any]] = {name: [] for name in names}
    records: list[dict[str, Any]] = []
    at_ms, onset_ms, started_ms = [], [], 0
    known: dict[Any, Any] = {}
    for page in reader.pages(path, query):
        started_ms = page.started_ms
        at_ms.append(_instants(page, kind.at))
        onset_ms.append(_whole(page, kind.onset))
        for name, column in columns.items():
            # Equal texts are kept once: a participant's id would otherwise be there for every sample.
            column.extend(known.setdefault(value, value) for value in _values(page, name))
        if kind.kept is None:
            records.extend(page.data)
    return Table(
        data_type=data_type,
        path=path,
        query=query,
        reader=reader,
        started_ms=started_ms,
        at_ms=np.concatenate(at_ms),
        onset_ms=np.concatenate(onset_ms),
        who=columns[kind.who],
        rooms=columns["roomId"],
        experiments=columns["experimentId"],
        columns=columns,
        records=records,
    )


def _values(page: Page, name: str) -> Iterable[Any]:
    try:
        return [record[name] for record in page.data]
    except (KeyError, TypeError):
        raise UnreadableError(f"a record has no field {name}", page.url) from None


def _instants(page: Page, name: str) -> Ints:
    try:
        return ms_from_iso(list(_values(page, name)))
    except (TypeError, ValueError):
        raise UnreadableError(f"{name} is not an ISO 8601 timestamp in every record", page.url) from None


def _whole(page: Page, name: str) -> Ints:
    values = list(_values(page, name))
    if not all(type(value) is int for value in values):
        raise UnreadableError(f"{name} is not a whole number of ms in every record", page.url)
    return np.array(values, dtype=np.int64)
