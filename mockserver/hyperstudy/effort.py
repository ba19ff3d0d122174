"""Which operations may take long, so that short ones must not wait behind them. Chosen before they start."""

from collections.abc import Callable, Mapping
from functools import partial

from mockserver.door.operations import Operation
from mockserver.hyperstudy.catalogue import CATALOGUE
from mockserver.simulation.world import DataType, World

__all__ = ["effort_of"]

# A story takes some milliseconds to tell, so a few rooms are told at once.
_FEW = 4
_DATA_OF = {f"/data/{row.name}/experiment/<scope_id>": row.name for row in CATALOGUE}
_MAKING = ("getOpenApiJson", "getOpenApiYaml", "getReference", "createDeployment", "runMoreRooms", "retryRoom")


def effort_of(operation: Operation) -> bool | Callable[[World, Mapping[str, str]], bool]:
    """Whether an operation may take long: always, or as long as what it is about has not been told.

    Documents are made with real answers, and launches reckon what rooms will cost.
    """
    if operation.id in _MAKING:
        return True
    if operation.path in _DATA_OF:
        return partial(_has_unmade, _DATA_OF[operation.path])
    return _has_untold if "experiment" in operation.path or "deployment" in operation.path else False


def _has_unmade(data_type: DataType, world: World, names: Mapping[str, str]) -> bool:
    """Are there many rooms in the experiment, and records of that type still to find?

    Told stories are not enough: who is about to read their events would wait for whoever finds them.
    """
    rooms = world.rooms(names["scope_id"])
    return len(rooms) > _FEW and not world.has_made(data_type, rooms)


def _has_untold(world: World, names: Mapping[str, str]) -> bool:
    """Are there many rooms in what the path names, or in the world where it names none, and stories still to tell?"""
    experiment_id = names.get("experiment_id")
    rooms = world.every_room() if experiment_id is None else world.rooms(experiment_id)
    return len(rooms) > _FEW and not world.has_told(rooms)
