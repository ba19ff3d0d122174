"""Which operations may take long, so that short ones must not wait behind them. Chosen before they start."""

from collections.abc import Callable, Mapping

from mockserver.door.operations import Operation
from mockserver.simulation.world import World

__all__ = ["effort_of"]

# A story takes some milliseconds to tell, so a few rooms are told at once.
_FEW = 4
_MAKING = ("getOpenApiJson", "getOpenApiYaml", "getReference", "createDeployment", "runMoreRooms", "retryRoom")


def effort_of(operation: Operation) -> bool | Callable[[World, Mapping[str, str]], bool]:
    """Whether an operation may take long: always, or as long as rooms that it is about have not been told.

    Documents are made with real answers, and launches reckon what rooms will cost.
    """
    if operation.id in _MAKING:
        return True
    return _has_untold if "experiment" in operation.path or "deployment" in operation.path else False


def _has_untold(world: World, names: Mapping[str, str]) -> bool:
    """Are there many rooms in what the path names, or in the world where it names none, and stories still to tell?"""
    experiment_id = names.get("experiment_id", names.get("scope_id"))
    rooms = world.every_room() if experiment_id is None else world.rooms(experiment_id)
    return len(rooms) > _FEW and not world.has_told(rooms)
