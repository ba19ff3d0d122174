"""What tests of the check share: a run in this process, and records that are written wrongly on purpose."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask

from mockserver import Settings
from mockserver.check.reader import Reader
from mockserver.check.run import Result, Run
from mockserver.check.session import reader_of
from mockserver.check.transport import InProcessTransport
from mockserver.hyperstudy.rows import Rows
from mockserver.hyperstudy.shape import Shape
from mockserver.simulation.datasets.columns import Told

Record = dict[str, Any]

KEY = "hst_live_your_key_here"
# Names that tell a record of one type from all others.
TYPE_OF = {
    "messageId": "chat", "recordingId": "recordings", "metricId": "sync", "variableSnapshot": "components",
    "sparseRatingData": "ratings/sparse", "normalizedValue": "ratings/continuous", "category": "events",
    "connectionId": "videochat", "joinedAt": "participants", "participantCount": "rooms",
}  # fmt: skip


def results_of(
    scenario: str = "pair", seed: int | None = None, *, experiments: Sequence[str] = (), most_rooms: int | None = None
) -> dict[int, Result]:
    """Check a scenario in this process, or some of its experiments: invariant to result."""
    with reader_of(Settings(scenario=scenario, seed=seed), ()) as reader:
        run = Run(reader, experiments, most_rooms=most_rooms)
        return {result.invariant.number: result for result in run.results()}


def broken(results: dict[int, Result]) -> list[int]:
    """The invariants that are broken."""
    return [number for number, result in results.items() if result.broken]


def records_of(app: Flask, data_type: str, room_id: str = "room_pair") -> list[Record]:
    """All records of a room, as a client reads them."""
    path = f"/api/v3/data/{data_type}/room/{room_id}?limit=10000"
    answer = app.test_client().get(path, headers={"X-API-Key": KEY})
    found: list[Record] = answer.get_json()["data"]
    return found


def reader_for(app: Flask) -> Reader:
    """A reader of an application in this process."""
    return Reader(InProcessTransport(app), [KEY])


def change_written(patch: pytest.MonkeyPatch, change: Callable[[Record], None]) -> None:
    """Change each record in place just before it is written, in whatever answer and format."""
    plain, block = Shape.plain, Rows.block

    def changed(shape: Shape, records: Sequence[Any], links: Any) -> dict[str, list[Any]]:
        columns = plain(shape, records, links)
        rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
        for row in rows:
            change(row)
        return {name: [row[name] for row in rows] for name in columns}

    patch.setattr(Shape, "plain", changed)
    patch.setattr(Rows, "block", lambda rows, records: block(rows, Told(records.records())))


class Corruption:
    """Writes one record wrongly, in whatever answer and format it appears.

    Args:
        data_type: The record's type.
        chosen: Tells it from the others of its type; the first that is met stays the one.
        change: Changes the written record in place.
    """

    def __init__(self, data_type: str, chosen: Callable[[Record], bool], change: Callable[[Record], None]) -> None:
        self._data_type = data_type
        self._chosen = chosen
        self._change = change
        self._victim: tuple[Any, ...] | None = None

    def into(self, patch: pytest.MonkeyPatch) -> None:
        """Let it happen from now on."""

        def change(row: Record) -> None:
            if self._is_victim(row):
                self._change(row)

        change_written(patch, change)

    def _is_victim(self, row: Record) -> bool:
        if not any(name in row and type_ == self._data_type for name, type_ in TYPE_OF.items()):
            return False
        name = next(name for name in ("id", "participantId", *row) if name in row)
        identity = (
            row[name],
            row.get("messageId"),
            row.get("timestamp"),
            row.get("recordingId"),
            row.get("componentId"),
        )
        if self._victim is None and self._chosen(row):
            self._victim = identity
        return identity == self._victim
