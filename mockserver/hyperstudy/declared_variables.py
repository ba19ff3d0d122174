"""Variables that a definition declares, in the `variableSnapshot` of the components of launched rooms.

Records of one answer have the same keys, so the columns are those that any of the rooms asked for declares: null in the
others. A column has one type at every level and on every page, so the type is that of all rooms of the experiment: text
where they disagree, and a number with a decimal point where one of them has such. Source: that variables are shown
there is documented; what happens where rooms differ is inferred.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mockserver.hyperstudy.shape import Field, Links, Shape
from mockserver.simulation.story.rooms import RoomRef
from mockserver.words.scalars import as_type, common_type

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


def with_variables(shape: Shape, rooms: Sequence[RoomRef], all_rooms: Sequence[RoomRef]) -> Shape:
    """The shape of records of these rooms: itself, unless it has a snapshot and one of them declares variables.

    Args:
        all_rooms: Of the same experiment.
    """
    snapshot = next((field for field in shape.fields if field.name == _SNAPSHOT), None)
    if snapshot is None or snapshot.shape is None or not any(room.variables for room in rooms):
        return shape
    own = {field.name for field in snapshot.fields}
    declared = {room.room_id: {n: v for n, v in room.variables if n not in own} for room in rooms}
    names = list(dict.fromkeys(name for values in declared.values() for name in values))
    everywhere = [dict(room.variables) for room in all_rooms]
    types = {name: common_type([given[name] for given in everywhere if name in given]) for name in names}
    values = {
        room_id: {name: as_type(given[name], types[name]) if name in given else None for name in names}
        for room_id, given in declared.items()
    }
    more = tuple(Field(name, "string", nullable=True, own=False) for name in names)
    wider = replace(snapshot, shape=replace(snapshot.shape, fields=(*snapshot.fields, *more)))
    fields = tuple(wider if field is snapshot else field for field in shape.fields)
    return _WithVariables(shape.record, fields, shape, values)
