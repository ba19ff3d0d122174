"""Ground truth over HTTP: what was planted in the world, for testing an analysis against it.

The records are those of `simulation/truth.py`; names are written in camelCase, instants and durations
stay whole or decimal milliseconds (`…Ms`).
"""

import dataclasses
from typing import Any

from flask import Response

from mockserver.control.errors import ControlError
from mockserver.http import current_sandbox, json_response

__all__ = ["experiment_truth", "overview", "room_truth"]


def overview() -> Response:
    """Every experiment's planted effects and agreement, without its participants."""
    sandbox = current_sandbox()
    planted = [sandbox.world.truth(experiment.id) for experiment in sandbox.study.experiments.all()]
    return json_response({"experiments": [_written(dataclasses.replace(one, participants=())) for one in planted]})


def experiment_truth(experiment_id: str) -> Response:
    """One experiment's effects, agreement, and every participant's traits."""
    sandbox = current_sandbox()
    if sandbox.study.experiments.get(experiment_id) is None:
        known = ", ".join(experiment.id for experiment in sandbox.study.experiments.all()) or "none"
        raise ControlError(f"Unknown experiment {experiment_id!r}: expected one of {known}")
    return json_response(_written(sandbox.world.truth(experiment_id)))


def room_truth(room_id: str) -> Response:
    """One room's latent curves, true drift, stalls and lost connections."""
    world = current_sandbox().world
    room = world.room(room_id)
    if room is None:
        raise ControlError(f"Unknown room {room_id!r}: GET /_mock/world lists the rooms")
    return json_response(_written(world.room_truth(room)))


def _written(value: Any) -> Any:
    """A truth as plain values with camelCase names."""
    if dataclasses.is_dataclass(value):
        return {_camel(f.name): _written(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return [_written(item) for item in value] if isinstance(value, tuple) else value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
