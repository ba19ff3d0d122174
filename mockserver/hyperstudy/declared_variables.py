"""Variables that a definition declares, in the `variableSnapshot` of the components of launched rooms.

Records of one answer have the same keys and one type a column, so the columns are those that any of the rooms asked
for declares: null in the others, and text where rooms disagree about the type. Source: that variables are shown
there is documented; what happens where rooms differ is inferred.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from mockserver.hyperstudy.shape import Field, Links, Shape
from mockserver.simulation.story.rooms import RoomRef

__all__ = ["with_variables"]

_SNAPSHOT = "variableSnapshot"


@dataclass(frozen=True)
class _WithVariables(Shape):
    """A shape whose snapshots have more columns.

    Attributes:
        fields: With the columns that are added. told: how to write the rest.
        values: Room to the values that are added in it.
    """

    told: Shape
    values: Mapping[str, Mapping[str, Any]]

    def write(self, records: Sequence[Any], links: Links) -> list[dict[str, Any]]:
        """Records as plain objects, each with the variables of its room."""
        rows = self.told.write(records, links)
        for row in rows:
            row[_SNAPSHOT] |= self.values[row["roomId"]]
        return rows


def with_variables(shape: Shape, rooms: Sequence[RoomRef]) -> Shape:
    """The shape of records of these rooms: itself, unless it has a snapshot and one of them declares variables."""
    snapshot = next((field for field in shape.fields if field.name == _SNAPSHOT), None)
    if snapshot is None or snapshot.shape is None or not any(room.variables for room in rooms):
        return shape
    own = {field.name for field in snapshot.fields}
    declared = {room.room_id: {n: v for n, v in room.variables if n not in own} for room in rooms}
    names = list(dict.fromkeys(name for values in declared.values() for name in values))
    mixed = {name for name in names if len({_type(v[name]) for v in declared.values() if name in v}) > 1}
    values = {
        room_id: {name: _text(given.get(name)) if name in mixed else given.get(name) for name in names}
        for room_id, given in declared.items()
    }
    more = tuple(Field(name, "string", nullable=True, own=False) for name in names)
    wider = replace(snapshot, shape=replace(snapshot.shape, fields=(*snapshot.fields, *more)))
    fields = tuple(wider if field is snapshot else field for field in shape.fields)
    return _WithVariables(shape.record, fields, shape, values)


def _type(value: Any) -> str:
    """A column of whole numbers and others is one of numbers."""
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()
