"""Variables that a definition declares, in the `variableSnapshot` of the components of launched rooms.

Records of one answer have the same keys, so the columns are those that any of the rooms asked for declares: null in the
others. A variable has one type at every level, on every page and in every operation, so the type is that of all rooms
of the experiment, and of the answers that are written into it: text where they disagree, and a number with a decimal
point where one of them has such. Source: that variables are shown there is documented; what happens where rooms differ
is inferred.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from mockserver.hyperstudy.shape import Field, Shape
from mockserver.sandbox.study import Study
from mockserver.sandbox.study.definitions import output_variables
from mockserver.simulation.scenario.specs import SCALES, UNANSWERED, StateSpec
from mockserver.simulation.story.rooms import RoomRef
from mockserver.words.scalars import Scalar, ScalarType, as_type, common_type

__all__ = ["variable_types", "with_variables"]

_SNAPSHOT = "variableSnapshot"


def variable_types(study: Study, experiment_id: str) -> Mapping[str, ScalarType]:
    """The type of each variable of an experiment, whatever has been written into it by now."""
    launched = {one.room_id: output_variables(one.definition) for one in study.launches()}
    samples: dict[str, list[Scalar]] = {}
    for room in study.world.rooms(experiment_id):
        constants = (("condition", room.condition), *room.variables)
        for name, value in (*constants, *_answers(room, launched.get(room.room_id, {}))):
            samples.setdefault(name, []).append(value)
    return {name: common_type(values) for name, values in samples.items()}


def _answers(room: RoomRef, outputs: Mapping[str, str]) -> Iterator[tuple[str, Scalar]]:
    """The variables that answers are written into, each with a value such as they are.

    Args:
        outputs: States whose component has a variable for its answer; else the component's id names it.
    """
    for state_id, state in room.states:
        for component_id, component in _asked(state):
            yield outputs.get(state_id, component_id), 0 if component in SCALES else ""


def _asked(state: StateSpec) -> Iterator[tuple[str, str]]:
    """The components of a state that leave an answer, each with its type; a video leaves that it has ended."""
    if state.component == "ShowVideo" or state.component not in UNANSWERED:
        yield state.component_id, state.component
    if state.sparse is not None:
        yield state.sparse.component_id, state.sparse.component


def with_variables(shape: Shape, rooms: Sequence[RoomRef], study: Study) -> Shape:
    """The shape of records of these rooms: itself, unless it has a snapshot and one of them declares variables.

    Args:
        rooms: All of one experiment.
    """
    snapshot = next((field for field in shape.fields if field.name == _SNAPSHOT), None)
    if snapshot is None or snapshot.shape is None or not any(room.variables for room in rooms):
        return shape
    own = {field.name for field in snapshot.fields}
    declared = {room.room_id: {n: v for n, v in room.variables if n not in own} for room in rooms}
    names = list(dict.fromkeys(name for values in declared.values() for name in values))
    types = variable_types(study, rooms[0].experiment_id)
    values = {
        room_id: {name: as_type(given[name], types[name]) if name in given else None for name in names}
        for room_id, given in declared.items()
    }
    more = tuple(Field(name, "string", nullable=True, own=False) for name in names)
    wider = replace(
        snapshot,
        shape=replace(snapshot.shape, fields=(*snapshot.fields, *more)),
        made=lambda record, links: snapshot.plain(record.variable_snapshot) | values[record.room_id],
    )
    return replace(shape, fields=tuple(wider if field is snapshot else field for field in shape.fields))
