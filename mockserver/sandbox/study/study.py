"""The study: asks the world and the store as one.

Worlds are immutable; whenever clients launch or stop rooms or write events, the next request is handed an
extended one. What did not change is shared between them.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mockserver.sandbox.study.definitions import definition_of, playable
from mockserver.sandbox.study.launches import KIND as LAUNCHED
from mockserver.sandbox.study.launches import Launch, launched_room, launches
from mockserver.sandbox.study.shelves import Kept, Shelf
from mockserver.sandbox.study.written_events import KIND as WRITTEN
from mockserver.sandbox.study.written_events import written_entries
from mockserver.simulation.chance import Chance
from mockserver.simulation.datasets.entry import Entry
from mockserver.simulation.records.agents import Decision, decisions
from mockserver.simulation.scenario.specs import ExperimentSpec
from mockserver.simulation.story.rooms import RoomRef, deployment_name
from mockserver.simulation.world import World
from mockserver.store import Store

__all__ = ["Study"]


class Study:
    """What a run serves; safe between threads.

    Args:
        base: The scenario's world. store: what clients wrote.
    """

    def __init__(self, base: World, store: Store) -> None:
        self._base = base
        self._store = store
        self._lock = threading.RLock()
        self._current = (-1, base)
        self._launches: tuple[int, list[Launch]] = (-1, [])
        self._launched: tuple[int, dict[str, list[RoomRef]]] = (-1, {})
        self._written: dict[str, tuple[Entry, ...]] = {}
        self._written_count = 0
        scenario = base.scenario
        own = {
            experiment_id: Kept(
                id=experiment_id,
                body=definition_of(spec, scenario),
                owner=spec.owner,
                organisation=spec.organisation,
                created_ms=spec.starts_ms - _PREPARED_BEFORE_MS,
                updated_ms=spec.starts_ms - _PREPARED_BEFORE_MS,
                shared_with=spec.shared_with,
            )
            for experiment_id, spec in scenario.experiments.items()
        }
        self.experiments = Shelf(store, "experiment", own)
        self.deployments = Shelf(store, "deployment", self._own_deployments())
        self.personas = Shelf(store, "persona", self._own_personas())

    @property
    def lock(self) -> threading.RLock:
        """Held while something is looked at and then changed."""
        return self._lock

    @property
    def world(self) -> World:
        """The world as it is now."""
        with self._lock:
            revision = self._store.documents.revision(LAUNCHED, WRITTEN)
            if self._current[0] != revision:
                self._current = (revision, self._extended(revision))
            return self._current[1]

    def new_id(self, prefix: str, shelf: Shelf) -> str:
        """An id for the next document of a shelf; the same calls in the same order give the same ids."""
        return prefix + Chance(self._base.seed, "created", prefix, shelf.count()).code(9, "id")

    @property
    def launch_revision(self) -> int:
        """A number that grows whenever a room is launched, stopped or given up for another."""
        return self._store.documents.revision(LAUNCHED)

    def launches(self) -> list[Launch]:
        """Every room that was launched, those that could not be spawned too, in order."""
        with self._lock:
            revision = self.launch_revision
            if self._launches[0] != revision:
                self._launches = (revision, launches(self._store))
            return list(self._launches[1])

    def decisions(self, room: RoomRef) -> list[Decision]:
        """What the agents of a room decide in the course of its story."""
        world = self.world
        made = decisions(world.whole_plan(room), list(world.messages(room)))
        return [one for one in made if room.stopped_ms is None or one.timestamp_ms <= room.stopped_ms]

    def launch(self, experiment: Kept, launch: Launch) -> RoomRef:
        """The room that a launch stands for."""
        return self._room(experiment, launch, self.deployments.get(launch.deployment_id))

    def _room(self, experiment: Kept, launch: Launch, deployment: Kept | None) -> RoomRef:
        spec, states = playable(launch.definition, self._blank(experiment))
        named = deployment.body["config"].get("name") if deployment else None
        return launched_room(experiment.id, spec, states, launch, named or deployment_name(launch.deployment_id))

    def _extended(self, revision: int) -> World:
        rooms, written = self._launched_rooms(), self._written_so_far()
        if not rooms and not written:
            return self._base
        return self._base.extended(rooms, written, revision)

    def _launched_rooms(self) -> dict[str, list[RoomRef]]:
        """The rooms that clients launched, by experiment; those of a deleted one may stay, since nobody finds them."""
        revision = self.launch_revision
        if self._launched[0] != revision:
            experiments = {kept.id: kept for kept in self.experiments.all()}
            deployments = {kept.id: kept for kept in self.deployments.all()}
            rooms: dict[str, list[RoomRef]] = {}
            for launch in self.launches():
                experiment = experiments.get(launch.experiment_id)
                if launch.spawned and experiment is not None:
                    room = self._room(experiment, launch, deployments.get(launch.deployment_id))
                    rooms.setdefault(experiment.id, []).append(room)
            self._launched = (revision, rooms)
        return self._launched[1]

    def _written_so_far(self) -> Mapping[str, Sequence[Entry]]:
        """The events that clients wrote, by room. Only new ones are read; worlds handed out before keep theirs."""
        fresh: dict[str, list[Entry]] = {}
        for room_id, entry in written_entries(self._store, skip=self._written_count):
            fresh.setdefault(room_id, []).append(entry)
        self._written_count += sum(map(len, fresh.values()))
        self._written = {
            **self._written,
            **{room_id: (*self._written.get(room_id, ()), *entries) for room_id, entries in fresh.items()},
        }
        return self._written

    def _blank(self, experiment: Kept) -> ExperimentSpec:
        """What an experiment is where its definition is silent."""
        own = self._base.scenario.experiments.get(experiment.id)
        blank = ExperimentSpec(name="", starts_ms=experiment.created_ms, states=(), rooms=0)
        return replace(own or blank, organisation=experiment.organisation, owner=experiment.owner)

    def _own_deployments(self) -> dict[str, Kept]:
        found: dict[str, Kept] = {}
        for experiment_id, spec in self._base.scenario.experiments.items():
            for deployment_id in spec.deployments:
                created_ms = spec.starts_ms - _PREPARED_BEFORE_MS // 2
                kind = "mixed" if spec.agents else "human"
                body: dict[str, Any] = {"experimentId": experiment_id, "config": {"type": kind}}
                found[deployment_id] = Kept(
                    id=deployment_id,
                    body=body,
                    owner=spec.owner,
                    organisation=spec.organisation,
                    created_ms=created_ms,
                    updated_ms=created_ms,
                    shared_with=spec.shared_with,
                )
        return found

    def _own_personas(self) -> dict[str, Kept]:
        scenario = self._base.scenario
        first_ms = min((spec.starts_ms for spec in scenario.experiments.values()), default=0)
        made_ms = first_ms - 2 * _PREPARED_BEFORE_MS
        return {
            persona_id: Kept(
                id=persona_id,
                body={
                    "name": persona.name,
                    "description": persona.description,
                    "provider": persona.provider,
                    "model": persona.model,
                    "visibility": "organization",
                },
                owner=persona.owner,
                organisation=persona.organisation,
                created_ms=made_ms,
                updated_ms=made_ms,
                shared_with={},
            )
            for persona_id, persona in scenario.personas.items()
        }


# A study is written some weeks before its first room.
_PREPARED_BEFORE_MS = 14 * 86_400_000
