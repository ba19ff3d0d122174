"""Finding what a path names, and whether the caller may see it: the last of the order of checks.

What belongs to another organisation is 403, unless it was shared; what was deleted is 404 like what never
was (inferred).
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from mockserver.hyperstudy.errors import Forbidden, NotFound, shown
from mockserver.hyperstudy.operations import Call
from mockserver.simulation.rooms import RoomRef
from mockserver.study.documents import Kept

__all__ = ["Place", "find_experiment", "find_participant", "find_room", "refuse_foreign", "unknown"]


@dataclass(frozen=True, slots=True)
class Place:
    """What a scope and an id stand for: rooms of one experiment, and perhaps one participant."""

    rooms: Sequence[RoomRef]
    participant_id: str | None = None


def unknown(what: str, asked: str, example: str | None = None) -> NotFound:
    """The error for an id that leads nowhere, with one that leads somewhere."""
    hint = f" For example, {example} exists." if example else ""
    return NotFound(
        f"There is no {what} with the id {shown(asked)}.{hint}",
        {"resource": what.split(" ", maxsplit=1)[0], "id": asked[:200]},
    )


def _sample(call: Call, name: str) -> str | None:
    """The world's sample id of that name, where the caller can find something under it."""
    ids = call.sandbox.world.sample_ids()
    experiment = call.sandbox.study.experiments.get(ids["experiment"] or "")
    return ids[name] if experiment is not None and experiment.may(call.caller.organisation) else None


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
        seen = found.may(organisation)
        said = (
            "This may be viewed with the API key, and not exported or changed."
            if seen
            else ("This belongs to another organisation than the API key.")
        )
        raise Forbidden(said, {"required": [found.organisation], "provided": [organisation]})
    return found


def find_room(call: Call, room_id: str, *, export: bool = False) -> RoomRef:
    """The room with that id, once somebody has joined it.

    Raises:
        NotFound, Forbidden: As for its experiment.
    """
    world = call.sandbox.world
    room = world.room(room_id)
    known = call.sandbox.study.experiments.get(room.experiment_id) if room else None
    if room is None or known is None or not world.is_open(room, call.now_ms):
        raise unknown("room", room_id, _sample(call, "room"))
    find_experiment(call, room.experiment_id, export=export)
    return room


def refuse_foreign(call: Call, scope: str, scope_id: str) -> None:
    """Refuse what belongs to others before anything is said about the parameters; the order of checks (inferred).

    Raises:
        Forbidden: It is there, and another organisation's.
    """
    with contextlib.suppress(NotFound):
        if scope == "experiment":
            find_experiment(call, scope_id)
        else:
            find_room(call, scope_id if scope == "room" else call.arguments.get("roomId", ""))


def find_participant(call: Call, room: RoomRef, participant_id: str) -> Place:
    """The participant with that id in a room.

    Raises:
        NotFound: The room has no such participant.
    """
    people = call.sandbox.world.participant_ids(room)
    if participant_id not in people:
        raise unknown(f"participant in room {room.room_id}", participant_id, people[0])
    return Place((room,), participant_id)
