"""Launches: rooms that an agent-only deployment starts, and those it could not start."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mockserver.sandbox.study.definitions import declared_variables
from mockserver.simulation.chance import Chance
from mockserver.simulation.scenario.specs import ExperimentSpec, StateSpec
from mockserver.simulation.story.rooms import CastMember, RoomRef
from mockserver.store import Document

__all__ = ["KIND", "Launch", "STAGGER_MS", "body_of", "launch_of", "launched_room", "new_launch"]

KIND = "room"
# Source: agent deployments start a room every two seconds unless told otherwise (documented).
STAGGER_MS = 2000
# From the launch of a room until its agents have joined and its experiment starts.
_SPAWN_MS = 2000


@dataclass(frozen=True, slots=True)
class Launch:
    """A room that was asked for.

    Attributes:
        index: Its place among all rooms of its experiment.
        definition: The experiment's at the launch; what is changed later does not change what was collected.
        spawned: False where the deployment's budget was used up.
        retried: It could not be spawned, and another one was started in its place.
        cast: The role, persona, provider and model of each seat, as they were at the launch.
    """

    room_id: str
    experiment_id: str
    deployment_id: str
    batch_id: str
    index: int
    launched_ms: int
    definition: dict[str, Any]
    spawned: bool
    stopped_ms: int | None = None
    retried: bool = False
    cast: Sequence[Mapping[str, str]] = ()


def body_of(launch: Launch) -> dict[str, Any]:
    """The launch as it is stored."""
    return {name: getattr(launch, name) for name in Launch.__dataclass_fields__}


def launch_of(document: Document) -> Launch:
    """The launch that was stored."""
    return Launch(**document.body)


def new_launch(
    seed: int,
    experiment_id: str,
    deployment_id: str,
    batch_id: str,
    index: int,
    launched_ms: int,
    definition: dict[str, Any],
    cast: Sequence[Mapping[str, str]],
) -> Launch:
    """A launch that has not been saved yet; its id is a function of its place."""
    code = Chance(seed, "launched", experiment_id, index).code(9, "id")
    return Launch(
        room_id=f"room_{code}",
        experiment_id=experiment_id,
        deployment_id=deployment_id,
        batch_id=batch_id,
        index=index,
        launched_ms=launched_ms,
        definition=definition,
        spawned=True,
        cast=cast,
    )


def launched_room(
    experiment_id: str,
    spec: ExperimentSpec,
    states: tuple[tuple[str, StateSpec], ...],
    launch: Launch,
    deployment: str,
) -> RoomRef:
    """The room that a launch stands for; all its participants are agents. `deployment` is its name."""
    alone = ExperimentSpec(
        name=spec.name,
        organisation=spec.organisation,
        owner=spec.owner,
        starts_ms=spec.starts_ms,
        rooms=1,
        participants=len(launch.cast),
        agents=len(launch.cast),
        states=tuple(state_id for state_id, _ in states),
        conditions=spec.conditions,
        questions=(),
        persona=spec.persona,
    )
    room = RoomRef(
        experiment_id=experiment_id,
        experiment=alone,
        index=launch.index,
        room_id=launch.room_id,
        started_ms=launch.launched_ms + _SPAWN_MS,
        deployment_id=launch.deployment_id,
        condition=spec.conditions[launch.index % len(spec.conditions)],
        states=states,
        deployment_name=deployment,
        launched_ms=launch.launched_ms,
        cast=tuple(CastMember(**member) for member in launch.cast),
        variables=tuple(declared_variables(launch.definition, launch.index).items()),
    )
    origin = hashlib.sha256(repr(room).encode("utf-8", "backslashreplace")).hexdigest()
    return replace(room, origin=origin, stopped_ms=launch.stopped_ms)
