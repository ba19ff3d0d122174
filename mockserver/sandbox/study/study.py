"""The study: the world, and the only one who writes what clients made of it.

Worlds are immutable; whenever clients launch or stop rooms or write events, the next request is handed an
extended one. What did not change is shared between them. How a change is made is told in `writing.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from mockserver.sandbox.study.baseline import baseline_of
from mockserver.sandbox.study.definitions import playable
from mockserver.sandbox.study.launches import KIND as LAUNCHED
from mockserver.sandbox.study.launches import Launch, launch_of, launched_room
from mockserver.sandbox.study.launches import body_of as body_of_launch
from mockserver.sandbox.study.shelves import Kept, Shelf
from mockserver.sandbox.study.writing import OvertakenError, Writing
from mockserver.sandbox.study.written_events import KIND as WRITTEN
from mockserver.sandbox.study.written_events import ValueAsText, entries_by_room, event_of, numbered, value_as_text_of
from mockserver.sandbox.study.written_events import body_of as body_of_event
from mockserver.simulation.chance import Chance
from mockserver.simulation.records.agents import Decision, decisions
from mockserver.simulation.records.records import Event
from mockserver.simulation.scenario.specs import ExperimentSpec
from mockserver.simulation.story.rooms import RoomRef, deployment_name
from mockserver.simulation.world import World
from mockserver.store import Arrivals, LoggedWarning, LookOver, NewItems, Store

__all__ = ["Study"]

_KINDS = ("experiment", "deployment", "persona", LAUNCHED, WRITTEN)


class Study:
    """What a sandbox serves; safe between threads. Reading takes no lock and asks no store, but for arrivals.

    Args:
        base: The scenario's world.
        store: What clients wrote so far. Nobody else may write to it from now on.
    """

    def __init__(self, base: World, store: Store) -> None:
        self._base = base
        self._store = store
        self._writing = Writing(store, _KINDS)
        own = baseline_of(base.scenario)

        def shelf(kind: str, prefix: str, kept: Mapping[str, Kept]) -> Shelf:
            return Shelf(self._writing, kind, kept, store.documents(kind), self._numbered_ids(prefix))

        self.experiments = shelf("experiment", "exp_", own.experiments)
        self.deployments = shelf("deployment", "dep_", own.deployments)
        self.personas = shelf("persona", "persona_", own.personas)
        self._launches = tuple(map(launch_of, store.documents(LAUNCHED)))
        documents = store.documents(WRITTEN)
        written = list(map(event_of, documents))
        # Only grows, so that readers need no lock.
        self._values_as_text = [one for one in map(value_as_text_of, documents) if one is not None]
        self._written_count = len(written)
        self._world = base.with_rooms(self._rooms_of(self._launches)).with_written(entries_by_room(written))

    def _numbered_ids(self, prefix: str) -> Callable[[int], str]:
        """Ids of new documents: the same calls in the same order give the same ones."""
        return lambda before: prefix + Chance(self._base.seed, "created", prefix, before).code(9, "id")

    # --- reading -------------------------------------------------------------------------------

    @property
    def base(self) -> World:
        """The scenario's world, without what clients added."""
        return self._base

    @property
    def latest_ms(self) -> int:
        """The latest instant at which something was written, ms since the epoch; 0 where nothing was."""
        return max((one.updated_ms for kind in _KINDS for one in self._store.documents(kind)), default=0)

    @property
    def world(self) -> World:
        """The world as it is now."""
        return self._world

    @property
    def revision(self) -> int:
        """A number that grows with every write that the study's data can show; batches that were ingested are none.

        Read it before what is to be kept under it, and what is kept is never older than it says.
        """
        return self._writing.revision

    @property
    def fingerprint(self) -> bytes:
        """Of all that such writes wrote: equal where the same was written in the same order; empty where nothing was.

        Read it before what it is to stand for, as `revision`.
        """
        return self._writing.fingerprint

    @property
    def arrivals(self) -> Arrivals:
        """What was ingested, and what the lint found in it."""
        return self._store

    @property
    def values_as_text(self) -> list[ValueAsText]:
        """Every written event that reads back a text in place of another value, in the order of writing."""
        return list(self._values_as_text)

    def launches(self) -> Sequence[Launch]:
        """Every room that was launched, those that could not be spawned too, in order."""
        return self._launches

    def decisions(self, room: RoomRef) -> list[Decision]:
        """What the agents of a room decide in the course of its story."""
        world = self.world
        made = decisions(world.whole_plan(room), list(world.messages(room)))
        return [one for one in made if room.stopped_ms is None or one.timestamp_ms <= room.stopped_ms]

    def room_of(self, experiment: Kept, launch: Launch) -> RoomRef:
        """The room that a launch stands for."""
        spec, states = playable(launch.definition, self._blank(experiment))
        deployment = self.deployments.get(launch.deployment_id)
        named = deployment.body["config"].get("name") if deployment else None
        return launched_room(experiment.id, spec, states, launch, named or deployment_name(launch.deployment_id))

    # --- writing; documents are written on their shelves ---------------------------------------

    def add_launches(self, launches: Sequence[Launch], after: Sequence[Launch], now_ms: int) -> None:
        """Launch rooms, all of them at once.

        Args:
            after: The launches that there were when these were worked out.

        Raises:
            OvertakenError: By now there are others.
        """
        rooms = self._rooms_of(launches)
        with self._writing.turn() as store:
            if self._launches is not after:
                raise OvertakenError
            store.add_documents(LAUNCHED, [(launch.room_id, body_of_launch(launch)) for launch in launches], now_ms)
            self._show((*self._launches, *launches), rooms)

    def replace_launch(self, old: Launch, new: Launch, now_ms: int) -> None:
        """Write the next state of a launch.

        Raises:
            OvertakenError: It is not any more as it was read.
        """
        rooms = self._rooms_of([new])
        with self._writing.turn() as store:
            if not any(launch is old for launch in self._launches):
                raise OvertakenError
            store.put_document(LAUNCHED, new.room_id, body_of_launch(new), now_ms)
            self._show(tuple(new if launch is old else launch for launch in self._launches), rooms)

    def _show(self, launches: tuple[Launch, ...], rooms: Sequence[RoomRef]) -> None:
        # Whoever has read the launches finds their rooms in the world, not the other way round.
        self._world = self._world.with_rooms(rooms)
        self._launches = launches

    def record_events(
        self, events: Sequence[Event], now_ms: int, value_types: Sequence[str | None] = ()
    ) -> Sequence[Event]:
        """Keep events that a client wrote; each is visible at once.

        Args:
            value_types: Of each event what JSON calls the value of its response as it was sent, None for a text;
                empty where all are texts. Kept with the event.

        Returns:
            The same, under ids of their own.
        """
        if not events:
            return ()
        types = value_types or [None] * len(events)
        with self._writing.turn() as store:
            named = numbered(events, self._written_count)
            bodies = [(event.id, body_of_event(event, type_)) for event, type_ in zip(named, types, strict=True)]
            store.add_documents(WRITTEN, bodies, now_ms)
            self._values_as_text += [ValueAsText(e.id, t, now_ms) for e, t in zip(named, types, strict=True) if t]
            self._written_count += len(named)
            self._world = self._world.with_written(entries_by_room(named))
        return named

    def take_in(
        self, kind: str, session_id: str, items: NewItems, received_at_ms: int, look_over: LookOver
    ) -> list[LoggedWarning]:
        """Keep what an ingested batch brought together with what is odd about it; see `Store.add_batch`."""
        return self._store.add_batch(kind, session_id, items, received_at_ms, look_over)

    def close(self) -> None:
        """Let go of what the store is kept in."""
        self._store.close()

    # --- rooms ---------------------------------------------------------------------------------

    def _rooms_of(self, launches: Sequence[Launch]) -> list[RoomRef]:
        """The rooms that were spawned. Those of an experiment that is deleted later stay, since nobody finds them."""
        spawned = ((launch, self.experiments.get(launch.experiment_id)) for launch in launches if launch.spawned)
        return [self.room_of(experiment, launch) for launch, experiment in spawned if experiment is not None]

    def _blank(self, experiment: Kept) -> ExperimentSpec:
        """What an experiment is where its definition is silent."""
        own = self._base.scenario.experiments.get(experiment.id)
        blank = ExperimentSpec(name="", starts_ms=experiment.created_ms, states=(), rooms=0)
        return replace(own or blank, organisation=experiment.organisation, owner=experiment.owner)
