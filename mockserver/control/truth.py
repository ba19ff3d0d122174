"""Ground truth over HTTP: what was planted in the world, for testing an analysis against it.

The records are those of `simulation/truth.py`, written as `simulation/truth_schema.py` says.
"""

from flask import Response

from mockserver.control.errors import UnknownError
from mockserver.simulation import truth
from mockserver.simulation.truth import ExperimentTruth, RoomTruth, TruthOverview
from mockserver.simulation.truth_schema import truth_data, truth_schema, truth_schemas
from mockserver.web.requests import current_sandbox
from mockserver.web.responses import json_response

__all__ = ["EXPERIMENT", "OVERVIEW", "ROOM", "SCHEMA", "experiment_truth", "overview", "room_truth", "schema"]


_SCHEMAS = truth_schemas()
OVERVIEW, EXPERIMENT, ROOM = (_SCHEMAS[kind.__name__] for kind in (TruthOverview, ExperimentTruth, RoomTruth))
SCHEMA = {"type": "object", "additionalProperties": True}


def overview() -> Response:
    """Every experiment's planted effects and agreement, without its participants."""
    sandbox = current_sandbox()
    scenario = sandbox.world.scenario
    planted = (truth.experiment_truth(kept.id, (), scenario) for kept in sandbox.study.experiments.all())
    return json_response(truth_data(TruthOverview(tuple(planted))))


def schema() -> Response:
    """The JSON Schema of every answer about truth."""
    return json_response(truth_schema())


def experiment_truth(experiment_id: str) -> Response:
    """One experiment's effects, agreement, and every participant's traits."""
    sandbox = current_sandbox()
    if sandbox.study.experiments.get(experiment_id) is None:
        known = ", ".join(experiment.id for experiment in sandbox.study.experiments.all()) or "none"
        raise UnknownError(f"Unknown experiment {experiment_id!r}: expected one of {known}")
    return json_response(truth_data(sandbox.world.truth(experiment_id)))


def room_truth(room_id: str) -> Response:
    """One room's latent curves, true drift, stalls and lost connections."""
    world = current_sandbox().world
    room = world.room(room_id)
    if room is None:
        raise UnknownError(f"Unknown room {room_id!r}: GET /_mock/world lists the rooms")
    return json_response(truth_data(world.room_truth(room)))
