"""Records that happen when they happen: an index of plain columns over many rooms."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np

from mockserver.simulation.chance import Ints
from mockserver.simulation.datasets.columns import RowWriter, Told
from mockserver.simulation.datasets.entry import WRITTEN, Entry
from mockserver.simulation.datasets.query import Query

__all__ = ["IndexDataset", "IndexSelection", "RoomEntries", "RoomRows"]

V = TypeVar("V")


class RoomEntries(Protocol):
    """Makes the entries of one room, in any order; the same entries every time."""

    def __call__(self, room_id: str) -> Sequence[Entry]: ...


class RoomRows(Protocol):
    """Writes the entries of one room, in their order; the same rows every time for writers of one key."""

    def __call__(self, room_id: str, writer: RowWriter) -> Sequence[bytes]: ...


class IndexDataset:
    """Records that happen when they happen: an index over the rooms, records on demand.

    Args:
        room_ids: The rooms, in order.
        zeros_ms: Each room's start, from which onsets count.
        entries: Makes a room's entries. rows: writes them.
        filters: Fields of the record that a query may filter by.
    """

    def __init__(
        self,
        room_ids: Sequence[str],
        zeros_ms: Sequence[int],
        entries: RoomEntries,
        rows: RoomRows,
        filters: Sequence[str] = (),
    ) -> None:
        self._room_ids = list(room_ids)
        self._entries = entries
        self._rows = rows
        at, who, ids, finals, counts = [], [], [], [], []
        values: dict[str, list[Any]] = {name: [] for name in filters}
        for room_id in room_ids:
            told = entries(room_id)
            at += [entry.at_ms for entry in told]
            who += [entry.who for entry in told]
            ids += [entry.id for entry in told]
            finals += [entry.final_ms for entry in told]
            for name, column in values.items():
                column += [getattr(entry.record, name) for entry in told]
            counts.append(len(told))
        who_codes, self._whos = _codes(who)
        id_codes, _ = _codes(ids)
        at_ms = np.array(at, dtype=np.int64)
        order = np.lexsort((id_codes, who_codes, at_ms))
        self.at, self._who = at_ms[order], who_codes[order]
        self._room = np.repeat(np.arange(len(counts), dtype=np.int32), counts)[order]
        self._local = np.array([local for count in counts for local in range(count)], dtype=np.int32)[order]
        coded = {name: _codes(column) for name, column in values.items()}
        self._columns = {name: (codes[order], known) for name, (codes, known) in coded.items()}
        final_ms = np.array(finals, dtype=np.int64)[order]
        # A record shows once it is final, and all that sort before it are: so nothing ever slips in between.
        # Only what a client wrote itself shows at once, wherever it belongs.
        self._written = final_ms == WRITTEN
        self._shown_from = np.maximum.accumulate(final_ms) if len(final_ms) else final_ms
        onset = self.at - np.array(zeros_ms, dtype=np.int64)[self._room]
        self._by_onset = np.lexsort((id_codes[order], self._who, onset))

    @property
    def size(self) -> int:
        """Records in the index."""
        return len(self.at)

    def horizon(self, now_ms: int) -> tuple[int, str, str] | None:
        """Where the records of the default order end that are there at that time; None when all are."""
        count = int(np.searchsorted(self._shown_from, now_ms, side="right"))
        return None if count == len(self.at) else self._identity(count)

    def select(self, query: Query) -> "IndexSelection":
        """Find out what fits, by masks over the index's columns."""
        # In order of time, a window is a range.
        first = 0 if query.start_ms is None else int(np.searchsorted(self.at, query.start_ms))
        last = len(self.at) if query.end_ms is None else int(np.searchsorted(self.at, query.end_ms, side="right"))
        mask = np.zeros(len(self.at), dtype=np.bool_)
        mask[first:last] = True
        if query.below is not None:
            there = self._written.copy()
            there[: bisect_left(range(len(self.at)), query.below, key=self._identity)] = True
            mask &= there
        if query.room_ids is not None:
            wanted = [room for room, room_id in enumerate(self._room_ids) if room_id in query.room_ids]
            mask &= np.isin(self._room, wanted)
        if query.participant_id is not None:
            mask &= self._who == self._whos.get(query.participant_id, -1)
        for name, value in query.where.items():
            codes, known = self._columns[name]
            mask &= codes == known.get(value, -1)
        place = self._by_onset[mask[self._by_onset]] if query.sort == "onset" else np.flatnonzero(mask)
        return IndexSelection(self, place[::-1] if query.descending else place)

    def _identity(self, place: int) -> tuple[int, str, str]:
        """What the default order sorts a record by."""
        entry = self._entry(place)
        return entry.at_ms, entry.who, entry.id

    def _entry(self, place: int) -> Entry:
        entries = self._entries(self._room_ids[self._room[place]])
        return entries[int(self._local[place])]

    def records(self, places: Ints) -> list[Any]:
        """The records at these places."""
        return [entry.record for entry in self._found(places, self._entries)]

    def rows(self, places: Ints, writer: RowWriter) -> list[bytes]:
        """The same, each as a row."""
        return self._found(places, lambda room_id: self._rows(room_id, writer))

    def _found(self, places: Ints, of_room: Callable[[str], Sequence[V]]) -> list[V]:
        """What stands for the records at these places; each room is asked for once."""
        rooms, locals_ = self._room[places].tolist(), self._local[places].tolist()
        made = {room: of_room(self._room_ids[room]) for room in set(rooms)}
        return [made[room][local] for room, local in zip(rooms, locals_, strict=True)]


class IndexSelection:
    """The places of the index that fit a query."""

    def __init__(self, dataset: IndexDataset, places: Ints) -> None:
        self.total = len(places)
        self._dataset = dataset
        self._places = places

    def rows(self, start: int, stop: int) -> list[Any]:
        """Records `start` to `stop` of the selection."""
        return self._dataset.records(self._places[start:stop])

    def written(self, start: int, stop: int, writer: RowWriter) -> bytes:
        """The same, written."""
        if writer.key is None:
            return writer.block(Told(self.rows(start, stop)))
        return b"".join(self._dataset.rows(self._places[start:stop], writer))


def _codes(values: list[Any]) -> tuple[Ints, dict[Any, int]]:
    """Whole numbers in place of values, in the values' order as text, and which is which."""
    known = {value: code for code, value in enumerate(sorted(set(values), key=str))}
    return np.array(list(map(known.__getitem__, values)), dtype=np.int64), known
