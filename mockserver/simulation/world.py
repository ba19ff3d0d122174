"""The world: a scenario plus a seed, as datasets. Immutable; what it keeps is only a bounded cache.

    world.select("events", scope, query) -> total and rows

Everything is told from the rooms' plans, made when first asked for and forgotten again.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from mockserver.simulation.chance import Chance
from mockserver.simulation.chat import chat_entries
from mockserver.simulation.components import component_entries
from mockserver.simulation.continuous import ContinuousLanes, continuous_lanes
from mockserver.simulation.datasets import Dataset, IndexDataset, LaneDataset, Query, Selection
from mockserver.simulation.events import event_entries
from mockserver.simulation.people import Namer
from mockserver.simulation.plan import Plan, RoomRef
from mockserver.simulation.planner import participant_id, plan_room
from mockserver.simulation.recordings import recording_entries
from mockserver.simulation.records import Entry, Recording
from mockserver.simulation.regular import Lane
from mockserver.simulation.scenario import Scenario
from mockserver.simulation.sparse import sparse_entries
from mockserver.simulation.sync import SyncLanes, sync_lanes

__all__ = ["DATA_TYPES", "DataType", "World"]

DataType = Literal[
    "events", "recordings", "chat", "ratings/continuous", "ratings/sparse", "sync", "components"
]
DATA_TYPES: tuple[DataType, ...] = (
    "events", "recordings", "chat", "ratings/continuous", "ratings/sparse", "sync", "components",
)  # fmt: skip
_FILTERS: dict[str, tuple[str, ...]] = {
    "events": ("category",),
    "components": ("component_type", "completed", "state_id"),
}
_DIGEST_RECORDS = 25
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Kept:
    """The values made last, at most `most` of them; safe between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value under the key, made if it is not there. Two threads may make it twice; both are equal."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                found: V = self._values[key]
                return found
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value


@dataclass(frozen=True, slots=True)
class _Rooms:
    """The rooms of an experiment, and where each id stands."""

    refs: tuple[RoomRef, ...]
    by_id: dict[str, RoomRef]


class World:
    """One simulated world.

    Args:
        scenario: What it is like.
        seed: Which one of its kind.
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.seed = seed
        self._namer = Namer()
        self._plans = _Kept(64)
        self._entries = _Kept(256)
        self._datasets = _Kept(64)
        taken: set[str] = set()
        self._rooms = {
            experiment_id: self._make_rooms(experiment_id, taken) for experiment_id in scenario.experiments
        }
        self._room_by_id = {
            room_id: ref for rooms in self._rooms.values() for room_id, ref in rooms.by_id.items()
        }

    # --- who and where -------------------------------------------------------------------------

    def rooms(self, experiment_id: str) -> tuple[RoomRef, ...]:
        """The experiment's rooms in the order in which they started; empty for an unknown experiment."""
        return self._rooms[experiment_id].refs if experiment_id in self._rooms else ()

    def room(self, room_id: str) -> RoomRef | None:
        """The room with that id, of any experiment."""
        return self._room_by_id.get(room_id)

    def participant_ids(self, room: RoomRef) -> list[str]:
        """Who was in the room, in the order of their roles; known without telling its story."""
        return [participant_id(room, self.seed, index) for index in range(room.experiment.participants)]

    def plan(self, room: RoomRef) -> Plan:
        """The room's story."""
        return self._plans.get(room.room_id, lambda: plan_room(room, self.scenario, self.seed, self._namer))

    def recording(self, room_id: str, recording_id: str) -> Recording | None:
        """The recording with that id, if the room has it."""
        if room_id not in self._room_by_id:
            return None
        found = (e.record for e in self.entries("recordings", room_id) if e.id == recording_id)
        record = next(found, None)
        return record if isinstance(record, Recording) else None

    def sample_ids(self) -> dict[str, str | None]:
        """Ids to begin with: the scenario's own, else the world's first; None where there are none."""
        sample = self.scenario.sample
        experiment = sample.experiment or next(iter(self._rooms), None)
        rooms = self.rooms(experiment) if experiment else ()
        room = sample.room or (rooms[0].room_id if rooms else None)
        ref = self.room(room) if room else None
        person = sample.participant or (self.participant_ids(ref)[0] if ref else None)
        return {
            "experiment": experiment,
            "room": room,
            "participant": person,
            "session": next(iter(self.scenario.sessions), None),
        }

    # --- what was recorded ---------------------------------------------------------------------

    def select(self, data_type: DataType, rooms: Sequence[RoomRef], query: Query) -> Selection:
        """Find what fits a query in some rooms of one experiment."""
        return self.dataset(data_type, rooms).select(query)

    def dataset(self, data_type: DataType, rooms: Sequence[RoomRef]) -> Dataset:
        """All of a data type in the given rooms."""
        key = (data_type, rooms[0].experiment_id if rooms else None, tuple(room.index for room in rooms))
        return self._datasets.get(key, lambda: self._make_dataset(data_type, rooms))

    def entries(self, data_type: str, room_id: str) -> list[Entry]:
        """A room's records of an irregular data type."""
        plan = self.plan(self._room_by_id[room_id])
        return self._entries.get((data_type, room_id), lambda: self._make_entries(data_type, plan))

    def digest(self) -> str:
        """A fingerprint of the world: equal digests, equal bytes. Made from a few records of every kind.

        Returns:
            64 hexadecimal digits.
        """
        fingerprint = hashlib.sha256()
        for experiment_id in self._rooms:
            rooms = self.rooms(experiment_id)
            fingerprint.update(repr((experiment_id, len(rooms), [r.room_id for r in rooms[:50]])).encode())
            for data_type in DATA_TYPES if rooms else ():
                found = self.select(data_type, rooms[:1], Query(now_ms=2**52))
                shown = [
                    found.total,
                    *found.rows(0, _DIGEST_RECORDS),
                    *found.rows(found.total - 3, found.total),
                ]
                fingerprint.update(repr(shown).encode())
        return fingerprint.hexdigest()

    # --- making --------------------------------------------------------------------------------

    def _make_rooms(self, experiment_id: str, taken: set[str]) -> _Rooms:
        spec = self.scenario.experiments[experiment_id]
        refs = []
        for index in range(spec.rooms):
            chance = Chance(self.seed, "room", experiment_id, index)
            named = spec.named_rooms[index : index + 1]
            room_id = named[0] if named else "room_" + chance.code(6, "id")
            while room_id in taken:
                room_id = "room_" + chance.code(6, "id", room_id)
            taken.add(room_id)
            late_ms = 0 if index == 0 else chance.integer(0, 60_000, "late")
            refs.append(
                RoomRef(
                    experiment_id=experiment_id,
                    experiment=spec,
                    index=index,
                    room_id=room_id,
                    started_ms=spec.starts_ms + int(index * spec.room_every_s * 1000) + late_ms,
                    deployment_id=spec.deployments[index % len(spec.deployments)]
                    if spec.deployments
                    else None,
                    condition=spec.conditions[index % len(spec.conditions)],
                )
            )
        return _Rooms(tuple(refs), {ref.room_id: ref for ref in refs})

    def _make_entries(self, data_type: str, plan: Plan) -> list[Entry]:
        match data_type:
            case "chat":
                return chat_entries(plan, self._namer)
            case "components":
                return component_entries(plan)
            case "ratings/sparse":
                return sparse_entries(plan)
            case "recordings":
                return recording_entries(plan, self.scenario.recordings)
            case "events":
                lanes = sync_lanes(plan, self.scenario.network)
                messages = self.entries("chat", plan.room.room_id)
                return event_entries(plan, messages, lanes, SyncLanes(lanes).seeks())
        raise ValueError(f"no irregular data type {data_type!r}")

    def _make_dataset(self, data_type: DataType, rooms: Sequence[RoomRef]) -> Dataset:
        if data_type == "ratings/continuous":
            sliders = [
                lane for room in rooms for lane in continuous_lanes(self.plan(room), self.scenario.ratings)
            ]
            columns = ContinuousLanes(sliders)
            return LaneDataset(columns, _identities(sliders), columns)
        if data_type == "sync":
            viewers = [lane for room in rooms for lane in sync_lanes(self.plan(room), self.scenario.network)]
            synced = SyncLanes(viewers)
            return LaneDataset(synced, _identities(viewers), synced)
        return IndexDataset(
            [room.room_id for room in rooms],
            [room.started_ms for room in rooms],
            lambda room_id: self.entries(data_type, room_id),
            _FILTERS.get(data_type, ()),
        )


def _identities(lanes: Sequence[Lane]) -> list[tuple[str, str, str]]:
    return [(lane.room_id, lane.participant_id, lane.code) for lane in lanes]
