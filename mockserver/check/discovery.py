"""Finds the experiments, their rooms and who took part, each from the best source that the public API has.

    experiments           the lists of each key's own and shared ones
    rooms, participants   the API's own lists  ->  the ids in the events

The last knows only who left a trace. This is the only module that knows of these sources.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from mockserver.check.errors import CheckError, RefusedError
from mockserver.check.instants import ms_from_iso
from mockserver.check.reader import API_PATH, Reader, data_path

__all__ = ["EXPERIMENTS_PATH", "Discovery", "Room"]

EXPERIMENTS_PATH = f"{API_PATH}/experiments"
_LISTS = (EXPERIMENTS_PATH, f"{EXPERIMENTS_PATH}/shared")


@dataclass(frozen=True, slots=True)
class Room:
    """A room as it was found.

    Attributes:
        participants: Ids of those who took part.
        record, people: What the rooms and the participants endpoint say; None where they are not served.
        siblings_open: Another room of the experiment has not ended, as far as the rooms endpoint says.
        url: Where it was found who took part.
        states: The ids of the experiment's states in order, as its definition has them; None where that cannot
            be read, or where the room may have been run by another one.
    """

    id: str
    participants: Sequence[str]
    record: Mapping[str, Any] | None
    people: Sequence[Mapping[str, Any]] | None
    siblings_open: bool
    url: str
    states: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class _Definition:
    """The states of an experiment that was never edited, in order, and since when they are defined so."""

    states: Sequence[str]
    made_ms: int


class Discovery:
    """What is there to be checked, on one server."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._rooms: dict[str, list[dict[str, Any]] | None] = {}
        self._traces: dict[str, dict[str, list[str]]] = {}
        self._definitions: dict[str, _Definition | None] = {}

    def experiment_ids(self) -> list[str]:
        """Every experiment that the server lists for one of the keys.

        Raises:
            CheckError: It lists none, so they have to be named.
        """
        summaries, refused = self._summaries
        if summaries is None:
            said = f"{refused}; n" if refused else "this server does not list its experiments: n"
            raise CheckError(f"{said}ame them with --experiment ID")
        return list(summaries)

    def summary(self, experiment_id: str) -> Mapping[str, Any] | None:
        """What the list of experiments says of one; None where it is not served, or not for these keys."""
        return (self._summaries[0] or {}).get(experiment_id)

    def room_ids(self, experiment_id: str, *, again: bool = False) -> list[str]:
        """The experiment's rooms, in the server's order.

        Args:
            again: Ask anew, since there may be more by now.
        """
        if again:
            self._rooms.pop(experiment_id, None)
            self._traces.pop(experiment_id, None)
        served = self.room_records(experiment_id)
        return list(self._traces_of(experiment_id)) if served is None else [record["id"] for record in served]

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
        else:
            path = data_path("events", "room", room_id)
            ids = self._traces_of(experiment_id).get(room_id, [])
        record = next((record for record in rooms if record["id"] == room_id), None)
        siblings_open = any(other["endedAt"] is None for other in rooms if other["id"] != room_id)
        states = self._states(experiment_id, record, rooms)
        return Room(room_id, ids, record, people, siblings_open, self._reader.url(path, {}), states)

    def _states(
        self, experiment_id: str, record: Mapping[str, Any] | None, rooms: Sequence[Mapping[str, Any]]
    ) -> Sequence[str] | None:
        """The definition's states, if the room was certainly run by it.

        A deployment keeps the definition that it was launched with, so that has to be older than the first room
        of the deployment; and one that was edited at any time says nothing of rooms that had been planned before.
        """
        definition = self._definition(experiment_id)
        if definition is None or record is None:
            return None
        deployed = [other for other in rooms if other["deploymentId"] == record["deploymentId"]]
        first_ms = min(ms_from_iso([other["createdAt"] for other in deployed]).tolist())
        return definition.states if definition.made_ms < first_ms else None

    def _definition(self, experiment_id: str) -> _Definition | None:
        if experiment_id not in self._definitions:
            self._definitions[experiment_id] = self._read_definition(experiment_id)
        return self._definitions[experiment_id]

    def _read_definition(self, experiment_id: str) -> _Definition | None:
        try:
            page = self._reader.optional(f"{EXPERIMENTS_PATH}/{quote(experiment_id, safe='')}")
        except RefusedError:
            return None  # The key may read data only.
        record = page.data[0] if page is not None and page.data else {}
        made, states = record.get("createdAt"), record.get("states")
        if not made or not states or made != record.get("updatedAt") or record.get("randomizeStates"):
            return None
        return _Definition(_in_order(states), int(ms_from_iso([made])[0]))

    @cached_property
    def _summaries(self) -> tuple[dict[str, dict[str, Any]] | None, RefusedError | None]:
        """Id to what the lists say of an experiment, and why one was refused; None where no key gets a list."""
        found: dict[str, dict[str, Any]] = {}
        listed, refused = False, None
        for path in (path for _ in self._reader.each_key() for path in _LISTS):
            try:
                summaries = self._all(path, {"limit": 50})
            except RefusedError as error:
                refused = refused or error
                continue
            listed = listed or summaries is not None
            for summary in summaries or ():
                found.setdefault(summary["id"], summary)
        return found if listed else None, refused

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


def _in_order(states: Sequence[Mapping[str, Any]]) -> list[str]:
    """The ids of states in the order in which they are run: by `order`, where all have one."""
    orders = [state.get("order") for state in states]
    numbered = all(isinstance(order, int | float) for order in orders)
    return [state["id"] for state in (sorted(states, key=lambda state: state["order"]) if numbered else states)]
