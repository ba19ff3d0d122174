"""Finds the experiments, their rooms and who took part, each from the best source that the server has.

    the API's own lists  ->  the emulator's control API (`/_mock/world`)  ->  the ids in the events

The last knows only who left a trace. This is the only module that knows of these sources.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mockserver.check.errors import CheckError
from mockserver.check.reader import API_PATH, Reader, data_path

__all__ = ["EXPERIMENTS_PATH", "Discovery", "Room"]

EXPERIMENTS_PATH = f"{API_PATH}/experiments"


@dataclass(frozen=True, slots=True)
class Room:
    """A room as it was found.

    Attributes:
        participants: Ids of those who took part.
        record, people: What the rooms and the participants endpoint say; None where they are not served.
        siblings_open: Another room of the experiment has not ended, as far as the rooms endpoint says.
        url: Where it was found who took part.
    """

    id: str
    participants: Sequence[str]
    record: Mapping[str, Any] | None
    people: Sequence[Mapping[str, Any]] | None
    siblings_open: bool
    url: str


class Discovery:
    """What is there to be checked, on one server."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._rooms: dict[str, list[dict[str, Any]] | None] = {}
        self._traces: dict[str, dict[str, list[str]]] = {}

    def experiment_ids(self) -> list[str]:
        """Every experiment that the server knows: those of its world, and those that the API lists.

        Raises:
            CheckError: It lists none, so they have to be named.
        """
        if self._world is None and self._summaries is None:
            raise CheckError("this server does not list its experiments: name them with --experiment ID")
        known = [*(self._world or {"experiments": ()})["experiments"], *(self._summaries or ())]
        return list(dict.fromkeys(experiment["id"] for experiment in known))

    def summary(self, experiment_id: str) -> Mapping[str, Any] | None:
        """What the list of experiments says of one; None where it is not served, or not for this key."""
        return next((one for one in self._summaries or () if one["id"] == experiment_id), None)

    def room_ids(self, experiment_id: str, *, again: bool = False) -> list[str]:
        """The experiment's rooms, in the server's order.

        Args:
            again: Ask anew, since there may be more by now.
        """
        if again:
            self._rooms.pop(experiment_id, None)
            self._traces.pop(experiment_id, None)
        served = self.room_records(experiment_id)
        if served is not None:
            return [record["id"] for record in served]
        world = self._world_of(experiment_id)
        return list(world["rooms"]) if world is not None else list(self._traces_of(experiment_id))

    def room_records(self, experiment_id: str) -> list[dict[str, Any]] | None:
        """What the rooms endpoint says of the experiment's rooms; None where it is not served."""
        if experiment_id not in self._rooms:
            self._rooms[experiment_id] = self._records("rooms", "experiment", experiment_id)
        return self._rooms[experiment_id]

    def room(self, experiment_id: str, room_id: str) -> Room:
        """A room with what is known of it."""
        rooms = self.room_records(experiment_id) or ()
        people = self._records("participants", "room", room_id)
        path = data_path("participants", "room", room_id)
        if people is not None:
            ids = [person["participantId"] for person in people]
        elif (world := self._world_of(experiment_id)) is not None:
            path, ids = "/_mock/world", world["participants"].get(room_id, [])
        else:
            path = data_path("events", "room", room_id)
            ids = self._traces_of(experiment_id).get(room_id, [])
        record = next((record for record in rooms if record["id"] == room_id), None)
        siblings_open = any(other["endedAt"] is None for other in rooms if other["id"] != room_id)
        return Room(room_id, ids, record, people, siblings_open, self._reader.url(path, {}))

    @cached_property
    def _summaries(self) -> list[dict[str, Any]] | None:
        return self._all(EXPERIMENTS_PATH, {"limit": 50})

    @cached_property
    def _world(self) -> Any:
        return self._reader.control("/_mock/world")

    def _world_of(self, experiment_id: str) -> Any:
        experiments = self._world["experiments"] if self._world is not None else ()
        return next((found for found in experiments if found["id"] == experiment_id), None)

    def _records(self, data_type: str, scope: str, scope_id: str) -> list[dict[str, Any]] | None:
        return self._all(data_path(data_type, scope, scope_id), {})

    def _all(self, path: str, query: Mapping[str, Any]) -> list[dict[str, Any]] | None:
        """All records of a list that a server may be without."""
        if self._reader.optional(path, {"limit": 1}) is None:
            return None
        return [record for page in self._reader.pages(path, query) for record in page.data]

    def _traces_of(self, experiment_id: str) -> dict[str, list[str]]:
        """Room to participants, as far as the events name them."""
        if experiment_id not in self._traces:
            found: dict[str, list[str]] = {}
            for page in self._reader.pages(data_path("events", "experiment", experiment_id)):
                for event in page.data:
                    people = found.setdefault(event["roomId"], [])
                    if event["participantId"] not in people:
                        people.append(event["participantId"])
            self._traces[experiment_id] = found
        return self._traces[experiment_id]
