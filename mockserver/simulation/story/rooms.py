"""Rooms before their story is told: which there are, when they start, and in which condition."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mockserver.simulation.chance import Chance
from mockserver.simulation.scenario.specs import ExperimentSpec, StateSpec

__all__ = ["CastMember", "RoomRef", "deployment_name", "role_letters", "room_refs"]


@dataclass(frozen=True, slots=True)
class CastMember:
    """Who an agent of a launched room is: the role it fills, and the persona as it was at the launch."""

    role: str
    persona_id: str
    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class RoomRef:
    """What is known of a room before its story is told.

    Attributes:
        index: Its place among the experiment's rooms, from 0.
        started_ms: When its experiment started, the zero of every onset.
        states: The experiment's states in order, by their ids.
        stopped_ms: When somebody ended it by force; None lets it run to its end.
        launched_ms: When a client launched it; None where the scenario has it.
        cast: Who fills each seat of a room that a client launched; empty where the scenario says it.
        variables: Declared beside the condition, and what each is in this room.
        origin: Tells rooms of one id apart that clients launched from different definitions; empty where the
            scenario has the room.
        key: Stands for the room where its story is kept: rooms of the same seed and key have the same story.
    """

    experiment_id: str
    experiment: ExperimentSpec
    index: int
    room_id: str
    started_ms: int
    deployment_id: str | None
    condition: str
    states: tuple[tuple[str, StateSpec], ...]
    deployment_name: str | None = None
    stopped_ms: int | None = None
    launched_ms: int | None = None
    cast: tuple[CastMember, ...] = ()
    variables: tuple[tuple[str, str | int | float | bool], ...] = ()
    origin: str = ""
    key: tuple[str, int | None, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", (self.room_id, self.stopped_ms, self.origin))

    def is_agent(self, index: int) -> bool:
        """Is the n-th participant an AI? Agents take the last seats."""
        return index >= self.experiment.participants - self.experiment.agents

    def is_host(self, index: int) -> bool:
        """Is the n-th participant the one who stays to the end, and whose video is the reference?"""
        return index == self.experiment.host

    def role(self, index: int) -> str:
        """The role of the n-th participant: as the definition calls it, else `participant_a`, `participant_b`, …"""
        return self.cast[index].role if self.cast else f"participant_{role_letters(index)}"


def role_letters(index: int) -> str:
    """`a`, `b`, … `z`, `aa`, … for the n-th participant of a room, from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = "abcdefghijklmnopqrstuvwxyz"[rest] + letters
    return letters


def deployment_name(deployment_id: str) -> str:
    """A name to show for a deployment that has none of its own: `dep_pilot` is Pilot."""
    return deployment_id.removeprefix("dep_").replace("_", " ").capitalize()


def room_refs(
    experiment_id: str, spec: ExperimentSpec, states: Mapping[str, StateSpec], seed: int, taken: set[str]
) -> list[RoomRef]:
    """The rooms of an experiment, in the order in which they start.

    Args:
        states: The scenario's. taken: Ids of other rooms of the world; those given out here are added.
    """
    refs = []
    for index in range(spec.rooms):
        chance = Chance(seed, "room", experiment_id, index)
        named = spec.named_rooms[index : index + 1]
        room_id = named[0] if named else "room_" + chance.code(6, "id")
        while room_id in taken:
            room_id = "room_" + chance.code(6, "id", room_id)
        taken.add(room_id)
        deployment_id = spec.deployments[index % len(spec.deployments)] if spec.deployments else None
        late_ms = 0 if index == 0 else chance.integer(0, 60_000, "late")
        refs.append(
            RoomRef(
                experiment_id=experiment_id,
                experiment=spec,
                index=index,
                room_id=room_id,
                started_ms=spec.starts_ms + int(index * spec.room_every_s * 1000) + late_ms,
                deployment_id=deployment_id,
                condition=spec.conditions[index % len(spec.conditions)],
                states=tuple((state_id, states[state_id]) for state_id in spec.states),
                deployment_name=deployment_name(deployment_id) if deployment_id else None,
            )
        )
    return refs
