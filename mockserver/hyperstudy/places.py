"""Finding what a path names, and whether the caller may see it: the last of the order of checks.

What belongs to another organisation is 403, unless it was shared; what was deleted is 404 like what never
was (inferred).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from mockserver.hyperstudy.calls import Call
from mockserver.hyperstudy.errors import Forbidden, NotFound, shown
from mockserver.sandbox.study.shelves import Kept
from mockserver.simulation.story.rooms import RoomRef

__all__ = ["Place", "find_experiment", "find_participant", "find_room", "foreign", "looked_up", "there", "unknown"]

T = TypeVar("T")
_FOREIGN = "This belongs to another organisation than the API key."


@dataclass(frozen=True, slots=True)
class Place:
    """What a level and an id stand for: rooms of one experiment, and perhaps one participant."""

    rooms: Sequence[RoomRef]
    experiment_id: str
    participant_id: str | None = None


def looked_up(find: Callable[[], T]) -> T | NotFound:
    """What is looked for, once; that it is not there is told after what is wrong with parameters (`there`).

    Raises:
        Forbidden: It is another organisation's.
    """
    try:
        return find()
    except NotFound as error:
        return error


def there(found: T | NotFound) -> T:
    """What was looked up.

    Raises:
        NotFound: It is not there.
    """
    if isinstance(found, NotFound):
        raise found
    return found


def unknown(what: str, asked: str, example: str | None = None) -> NotFound:
    """The error for an id that leads nowhere, with one that leads somewhere."""
    hint = f" For example, {example} exists." if example else ""
    return NotFound(
        f"There is no {what} with the id {shown(asked)}.{hint}",
        {"resource": what.split(" ", maxsplit=1)[0], "id": asked[:200]},
    )


def foreign(call: Call, kept: Kept, said: str = _FOREIGN) -> Forbidden:
    """The error for what is another organisation's, with whose it is and whose the key (inferred)."""
    return Forbidden(said, {"required": [kept.organisation], "provided": [call.caller.organisation]})


def _sample(call: Call, name: Literal["experiment", "room"]) -> str | None:
    """An id to begin with, where the caller can find something under it: the world's sample, or a room beside it."""
    world, ids = call.world, call.world.sample_ids()
    experiment = call.sandbox.study.experiments.get(ids["experiment"] or "")
    if experiment is None or not experiment.may(call.caller.organisation):
        return None
    if name == "experiment":
        return experiment.id
    # The first room stands for those that start later: whether anybody has joined a room may take its story.
    likely = [room for room in world.rooms(experiment.id) if room.room_id == ids["room"]]
    likely += world.rooms(experiment.id)[:1]
    return next((room.room_id for room in likely if world.is_open(room, call.now_ms)), None)


def find_experiment(call: Call, experiment_id: str, *, export: bool = False, write: bool = False) -> Kept:
    """The experiment with that id.

    Args:
        export, write: What is to be done with it, beyond reading.

    Raises:
        NotFound: There is none, or it was deleted.
        Forbidden: It is another organisation's, and not shared as far as this.
    """
    found = call.sandbox.study.experiments.get(experiment_id)
    if found is None:
        raise unknown("experiment", experiment_id, _sample(call, "experiment"))
    organisation = call.caller.organisation
    if organisation != found.organisation and (write or not found.may(organisation, export=export)):
        raise foreign(call, found, _refusal(found, organisation, write=write))
    return found


def _refusal(found: Kept, organisation: str, *, write: bool) -> str:
    """What somebody of another organisation may not do with an experiment, and what they may."""
    if not found.may(organisation):
        return _FOREIGN
    allowed = "viewed and exported" if found.may(organisation, export=True) else "viewed"
    refused = "changed, deleted or deployed" if write else "exported"
    return f"This is shared with the API key's organisation: it may be {allowed}, and not {refused}."


def find_room(call: Call, room_id: str) -> RoomRef:
    """The room with that id, once somebody has joined it.

    Raises:
        NotFound, Forbidden: As for its experiment.
    """
    world = call.world
    room = world.room(room_id)
    known = call.sandbox.study.experiments.get(room.experiment_id) if room else None
    if room is None or known is None or not world.is_open(room, call.now_ms):
        raise unknown("room", room_id, _sample(call, "room"))
    find_experiment(call, room.experiment_id)
    return room


def find_participant(call: Call, room: RoomRef, participant_id: str) -> Place:
    """The participant with that id in a room.

    Raises:
        NotFound: The room has no such participant.
    """
    people = call.world.participant_ids(room)
    if participant_id not in people:
        raise unknown(f"participant in room {room.room_id}", participant_id, people[0])
    return Place((room,), room.experiment_id, participant_id)
