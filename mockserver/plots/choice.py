"""Which room to plot, where nobody said."""

from collections.abc import Iterator
from itertools import islice

from mockserver.plots.errors import PlotError
from mockserver.simulation.datasets.query import Query
from mockserver.simulation.scenario.rules import close_match
from mockserver.simulation.story.rooms import RoomRef
from mockserver.simulation.world import DataType, World

__all__ = ["chosen_room", "named_room"]

# Rooms of an experiment are alike; what the first ones do not have, the others need not be asked for.
_LOOKED_INTO = 20
_SHOWN_ROOMS = 12


def named_room(world: World, room_id: str) -> RoomRef:
    """The room with that id.

    Raises:
        PlotError: The world has no such room.
    """
    room = world.room(room_id)
    if room is None:
        known = [ref.room_id for ref in _every_room(world)]
        shown = ", ".join(known[:_SHOWN_ROOMS]) or "none"
        more = f" and {len(known) - _SHOWN_ROOMS} more" if len(known) > _SHOWN_ROOMS else ""
        raise PlotError(
            f"--room: {room_id!r} is no room of {world.scenario.name!r} with seed {world.seed}"
            f"{close_match(room_id, known) or ';'} rooms are {shown}{more}"
        )
    return room


def chosen_room(world: World) -> tuple[RoomRef, str]:
    """The first room with sync data and ratings; without such a room the first that has either, or any.

    Returns:
        The room, and why it was chosen.

    Raises:
        PlotError: The world has no rooms.
    """
    first: dict[frozenset[str], RoomRef] = {}
    for room in _first_rooms(world):
        first.setdefault(_what_it_has(world, room), room)
        if frozenset(("sync", "ratings/continuous")) in first:
            return first.popitem()[1], "the first room with sync data and ratings"
    for wanted, said in (("ratings/continuous", "ratings; none has sync data"), ("sync", "sync data")):
        if frozenset((wanted,)) in first:
            return first[frozenset((wanted,))], f"the first room with {said}"
    if first:
        return first[frozenset()], "the first room; none has sync data or ratings"
    raise PlotError(f"scenario {world.scenario.name!r} has no rooms, so there is nothing to plot")


def _every_room(world: World) -> Iterator[RoomRef]:
    for experiment_id in world.scenario.experiments:
        yield from world.rooms(experiment_id)


def _first_rooms(world: World) -> Iterator[RoomRef]:
    for experiment_id in world.scenario.experiments:
        yield from islice(world.rooms(experiment_id), _LOOKED_INTO)


def _what_it_has(world: World, room: RoomRef) -> frozenset[str]:
    wanted: tuple[DataType, ...] = ("sync", "ratings/continuous")
    query = Query(now_ms=world.settled_ms(room.experiment_id))
    return frozenset(kind for kind in wanted if world.select(kind, [room], query).total)
