"""Invariant 1: `onset` = `timestamp` - the room's `experimentStartedAt`, exactly, in every record.

Source: key fields of the data page (documented). The start is read from the metadata of each answer and has
to be the same in all of a room's answers. Recordings have no `onset`; their `videoOffset` is part of
invariant 7.
"""

import numpy as np

from mockserver.check.observed_room import ObservedRoom
from mockserver.check.rule import Counterexample, Counterexamples

__all__ = ["WITHOUT_ONSET", "onset_counts_from_the_start"]

WITHOUT_ONSET = ("recordings",)


def onset_counts_from_the_start(observed: ObservedRoom) -> Counterexamples:
    """Every data type but recordings, record by record."""
    for data_type in observed.data_types:
        if data_type in WITHOUT_ONSET:
            continue
        table = observed.table(data_type)
        if table.started_ms != observed.started_ms:
            yield Counterexample(
                f"{data_type} of room {observed.room.id} name another experimentStartedAt than its events, by "
                f"{table.started_ms - observed.started_ms:+d} ms",
                table.url(0),
            )
        expected_ms = table.at_ms - table.started_ms
        for place in np.flatnonzero(table.onset_ms != expected_ms).tolist():
            yield Counterexample(
                f"{observed.tell(data_type, place)}: onset is {table.onset_ms[place]} ms, its timestamp lies "
                f"{expected_ms[place]} ms after experimentStartedAt",
                table.url(place),
            )
