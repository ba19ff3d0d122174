"""Invariant 1: `onset` = `timestamp` - the room's `experimentStartedAt`, exactly, in every record.

Source: key fields of the data page (documented). The start is read from the metadata of each answer and has
to be the same in all of a room's answers. Recordings have no `onset`; their `videoOffset` is part of
invariant 7.
"""

import numpy as np

from mockserver.check.rule import Counterexample, Counterexamples
from mockserver.check.study import Study

__all__ = ["WITHOUT_ONSET", "onset_counts_from_the_start"]

WITHOUT_ONSET = ("recordings",)


def onset_counts_from_the_start(study: Study) -> Counterexamples:
    """Every data type but recordings, record by record."""
    for data_type in study.data_types:
        if data_type in WITHOUT_ONSET:
            continue
        table = study.table(data_type)
        if table.started_ms != study.started_ms:
            yield Counterexample(
                f"{data_type} of room {study.room.id} name another experimentStartedAt than its events, by "
                f"{table.started_ms - study.started_ms:+d} ms",
                table.url(0),
            )
        expected_ms = table.at_ms - table.started_ms
        for place in np.flatnonzero(table.onset_ms != expected_ms).tolist():
            yield Counterexample(
                f"{study.tell(data_type, place)}: onset is {table.onset_ms[place]} ms, its timestamp lies "
                f"{expected_ms[place]} ms after experimentStartedAt",
                table.url(place),
            )
