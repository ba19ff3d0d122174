"""What world this is: its scenario, seed and digest, the time in it, and who took part where."""

from typing import Any

from flask import Response

from mockserver.simulation.world import World
from mockserver.web.requests import current_sandbox
from mockserver.web.responses import json_response
from mockserver.words.json_schema import COUNT, INSTANT, NAMES, TEXT, list_of, object_of
from mockserver.words.timestamps import iso_from_ms

__all__ = ["WORLD", "world"]

WORLD = object_of(
    "World",
    scenario=TEXT,
    seed=COUNT,
    digest=TEXT,
    now=INSTANT,
    experiments=list_of(
        object_of(
            id=TEXT,
            rooms=NAMES,
            participants={"type": "object", "additionalProperties": NAMES},
        )
    ),
)


def world() -> Response:
    """The ids of all experiments, clients' own too, so that a tool can find its way without knowing the scenario."""
    sandbox = current_sandbox()
    made = sandbox.world
    return json_response(
        {
            "scenario": made.scenario.name,
            "seed": made.seed,
            "digest": made.digest(),
            "now": iso_from_ms(sandbox.clock.now_ms()),
            "experiments": [_experiment(made, experiment.id) for experiment in sandbox.study.experiments.all()],
        }
    )


def _experiment(made: World, experiment_id: str) -> dict[str, Any]:
    rooms = made.rooms(experiment_id)
    return {
        "id": experiment_id,
        "rooms": [room.room_id for room in rooms],
        "participants": {room.room_id: made.participant_ids(room) for room in rooms},
    }
