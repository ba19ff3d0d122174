"""The world: a scenario plus a seed, as datasets. Immutable; what it keeps is only a bounded cache.

    world.select("events", scope, query) -> total and rows

Everything is told from the rooms' plans, made when first asked for and forgotten again.
"""

import copy
import hashlib
import itertools
from bisect import bisect_right
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Literal, NamedTuple, get_args

from mockserver.simulation.datasets.columns import RowWriter, Told
from mockserver.simulation.datasets.entities import EntityDataset
from mockserver.simulation.datasets.entry import Entry
from mockserver.simulation.datasets.index import IndexDataset
from mockserver.simulation.datasets.lanes import LaneDataset
from mockserver.simulation.datasets.query import Dataset, Query, Selection
from mockserver.simulation.kept import Kept
from mockserver.simulation.records.attendance import Attendance, arrivals, participant_rows, room_rows
from mockserver.simulation.records.chat import chat_entries
from mockserver.simulation.records.components import component_entries
from mockserver.simulation.records.continuous import ContinuousLane, ContinuousLanes, continuous_lanes
from mockserver.simulation.records.events import closings_at, event_entries
from mockserver.simulation.records.gaze import GazeLanes, gaze_lanes
from mockserver.simulation.records.recordings import recording_entries
from mockserver.simulation.records.records import Recording
from mockserver.simulation.records.sparse import sparse_entries
from mockserver.simulation.records.stopping import stopped_components, stopped_lanes, until
from mockserver.simulation.records.sync import Seek, SyncLane, SyncLanes, sync_lanes
from mockserver.simulation.records.videochat import videochat_entries
from mockserver.simulation.records.windows import WindowDataset, last_closed_ms
from mockserver.simulation.scenario.specs import Scenario
from mockserver.simulation.story.entrance import LONGEST_ENTRANCE_MS
from mockserver.simulation.story.people import Namer
from mockserver.simulation.story.plan import Plan
from mockserver.simulation.story.planner import longest_story_ms, participant_id, plan_room
from mockserver.simulation.story.rooms import RoomRef, room_refs
from mockserver.simulation.talk.repertoire import Repertoire, english, repertoire_of
from mockserver.simulation.truth import ExperimentTruth, RoomTruth, experiment_truth, room_truth

__all__ = ["DATA_TYPES", "DataType", "World"]

DataType = Literal[
    "events", "recordings", "chat", "videochat", "ratings/continuous", "ratings/sparse", "sync", "components",
    "eyetracking", "participants", "rooms",
]  # fmt: skip
DATA_TYPES: tuple[DataType, ...] = get_args(DataType)
_FILTERS: dict[str, tuple[str, ...]] = {
    "events": ("category",),
    "components": ("component_type", "completed", "state_id"),
}
# So many rooms' stories are told in advance.
_ROOMS_AT_ONCE = 32
_DIGEST_RECORDS = 25


class _Playback(NamedTuple):
    """A room's viewers, and when they jumped to the host's position."""

    lanes: Sequence[SyncLane]
    seeks: Sequence[Seek]


class _Caches:
    """What worlds that differ only in what clients added can share: plans, records and datasets."""

    def __init__(self) -> None:
        # A participant weighs about 3 kB, a visit a tenth of that.
        self.plans = Kept(100_000, lambda plan: 10 * len(plan.participants) + len(plan.visits))
        # Records of irregular types, some hundred bytes each; the smaller scenarios fit in whole.
        self.entries = Kept(60_000, len)
        # The same as clients read them, by the byte.
        self.rows = Kept(16_000_000, lambda rows: sum(map(len, rows)))
        # By the ten thousand records of an index; every write of a client leaves one behind that nobody asks again.
        self.datasets = Kept(64, lambda dataset: 1 + dataset.size // 10_000)
        # Ten seeks are as much as a lane.
        self.playbacks = Kept(30_000, lambda made: 10 * len(made.lanes) + len(made.seeks))
        # A list of experiments asks for all of them.
        self.arrivals = Kept(100_000, lambda made: 1 + len(made.people))


class World:
    """One simulated world.

    Args:
        scenario: What it is like.
        seed: Which one of its kind.
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.seed = seed
        self._namer = Namer(awkward=scenario.text.awkward)
        self._caches = _Caches()
        self._written: Mapping[str, Sequence[Entry]] = {}
        # Stands for what is written, where datasets are kept.
        self._edition = object()
        taken: set[str] = set()
        self._rooms: Mapping[str, tuple[RoomRef, ...]] = {
            experiment_id: tuple(room_refs(experiment_id, spec, scenario.states, seed, taken))
            for experiment_id, spec in scenario.experiments.items()
        }
        self._room_by_id: Mapping[str, RoomRef] = {ref.room_id: ref for refs in self._rooms.values() for ref in refs}
        self._settled_ms: dict[str, int] = {}

    def with_rooms(self, added: Sequence[RoomRef]) -> "World":
        """This world with more rooms; one that it has under the same id is replaced."""
        if not added:
            return self
        other = copy.copy(self)
        other._room_by_id = {**self._room_by_id, **{room.room_id: room for room in added}}
        changed = {}
        for experiment_id in dict.fromkeys(room.experiment_id for room in added):
            own = [room for room in added if room.experiment_id == experiment_id]
            rooms = {room.room_id: room for room in (*self.rooms(experiment_id), *own)}
            changed[experiment_id] = tuple(sorted(rooms.values(), key=lambda room: room.started_ms))
        other._rooms = {**self._rooms, **changed}
        other._settled_ms = {}
        return other

    def with_written(self, added: Mapping[str, Sequence[Entry]]) -> "World":
        """This world with more events that clients wrote, by room."""
        if not added:
            return self
        other = copy.copy(self)
        longer = {room_id: (*self._written.get(room_id, ()), *entries) for room_id, entries in added.items()}
        other._written = {**self._written, **longer}
        other._edition = object()
        return other

    # --- who and where -------------------------------------------------------------------------

    def rooms(self, experiment_id: str) -> tuple[RoomRef, ...]:
        """The experiment's rooms in the order in which they started; empty for an unknown experiment."""
        return self._rooms.get(experiment_id, ())

    def every_room(self) -> Collection[RoomRef]:
        """The rooms of all experiments."""
        return self._room_by_id.values()

    def room(self, room_id: str) -> RoomRef | None:
        """The room with that id, of any experiment."""
        return self._room_by_id.get(room_id)

    def attendance(self, experiment_id: str, now_ms: int) -> tuple[int, int]:
        """How many rooms of an experiment there were by then, and how many people had come into them."""
        rooms = self._begun(self.rooms(experiment_id), now_ms)
        key = tuple(room.key for room in rooms)
        made: Attendance = self._caches.arrivals.get(key, lambda: arrivals(map(self.plan, rooms)))
        return made.by(now_ms)

    def participant_ids(self, room: RoomRef) -> list[str]:
        """Who was in the room, in the order of their roles; known without telling its story."""
        return [participant_id(room, self.seed, index) for index in range(room.experiment.participants)]

    def plan(self, room: RoomRef) -> Plan:
        """The room's story."""
        made: Plan = self._caches.plans.get(room.key, lambda: plan_room(room, self.scenario, self.seed, self._namer))
        return made

    def has_told(self, rooms: Iterable[RoomRef]) -> bool:
        """Are the stories of all these rooms there already, so that what is made of them takes no time to tell?"""
        return all(room.key in self._caches.plans for room in rooms)

    def has_made(self, data_type: DataType, rooms: Sequence[RoomRef]) -> bool:
        """Is the dataset of all these rooms there already, so that a page of it takes no time to find?"""
        return self._dataset_key(data_type, rooms) in self._caches.datasets

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
        """Find what fits a query in some rooms of one experiment.

        While the experiment runs, a record is there once it is final, and so is every record of the
        experiment that sorts before it: nothing slips in behind a client that polls, at any scope.
        """
        experiment_id = rooms[0].experiment_id if rooms else ""
        found = self.dataset(data_type, self._begun(rooms, query.now_ms))
        if isinstance(found, IndexDataset) and query.now_ms < self.settled_ms(experiment_id):
            whole = self.dataset(data_type, self._begun(self.rooms(experiment_id), query.now_ms))
            if isinstance(whole, IndexDataset):
                query = replace(query, below=whole.horizon(query.now_ms))
        return found.select(query)

    def select_windows(self, window_ms: int, rooms: Sequence[RoomRef], query: Query) -> Selection:
        """Find what fits a query in some rooms of one experiment: sync samples, averaged over windows of so many ms.

        While the experiment runs, windows are there up to the first that any of its rooms may still add to.
        """
        key = ("windows", window_ms, tuple(room.key for room in rooms))
        found = self._caches.datasets.get(key, lambda: WindowDataset(self._sync(rooms), window_ms))
        now_ms = query.now_ms
        running = [
            room
            for room in self.rooms(rooms[0].experiment_id if rooms else "")
            if room.started_ms <= now_ms < room.started_ms + longest_story_ms(room)
        ]
        return found.select(replace(query, now_ms=last_closed_ms(self._sync(running), window_ms, now_ms)))

    def dataset(self, data_type: DataType, rooms: Sequence[RoomRef]) -> Dataset:
        """All of a data type in the given rooms."""
        key = self._dataset_key(data_type, rooms)
        return self._caches.datasets.get(key, lambda: self._make_dataset(data_type, rooms))

    def _dataset_key(self, data_type: DataType, rooms: Sequence[RoomRef]) -> Hashable:
        edition = self._edition if data_type == "events" else None
        return data_type, edition, tuple(room.key for room in rooms)

    def settled_ms(self, experiment_id: str) -> int:
        """An instant by which every room of the experiment is surely over, told without their stories."""
        if experiment_id not in self._settled_ms:
            ends_ms = (room.started_ms + longest_story_ms(room) for room in self.rooms(experiment_id))
            self._settled_ms[experiment_id] = max(ends_ms, default=0)
        return self._settled_ms[experiment_id]

    def _begun(self, rooms: Sequence[RoomRef], now_ms: int) -> Sequence[RoomRef]:
        """Those of an experiment's rooms that anybody may have joined by then, and a few more.

        Nothing is told of the others, so that a study that has only begun costs no more than what has happened. The few
        more let it stay the same for a while, and what was made of it with it.
        """
        begun = bisect_right(rooms, now_ms + LONGEST_ENTRANCE_MS, key=lambda room: room.started_ms)
        return rooms[: -(-begun // _ROOMS_AT_ONCE) * _ROOMS_AT_ONCE]

    def is_open(self, room: RoomRef, now_ms: int) -> bool:
        """Has anybody joined the room by then? Before that, it is not there."""
        return room.started_ms <= now_ms or self.plan(room).created_ms <= now_ms

    def entries(self, data_type: str, room_id: str) -> Sequence[Entry]:
        """A room's records of an irregular data type, with what clients wrote."""
        room = self._room_by_id[room_id]
        key = (data_type, *room.key)
        told = self._caches.entries.get(key, lambda: self._make_entries(data_type, self.plan(room)))
        written = self._written.get(room_id) if data_type == "events" else None
        return [*told, *written] if written else told

    def _rows(self, data_type: str, room_id: str, writer: RowWriter) -> Sequence[bytes]:
        """A room's records as somebody writes them."""
        edition = self._edition if data_type == "events" and room_id in self._written else None
        key = (data_type, edition, self._room_by_id[room_id].key, writer.key)

        def write() -> list[bytes]:
            return writer.rows(Told([entry.record for entry in self.entries(data_type, room_id)]))

        return self._caches.rows.get(key, write)

    # --- what stands behind it -----------------------------------------------------------------

    def truth(self, experiment_id: str) -> ExperimentTruth:
        """What was planted in an experiment: effects, agreement, and every participant's traits."""
        plans = [self.plan(room) for room in self.rooms(experiment_id)]
        return experiment_truth(experiment_id, plans, self.scenario)

    def room_truth(self, room: RoomRef) -> RoomTruth:
        """What happened behind a room's records: latent curves, true drift, stalls, lost connections."""
        return room_truth(self.plan(room), self._sliders(room), self._viewers(room))

    def messages(self, room: RoomRef) -> Sequence[Entry]:
        """What is written in the room's text chats if nobody stops it; the room need not be one of this world's."""
        key = ("chat", *replace(room, stopped_ms=None).key)
        return self._caches.entries.get(key, lambda: self._tell("chat", self.whole_plan(room)))

    def digest(self) -> str:
        """A fingerprint of the world: equal worlds have equal ones. Made of the plan of all rooms, and of records of
        every kind in the first and the last room of each experiment.

        Returns:
            64 hexadecimal digits.
        """
        fingerprint = hashlib.sha256()
        for experiment_id in self._rooms:
            rooms = self.rooms(experiment_id)
            listed = [(room.room_id, room.started_ms, room.condition, room.deployment_id) for room in rooms]
            fingerprint.update(repr((experiment_id, listed)).encode())
            ends = {room.room_id: room for room in (*rooms[:1], *rooms[-1:])}
            for data_type, room in itertools.product(DATA_TYPES, ends.values()):
                found = self.select(data_type, [room], Query(now_ms=2**52))
                shown = [
                    found.total,
                    *found.rows(0, _DIGEST_RECORDS),
                    *found.rows(found.total - 3, found.total),
                ]
                fingerprint.update(repr(shown).encode())
        return fingerprint.hexdigest()

    # --- making --------------------------------------------------------------------------------

    def _make_entries(self, data_type: str, plan: Plan) -> list[Entry]:
        """Tell a room's records; of a room that was stopped, what there was by then, and what that closed."""
        stopped_ms = plan.room.stopped_ms
        if stopped_ms is None or data_type in ("recordings", "videochat"):
            return self._tell(data_type, plan)
        whole = self.whole_plan(plan.room)
        told = self._tell(data_type, whole)
        if data_type == "components":
            return stopped_components(told, stopped_ms)
        if data_type == "events":
            return [*until(told, stopped_ms), *closings_at(whole, stopped_ms, len(told))]
        return until(told, stopped_ms)

    def _tell(self, data_type: str, plan: Plan) -> list[Entry]:
        match data_type:
            case "chat":
                return chat_entries(plan, self._namer, self._repertoire)
            case "videochat":
                return videochat_entries(plan)
            case "components":
                return component_entries(plan)
            case "ratings/sparse":
                return sparse_entries(plan)
            case "recordings":
                return recording_entries(plan, self.scenario.recordings)
            case "events":
                playback = self._playback(plan)
                return event_entries(plan, self.messages(plan.room), playback.lanes, playback.seeks)
        raise ValueError(f"no irregular data type {data_type!r}")

    def _playback(self, plan: Plan) -> _Playback:
        def make() -> _Playback:
            lanes = sync_lanes(plan, self.scenario.network)
            return _Playback(lanes, SyncLanes(lanes).seeks())

        return self._caches.playbacks.get(plan.room.key, make)

    def _find_seeks(self, rooms: Sequence[RoomRef]) -> None:
        """Let the viewers of many rooms find their seeks side by side: one by one takes ten times as long."""
        for start in range(0, len(rooms), _ROOMS_AT_ONCE):
            some = [replace(room, stopped_ms=None) for room in rooms[start : start + _ROOMS_AT_ONCE]]
            lanes = {room.key: sync_lanes(self.plan(room), self.scenario.network) for room in some}
            of_person: dict[str, list[Seek]] = {lane.participant_id: [] for own in lanes.values() for lane in own}
            for seek in SyncLanes([lane for own in lanes.values() for lane in own]).seeks():
                of_person[seek.participant_id].append(seek)
            for key, own in lanes.items():
                people = dict.fromkeys(lane.participant_id for lane in own)
                seeks = [seek for person in people for seek in of_person[person]]
                self._caches.playbacks.get(key, partial(_Playback, own, seeks))

    @cached_property
    def _repertoire(self) -> Repertoire:
        """What people can say, read when the first of them chats."""
        content = self.scenario.talk.content
        return repertoire_of(content) if content else english()

    def _sliders(self, room: RoomRef) -> list[ContinuousLane]:
        return stopped_lanes(continuous_lanes(self.whole_plan(room), self.scenario.ratings), [room])

    def _viewers(self, room: RoomRef) -> list[SyncLane]:
        return stopped_lanes(sync_lanes(self.whole_plan(room), self.scenario.network), [room])

    def _sync(self, rooms: Sequence[RoomRef]) -> SyncLanes:
        return SyncLanes([lane for room in rooms for lane in self._viewers(room)])

    def whole_plan(self, room: RoomRef) -> Plan:
        """The room's story as it would have gone on: what was measured before a stop does not change by it."""
        return self.plan(replace(room, stopped_ms=None))

    def _make_dataset(self, data_type: DataType, rooms: Sequence[RoomRef]) -> Dataset:
        match data_type:
            case "ratings/continuous":
                return LaneDataset(ContinuousLanes([lane for room in rooms for lane in self._sliders(room)]))
            case "sync":
                return LaneDataset(self._sync(rooms))
            case "eyetracking":
                lanes = [lane for room in rooms for lane in gaze_lanes(self.whole_plan(room))]
                return LaneDataset(GazeLanes(stopped_lanes(lanes, rooms)))
            case "participants" | "rooms":
                tell = participant_rows if data_type == "participants" else room_rows
                most = sum(room.experiment.participants for room in rooms)
                return EntityDataset(lambda now: [row for r in rooms for row in tell(self.plan(r), now)], most)
        if data_type == "events":
            self._find_seeks(rooms)
        return IndexDataset(
            [room.room_id for room in rooms],
            [room.started_ms for room in rooms],
            lambda room_id: self.entries(data_type, room_id),
            lambda room_id, writer: self._rows(data_type, room_id, writer),
            _FILTERS.get(data_type, ()),
        )
