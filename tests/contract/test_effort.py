"""Which operations may take long is chosen before they start, so that short ones do not wait behind them."""

import pytest
from emulator import make_sandbox

from mockserver import Settings
from mockserver.control.routes import operations as control_operations
from mockserver.hyperstudy.routes import operations
from mockserver.ingestion.routes import operations as ingestion_operations
from mockserver.simulation.datasets.query import Query

ROWS = {row.id: row for rows in (operations(), ingestion_operations(), control_operations()) for row in rows}
ALWAYS = ("getOpenApiJson", "getIngestionOpenApiYaml", "getControlOpenApiJson", "getExperimentTruth", "createSandbox")


@pytest.mark.parametrize("operation_id", ALWAYS)
def test_documents_truth_and_worlds_may_take_long(operation_id: str) -> None:
    """Whatever the world is."""
    world = make_sandbox(Settings(scenario="pair")).world
    names = {"experiment_id": "exp_pair", "name": "mine"}
    assert ROWS[operation_id].is_long(world, names)


def test_first_records_of_many_rooms_may_take_long_and_then_no_more() -> None:
    """Records of a type in an experiment of many rooms, until somebody has asked for them; a room is short."""
    world = make_sandbox(Settings(scenario="ratings", seed=5)).world
    (experiment_id,) = world.scenario.experiments
    names = {"scope_id": experiment_id}
    row, room = ROWS["getEventsByExperiment"], world.rooms(experiment_id)[0]
    assert len(world.rooms(experiment_id)) > 4
    assert row.is_long(world, names)
    assert ROWS["listExperiments"].is_long(world, {})
    assert not ROWS["getEventsByRoom"].is_long(world, {"scope_id": room.room_id})
    for one in world.rooms(experiment_id):
        world.plan(one)
    assert not ROWS["listExperiments"].is_long(world, {})
    assert not ROWS["getExperiment"].is_long(world, {"experiment_id": experiment_id})
    assert row.is_long(world, names)
    world.select("events", world.rooms(experiment_id), Query(now_ms=2**52))
    assert not row.is_long(world, names)
    assert ROWS["getSyncByExperiment"].is_long(world, names)


def test_few_rooms_are_told_at_once() -> None:
    """Nobody notices."""
    world = make_sandbox(Settings(scenario="pair")).world
    assert not ROWS["getEventsByExperiment"].is_long(world, {"scope_id": "exp_pair"})
