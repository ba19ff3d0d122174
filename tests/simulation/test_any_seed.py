"""Whatever the seed, a world is made without a hitch and its records fit together."""

import random
from typing import Any

import pytest
from emulator import make_sandbox

from mockserver import Settings
from mockserver.simulation.datasets.query import Query
from mockserver.simulation.world import DATA_TYPES, World

# Drawn once for all, so that a failure names a seed that fails again; and both ends of the range.
_DRAWN = random.Random(20241020)
SEEDS = [0, 2**63 - 1, *(_DRAWN.getrandbits(63) for _ in range(18))]
FOREVER_MS = 2**52
OWN_ID = {
    "events": "id",
    "recordings": "recording_id",
    "chat": "message_id",
    "videochat": "id",
    "ratings/continuous": "rating_id",
    "ratings/sparse": "rating_id",
    "sync": "metric_id",
    "participants": "id",
    "rooms": "id",
}


def records_of(world: World, experiment_id: str) -> dict[str, list[Any]]:
    """All records of all types, of the regular ones those of the first room."""
    found = {}
    for data_type in DATA_TYPES:
        regular = data_type in ("ratings/continuous", "sync")
        rooms = world.rooms(experiment_id)[: 1 if regular else None]
        selection = world.select(data_type, rooms, Query(now_ms=FOREVER_MS))
        found[data_type] = selection.rows(0, selection.total)
        assert len(found[data_type]) == selection.total
    return found


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("name", "experiment"), [("edge", "exp_pair"), ("technical", "exp_dropout"), ("drift", "exp_drift")]
)
def test_every_record_is_made_and_has_an_id_a_place_and_an_onset_of_its_own(
    name: str, experiment: str, seed: int
) -> None:
    """Ids are unique in their type, rooms and people exist, onsets count from the room's start."""
    world = make_sandbox(Settings(scenario=name, seed=seed)).world
    found = records_of(world, experiment)
    for data_type, field in OWN_ID.items():
        ids = [getattr(record, field) for record in found[data_type]]
        assert len(set(ids)) == len(ids), data_type
    rooms = {room.room_id: room for room in world.rooms(experiment)}
    people = {(room_id, who) for room_id, room in rooms.items() for who in world.participant_ids(room)}
    assert len(people) == len(found["participants"])
    for data_type, records in found.items():
        who = "sender_id" if data_type == "chat" else "participant_id"
        if data_type != "rooms":
            assert {(record.room_id, getattr(record, who)) for record in records} <= people
        if records and hasattr(records[0], "onset_ms"):
            zeros = {(record.room_id, record.timestamp_ms - record.onset_ms) for record in records}
            assert zeros <= {(room_id, room.started_ms) for room_id, room in rooms.items()}
    ratings = [r.rating_id for data_type in ("continuous", "sparse") for r in found[f"ratings/{data_type}"]]
    assert len(set(ratings)) == len(ratings)
